"""What the doors call: record what was done, suggest, offer. Gather, judge, answer; nothing else."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from plugin.activity import Activity, Shopper
from plugin.errors import NotFound, RapportError
from plugin.explaining import Explanation, explain
from plugin.gather import Scene, basket_lines, counted
from plugin.intake.keeping import keep
from plugin.offers.occasion import BasketLine
from plugin.offers.verdict import Verdict
from plugin.placements import DEFAULT_LIMIT, Placement, built_in, no_placement
from plugin.redemptions.entered import with_limits
from plugin.redemptions.heeding import heed
from plugin.rights.retention import aged, moments
from plugin.shelves import Shelf, fill
from plugin.shop import Shop
from plugin.shopper import Profile
from plugin.shops import Shops
from plugin.store.activities import Outcome
from plugin.store.safety import Check, demand_safety

if TYPE_CHECKING:
    from recommender.model import Model

SAFETY_LOOKED_AT_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: the shopper if one is named, and whether the shop's own server is asking."""

    shopper: Shopper | None = None
    trusted: bool = False
    locale: str | None = None
    gpc: bool = False  # the request asks not to be followed: `Sec-GPC: 1`
    channel: str | None = None  # where they meet the shop


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing a page asks for: a placement by name, the page's products, how many."""

    name: str
    products: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One answered list, with the id that clicks and purchases echo."""

    recommendation_id: str
    model_version: str | None
    name: str
    shelf: Shelf
    offers: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The answers to a page's slots, under the names the page gave, and the scene they were judged in."""

    scene: Scene
    answers: dict[str, Recommendation | list[Verdict] | NotFound] = field(default_factory=dict)


class Storefront:
    """The service itself, for every door. Safe to share between threads."""

    def __init__(self, shops: Shops, clock: Callable[[], float] = time.time) -> None:
        self.shops = shops
        self.clock = clock
        self._safety: tuple[float, list[Check]] | None = None

    @cached_property
    def untrained(self) -> Model:
        """What a shop without a model is served by."""
        from recommender.cards import Cards  # here, for what asks no model need not load learning
        from recommender.interactions import Interactions
        from recommender.model import Model

        return Model.fit(Interactions.from_columns(), Cards.none(), as_of=0.0)

    def warm(self) -> None:
        """Load what answers will need, so that a first visitor waits no longer than the next."""
        self.shops.warm()
        _ = self.untrained

    def record(self, shop_id: str, activities: Sequence[Activity]) -> list[Outcome]:
        """Keep activities and return what became of each; what is kept is on disk when this returns.

        Raises `StoreUnavailable` or `StoreUnsafe`: then nothing is promised and sending again is safe.
        """
        demand_safety(self.safety())
        settings = self.shops.view(shop_id).settings
        counted = [activity.priced_in(settings.currency) for activity in activities]
        by_default = settings.consent_default == "yes"
        outcomes = keep(self.shops.memory(shop_id), counted, self.clock(), profile_by_default=by_default)
        with suppress(RapportError):  # it is kept; the background work heeds it again, and loses none
            heed(self.shops.memory(shop_id), self.shops.view(shop_id), counted, self.clock())
        return outcomes

    def recommend(
        self, shop_id: str, visitor: Visitor, slot: Slot, basket: Sequence[str] | None = None
    ) -> tuple[Scene, Recommendation]:
        """Return one list for one shopper. Raises `NotFound` for a placement the shop does not have."""
        page = self.page(shop_id, visitor, {"": slot}, basket)
        answer = page.answers[""]
        if not isinstance(answer, Recommendation):
            raise answer if isinstance(answer, NotFound) else NotFound(f"{slot.name!r} lists no products.")
        return page.scene, answer

    def page(
        self, shop_id: str, visitor: Visitor, slots: dict[str, Slot], basket: Sequence[str] | None = None
    ) -> Page:
        """Return what fills a page's slots, gathered once; no product is shown in two of them."""
        scene = self.scene(shop_id, visitor, basket)
        page = Page(scene)
        for key, slot in slots.items():
            page.answers[key] = self._answer(scene, slot)
        return page

    def explain(
        self,
        shop_id: str,
        visitor: Visitor,
        slot: Slot,
        candidate: str,
        basket: Sequence[str] | None = None,
    ) -> tuple[Scene, Explanation]:
        """Return why a product is in a list for one shopper, or why it is not.

        Raises `NotFound` for a placement or product that the shop does not have.
        """
        scene = self.scene(shop_id, visitor, basket)
        placement = scene.shop.placements.get(slot.name) or built_in(slot.name)
        if placement is None:
            raise NotFound(no_placement(slot.name))
        limit = slot.limit if slot.limit is not None else placement.limit
        return scene, explain(scene, placement, slot.products, limit, candidate)

    def scene(
        self,
        shop_id: str,
        visitor: Visitor,
        basket: Sequence[str] | None = None,
        lines: tuple[BasketLine, ...] | None = None,
        codes: tuple[str, ...] = (),
    ) -> Scene:
        """Return everything a decision about this visitor needs, in one round trip to the store."""
        version, profile = self.shops.memory(shop_id).gather(visitor.shopper)
        shop = self.shops.at(shop_id, version)
        scene = self.staged(shop, visitor, profile, basket, lines, codes)
        return with_limits(self.shops.memory(shop_id), scene)

    def staged(
        self,
        shop: Shop,
        visitor: Visitor,
        profile: Profile,
        basket: Sequence[str] | None = None,
        lines: tuple[BasketLine, ...] | None = None,
        codes: tuple[str, ...] = (),
        *,
        now: float | None = None,
        model: Model | None = None,
    ) -> Scene:
        """Return the scene of a shop and a profile that are at hand already (the past, a preview)."""
        if lines is None and basket is not None:
            lines = basket_lines(shop, counted(basket))
        now = self.clock() if now is None else now
        if shop.settings.retention:  # what is too old counts no more, whether or not it was let go of yet
            aged(profile, moments(shop.settings.retention, now))
        return Scene(
            shop=shop,
            model=model or self.shops.model(shop) or self.untrained,
            shopper=visitor.shopper,
            profile=profile,
            now=now,
            locale=visitor.locale,
            channel=visitor.channel,
            trusted=visitor.trusted,
            gpc=visitor.gpc,
            given_basket=lines,
            codes=codes,
            given_products=None if basket is None else tuple(counted(basket)),
        )

    def _answer(self, scene: Scene, slot: Slot) -> Recommendation | list[Verdict] | NotFound:
        if slot.name == "offers":
            return scene.verdicts
        placement = scene.shop.placements.get(slot.name) or built_in(slot.name)
        if placement is None:
            return NotFound(no_placement(slot.name))
        return recommendation(scene, placement, slot)

    def safety(self) -> list[Check]:
        """Return whether the store keeps what it acknowledges; asked again every two seconds at most."""
        now = time.monotonic()
        if self._safety is None or now - self._safety[0] > SAFETY_LOOKED_AT_EVERY_S:
            self._safety = (now, self.shops.store.safety())
        return self._safety[1]


def recommendation(scene: Scene, placement: Placement, slot: Slot) -> Recommendation:
    """Return the filled list of one placement."""
    limit = slot.limit if slot.limit is not None else placement.limit or DEFAULT_LIMIT
    shelf = fill(scene, placement, slot.products, limit)
    version = scene.model.version if scene.shop.model_version else None
    return Recommendation(f"r_{secrets.token_urlsafe(12)}", version, placement.name, shelf, placement.offers)
