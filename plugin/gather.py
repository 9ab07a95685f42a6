"""Everything one request needs, gathered in one round trip; all judging afterwards reads only this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from plugin.activity import Shopper
from plugin.catalog import Product
from plugin.offers.evaluate import evaluate
from plugin.offers.occasion import BasketLine, Occasion, Promise, Used
from plugin.offers.offer import BY_GAIN
from plugin.offers.verdict import Verdict
from plugin.ownership import Figures, Owned, basket, figures, ownership
from plugin.rights.consent import Consent, decided
from plugin.shelf.fatigue import tired
from plugin.shop import Shop
from plugin.shopper import Profile
from plugin.tiers.ladder import BORN_WITH
from plugin.tiers.measure import Measuring
from plugin.tiers.place import placed
from plugin.tiers.standing import Place
from plugin.wishes.preferences import Preferences
from plugin.wishes.targets import NOTHING, Targets

if TYPE_CHECKING:
    from plugin.redemptions.entered import Code
    from plugin.value.expected import Expected
    from recommender.model import Model


@dataclass(frozen=True)
class Scene:
    """One shop and one shopper at one moment, with the page's basket. Derived facts are worked out once."""

    shop: Shop
    model: Model
    shopper: Shopper | None
    profile: Profile
    now: float
    locale: str | None = None
    channel: str | None = None
    trusted: bool = False
    gpc: bool = False
    given_basket: tuple[BasketLine, ...] | None = None
    given_products: tuple[str, ...] | None = None  # what the page says lies in it, priced or not
    codes: tuple[str, ...] = ()
    entered: tuple[Code, ...] = ()  # the same codes, with whether they open anything
    used: Mapping[str, Used] = field(default_factory=dict)  # how far limited offers are used up
    opened: frozenset[str] = frozenset()  # the offers that a code of those made for them opens
    promised: Mapping[str, Promise] = field(default_factory=dict)  # what the shopper was given, by offer
    presented: tuple[bool, ...] = ()  # of each signed offer that was brought, whether it opens anything
    bearer: str = "-"  # the mark of whoever brought a signed offer, where nobody is named
    taken: set[str] = field(default_factory=set)  # groups of products that this page shows already
    taken_uses: set[str] = field(default_factory=set)  # use ideas that this page shows already

    @cached_property
    def consent(self) -> Consent:
        """What the shopper allows, with this request's own signal above it."""
        return decided(self.profile, self.shop.settings, self.gpc)

    @cached_property
    def remembered(self) -> Profile:
        """What suggestions may read of the shopper: nothing where they are to come from the page alone.

        Offers and the tier read `profile`: whoever wants no profile keeps what they are entitled to.
        """
        return self.profile if self.consent.personal else Profile()

    @cached_property
    def owned(self) -> dict[str, Owned]:
        """What the shopper has."""
        return ownership(self.profile, self.shop.catalogue, self.now)

    @cached_property
    def remembered_owned(self) -> dict[str, Owned]:
        """What suggestions may know the shopper to have."""
        return self.owned if self.consent.personal else {}

    @cached_property
    def owned_groups(self) -> dict[str, list[Owned]]:
        """What the shopper has, by group: who has the red one has what the blue one is for."""
        groups: dict[str, list[Owned]] = {}
        for owned in self.remembered_owned.values():
            groups.setdefault(self.shop.catalogue.group_of(owned.product_id), []).append(owned)
        return groups

    @cached_property
    def dismissed_groups(self) -> frozenset[str]:
        """What the shopper waved away, by group: a card stands for all its variants."""
        return frozenset(map(self.shop.catalogue.group_of, self.remembered.dismissed))

    @cached_property
    def preferences(self) -> Preferences:
        """What the shopper says of themselves."""
        return Preferences.of(self.profile)

    @cached_property
    def avoided(self) -> Targets:
        """What the shopper wants to see nothing of."""
        avoids = self.preferences.avoids
        return Targets.of(avoids, self.shop.catalogue) if avoids else NOTHING

    @cached_property
    def sizes(self) -> Mapping[str, str]:
        """The sizes the shopper says to wear, where suggestions may be personal."""
        return self.preferences.sizes if self.consent.personal else {}

    @cached_property
    def tired(self) -> dict[str, float]:
        """What each group of products has lost by being shown to this shopper again and again."""
        if not self.remembered.shown:
            return {}
        group_of = self.shop.catalogue.group_of
        shown: dict[str, list[int]] = {}
        for product_id, moments in self.remembered.shown.items():
            shown.setdefault(group_of(product_id), []).extend(moments)
        met: dict[str, float] = {}
        bought = {owned.product_id: owned.last_at for owned in self.remembered_owned.values() if owned.times}
        for product_id, at in (*self.remembered.viewed.items(), *bought.items()):
            met[group_of(product_id)] = max(met.get(group_of(product_id), 0.0), at)
        return tired(shown, met, self.now)

    @cached_property
    def figures(self) -> Figures:
        """What the shopper has bought so far, in figures."""
        return figures(self.profile)

    @cached_property
    def expected(self) -> Expected | None:
        """What the shopper may be expected to buy; None where there is too little to say."""
        if self.shopper is None or not self.shopper.known or self.shop.value is None:
            return None
        from plugin.value.expected import expected  # not loaded where nobody asks

        return expected(self.profile, self.figures, self.shop.value, self.shop.catalogue, self.now)

    @cached_property
    def place(self) -> Place | None:
        """Where the shopper stands; None for somebody unknown."""
        if self.shopper is None or not self.shopper.known:
            return None
        return placed(self.profile, self.measuring, self.now)

    @cached_property
    def measuring(self) -> Measuring:
        """How the shopper is measured for the ladder; a rule is judged without basket and page."""
        shop = self.shop
        return Measuring.of(
            self.profile,
            shop.ladder,
            shop.standing,
            shop.settings.currency,
            expecting=lambda: self.expected.spend if self.expected is not None else None,
            occasion=cache(lambda: self._by_themselves.unplaced),
        )

    @property
    def _by_themselves(self) -> Scene:
        """The same shopper at the same moment, wherever they are met."""
        return replace(self, locale=None, channel=None, given_basket=(), codes=())

    @cached_property
    def unplaced(self) -> Occasion:
        """The occasion while the tier is not judged yet: they stand lowest, and where RFM puts them."""
        by_rfm = Measuring.of(self.profile, BORN_WITH, self.shop.standing).at(self.now)
        lowest = self.shop.ladder.lowest
        return self._occasion(Place(lowest.tier, lowest.title, by_rfm.quantile, None, by_rfm.why))

    @cached_property
    def basket(self) -> tuple[BasketLine, ...]:
        """The basket the page gave, else the one the shopper's own activity left."""
        if self.given_basket is not None:
            return self.given_basket
        return basket_lines(self.shop, basket(self.remembered))

    @cached_property
    def in_basket(self) -> tuple[str, ...]:
        """The products of the basket; those that have no price, or are not the shop's, are in it too."""
        if self.given_products is not None:
            return self.given_products
        if self.given_basket is not None:
            return tuple(line.product_id for line in self.given_basket)
        return tuple(basket(self.remembered))

    @cached_property
    def occasion(self) -> Occasion:
        """What offers are decided by."""
        occasion = self._occasion(self.place)
        return replace(occasion, gains=self.gains) if self.gains else occasion

    def _occasion(self, place: Place | None) -> Occasion:
        settings = self.shop.settings
        return Occasion(
            now=self.now,
            zone=settings.timezone,
            currency=settings.currency,
            locale=self.locale or settings.locale,
            channel=self.channel,
            shopper=self.profile if self.shopper and self.shopper.known else None,
            owned=self.owned,
            figures=self.figures,
            place=place,
            ladder=self.shop.ladder,
            basket=self.basket,
            catalogue=self.shop.catalogue,
            shopper_key=self.shopper_key,
            codes=self.codes,
            margin_floor=settings.margin_floor,
            largest_discount=settings.largest_discount,
            used=self.used,
            coded=self.shop.coded,
            opened=self.opened,
            promised=self.promised,
            preferences=self.preferences,
            avoided=self.avoided,
            due=self._due,
            segments=self.shop.segments,
            exclude_reduced=settings.exclude_reduced,
        )

    @cached_property
    def shopper_key(self) -> str | None:
        """What the shopper's stable shares are drawn by: theirs in this shop alone."""
        return f"{self.shop.shop_id}/{self.shopper.ref}" if self.shopper else None

    @cached_property
    def gains(self) -> dict[str, float]:
        """What offers are expected to bring with this shopper, for those that are chosen by it."""
        chosen = [offer for offer in self.shop.live_offers if offer.choose == BY_GAIN]
        if not chosen or self.shopper is None or not self.shopper.known or not self.consent.personal:
            return {}
        from plugin.uplift.gains import expected_gains  # learning is not loaded where no rule asks for it

        return expected_gains(self, chosen)

    def _due(self, days: int) -> list[Product]:
        """What the shopper will need within so many days to go on as before."""
        if not self.remembered_owned:
            return []
        from plugin.needs.needed import needed  # what is needed is itself worked out from a scene

        return [need.product for need in needed(self, days) if need.kind in ("runs_out", "replace")]

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """What every live offer of the shop says to this occasion."""
        return evaluate(self.shop.live_offers, self.occasion)


def basket_lines(shop: Shop, quantities: dict[str, int]) -> tuple[BasketLine, ...]:
    """Return basket lines at the catalogue's prices; what the shop does not sell is left out."""
    lines = []
    for product_id, quantity in quantities.items():
        product = shop.catalogue.get(product_id)
        if product is not None and product.price_now is not None and quantity > 0:
            lines.append(BasketLine(product_id, quantity, product.price_now))
    return tuple(lines)


def counted(product_ids: Sequence[str]) -> dict[str, int]:
    """Return how often each product is named, in the order first named."""
    quantities: dict[str, int] = {}
    for product_id in product_ids:
        quantities[product_id] = quantities.get(product_id, 0) + 1
    return quantities
