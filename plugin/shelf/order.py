"""The order of a shelf: relevance against sameness, brands and categories by number, margin among equals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import log

from plugin.catalog import Product
from plugin.placements import HALF, Diversity
from plugin.shelf.picks import Pick

Alike = Callable[[str], Mapping[str, float]]  # product id -> how alike others are to it, 0 to 1

AS_GOOD_AS = log(1.05)  # within this of the best, by logarithm of odds, margin may decide
SAME_CATEGORY = 0.5  # how alike two products of one category count where no model knows them
LEAST_OF_A_KIND = 2


def ordered(
    picks: Sequence[Pick], limit: int, diversity: Diversity | None, standing: Sequence[Product], alike: Alike
) -> list[Pick]:
    """Return at most `limit` picks in the order they are shown, beside what is `standing` there already.

    Each place goes to the pick whose strength, less what it repeats of those before it, is greatest (maximal
    marginal relevance, Carbonell and Goldstein 1998, in logarithms of odds). What a brand or category has
    too many of steps back, and returns when nothing else is left. `standing` counts for both.
    """
    waiting = sorted(picks, key=lambda pick: -pick.strength)
    if diversity is None:
        return _one_by_one(waiting, limit, {})
    room = _Room(diversity, limit + len(standing))
    shelf: list[Pick] = []
    repeats: dict[str, float] = {}
    for product in standing:
        room.take(product)
        _note(repeats, waiting, product, diversity.weight, alike)
    held_back: list[Pick] = []
    while waiting and len(shelf) < limit:
        best = _best(waiting, repeats)
        waiting.remove(best)
        if not room.has(best.product):
            held_back.append(best)
            continue
        room.take(best.product)
        shelf.append(best)
        if len(shelf) < limit:
            _note(repeats, waiting, best.product, diversity.weight, alike)
    return shelf + held_back[: limit - len(shelf)]


def _one_by_one(waiting: list[Pick], limit: int, repeats: Mapping[str, float]) -> list[Pick]:
    shelf: list[Pick] = []
    while waiting and len(shelf) < limit:
        shelf.append(_best(waiting, repeats))
        waiting.remove(shelf[-1])
    return shelf


def _best(waiting: Sequence[Pick], repeats: Mapping[str, float]) -> Pick:
    """The strongest; among those as good as it, of the same rung and of known margin, the best margin."""
    if repeats:
        best = max(waiting, key=lambda pick: pick.strength - repeats.get(pick.product.product_id, 0.0))
    else:
        best = waiting[0]
    if (margin := _margin(best.product)) is None:
        return best
    least = best.strength - repeats.get(best.product.product_id, 0.0) - AS_GOOD_AS
    for pick in waiting:
        if pick.strength < least:
            break
        other = _margin(pick.product)
        good = pick.rung == best.rung and pick.strength - repeats.get(pick.product.product_id, 0.0) >= least
        if other is not None and good and other > margin:
            best, margin = pick, other
    return best


def _margin(product: Product) -> float | None:
    """The share of today's price that is left above cost; None where either is not known."""
    price = product.price_now
    return None if product.cost is None or not price else (price - product.cost) / price


def _note(
    repeats: dict[str, float], waiting: Sequence[Pick], shown: Product, weight: float, alike: Alike
) -> None:
    """Remember for those that wait how much of them this product has already shown."""
    if not weight or not waiting:
        return
    near = alike(shown.product_id)
    for pick in waiting:
        product = pick.product
        likeness = near.get(product.product_id, 0.0)
        if not near and product.category and product.category == shown.category:
            likeness = SAME_CATEGORY
        if weight * likeness > repeats.get(product.product_id, 0.0):
            repeats[product.product_id] = weight * likeness


class _Room:
    """How many of each brand and category may still come."""

    def __init__(self, diversity: Diversity, size: int) -> None:
        half = max(LEAST_OF_A_KIND, -(-size // 2))
        self._of_brand = half if diversity.per_brand == HALF else diversity.per_brand
        self._of_category = half if diversity.per_category == HALF else diversity.per_category
        self._brands: Counter[str] = Counter()
        self._categories: Counter[tuple[str, ...]] = Counter()

    def has(self, product: Product) -> bool:
        """Whether one more of this brand and category fits."""
        brand = (product.brand or "").casefold()
        if self._of_brand is not None and brand and self._brands[brand] >= self._of_brand:
            return False
        if self._of_category is not None and product.category:
            return self._categories[product.path] < self._of_category
        return True

    def take(self, product: Product) -> None:
        """Count one."""
        if product.brand:
            self._brands[product.brand.casefold()] += 1
        if product.category:
            self._categories[product.path] += 1
