"""How orders, their changes and their returns change a profile; browsers only claim to have bought."""

from __future__ import annotations

from typing import Any

from plugin.activity import Activity
from plugin.shopper.facts import least
from plugin.shopper.profile import Order, Profile

ORDERS_KEPT = 60
CLAIMS_KEPT = 5
PAST_KEPT = 500


def bought(profile: Profile, activity: Activity) -> None:
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


def rebought(profile: Profile, activity: Activity) -> None:
    if activity.trust == "browser":
        return
    order = _order_of(profile, activity)
    version = [activity.at, activity.message_id]
    if version > order.version:
        order.version = version
        order.lines = _order_lines(activity)
    _squeeze(profile)


def returned(profile: Profile, activity: Activity) -> None:
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


def cancelled(profile: Profile, activity: Activity) -> None:
    if activity.trust != "browser":
        _order_of(profile, activity).cancelled = True
        _squeeze(profile)


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
            past.first_at = least(past.first_at, order.at)
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
