"""How surely each shopper likes each product, from all that was done with it.

A purchase says most, whatever became of it later if it was wanted; what lay in the basket or on the wish list
says less, a look little, and what was waved away or sent back as not liked says nothing for it. One shopper
is one row, so no number of events makes a louder voice than one row has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recommender.interactions import GUEST, MOST_PRODUCTS_IN_AN_ORDER, Interactions
from recommender.signs import DISMISSALS, RETURN_REASONS, SIGNS

DAY = 86400.0
MOST_PRODUCTS_OF_A_SHOPPER = 4 * MOST_PRODUCTS_IN_AN_ORDER

#: How sure each sign is beside one purchase, which counts 1. Chosen on validation (docs/learning.md).
CARTED, WISHED, LOOKED, HAD = 0.5, 0.5, 0.3, 0.5
#: Looks, carts and wishes fade by half in so many days.
FADING_DAYS = 180.0


@dataclass(frozen=True)
class Pairs:
    """The pairs of shopper and product in a history, each once.

    ``key`` (int64) rises; ``shape`` is that of the matrix they lie in.
    """

    key: np.ndarray
    shape: tuple[int, int]

    def sums(self, shopper: np.ndarray, product: np.ndarray, amount: np.ndarray) -> np.ndarray:
        """The amounts added up for each pair (float64); rows of no pair are left out."""
        placed, amount = self._placed(shopper, product, amount)
        return np.bincount(placed, amount, len(self.key)).astype(np.float64)

    def last(self, shopper: np.ndarray, product: np.ndarray, time: np.ndarray) -> np.ndarray:
        """The newest moment for each pair, minus infinity where there is none."""
        place, time = self._placed(shopper, product, time)
        newest = np.full(len(self.key), -np.inf)
        np.maximum.at(newest, place, time)
        return newest

    def _placed(
        self, shopper: np.ndarray, product: np.ndarray, value: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        key = key_of(shopper, product, self.shape[1])
        place = np.searchsorted(self.key, key)
        met = place < len(self.key)
        met[met] = self.key[place[met]] == key[met]
        return place[met], value[met]

    def matrix(self, value: np.ndarray) -> sparse.csr_matrix:
        """Shoppers by products, the pairs' values above 0 (float32)."""
        said = value > 0
        rows, columns = np.divmod(self.key[said], max(1, self.shape[1]))
        starts = np.searchsorted(rows, np.arange(self.shape[0] + 1))  # the keys rise, and so the rows
        places = (value[said].astype(np.float32), columns.astype(np.int32), starts)
        return sparse.csr_matrix(places, shape=self.shape)


def key_of(shopper: np.ndarray, product: np.ndarray, products: int) -> np.ndarray:
    """One number (int64) for each pair."""
    return shopper.astype(np.int64) * max(1, products) + product


def liking(interactions: Interactions, *, as_of: float, for_good: float = 1.0) -> sparse.csr_matrix:
    """Shoppers by products, how surely each is liked at ``as_of`` (float32); 1 + ln(orders) where bought.

    What was bought fades too, down to ``for_good`` (0 to 1) of what it said. Guests have no row. Shoppers
    with more products than a person deals with are left empty. Time stands still after the newest purchase
    or look, so that a shop that was closed for a year knows what it knew.
    """
    as_of = min(as_of, _newest_moment(interactions))
    deeds = interactions.once("deeds", lambda: Deeds.of(interactions))
    pairs, orders = deeds.pairs, deeds.orders
    sure = 1.0 + np.log(np.maximum(orders, 1.0))
    if for_good != 1.0:
        fresh = for_good + (1.0 - for_good) * _fading(as_of, interactions.orders.time[deeds.bought])
        sure *= np.bincount(deeds.place, fresh, len(orders)) / np.maximum(orders, 1.0)
    if orders.min(initial=1.0) < 1.0:
        sure = np.where(orders >= 1.0, sure, _hinted(pairs, interactions, as_of))
    if len(interactions.dismissals) or len(interactions.returns):
        sure[_refused(pairs, interactions)] = 0.0
    matrix = pairs.matrix(sure)
    sizes = np.diff(matrix.indptr)
    if sizes.max(initial=0) > MOST_PRODUCTS_OF_A_SHOPPER:
        matrix.data *= np.repeat(sizes <= MOST_PRODUCTS_OF_A_SHOPPER, sizes)
        matrix.eliminate_zeros()
    return matrix


