"""A tiny shop, and occasions in it, written in few words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.schemas.offers import OfferSchema
from plugin.catalog import Catalogue, Product
from plugin.offers.occasion import BasketLine, Occasion, Used
from plugin.offers.offer import Offer
from plugin.ownership import Figures, Owned
from plugin.shopper import Profile
from plugin.tiers.ladder import BORN_WITH
from plugin.tiers.standing import Place
from plugin.wishes.preferences import Preferences, facts
from plugin.wishes.targets import NOTHING, Targets

DAY = 86_400.0
NOW = datetime.fromisoformat("2026-11-10T12:00:00+00:00").timestamp()  # a Tuesday

PRODUCTS = (
    Product("beans", "Coffee beans", price=1200, cost=700, category="Food > Coffee"),
    Product("filter", "Filter coffee", price=800, cost=300, category="Food > Coffee"),
    Product("tea", "Green tea", price=650, category="Food > Tea"),
    Product("mug", "Mug", price=500, cost=100, category="Kitchen > Mugs", locales={"de": {"name": "Becher"}}),
    Product("pan", "Pan", price=4000, sale_price=3000, was=4000, cost=2000, category="Kitchen > Pans"),
    Product("gone", "Old kettle", price=900, category="Kitchen", availability="out_of_stock"),
)


def moment(text: str | None) -> float:
    return NOW if text is None else datetime.fromisoformat(text).timestamp()


def placed(tier: str | None, quantile: float | None = None, progress: dict[str, Any] | None = None):
    if tier is None:
        return None
    rank = BORN_WITH.rank(tier)
    title = BORN_WITH.tiers[rank].title if rank is not None else None
    return Place(tier, title, quantile, progress, {})


def had(owned: dict[str, list[float]], now: float = NOW) -> dict[str, Owned]:
    """Purchases by product, each as days ago, latest first."""
    return {
        product: Owned(
            product, len(days), len(days), now - days[-1] * DAY, now - days[0] * DAY,
            tuple(now - ago * DAY for ago in days),
        )
        for product, days in owned.items()
    }  # fmt: skip


def occasion(
    basket: list[tuple[str, int]] | list[list[Any]] = (),  # type: ignore[assignment]
    *,
    products: tuple[Product, ...] = PRODUCTS,
    owned: dict[str, list[float]] | None = None,
    tier: str | None = "bronze",
    quantile: float | None = None,
    progress: dict[str, Any] | None = None,
    orders: int | None = None,
    first_order_days_ago: float | None = None,
    traits: dict[str, Any] | None = None,
    guest: bool = False,
    now: str | None = None,
    used: dict[str, dict[str, int]] | None = None,
    preferences: dict[str, Any] | None = None,
    **given: Any,
) -> Occasion:
    """An occasion at noon on Tuesday 10 November 2026, in Berlin, in euro, unless said."""
    catalogue = Catalogue(products)
    at = moment(now)
    lines = tuple(
        BasketLine(line[0], line[1], line[2] if len(line) > 2 else catalogue.get(line[0]).price_now or 0)
        for line in basket
    )
    held = had(owned or {}, at)
    first_at = None if first_order_days_ago is None else at - first_order_days_ago * DAY
    count = orders if orders is not None else max((o.times for o in held.values()), default=0)
    values: dict[str, Any] = {
        "zone": "Europe/Berlin", "currency": "EUR", "locale": "en", "channel": "web",
        "shopper_key": None, **given,
    }  # fmt: skip
    values["codes"] = tuple(values.get("codes", ()))
    said = Preferences.of(Profile(preferences={n: [v, 0.0] for n, v in facts(preferences or {}).items()}))
    return Occasion(
        now=at,
        shopper=None if guest else Profile(traits={n: [v, 0.0] for n, v in (traits or {}).items()}),
        owned=held,
        figures=Figures(count, 0, first_at, None),
        place=None if guest else placed(tier, quantile, progress),
        ladder=BORN_WITH,
        basket=lines,
        catalogue=catalogue,
        used={offer_id: Used(**value) for offer_id, value in (used or {}).items()},
        preferences=said,
        avoided=Targets.of(said.avoids, catalogue) if said.avoids else NOTHING,
        **values,
    )


def offer(offer_id: str = "o", currency: str = "EUR", **document: Any) -> Offer:
    """A live offer by the merchant's document, through the same door as any."""
    whole = {"offer_id": offer_id, "state": "live", "gives": {"percent_off": {"percent": 10}}, **document}
    return Offer.from_document(OfferSchema().load(whole), currency)
