"""The occasion as it would be once a plan has been carried out: what tells whether it really unlocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plugin.offers.goods import Goods, choice_of
from plugin.offers.occasion import BasketLine, Occasion
from plugin.offers.smallest import Plan
from plugin.ownership import Figures, Owned

ANYTHING = "\0"  # begins the name of a product that nothing is known of; no product of a shop is called so


def afterwards(plan: Plan, occasion: Occasion, offer_id: str) -> Occasion:
    """Return the occasion after a plan for this offer: more in the basket, orders made, a tier reached.

    Further orders are made now, hold what they must and nothing else, and leave this basket as it is.
    """
    change = plan.change
    then = occasion.with_added(tuple(_added(plan, occasion)))
    if change.code:
        then = then.changed(opened=then.opened | {offer_id})
    if change.tier and occasion.place:
        tier = occasion.ladder.tiers[change.tier[0]]
        then = then.changed(place=replace(occasion.place, tier=tier.tier, title=tier.title))
    if change.further_orders:
        then = _with_orders(plan, then)
    return then


def _added(plan: Plan, occasion: Occasion) -> Iterator[BasketLine]:
    """The lines that carry a plan out; what is left open is the cheapest, or something unknown."""
    get = occasion.catalogue.get
    for product_id, more in plan.chosen.items():
        product = get(product_id)
        yield BasketLine(product_id, more, (product.price_now if product else None) or 0)
    others = max(plan.loose, bool(plan.amount))
    if not others:
        return
    each = choice_of(occasion.catalogue).cheapest(occasion.catalogue)
    names = max(plan.different, 1)
    for at in range(1, names):
        yield BasketLine(f"{ANYTHING}{at}", 1, each)
    alike = others - names + 1
    if alike > 1:
        yield BasketLine(f"{ANYTHING}{names}", alike - 1, each)
    yield BasketLine(f"{ANYTHING}{names}", 1, max(each, plan.amount - (others - 1) * each))


def _with_orders(plan: Plan, occasion: Occasion) -> Occasion:
    change, now = plan.change, occasion.now
    owned = dict(occasion.owned)
    for goods, times in change.visits.items():
        product_id = _bought_of(goods, occasion)
        for at in range(times if product_id is not None else 0):
            owned[product_id or ""] = _once_more(owned[product_id or ""], now + at)
    count = change.further_orders
    before = occasion.figures
    figures = Figures(
        before.orders + count,
        before.spent + change.spend,
        now if before.first_at is None else before.first_at,
        now + count - 1,
    )
    return occasion.changed(owned=owned, figures=figures, ahead=(*occasion.ahead, (now, change.spend)))


def _bought_of(goods: Goods, occasion: Occasion) -> str | None:
    """What of these goods the shopper bought before and would buy again."""
    return next(
        (
            product_id
            for product_id, held in occasion.owned.items()
            if held.times and goods.have(occasion.catalogue.get(product_id), product_id)
        ),
        None,
    )


def _once_more(held: Owned, at: float) -> Owned:
    return replace(
        held,
        quantity=held.quantity + 1,
        times=held.times + 1,
        last_at=at,
        purchases=(at, *held.purchases),
        state="have",
    )
