"""What a shopper has now, and what is in the basket: derived from the profile, never stored.

Ownership is what was bought, minus returned, minus used up, with its age; the shopper's own word
("no longer", "already out") corrects it until the next purchase of that product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from plugin.shopper import Profile

PURCHASES_KEPT = 10  # moments kept of the purchases of one product, newest first


@dataclass(slots=True)
class Owned:
    """One product a shopper has: how many, since when, bought when (epoch seconds, newest first)."""

    product_id: str
    quantity: float = 0
    times: int = 0
    first_at: float = 0.0
    last_at: float = 0.0
    purchases: tuple[float, ...] = field(default=())
    state: str = "have"


@dataclass(frozen=True, slots=True)
class Figures:
    """Recency, frequency and money of one shopper: epoch seconds, orders, minor units."""

    orders: int
    spent: int
    first_at: float | None
    last_at: float | None


def ownership(profile: Profile) -> dict[str, Owned]:
    """Return what was bought and not sent back, by product; `state` says whether it is still there."""
    owned: dict[str, Owned] = {}
    for product, (quantity, times, first_at, last_at) in profile.past.products.items():
        owned[product] = Owned(product, quantity, int(times), first_at, last_at, (last_at,))
    for order in sorted(profile.orders.values(), key=lambda order: order.at or 0.0):
        if order.at is None:
            continue
        for product, quantity in order.kept().items():
            held = owned.get(product)
            if held is None:
                held = owned[product] = Owned(product, first_at=order.at)
            held.quantity += quantity
            held.times += 1
            held.last_at = order.at
            held.purchases = (order.at, *held.purchases)[:PURCHASES_KEPT]
    for product, (quantity, _) in profile.used.items():
        if product in owned:
            owned[product].quantity = max(0, owned[product].quantity - quantity)
            if owned[product].quantity == 0:
                owned[product].state = "out"
    for product, (state, at) in profile.corrected.items():
        if product in owned and at >= owned[product].last_at:
            owned[product].state = state
        elif product not in owned and state in ("have", "plenty"):
            owned[product] = Owned(product, 1, 0, at, at, (), state)
    return owned


def basket(profile: Profile) -> dict[str, int]:
    """Return what lies in the shopper's basket by their own activity, product and quantity, oldest first."""
    lying: dict[str, int] = {}
    for _, _, kind, lines in _steps_in_time(profile):
        if kind == "basket":
            lying = {}
        for product, quantity in lines:
            if kind in ("carted", "basket"):
                lying[product] = lying.get(product, 0) + quantity
            elif kind == "bought":
                lying.pop(product, None)
            elif lying.get(product, 0) > quantity:
                lying[product] -= quantity
            else:
                lying.pop(product, None)
    return lying


def _steps_in_time(profile: Profile) -> list[list[Any]]:
    if not profile.steps:
        return []
    orders = [
        [order.at, order_id, "bought", [[product, line[0]] for product, line in order.lines.items()]]
        for held in (profile.orders, profile.claims)
        for order_id, order in held.items()
        if order.at is not None and order.at >= profile.steps[0][0]
    ]
    return sorted(profile.steps + orders, key=lambda step: (step[0], step[1]))


def figures(profile: Profile) -> Figures:
    """Return orders, spending and first and last purchase; browser claims and returns left out."""
    orders, spent = profile.past.orders, profile.past.spent
    first_at, last_at = profile.past.first_at, None
    for order in profile.orders.values():
        if order.at is None or not order.kept():
            continue
        orders += 1
        spent += order.spent()
        first_at = order.at if first_at is None else min(first_at, order.at)
        last_at = order.at if last_at is None else max(last_at, order.at)
    if last_at is None and profile.past.products:
        last_at = max(held[3] for held in profile.past.products.values())
    return Figures(orders, spent, first_at, last_at)
