"""How using something up is remembered: the newest uses each by itself, earlier ones as a sum.

The uses of a product are `[pieces in all, [[at, pieces], ...] oldest first, moment of the newest]`. A moment
of no pieces is one when nothing was left, by the shopper's own word.
"""

from __future__ import annotations

from typing import Any

Uses = list[Any]

MOMENTS_KEPT = 8
NOTHING_LEFT = 0


def used_at(held: Uses | None, at: float, pieces: int) -> Uses:
    """Return the uses of a product with one more."""
    total, moments, _ = held or (0, [], 0.0)
    return _newest(total + pieces, [*moments, [at, pieces]])


def together(one: Uses | None, other: Uses) -> Uses:
    """Return what two identities of one shopper used."""
    if one is None:
        return other
    return _newest(one[0] + other[0], [*one[1], *other[1]])


def earlier(held: Uses) -> int:
    """Return how many pieces were used before the moments that are remembered."""
    return int(held[0]) - sum(pieces for _, pieces in held[1])


def _newest(total: int, moments: list[list[Any]]) -> Uses:
    # Which moments are the newest does not depend on the order in which they were heard of.
    kept = sorted(moments)[-MOMENTS_KEPT:]
    return [total, kept, kept[-1][0]]
