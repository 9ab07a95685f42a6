"""The contexts of a shop, learned from what is bought together and soon after one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.cards import Cards
from recommender.contexts.company import DAY, Spells, bounded, company, spells
from recommender.contexts.entering import (
    ENTERED_BY,
    FRESH_HALF_LIFE_DAYS,
    LATELY_DAYS,
    MOST_LEARNED_FROM,
    TERMS,
    UNTAUGHT,
    Market,
    entered,
    telling_columns,
    terms,
    weights_of,
)
from recommender.contexts.factors import factors, steadiest
from recommender.contexts.identity import Former, numbered
from recommender.estimator import Part
from recommender.interactions import GUEST, Interactions, OrderLines

TELLING = 10  # so many products tell what a context is
LISTED = 40
# A context is around what belongs to it so much, and keeps its telling products so much company.
BELONGS, COMPANY = 0.15, 0.25
LEAST_FIT = 0.05  # of the strongest product's; what belongs less does not belong
LEAST_LISTED = 4  # fewer products are a pair and its company, not a context
SLICE_DAYS = 90.0


@dataclass(frozen=True)
class Entry:
    """One context that a shopper may enter next: its number, how much speaks for it (log-odds, up to a
    constant), and which of what is owned belongs to it (product rows, most telling first).
    """

    id: int
    score: float
    owned: tuple[int, ...]


@dataclass(frozen=True)
class _Found:
    """Contexts over some history: weights (contexts by items), calls (items by contexts), telling items."""

    weights: np.ndarray
    calls: np.ndarray
    telling: np.ndarray


class Contexts(Part):
    """What products are used for together; a product may belong to several contexts.

    ``ids_`` (contexts,) int64 number the contexts and outlive retraining, ``next_`` (1,) is the next free.
    ``fits_`` (n, contexts) float32 is how much each product belongs to each, 1 the most; ``calls_`` the same
    shape how much company it keeps with a context's telling products, 1 for as much as they keep one another.
    ``face_`` (n,) int32 is the row that stands for each product's group of variants. ``listed_``
    (contexts, 40) int32 are the rows of the products of each, most telling first, one for each group of
    variants, -1 where there are fewer; the first ten of them tell what it is. ``people_`` int32 is how many
    shoppers have at least two of those, ``entered_`` and ``lately_`` (float32) what ``Market`` says,
    ``weights_`` float32 what each of ``TERMS`` counts, ``lessons_`` (1,) how many shoppers taught that.

    At most ``most_lines`` order lines are read, of whole shoppers, and ``most_products`` products compared
    with one another; the others are placed among the contexts that these make.
    """

    COLUMNS = {
        "ids_": (-1,),
        "next_": (1,),
        "fits_": ("n", -1),
        "calls_": ("n", -1),
        "face_": ("n",),
        "listed_": (-1, LISTED),
        "people_": (-1,),
        "entered_": (-1,),
        "lately_": (-1,),
        "weights_": (len(TERMS),),
        "lessons_": (1,),
    }

    def __init__(
        self,
        counts: tuple[int, ...] = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48),
        days: float = 7.0,
        most_in_spell: int = 100,
        least_meetings: float = 3.0,
        doubt: float = 5.0,
        most_lines: int = 2_000_000,
        most_products: int = 5_000,
        most_company: int = 150,
        seed: int = 0,
    ) -> None:
        self.counts = counts
        self.days = days
        self.most_in_spell = most_in_spell
        self.least_meetings = least_meetings
        self.doubt = doubt
        self.most_lines = most_lines
        self.most_products = most_products
        self.most_company = most_company
        self.seed = seed

    def fit(
        self, interactions: Interactions, cards: Cards, *, as_of: float, former: Former | None = None
    ) -> Self:
        """The part itself; contexts of ``former`` that are found again keep their numbers."""
        with threadpool_limits(1):
            return self._fit(interactions.before(as_of), cards, as_of, former)

    def _fit(self, past: Interactions, cards: Cards, as_of: float, former: Former | None) -> Self:
        item = cards.over(past.product_ids).groups().astype(np.int64)
        items = int(item.max()) + 1 if len(item) else 0
        lines, party, every = bounded(past, self.most_lines)
        what = item[lines.product]
        count, found = self._found(lines, party, what, items)
        self._learn_weights(lines, party, what, items, as_of, count)
        face = _faces(lines, item, items)
        self.fits_ = np.ascontiguousarray(found.weights.T[item])
        self.calls_ = np.ascontiguousarray(found.calls[item])
        self.ids_, following = numbered(_of_faces(found.weights, face, len(item)), past.product_ids, former)
        self.next_ = np.array([following], np.int64)
        self.face_ = face[item].astype(np.int32)
        self.listed_ = _listed(found.weights, face)
        market = _market(lines, what, items, found.telling, as_of)
        self.people_ = (market.people * every).astype(np.int32)
        self.entered_, self.lately_ = market.entered, market.lately
        return self

    @property
    def count(self) -> int:
        """How many contexts there are."""
        return len(self.ids_)

    def former(self, product_ids: tuple[str, ...]) -> Former:
        """What the next training needs to know these contexts again; ``product_ids`` name the rows."""
        return Former(product_ids, np.asarray(self.ids_), np.asarray(self.fits_), int(self.next_[0]))

    def products(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows of the products of the context at this place, most telling first, and how much each
        belongs to it.
        """
        rows = self.listed_[place]
        rows = rows[rows >= 0]
        return rows, self.fits_[rows, place]

    def entries(self, rows: np.ndarray, ages: np.ndarray) -> list[Entry]:
        """The contexts around what somebody owns which they have not entered, the likeliest next one first.

        ``rows`` are what is owned, one of each group of variants, ``ages`` how many days ago it was bought
        last. A context is around what is owned when something owned belongs to it and keeps company with its
        telling products, a quarter as much at least as they do one another; it is entered with two of them.
        """
        if not len(rows) or not self.count:
            return []
        fresh = 0.5 ** (np.maximum(ages, 0.0) / FRESH_HALF_LIFE_DAYS)
        fits, calls = np.asarray(self.fits_[rows]), np.asarray(self.calls_[rows])
        market = Market(self.entered_, self.people_, self.lately_)
        told = terms(fits.sum(axis=0), fresh @ fits, calls.sum(axis=0), market)
        score = told @ self.weights_
        matter = np.where((fits >= BELONGS) & (calls >= COMPANY), calls, 0.0)
        there = self._telling_owned(rows) >= ENTERED_BY
        found = []
        for place in np.argsort(-score, kind="stable").tolist():
            if not there[place] and matter[:, place].any():
                ranked = np.argsort(-matter[:, place], kind="stable")
                owned = tuple(rows[ranked[matter[ranked, place] > 0]].tolist())
                found.append(Entry(int(self.ids_[place]), float(score[place]), owned))
        return found

    def entered_by(self, rows: np.ndarray) -> list[int]:
        """The numbers of the contexts that somebody who owns these rows has entered."""
        return self.ids_[self._telling_owned(rows) >= ENTERED_BY].tolist()

    def _telling_owned(self, rows: np.ndarray) -> np.ndarray:
        """How many of the telling products of each context are owned, in any variant (int64)."""
        return np.isin(self.listed_[:, :TELLING], np.unique(self.face_[rows])).sum(axis=1)

    def fault(self, products: int) -> tuple[str, str] | None:
        wrong = super().fault(products)
        if wrong is not None:
            return wrong
        for name in ("fits_", "calls_"):
            if getattr(self, name).shape[1] != self.count:
                return name.rstrip("_"), "it is of another number of contexts"
        for name in ("listed_", "people_", "entered_", "lately_"):
            if len(getattr(self, name)) != self.count:
                return name.rstrip("_"), "it is of another number of contexts"
        if products and (self.face_.min() < 0 or self.face_.max() >= products):
            return "face", "a row is of no product"
        if self.listed_.size and (self.listed_.min() < -1 or self.listed_.max() >= products):
            return "listed", "a row is of no product"
        if len(np.unique(self.ids_)) != self.count or (self.count and self.ids_.max() >= self.next_[0]):
            return "ids", "a number is given twice, or not given yet"
        return None

    def _found(
        self, lines: OrderLines, party: np.ndarray, what: np.ndarray, items: int, count: int | None = None
    ) -> tuple[int, _Found]:
        """The contexts of a history, as many as ``count`` or as its two halves agree on."""
        bought = spells(lines, party, what, items, days=self.days, most=self.most_in_spell)
        often = np.argsort(-np.bincount(bought.held.indices, minlength=items), kind="stable")
        compared = np.sort(often[: self.most_products])
        if count is None:
            count = self._steadiest(bought, compared)
        near = self._company(bought.held)
        others = np.setdiff1d(np.arange(items), compared)
        placed = np.concatenate([compared, others]).astype(np.int64)
        core = sparse.csr_matrix(near[compared][:, compared])
        found = factors(core, count, sparse.csr_matrix(near[others][:, compared]) if len(others) else None)
        weights = np.zeros((len(found), items), np.float32)
        weights[:, placed] = found
        weights[weights < LEAST_FIT] = 0.0
        weights = weights[(weights > 0).sum(axis=1) >= LEAST_LISTED]
        telling = _first(weights, TELLING)
        return count, _Found(weights, _calls(near, telling, items), telling)

    def _steadiest(self, bought: Spells, compared: np.ndarray) -> int:
        parties, whose = np.unique(bought.party, return_inverse=True)
        one = (np.random.default_rng(self.seed).random(len(parties)) < 0.5)[whose]
        halves = [self._company(bought.of(each), 2 / 3)[compared][:, compared] for each in (one, ~one)]
        sensible = [each for each in self.counts if each * LEAST_LISTED <= len(compared)] or [1]
        return steadiest([sparse.csr_matrix(half) for half in halves], sensible)

    def _company(self, held: sparse.csr_matrix, share: float = 1.0) -> sparse.csr_matrix:
        least = self.least_meetings * share
        return company(held, least=least, doubt=self.doubt, most=self.most_company)

    def _learn_weights(
        self, lines: OrderLines, party: np.ndarray, what: np.ndarray, items: int, as_of: float, count: int
    ) -> None:
        """Learns what speaks for entering a context from what was entered in the last months, with the
        contexts as they were before.
        """
        self.weights_, self.lessons_ = UNTAUGHT, np.zeros(1, np.int64)
        if not len(lines):
            return
        since = as_of - min(SLICE_DAYS * DAY, (as_of - float(lines.time[0])) / 4)
        before = lines.time < since
        _, found = self._found(lines.where(before), party[before], what[before], items, count)
        if not len(found.weights):
            return
        whose = np.unique(lines.shopper[before & (lines.shopper != GUEST)])
        whose = whose[:: max(1, -(-len(whose) // MOST_LEARNED_FROM))]
        had, fresh = _owned(lines, what, items, before, whose, since)
        later, _ = _owned(lines, what, items, ~before, whose, since)
        new = later - later.multiply(had)
        new.eliminate_zeros()
        telling = telling_columns(found.telling, items)
        open_ = ~entered(had, telling)
        right = entered(sparse.csr_matrix(new), telling) & open_
        market = _market(lines.where(before), what[before], items, found.telling, since)
        fits = found.weights.T
        told = terms(had @ fits, fresh @ fits, had @ found.calls, market)
        self.weights_, lessons = weights_of(told, open_, right)
        self.lessons_ = np.array([lessons], np.int64)


def _calls(near: sparse.csr_matrix, telling: np.ndarray, items: int) -> np.ndarray:
    """How much company each item keeps with each context's telling items, 1 for as much as these keep one
    another on the mean (items by contexts, float32).
    """
    columns = telling_columns(telling, items)
    found = (near @ columns).toarray()
    size = np.maximum(np.asarray(columns.sum(axis=0)).ravel(), 1.0)
    usual = np.asarray(columns.multiply(found).sum(axis=0)).ravel() / size
    return (found / np.maximum(usual, 1e-9)).astype(np.float32)


def _owned(
    lines: OrderLines, what: np.ndarray, items: int, wanted: np.ndarray, whose: np.ndarray, now: float
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """What these shoppers (sorted rows) bought in the wanted lines, 1 each, and what age has left of it."""
    place = np.searchsorted(whose, lines.shopper[wanted])
    place = np.minimum(place, max(0, len(whose) - 1))
    mine = whose[place] == lines.shopper[wanted] if len(whose) else np.zeros(len(place), bool)
    row, item, time = place[mine], what[wanted][mine], lines.time[wanted][mine]
    newest = np.lexsort((-time, item, row))
    row, item, time = row[newest], item[newest], time[newest]
    first = np.ones(len(row), bool)
    first[1:] = (np.diff(row) != 0) | (np.diff(item) != 0)
    row, item, time = row[first], item[first], time[first]
    shape = (len(whose), items)
    left = 0.5 ** (np.maximum(now - time, 0.0) / DAY / FRESH_HALF_LIFE_DAYS)
    own = sparse.csr_matrix((np.ones(len(row)), (row, item)), shape=shape)
    return own, sparse.csr_matrix((left, (row, item)), shape=shape)


def _market(lines: OrderLines, what: np.ndarray, items: int, telling: np.ndarray, now: float) -> Market:
    columns = telling_columns(telling, items)
    known = lines.shopper != GUEST
    whose = np.unique(lines.shopper[known])
    own, _ = _owned(lines, what, items, known, whose, now)
    had, _ = _owned(lines, what, items, known & (lines.time < now - LATELY_DAYS * DAY), whose, now)
    in_it = entered(own, columns)
    return Market(
        entered=(in_it.sum(axis=0) / max(1, len(whose))).astype(np.float32),
        people=in_it.sum(axis=0),
        lately=(in_it & ~entered(had, columns)).sum(axis=0).astype(np.float32),
    )


def _first(weights: np.ndarray, most: int) -> np.ndarray:
    """The strongest items of each context, -1 where there are fewer (int64)."""
    found = np.full((len(weights), most), -1, np.int64)
    ranked = np.argsort(-weights, axis=1, kind="stable")[:, :most]
    held = np.take_along_axis(weights, ranked, axis=1) > 0
    found[:, : ranked.shape[1]] = np.where(held, ranked, -1)
    return found


def _faces(lines: OrderLines, item: np.ndarray, items: int) -> np.ndarray:
    """The product row that stands for each item: of its variants the one bought most often."""
    often = np.bincount(lines.product, minlength=len(item))
    ranked = np.lexsort((np.arange(len(item)), -often, item))
    return ranked[np.searchsorted(item[ranked], np.arange(items))]


def _listed(weights: np.ndarray, face: np.ndarray) -> np.ndarray:
    first = _first(weights, LISTED)
    rows = face[np.maximum(first, 0)] if len(face) else first
    return np.where(first >= 0, rows, -1).astype(np.int32)


def _of_faces(weights: np.ndarray, face: np.ndarray, products: int) -> np.ndarray:
    """Contexts by product rows, each item's weight at the row that stands for it."""
    found = np.zeros((len(weights), products), np.float32)
    found[:, face] = weights
    return found
