"""Who is about to look elsewhere: what a shopper bought from us regularly and no longer does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plugin.activity import Shopper
from plugin.gather import Scene
from plugin.shelves import bought_by
from plugin.storefront import Storefront, Visitor
from recommender.drifting import Drift

LOOKED_AT_ONCE = 500  # shoppers of one page of the shop's list, whether or not there is anything to tell
FEWEST_DAYS = 3  # with an order, before anything is a habit

CANDIDATES = """
SELECT shopper FROM log
WHERE trust = 'shop' AND kind IN ('bought', 'rebought') AND starts_with(shopper, $known) AND shopper > $behind
GROUP BY shopper HAVING count(DISTINCT floor(happened_at / 86400)) >= $days
ORDER BY shopper LIMIT $most
"""


@dataclass(frozen=True, slots=True)
class Signal:
    """One shopper who has drifted from one category, and the products that made the habit."""

    shopper: Shopper
    drift: Drift
    products: tuple[str, ...]


def signals(scene: Scene) -> list[Signal]:
    """Return what a scene's shopper has drifted from, the most surprising first.

    Nothing where the shopper allows no profile or nothing personal, and nothing of what is sensitive.
    """
    if scene.shopper is None or not scene.consent.personal:
        return []
    category_of: dict[str, str] = {}
    looked: dict[str, float] = {}
    for product in map(scene.shop.catalogue.get, (*scene.remembered_owned, *scene.remembered.viewed)):
        if product is not None and product.category and not scene.shop.is_sensitive(product):
            category_of[product.product_id] = product.category
    for product_id, at in scene.remembered.viewed.items():
        if (category := category_of.get(product_id)) is not None:
            looked[category] = max(at, looked.get(category, at))
    found = scene.model.drifts(bought_by(scene), category_of, looked, scene.now)
    ids = scene.model.product_ids
    return [Signal(scene.shopper, each, tuple(ids[row] for row in each.rows)) for each in found]


def signals_of_all(
    front: Storefront, shop_id: str, behind: str, most: int = LOOKED_AT_ONCE
) -> tuple[list[Signal], str | None]:
    """Return the signals of the next shoppers in order of their ids, and where to go on (None at the end).

    So many shoppers with orders on at least three days are looked at; most of them give no signal. What was
    bought in the last moments may not be archived yet and counts all the same for whom it finds.
    """
    memory = front.shops.memory(shop_id)
    named = {"known": Shopper("").ref, "behind": behind, "days": FEWEST_DAYS, "most": most}
    refs = memory.log.query(CANDIDATES, named).column("shopper").to_pylist()
    found: list[Signal] = []
    for shopper in memory.not_erased(map(Shopper.from_ref, refs)):
        found += signals(front.scene(shop_id, Visitor(shopper, trusted=True)))
    return found, refs[-1] if len(refs) == most else None


def every_signal(front: Storefront, shop_id: str) -> Iterator[Signal]:
    """Yield the signals of all shoppers of a shop."""
    behind: str | None = ""
    while behind is not None:
        found, behind = signals_of_all(front, shop_id, behind)
        yield from found
