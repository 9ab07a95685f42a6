"""How orders, their changes and their returns change a profile; browsers only claim to have bought."""

from __future__ import annotations

from typing import Any

from plugin.activity import Activity
from plugin.shopper.facts import canonical
from plugin.shopper.older import order_of
from plugin.shopper.profile import Order, Profile

CLAIMS_KEPT = 5
SUPPOSED = 10**12  # how "late" an update is as the maker of its order: later than any document that made one


def bought(profile: Profile, activity: Activity) -> None:
    order_id = activity.order_id or activity.message_id
    if activity.trust == "browser":
        _claimed(profile, order_id, activity)
        return
    order = order_of(profile, order_id, redated=True)
    late = round(activity.received_at) - round(activity.at)
    make(order, Order(activity.at, _order_lines(activity), late))
    _confirmed(profile, order_id)


def _confirmed(profile: Profile, order_id: str) -> None:
    if order_id in profile.claims:
        profile.confirmed[order_id] = profile.claims.pop(order_id).at or 0.0


def make(order: Order, made: Order) -> None:
    """Have a trusted document make an order: of several, the one that came first."""
    if order.at is None or _precedence(made) < _precedence(order):
        order.at, order.late, order.touched = made.at, made.late, 0.0
        if not order.version:
            order.lines = made.lines


def _precedence(order: Order) -> tuple[float, float, bytes]:
    # What an update has replaced no longer tells two documents apart, and need not.
    return order.got, order.at or 0.0, b"" if order.version else canonical(order.lines)


def _claimed(profile: Profile, order_id: str, activity: Activity) -> None:
    if order_id in profile.confirmed:
        profile.confirmed[order_id] = max(profile.confirmed[order_id], activity.at)
    else:
        order = order_of(profile, order_id, make=False)
        claim = Order(at=activity.at, lines=_order_lines(activity))
        if order is not None and order.at is not None:
            profile.confirmed[order_id] = activity.at
        elif (held := profile.claims.get(order_id)) is None or newer_claim(claim, held):
            profile.claims[order_id] = claim
    keep_claims(profile)


def newer_claim(claim: Order, held: Order) -> bool:
    """Whether a browser's claim is newer than the one held of the same order; of two at once, always one."""
    return ((claim.at or 0.0), canonical(claim.lines)) > ((held.at or 0.0), canonical(held.lines))


def keep_claims(profile: Profile) -> None:
    """Keep the newest claims, those that were confirmed among them: how many fit does not depend on when."""
    if len(profile.claims) + len(profile.confirmed) <= CLAIMS_KEPT:
        return
    dated = {order_id: claim.at or 0.0 for order_id, claim in profile.claims.items()} | profile.confirmed
    kept = sorted(dated, key=lambda order_id: (-dated[order_id], order_id))[:CLAIMS_KEPT]
    profile.claims = {each: profile.claims[each] for each in kept if each in profile.claims}
    profile.confirmed = {each: profile.confirmed[each] for each in kept if each in profile.confirmed}


def rebought(profile: Profile, activity: Activity) -> None:
    if activity.trust == "browser":
        return
    lines = _order_lines(activity)
    if lines:  # an update of an order that nobody has told of makes it, until somebody does
        order_id = activity.order_id or activity.message_id
        order = order_of(profile, order_id, redated=True)
        make(order, Order(activity.at, lines, SUPPOSED))
        _confirmed(profile, order_id)
    else:
        order = _spoken_of(profile, activity)
    update(order, [activity.at, activity.message_id], lines)


def update(order: Order, version: list[Any], lines: dict[str, list[Any]]) -> None:
    """Have a newer version of an order replace its lines."""
    if version > order.version:
        order.version, order.lines = version, lines


def returned(profile: Profile, activity: Activity) -> None:
    if activity.trust == "browser":
        return
    order = _spoken_of(profile, activity)
    if not activity.lines:  # a refund that names no lines is the whole order
        order.cancelled = True
        return
    back: dict[str, int] = {}
    for line in activity.lines:
        back[line.product_id] = back.get(line.product_id, 0) + line.quantity
    give_back(order, str(activity.properties.get("refund_id") or activity.message_id), back)


def give_back(order: Order, refund_id: str, back: dict[str, int]) -> None:
    """Count a refund once; should it be told twice and differently, always the same one of the two."""
    held = order.returned.get(refund_id)
    if held is None or canonical(back) < canonical(held):
        order.returned[refund_id] = back


def cancelled(profile: Profile, activity: Activity) -> None:
    if activity.trust != "browser":
        _spoken_of(profile, activity).cancelled = True


def _spoken_of(profile: Profile, activity: Activity) -> Order:
    """Return the order a trusted document speaks of; one that is told of before it is made waits for that."""
    order = order_of(profile, activity.order_id or activity.message_id)
    if order.at is None:
        order.touched = max(order.touched, activity.at)
    return order


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
