"""What the shop remembers of one shopper.

A profile is a set of facts that each settle in the same state whatever order activities arrive in: newest
wins by the activity's own time, orders are kept under their id, browser claims apart from what the shop
itself reported. Everything else (ownership, value, tier, needs) is derived when read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(slots=True)
class Order:
    """One order: products with quantity and price (minor units each), and what came back of it."""

    at: float | None = None
    lines: dict[str, list[Any]] = field(default_factory=dict)  # product -> [quantity, price or None]
    late: int = 0  # whole seconds between its date and the coming of the document that made it
    returned: dict[str, dict[str, int]] = field(default_factory=dict)  # refund id -> product -> quantity
    cancelled: bool = False
    version: list[Any] = field(default_factory=list)  # of the newest update: [at, message id]
    touched: float = 0.0  # what dates an order that is told of before it is made; 0 afterwards

    @property
    def dated(self) -> float:
        """When it was made; for one that is not made yet, when it was last spoken of."""
        return self.touched if self.at is None else self.at

    @property
    def got(self) -> int:
        """When the document came that made it, in whole seconds: the first one counts."""
        return round(self.at or 0.0) + self.late

    def facts(self) -> list[Any]:
        """Return the order as it is written down: its fields in order, the last ones left out if empty."""
        told = [self.at, self.lines, self.late, self.returned, self.cancelled, self.version, self.touched]
        while told and not told[-1]:
            told.pop()
        return told

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

    def paid_for(self, kept: Mapping[str, int]) -> int:
        """What the shopper paid for what stayed, in minor units; lines without a price count nothing."""
        return sum(quantity * (self.lines[product][1] or 0) for product, quantity in kept.items())


@dataclass(slots=True)
class Past:
    """Orders older than those kept in full, as sums: what was bought how often, and what it came to.

    `held` and `uses` count the orders and used products that are kept apart from the profile (see `Older`).
    """

    orders: int = 0
    spent: int = 0
    first_at: float | None = None
    products: dict[str, list[float]] = field(default_factory=dict)  # [quantity, times, first_at, last_at]
    held: int = 0
    uses: int = 0

    def facts(self) -> dict[str, Any]:
        """Return the sums as a document, empty ones left out."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) not in (0, None, {})}


@dataclass(slots=True)
class Older:
    """What does not fit into a profile and is kept beside it, so that late news of it still counts."""

    orders: dict[str, Order] = field(default_factory=dict)
    used: dict[str, list[Any]] = field(default_factory=dict)
    settled: Past = field(default_factory=Past)  # what is older still: sums for good

    def to_bytes(self) -> bytes:
        """Return it as the store keeps it; nothing at all for an empty one."""
        orders = {order_id: order.facts() for order_id, order in self.orders.items()}
        facts = {"orders": orders, "used": self.used, "settled": self.settled.facts()}
        return orjson.dumps(facts) if any(facts.values()) else b""

    @classmethod
    def from_bytes(cls, data: bytes) -> Older:
        """Return what `to_bytes` wrote."""
        facts = orjson.loads(data) if data else {}
        orders = {order_id: Order(*order) for order_id, order in facts.get("orders", {}).items()}
        return cls(orders, facts.get("used", {}), Past(**facts.get("settled", {})))


