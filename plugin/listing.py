"""Long lists in parts."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nsmallest
from typing import TypeVar

T = TypeVar("T")


def listed(held: Mapping[str, T], cursor: str | None, limit: int) -> tuple[list[T], str | None]:
    """Return the part of a list behind `cursor`, ordered by id, and the next cursor (None at the end)."""
    # Copied in one step: the list may change while it is read.
    behind = (name for name in list(held) if cursor is None or name > cursor)
    names = nsmallest(limit + 1, behind)
    following = names[limit - 1] if len(names) > limit else None
    return [held[name] for name in names[:limit]], following
