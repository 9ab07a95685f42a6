"""The occasion of a past order: what an offer would have been judged by just before it was made.

It is the same occasion as the live one, and what it holds comes from the same scene (`plugin/gather`); only
each part is gathered when a condition first reads it, from no more of the past than that takes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from plugin.activity import Shopper
from plugin.gather import Scene
from plugin.offers.occasion import BasketLine, Occasion, Used
from plugin.offers.replay.past_catalogue import CatalogueThen
from plugin.offers.replay.past_shopper import PastShopper
from plugin.shop import Shop
from plugin.shopper import Profile
from plugin.tiers.standing import Place
from plugin.wishes.preferences import NONE_SAID
from plugin.wishes.targets import NOTHING

WITHOUT_PRODUCTS = frozenset({"figures", "preferences", "avoided"})
SAID_BY_THEM: Mapping[str, Any] = {"preferences": NONE_SAID, "avoided": NOTHING}
"""What depends on a shopper's own words alone, with what it is where nothing was said."""


@dataclass
class Gathering:
    """What a past order's occasion is gathered from.

    `anything` is whether the rules may read whatever there is, so that nothing is left out.
    """

    shop: Shop
    catalogue: CatalogueThen
    shopper: Shopper | None
    known: PastShopper | None
    now: float
    basket: tuple[BasketLine, ...]
    codes: tuple[str, ...]
    used: Mapping[str, Used]
    opened: frozenset[str]
    anything: bool
    model: Any = None
    _scenes: dict[str, Scene] = field(default_factory=dict)

    def part(self, name: str) -> Any:
        """Return one field of the occasion, from the scene that knows enough for it."""
        if name == "owned" and not self.anything:
            return self._scene("products", PastShopper.with_meant_products).owned
        if name in SAID_BY_THEM and not self.anything and not (self.known and self.known.said_wishes):
            return SAID_BY_THEM[name]
        if name == "place" and not self.anything:
            return _place(self._scene("sums", PastShopper.without_products))
        if name in WITHOUT_PRODUCTS and not self.anything:
            return getattr(self._scene("sums", PastShopper.without_products), name)
        if name == "shopper" and not self.anything:
            known = self.shopper is not None and self.shopper.known
            return self._scene("sums", PastShopper.without_products).profile if known else None
        return getattr(self._scene("whole", PastShopper.whole).occasion, name)

    def _scene(self, kind: str, read: Callable[[PastShopper, float], Profile]) -> Scene:
        if kind not in self._scenes:
            shop = copy.copy(self.shop)
            shop.catalogue = self.catalogue
            self._scenes[kind] = Scene(
                shop=shop,
                model=self.model,
                shopper=self.shopper,
                profile=read(self.known, self.now) if self.known else Profile(),
                now=self.now,
                trusted=True,
                given_basket=self.basket,
                codes=self.codes,
                used=self.used,
                opened=self.opened,
            )
        return self._scenes[kind]


def _place(scene: Scene) -> Place | None:
    """Where a shopper stood; of whom no change of tier is on record, it is where the figures put them.

    Then neither progress nor since when is worked out, which no condition reads.
    """
    if scene.shopper is None or not scene.shopper.known or scene.profile.tiers:
        return scene.place
    measure = scene.measuring.at(scene.now)
    tier = scene.shop.ladder.reached(measure.value)
    return Place(tier.tier, tier.title, measure.quantile, None, dict(measure.why))


class PastOccasion(Occasion):
    """An occasion of the past; what is not given is gathered when it is first read."""

    _gathering: Gathering

    def __init__(self, gathering: Gathering | None = None, **known: Any) -> None:
        if gathering is not None:
            known["_gathering"] = gathering
        self.__dict__.update(known)

    def changed(self, **parts: Any) -> Self:
        """The same occasion with these parts changed; what was not read yet is gathered when it is."""
        other = super().changed(**parts)
        other.__dict__["_gathering"] = self._gathering
        return other


class _WhenRead:
    """A field that is gathered when it is first read."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, occasion: PastOccasion | None, owner: type) -> Any:
        if occasion is None:
            return self
        value = occasion.__dict__[self._name] = occasion._gathering.part(self._name)
        return value


for _field in fields(Occasion):
    setattr(PastOccasion, _field.name, _WhenRead(_field.name))


def past_occasion(gathering: Gathering) -> PastOccasion:
    """Return the occasion of a past order."""
    shop, settings, who = gathering.shop, gathering.shop.settings, gathering.shopper
    return PastOccasion(
        gathering,
        now=gathering.now,
        zone=settings.timezone,
        currency=settings.currency,
        locale=settings.locale,
        channel=None,
        ladder=shop.ladder,
        basket=gathering.basket,
        catalogue=gathering.catalogue,
        shopper_key=f"{shop.shop_id}/{who.ref}" if who else None,
        codes=gathering.codes,
        margin_floor=settings.margin_floor,
        largest_discount=settings.largest_discount,
        used=gathering.used,
        coded=shop.coded,
        opened=gathering.opened,
        segments=shop.segments,
        exclude_reduced=settings.exclude_reduced,
        promised={},
        gains={},
        ahead=(),
    )
