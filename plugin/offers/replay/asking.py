"""What a replay is asked with: the time it looks at, and what the codes of past orders opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from plugin.errors import Invalid
from plugin.redemptions.codes import compared
from plugin.store.memory import ShopMemory

USUAL_DAYS = 90
DAY = 86_400.0


def window(since: float | None, until: float | None, now: float) -> tuple[float, float]:
    """Return the time to look at; the last 90 days unless said. Raises `Invalid` where it is none."""
    end = now if until is None else min(until, now)
    begin = end - USUAL_DAYS * DAY if since is None else since
    if begin >= end:
        detail = "Nothing lies between: `since` must be before `until`, and in the past."
        raise Invalid(f"/since: {detail}", errors=[{"pointer": "/since", "detail": detail}])
    return begin, end


def codes_open(memory: ShopMemory) -> Callable[[Iterable[str]], Mapping[str, str]]:
    """Return what says which offer each of some codes was made for."""

    def opens(codes: Iterable[str]) -> Mapping[str, str]:
        texts = list(codes)
        found = memory.codes.find([compared(code) for code in texts])
        return {text: held.offer_id for text, held in zip(texts, found, strict=True) if held is not None}

    return opens
