"""Where the files of a log lie: a folder of this machine, or any that pyarrow reaches by URL.

A file appears whole or not at all, and never changes under its name.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

import duckdb

from plugin.store.durable import UNFINISHED, copy_file, make_folder, to_disk


class Place(Protocol):
    """The folder of one shop's log. `room` is a folder of this machine for work in between."""

    room: Path

    def names(self) -> list[str]:
        """Return the names of all files, with `/` between folders."""

    def read(self, name: str) -> bytes:
        """Return a small file. Raises `FileNotFoundError`."""

    def writing(self, name: str) -> AbstractContextManager[Path]:
        """Yield a path of this machine to write to; when the block ends well the file is there, durably."""

    def create(self, name: str, data: bytes) -> bool:
        """Write a small file durably unless there is one of that name; return whether it was written.

        In a folder of this machine two writers never both succeed. An object store is asked first and written
        then: there it is the shop's lease that keeps writers apart.
        """

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; those that are gone already are no error."""

    def fetch(self, name: str, target: Path) -> None:
        """Have the file at `target` too, without a copy where that can be. Raises `FileNotFoundError`."""

    def addresses(self, database: duckdb.DuckDBPyConnection, names: Iterable[str]) -> list[str]:
        """Return what this DuckDB is to be given to read these files."""


def place_of(url: str | None, folder: Path, room: Path, shop: str) -> Place:
    """Return where a shop's log lies: below `url` (a path, or what pyarrow reaches), else below `folder`.

    Raises `Refused` for a URL that cannot be used.
    """
    kind, colon, rest = (url or "").partition("://")
    if url and colon and kind != "file":
        from plugin.store.log.elsewhere import (
            ByUrl,
            by_url,
        )  # only who keeps a log elsewhere loads what it needs

        filesystem, base = by_url(url)
        return ByUrl(filesystem, f"{base.rstrip('/')}/{shop}", room)
    path = Path(unquote(rest)) if colon else Path(url or folder)
    return LocalFolder(path.resolve() / shop, room)


class LocalFolder:
    """A folder of this machine."""

    def __init__(self, folder: Path, room: Path | None = None) -> None:
        self.folder = folder
        self.room = room or folder.parent / ".scratch"

    def names(self) -> list[str]:
        """Return the names of all files, with `/` between folders."""
        found = []
        for folder, _, files in os.walk(self.folder):
            inside = os.path.relpath(folder, self.folder)
            found += files if inside == "." else [f"{inside}/{name}" for name in files]
        return found

    def read(self, name: str) -> bytes:
        """Return a small file. Raises `FileNotFoundError`."""
        return (self.folder / name).read_bytes()

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Yield a path to write to; when the block ends well the file is there, durably."""
        path = self.folder / name
        make_folder(path.parent)
        unfinished = path.with_suffix(f".{uuid.uuid4().hex[:8]}{UNFINISHED}")
        try:
            yield unfinished
            to_disk(unfinished)
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
        to_disk(path.parent)

    def create(self, name: str, data: bytes) -> bool:
        """Write a small file durably unless there is one of that name; return whether it was written."""
        path = self.folder / name
        make_folder(path.parent)
        unfinished = path.with_suffix(f".{uuid.uuid4().hex[:8]}{UNFINISHED}")
        try:
            unfinished.write_bytes(data)
            to_disk(unfinished)
            os.link(unfinished, path)  # unlike a rename it fails where there is one
        except FileExistsError:
            return False
        finally:
            unfinished.unlink(missing_ok=True)
        to_disk(path.parent)
        return True

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, and the folders that are empty then."""
        folders = set()
        for name in names:
            (self.folder / name).unlink(missing_ok=True)
            folders.add((self.folder / name).parent)
        for folder in folders - {self.folder}:
            with suppress(OSError):  # somebody writes there again
                folder.rmdir()

    def fetch(self, name: str, target: Path) -> None:
        """Have the file at `target` too; as it never changes, a second name for it is enough."""
        copy_file(self.folder / name, target)

    def addresses(self, database: duckdb.DuckDBPyConnection, names: Iterable[str]) -> list[str]:
        """Return what DuckDB is to be given to read these files; a `*` in a path is only that."""
        return [_literal(str(self.folder / name)) for name in names]


def _literal(path: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path)
