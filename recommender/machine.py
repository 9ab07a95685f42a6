"""What a training may use of the machine it runs on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from implicit.gpu import HAS_CUDA
from threadpoolctl import threadpool_limits

T = TypeVar("T")

#: Where factors may be learned. The second only by implicit's models for it, and only where there is one.
DEVICES = CPU, GPU = ("cpu", "gpu")


def has_gpu() -> bool:
    """Whether implicit finds a GPU here that it can learn on."""
    return bool(HAS_CUDA)


def each_done(
    jobs: Mapping[str, Callable[[], T]], threads: int, hear: Callable[[str, float], None]
) -> dict[str, T]:
    """What each job gives, by its name; ``hear`` is told each name and the share done.

    So many ``threads`` work at once. The jobs must not need one another. Each has one thread for its linear
    algebra, so that it gives the same bits whether others run beside it or not.
    """
    found: dict[str, T] = {}
    with threadpool_limits(1):
        if threads <= 1 or len(jobs) <= 1:
            for done, (name, job) in enumerate(jobs.items()):
                hear(name, done / len(jobs))
                found[name] = job()
            return found
        with ThreadPoolExecutor(threads) as pool:
            begun = {name: pool.submit(_on_one_thread, job) for name, job in jobs.items()}
            try:
                for done, (name, future) in enumerate(begun.items()):
                    hear(name, done / len(jobs))
                    found[name] = future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
    return found


def _on_one_thread(job: Callable[[], T]) -> T:
    """OpenMP counts its threads for each thread that calls it: what the caller set does not hold here."""
    with threadpool_limits(1):
        return job()
