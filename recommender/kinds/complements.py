"""What may join the products in hand: bought with them, told apart by words, sales and the shopper's past."""

from __future__ import annotations

import numpy as np

from recommender.asked import Asked
from recommender.histories import Histories, orders_of
from recommender.interactions import Interactions
from recommender.kinds.ingredients import (
    ALIKE,
    PAST,
    SALES,
    TOGETHER,
    put_alike,
    put_past,
    put_sales,
    put_together,
)
from recommender.kinds.kind import BlendedKind
from recommender.lessons import BASKET_SIZES, Lesson, drawn
from recommender.parts import Parts
from recommender.terms import Terms


def terms_of_complements(parts: Parts, asked: Asked, excluded: np.ndarray) -> Terms:
    """The candidates that may join what is in hand, and what speaks for each."""
    context = asked.in_hand()
    lists = parts.complements.together_
    entries = lists.of(context)
    terms = Terms.over(COMPLEMENTS.index, parts.products, [entries.product], excluded)
    put_together(terms, lists, entries, context)
    put_alike(terms, parts, context, np.ones(len(context)))
    put_past(terms, asked)
    put_sales(terms, parts)
    return terms


def held(parts: Parts, asked: Asked) -> np.ndarray:
    """What is in hand, and what would replace it."""
    context = asked.in_hand()
    return np.concatenate([context, parts.complements.rivals(context)])


def basket_lessons(past: Interactions, since: float, rng: np.random.Generator, most: int) -> list[Lesson]:
    """Orders from ``since`` on with one product, drawn at random, taken out: which was it?"""
    histories, found = Histories(past), []
    for shopper, time, products in drawn(orders_of(past.since(since).orders, BASKET_SIZES), rng, most):
        hidden = rng.integers(len(products))
        found.append(
            Lesson(histories.asked(shopper, time, np.delete(products, hidden)), products[hidden : hidden + 1])
        )
    return found


COMPLEMENTS = BlendedKind(
    name="complements",
    columns=TOGETHER | ALIKE | PAST | SALES,
    prior={
        "together": 2.5,
        "together_log": 0.5,
        "alike": 0.3,
        "alike_most": 1.0,
        "times": 0.8,
        "before": 0.5,
        "lately": 0.3,
        "just_now": 0.0,
        "sold_28": 0.2,
        "sold_ever": -0.2,
    },
    terms=terms_of_complements,
    held=held,
    speaking={"together_log": 0.0, "alike": 0.0, "before": 0.0},
    lessons=basket_lessons,
)
