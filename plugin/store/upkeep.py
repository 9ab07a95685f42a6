"""What is done to a shop's log besides adding to it: keeping it in few files, forgetting, expiring."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

from plugin.errors import RapportError, StoreUnavailable
from plugin.store.archive import LEASE_MS, Archive
from plugin.store.log import Log

PATIENCE_S = 120.0
ASK_AGAIN_S = 0.02


class Upkeep:
    """The upkeep of one shop's log. Hold the shop's lease (`holding`); long work renews it by itself."""

    def __init__(self, archive: Archive, log: Log) -> None:
        self._archive = archive
        self._log = log

    def tidy(self, now: float) -> int:
        """Make one file of many small ones; return how many those were, 0 when all is well."""
        settled, _ = self._archive.settled()
        with renewed(self._archive) as still_ours:
            return self._log.tidy(settled, now, still_ours)

    def forget(self, refs: Collection[str]) -> int:
        """Remove every row of these shoppers and every row that names them; return how many those were.

        Their bytes are gone from the log's folder when this returns. What still is in the streams is not the
        log's: see to that first. Raises `StoreUnavailable` while a part is half written, which the worker
        finishes, and when the lease was lost meanwhile; then it is to be done again.
        """
        with renewed(self._archive) as still_ours:
            return self._log.forget(refs, self._all_settled(), still_ours)

    def expire(self, before: Mapping[str, float]) -> int:
        """Remove activities of these kinds from before these moments (epoch seconds); return how many rows.

        Raises as `forget` does.
        """
        with renewed(self._archive) as still_ours:
            return self._log.expire(before, self._all_settled(), still_ours)

    def _all_settled(self) -> int:
        settled, all_of_it = self._archive.settled()
        if not all_of_it:
            raise StoreUnavailable("A part of the log is half written; it is finished first.")
        return settled


@contextmanager
def holding(archive: Archive, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Have the work of a shop for oneself until the block ends; it has to be renewed within seconds.

    Raises `RapportError` when another process does not let go of it in time.
    """
    until = time.monotonic() + patience_s
    while not archive.hold():
        if time.monotonic() > until:
            raise RapportError("Another process holds the work of this shop; try again later.")
        time.sleep(ASK_AGAIN_S)
    try:
        yield
    finally:
        archive.let_go()


@contextmanager
def renewed(archive: Archive) -> Iterator[Callable[[], bool]]:
    """Renew a lease while the block runs; yield what tells whether it was ours all the time."""
    ended, lost = threading.Event(), threading.Event()

    def renew() -> None:
        while not ended.wait(LEASE_MS / 4000):
            if not _held(archive):
                lost.set()
                return

    def still_ours() -> bool:
        return not lost.is_set() and _held(archive)

    thread = threading.Thread(target=renew, name="renew-lease", daemon=True)
    thread.start()
    try:
        yield still_ours
    finally:
        ended.set()
        thread.join()


def _held(archive: Archive) -> bool:
    try:
        return archive.hold()
    except RapportError:
        return False