@dataclass(slots=True)
class Join:
    """One joining of two identities: with whom, since when, and until when (None while it holds)."""

    ref: str
    since: float | None = None  # None where its undoing was told first
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """One of the identities that are a person: its reference, since when, and what undoes its joining."""

    ref: str
    since: float | None
    merge_id: str | None = None


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
    shown: dict[str, list[int]] = field(default_factory=dict)  # product -> whole seconds, oldest first
    dismissed: dict[str, list[Any]] = field(default_factory=dict)  # product -> [reason, at]
    uses_shown: dict[str, list[int]] = field(default_factory=dict)  # use id -> whole seconds, oldest first
    uses_opened: dict[str, float] = field(default_factory=dict)  # use id -> when last
    uses_tried: dict[str, float] = field(default_factory=dict)  # use id -> when last
    uses_refused: dict[str, list[Any]] = field(default_factory=dict)  # use id -> [reason, at]
    corrected: dict[str, list[Any]] = field(default_factory=dict)  # product -> [state, at]
    used: dict[str, list[Any]] = field(default_factory=dict)  # product -> what `uses` says
    traits: dict[str, list[Any]] = field(default_factory=dict)  # name -> [value, at]
    preferences: dict[str, list[Any]] = field(default_factory=dict)  # name -> [value, at]
    consent: dict[str, dict[str, list[Any]]] = field(default_factory=dict)  # by whom -> what -> [word, at]
    sign_ins: dict[str, list[Any]] = field(default_factory=dict)  # issuer and subject -> [provider, since]
    seen_as: dict[str, float] = field(default_factory=dict)  # visitor id -> when last seen as one
    barred_until: float | None = None  # up to here nothing of browsing is kept: a no to being profiled
    confirmed: dict[str, float] = field(default_factory=dict)  # claims the shop has confirmed: order id -> at
    joined: dict[str, Join] = field(default_factory=dict)  # what is part of this one, by name of the joining
    into: dict[str, Join] = field(default_factory=dict)  # what this one is part of, by name of the joining
    parts: dict[str, list[Any]] = field(default_factory=dict)  # visitor -> [proven until, facts as of then]
    tiers: list[list[Any]] = field(default_factory=list)  # [when, how, tier, from, why], newest last
    points: dict[str, int] = field(default_factory=dict)  # day (since 1970) -> points given on it
    gifts: dict[str, list[Any]] = field(default_factory=dict)  # id -> [offer, order, at, until, redemption]
    first_at: float | None = None
    last_at: float | None = None
    events: int = 0
    older: Older | bytes | None = field(default=None, compare=False)  # kept beside; bytes until it is needed
    known_as: tuple[Identity, ...] = field(default=(), compare=False)  # of one read as a whole person

    def facts(self) -> dict[str, Any]:
        """Return the profile as a document: empty fields left out, and what is kept beside it."""
        told: dict[str, Any] = {}
        for name in STORED:
            value = getattr(self, name)
            if value or (value == 0 and name in MOMENTS):
                told[name] = WRITTEN[name](value) if name in WRITTEN else value
        if not told["past"]:
            del told["past"]
        return told

    def to_bytes(self) -> bytes:
        """Return the profile as the store keeps it, as JSON."""
        return orjson.dumps(self.facts())

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Profile:
        """Return the profile that `facts` told of. The given document is used up."""
        for name in ORDERS & facts.keys():
            facts[name] = {order_id: Order(*order) for order_id, order in facts[name].items()}
        for name in JOINS & facts.keys():
            facts[name] = {key: Join(*join) for key, join in facts[name].items()}
        if "past" in facts:
            facts["past"] = Past(**facts["past"])
        return cls(**facts)

    @classmethod
    def from_bytes(cls, data: bytes | None) -> Profile:
        """Return the profile that `to_bytes` wrote; a new one for None."""
        return cls.from_facts(orjson.loads(data)) if data else cls()


MOMENTS = frozenset({"first_at", "last_at", "barred_until"})  # 0 is a moment; None is none
ORDERS = {"orders", "claims"}
JOINS = {"joined", "into"}
STORED = [name for name in Profile.__slots__ if name not in ("older", "known_as")]
WRITTEN: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(ORDERS, lambda orders: {key: order.facts() for key, order in orders.items()}),
    **dict.fromkeys(
        JOINS,
        lambda joins: {
            key: [join.ref, join.since] if join.until is None else [join.ref, join.since, join.until]
            for key, join in joins.items()
        },
    ),
    "past": Past.facts,
}
