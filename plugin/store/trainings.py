"""Who trains a shop's model now: one at a time, wherever it runs."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from plugin.errors import RapportError, Refused
from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys

LEASE_MS = 20_000  # how long nobody trains a shop when whoever did was killed
ASK_AGAIN_S = 0.2


class Trainings:
    """The right to train one shop's model."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._lease = f"{{{keys.shop}}}:training"
        self._holder = f"{_machine()} {os.getpid()} {uuid.uuid4().hex}"

    @contextmanager
    def held(self, patience_s: float = LEASE_MS / 1000 + 2) -> Iterator[Callable[[], bool]]:
        """Have the right until the block ends; yield what tells whether it was ours all the time.

        It is waited for as long as one who was killed could still hold it. Raises `Refused` when another
        process trains this shop.
        """
        until = time.monotonic() + patience_s
        while not self._hold():
            if time.monotonic() > until:
                raise Refused("Another process trains a model of this shop; try again when it is done.")
            time.sleep(ASK_AGAIN_S)
        ended, lost = threading.Event(), threading.Event()

        def renew() -> None:
            while not ended.wait(LEASE_MS / 4000):
                if not self._holds_on():
                    lost.set()
                    return

        thread = threading.Thread(target=renew, name="renew-training", daemon=True)
        thread.start()
        try:
            yield lambda: not lost.is_set() and self._holds_on()
        finally:
            ended.set()
            thread.join()
            self._let_go()

    def is_held(self) -> bool:
        """Whether somebody trains this shop's model now."""
        return self._connection.call("EXISTS", self._lease) == 1 and not self._of_the_dead()

    def _hold(self) -> bool:
        if self._taken():
            return True
        if left := self._of_the_dead():
            self._connection.call(*script("release", [self._lease], left))
            return self._taken()
        return False

    def _taken(self) -> bool:
        return bool(self._connection.call(*script("lease", [self._lease], self._holder, LEASE_MS)))

    def _of_the_dead(self) -> str | None:
        """Return whose the right is if that was a process of this machine that is no more: it need not be
        waited for.
        """
        held = self._connection.call("GET", self._lease)
        machine, _, rest = held.decode().rpartition(" ")[0].partition(" ") if held else ("", "", "")
        gone = machine and machine == _machine() and not Path(f"/proc/{rest}").exists()
        return held.decode() if gone else None

    def _holds_on(self) -> bool:
        try:
            return self._taken()
        except RapportError:
            return False

    def _let_go(self) -> None:
        try:
            self._connection.call(*script("release", [self._lease], self._holder))
        except RapportError:
            return  # it runs out by itself


def _machine() -> str:
    """Return what tells this machine, and this container on it, from others; empty where that is not told."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""
