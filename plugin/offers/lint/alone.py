"""What can be wrong with one rule by itself: never given, never ending, naming what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plugin.catalog import category_key
from plugin.offers.benefits import AmountOff, BuyXGetY, FixedPrice, FreeProduct, Pieces
from plugin.offers.conditions.basket import InBasket
from plugin.offers.conditions.condition import AnyOf
from plugin.offers.conditions.history import Bought, Owns
from plugin.offers.conditions.segment import InSegment
from plugin.offers.conditions.worth import InTier
from plugin.offers.lint.finding import ERROR, WARNING, Finding, places
from plugin.offers.lint.reasoning import never_holds
from plugin.offers.lint.shown import Shown
from plugin.offers.offer import Offer
from plugin.shop import Shop

TOLD = 5  # names named one by one


def faults_alone(rule: Offer, shown: Shown, shop: Shop, now: float) -> Iterator[Finding]:
    """Yield what is wrong with a rule whatever other rules there are."""
    unknown = list(_names(rule, shop))
    yield from unknown
    yield from _reach(rule, shop, now, bool(unknown))
    yield from _goods(rule, shown, shop)
    yield from _ends(rule)


def _reach(rule: Offer, shop: Shop, now: float, unknown: bool) -> Iterator[Finding]:
    """What can never hold, unless it was told already that something it names is unknown."""

    def found(code: str, severity: str, pointer: str, detail: str, fix: str) -> Finding:
        return Finding(code, severity, rule.offer_id, pointer, detail, fix)

    if rule.state in ("live", "draft") and rule.ends is not None and rule.ends <= now:
        detail = "Its window is over: nobody is given it any more."
        yield found("unreachable", ERROR, "/until", detail, "Move `until`, or set the state to `ended`.")
    if not unknown and never_holds(rule.when, shop):
        detail = "Its conditions can never hold together: nobody is ever given it."
        yield found(
            "unreachable", ERROR, "/when", detail, "Take out one of the conditions that exclude others."
        )
    else:
        for pointer, condition in places(rule.when):
            if isinstance(condition, AnyOf):
                for number, part in enumerate(condition.parts):
                    if never_holds(part, shop):
                        detail = "This alternative can never hold; the others decide alone."
                        place = f"{pointer}/any/{number}"
                        yield found("contradictory", WARNING, place, detail, "Take it out, or put it right.")
    limits = rule.limits
    if limits.total is not None and limits.per_shopper is not None and limits.per_shopper > limits.total:
        detail = f"Each may have it {limits.per_shopper} times, and all together {limits.total} times."
        yield found("contradictory", WARNING, "/limits/per_shopper", detail, "Lower it, or raise the total.")
    least = rule.gives.amount if isinstance(rule.gives, AmountOff) else None
    if limits.budget is not None and least is not None and limits.budget < least:
        detail = "The budget is smaller than what it takes off at once."
        yield found(
            "contradictory", ERROR, "/limits/budget", detail, "Raise the budget, or lower the amount."
        )


def _names(rule: Offer, shop: Shop) -> Iterator[Finding]:
    """Tiers and segments that the shop does not have."""
    for pointer, condition in places(rule.when):
        if isinstance(condition, InTier):
            name = "is" if condition.is_ is not None else "at_least"
            tier = condition.is_ or condition.at_least or ""
            if shop.ladder.rank(tier) is None:
                known = ", ".join(held.tier for held in shop.ladder.tiers)
                detail = f"The ladder has no tier {tier!r}; it has {known}."
                place = f"{pointer}/tier/{name}"
                yield Finding("unknown_tier", ERROR, rule.offer_id, place, detail, "Name one of its tiers.")
        elif isinstance(condition, InSegment) and condition.is_ not in shop.segments:
            detail = f"The shop has no segment {condition.is_!r}: nobody is in it."
            place = f"{pointer}/segment/is"
            yield Finding(
                "unknown_segment", ERROR, rule.offer_id, place, detail, "Write it, or name another."
            )


def _goods(rule: Offer, shown: Shown, shop: Shop) -> Iterator[Finding]:
    """Products and categories that the shop window does not have."""
    for pointer, product_id, category in _named(rule):
        if category is not None and category_key(category) not in shown.categories:
            detail = f"No product of the shop lies in {category!r}."
            yield Finding(
                "empty_category", WARNING, rule.offer_id, pointer, detail, "Look at how it is spelled."
            )
        if product_id is not None:
            held = shop.catalogue.get(product_id)
            if held is None:
                detail = f"The shop has no product {product_id!r}."
                fix = "Look at how it is spelled, or import the product."
                yield Finding("unknown_product", WARNING, rule.offer_id, pointer, detail, fix)
            elif held.hidden:
                detail = f"{held.name or product_id} is hidden: nobody can put it into a basket."
                fix = "Show it again, or name another."
                yield Finding("hidden_product", WARNING, rule.offer_id, pointer, detail, fix)


def _named(rule: Offer) -> Iterator[tuple[str, str | None, str | None]]:
    """The places in which a rule names a product or a category."""
    for pointer, condition in places(rule.when):
        if isinstance(condition, Bought | Owns):
            yield f"{pointer}/{condition.name}", condition.product_id, condition.category
        elif isinstance(condition, InBasket):
            for held in condition.contains or ():
                yield f"{pointer}/basket/contains", held.product_id, held.category
    gives = rule.gives
    groups: list[tuple[str, Any]] = [("", gives)]
    if isinstance(gives, BuyXGetY):
        groups = [("/buy", gives.buy), ("/get", gives.get)]
    for name, group in groups:
        if isinstance(group, Pieces):
            place = f"/gives/{gives.name}{name}"
            if group.category is not None:
                yield f"{place}/category", None, group.category
            for number, product_id in enumerate(group.products or ()):
                yield f"{place}/products/{number}", product_id, None
        elif isinstance(group, FixedPrice | FreeProduct):
            yield f"/gives/{gives.name}/product_id", group.product_id, None


def _ends(rule: Offer) -> Iterator[Finding]:
    limits, costs = rule.limits, rule.gives.pays or rule.gives.name == "free_shipping"
    if not costs:
        return
    if rule.ends is None and not limits.any:
        detail = "It has no end and no limit: it goes on until somebody thinks of it."
        fix = "Give it an `until`, or a limit."
        yield Finding("endless", WARNING, rule.offer_id, "/until", detail, fix)
    if (
        rule.gives.pays
        and (limits.total, limits.per_shopper, limits.budget, limits.per_period) == (None,) * 4
    ):
        detail = "Nothing bounds how often, or for how much money, it is given."
        fix = "Give it `limits`: a budget, a total, or so many for each shopper."
        yield Finding("uncapped", WARNING, rule.offer_id, "/limits", detail, fix)
