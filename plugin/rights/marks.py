"""What stays of an erased shopper: a mark, by which later activity and old backups are known to be theirs.

A mark is a keyed hash of the shopper's reference. Its key lies outside the store and outside every backup,
so that nobody who has only those can find out whose mark it is. Who has both still learns only whether an id
that is known to him anyway was erased.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from plugin.errors import Refused
from plugin.settings import Settings
from plugin.store.durable import to_disk

MARK_BYTES = 16
KEY_BYTES = 32
MARK_LINE = re.compile(r"[0-9a-f]{32}\n")


class Erasures:
    """The erasure key of this installation, and the marks of who was erased here, in files of their own.

    The files: `erasure.key`, and one list of marks a shop in `erased/`, a mark a line. The store has the
    marks too, where the door of activity looks; the files are what a restored store is held against.
    """

    def __init__(self, settings: Settings) -> None:
        self._given = settings.erasure_key
        self._key_file = settings.data / "erasure.key"
        self._folder = settings.data / "erased"
        self._begun: Any = None  # a hash that has taken the key in already
        self._read: dict[str, tuple[tuple[int, int], frozenset[bytes]]] = {}

    def mark(self, ref: str) -> bytes:
        """Return the mark of a shopper's reference: 16 bytes that only this installation's key leads to."""
        if self._begun is None:
            self._begun = hashlib.blake2b(digest_size=MARK_BYTES, key=self._held_key())
        mark = self._begun.copy()
        mark.update(ref.encode("utf-8", "surrogatepass"))
        return mark.digest()

    def fingerprint(self) -> bytes:
        """Return by what a store recognises the key that its marks were made with; the key is not in it."""
        return hashlib.sha256(b"rapport erasure key" + self.mark("")).hexdigest()[:32].encode()

    def marks(self, shop: str) -> frozenset[bytes]:
        """Return the marks of everybody erased in this shop, as the file knows them."""
        path = self._folder / shop
        try:
            found = path.stat()
        except FileNotFoundError:
            return frozenset()
        state = (found.st_mtime_ns, found.st_size)
        held = self._read.get(shop)
        if held is None or held[0] != state:
            # A line that a crash cut off is no mark; its erasure is carried out again.
            lines = MARK_LINE.findall(path.read_text())
            held = self._read[shop] = (state, frozenset(map(bytes.fromhex, lines)))
        return held[1]

    def erased(self, shop: str, ref: str) -> bool:
        """Whether this reference belongs to somebody who was erased in this shop."""
        marks = self.marks(shop)
        return bool(marks) and self.mark(ref) in marks

    def remember(self, shop: str, marks: Iterable[bytes]) -> None:
        """Add marks to the shop's list; they are on disk when this returns."""
        new = sorted(set(marks) - self.marks(shop))
        if not new:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _private(self._folder / shop, os.O_APPEND) as file:
            # What a crash left of a line is ended first, so that it spoils none of these.
            text = "".join(f"{mark.hex()}\n" for mark in new)
            file.write(text if _ends_whole(self._folder / shop) else f"\n{text}")
            file.flush()
            os.fsync(file.fileno())
        to_disk(self._folder)

    def forget(self, shop: str, marks: Iterable[bytes]) -> None:
        """Take marks off the shop's list: these people may be known again."""
        left = self.marks(shop) - set(marks)
        unfinished = self._folder / f".{shop}.{secrets.token_hex(4)}"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _private(unfinished, os.O_EXCL) as file:
            file.write("".join(f"{mark.hex()}\n" for mark in sorted(left)))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._folder / shop)
        to_disk(self._folder)

    def _held_key(self) -> bytes:
        """The key: what the operator gave, else the file's, made on first use."""
        if self._given is not None:
            return hashlib.blake2b(self._given.encode(), digest_size=KEY_BYTES).digest()
        with suppress(FileNotFoundError):
            return _whole_key(self._key_file)
        self._key_file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._key_file.with_name(f".erasure.{secrets.token_hex(4)}")
        with _private(unfinished, os.O_EXCL) as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # of several processes that make one, the first one's stands
            os.link(unfinished, self._key_file)
        unfinished.unlink()
        to_disk(self._key_file.parent)
        return _whole_key(self._key_file)


def _whole_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused(f"{path} is not an erasure key: it must be {2 * KEY_BYTES} hexadecimal digits.")
    return key


def _private(path: Path, how: int) -> TextIO:
    """Open a file for writing that only this user may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "w")


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if not size:
            return True
        file.seek(size - 1)
        return file.read(1) == b"\n"
