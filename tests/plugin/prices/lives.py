"""Prices over time made up at random, and a slow way to find what may be struck at their end."""

from __future__ import annotations

from hypothesis import strategies as st

from plugin.prices.history import Change

DAY, HOUR = 86400.0, 3600.0
State = tuple[int, int | None] | None  # price and sale price; None: not in the shop window
Life = list[tuple[int, State]]  # each with how many hours it held

STATES = st.none() | st.tuples(st.integers(1, 6), st.none() | st.integers(1, 6))
LENGTHS = st.sampled_from([1, 5, 24, 24 * 6, 24 * 17, 24 * 31, 24 * 50])
LIVES = st.lists(st.tuples(LENGTHS, STATES), max_size=14)


def lived(life: Life, midnight: float) -> tuple[list[Change], list[Change]]:
    """Return the changes of a life and its every hour, beginning at a midnight (UTC, epoch seconds)."""
    at = midnight
    changes, hours = [], []
    for length, state in life:
        change = Change(at, *(state or (None, None)))
        changes.append(change)
        hours += [change._replace(at=at + n * HOUR) for n in range(length)]
        at += length * HOUR
    return changes, hours


def first_reduced(hours: list[Change]) -> int | None:
    """Return the hour in which the reduction of the last hour began, None where it is none."""
    if not hours or not hours[-1].reduced:
        return None
    first, cheapest, hidden = len(hours) - 1, hours[-1].paid or 0, 0
    for n in range(len(hours) - 1, -1, -1):
        paid = hours[n].paid
        if paid is None:
            hidden += 1
            if hidden > 30 * 24:
                break
        elif hours[n].reduced and paid >= cheapest:
            first, cheapest, hidden = n, paid, 0
        else:
            break
    return first


def slowly(hours: list[Change]) -> int | None:
    """Return the price that may be struck in the last hour, found by walking back hour by hour."""
    first = first_reduced(hours)
    if first is None:
        return None
    since_midnight = round((hours[first].at - hours[0].at) / HOUR) % 24
    left, before = 30 * 24 + since_midnight, []
    for hour in reversed(hours[:first]):
        if left and hour.paid is not None:
            left -= 1
            before.append(hour.paid)
    lowest = min(before, default=None)
    return lowest if lowest is not None and (hours[-1].paid or 0) < lowest else None
