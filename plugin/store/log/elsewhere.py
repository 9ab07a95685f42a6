"""Logs that lie elsewhere: any folder that pyarrow reaches by URL, object stores above all."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.fs as pafs
from fsspec import AbstractFileSystem
from fsspec.implementations.arrow import ArrowFSWrapper

from plugin.errors import Refused
from plugin.store.durable import UNFINISHED
from plugin.store.scratch import scratch

COPIED_AT_ONCE = 4 * 1024 * 1024
OBJECT_STORES = frozenset({"s3", "gcs", "abfs"})


class ByUrl:
    """A folder that pyarrow reaches by URL. A file written there appears when it is closed, whole."""

    def __init__(self, filesystem: pafs.FileSystem, folder: str, room: Path) -> None:
        self.room = room
        self._filesystem = filesystem
        self._folder = folder.rstrip("/")

    def names(self) -> list[str]:
        """Return the names of all files, with `/` between folders."""
        everything = pafs.FileSelector(self._folder, recursive=True, allow_not_found=True)
        return [
            found.path.removeprefix(f"{self._folder}/")
            for found in self._filesystem.get_file_info(everything)
            if found.type == pafs.FileType.File
        ]

    def read(self, name: str) -> bytes:
        """Return a small file. Raises `FileNotFoundError`."""
        with self._filesystem.open_input_stream(self._path(name)) as file:
            return file.read()

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Yield a path of this machine to write to; when the block ends well the file is there, durably."""
        with scratch(self.room) as room:
            path = room / f"written{UNFINISHED}"
            yield path
            with path.open("rb") as source:
                self._put(name, source)

    def create(self, name: str, data: bytes) -> bool:
        """Write a small file unless there is one of that name; return whether it was written."""
        if self._filesystem.get_file_info(self._path(name)).type != pafs.FileType.NotFound:
            return False
        self._put(name, pa.BufferReader(data))
        return True

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; those that are gone already are no error."""
        for name in names:
            with suppress(FileNotFoundError):
                self._filesystem.delete_file(self._path(name))

    def fetch(self, name: str, target: Path) -> None:
        """Copy the file to `target`. Raises `FileNotFoundError`."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._filesystem.open_input_stream(self._path(name)) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, COPIED_AT_ONCE)

    def addresses(self, database: duckdb.DuckDBPyConnection, names: Iterable[str]) -> list[str]:
        """Return what DuckDB is to be given to read these files, after it was told how to reach them."""
        database.register_filesystem(_bridge(self._filesystem))
        return [f"{Bridge.protocol}://{self._path(name)}" for name in names]

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"

    def _put(self, name: str, source: BinaryIO | pa.NativeFile) -> None:
        path = self._path(name)
        if self._filesystem.type_name in OBJECT_STORES:  # an object appears when it is closed
            self._pour(source, path)
            return
        self._filesystem.create_dir(path.rpartition("/")[0], recursive=True)
        self._pour(source, path + UNFINISHED)
        self._filesystem.move(path + UNFINISHED, path)

    def _pour(self, source: BinaryIO | pa.NativeFile, path: str) -> None:
        try:
            with self._filesystem.open_output_stream(path) as file:
                shutil.copyfileobj(source, file, COPIED_AT_ONCE)
        except BaseException:  # closed all the same, and so there, but not whole
            with suppress(OSError):
                self._filesystem.delete_file(path)
            raise


class Bridge(ArrowFSWrapper):
    """How DuckDB reads files through pyarrow."""

    protocol = "rapport-log"

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        return path.removeprefix(f"{cls.protocol}://")


def _bridge(filesystem: pafs.FileSystem) -> AbstractFileSystem:
    return Bridge(filesystem, skip_instance_cache=True)


@lru_cache
def by_url(url: str) -> tuple[pafs.FileSystem, str]:
    """Return the file system and the folder that a URL names.

    Raises `Refused` for one that pyarrow cannot reach; what it says of secrets in the URL is not repeated.
    """
    try:
        filesystem, folder = pafs.FileSystem.from_uri(url)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise _refused(url, type(error).__name__) from None
    if not folder.strip("/"):
        raise _refused(url, "no folder")
    return filesystem, folder


def _refused(url: str, why: str) -> Refused:
    return Refused(
        f"RAPPORT_LOG names a folder at {url.partition('://')[0]}:// that cannot be reached ({why}). "
        "It takes a path, file:///..., s3://bucket/folder?region=... or what else pyarrow reaches."
    )
