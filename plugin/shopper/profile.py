"""What the shop remembers of one shopper.

A profile is a set of facts that each settle in the same state whatever order activities arrive in: newest
wins by the activity's own time, orders are kept under their id, browser claims apart from what the shop
itself reported. Everything else (ownership, value, tier, needs) is derived when read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(slots=True)
class Order:
    """One order: products with quantity and price (minor units each), and what came back of it."""

    at: float | None = None
    lines: dict[str, list[Any]] = field(default_factory=dict)  # product -> [quantity, price or None]
    returned: dict[str, dict[str, int]] = field(default_factory=dict)  # refund id -> product -> quantity
    cancelled: bool = False
    version: list[Any] = field(default_factory=list)  # of the newest update: [at, message id]
    touched: float = 0.0  # what dates an order that is told of before it is made; 0 afterwards

    def kept(self) -> dict[str, int]:
        """How many of each product stayed with the shopper."""
        if self.cancelled:
            return {}
        left = {product: int(line[0]) for product, line in self.lines.items()}
        for products in self.returned.values():
            for product, quantity in products.items():
                if product in left:
                    left[product] -= quantity
        return {product: quantity for product, quantity in left.items() if quantity > 0}

    def spent(self) -> int:
        """What the shopper paid for what stayed, in minor units; lines without a price count nothing."""
        return sum(quantity * (self.lines[product][1] or 0) for product, quantity in self.kept().items())


@dataclass(slots=True)
class Past:
    """Orders older than those kept in full, as sums: what was bought how often, and what it came to."""

    orders: int = 0
    spent: int = 0
    first_at: float | None = None
    products: dict[str, list[float]] = field(default_factory=dict)  # [quantity, times, first_at, last_at]


@dataclass(slots=True)
class Profile:
    """Everything the shop remembers of one shopper, bounded in size. Times are epoch seconds."""

    viewed: dict[str, float] = field(default_factory=dict)
    steps: list[list[Any]] = field(
        default_factory=list
    )  # basket: [at, message id, kind, [[product, quantity]]]
    orders: dict[str, Order] = field(default_factory=dict)
    claims: dict[str, Order] = field(default_factory=dict)
    past: Past = field(default_factory=Past)
    dismissed: dict[str, list[Any]] = field(default_factory=dict)  # product or use id -> [reason, at]
    corrected: dict[str, list[Any]] = field(default_factory=dict)  # product -> [state, at]
    used: dict[str, list[float]] = field(default_factory=dict)  # product -> [quantity, last_at]
    traits: dict[str, list[Any]] = field(default_factory=dict)  # name -> [value, at]
    preferences: dict[str, list[Any]] = field(default_factory=dict)  # name -> [value, at]
    consent: dict[str, dict[str, list[Any]]] = field(default_factory=dict)  # by whom -> what -> [word, at]
    sign_ins: dict[str, list[Any]] = field(default_factory=dict)  # issuer and subject -> [provider, since]
    seen_as: dict[str, float] = field(default_factory=dict)  # visitor id -> when last seen as one
    barred_until: float | None = None  # up to here nothing of browsing is kept: a no to being profiled
    first_at: float | None = None
    last_at: float | None = None
    events: int = 0

    def to_bytes(self) -> bytes:
        """Return the profile as the store keeps it: compact JSON, empty fields left out."""
        return orjson.dumps(
            {name: value for name in self.__slots__ if (value := getattr(self, name)) or value == 0}
        )

    @classmethod
    def from_bytes(cls, data: bytes | None) -> Profile:
        """Return the profile that `to_bytes` wrote; a new one for None."""
        if not data:
            return cls()
        facts = orjson.loads(data)
        for name in ("orders", "claims"):
            if name in facts:
                facts[name] = {key: Order(**value) for key, value in facts[name].items()}
        if "past" in facts:
            facts["past"] = Past(**facts["past"])
        return cls(**facts)
