"""What a method's answers come to: means over the cases, and what all its answers show of the shop."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from recommender.evaluation import metrics
from recommender.evaluation.cases import Case
from recommender.evaluation.confidence import Comparison
from recommender.evaluation.metrics import CUTOFFS, DEPTH, Market

#: what methods are compared by, and told apart by band
MEASURES = ("hr@10", "recall@20", "ndcg@10")


@dataclass(frozen=True)
class Row:
    """One method's figures, means over all cases, each 0 to 1 where nothing else is said.

    ``recall`` is the share of the right products among the first k, ``hr`` the share of cases with at least
    one of them there, ``ndcg`` the discounted gain over that of a perfect list (min(k, right) products),
    ``mrr`` the mean of 1 / place of the first right one, ``coverage`` the share of all products that were in
    some answer, ``novelty`` the mean self-information of what is shown (bits), ``head_share`` the share of
    places given to the best sold tenth, ``miscalibration`` how far the categories shown are from those bought
    (nats). Keys are the cut-offs k; None is a figure that cannot be had. ``curve`` is recall at 1 to 20.
    ``standard_error`` and ``against`` (our figure less this method's) are by measure, as ``hr@10``.
    """

    method: str
    recall: dict[int, float]
    hr: dict[int, float]
    ndcg: dict[int, float]
    coverage: dict[int, float]
    seconds: float
    mrr: dict[int, float] = field(default_factory=dict)
    novelty: dict[int, float | None] = field(default_factory=dict)
    head_share: dict[int, float | None] = field(default_factory=dict)
    miscalibration: dict[int, float | None] = field(default_factory=dict)
    curve: tuple[float, ...] = ()
    learned_in: float | None = None
    peak_gib: float | None = None
    setting: str = ""
    standard_error: dict[str, float | None] = field(default_factory=dict)
    against: dict[str, Comparison] | None = None


def figures(
    method: str,
    cases: list[Case],
    answers: list[list[int]],
    products: int,
    seconds: float = 0.0,
    market: Market | None = None,
) -> Row:
    """The means over all cases at each cut-off; all 0 without cases. What needs the ``market`` is None
    without.
    """
    wanted = np.array([len(case.right) for case in cases], np.int64)
    hits = metrics.hits_of([case.right for case in cases], answers)
    answers = [[row for row in answered if row >= 0] for answered in answers]
    row = Row(
        method,
        recall={k: _mean(metrics.recall(hits, wanted, k)) for k in CUTOFFS},
        hr={k: _mean(metrics.hit_rate(hits, k)) for k in CUTOFFS},
        ndcg={k: _mean(metrics.ndcg(hits, wanted, k)) for k in CUTOFFS},
        coverage={k: metrics.coverage(answers, products, k) for k in CUTOFFS},
        seconds=seconds,
        mrr={k: _mean(metrics.reciprocal_rank(hits, k)) for k in CUTOFFS},
        curve=tuple(_mean(metrics.recall(hits, wanted, k)) for k in range(1, DEPTH + 1)),
    )
    return row if market is None else _beyond_accuracy(row, cases, answers, market)


def _beyond_accuracy(row: Row, cases: list[Case], answers: list[list[int]], market: Market) -> Row:
    return replace(
        row,
        novelty={k: metrics.novelty(answers, market, k) for k in CUTOFFS},
        head_share={k: metrics.head_share(answers, market, k) for k in CUTOFFS},
        miscalibration={
            k: metrics.miscalibration([case.given for case in cases], answers, market, k) for k in CUTOFFS
        },
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0


def measures_of(cases: list[Case], answers: list[list[int]]) -> dict[str, np.ndarray]:
    """Each of ``MEASURES`` per case."""
    wanted = np.array([len(case.right) for case in cases], np.int64)
    hits = metrics.hits_of([case.right for case in cases], answers)
    return {
        "hr@10": metrics.hit_rate(hits, 10),
        "recall@20": metrics.recall(hits, wanted, 20),
        "ndcg@10": metrics.ndcg(hits, wanted, 10),
    }
