"""Which small files of a log to make one of next. Pure: it looks at names and row counts only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plugin.store.log.inventory import Counted

FULL = 1_000_000  # rows; a file half as large is left as it is
MANY = 16  # small files of a day that is still going on
MOST_AT_ONCE = 500


def next_merge(files: Iterable[Counted], today: str) -> list[Counted]:
    """Return the files of one day to be made one file of, oldest day first; none when all is well.

    Of a day that is over, small files become one, or as few as `FULL` allows. Of today only many are merged,
    and a file much larger than all smaller ones together waits until they have grown: so that each row is
    written anew a few times a day, not with every part.
    """
    by_day: dict[str, list[Counted]] = {}
    for file in files:
        if file.rows < FULL // 2:
            by_day.setdefault(file.day, []).append(file)
    for day in sorted(by_day):
        small = sorted(by_day[day], key=lambda file: (file.rows, file.name))
        chosen = _of_today(small) if day >= today else small
        if len(merge := _within_bounds(chosen)) > 1:
            return merge
    return []


def _of_today(small: Sequence[Counted]) -> Sequence[Counted]:
    if len(small) < MANY:
        return []
    rows = 0
    for number, file in enumerate(small):
        if number >= MANY // 2 and file.rows > rows:
            return small[:number]
        rows += file.rows
    return small


def _within_bounds(chosen: Sequence[Counted]) -> list[Counted]:
    rows = 0
    merge: list[Counted] = []
    for file in chosen[:MOST_AT_ONCE]:
        rows += file.rows
        if rows > FULL and merge:
            break
        merge.append(file)
    return merge
