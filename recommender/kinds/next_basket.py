"""What the shopper buys next: repeats with their rhythm, what suits, and what goes with what is in hand."""

from __future__ import annotations

import numpy as np

from recommender.asked import Asked
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
from recommender.lessons import BASKET_SIZES, Lesson, drawn
from recommender.parts import Parts
from recommender.profile import Profile
from recommender.terms import Terms


def terms_of_next_basket(parts: Parts, asked: Asked, excluded: np.ndarray) -> Terms:
    """The candidates for the shopper's next basket, and what speaks for each."""
    profile, context = Profile.of(asked), asked.in_hand()
    neighbours, together = parts.tastes.neighbours_, parts.complements.together_
    near, joined = neighbours.of(profile.rows), together.of(context)
    likes = parts.tastes.fold_in(profile.rows, profile.liking)
    terms = Terms.over(
        NEXT_BASKET.index,
        parts.products,
        [asked.own.rows, near.product, joined.product, parts.trending.sellers_[:CANDIDATES_BY_SALES]],
        excluded,
    )
    put_neighbours(terms, neighbours, near, profile)
    put_together(terms, together, joined, context)
    terms.put("factors", parts.tastes.factors_[terms.rows] @ likes)
    put_past(terms, asked)
    put_due(terms, parts, asked)
    put_sales(terms, parts)
    return terms


def held(parts: Parts, asked: Asked) -> np.ndarray:
    """What is in hand."""
    return asked.in_hand()


def return_lessons(past: Interactions, since: float, rng: np.random.Generator, most: int) -> list[Lesson]:
    """Shoppers who came back: what was in the first order from ``since`` on?"""
    histories, found, served = Histories(past), [], set()
    for shopper, time, products in orders_of(past.since(since).orders, (1, BASKET_SIZES[1])):
        if shopper == GUEST or shopper in served:
            continue
        served.add(shopper)
        asked = histories.asked(shopper, time)
        if len(asked.own.rows):
            found.append(Lesson(asked, products))
    return drawn(found, rng, most)


NEXT_BASKET = BlendedKind(
    name="next-basket",
    columns=TOGETHER | TASTE | PAST | {"due": "due_again"} | SALES,
    prior={
        "neighbours_log": 0.3,
        "neighbours_lately": 0.5,
        "factors": 0.4,
        "together": 1.0,
        "together_log": 0.4,
        "times": 1.0,
        "before": 0.7,
        "lately": 0.4,
        "just_now": 0.0,
        "due": 1.0,
        "sold_7": 0.2,
        "sold_28": 0.3,
        "sold_90": 0.1,
        "sold_ever": -0.4,
    },
    terms=terms_of_next_basket,
    held=held,
    speaking={"neighbours_log": 0.0, "together_log": 0.0, "before": 0.0, "factors": LEAST_BY_FACTORS},
    lessons=return_lessons,
)
