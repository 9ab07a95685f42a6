"""The condition of standing in one of the shop's named segments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plugin.offers.arguments import Text, argument
from plugin.offers.changes import Change
from plugin.offers.conditions.condition import All, AnyOf, Condition, Not
from plugin.offers.occasion import Occasion


@dataclass(frozen=True)
class InSegment(Condition[Occasion]):
    """Whatever the shop says of that segment holds. In one that the shop does not have is nobody."""

    name = "segment"
    movable = True
    moved_along = True  # for all that is known before it is looked up
    is_: str = argument(Text(), required=True, default="")

    def holds(self, subject: Occasion) -> bool:
        known, key = subject.answered, ("segment", self.is_)
        if key not in known:
            known[key] = False  # what a segment says of itself, by way of another, does not hold
            segment = subject.segments.get(self.is_)
            known[key] = segment is not None and segment.when.holds(subject)
        held: bool = known[key]
        return held

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        segment, known = occasion.segments.get(self.is_), occasion.answered
        if segment is None:
            return super().ways(occasion, wanted)
        key = ("ways", self.is_, wanted)
        if key not in known:  # once, however many segments speak of it
            known[key] = super().ways(occasion, wanted)  # what it says of itself, by way of another
            known[key] = segment.when.ways(occasion, wanted)
        found: tuple[Change, ...] = known[key]
        return found

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"segment": self.is_}


def segments_named(condition: Condition[Any]) -> Iterator[str]:
    """Yield the segments that a condition speaks of."""
    if isinstance(condition, InSegment):
        yield condition.is_
    elif isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from segments_named(part)
    elif isinstance(condition, Not):
        yield from segments_named(condition.part)
