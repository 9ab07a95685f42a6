"""Processes that belong together: started again when they die, ended with the one that started them."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable

BELONGS_TO_PARENT = "RAPPORT_WORK_ENDS_WITH_PARENT"
LOOK_EVERY_S = 0.25
END_WITHIN_S = 10.0


class Companion:
    """A process that lives as long as this one, started again when it dies."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self._command = command
        self._environment = {**os.environ, BELONGS_TO_PARENT: "1", **(environment or {})}
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, env=self._environment, stdin=subprocess.DEVNULL)

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self._process.poll() is not None

    def revive(self) -> None:
        """Start it again if it died."""
        if self.ended:
            self._process = self._start()

    def end(self) -> None:
        """End it, with patience at first."""
        self._process.terminate()
        try:
            self._process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def when_orphaned(do: Callable[[], None]) -> None:
    """Have `do` called when the process that started this one is gone, however it went."""
    if not os.environ.get(BELONGS_TO_PARENT):
        return
    owner = os.getppid()

    def look() -> None:
        while os.getppid() == owner:
            time.sleep(LOOK_EVERY_S)
        do()

    threading.Thread(target=look, name="look-after-parent", daemon=True).start()
