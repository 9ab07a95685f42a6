"""How good a model is: learned strictly before a moment, asked about what came after, ranked against
everything.

No sampled negatives, and the plain methods run on the same cases in the same breath.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from recommender.asked import DAY
from recommender.baselines import baselines_for
from recommender.cards import Cards
from recommender.cases import Case, cases_of
from recommender.interactions import Interactions
from recommender.model import Model

CUTOFFS = (10, 20)


@dataclass(frozen=True)
class Row:
    """One method's figures, means over all cases, each 0 to 1.

    ``recall`` is the share of the right products among the first k, ``hr`` the share of cases with at least
    one of them there, ``ndcg`` the discounted gain over that of a perfect list (min(k, right) products),
    ``coverage`` the share of all products that were in some answer. Keys are the cut-offs k.
    """

    method: str
    recall: dict[int, float]
    hr: dict[int, float]
    ndcg: dict[int, float]
    coverage: dict[int, float]
    seconds: float


@dataclass(frozen=True)
class Report:
    """A kind judged on one stretch of time (``until`` None: to its end): the model first, then the
    baselines.
    """

    kind: str
    as_of: float
    until: float | None
    cases: int
    rows: tuple[Row, ...]

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        return asdict(self)


def evaluate(
    interactions: Interactions,
    cards: Cards,
    kind: str,
    *,
    as_of: float,
    days: float | None = None,
    seed: int = 0,
    model: Model | None = None,
    most: int | None = None,
) -> Report:
    """How well a kind is answered in the ``days`` after ``as_of`` (to the end of the history without).

    ``model`` must have been fitted on what is strictly before ``as_of``; without one it is fitted here.
    ``most`` judges a random share where there are more cases. Raises ValueError for kinds whose answers no
    history holds, and for a model that has seen later than ``as_of``.
    """
    until = np.inf if days is None else as_of + days * DAY
    cases = cases_of(kind, interactions, as_of, until, seed)
    if most is not None and len(cases) > most:
        drawn = np.sort(np.random.default_rng(seed).choice(len(cases), most, replace=False))
        cases = [cases[row] for row in drawn]
    if model is not None and model.as_of > as_of:
        raise ValueError("the model has seen later than the moment it is judged from")
    model = model or Model.fit(interactions, cards, as_of=as_of, seed=seed)
    return Report(
        kind,
        as_of,
        None if days is None else until,
        len(cases),
        tuple(compare(model, interactions.before(as_of), kind, cases, seed)),
    )


def compare(model: Model, past: Interactions, kind: str, cases: list[Case], seed: int = 0) -> Iterable[Row]:
    """The figures of the model and of each baseline on these cases."""
    started = time.perf_counter()
    answers = answers_of(model, past.product_ids, cases, max(CUTOFFS))
    yield figures("rapport", cases, answers, past.product_count, time.perf_counter() - started)
    for name, rank in baselines_for(kind, past, seed).items():
        started = time.perf_counter()
        answers = rank(cases, max(CUTOFFS))
        yield figures(name, cases, answers, past.product_count, time.perf_counter() - started)


def answers_of(model: Model, product_ids: tuple[str, ...], cases: list[Case], limit: int) -> list[list[int]]:
    """The model's answers through its serving path, in the rows of ``product_ids`` (-1 for one not among
    them).
    """
    row_of = {product_id: row for row, product_id in enumerate(product_ids)}
    found = []
    for case in cases:
        barred = {product_ids[row] for row in case.barred}
        asked = replace(case.question, limit=limit, take=partial(_not_in, barred))
        found.append([row_of.get(each.product_id, -1) for each in model.suggest(asked)])
    return found


def _not_in(barred: set[str], product_id: str) -> bool:
    return product_id not in barred


def figures(
    method: str, cases: list[Case], answers: list[list[int]], products: int, seconds: float = 0.0
) -> Row:
    """The means over all cases at each cut-off; all 0 without cases."""
    recall, hr, ndcg, coverage = (dict.fromkeys(CUTOFFS, 0.0) for _ in range(4))
    gains = 1.0 / np.log2(np.arange(2, max(CUTOFFS) + 2))
    for k in CUTOFFS:
        shown: set[int] = set()
        for case, answered in zip(cases, answers, strict=True):
            hits = np.array([row in case.right for row in answered[:k]], bool)
            recall[k] += hits.sum() / len(case.right)
            hr[k] += float(hits.any())
            ndcg[k] += float(gains[: len(hits)][hits].sum() / gains[: min(k, len(case.right))].sum())
            shown.update(answered[:k])
        for mean in (recall, hr, ndcg):
            mean[k] /= max(len(cases), 1)
        coverage[k] = len(shown) / max(products, 1)
    return Row(method, recall, hr, ndcg, coverage, seconds)
