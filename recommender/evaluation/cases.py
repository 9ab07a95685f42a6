"""Questions from the time after a moment, with the answers the future gave: what a model is judged by.

Every case carries only what was known when it was asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.histories import Histories, orders_of
from recommender.interactions import GUEST, Interactions
from recommender.question import Question

BASKET_SIZES = (2, 30)


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what turned out right, both in the interactions' product rows.

    ``given`` are the rows a baseline may look at (the basket, the look, or the shopper's past), ``barred``
    those that no answer may hold.
    """

    question: Question
    right: frozenset[int]
    given: np.ndarray
    barred: frozenset[int]


def basket_cases(
    interactions: Interactions, as_of: float, until: float, seed: int, *, known: bool = True
) -> list[Case]:
    """Orders of 2 to 30 products from ``as_of`` on, one product of each hidden at random: which was it?

    A hidden product never sold before counts as a miss. ``known`` False leaves out who the shopper is.
    """
    rng, histories, ids = np.random.default_rng(seed), Histories(interactions), interactions.product_ids
    found = []
    for shopper, time, products in orders_of(_between(interactions, as_of, until).orders, BASKET_SIZES):
        hidden = int(rng.integers(len(products)))
        basket = np.delete(products, hidden)
        question = Question(
            "complements",
            basket=tuple(ids[row] for row in basket),
            bought=histories.bought(shopper, time) if known else (),
            now=time,
            shopper_id=_id_of(interactions, shopper) if known else None,
        )
        found.append(Case(question, frozenset({int(products[hidden])}), basket, frozenset(basket.tolist())))
    return found


def _id_of(interactions: Interactions, shopper: int) -> str | None:
    return None if shopper == GUEST else interactions.shopper_ids[shopper]


def discovery_cases(interactions: Interactions, as_of: float, until: float) -> list[Case]:
    """Shoppers known before ``as_of``: which products, sold before, did they buy for the first time after
    it?
    """
    histories = Histories(interactions)
    sold = set(interactions.before(as_of).orders.product.tolist())
    found = []
    for shopper, later in _by_shopper(_between(interactions, as_of, until)).items():
        own = histories.own(shopper, as_of).rows
        right = frozenset((later & sold) - set(own.tolist()))
        if len(own) and right:
            question = Question(
                "for-you",
                bought=histories.bought(shopper, as_of),
                now=as_of,
                shopper_id=_id_of(interactions, shopper),
            )
            found.append(Case(question, right, own, frozenset(own.tolist())))
    return found


def newcomer_cases(kind: str, interactions: Interactions, as_of: float, until: float) -> list[Case]:
    """Shoppers not known before ``as_of``: what, of the products sold before, was in their first order after
    it, asked when they came and nothing was known of them?
    """
    known = set(interactions.before(as_of).orders.shopper.tolist())
    sold = set(interactions.before(as_of).orders.product.tolist())
    found, nothing = [], np.zeros(0, np.int64)
    for shopper, time, products in orders_of(_between(interactions, as_of, until).orders, (1, 10**6)):
        if shopper == GUEST or shopper in known:
            continue
        known.add(shopper)
        right = frozenset(products.tolist()) & sold
        if right:
            question = Question(kind, now=time, shopper_id=_id_of(interactions, shopper))
            found.append(Case(question, right, nothing, frozenset()))
    return found


def unforeseeable(interactions: Interactions, as_of: float, until: float) -> dict[str, int]:
    """How much of the time asked about no past could foresee: ``shoppers`` who bought then and ``products``
    bought then, in all and of them those that no order named before ``as_of``, and the ``guest_orders``.
    """
    past, later = interactions.before(as_of).orders, _between(interactions, as_of, until).orders
    shoppers = np.setdiff1d(later.shopper, [GUEST])
    products = np.unique(later.product)
    return {
        "shoppers": len(shoppers),
        "shoppers_unknown": len(np.setdiff1d(shoppers, past.shopper)),
        "products": len(products),
        "products_never_sold": len(np.setdiff1d(products, past.product)),
        "guest_orders": len(np.unique(later.order[later.shopper == GUEST])),
    }


def return_cases(interactions: Interactions, as_of: float, until: float) -> list[Case]:
    """Shoppers known before ``as_of``: what was in their first order after it, asked when they came?"""
    histories, found, served = Histories(interactions), [], set()
    for shopper, time, products in orders_of(_between(interactions, as_of, until).orders, (1, 10**6)):
        own = histories.own(shopper, as_of).rows
        if shopper != GUEST and shopper not in served and len(own):
            question = Question("next-basket", bought=histories.bought(shopper, time), now=time)
            found.append(Case(question, frozenset(products.tolist()), own, frozenset()))
        served.add(shopper)
    return found


def repeat_cases(interactions: Interactions, as_of: float, until: float) -> list[Case]:
    """Shoppers known before ``as_of``: which of what they had bought did they buy again after it?"""
    histories, found = Histories(interactions), []
    for shopper, later in _by_shopper(_between(interactions, as_of, until)).items():
        own = histories.own(shopper, as_of).rows
        right = frozenset(later & set(own.tolist()))
        if right:
            question = Question("buy-again", bought=histories.bought(shopper, as_of), now=as_of)
            found.append(Case(question, right, own, frozenset()))
    return found


def look_cases(interactions: Interactions, as_of: float, until: float) -> list[Case]:
    """Looks from ``as_of`` on that another product followed in the same visit: which one?"""
    views, ids = _between(interactions, as_of, until).views, interactions.product_ids
    ranked = np.lexsort((np.arange(len(views)), views.visit))
    visit, product, time = views.visit[ranked], views.product[ranked].astype(np.int64), views.time[ranked]
    followed = np.flatnonzero((visit[1:] == visit[:-1]) & (product[1:] != product[:-1]))
    found = []
    for row in followed:
        look = product[row : row + 1]
        question = Question("also-viewed", products=(ids[look[0]],), now=float(time[row]))
        found.append(Case(question, frozenset({int(product[row + 1])}), look, frozenset(look.tolist())))
    return found


def cases_of(kind: str, interactions: Interactions, as_of: float, until: float, seed: int) -> list[Case]:
    """The cases of a kind; raises ValueError for a kind whose answers no history holds."""
    if kind == "complements":
        return basket_cases(interactions, as_of, until, seed)
    ways = {
        "for-you": discovery_cases,
        "next-basket": return_cases,
        "buy-again": repeat_cases,
        "also-viewed": look_cases,
    }
    if kind not in ways:
        raise ValueError(f"{kind!r} cannot be judged by history; {', '.join(['complements', *ways])} can")
    return ways[kind](interactions, as_of, until)


def _between(interactions: Interactions, as_of: float, until: float) -> Interactions:
    return interactions.since(as_of).before(until)


def _by_shopper(later: Interactions) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for shopper, product in zip(later.orders.shopper.tolist(), later.orders.product.tolist(), strict=True):
        if shopper != GUEST:
            found.setdefault(shopper, set()).add(product)
    return found
