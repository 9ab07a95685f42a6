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
    waiting = _Waiting(picks)
    room = _Room(diversity, limit + len(standing)) if diversity else None
    weight = diversity.weight if diversity else 0.0
    for product in standing if room else ():
        waiting.note(product, weight, alike)
    if room is not None:
        room.take(*standing)
    shelf: list[Pick] = []
    held_back: list[Pick] = []
    while waiting and len(shelf) < limit:
        best = waiting.best()
        if room is not None:
            if not room.has(best.product):
                held_back.append(best)
                continue
            room.take(best.product)
        shelf.append(best)
        if len(shelf) < limit:
            waiting.note(best.product, weight, alike)
    return shelf + held_back[: limit - len(shelf)]


class _Waiting:
    """The picks that have no place yet, the strongest first, with what each has lost to those before it."""

    def __init__(self, picks: Sequence[Pick]) -> None:
        self._picks = sorted(picks, key=lambda pick: -pick.strength)
        self._lost = [0.0] * len(picks)
        self._left = [pick.strength for pick in self._picks]

    def __len__(self) -> int:
        return len(self._picks)

    def best(self) -> Pick:
        """Take out the best; among those as good as it, of its rung and of known margin, the best margin."""
        place = self._left.index(max(self._left))
        if (margin := _margin(self._picks[place].product)) is not None:
            place = self._of_best_margin(place, margin)
        del self._left[place], self._lost[place]
        return self._picks.pop(place)

    def _of_best_margin(self, best: int, margin: float) -> int:
        least, rung = self._left[best] - AS_GOOD_AS, self._picks[best].rung
        for place, pick in enumerate(self._picks):
            if pick.strength < least:
                break
            other = _margin(pick.product)
            if other is not None and other > margin and pick.rung == rung and self._left[place] >= least:
                best, margin = place, other
        return best

    def note(self, shown: Product, weight: float, alike: Alike) -> None:
        """Remember how much of each this product has already shown."""
        if not weight or not self._picks:
            return
        near = alike(shown.product_id)
        for place, pick in enumerate(self._picks):
            likeness = near.get(pick.product.product_id, 0.0)
            if not near and pick.product.category and pick.product.category == shown.category:
                likeness = SAME_CATEGORY
            if (loss := weight * likeness) > self._lost[place]:
                self._left[place] -= loss - self._lost[place]
                self._lost[place] = loss


def _margin(product: Product) -> float | None:
    """The share of today's price that is left above cost; None where either is not known."""
    price = product.price_now
    return None if product.cost is None or not price else (price - product.cost) / price


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

    def take(self, *products: Product) -> None:
        """Count these."""
        for product in products:
            if product.brand:
                self._brands[product.brand.casefold()] += 1
            if product.category:
                self._categories[product.path] += 1
