"""Which files are merged: pure choices, whatever files there are."""

from __future__ import annotations

import math
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from plugin.store.log.compaction import FULL, MANY, MOST_AT_ONCE, next_merge
from plugin.store.log.inventory import Counted

TODAY, BEFORE = "2026-01-06", "2026-01-05"


def files(rows: list[int], day: str = BEFORE) -> list[Counted]:
    """Files of a day with so many rows each."""
    return [Counted(f"day={day}/part-{number:012d}.parquet", count) for number, count in enumerate(rows)]


def after(held: list[Counted], merge: list[Counted], number: int) -> list[Counted]:
    """The files after a merge."""
    merged = Counted(f"day={merge[0].day}/rows-{number:012d}-0badcafe.parquet", sum(f.rows for f in merge))
    return [*(file for file in held if file not in merge), merged]


def settled(held: list[Counted], today: str) -> tuple[list[Counted], int]:
    """The files when all is well, and how many rows were written anew until then."""
    number = written = 0
    while merge := next_merge(held, today):
        number += 1
        written += sum(file.rows for file in merge)
        assert len({file.day for file in merge}) == 1
        assert 1 < len(merge) <= MOST_AT_ONCE
        assert sum(file.rows for file in merge) <= FULL or len(merge) == 2
        held = after(held, merge, number)
    return held, written


@given(st.lists(st.integers(1, FULL), max_size=200), st.lists(st.integers(1, 30_000), max_size=200))
def test_it_ends_with_few_files_and_every_row(past: list[int], present: list[int]) -> None:
    held, _ = settled(files(past) + files(present, TODAY), TODAY)
    rows: Counter[str] = Counter()
    for file in held:
        rows[file.day] += file.rows
    assert rows == Counter({BEFORE: sum(past), TODAY: sum(present)}) - Counter()
    assert sum(file.day == BEFORE for file in held) <= math.ceil(sum(past) / (FULL // 2)) + 1
    assert sum(file.day == TODAY for file in held) < sum(present) / (FULL // 2) + MANY


def test_a_day_of_small_parts_is_written_anew_a_few_times_only() -> None:
    """5,760 parts of a thousand rows: what 15 seconds each make of a day."""
    held: list[Counted] = []
    written = 0
    for number in range(5_760):
        held.append(Counted(f"day={TODAY}/part-{number:012d}.parquet", 1_000))
        held, again = settled(held, TODAY)
        written += again
        assert sum(file.rows < FULL // 2 for file in held) < MANY + MANY
    assert sum(file.rows for file in held) == 5_760_000
    assert len(held) < 40
    assert written < 8 * 5_760_000


def test_few_files_of_today_are_left_alone() -> None:
    assert next_merge(files([1_000] * (MANY - 1), TODAY), TODAY) == []
    assert len(next_merge(files([1_000] * MANY, TODAY), TODAY)) == MANY


def test_full_files_are_left_as_they_are() -> None:
    assert next_merge(files([FULL, FULL, FULL // 2]), TODAY) == []
    assert next_merge(files([FULL, 10]), TODAY) == []
