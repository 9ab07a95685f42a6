"""Logs in a few words, for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from plugin.activity import Activity, Shopper
from plugin.store.log import Log
from tests.store.doings import viewed

DAY = 86_400.0
MONDAY = 1_767_571_200.0  # 2026-01-05, midnight UTC
AT = MONDAY + 12 * 3600


def entries(number: int, count: int, *, at: float = AT, shoppers: int = 7) -> list[tuple[str, Activity]]:
    """Activities of one part, with their positions in a stream."""
    return [
        (
            f"{{shop:0}}{number}-{i}",
            replace(viewed(f"p{i}", Shopper(f"s{i % shoppers}"), f"m{number}-{i}", at=at + i), visitor="v1"),
        )
        for i in range(count)
    ]


def write_parts(log: Log, numbers: Iterable[int], count: int = 3, *, at: float = AT) -> list[Activity]:
    """Write parts and return what is in them."""
    written = []
    for number in numbers:
        part = entries(number, count, at=at)
        log.write(number, part)
        written += [activity for _, activity in part]
    return written


def messages(log: Log) -> Counter[str]:
    """How often each message is in the log."""
    rows = log.query("SELECT message_id, count(*) AS times FROM log GROUP BY message_id").to_pylist()
    return Counter({row["message_id"]: row["times"] for row in rows})


def once(activities: Iterable[Activity]) -> Counter[str]:
    """Each of these once."""
    return Counter(activity.message_id for activity in activities)


def tidied(log: Log, settled: int, now: float = AT) -> int:
    """Tidy until all is well; return how many steps that took."""
    steps = 0
    while log.tidy(settled, now):
        steps += 1
        assert steps < 100
    return steps
