"""Who has entered which context, and what speaks for entering one next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

DAY = 86400.0
ENTERED_BY = 2  # who has so many of a context's telling products has entered it
FRESH_HALF_LIFE_DAYS = 45.0
LATELY_DAYS = 28.0
LEAST_LESSONS = 100
STRICT = 0.03  # how freely weights are learned: so little that terms which say the same share their weight
MOST_LEARNED_FROM = 20_000

TERMS = ("fit", "fresh", "calls", "entered", "lately")
UNTAUGHT = np.array([0.4, 0.3, 0.4, 0.05, 0.5], np.float32)


@dataclass(frozen=True)
class Market:
    """What everybody does with each context: ``entered`` the share of shoppers who are in it, ``people`` how
    many, ``lately`` how many entered in the last 28 days.
    """

    entered: np.ndarray
    people: np.ndarray
    lately: np.ndarray


def terms(fit: np.ndarray, fresh: np.ndarray, calls: np.ndarray, market: Market) -> np.ndarray:
    """What speaks for each context (shoppers, contexts, ``TERMS``) (float64).

    The first three are shoppers by contexts, summed over what each owns: how much it belongs to the context,
    the same with what age leaves of it, and how much company it keeps with its telling products.
    """
    entered, lately = np.log(market.entered + 1e-3), np.log1p(market.lately)
    everybody = [np.broadcast_to(each, fit.shape) for each in (entered, lately)]
    return np.stack([np.log1p(fit), np.log1p(fresh), np.log1p(calls), *everybody], axis=-1)


def telling_columns(telling: np.ndarray, items: int) -> sparse.csr_matrix:
    """Products by contexts, 1 where telling; ``telling`` names each context's products, -1 for none."""
    context, place = np.nonzero(telling >= 0)
    rows = telling[context, place]
    ones = np.ones(len(rows), np.float32)
    return sparse.csr_matrix((ones, (rows, context)), shape=(items, len(telling)))


def entered(own: sparse.csr_matrix, telling: sparse.csr_matrix) -> np.ndarray:
    """Whether each shopper (bool, shoppers by contexts) has entered each context."""
    return (own @ telling).toarray() >= ENTERED_BY


def weights_of(found: np.ndarray, open_: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, int]:
    """How much each term counts (float32), learned by logistic regression from what shoppers entered next.

    ``found`` are the terms, ``open_`` and ``right`` (bool, shoppers by contexts) what could be entered and
    what was. Also how many shoppers taught it; below a hundred of them nothing is learned.
    """
    lessons = right.any(axis=1)
    if lessons.sum() < LEAST_LESSONS:
        return UNTAUGHT, int(lessons.sum())
    offered, chosen = found[lessons][open_[lessons]], right[lessons][open_[lessons]]
    spread = np.maximum(offered.std(axis=0), 1e-6)
    learned = LogisticRegression(C=STRICT, max_iter=300).fit(
        (offered - offered.mean(axis=0)) / spread, chosen
    )
    return (learned.coef_[0] / spread).astype(np.float32), int(lessons.sum())
