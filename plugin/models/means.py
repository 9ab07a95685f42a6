"""What a training here works with: how many threads, and whether there is a GPU where one is wanted."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass

from recommender.machine import CPU, GPU, has_gpu

log = logging.getLogger(__name__)

#: More learn no faster: three parts of a model take most of the time. And each takes its own memory.
MOST_THREADS = 3


@dataclass(frozen=True, slots=True)
class Means:
    """How many parts are learned at once, on which device factors are, and what is to be said of that."""

    threads: int = 1
    device: str = CPU
    note: str | None = None


def means_here(device: str, threads: int | None = None) -> Means:
    """Return what there is for a training: so many threads, None for as many as this process may use.

    Where a GPU is wanted and implicit finds none, the training goes on without; the note says so.
    """
    usable = threads or min(MOST_THREADS, len(os.sched_getaffinity(0)))
    if device != GPU:
        return Means(usable)
    if has_gpu():
        return Means(usable, GPU, "factors are learned on the GPU, which is experimental")
    note = "RAPPORT_DEVICE is gpu, but implicit finds no GPU here; factors are learned on the CPU"
    log.warning("%s", note)
    return Means(usable, CPU, note)
