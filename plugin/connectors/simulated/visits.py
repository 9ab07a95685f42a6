"""One visit to the simulated shop: what was looked at, carried, bought, sent back and said about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from plugin.connectors.simulated.catalogue import Card, Variant


@dataclass(frozen=True)
class Line:
    """One product of an order, at the price (euro cents) that was asked then."""

    card: Card
    variant: Variant
    quantity: int
    cents: int


@dataclass(frozen=True)
class SentBack:
    """Part of an order that came back at `at`, and why."""

    at: float
    lines: tuple[tuple[Line, int], ...]
    reason: str


@dataclass(frozen=True)
class Review:
    """Stars (1 to 5) and a sentence about one line, written at `at`."""

    at: float
    line: Line
    stars: int
    text: str


@dataclass
class Visit:
    """What happened between coming and leaving; lists are in the order they happened."""

    at: float
    search: str | None = None
    views: list[tuple[Card, Variant]] = field(default_factory=list)
    added: list[Line] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)
    bought: list[Line] = field(default_factory=list)
    sent_back: list[SentBack] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
