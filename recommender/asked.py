"""A question in the model's own rows: ids looked up once, ages reckoned once, sizes bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import log

import numpy as np

from recommender.order_recency import by_order
from recommender.question import Bought, Question
from recommender.runs import LEAST_GAP_DAYS, Purchases
from recommender.said import Said

DAY = 86400.0
MOST_IN_BASKET = 200
MOST_VIEWED = 100
MOST_OWN = 1000


@dataclass(frozen=True, slots=True)
class Own:
    """The shopper's purchases, newest first, one value per product.

    ``rows`` int64; ``times`` orders with it; ``age`` days since the last; ``gaps`` how many times between two
    purchases are known and ``log_gap`` their mean ln(days), 0 without any. ``ago`` are the orders since the
    last with it (0: it was in the newest), ``fresh`` the count of its purchases, each decayed by the orders
    since; ``orders`` is how many orders are known.
    """

    rows: np.ndarray
    times: np.ndarray
    age: np.ndarray
    gaps: np.ndarray
    log_gap: np.ndarray
    ago: np.ndarray
    fresh: np.ndarray
    orders: int

    @classmethod
    def nothing(cls) -> Own:
        """The past of somebody who has none."""
        none = np.zeros(0)
        return cls(np.zeros(0, np.int64), none, none, none, none, none, none, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about, in product rows (int64), each product once in each list.

    ``products`` and ``basket`` in the order given, ``viewed`` newest first with ``viewed_age`` in days.
    ``purchases`` are the shopper's own, each by itself, for what weighs rhythms.
    """

    products: np.ndarray
    basket: np.ndarray
    viewed: np.ndarray
    viewed_age: np.ndarray
    own: Own
    now: float
    said: Said = field(default_factory=Said)
    purchases: Purchases = field(default_factory=Purchases.none)

    def in_hand(self) -> np.ndarray:
        """The basket and the page's products."""
        return np.concatenate([self.basket, self.products[~np.isin(self.products, self.basket)]])

    @classmethod
    def of(cls, question: Question, row_of: Mapping[str, int], *, rhythms: bool = True) -> Asked:
        """The question in rows; ids the model has not met are passed over.

        Without ``rhythms`` the gaps between purchases and the orders since are left at 0, for questions that
        do not weigh them.
        """
        seen: dict[int, float] = {}
        for product_id, time in question.viewed[:MOST_VIEWED]:
            row = row_of.get(product_id)
            if row is not None and row not in seen:
                seen[row] = max(0.0, (question.now - time) / DAY)
        return cls(
            products=_rows(question.products[:MOST_IN_BASKET], row_of),
            basket=_rows(question.basket[-MOST_IN_BASKET:], row_of),
            viewed=np.fromiter(seen, np.int64, len(seen)),
            viewed_age=np.fromiter(seen.values(), np.float64, len(seen)),
            own=_own(question.bought, row_of, question.now, rhythms),
            now=question.now,
            purchases=Purchases.of(question.bought, row_of) if rhythms else Purchases.none(),
        )


def _rows(product_ids: Iterable[str], row_of: Mapping[str, int]) -> np.ndarray:
    rows = dict.fromkeys(row_of[each] for each in product_ids if each in row_of)
    return np.fromiter(rows, np.int64, len(rows))


def _own(bought: tuple[Bought, ...], row_of: Mapping[str, int], now: float, rhythms: bool) -> Own:
    known = {row: each for each in bought if (row := row_of.get(each.product_id)) is not None}
    if not known:
        return Own.nothing()
    newest = sorted(known, key=lambda row: (-known[row].last_at, row))[:MOST_OWN]
    gaps = [log_gaps(known[row]) if rhythms else (0, 0.0) for row in newest]
    none = np.zeros(len(newest))
    ago, fresh, orders = _by_order([known[row] for row in newest]) if rhythms else (none, none, 0)
    return Own(
        rows=np.array(newest, np.int64),
        times=np.array([max(1, known[row].times) for row in newest], np.float64),
        age=np.array([max(0.0, (now - known[row].last_at) / DAY) for row in newest]),
        gaps=np.array([count for count, _ in gaps], np.float64),
        log_gap=np.array([mean for _, mean in gaps]),
        ago=ago,
        fresh=fresh,
        orders=orders,
    )


def _by_order(bought: list[Bought]) -> tuple[np.ndarray, np.ndarray, int]:
    moments = [each.moments or {each.first_at, each.last_at} for each in bought]
    run = np.repeat(np.arange(len(bought)), [len(each) for each in moments])
    return by_order(np.array([moment for each in moments for moment in each]), run, len(bought))


def log_gaps(bought: Bought) -> tuple[int, float]:
    """How many gaps between purchases of this product are known, and their mean ln(days); (0, 0.0) without
    any.

    From the moments where there are any, else evenly between the first and the last. Purchases less than a
    day apart are one.
    """
    days = [(later - earlier) / DAY for later, earlier in pairwise(sorted(bought.moments, reverse=True))]
    days = [gap for gap in days if gap >= LEAST_GAP_DAYS]
    if not bought.moments and bought.times > 1:
        mean = (bought.last_at - bought.first_at) / DAY / (bought.times - 1)
        days = [mean] * (bought.times - 1) if mean >= LEAST_GAP_DAYS else []
    return len(days), (sum(map(log, days)) / len(days) if days else 0.0)
