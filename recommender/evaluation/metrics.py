"""What a list of suggestions was worth, case by case, and what all the lists together show of the shop.

``answers`` holds one list of product rows per case, best first; ``right`` the rows that turned out right.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from recommender.cards import Cards
from recommender.interactions import GUEST, Interactions

CUTOFFS = (10, 20)
DEPTH = max(CUTOFFS)
HEAD = 0.1
SMOOTHING = 0.01


@dataclass(frozen=True)
class Market:
    """What was known of the products when the questions were asked, one entry per product row.

    ``buyers`` counts the shoppers who had bought it (a guest's order is one more), ``orders`` the orders it
    was in, ``parties`` is how many buyers there were in all. ``category`` numbers the top level of the
    product's category, -1 where the shop names none; None where there are fewer than two.
    """

    buyers: np.ndarray
    orders: np.ndarray
    parties: int
    category: np.ndarray | None

    @classmethod
    def of(cls, past: Interactions, cards: Cards | None = None) -> Market:
        """The market that a past shows, with the categories of these cards."""
        lines, count = past.orders, past.product_count
        parties = past.parties()
        pairs = np.unique(parties * max(count, 1) + lines.product)
        return cls(
            buyers=np.bincount(pairs % max(count, 1), minlength=count),
            orders=np.bincount(lines.product, minlength=count),
            parties=len(np.unique(parties)),
            category=None if cards is None else _top_levels(cards.over(past.product_ids).categories),
        )


def _top_levels(paths: Sequence[str]) -> np.ndarray | None:
    tops = [path.split(">")[0].strip() for path in paths]
    number = {name: row for row, name in enumerate(sorted(set(tops) - {""}))}
    if len(number) < 2:
        return None
    return np.array([number.get(name, GUEST) for name in tops], np.int64)


def hits_of(right: Sequence[Set[int]], answers: Sequence[Sequence[int]]) -> np.ndarray:
    """Which places of each answer were right: cases by places (bool), ``DEPTH`` places."""
    hits = np.zeros((len(right), DEPTH), bool)
    for row, (wanted, answered) in enumerate(zip(right, answers, strict=True)):
        for place, product in enumerate(answered[:DEPTH]):
            hits[row, place] = product in wanted
    return hits


def recall(hits: np.ndarray, wanted: np.ndarray, k: int) -> np.ndarray:
    """Share of the right products among the first k, per case; the denominator is all of them, not k."""
    return np.asarray(hits[:, :k].sum(axis=1) / np.maximum(wanted, 1))


def hit_rate(hits: np.ndarray, k: int) -> np.ndarray:
    """1.0 for each case with at least one right product among the first k, else 0.0."""
    return np.asarray(hits[:, :k].any(axis=1), np.float64)


def ndcg(hits: np.ndarray, wanted: np.ndarray, k: int) -> np.ndarray:
    """Discounted gain over that of the best possible list, per case (Järvelin and Kekäläinen 2002).

    A right product at place r gains 1 / log2(r + 1); the best list has min(k, right) of them on top.
    """
    gains = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[1.0], np.cumsum(gains)])[np.minimum(wanted, k)]
    return np.asarray(hits[:, :k] @ gains / ideal)


def reciprocal_rank(hits: np.ndarray, k: int) -> np.ndarray:
    """1 / place of the first right product among the first k, 0 without one, per case (Voorhees 1999)."""
    first = hits[:, :k].argmax(axis=1)
    return np.where(hits[:, :k].any(axis=1), 1.0 / (first + 1.0), 0.0)


def coverage(answers: Sequence[Sequence[int]], products: int, k: int) -> float:
    """Share of all products that stand among the first k of some answer (Ge et al. 2010)."""
    return len({product for answered in answers for product in answered[:k]}) / max(products, 1)


def novelty(answers: Sequence[Sequence[int]], market: Market, k: int) -> float | None:
    """Mean self-information of what is shown, in bits: -log2 of the share of buyers who have bought it.

    After Zhou et al. 2010. A product that nobody has bought counts as bought once. None when nothing is
    shown, or nobody has bought anything.
    """
    shown = _shown(answers, k)
    if not len(shown) or not market.parties:
        return None
    return float(-np.log2(np.maximum(market.buyers[shown], 1) / market.parties).mean())


def head_share(answers: Sequence[Sequence[int]], market: Market, k: int) -> float | None:
    """Share of the first k places that go to the best sold tenth of the products sold; None without any.

    Best sold by number of orders; of products sold equally often the earlier row counts as better sold.
    """
    shown = _shown(answers, k)
    sold = int((market.orders > 0).sum())
    if not len(shown) or not sold:
        return None
    head = np.argsort(-market.orders, kind="stable")[: max(1, round(HEAD * sold))]
    return float(np.isin(shown, head).mean())


def _shown(answers: Sequence[Sequence[int]], k: int) -> np.ndarray:
    shown = np.array([product for answered in answers for product in answered[:k]], np.int64)
    return shown[shown >= 0]


def miscalibration(
    pasts: Sequence[np.ndarray], answers: Sequence[Sequence[int]], market: Market, k: int
) -> float | None:
    """How far the categories shown are from those bought: mean divergence, 0 is alike (Steck 2018).

    Kullback-Leibler divergence, in nats, of the categories of ``pasts`` (the product rows each question
    starts from: the basket, or what the asker had bought) from those of the first k shown, these smoothed
    with a hundredth of the former. Over the cases in which both are known; None when there are none, or the
    shop names fewer than two categories.
    """
    if market.category is None:
        return None
    count, found = int(market.category.max()) + 1, []
    for past, answered in zip(pasts, answers, strict=True):
        bought = _shares(market.category, np.asarray(past, np.int64), count)
        shown = _shares(market.category, _shown([answered], k), count)
        if bought is not None and shown is not None:
            smooth = (1.0 - SMOOTHING) * shown + SMOOTHING * bought
            held = bought > 0
            found.append(float((bought[held] * np.log(bought[held] / smooth[held])).sum()))
    return float(np.mean(found)) if found else None


def _shares(category: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray | None:
    named = category[rows]
    named = named[named >= 0]
    return np.bincount(named, minlength=count) / len(named) if len(named) else None
