"""What may join the products in hand: bought with them, told apart by words, sales and the shopper's past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.asked import Asked, Own
from recommender.blending.lessons import BASKET_SIZES, Lesson, drawn
from recommender.blending.terms import Terms
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
from recommender.parts import Parts

#: Two purchases as near as this (in days) were one order.
SAME_ORDER_DAYS = 1e-4

#: What goes with the product in hand by itself, in its direction.
CALLED_FOR = {"called_for": "bought_together", "called_for_most": "bought_together"}
#: What the shopper had in one order with what is in hand now; and how much of a past there is to go by.
OWN_ORDERS = {"same_order": "bought_before", "own_products": "bought_before"}


def terms_of_complements(parts: Parts, asked: Asked, excluded: np.ndarray) -> Terms:
    """The candidates that may join what is in hand, and what speaks for each."""
    context = asked.in_hand()
    together, called, alike = (
        parts.complements.together_,
        parts.complements.goes_with_,
        parts.likeness.alike_,
    )
    entries = together.of(context)
    named = [entries.product, called.of(context).product, alike.of(context).product, asked.own.rows]
    terms = Terms.over(COMPLEMENTS.index, parts.products, named, excluded)
    _put_called_for(terms, parts, context)
    put_together(terms, together, entries, context)
    put_alike(terms, parts, context, np.ones(len(context)))
    put_past(terms, asked)
    _put_same_order(terms, asked.own, context)
    put_sales(terms, parts)
    return terms


def _put_called_for(terms: Terms, parts: Parts, context: np.ndarray) -> None:
    """What the products in hand call for, in all and by the one that calls loudest."""
    lists = parts.complements.goes_with_
    terms.put(
        "called_for", terms.total("called_for", lists, lists.of(context), context, np.ones(len(context)))
    )
    evidence = terms.evidence["called_for"]
    most = np.zeros(len(terms))
    np.maximum.at(most, evidence.slot, evidence.amount)
    terms.put("called_for_most", most)


def _put_same_order(terms: Terms, own: Own, context: np.ndarray) -> None:
    """The share of what is in hand that the shopper had in the same order when last buying the candidate."""
    terms.put("own_products", np.full(len(terms), np.log1p(len(own.rows))))
    held = np.zeros(len(terms.slot_of), bool)
    held[context] = True
    ages = own.age[held[own.rows]]  # rising, as all of them are
    first, end = (np.searchsorted(ages, own.age + margin) for margin in (-SAME_ORDER_DAYS, SAME_ORDER_DAYS))
    share = (end - first) / max(len(context), 1)
    slot = terms.slot_of[own.rows]
    terms.put_at("same_order", slot[slot >= 0], share[slot >= 0])


def held(parts: Parts, asked: Asked) -> np.ndarray:
    """What is in hand, and what would replace it."""
    context = asked.in_hand()
    return np.concatenate([context, parts.complements.rivals(context)])


def basket_lessons(past: Interactions, since: float, rng: np.random.Generator, most: int) -> list[Lesson]:
    """Orders from ``since`` on with products, drawn at random, taken out: which were they?

    Each order asks three times: with one taken out, with half of it taken out, and by a stranger, with one
    taken out or with only one put in so far.
    """
    histories, found = Histories(past), []
    orders = drawn(orders_of(past.since(since).orders, BASKET_SIZES), rng, max(1, most // 3))
    for shopper, time, products in orders:
        asked = histories.asked(shopper, time)
        stranger = replace(asked, own=Own.nothing())
        begun = 1 if rng.random() < 0.5 else len(products) - 1
        for who, hidden in ((asked, 1), (asked, len(products) // 2), (stranger, begun)):
            mixed = rng.permutation(products)
            found.append(Lesson(replace(who, basket=mixed[hidden:]), mixed[:hidden]))
    return found


COMPLEMENTS = BlendedKind(
    name="complements",
    columns=TOGETHER | CALLED_FOR | ALIKE | PAST | OWN_ORDERS | SALES,
    prior={
        "together": 2.5,
        "together_log": 0.5,
        "called_for": 1.0,
        "called_for_most": 0.0,
        "alike": 0.3,
        "alike_most": 1.0,
        "times": 0.8,
        "before": 0.5,
        "lately": 0.3,
        "just_now": 0.0,
        "same_order": 1.0,
        "sold_7": 0.0,
        "sold_28": 0.2,
        "sold_90": 0.0,
        "sold_ever": -0.2,
    },
    terms=terms_of_complements,
    held=held,
    speaking={"together_log": 0.0, "called_for": 1.0, "alike": 0.0, "before": 0.0},
    lessons=basket_lessons,
)
