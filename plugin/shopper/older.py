"""What a profile has no room for: older orders and uses, kept by id beside it, and in it as sums.

A profile holds the newest orders and the products used last. The others lie beside it, so that a refund that
comes a year late still finds its order, and are read only when something speaks of them. What is older than
even those is settled into sums for good.
"""

from __future__ import annotations

from typing import Literal, overload

from plugin.shopper.facts import least, newest
from plugin.shopper.profile import Older, Order, Past, Profile

ORDERS_KEPT = 60  # in the profile
USED_KEPT = 300
OLDER_ORDERS_KEPT = 3_000  # beside it
OLDER_USED_KEPT = 3_000
PAST_KEPT = 500  # products in the sums


@overload
def order_of(profile: Profile, order_id: str, *, redated: bool = ...) -> Order: ...
@overload
def order_of(profile: Profile, order_id: str, *, make: Literal[False]) -> Order | None: ...
def order_of(profile: Profile, order_id: str, *, redated: bool = False, make: bool = True) -> Order | None:
    """Return an order, from wherever it is kept, to be read and changed; None if it is not to be made.

    `redated` is whether its date may change, and with that which orders are the newest.
    """
    order = profile.orders.get(order_id)
    if order is not None and order.at is not None and not redated:
        return order
    older = beside(profile)
    if not make:
        return order or (older.orders.get(order_id) if older else None)
    if order is None:
        order = (older.orders.pop(order_id, None) if older else None) or Order()
        profile.orders[order_id] = order
    return order


def beside(profile: Profile) -> Older | None:
    """Return what is kept beside a profile; None where there is some that was not read along with it."""
    if isinstance(profile.older, bytes):
        profile.older = Older.from_bytes(profile.older)
    if profile.older is None and not profile.past.held and not profile.past.uses:
        profile.older = Older()
    return profile.older


def settle(profile: Profile) -> None:
    """Move what is not among the newest out of the profile, so that it stays small for ever."""
    read = isinstance(profile.older, Older)
    if len(profile.orders) > ORDERS_KEPT or (read and profile.past.held):
        _settle_orders(profile)
    if len(profile.used) > USED_KEPT or (read and profile.past.uses):
        _settle_used(profile)


def _settle_orders(profile: Profile) -> None:
    older = beside(profile)
    everything = profile.orders if older is None else {**older.orders, **profile.orders}
    by_time = sorted(everything.items(), key=lambda item: (item[1].dated, item[0]), reverse=True)
    profile.orders = dict(by_time[:ORDERS_KEPT])
    rest = by_time[ORDERS_KEPT:]
    past = profile.past
    if older is None:  # what is beside was not read: the sums are all that can be kept right
        add_orders(past, [order for _, order in rest])
        return
    older.orders = dict(rest[:OLDER_ORDERS_KEPT])
    add_orders(older.settled, [order for _, order in rest[OLDER_ORDERS_KEPT:]])
    sums = plus(Past(), older.settled)
    add_orders(sums, older.orders.values())
    sums.held, sums.uses = len(older.orders), past.uses
    profile.past = sums


def _settle_used(profile: Profile) -> None:
    older = beside(profile)
    if older is None:
        profile.used = newest(profile.used, USED_KEPT)
        return
    everything = {**older.used, **profile.used}
    profile.used = newest(everything, USED_KEPT)
    left = {product: used for product, used in everything.items() if product not in profile.used}
    older.used = newest(left, OLDER_USED_KEPT)
    profile.past.uses = len(older.used)


def add_orders(past: Past, orders: object) -> None:
    """Add orders to sums."""
    for order in orders:  # type: ignore[attr-defined]
        kept = order.kept()
        if order.at is None or not kept:
            continue
        past.orders += 1
        past.spent += order.paid_for(kept)
        past.first_at = least(past.first_at, order.at)
        for product, quantity in kept.items():
            _add(past, product, [quantity, 1, order.at, order.at])
    past.products = _newest_bought(past)


def plus(past: Past, other: Past) -> Past:
    """Return the sums with others added to them. The first are changed in place."""
    past.orders += other.orders
    past.spent += other.spent
    if other.first_at is not None:
        past.first_at = least(past.first_at, other.first_at)
    for product, sums in other.products.items():
        _add(past, product, sums)
    past.products = _newest_bought(past)
    past.held += other.held
    past.uses += other.uses
    return past


def _add(past: Past, product: str, sums: list[float]) -> None:
    held = past.products.get(product)
    if held is None:
        past.products[product] = list(sums)
    else:
        first_at, last_at = min(held[2], sums[2]), max(held[3], sums[3])
        past.products[product] = [held[0] + sums[0], held[1] + sums[1], first_at, last_at]


def _newest_bought(past: Past) -> dict[str, list[float]]:
    return newest(past.products, PAST_KEPT)
