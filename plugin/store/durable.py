"""Files that survive the loss of power: whole under their name, or not there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

UNFINISHED = ".unfinished"  # how the name of a file ends that is being written


def copy_file(source: Path, target: Path) -> None:
    """Have a file that never changes under another name too, durably; a copy only on another file system."""
    make_folder(target.parent)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)
        to_disk(target)
    to_disk(target.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    to_disk(folder.parent)


def to_disk(path: Path) -> None:
    """Return when a file, or the names in a folder, would survive the loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
