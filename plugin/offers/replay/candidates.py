"""Which past orders a rule could have been given on at all, found in the columns before anything is judged.

Every answer errs on the side of yes: what is left out could not have been granted, or not for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from plugin.catalog import Catalogue, CategoryKey, category_key
from plugin.offers.benefits import BuyXGetY, FixedPrice, FreeProduct, Pieces
from plugin.offers.conditions.basket import InBasket
from plugin.offers.conditions.condition import All, AnyOf, Condition
from plugin.offers.conditions.history import DAY, Bought
from plugin.offers.conditions.orders import FirstOrder, OrderCount
from plugin.offers.offer import Offer
from plugin.offers.replay.past_catalogue import Written, ever_in
from plugin.offers.replay.past_orders import NO_PRICE, NOBODY, PastOrders


class Candidates:
    """The orders of the past, asked which of them a rule could have been given on."""

    def __init__(self, past: PastOrders, today: Catalogue, written: Mapping[str, Written]) -> None:
        self._past = past
        self._order_of_line = past.order_of_line
        self._today, self._written = today, written
        self._categories: list[set[CategoryKey]] | None = None

    def of(self, rule: Offer) -> np.ndarray:
        """Return for each order whether the rule could have given something on it."""
        return self._could_hold(rule.when) & self._could_give(rule)

    def products(self, product_id: str | None, category: str | None) -> np.ndarray:
        """Return for each product whether it is the one named, or ever lay in the category.

        Where neither says it, every product may be meant.
        """
        ids = self._past.product_ids
        if product_id is None and category is None:
            return np.ones(len(ids), bool)
        if product_id is not None:
            return np.array([each == product_id for each in ids], bool)
        key = category_key(category or "")
        if self._categories is None:
            self._categories = [ever_in(each, self._today, self._written) for each in ids]
        return np.array([key in keys for keys in self._categories], bool)

    def _all(self) -> np.ndarray:
        return np.ones(len(self._past), bool)

    def _could_hold(self, condition: Condition[Any]) -> np.ndarray:
        if isinstance(condition, All):
            return np.logical_and.reduce([self._all(), *map(self._could_hold, condition.parts)])
        if isinstance(condition, AnyOf):
            return np.logical_or.reduce([~self._all(), *map(self._could_hold, condition.parts)])
        answers: dict[type, Callable[[Any], np.ndarray]] = {
            InBasket: self._basket,
            Bought: self._bought,
            FirstOrder: self._first_order,
            OrderCount: self._order_count,
        }
        answer = answers.get(type(condition))
        return self._all() if answer is None else answer(condition)

    def _basket(self, asked: InBasket) -> np.ndarray:
        past, could = self._past, self._all()
        if asked.subtotal_at_least is not None and not (past.price == NO_PRICE).any():
            could &= self._sums(past.quantity * past.price) >= asked.subtotal_at_least
        if asked.quantity_at_least is not None:
            could &= self._sums(past.quantity) >= asked.quantity_at_least
        for held in asked.contains or ():
            could &= self._has_any(self.products(held.product_id, held.category))
        return could

    def _bought(self, asked: Bought) -> np.ndarray:
        """Whoever had bought it before, or may have by a changed order; of a guest nothing is known."""
        past = self._past
        has = self._has_any(self.products(asked.product_id, asked.category))
        place = np.arange(len(past))
        latest = np.maximum.accumulate(
            np.where(has, place, -1)
        )  # the latest order with it, this one included
        before = np.concatenate([[-1], latest[:-1]]) if len(past) else latest
        same = (before >= 0) & (past.person[before] == past.person) & (past.person != NOBODY)
        since = np.inf if asked.within_days is None else asked.within_days * DAY
        return (same & (past.at - past.at[before] <= since + 1)) | self._rewritten

    def _first_order(self, asked: FirstOrder) -> np.ndarray:
        return (self._orders_before == 0) | self._uncertain

    def _order_count(self, asked: OrderCount) -> np.ndarray:
        count, most = self._orders_before, np.inf if asked.at_most is None else asked.at_most
        return ((count >= (asked.at_least or 0)) & (count <= most)) | self._uncertain

    @cached_property
    def _orders_before(self) -> np.ndarray:
        """How many orders each order's shopper had made before it; none for a guest."""
        past = self._past
        starts = np.flatnonzero(np.diff(past.person, prepend=NOBODY - 1) != 0)
        first_of_person = np.repeat(starts, np.diff(starts, append=len(past)))
        same_moment = np.diff(past.at, prepend=np.inf) == 0
        same_moment[starts] = False
        place = np.arange(len(past))
        first_of_moment = np.maximum.accumulate(np.where(same_moment, 0, place))
        return np.where(past.person == NOBODY, 0, first_of_moment - first_of_person)

    @cached_property
    def _uncertain(self) -> np.ndarray:
        """Whether what came back, or was changed, makes another count of a shopper's orders."""
        return np.isin(self._past.person, sorted(self._past.mixed))

    @cached_property
    def _rewritten(self) -> np.ndarray:
        """Whether some order of its shopper came to hold other products than at first."""
        others = self._past.others.items()
        persons = [who for who, told in others if any(each.kind == "rebought" for each in told)]
        return np.isin(self._past.person, persons)

    def _could_give(self, rule: Offer) -> np.ndarray:
        gives = rule.gives
        if isinstance(gives, FixedPrice | FreeProduct):
            return self._has_any(self.products(gives.product_id, None))
        if isinstance(gives, BuyXGetY):
            return self._has_pieces(gives.buy) & self._has_pieces(gives.get)
        return self._has_pieces(gives) if isinstance(gives, Pieces) else self._all()

    def _has_pieces(self, pieces: Pieces) -> np.ndarray:
        if pieces.products is not None:
            wanted = frozenset(pieces.products)
            return self._has_any(np.array([each in wanted for each in self._past.product_ids], bool))
        if pieces.category is not None:
            return self._has_any(self.products(None, pieces.category))
        return self._all()

    def _has_any(self, products: np.ndarray) -> np.ndarray:
        meant = products[self._past.product] if len(products) else np.zeros(0, bool)
        return np.bincount(self._order_of_line[meant], minlength=len(self._past)) > 0

    def _sums(self, of_lines: np.ndarray) -> np.ndarray:
        totals = np.concatenate([[0], np.cumsum(of_lines)])
        return totals[self._past.lines_from[1:]] - totals[self._past.lines_from[:-1]]
