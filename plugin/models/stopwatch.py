"""How long each stage of a training took."""

from __future__ import annotations

import time
from collections.abc import Callable

Progress = Callable[[str, float], None]


class Stopwatch:
    """Hears the stages of some work, hands them on, and adds up the seconds (wall clock) of each."""

    def __init__(self, hear: Progress | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._hear = hear
        self._stage: str | None = None
        self._since = time.monotonic()

    def __call__(self, stage: str, share: float) -> None:
        """Say that a stage has begun, and which share of the whole work (0 to 1) is done."""
        now = time.monotonic()
        if self._stage is not None:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now
        if self._hear:
            self._hear(stage, share)

    def within(self, named: str, start: float, end: float) -> Progress:
        """Return what hears a piece of the work; its stages are told under the name of the piece."""
        return lambda stage, share: self(f"{named}: {stage}", start + (end - start) * share)
