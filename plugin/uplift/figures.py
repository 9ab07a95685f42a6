"""What is known of a shopper at one moment, as the figures that a model of an offer reads."""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p

from plugin.gather import Scene
from plugin.shop import Shop

DAY = 86_400.0
NEVER_DAYS = 1_000.0
MOST_CATEGORIES = 5
FEWEST_OF_A_CATEGORY = 20  # shoppers who have something of it; of fewer nothing is learned
NAMES = ("days since the last order", "orders", "spent", "days known", "spent an order", "tier")


def figures_of(scene: Scene, categories: Sequence[str]) -> list[float]:
    """Return the figures of the scene's shopper: those of `NAMES`, then one for each category, had or not.

    Counts, times and money by their logarithm; the tier by its place on the ladder, lowest 0.
    """
    held, now = scene.figures, scene.now
    silent = NEVER_DAYS if held.last_at is None else max(0.0, (now - held.last_at) / DAY)
    known = 0.0 if held.first_at is None else max(0.0, (now - held.first_at) / DAY)
    rank = scene.shop.ladder.rank(scene.place.tier) if scene.place is not None else None
    had = {_top(scene.shop, product_id) for product_id in scene.owned} if categories else set()
    return [
        log1p(silent),
        log1p(held.orders),
        log1p(max(0, held.spent)),
        log1p(known),
        log1p(max(0, held.spent) / max(1, held.orders)),
        float(rank or 0),
        *(float(name in had) for name in categories),
    ]


def categories_of(scenes: Sequence[Scene], shop: Shop) -> tuple[str, ...]:
    """Return the top categories that most of these shoppers have something of; sensitive ones never."""
    count: dict[str, int] = {}
    for scene in scenes:
        tops = {top for each in scene.owned if (top := _top(shop, each)) is not None}
        for name in tops:
            count[name] = count.get(name, 0) + 1
    enough = [name for name, many in count.items() if many >= FEWEST_OF_A_CATEGORY]
    return tuple(sorted(enough, key=lambda name: (-count[name], name))[:MOST_CATEGORIES])


def _top(shop: Shop, product_id: str) -> str | None:
    product = shop.catalogue.get(product_id)
    if product is None or not product.path or shop.is_sensitive(product):
        return None
    return product.path[0].casefold()