@dataclass(frozen=True)
class Deeds:
    """All pairs that a history names, and its purchases among them.

    ``bought`` (bool) tells which order lines are a known shopper's, ``place`` the pair of each of those, and
    ``orders`` (float64) how many such lines each pair has.
    """

    pairs: Pairs
    bought: np.ndarray
    place: np.ndarray
    orders: np.ndarray

    @classmethod
    def of(cls, interactions: Interactions) -> Deeds:
        """The pairs of purchases, known visitors' looks, signs and dismissals."""
        lines, views = interactions.orders, interactions.views
        signs, waved = interactions.signs, interactions.dismissals
        shape = (len(interactions.shopper_ids), interactions.product_count)
        bought, looked = lines.shopper != GUEST, views.shopper != GUEST
        told = [
            key_of(lines.shopper[bought], lines.product[bought], shape[1]),
            key_of(views.shopper[looked], views.product[looked], shape[1]),
            key_of(signs.shopper, signs.product, shape[1]),
            key_of(waved.shopper, waved.product, shape[1]),
        ]
        key, place = np.unique(np.concatenate(told), return_inverse=True)
        place = place[: len(told[0])].astype(np.int32 if len(key) < 2**31 else np.int64)
        return cls(
            Pairs(key, shape), bought, place, np.bincount(place, minlength=len(key)).astype(np.float64)
        )


def _hinted(pairs: Pairs, interactions: Interactions, as_of: float) -> np.ndarray:
    """What looks, carts and wishes say of each pair, the strongest of them, less for what was passed over."""
    views, signs = interactions.views, interactions.signs
    looked = views.shopper != GUEST
    fade = _fading(as_of, views.time[looked])
    hint = LOOKED * np.log1p(pairs.sums(views.shopper[looked], views.product[looked], fade)) / np.log(2.0)
    for told, untold, weight in (("carted", "uncarted", CARTED), ("wished", "unwished", WISHED)):
        since, until = _newest(pairs, interactions, told), _newest(pairs, interactions, untold)
        held = since > until
        lately = _fading(as_of, np.where(held, since, as_of))
        hint = np.maximum(hint, np.where(held, weight * lately, 0.0))
    passed = signs.kind == SIGNS.index("ignored")
    over = pairs.sums(signs.shopper[passed], signs.product[passed], signs.amount[passed])
    had = interactions.dismissals.reason == DISMISSALS.index("have_it")
    owned = pairs.sums(
        interactions.dismissals.shopper[had], interactions.dismissals.product[had], np.ones(int(had.sum()))
    )
    return np.where(owned > 0, np.maximum(hint, HAD), hint / (1.0 + over))


def _fading(as_of: float, time: np.ndarray) -> np.ndarray:
    """What is left of something said then (0 to 1)."""
    return np.exp2(-np.maximum(as_of - time, 0.0) / (DAY * FADING_DAYS))


def _newest_moment(interactions: Interactions) -> float:
    tables = (interactions.orders.time, interactions.views.time, interactions.signs.time)
    return max((float(time.max()) for time in tables if len(time)), default=0.0)


def _newest(pairs: Pairs, interactions: Interactions, kind: str) -> np.ndarray:
    signs = interactions.signs
    told = signs.of(kind)
    return pairs.last(signs.shopper[told], signs.product[told], signs.time[told])


def _refused(pairs: Pairs, interactions: Interactions) -> np.ndarray:
    """Which pairs were waved away for good or sent back as not liked, and not bought again since (bool)."""
    waved, back, lines = interactions.dismissals, interactions.returns, interactions.orders
    away = np.isin(waved.reason, [DISMISSALS.index("not_for_me"), DISMISSALS.index("never")])
    away &= waved.shopper != GUEST
    unloved = (back.reason == RETURN_REASONS.index("not_liked")) & (back.shopper != GUEST)
    said = np.maximum(
        pairs.last(waved.shopper[away], waved.product[away], waved.time[away]),
        pairs.last(back.shopper[unloved], back.product[unloved], back.time[unloved]),
    )
    bought = lines.shopper != GUEST
    return said > pairs.last(lines.shopper[bought], lines.product[bought], lines.time[bought])
