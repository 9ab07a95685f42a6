"""One shopper from several identities: the profile that all their activities together would have made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from plugin.shopper import barred, browsing, gifts, ideas, impressions, orders, tiers, words
from plugin.shopper.facts import least, most, newer, newest
from plugin.shopper.older import beside, plus, settle
from plugin.shopper.profile import Order, Profile
from plugin.shopper.uses import Uses, together


def combined(own: Profile, *parts: Profile) -> Profile:
    """Return what the activities of all these profiles together come to.

    Equal to folding all of them into one profile. Who is joined with whom is taken from `own`. Where what is
    kept beside a profile was not read along with it, its sums stand for its older orders. The given profiles
    are used up.
    """
    everything = all(beside(profile) is not None for profile in (own, *parts))
    for part in parts:
        if everything:
            _lay_out(own, part)
        else:
            _add_up(own, part)
        for take in TAKING:
            take(own, part)
    settle(own)
    barred.cut(own)
    return own


def _lay_out(own: Profile, part: Profile) -> None:
    """Put all orders and uses of both side by side, whatever lay beside the profiles, to be settled anew."""
    ours, theirs = beside(own), beside(part)
    assert ours is not None
    assert theirs is not None
    own.orders, ours.orders = {**ours.orders, **own.orders}, {}
    own.used, ours.used = {**ours.used, **own.used}, {}
    plus(ours.settled, theirs.settled)
    _take(own, {**theirs.orders, **part.orders}, {**theirs.used, **part.used})


def _add_up(own: Profile, part: Profile) -> None:
    """Add the sums of both, which stand for what was not read of one of them."""
    plus(own.past, part.past)
    own.older = None
    _take(own, part.orders, part.used)


def _take(own: Profile, told: dict[str, Order], used: dict[str, Uses]) -> None:
    for order_id, order in told.items():
        _order(own.orders, order_id, order)
    for product, theirs in used.items():
        own.used[product] = together(own.used.get(product), theirs)


def _order(held: dict[str, Order], order_id: str, other: Order) -> None:
    order = held.get(order_id)
    if order is None:
        held[order_id] = other
        return
    if other.version:
        orders.update(order, other.version, other.lines)
    if other.at is not None:
        orders.make(order, other)
    elif order.at is None:
        order.touched = max(order.touched, other.touched)
    order.cancelled = order.cancelled or other.cancelled
    for refund_id, back in other.returned.items():
        orders.give_back(order, refund_id, back)


def _claims(own: Profile, part: Profile) -> None:
    for order_id, claim in part.claims.items():
        held = own.claims.get(order_id)
        if held is None or orders.newer_claim(claim, held):
            own.claims[order_id] = claim
    for order_id, at in part.confirmed.items():
        own.confirmed[order_id] = max(own.confirmed.get(order_id, at), at)
    for order_id in list(own.claims):
        order = own.orders.get(order_id)
        if order_id in own.confirmed or (order is not None and order.at is not None):
            at = own.claims.pop(order_id).at or 0.0
            own.confirmed[order_id] = max(own.confirmed.get(order_id, at), at)
    orders.keep_claims(own)


def _looked_at(own: Profile, part: Profile) -> None:
    _latest(own.viewed, part.viewed)
    browsing.keep_views(own)
    own.steps += [step for step in part.steps if step not in own.steps]
    browsing.keep_steps(own)
    _latest(own.seen_as, part.seen_as)
    words.keep_visitors(own)


def _latest(held: dict[str, float], others: dict[str, float]) -> None:
    for name, at in others.items():
        held[name] = max(held.get(name, at), at)


def _said(own: Profile, part: Profile) -> None:
    own.dismissed = _newest(own.dismissed, part.dismissed, words.DISMISSED_KEPT)
    own.corrected = _newest(own.corrected, part.corrected, words.DISMISSED_KEPT)
    own.traits = _newest(own.traits, part.traits, words.TRAITS_KEPT)
    own.preferences = _newest(own.preferences, part.preferences)
    words.keep_preferences(own)
    for by, said in part.consent.items():
        own.consent[by] = _newest(own.consent.get(by, {}), said)
    for identity, first in part.sign_ins.items():
        words.signs_in(own, identity, first)
    if part.barred_until is not None:
        own.barred_until = most(own.barred_until, part.barred_until)


def _newest(
    held: dict[str, list[Any]], others: dict[str, list[Any]], keep: int | None = None
) -> dict[str, list[Any]]:
    for name, said in others.items():
        held[name] = newer(held.get(name), said)
    return held if keep is None else newest(held, keep)


def _happened(own: Profile, part: Profile) -> None:
    own.events += part.events
    if part.first_at is not None:
        own.first_at = least(own.first_at, part.first_at)
    if part.last_at is not None:
        own.last_at = most(own.last_at, part.last_at)


TAKING: Iterable[Callable[[Profile, Profile], None]] = (
    _claims,
    _looked_at,
    impressions.together,
    ideas.together,
    tiers.together,
    gifts.together,
    _said,
    _happened,
)
