"""What the shopper buys next: repeats with their rhythm, what suits, and what goes with what is in hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from recommender.asked import Asked
from recommender.blending.lessons import BASKET_SIZES, Lesson, drawn
from recommender.blending.terms import Terms
from recommender.counted_time import on_its_clock
from recommender.histories import Histories, orders_of
from recommender.interactions import GUEST, Interactions
from recommender.kinds.for_you import CANDIDATES_BY_SALES, LEAST_BY_FACTORS
from recommender.kinds.ingredients import (
    PAST,
    SALES,
    TASTE,
    TOGETHER,
    put_due,
    put_neighbours,
    put_past,
    put_sales,
    put_together,
)
from recommender.kinds.kind import BlendedKind
from recommender.lists import Entries
from recommender.next_order import weigh
from recommender.parts import Parts
from recommender.profile import MOST_IN_PROFILE, Profile

FOLLOWS = {"follows": "taste", "follows_log": "taste"}
BY_ORDER = dict.fromkeys(
    ("again", "again_log", "fresh", "last_orders", "share", "before_sold"), "bought_before"
)

#: Where the logarithms start: what a candidate without any such evidence gets.
FORETOLD_FLOOR = 0.005
ORDERS_OF_ONE = 4


def terms_of_next_basket(parts: Parts, asked: Asked, excluded: np.ndarray) -> Terms:
    """The candidates for the shopper's next basket, and what speaks for each."""
    asked = on_its_clock(asked, float(parts.rhythm.step_[0]))
    profile, context = Profile.of(asked), asked.in_hand()
    neighbours, together = parts.tastes.neighbours_, parts.complements.together_
    near, joined = neighbours.of(profile.rows), together.of(context)
    orders = _Orders.of(parts, asked)
    likes = parts.tastes.fold_in(profile.rows, profile.liking)
    terms = Terms.over(
        NEXT_BASKET.index,
        parts.products,
        [
            asked.own.rows,
            near.product,
            joined.product,
            orders.entries.product,
            parts.trending.sellers_[:CANDIDATES_BY_SALES],
        ],
        excluded,
    )
    put_neighbours(terms, neighbours, near, profile)
    put_together(terms, together, joined, context)
    terms.put("factors", parts.tastes.factors_[terms.rows] @ likes)
    put_past(terms, asked)
    put_due(terms, parts, asked)
    put_sales(terms, parts)
    orders.put(terms, parts, asked)
    return terms


@dataclass(frozen=True, slots=True)
class _Orders:
    """The shopper's past by their own orders: the products that weigh most, and what follows on them."""

    rows: np.ndarray
    weights: np.ndarray
    entries: Entries

    @classmethod
    def of(cls, parts: Parts, asked: Asked) -> _Orders:
        weights = weigh(asked.own.fresh)
        heaviest = np.argsort(-weights, kind="stable")[:MOST_IN_PROFILE]
        rows = asked.own.rows[heaviest]
        return cls(rows, weights[heaviest], parts.next_order.follows_.of(rows))

    def put(self, terms: Terms, parts: Parts, asked: Asked) -> None:
        """What usually follows on the past, what of it comes again, and how long ago it was in orders."""
        own, part = asked.own, parts.next_order
        foretold = terms.total("taste", part.follows_, self.entries, self.rows, self.weights)
        slot = terms.slot_of[self.rows]
        met = slot >= 0
        again = self.weights[met] * part.again_[self.rows[met]]
        foretold[slot[met]] += again
        logs = np.log((foretold + FORETOLD_FLOOR) / FORETOLD_FLOOR)
        terms.put_at("again", slot[met], again)
        terms.put_at("again_log", slot[met], logs[slot[met]])
        foretold[slot[met]] = logs[slot[met]] = 0.0
        terms.put("follows", foretold)
        terms.put("follows_log", logs)
        slot = terms.slot_of[own.rows]
        met = slot >= 0
        slot = slot[met]
        terms.put_at("fresh", slot, np.log1p(own.fresh[met]))
        terms.put_at("last_orders", slot, 1.0 / (1.0 + own.ago[met]))
        terms.put_at("share", slot, own.times[met] / max(own.orders, 1))
        terms.put_at("before_sold", slot, parts.trending.sales_[own.rows[met], -1])


def held(parts: Parts, asked: Asked) -> np.ndarray:
    """What is in hand."""
    return asked.in_hand()


def return_lessons(past: Interactions, since: float, rng: np.random.Generator, most: int) -> list[Lesson]:
    """Shoppers who came back: what was in each of their first orders from ``since`` on that had one before?

    At most ``ORDERS_OF_ONE`` of a shopper: more questions teach more, but nobody shall teach for all.
    """
    known = past.orders.where(past.orders.shopper != GUEST)
    first = np.full(len(past.shopper_ids), np.inf)
    np.minimum.at(first, known.shopper, known.time)
    found, served = [], Counter[int]()
    for order in orders_of(past.since(since).orders, (1, BASKET_SIZES[1])):
        shopper, time, _ = order
        if shopper != GUEST and served[shopper] < ORDERS_OF_ONE and first[shopper] < time:
            served[shopper] += 1
            found.append(order)
    histories = Histories(past)
    return [
        Lesson(histories.asked(shopper, time), products)
        for shopper, time, products in drawn(found, rng, most)
    ]


NEXT_BASKET = BlendedKind(
    name="next-basket",
    columns=TOGETHER
    | TASTE
    | FOLLOWS
    | PAST
    | BY_ORDER
    | {"due": "due_again", "too_soon": "due_again"}
    | SALES,
    prior={
        "neighbours_log": 0.15,
        "neighbours_lately": 0.5,
        "factors": 0.4,
        "together": 1.0,
        "together_log": 0.4,
        "times": 0.7,
        "before": 1.0,
        "lately": 0.4,
        "just_now": 0.0,
        "follows": 0.2,
        "follows_log": 0.3,
        "again": 0.0,
        "again_log": 0.3,
        "fresh": 0.5,
        "last_orders": 0.0,
        "share": 0.0,
        "before_sold": 0.0,
        "due": 1.0,
        "too_soon": -1.0,
        "sold_7": 0.2,
        "sold_28": 0.3,
        "sold_90": 0.1,
        "sold_ever": -0.4,
    },
    terms=terms_of_next_basket,
    held=held,
    speaking={
        "neighbours_log": 0.0,
        "follows_log": 0.0,
        "together_log": 0.0,
        "before": 0.0,
        "factors": LEAST_BY_FACTORS,
    },
    lessons=return_lessons,
)
