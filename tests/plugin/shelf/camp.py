"""A camping shop so small that every shelf is known by heart, and somebody who stands before it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Product
from plugin.gather import Scene
from plugin.history import cards_of
from plugin.placements import Placement
from plugin.shop import Shop, ShopSettings
from plugin.shopper import Profile, fold
from recommender.interactions import Interactions
from recommender.model import Model

DAY = 86_400.0
NOW = 1_700_000_000.0
ANNA = Shopper("anna")
OLD = NOW - 400 * DAY

PRODUCTS = {
    product.product_id: product
    for product in (
        Product("tent", "Tent", price=9900, category="Camp > Tents", brand="Fjell", durable=True),
        Product("pegs", "Steel pegs", price=900, category="Camp > Tents", brand="Fjell"),
        Product("mat", "Sleeping mat", price=2900, category="Camp > Sleep", brand="Fjell"),
        Product("stove", "Gas stove", price=3900, category="Camp > Cook", brand="Ild", durable=True),
        Product("gas", "Gas can", price=700, category="Camp > Cook", brand="Ild"),
        Product("pot", "Camping pot", price=1900, category="Camp > Cook", brand="Ild"),
        Product("lamp", "Lamp", price=1500, category="Camp > Light", brand="Lys"),
        Product("shirt-s", "Shirt", price=2000, category="Clothes > Shirts", group_id="shirt",
                attributes={"size": "S"}),
        Product("shirt-m", "Shirt", price=2000, category="Clothes > Shirts", group_id="shirt",
                attributes={"size": "M"}),
        Product("shirt-l", "Shirt", price=2000, category="Clothes > Shirts", group_id="shirt",
                attributes={"size": "L"}),
        Product("pills", "Pills", price=500, category="Health > Pills"),
        Product("tent-new", "Tent, light", price=12900, category="Camp > Tents", brand="Lys"),
    )
}  # fmt: skip
PRODUCTS = {
    name: replace(product, first_seen=NOW - 5 * DAY if name == "tent-new" else OLD)
    for name, product in PRODUCTS.items()
}

#: What is bought together by how many shoppers.
BASKETS = (
    (12, ("tent", "pegs")),
    (8, ("tent", "mat")),
    (5, ("tent", "lamp")),
    (12, ("stove", "gas")),
    (8, ("stove", "pot")),
    (6, ("tent", "shirt-s")),
    (7, ("tent", "pills")),
    (2, ("lamp", "gas")),
)


@cache
def learned() -> Model:
    """What the camping shop's orders teach."""
    lines, number = [], 0
    for times, basket in BASKETS:
        for turn in range(times):
            number += 1
            at = NOW - (10 + 5 * turn) * DAY
            lines += [(f"o{number}", f"u:s{number}", product, 1.0, at) for product in basket]
    orders, shoppers, products, quantities, times_ = zip(*lines, strict=True)
    history = Interactions.from_columns(
        order_ids=orders, shopper_ids=shoppers, product_ids=products, quantities=quantities, times=times_
    )
    return Model.fit(history, cards_of(PRODUCTS.values(), "EUR"), as_of=NOW)


def camp(*changed: Product, **settings: Any) -> Shop:
    """The shop, with some of its products changed."""
    shop = Shop("camp")
    shop.settings = ShopSettings("camp", "Camp", **settings)
    for product in {**PRODUCTS, **{each.product_id: each for each in changed}}.values():
        shop.catalogue.put(product)
    shop.newest = shop.catalogue.newest_first()
    return shop


def did(kind: str, *products: str, days_ago: float = 1.0, **more: Any) -> Activity:
    """Something Anna did."""
    at = NOW - days_ago * DAY
    order = more.pop("order_id", f"{products}{days_ago}" if kind == "bought" else None)
    lines = tuple(Line(product, 1, 100) for product in products)
    name = f"{kind}{products}{days_ago}{more}"
    return Activity(name, kind, kind, at, at, "shop", ANNA, lines, order, properties=more)


def scene(*life: Activity, shop: Shop | None = None, now: float = NOW, **more: Any) -> Scene:
    """Anna before a shelf, after all she did."""
    who = more.pop("shopper", ANNA)
    return Scene(shop or camp(), learned(), who, fold(Profile(), life), now, **more)


def slot(*kinds: str, **more: Any) -> Placement:
    """A placement of these kinds that tries nothing new, unless asked to."""
    return Placement("slot", kinds or ("complements",), **{"explore": False, **more})
