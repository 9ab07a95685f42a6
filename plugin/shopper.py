"""What the shop remembers of one shopper, and how an activity changes it.

A profile is a set of facts that each settle in the same state whatever order activities arrive in: newest
wins by the activity's own time, orders are kept under their id, browser claims apart from what the shop
itself reported. Everything else (ownership, value, tier, needs) is derived when read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from plugin.activity import Activity

VIEWS_KEPT = 20
BASKET_KEPT = 60
ORDERS_KEPT = 60
CLAIMS_KEPT = 5
DISMISSED_KEPT = 200
PAST_KEPT = 500
USED_KEPT = 300
PURCHASES_KEPT = 10
TRAITS_KEPT = 50
LONGEST_TRAIT = 1_000  # bytes of a trait's value as JSON; longer ones are not kept

REASONS = frozenset({"have_it", "not_for_me", "too_dear", "never"})
STATES = frozenset({"have", "no_longer", "plenty", "out"})


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


def fold(profile: Profile, activities: Iterable[Activity]) -> Profile:
    """Return the profile after these activities. The given profile is used up: it is changed in place."""
    for activity in activities:
        profile.events += 1
        profile.first_at = _least(profile.first_at, activity.at)
        profile.last_at = _most(profile.last_at, activity.at)
        change = CHANGES.get(activity.kind)
        if change is not None:
            change(profile, activity)
    return profile


def _viewed(profile: Profile, activity: Activity) -> None:
    for line in activity.lines:
        if activity.at >= profile.viewed.get(line.product_id, 0.0):
            profile.viewed[line.product_id] = activity.at
    if len(profile.viewed) > VIEWS_KEPT:
        newest = sorted(profile.viewed.items(), key=lambda item: (-item[1], item[0]))[:VIEWS_KEPT]
        profile.viewed = dict(newest)


def _basket_step(profile: Profile, activity: Activity) -> None:
    lines = [[line.product_id, line.quantity] for line in activity.lines]
    profile.steps.append([activity.at, activity.message_id, activity.kind, lines])
    profile.steps.sort()
    del profile.steps[:-BASKET_KEPT]


def _bought(profile: Profile, activity: Activity) -> None:
    order_id = activity.order_id or activity.message_id
    if activity.trust == "browser":
        _claimed(profile, order_id, activity)
        return
    order = _order_of(profile, activity)
    if order.at is None:  # the first trusted document makes the order; a second changes nothing
        order.at, order.touched = activity.at, 0.0
        if not order.version:
            order.lines = _order_lines(activity)
    profile.claims.pop(order_id, None)
    _squeeze(profile)


def _order_of(profile: Profile, activity: Activity) -> Order:
    """Return the order a trusted document speaks of; one that is told of before it is made waits for that."""
    order = profile.orders.setdefault(activity.order_id or activity.message_id, Order())
    if order.at is None:
        order.touched = max(order.touched, activity.at)
    return order


def _claimed(profile: Profile, order_id: str, activity: Activity) -> None:
    made = profile.orders.get(order_id)
    if (made is not None and made.at is not None) or order_id in profile.claims:
        return
    profile.claims[order_id] = Order(at=activity.at, lines=_order_lines(activity))
    newest = sorted(profile.claims.items(), key=lambda item: (-(item[1].at or 0), item[0]))[:CLAIMS_KEPT]
    profile.claims = dict(newest)


def _rebought(profile: Profile, activity: Activity) -> None:
    if activity.trust == "browser":
        return
    order = _order_of(profile, activity)
    version = [activity.at, activity.message_id]
    if version > order.version:
        order.version = version
        order.lines = _order_lines(activity)
    _squeeze(profile)


def _returned(profile: Profile, activity: Activity) -> None:
    if activity.trust == "browser":
        return
    order = _order_of(profile, activity)
    refund_id = str(activity.properties.get("refund_id") or activity.message_id)
    if refund_id in order.returned:
        return
    if activity.lines:
        back: dict[str, int] = {}
        for line in activity.lines:
            back[line.product_id] = back.get(line.product_id, 0) + line.quantity
        order.returned[refund_id] = back
    else:  # a refund that names no lines is the whole order
        order.cancelled = True
    _squeeze(profile)


def _cancelled(profile: Profile, activity: Activity) -> None:
    if activity.trust != "browser":
        _order_of(profile, activity).cancelled = True
        _squeeze(profile)


def _dismissed(profile: Profile, activity: Activity) -> None:
    given = activity.properties.get("reason")
    reason = given if isinstance(given, str) and given in REASONS else "not_for_me"
    targets = [line.product_id for line in activity.lines]
    if isinstance(use_id := activity.properties.get("use_id"), str):
        targets.append(use_id)
    for target in targets:
        profile.dismissed[target] = _newer(profile.dismissed.get(target), [reason, activity.at])
    profile.dismissed = _newest(profile.dismissed, DISMISSED_KEPT)


def _corrected(profile: Profile, activity: Activity) -> None:
    state = activity.properties.get("state")
    if not isinstance(state, str) or state not in STATES:
        return
    for line in activity.lines:
        held = profile.corrected.get(line.product_id)
        profile.corrected[line.product_id] = _newer(held, [state, activity.at])
    profile.corrected = _newest(profile.corrected, DISMISSED_KEPT)


def _used(profile: Profile, activity: Activity) -> None:
    for line in activity.lines:
        quantity, last_at = profile.used.get(line.product_id, [0, 0.0])
        profile.used[line.product_id] = [quantity + line.quantity, max(last_at, activity.at)]
    profile.used = _newest(profile.used, USED_KEPT)


def _identified(profile: Profile, activity: Activity) -> None:
    for name, value in activity.properties.get("traits", {}).items():
        if len(name) + len(_canonical(value)) <= LONGEST_TRAIT:
            profile.traits[name] = _newer(profile.traits.get(name), [value, activity.at])
    profile.traits = _newest(profile.traits, TRAITS_KEPT)


CHANGES = {
    "viewed": _viewed,
    "clicked": _viewed,
    "carted": _basket_step,
    "uncarted": _basket_step,
    "basket": _basket_step,
    "bought": _bought,
    "rebought": _rebought,
    "returned": _returned,
    "cancelled": _cancelled,
    "dismissed": _dismissed,
    "corrected": _corrected,
    "used": _used,
    "identified": _identified,
}


def _order_lines(activity: Activity) -> dict[str, list[Any]]:
    lines: dict[str, list[Any]] = {}
    for line in activity.lines:
        held = lines.get(line.product_id)
        if held is None:
            lines[line.product_id] = [line.quantity, line.price]
        else:  # two prices of one product: the mean that keeps the sum, to the minor unit per piece
            total = held[0] * (held[1] or 0) + line.quantity * (line.price or 0)
            held[0] += line.quantity
            held[1] = round(total / held[0]) if held[0] else line.price
    return lines


def _squeeze(profile: Profile) -> None:
    """Move orders beyond the newest ones into sums, so that a profile stays small for ever."""
    if len(profile.orders) <= ORDERS_KEPT:
        return
    by_time = sorted(profile.orders.items(), key=lambda item: (item[1].at or item[1].touched, item[0]))
    for order_id, order in by_time[: len(by_time) - ORDERS_KEPT]:
        del profile.orders[order_id]
        if order.at is None:
            continue
        kept = order.kept()
        past = profile.past
        past.orders += 1 if kept else 0
        past.spent += order.spent()
        if kept:
            past.first_at = _least(past.first_at, order.at)
        for product, quantity in kept.items():
            held = past.products.get(product, [0, 0, order.at, order.at])
            past.products[product] = [
                held[0] + quantity,
                held[1] + 1,
                min(held[2], order.at),
                max(held[3], order.at),
            ]
    if len(profile.past.products) > PAST_KEPT:
        newest = sorted(profile.past.products.items(), key=lambda item: (-item[1][3], item[0]))[:PAST_KEPT]
        profile.past.products = dict(newest)


def _newest(facts: dict[str, list[Any]], keep: int) -> dict[str, list[Any]]:
    if len(facts) <= keep:
        return facts
    return dict(sorted(facts.items(), key=lambda item: (-item[1][-1], item[0]))[:keep])


def _newer(held: list[Any] | None, said: list[Any]) -> list[Any]:
    """Return which of two `[value, at]` is newer; of two said at the same time, always the same one."""
    if held is None or (said[1], _canonical(said[0])) > (held[1], _canonical(held[0])):
        return said
    return held


def _canonical(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _least(a: float | None, b: float) -> float:
    return b if a is None else min(a, b)


def _most(a: float | None, b: float) -> float:
    return b if a is None else max(a, b)
