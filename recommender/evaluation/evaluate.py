"""How good a model is: learned strictly before a moment, asked about what came after, ranked against
everything.

No sampled negatives, and the plain methods run on the same cases in the same breath. What each figure means
is said in `metrics`, `confidence` and `reliability`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from recommender.asked import DAY
from recommender.cards import Cards
from recommender.evaluation.baselines import baselines_for
from recommender.evaluation.cases import Case, cases_of, newcomer_cases, unforeseeable
from recommender.evaluation.confidence import Comparison, Resampling
from recommender.evaluation.figures import MEASURES, Row, figures, measures_of
from recommender.evaluation.metrics import CUTOFFS as CUTOFFS
from recommender.evaluation.metrics import DEPTH, Market
from recommender.evaluation.reliability import Bin, calibration_error, reliability
from recommender.evaluation.segments import Segment, by_product, by_shopper
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.question import Question, Suggestion

OURS = "rapport"
NEWCOMER_KINDS = ("for-you", "next-basket")


@dataclass(frozen=True)
class Answered:
    """What a method answered: product rows per case, best first (-1 for a product unknown to the past).

    ``seconds`` it took to answer, and where measured ``learned_in`` seconds to learn and ``peak_gib`` of
    memory held at most. ``setting`` says how it was set, where that is worth saying.
    """

    method: str
    answers: list[list[int]]
    seconds: float = 0.0
    learned_in: float | None = None
    peak_gib: float | None = None
    setting: str = ""


#: a kind, the past to learn from, the cases and how many to answer each with: further methods' answers
Others = Callable[[str, Interactions, list[Case], int], Iterable[Answered]]
Progress = Callable[[str, float], None]


def unheard(stage: str, share: float) -> None:
    """Progress that nobody listens to."""


@dataclass(frozen=True)
class Report:
    """A kind judged on one stretch of time (``until`` None: to its end): the model first, then the
    baselines.

    ``cases`` were asked of ``possible``. ``segments`` are the same figures by how much was known,
    ``newcomers`` those for shoppers of whom nothing was (asked beside the cases, never counted among them),
    ``reliability`` the model's scores against what happened, ``unforeseeable`` what the time held that no
    past could name.
    """

    kind: str
    as_of: float
    until: float | None
    cases: int
    rows: tuple[Row, ...]
    possible: int = 0
    seed: int = 0
    segments: tuple[Segment, ...] = ()
    newcomers: Segment | None = None
    reliability: tuple[Bin, ...] = ()
    calibration_error: float | None = None
    unforeseeable: dict[str, int] = field(default_factory=dict)

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
    others: Others | None = None,
    progress: Progress = unheard,
) -> Report:
    """How well a kind is answered in the ``days`` after ``as_of`` (to the end of the history without).

    ``model`` must have been fitted on what is strictly before ``as_of``; without one it is fitted here.
    ``most`` judges a random share where there are more cases. ``others`` are asked the same cases. Raises
    ValueError for kinds whose answers no history holds, and for a model that has seen later than ``as_of``.
    """
    until = np.inf if days is None else as_of + days * DAY
    cases = cases_of(kind, interactions, as_of, until, seed)
    possible = len(cases)
    if model is not None and model.as_of > as_of:
        raise ValueError("the model has seen later than the moment it is judged from")
    model = model or Model.fit(
        interactions, cards, as_of=as_of, seed=seed, progress=lambda stage, share: progress(stage, share / 2)
    )
    past = interactions.before(as_of)
    newcomers = newcomer_cases(kind, interactions, as_of, until) if kind in NEWCOMER_KINDS else []
    judge = Judge(past, _drawn(cases, most, seed), Market.of(past, cards), seed)
    progress(f"asking {kind}", 0.5)
    judge.hear_model(model, lambda share: progress(f"asking {kind}", 0.5 + 0.3 * share))
    judge.hear_others(kind, others, lambda name: progress(f"asking {name}", 0.8))
    progress("comparing", 0.95)
    return Report(
        kind,
        as_of,
        None if days is None else until,
        len(judge.cases),
        tuple(judge.rows()),
        possible=possible,
        seed=seed,
        segments=tuple(judge.segments()),
        newcomers=_newcomers(model, past, kind, _drawn(newcomers, most, seed), seed),
        reliability=judge.reliability,
        calibration_error=calibration_error(judge.reliability),
        unforeseeable=unforeseeable(interactions, as_of, until),
    )


def compare(model: Model, past: Interactions, kind: str, cases: list[Case], seed: int = 0) -> list[Row]:
    """The figures of the model and of each baseline on these cases."""
    judge = Judge(past, cases, Market.of(past), seed)
    judge.hear_model(model)
    judge.hear_others(kind, None)
    return judge.rows()


class Judge:
    """Cases, what each method answered to them, and the figures that come of it."""

    def __init__(self, past: Interactions, cases: list[Case], market: Market, seed: int = 0) -> None:
        self.past = past
        self.cases = cases
        self.market = market
        self.seed = seed
        self.reliability: tuple[Bin, ...] = ()
        self.answered: list[Answered] = []

    def hear_model(self, model: Model, progress: Callable[[float], None] = lambda share: None) -> None:
        """Asks the model through its serving path."""
        started = time.perf_counter()
        suggested = suggestions_of(model, self.past.product_ids, self.cases, DEPTH, progress)
        taken = time.perf_counter() - started
        rows = _in_rows(suggested, self.past.product_ids)
        self.answered.append(Answered(OURS, rows, taken))
        self.reliability = reliability(
            [each.score for answer in suggested for each in answer],
            [row in case.right for case, answer in zip(self.cases, rows, strict=True) for row in answer],
        )

    def hear_others(
        self, kind: str, others: Others | None, progress: Callable[[str], None] = lambda name: None
    ) -> None:
        """Asks the baselines of this kind, then ``others``."""
        for name, rank in baselines_for(kind, self.past, self.seed).items():
            progress(name)
            started = time.perf_counter()
            answers = rank(self.cases, DEPTH)
            self.answered.append(Answered(name, answers, time.perf_counter() - started))
        for each in others(kind, self.past, self.cases, DEPTH) if others and self.cases else ():
            progress(each.method)
            self.answered.append(each)

    def rows(self) -> list[Row]:
        """The figures of every method heard, each beside ours."""
        plain = [
            replace(
                figures(
                    each.method, self.cases, each.answers, self.past.product_count, each.seconds, self.market
                ),
                learned_in=each.learned_in,
                peak_gib=each.peak_gib,
                setting=each.setting,
            )
            for each in self.answered
        ]
        return self._compared(plain) if self.cases else plain

    def _compared(self, rows: list[Row]) -> list[Row]:
        drawn = Resampling([case.question.shopper_id for case in self.cases], self.seed)
        measured = self._measured()
        errors = {
            measure: drawn.standard_errors(np.column_stack([measured[row.method][measure] for row in rows]))
            for measure in MEASURES
        }
        against: dict[str, list[Comparison]] = {}
        for measure in MEASURES if len(rows) > 1 else ():
            others = np.column_stack([measured[row.method][measure] for row in rows[1:]])
            against[measure] = drawn.compare(measured[rows[0].method][measure], others)
        return [
            replace(
                row,
                standard_error={measure: _known(errors[measure][place]) for measure in MEASURES},
                against={measure: found[place - 1] for measure, found in against.items()} if place else None,
            )
            for place, row in enumerate(rows)
        ]

    def segments(self) -> list[Segment]:
        """The figures by the asker's and by the products' past orders."""
        if not self.cases:
            return []
        answers = {each.method: each.answers for each in self.answered}
        return by_shopper(self.cases, self._measured()) + by_product(self.cases, self.market.orders, answers)

    def _measured(self) -> dict[str, dict[str, np.ndarray]]:
        return {each.method: measures_of(self.cases, each.answers) for each in self.answered}


def answers_of(model: Model, product_ids: tuple[str, ...], cases: list[Case], limit: int) -> list[list[int]]:
    """The model's answers through its serving path, in the rows of ``product_ids`` (-1 for one not among
    them).
    """
    return _in_rows(suggestions_of(model, product_ids, cases, limit), product_ids)


def suggestions_of(
    model: Model,
    product_ids: tuple[str, ...],
    cases: list[Case],
    limit: int,
    progress: Callable[[float], None] = lambda share: None,
) -> list[list[Suggestion]]:
    """What the model suggests in each case, by the call that serves shoppers."""
    found = []
    for done, case in enumerate(cases):
        barred = {product_ids[row] for row in case.barred}
        asked: Question = replace(case.question, limit=limit, take=partial(_not_in, barred))
        found.append(model.suggest(asked))
        if done % 50 == 0:
            progress(done / len(cases))
    return found


def _in_rows(suggested: Sequence[Sequence[Suggestion]], product_ids: tuple[str, ...]) -> list[list[int]]:
    row_of = {product_id: row for row, product_id in enumerate(product_ids)}
    return [[row_of.get(each.product_id, -1) for each in answer] for answer in suggested]


def _not_in(barred: set[str], product_id: str) -> bool:
    return product_id not in barred


def _drawn(cases: list[Case], most: int | None, seed: int) -> list[Case]:
    if most is None or len(cases) <= most:
        return cases
    return [
        cases[row] for row in np.sort(np.random.default_rng(seed).choice(len(cases), most, replace=False))
    ]


def _newcomers(model: Model, past: Interactions, kind: str, cases: list[Case], seed: int) -> Segment | None:
    """The model and the best sold, asked on behalf of shoppers of whom nothing is known."""
    if not cases:
        return None
    answered = {OURS: answers_of(model, past.product_ids, cases, DEPTH)}
    answered["popularity"] = baselines_for(kind, past, seed)["popularity"](cases, DEPTH)
    measured = {method: measures_of(cases, answers) for method, answers in answered.items()}
    return by_shopper(cases, measured)[0]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
