"""Room on disk for work in between: a folder each, cleared away also when its owner was killed."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

LOCK = "in-use.lock"


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Yield an empty folder of one's own below `folder`, gone when the block ends.

    What processes that ended without a word have left there is removed first: it may hold what somebody
    has since asked to be forgotten.
    """
    with ExitStack() as held:
        with _alone(folder):
            _clear_away(folder)
            own = Path(tempfile.mkdtemp(dir=folder))
            lock = held.enter_context((own / LOCK).open("wb"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        held.callback(shutil.rmtree, own, ignore_errors=True)
        yield own


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from making or clearing away folders: one just made is not locked yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _clear_away(folder: Path) -> None:
    for left in folder.iterdir():
        if left.is_dir() and not _in_use(left):
            shutil.rmtree(left, ignore_errors=True)


def _in_use(left: Path) -> bool:
    try:
        with (left / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False  # ended before it had a lock, or is being removed
    except BlockingIOError:
        return True
    return False
