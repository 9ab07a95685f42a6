"""A process that leaves processor and memory to those who answer, and ends with whoever started it."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from api.processes import when_orphaned
from plugin.errors import RapportError
from plugin.models.trainer import BUSY
from plugin.settings import Settings

AS_FAR_AS_GOES = 19
GIB = 2**30
LEAST_MEMORY = GIB
LIMITS_OF_GROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
LOCK = "training.lock"


@contextmanager
def stepping_back(wanted: bool) -> Iterator[None]:
    """Run a block with what nobody else needs: the lowest priority, bounded memory, one at a time.

    The bound is RAPPORT_TRAINING_MEMORY_MB, else half of the machine's memory. Ends the process
    with a code of its own (75) while another one is at work with this data folder; raises `RapportError`
    where the memory does not suffice.
    """
    if not wanted:
        yield
        return
    settings = Settings.from_environment()
    when_orphaned(lambda: os.kill(os.getpid(), signal.SIGKILL))
    os.nice(AS_FAR_AS_GOES)
    bound = settings.training_memory_mb * 2**20 or max(LEAST_MEMORY, memory_of_machine() // 2)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))
    with suppress(OSError):  # where memory runs out all the same, this process goes before those who answer
        Path("/proc/self/oom_score_adj").write_text("1000")
    settings.models.mkdir(parents=True, exist_ok=True)
    with (settings.models / LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo("Another training is at work on this machine.", err=True)
            sys.exit(BUSY)
        try:
            yield
        except MemoryError:
            raise RapportError(
                f"The training needs more than the {bound // 2**20:,} MB it may take; "
                "RAPPORT_TRAINING_MEMORY_MB sets another bound."
            ) from None


def memory_of_machine() -> int:
    """Return how much memory there is, in bytes: the machine's, or less where a container has a limit."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in LIMITS_OF_GROUPS:
        with suppress(OSError, ValueError):
            whole = min(whole, int(path.read_text()))
    return whole
