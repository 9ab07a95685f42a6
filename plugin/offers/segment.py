"""A segment: a condition on shoppers that the merchant names once and uses in many rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from plugin.offers.arguments import Reader, invalid
from plugin.offers.conditions import read_when
from plugin.offers.conditions.condition import Condition
from plugin.offers.conditions.segment import segments_named
from plugin.offers.occasion import Occasion
from plugin.tiers.ladder import Title

DEEPEST = 8  # segments that speak of one another, the first and the last included


@dataclass(frozen=True)
class Segment:
    """One named condition of the shop. `document` is the segment as the merchant wrote it."""

    segment: str
    title: Title
    when: Condition[Occasion]
    document: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], currency: str) -> Segment:
        """Return the segment that a document describes, amounts read in the shop's currency.

        Raises `Invalid` for an amount finer than the currency can be paid.
        """
        name = document["segment"]
        when = read_when(document["when"], Reader(currency, salt=f"segment:{name}"))
        return cls(name, document.get("title"), when, document)

    @property
    def named(self) -> frozenset[str]:
        """The other segments it speaks of."""
        return frozenset(segments_named(self.when))


def demand_known(condition: Condition[Any], segments: Mapping[str, Segment], pointer: str = "/when") -> None:
    """Raise `Invalid` where a condition speaks of a segment that the shop does not have."""
    unknown = sorted(set(segments_named(condition)) - segments.keys())
    if unknown:
        raise invalid(pointer, f"The shop has no segment {unknown[0]!r}; write it first, at /v1/segments.")


def demand_no_circle(written: Segment, segments: Mapping[str, Segment]) -> None:
    """Raise `Invalid` where a segment would speak of itself, by way of others or not."""
    way = _way_back(written.named, written.segment, segments)
    if way is not None:
        told = " -> ".join((written.segment, *way))
        raise invalid("/when", f"A segment cannot speak of itself: {told}.")


def demand_not_too_deep(written: Segment, segments: Mapping[str, Segment]) -> None:
    """Raise `Invalid` where a segment would speak of others, and these of others, deeper than may be."""
    every = {**segments, written.segment: written}
    reached = set(every)
    for _ in range(DEEPEST):
        reached = {name for each in reached & every.keys() for name in every[each].named}
    if reached:
        raise invalid("/when", f"{DEEPEST} segments at most may speak of one another, each of the next.")


def _way_back(named: Iterable[str], wanted: str, segments: Mapping[str, Segment]) -> tuple[str, ...] | None:
    """The way from what is named to a segment, None where there is none."""
    waiting: list[tuple[str, ...]] = [(name,) for name in sorted(named)]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop()
        if way[-1] == wanted:
            return way
        if way[-1] not in seen and way[-1] in segments:
            seen.add(way[-1])
            waiting.extend((*way, name) for name in sorted(segments[way[-1]].named))
    return None
