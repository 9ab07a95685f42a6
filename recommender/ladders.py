"""Which rungs each kind of question climbs, in order.

A list is filled from the first rung, what is lacking from the next, until the limit is reached. The kinds
whose ladder ends in ``newest`` are never empty while anything may be shown; the others say only what is
true.
"""

from __future__ import annotations

from recommender.errors import UnknownKind

LADDERS: dict[str, tuple[str, ...]] = {
    "complements": ("complements", "tastes", "likeness", "trending", "newest"),
    "similar": ("likeness", "also-viewed", "trending", "newest"),
    "also-viewed": ("also-viewed", "likeness", "tastes", "trending", "newest"),
    "for-you": ("tastes", "complements", "likeness", "trending", "newest"),
    "next-basket": ("tastes", "rhythm", "complements", "trending", "newest"),
    "trending": ("trending", "newest"),
    "buy-again": ("rhythm",),
    "because-you-bought": ("complements",),
}


def rungs_of(kind: str) -> tuple[str, ...]:
    """The rungs that answer this kind, first to last; raises UnknownKind for any other word."""
    try:
        return LADDERS[kind]
    except KeyError:
        raise UnknownKind(f"no ladder answers {kind!r}; known are {', '.join(sorted(LADDERS))}") from None
