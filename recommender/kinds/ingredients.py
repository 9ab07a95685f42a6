"""Columns that several kinds of question share, each written into a question's terms in one way."""

from __future__ import annotations

import numpy as np

from recommender.asked import Asked
from recommender.blending.terms import Terms
from recommender.lists import Entries, ItemLists
from recommender.parts import Parts
from recommender.profile import Profile
from recommender.runs import DAY

#: Each column, and the reason it gives when it weighs most.
TOGETHER = {"together": "bought_together", "together_log": "bought_together"}
ALIKE = {"alike": "like_this", "alike_most": "like_this"}
TASTE = {"neighbours_log": "taste", "neighbours_lately": "taste", "factors": "taste"}
PAST = dict.fromkeys(("times", "before", "lately", "just_now"), "bought_before")
SALES = dict.fromkeys(("sold_7", "sold_28", "sold_90", "sold_ever"), "trending")

#: Where a logarithm starts: what a candidate without any such evidence gets.
TOGETHER_FLOOR, NEIGHBOURS_FLOOR = 0.003, 0.01
FACTORS_OVER_ALL_UP_TO = 20_000
CANDIDATES_BY_FACTORS = 100


def put_together(terms: Terms, lists: ItemLists, entries: Entries, context: np.ndarray) -> None:
    """What was bought in one order with the products in hand."""
    total = terms.total("bought_together", lists, entries, context, np.ones(len(context)))
    terms.put("together", total)
    terms.put("together_log", np.log((total + TOGETHER_FLOOR) / TOGETHER_FLOOR))


def put_neighbours(terms: Terms, lists: ItemLists, entries: Entries, profile: Profile) -> None:
    """What buyers of the same products also bought, at any time and lately."""
    lately = terms.total("taste", lists, entries, profile.rows, profile.lately)
    ever = terms.total("taste", lists, entries, profile.rows, profile.weights)
    terms.put("neighbours_lately", lately)
    terms.put("neighbours_log", np.log((ever + NEIGHBOURS_FLOOR) / NEIGHBOURS_FLOOR))


def put_alike(terms: Terms, parts: Parts, sources: np.ndarray, weights: np.ndarray) -> None:
    """What reads like these products, in all and by the one most alike."""
    lists = parts.likeness.alike_
    total = terms.total("like_this", lists, lists.of(sources), sources, weights)
    evidence = terms.evidence["like_this"]
    most = np.zeros(len(terms))
    np.maximum.at(most, evidence.slot, evidence.amount)
    terms.put("alike", total / np.sqrt(max(len(sources), 1)))
    terms.put("alike_most", most)


def put_past(terms: Terms, asked: Asked) -> None:
    """What the shopper bought before: how often, and how lately."""
    own = asked.own
    slot = terms.slot_of[own.rows]
    met = slot >= 0
    slot, age = slot[met], own.age[met]
    terms.put_at("times", slot, np.log1p(own.times[met]))
    terms.put_at("before", slot, np.ones(len(slot)))
    terms.put_at("lately", slot, np.exp(-age / 60.0))
    terms.put_at("just_now", slot, np.exp(-age / 7.0))


def put_due(terms: Terms, parts: Parts, asked: Asked) -> None:
    """How much now is the time for what was bought before, and how far it is too soon."""
    runs = parts.rhythm.runs(asked.purchases)
    if not len(runs):
        return
    runs = runs.where(runs.newest)
    step = float(parts.rhythm.step_[0])
    now = float(runs.time.max()) + step * DAY if step else asked.now
    slot = terms.slot_of[runs.product]
    met = slot >= 0
    runs, slot = runs.where(met), slot[met]
    expected, age = parts.rhythm.expect(runs), np.maximum(now - runs.time, 0.0) / DAY
    terms.put_at("due", slot, expected.dueness(age))
    terms.put_at("too_soon", slot, expected.earliness(age))


def put_sales(terms: Terms, parts: Parts) -> None:
    """What sold in the last 7, 28 and 90 days and ever."""
    sales = parts.trending.sales_[terms.rows]
    for column, name in enumerate(SALES):
        terms.put(name, sales[:, column])


def near_by_factors(parts: Parts, likes: np.ndarray) -> np.ndarray:
    """The products nearest by factors, where looking at all of them is still cheap."""
    if parts.products > FACTORS_OVER_ALL_UP_TO or parts.products <= CANDIDATES_BY_FACTORS:
        return np.zeros(0, np.int64)
    near = parts.tastes.factors_ @ likes
    return np.argpartition(-near, CANDIDATES_BY_FACTORS)[:CANDIDATES_BY_FACTORS]
