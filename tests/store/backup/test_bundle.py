"""What a backup looks like on disk, and what is refused as one."""

from __future__ import annotations

import io
import random
import stat
import tarfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from plugin.errors import Refused
from plugin.store.backup import bundle
from plugin.store.backup.bundle import About

ABOUT = About("corner-shop", 1_770_000_000.0, "1.0", 64, {"settled": 1})
FILES = {
    "store/settled.parquet": b"keys" * 50_000,
    "log/day=2026-01-05/rows-000000000001-0badcafe.parquet": b"rows" * 50_000,
    "models/20260105T000000Z-abc123/manifest.json": b"{}",
    "models/20260105T000000Z-abc123/weights.for-you.npy": b"weights",
    "models/20260105T000000Z-abc123.report.json": b"{}",
}


def quiet(_: int) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    """An open bundle."""
    folder = tmp_path / "open"
    for name, data in {**FILES, "about.json": ABOUT.to_bytes()}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(params=["shop.tar.zst", "folder"])
def packed(opened: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The same, packed, in both forms."""
    out = tmp_path / request.param
    bundle.pack(opened, out, quiet)
    return out


def test_what_was_packed_comes_out(packed: Path, tmp_path: Path) -> None:
    assert bundle.unpack(packed, tmp_path / "out", quiet) == ABOUT
    for name, data in FILES.items():
        assert (tmp_path / "out" / name).read_bytes() == data


def test_nobody_else_may_read_it(packed: Path) -> None:
    everything = [packed, *(path for path in packed.rglob("*") if path.is_file())]
    for path in everything:
        if path.is_file() and path.name != bundle.CHECKSUMS:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not stat.S_IMODE(packed.stat().st_mode) & 0o077


def test_it_is_never_written_over(packed: Path, opened: Path) -> None:
    with pytest.raises(Refused, match="already"):
        bundle.pack(opened, packed, quiet)


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_or_cut_off_file_is_refused(opened: Path, tmp_path: Path, seed: int) -> None:
    packed, chance = tmp_path / "shop.tar.zst", random.Random(seed)
    bundle.pack(opened, packed, quiet)
    data = bytearray(packed.read_bytes())
    if seed % 2:
        del data[chance.randrange(len(data)) :]
    else:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    packed.write_bytes(data)
    with pytest.raises(Refused, match=r"damaged|cannot be read|no backup"):
        bundle.unpack(packed, tmp_path / "out", quiet)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_changed_or_missing_file_of_a_folder_is_refused(opened: Path, tmp_path: Path, name: str) -> None:
    packed = tmp_path / "folder"
    bundle.pack(opened, packed, quiet)
    (packed / name).write_bytes(FILES[name][:-1] + b"?")
    with pytest.raises(Refused, match="is not what it was"):
        bundle.unpack(packed, tmp_path / "out", quiet)
    (packed / name).unlink()
    with pytest.raises(Refused, match="is missing"):
        bundle.unpack(packed, tmp_path / "again", quiet)


def test_without_checksums_damage_would_go_unseen(opened: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """The control."""
    packed = tmp_path / "folder"
    bundle.pack(opened, packed, quiet)
    (packed / "store/settled.parquet").write_bytes(b"others")
    monkeypatch.setattr(bundle, "_compare", lambda *_: None)
    assert bundle.unpack(packed, tmp_path / "out", quiet) == ABOUT


@pytest.mark.parametrize(
    "name",
    ["../escaped", "/etc/escaped", "store/../../escaped", "log/day=2026-01-05/../x.parquet", "store/x.sh"],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    hostile(tmp_path / "shop.tar.zst", tarfile.TarInfo(name), b"boo")
    with pytest.raises(Refused, match="no file of one"):
        bundle.unpack(tmp_path / "shop.tar.zst", tmp_path / "in" / "out", quiet)
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    entry = tarfile.TarInfo("store/settled.parquet")
    entry.type, entry.linkname = kind, "/etc/passwd"
    hostile(tmp_path / "shop.tar.zst", entry, b"")
    with pytest.raises(Refused, match="no plain file"):
        bundle.unpack(tmp_path / "shop.tar.zst", tmp_path / "out", quiet)


def test_a_link_in_a_folder_is_refused(opened: Path, tmp_path: Path) -> None:
    packed = tmp_path / "folder"
    bundle.pack(opened, packed, quiet)
    (packed / "store/words.parquet").symlink_to("/etc/passwd")
    with pytest.raises(Refused, match="no plain file"):
        bundle.unpack(packed, tmp_path / "out", quiet)


def hostile(path: Path, entry: tarfile.TarInfo, data: bytes) -> None:
    """Write a bundle with an entry of somebody's own making after a good beginning."""
    with (
        pa.CompressedOutputStream(str(path), "zstd") as stream,
        tarfile.open(fileobj=stream, mode="w|") as tar,
    ):
        about = tarfile.TarInfo("about.json")
        about.size = len(ABOUT.to_bytes())
        tar.addfile(about, io.BytesIO(ABOUT.to_bytes()))
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))


@pytest.mark.parametrize(
    ("about", "says"),
    [
        (b'{"format": 2}', "later version"),
        (b'{"format": "x"}', "no backup"),
        (b"[1]", "cannot be read"),
        (b"{", "cannot be read"),
        (b'{"format": 1, "shop": "s"}', "cannot be read"),
    ],
)
def test_what_is_of_another_format_is_refused(opened: Path, tmp_path: Path, about: bytes, says: str) -> None:
    (opened / "about.json").write_bytes(about)
    bundle.pack(opened, tmp_path / "shop.tar.zst", quiet)
    with pytest.raises(Refused, match=says):
        bundle.unpack(tmp_path / "shop.tar.zst", tmp_path / "out", quiet)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing of the kind " * 1_000)
    with pytest.raises(Refused):
        bundle.unpack(tmp_path / "notes.txt", tmp_path / "out", quiet)
