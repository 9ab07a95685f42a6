"""The terms of a score: for one question the products worth weighing, and what speaks for each.

Everything is read from short lists of the products in hand and in the shopper's past, so the work grows
with the question and not with the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from recommender.asked import Asked
from recommender.lists import Entries, ItemLists
from recommender.parts import Parts
from recommender.profile import Profile

#: Every column of a score, and the reason it gives when it weighs most.
COLUMNS: dict[str, str] = {
    "together": "bought_together",
    "together_log": "bought_together",
    "alike": "like_this",
    "alike_most": "like_this",
    "neighbours_log": "taste",
    "neighbours_lately": "taste",
    "factors": "taste",
    "times": "bought_before",
    "before": "bought_before",
    "lately": "bought_before",
    "just_now": "bought_before",
    "due": "due_again",
    "sold_7": "trending",
    "sold_28": "trending",
    "sold_90": "trending",
    "sold_ever": "trending",
}
INDEX = {name: row for row, name in enumerate(COLUMNS)}
SALES = ("sold_7", "sold_28", "sold_90", "sold_ever")
#: Where a logarithm starts: what a candidate without any such evidence gets.
TOGETHER_FLOOR, NEIGHBOURS_FLOOR = 0.003, 0.01

MOST_ALIKE_SOURCES = 60
LEAST_BY_FACTORS = 0.02
FACTORS_OVER_ALL_UP_TO = 20_000
CANDIDATES_BY_FACTORS = 100
CANDIDATES_BY_SALES = 100


@dataclass(frozen=True, slots=True)
class Evidence:
    """The list entries behind one term: for each the candidate it speaks for, how much, and from which
    product.
    """

    lists: ItemLists
    slot: np.ndarray
    amount: np.ndarray
    source: np.ndarray
    position: np.ndarray

    def strongest(self, slot: int) -> tuple[int, int] | None:
        """The product that says most for this candidate and how many shoppers stand behind it; None if none
        does.
        """
        mine = np.flatnonzero(self.slot == slot)
        if not len(mine):
            return None
        best = mine[np.argmax(self.amount[mine])]
        return int(self.source[best]), int(self.lists.counts[self.position[best]])


@dataclass(slots=True)
class Terms:
    """Candidates (product rows) and what speaks for them: ``values`` is float64 of (columns, candidates)."""

    rows: np.ndarray
    slot_of: np.ndarray
    values: np.ndarray
    evidence: dict[str, Evidence] = field(default_factory=dict)

    @classmethod
    def over(cls, products: int, named: list[np.ndarray], excluded: np.ndarray) -> Terms:
        """Empty terms for each named row once, in the order met, without the excluded ones."""
        rows = np.concatenate([*named, np.zeros(0, np.int64)]).astype(np.int64)
        slot_of = np.full(products, -1, np.int64)
        mention = np.arange(len(rows))
        slot_of[rows] = mention
        last = slot_of[rows] == mention
        slot_of[excluded] = -1
        kept = rows[last & (slot_of[rows] >= 0)]
        slot_of[rows] = -1
        slot_of[kept] = np.arange(len(kept))
        return cls(kept, slot_of, np.zeros((len(COLUMNS), len(kept))))

    def __len__(self) -> int:
        return len(self.rows)

    def put(self, name: str, value: np.ndarray) -> None:
        """Sets one column."""
        self.values[INDEX[name]] = value

    def total(
        self, code: str, lists: ItemLists, entries: Entries, sources: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """The weighed sum of list entries for each candidate; what made it is kept as evidence."""
        slot = self.slot_of[entries.product]
        kept = np.flatnonzero(slot >= 0)
        slot, source = slot[kept], entries.source[kept]
        amount = entries.score[kept] * weights[source]
        self.evidence[code] = Evidence(lists, slot, amount, sources[source], entries.position[kept])
        return np.bincount(slot, amount, len(self.rows))


def terms_of_complements(parts: Parts, asked: Asked, context: np.ndarray, excluded: np.ndarray) -> Terms:
    """What may join the products in hand: bought with them, told apart by words, sales and the shopper's
    past.
    """
    lists = parts.complements.together_
    entries = lists.of(context)
    terms = Terms.over(parts.products, [entries.product], excluded)
    _put_together(terms, lists, entries, context)
    _put_alike(terms, parts, context, np.ones(len(context)))
    _put_past(terms, asked)
    _put_sales(terms, parts)
    return terms


def terms_of_tastes(parts: Parts, profile: Profile, excluded: np.ndarray) -> Terms:
    """What may suit the shopper: what others of the same taste bought, what is alike, what sells."""
    lists = parts.tastes.neighbours_
    entries = lists.of(profile.rows)
    likes = parts.tastes.fold_in(profile.rows, profile.liking)
    terms = Terms.over(
        parts.products,
        [entries.product, _by_factors(parts, likes), parts.trending.sellers_[:CANDIDATES_BY_SALES]],
        excluded,
    )
    _put_neighbours(terms, lists, entries, profile)
    terms.put("factors", parts.tastes.factors_[terms.rows] @ likes)
    _put_alike(terms, parts, profile.rows[:MOST_ALIKE_SOURCES], profile.weights[:MOST_ALIKE_SOURCES])
    _put_sales(terms, parts)
    return terms


def known_to_suit(terms: Terms) -> np.ndarray:
    """Which candidates the shopper's taste, past or basket speaks for at all, beyond what sells to
    everybody (bool).
    """
    columns = ("neighbours_log", "alike", "together_log", "before")
    spoken = np.any([terms.values[INDEX[name]] > 0.0 for name in columns], axis=0)
    return np.asarray(spoken | (terms.values[INDEX["factors"]] > LEAST_BY_FACTORS))


def terms_of_next_basket(
    parts: Parts, asked: Asked, profile: Profile, context: np.ndarray, excluded: np.ndarray
) -> Terms:
    """What the shopper buys next: repeats with their rhythm, what suits, and what goes with what is in
    hand.
    """
    neighbours, together = parts.tastes.neighbours_, parts.complements.together_
    near, joined = neighbours.of(profile.rows), together.of(context)
    likes = parts.tastes.fold_in(profile.rows, profile.liking)
    terms = Terms.over(
        parts.products,
        [asked.own.rows, near.product, joined.product, parts.trending.sellers_[:CANDIDATES_BY_SALES]],
        excluded,
    )
    _put_neighbours(terms, neighbours, near, profile)
    _put_together(terms, together, joined, context)
    terms.put("factors", parts.tastes.factors_[terms.rows] @ likes)
    _put_past(terms, asked)
    _put_due(terms, parts, asked)
    _put_sales(terms, parts)
    return terms


def _put_together(terms: Terms, lists: ItemLists, entries: Entries, context: np.ndarray) -> None:
    total = terms.total("bought_together", lists, entries, context, np.ones(len(context)))
    terms.put("together", total)
    terms.put("together_log", np.log((total + TOGETHER_FLOOR) / TOGETHER_FLOOR))


def _put_neighbours(terms: Terms, lists: ItemLists, entries: Entries, profile: Profile) -> None:
    lately = terms.total("taste", lists, entries, profile.rows, profile.lately)
    ever = terms.total("taste", lists, entries, profile.rows, profile.weights)
    terms.put("neighbours_lately", lately)
    terms.put("neighbours_log", np.log((ever + NEIGHBOURS_FLOOR) / NEIGHBOURS_FLOOR))


def _put_alike(terms: Terms, parts: Parts, sources: np.ndarray, weights: np.ndarray) -> None:
    lists = parts.likeness.alike_
    total = terms.total("like_this", lists, lists.of(sources), sources, weights)
    evidence = terms.evidence["like_this"]
    most = np.zeros(len(terms))
    np.maximum.at(most, evidence.slot, evidence.amount)
    terms.put("alike", total / np.sqrt(max(len(sources), 1)))
    terms.put("alike_most", most)


def _put_past(terms: Terms, asked: Asked) -> None:
    own = asked.own
    slot = terms.slot_of[own.rows]
    met = slot >= 0
    slot, age = slot[met], own.age[met]
    for name, value in (
        ("times", np.log1p(own.times[met])),
        ("before", np.ones(len(slot))),
        ("lately", np.exp(-age / 60.0)),
        ("just_now", np.exp(-age / 7.0)),
    ):
        terms.values[INDEX[name], slot] = value


def _put_due(terms: Terms, parts: Parts, asked: Asked) -> None:
    own = asked.own
    slot = terms.slot_of[own.rows]
    met = slot >= 0
    expected = parts.rhythm.expect(own.rows[met], own.gaps[met], own.log_gap[met])
    terms.values[INDEX["due"], slot[met]] = expected.dueness(own.age[met])


def _put_sales(terms: Terms, parts: Parts) -> None:
    sales = parts.trending.sales_[terms.rows]
    for column, name in enumerate(SALES):
        terms.put(name, sales[:, column])


def _by_factors(parts: Parts, likes: np.ndarray) -> np.ndarray:
    """The products nearest by factors, where looking at all of them is still cheap."""
    if parts.products > FACTORS_OVER_ALL_UP_TO or parts.products <= CANDIDATES_BY_FACTORS:
        return np.zeros(0, np.int64)
    near = parts.tastes.factors_ @ likes
    return np.argpartition(-near, CANDIDATES_BY_FACTORS)[:CANDIDATES_BY_FACTORS]
