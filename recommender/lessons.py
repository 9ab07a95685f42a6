"""Questions of the shop's recent past whose answers are known: what the weights are learned from.

The parts that answer them are fitted on the time before, so that what is learned is how well each part
foresees, not how well it remembers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from recommender.asked import DAY, Asked
from recommender.blend import ConditionalLogit, prior_of
from recommender.histories import Histories, orders_of
from recommender.interactions import GUEST, Interactions
from recommender.parts import Parts
from recommender.profile import Profile
from recommender.terms import Terms, terms_of_complements, terms_of_next_basket, terms_of_tastes

T = TypeVar("T")

MOST_LESSONS = 1500
MOST_OFFERED = 200
LAST_SHARE = 0.2
MOST_DAYS = 60.0
ENOUGH_ORDERS = 500
BASKET_SIZES = (2, 100)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question and the product rows that turned out right."""

    asked: Asked
    right: np.ndarray


def slice_start(interactions: Interactions, as_of: float) -> float:
    """Where the time to be foreseen begins: the last fifth of the orders.

    Of sixty days at most, as long as that leaves enough orders to learn from: the near past tells most of
    the near future.
    """
    lines = interactions.orders
    if not len(lines):
        return as_of
    _, first = np.unique(lines.order, return_index=True)
    times = lines.time[first]
    last_fifth = float(np.quantile(times, 1.0 - LAST_SHARE))
    enough = float(np.quantile(times, max(0.0, 1.0 - ENOUGH_ORDERS / len(times))))
    return max(last_fifth, min(enough, as_of - MOST_DAYS * DAY))


def basket_lessons(past: Interactions, since: float, rng: np.random.Generator, most: int) -> list[Lesson]:
    """Orders from ``since`` on with one product, drawn at random, taken out: which was it?"""
    histories, found = Histories(past), []
    for shopper, time, products in _drawn(orders_of(past.since(since).orders, BASKET_SIZES), rng, most):
        hidden = rng.integers(len(products))
        found.append(
            Lesson(histories.asked(shopper, time, np.delete(products, hidden)), products[hidden : hidden + 1])
        )
    return found


def discovery_lessons(past: Interactions, since: float, rng: np.random.Generator, most: int) -> list[Lesson]:
    """Shoppers known at ``since``: which products did they buy for the first time from then on?"""
    histories, lines = Histories(past), past.since(since).orders
    known = np.unique(lines.shopper[lines.shopper != GUEST])
    found = []
    for shopper in _drawn(known.tolist(), rng, most):
        asked = histories.asked(shopper, since)
        later = np.unique(lines.product[lines.shopper == shopper]).astype(np.int64)
        new = np.setdiff1d(later, asked.own.rows)
        if len(asked.own.rows) and len(new):
            found.append(Lesson(asked, new))
    return found


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
    return _drawn(found, rng, most)


def learn_weights(
    parts: Parts, past: Interactions, since: float, seed: int, progress: Callable[[str, float], None]
) -> dict[str, ConditionalLogit]:
    """The weights of each blended kind, from the slice ``since``..; ``parts`` must know nothing of that
    slice.
    """
    sources = {"complements": basket_lessons, "for-you": discovery_lessons, "next-basket": return_lessons}
    found = {}
    for done, (kind, lessons_of) in enumerate(sources.items()):
        progress(f"weights for {kind}", done / len(sources))
        lessons = lessons_of(past, since, np.random.default_rng(seed), MOST_LESSONS)
        found[kind] = ConditionalLogit(kind).fit(*offered(parts, kind, lessons))
    return found


def offered(parts: Parts, kind: str, lessons: list[Lesson]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For all lessons the candidates' terms, which were right, and whose they are: the input of the fit.

    Of each question those that the prior ranks highest, right or not: adding the right ones from further
    down would teach that what ranks low is right.
    """
    prior = prior_of(kind)
    values, chosen, question = [np.zeros((0, len(prior)))], [np.zeros(0, bool)], [np.zeros(0, np.int64)]
    for row, lesson in enumerate(lessons):
        terms = terms_of(kind, parts, lesson.asked)
        right = np.isin(terms.rows, lesson.right)
        high = np.argsort(-(prior @ terms.values), kind="stable")[:MOST_OFFERED]
        values.append(terms.values[:, high].T)
        chosen.append(right[high])
        question.append(np.full(len(high), row))
    return np.concatenate(values), np.concatenate(chosen), np.concatenate(question)


def terms_of(kind: str, parts: Parts, asked: Asked) -> Terms:
    """The terms of a blended kind, without what the question already holds."""
    context = np.concatenate([asked.basket, asked.products[~np.isin(asked.products, asked.basket)]])
    if kind == "complements":
        return terms_of_complements(
            parts, asked, context, np.concatenate([context, parts.complements.rivals(context)])
        )
    if kind == "for-you":
        return terms_of_tastes(parts, Profile.of(asked), np.concatenate([context, asked.own.rows]))
    return terms_of_next_basket(parts, asked, Profile.of(asked), context, context)


def _drawn(cases: list[T], rng: np.random.Generator, most: int) -> list[T]:
    """All of them, or so many drawn at random, in their order."""
    if len(cases) <= most:
        return cases
    return [cases[row] for row in np.sort(rng.choice(len(cases), most, replace=False))]
