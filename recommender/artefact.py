"""A model on disk: plain arrays beside a manifest that vouches for every byte.

No pickle is written or read. The manifest is written last, so a model half written has none.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from recommender.errors import DamagedModel

FORMAT = 1
MANIFEST = "manifest.json"
MOST_MANIFEST_BYTES = 4_000_000
MOST_FILES = 1_000
MOST_BYTES = 16 * 2**30  # of one model; a hash over more would keep whoever loads it for minutes
KINDS_OF_NUMBERS = {"bool", "uint8", "int32", "int64", "float32", "float64"}


def write(directory: Path, arrays: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest, after writing each array to ``<name>.npy`` in a new or empty directory.

    ``about`` goes into the manifest as it is. Raises FileExistsError when the directory holds anything.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty: a model once written never changes")
    files = {
        f"{name}.npy": _write_array(directory / f"{name}.npy", array)
        for name, array in sorted(arrays.items())
    }
    manifest = {"format": FORMAT, **about, "files": files}
    with open(directory / MANIFEST, "w", encoding="utf-8") as out:
        json.dump(manifest, out, indent=1, sort_keys=True, allow_nan=False)
        out.flush()
        os.fsync(out.fileno())
    _sync_directory(directory)
    return manifest


def read(directory: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays, mapped into memory read-only, and the manifest; raises DamagedModel at the first fault."""
    manifest = read_manifest(directory)
    listed = manifest["files"]
    present = {entry.name for entry in os.scandir(directory)} - {MANIFEST}
    for name in sorted(present - set(listed)):
        raise DamagedModel(directory, name, "the manifest does not know this file")
    for name in sorted(set(listed) - present):
        raise DamagedModel(directory, name, "the file is missing")
    return {
        name.removesuffix(".npy"): _read_array(directory, name, listed[name]) for name in sorted(listed)
    }, manifest


def demand(directory: Path, owner: str) -> None:
    """Return when the model saved there is this owner's, under the name it was saved under.

    Raises DamagedModel for another's, however whole it is.
    """
    manifest = read_manifest(directory)
    if manifest.get("owner") != owner:
        raise DamagedModel(
            directory, MANIFEST, f"it is a model of {manifest.get('owner')!r}, not of {owner!r}"
        )
    if manifest.get("version") != directory.name:
        raise DamagedModel(directory, MANIFEST, f"it was saved as {manifest.get('version')!r}")


def pack_texts(texts: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Texts as two arrays: all their UTF-8 bytes in a row, and where each starts (n + 1 offsets)."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    return {"bytes": np.frombuffer(b"".join(encoded), np.uint8), "offsets": ends}


def unpack_texts(data: np.ndarray, offsets: np.ndarray) -> tuple[str, ...]:
    """The texts that were packed; raises ValueError when the offsets do not fit the bytes."""
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != len(data) or np.any(np.diff(offsets) < 0):
        raise ValueError("the offsets do not fit the bytes")
    whole, marks = data.tobytes(), offsets.tolist()
    return tuple(whole[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(marks))


def _write_array(path: Path, array: np.ndarray) -> dict[str, Any]:
    plain = np.ascontiguousarray(array)
    if plain.dtype.name not in KINDS_OF_NUMBERS:
        raise TypeError(f"{path.name}: {plain.dtype} is not a plain number")
    with open(path, "wb") as out:
        np.lib.format.write_array(out, plain, version=(1, 0), allow_pickle=False)
        out.flush()
        os.fsync(out.fileno())
    return {
        "sha256": _sha256(path),
        "bytes": path.stat().st_size,
        "dtype": plain.dtype.name,
        "shape": list(plain.shape),
    }


def read_manifest(directory: Path) -> dict[str, Any]:
    """The manifest alone, without looking at the arrays; raises DamagedModel when it cannot be read or
    trusted.
    """
    path = directory / MANIFEST
    if directory.is_symlink():
        raise DamagedModel(directory, MANIFEST, "the folder is a link")
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise DamagedModel(directory, MANIFEST, "not a plain file")
        if path.stat().st_size > MOST_MANIFEST_BYTES:
            raise DamagedModel(directory, MANIFEST, "the manifest is too large")
        manifest = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DamagedModel(directory, MANIFEST, "the file is missing") from None
    except (OSError, ValueError, RecursionError) as fault:
        raise DamagedModel(directory, MANIFEST, f"cannot be read: {fault}") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise DamagedModel(directory, MANIFEST, "not a manifest")
    if manifest.get("format") != FORMAT:
        raise DamagedModel(directory, MANIFEST, f"format {manifest.get('format')!r} is not {FORMAT}")
    for name, entry in manifest["files"].items():
        if not name.endswith(".npy") or name != os.path.basename(name) or not isinstance(entry, dict):
            raise DamagedModel(directory, MANIFEST, f"{name!r} is not a file of a model")
        if not isinstance(entry.get("bytes"), int) or not isinstance(entry.get("shape"), list):
            raise DamagedModel(directory, MANIFEST, f"it does not say how large {name!r} is")
    if len(manifest["files"]) > MOST_FILES or _bytes_of(manifest) > MOST_BYTES:
        raise DamagedModel(directory, MANIFEST, f"more than {MOST_FILES} files or {MOST_BYTES} bytes")
    return manifest


def _bytes_of(manifest: Mapping[str, Any]) -> int:
    return sum(entry["bytes"] for entry in manifest["files"].values())


def _read_array(directory: Path, name: str, entry: Mapping[str, Any]) -> np.ndarray:
    path = directory / name
    if path.is_symlink() or not path.is_file():
        raise DamagedModel(directory, name, "not a plain file")
    size = path.stat().st_size
    if size != entry.get("bytes"):
        raise DamagedModel(directory, name, f"{size} bytes instead of {entry.get('bytes')}")
    if _sha256(path) != entry.get("sha256"):
        raise DamagedModel(directory, name, "the checksum does not match")
    if entry.get("dtype") not in KINDS_OF_NUMBERS:
        raise DamagedModel(directory, name, f"{entry.get('dtype')!r} is not a plain number")
    try:
        # An empty array cannot be mapped: there is nothing to map.
        empty = 0 in entry.get("shape", ())
        array = np.load(path, mmap_mode=None if empty else "r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as fault:
        raise DamagedModel(directory, name, f"not a plain array: {fault}") from None
    if array.dtype.name != entry["dtype"] or list(array.shape) != entry.get("shape"):
        raise DamagedModel(directory, name, f"{array.dtype} of {array.shape} is not what the manifest says")
    return array.view(np.ndarray)  # still mapped, without what the subclass costs on every slice


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
