"""How facts settle in whatever order they are told: the newest counts, of two at once always the same."""

from __future__ import annotations

from typing import Any

import orjson


def newest(facts: dict[str, list[Any]], keep: int) -> dict[str, list[Any]]:
    """Return the facts that were settled last; each ends in its time."""
    if len(facts) <= keep:
        return facts
    return dict(sorted(facts.items(), key=lambda item: (-item[1][-1], item[0]))[:keep])


def newer(held: list[Any] | None, said: list[Any]) -> list[Any]:
    """Return which of two `[value, at]` is newer; of two said at the same time, always the same one."""
    if held is None or (said[1], canonical(said[0])) > (held[1], canonical(held[0])):
        return said
    return held


def canonical(value: Any) -> bytes:
    """Return a value as bytes that are the same for equal values."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def least(a: float | None, b: float) -> float:
    """Return the earlier of two moments; None is no moment yet."""
    return b if a is None else min(a, b)


def most(a: float | None, b: float) -> float:
    """Return the later of two moments; None is no moment yet."""
    return b if a is None else max(a, b)
