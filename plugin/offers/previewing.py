"""Offers as a shopper would meet them at any moment, unwritten rules among them: changes nothing."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plugin.activity import Shopper
from plugin.errors import Invalid
from plugin.gather import Scene
from plugin.history import profiles_before
from plugin.offers.conditions.condition import All, AnyOf, Condition, Not
from plugin.offers.lint.finding import places
from plugin.offers.occasion import BasketLine, Occasion
from plugin.offers.offer import Offer
from plugin.offers.replay.past_catalogue import CatalogueThen, written_before
from plugin.redemptions.entered import with_limits
from plugin.shop import Shop
from plugin.shopper import Profile
from plugin.tiers.standing import Place

if TYPE_CHECKING:
    from plugin.storefront import Storefront


@dataclass(frozen=True, slots=True)
class Previewed:
    """What is to be seen: as whom, in which tier (None: their own), at which moment (None: now), with what.

    `rules` stand in for the shop's rules of their id; with `drafts` its drafts count as live too.
    """

    shopper: Shopper | None = None
    tier: str | None = None
    at: float | None = None
    lines: tuple[BasketLine, ...] | None = None
    locale: str | None = None
    channel: str | None = None
    codes: tuple[str, ...] = ()
    rules: tuple[Offer, ...] = ()
    drafts: bool = True


def preview(front: Storefront, shop_id: str, asked: Previewed) -> Scene:
    """Return the scene that offers are judged by; its `verdicts` are what would be told.

    Of the past it knows the shopper and the catalogue as the log has them then; of the future what is known
    today. How far limits are used up is always as of now. Raises `Invalid` for a tier not on the ladder.
    """
    from plugin.storefront import Visitor  # not loaded by commands that show nobody anything

    memory, now = front.shops.memory(shop_id), front.clock()
    shop, at = _with_rules(front.shops.view(shop_id, fresh=True), asked), asked.at
    profile = Profile()
    if at is not None and at < now:
        shop.catalogue = CatalogueThen(shop.catalogue, written_before(memory.log, at, shop.catalogue), at)
    if asked.shopper is not None:
        if at is not None and at < now:
            profile = profiles_before(memory.log, [asked.shopper], at)[asked.shopper.ref]
        else:
            _, profile = memory.gather(asked.shopper)
    visitor = Visitor(asked.shopper, trusted=True, locale=asked.locale, channel=asked.channel)
    scene = front.staged(shop, visitor, profile, lines=asked.lines, codes=asked.codes, now=at)
    scene = with_limits(memory, scene)
    if asked.tier is not None:
        _stands_in(scene, asked.tier)
    return scene


def reasons_why(rule: Offer, occasion: Occasion) -> Iterator[tuple[str, Condition[Any], bool]]:
    """Yield every plain condition of a rule with its place, and whether it holds on an occasion."""
    for pointer, condition in places(rule.when):
        if not isinstance(condition, All | AnyOf | Not):
            yield pointer, condition, condition.holds(occasion)


def _with_rules(shop: Shop, asked: Previewed) -> Shop:
    previewed = copy.copy(shop)
    offers = dict(shop.offers)
    if asked.drafts:
        offers = {name: _live(rule) if rule.state == "draft" else rule for name, rule in offers.items()}
    previewed.offers = {**offers, **{rule.offer_id: _live(rule) for rule in asked.rules}}
    return previewed


def _live(rule: Offer) -> Offer:
    return replace(rule, state="live")


def _stands_in(scene: Scene, tier: str) -> None:
    """Have the shopper stand in a tier, whatever their figures say."""
    ladder = scene.shop.ladder
    rank = ladder.rank(tier)
    if rank is None:
        known = ", ".join(held.tier for held in ladder.tiers)
        detail = f"The ladder has no tier {tier!r}; it has {known}."
        raise Invalid(f"/tier: {detail}", errors=[{"pointer": "/tier", "detail": detail}])
    own = scene.place
    held = ladder.tiers[rank]
    # Kept where the scene keeps what it has worked out once: everything after it reads this place.
    scene.__dict__["place"] = Place(
        held.tier, held.title, own.quantile if own else None, None, {"as_if": True}
    )
