"""A backup as it is kept: a folder of files, or the same in one `.tar.zst`, each file vouched for.

`about.json` comes first and says what it is, `checksums.json` last: what was cut off has none. Whatever is
taken out of a bundle was named as a backup's files are, is a plain file, and has its checksum.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow as pa

from plugin.errors import Refused
from plugin.store.durable import UNFINISHED, to_disk

FORMAT = 1
ABOUT, CHECKSUMS = "about.json", "checksums.json"
PACKED = ".tar.zst"
MEMBER = re.compile(
    r"(about\.json|checksums\.json|store/[a-z]{1,20}\.parquet"
    r"|log/day=\d{4}-\d{2}-\d{2}/[a-z0-9-]{1,60}\.parquet"
    r"|models/[A-Za-z0-9-]{1,60}(\.report\.json|/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\.(npy|json)))"
)
MOST_WORDS = 64 * 1024 * 1024  # bytes of about.json and of checksums.json
PIECE = 1024 * 1024
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class About:
    """What a backup is of: the shop, when and by which version it was made, over how many shards."""

    shop: str
    made_at: float
    version: str
    shards: int
    counts: Mapping[str, int]

    def to_bytes(self) -> bytes:
        """Return it as it stands in the bundle."""
        return orjson.dumps(
            {"format": FORMAT, **{name: getattr(self, name) for name in self.__slots__}},
            option=orjson.OPT_INDENT_2,
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> About:
        """Return what `to_bytes` wrote. Raises `Refused` for what is no backup or one of a later format."""
        try:
            held = orjson.loads(data)
            found = held.pop("format")
            if found == FORMAT:
                return cls(**held)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Refused("This is no backup of a shop: its about.json cannot be read.") from None
        if isinstance(found, int) and found > FORMAT:
            raise Refused(
                f"This backup has format {found}, of a later version of Rapport; this one reads {FORMAT}."
            )
        raise Refused(f"This is no backup of a shop: it says format {found!r}.")


def names_in(folder: Path) -> list[str]:
    """Return the names of the files of an open bundle, about.json first."""
    found = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()]
    return sorted((name for name in found if MEMBER.fullmatch(name)), key=lambda name: (name != ABOUT, name))


def size_of(folder: Path) -> int:
    """Return how many bytes the files of an open bundle have."""
    return sum((folder / name).stat().st_size for name in names_in(folder))


def pack(folder: Path, out: Path, told: Told) -> int:
    """Write an open bundle to `out`, a `.tar.zst` or a folder; return its size in bytes.

    It appears whole or not at all, readable by its owner alone. `told` is called with the bytes taken up.
    Raises `Refused` when there is something already, or it cannot be written.
    """
    if out.exists() or out.is_symlink():
        raise Refused(f"There is a {out} already; choose another name, a backup is never written over.")
    unfinished = out.with_name(f"{out.name}{UNFINISHED}")
    try:
        if out.name.endswith(PACKED):
            _pack_file(folder, unfinished, told)
        else:
            _pack_folder(folder, unfinished, told)
        unfinished.rename(out)
        to_disk(out.resolve().parent)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        _remove(unfinished)
    return out.stat().st_size if out.is_file() else size_of(out)


def _pack_file(folder: Path, out: Path, told: Told) -> None:
    private = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(private, "wb") as file,
        pa.CompressedOutputStream(file, "zstd") as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        sums: dict[str, Any] = {}
        for name in names_in(folder):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = (folder / name).stat().st_size, 0o600
            with (folder / name).open("rb") as source:
                watched = _Watched(source, told)
                tar.addfile(entry, watched)
            sums[name] = {"sha256": watched.digest, "bytes": entry.size}
        last = tarfile.TarInfo(CHECKSUMS)
        data = orjson.dumps({"files": sums})
        last.size, last.mode = len(data), 0o600
        tar.addfile(last, pa.BufferReader(data))
    to_disk(out)


def _pack_folder(folder: Path, out: Path, told: Told) -> None:
    out.mkdir(mode=0o700)
    sums: dict[str, Any] = {}
    for name in names_in(folder):
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("rb") as source, target.open("xb") as copy:
            watched = _Watched(source, told)
            shutil.copyfileobj(watched, copy, PIECE)
        target.chmod(0o600)
        to_disk(target)
        sums[name] = {"sha256": watched.digest, "bytes": target.stat().st_size}
    (out / CHECKSUMS).write_bytes(orjson.dumps({"files": sums}))
    to_disk(out / CHECKSUMS)


def unpack(source: Path, folder: Path, told: Told) -> About:
    """Take a bundle out into an empty folder, and return what it is of once every byte of it is vouched for.

    Raises `Refused`, naming the file, for what is damaged, cut off, of a later format or no backup at all.
    """
    if not source.exists():
        raise Refused(f"There is no {source}.")
    sums: dict[str, dict[str, Any]] = {}
    about: About | None = None
    with _read_errors(source):
        for name, size, stream in _members(source):
            _demand_member(source, name, size, first=about is None, again=name in sums)
            sums[name] = _taken_out(stream, folder / name, told)
            if name == ABOUT:
                about = About.from_bytes((folder / name).read_bytes())
    if about is None or CHECKSUMS not in sums:
        raise Refused(f"{source} is damaged: it ends before its checksums.")
    _compare(source, (folder / CHECKSUMS).read_bytes(), sums)
    return about


def _demand_member(source: Path, name: str, size: int, *, first: bool, again: bool) -> None:
    """Raise `Refused` unless this file may come at this point of a bundle."""
    if not MEMBER.fullmatch(name):
        raise Refused(f"{source} is no backup of a shop: {name!r} is no file of one.")
    if again:
        raise Refused(f"{source} is damaged: {name} is in it twice.")
    if first != (name == ABOUT):
        raise Refused(f"{source} is no backup of a shop: it does not begin with {ABOUT}.")
    if name in (ABOUT, CHECKSUMS) and size > MOST_WORDS:
        raise Refused(f"{source} is damaged: {name} is too large.")


def _taken_out(stream: IO[bytes], target: Path, told: Told) -> dict[str, Any]:
    target.parent.mkdir(parents=True, exist_ok=True)
    watched = _Watched(stream, told)
    with target.open("xb") as copy:
        shutil.copyfileobj(watched, copy, PIECE)
    return {"sha256": watched.digest, "bytes": target.stat().st_size}


def _compare(source: Path, told: bytes, found: Mapping[str, Mapping[str, Any]]) -> None:
    try:
        listed = orjson.loads(told)["files"]
        wanted = {name: (entry["sha256"], entry["bytes"]) for name, entry in listed.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused(f"{source} is damaged: {CHECKSUMS} cannot be read.") from None
    have = {name: (sum_["sha256"], sum_["bytes"]) for name, sum_ in found.items() if name != CHECKSUMS}
    for name in sorted(wanted.keys() | have.keys()):
        if wanted.get(name) != have.get(name):
            fault = "is missing" if name not in have else "is not what it was when the backup was made"
            raise Refused(f"{source} is damaged: {name} {fault}.")


def _members(source: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    return _members_of_folder(source) if source.is_dir() else _members_of_file(source)


def _members_of_folder(source: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    everything = [path for path in source.rglob("*") if path.is_symlink() or not path.is_dir()]
    names = {str(path.relative_to(source)): path for path in everything}
    for name in sorted(names, key=lambda name: (name != ABOUT, name == CHECKSUMS, name)):
        if names[name].is_symlink() or not names[name].is_file():
            raise Refused(f"{source} is no backup of a shop: {name!r} is no plain file.")
        with names[name].open("rb") as stream:
            yield name, names[name].stat().st_size, stream


def _members_of_file(source: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    with (
        source.open("rb") as file,
        pa.CompressedInputStream(file, "zstd") as stream,
        tarfile.open(fileobj=stream, mode="r|") as tar,
    ):
        for entry in tar:
            inside = tar.extractfile(entry) if entry.isreg() else None
            if inside is None:
                raise Refused(f"{source} is no backup of a shop: {entry.name!r} is no plain file.")
            yield entry.name, entry.size, inside


@contextmanager
def _read_errors(source: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, pa.ArrowException, EOFError, UnicodeError) as error:
        raise Refused(f"{source} is damaged or no backup at all: {error}.") from None
    except OSError as error:
        if error.errno is None:  # what is no zstd, or not all of it
            raise Refused(f"{source} is damaged or no backup at all: {error}.") from None
        raise Refused(f"{source} cannot be taken out: {error.strerror}.") from error


class _Watched:
    """A file whose bytes are counted and summed while they pass."""

    def __init__(self, file: IO[bytes], told: Told) -> None:
        self._file = file
        self._told = told
        self._sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self._file.read(size)
        self._sum.update(data)
        self._told(len(data))
        return data

    @property
    def digest(self) -> str:
        """The SHA-256 of all bytes so far."""
        return self._sum.hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
