"""Whether a new model is fit to serve: it, the one in service and plain lists, asked the same questions.

None of them has seen the days that are asked about. Differences are paired, question by question, and those
of one shopper are taken together, since one who buys often is not many witnesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from recommender.evaluation.cases import Case, cases_of
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.question import Question

JUDGED_KINDS = ("complements", "for-you", "next-basket", "also-viewed")
FIRST = 10
MOST_CASES = 1_000
ENOUGH_CASES = 50  # fewer answers cannot tell a good model from a lucky one
FAR_BELOW = 3.0  # standard errors by which a single kind may fall before it decides alone
LONGEST_LIST = 1_000

IN_SERVICE, POPULARITY, TRENDING = "in service", "popularity", "trending"
PLAIN = (POPULARITY, TRENDING)


@dataclass(frozen=True, slots=True)
class Against:
    """How another did on the questions of one kind: its mean, ours minus its, and the error of that."""

    mean: float
    difference: float
    error: float


@dataclass(frozen=True, slots=True)
class KindJudged:
    """One kind: how many questions, what share of the right products we found, and how others did."""

    kind: str
    cases: int
    ours: float
    others: dict[str, Against]


def cases_between(
    interactions: Interactions, since: float, until: float, seed: int = 0
) -> dict[str, list[Case]]:
    """The questions of each judged kind in that time, at most a thousand of a kind, drawn at random."""
    found = {}
    for kind in JUDGED_KINDS:
        cases = cases_of(kind, interactions, since, until, seed)
        if len(cases) > MOST_CASES:
            drawn = np.sort(np.random.default_rng(seed).choice(len(cases), MOST_CASES, replace=False))
            cases = [cases[row] for row in drawn]
        found[kind] = cases
    return found


def can_tell(cases: dict[str, list[Case]]) -> bool:
    """Whether some kind has questions enough to judge by."""
    return any(len(some) >= ENOUGH_CASES for some in cases.values())


def judge(
    ours: Model, in_service: Model | None, past: Interactions, cases: dict[str, list[Case]], since: float
) -> list[KindJudged]:
    """How each kind is answered by us, by the model in service (None: not asked) and by plain lists.

    ``past`` is the history before ``since``, which is all that any of them has seen.
    """
    lists = {POPULARITY: _bought_most(past), TRENDING: _risen_most(ours, past, since)}
    return [_judged(kind, some, ours, in_service, past, lists) for kind, some in cases.items() if some]


def _judged(
    kind: str,
    cases: list[Case],
    ours: Model,
    in_service: Model | None,
    past: Interactions,
    lists: dict[str, list[int]],
) -> KindJudged:
    answers = {name: [_allowed(ranked, case) for case in cases] for name, ranked in lists.items()}
    if in_service is not None:
        answers[IN_SERVICE] = _answers(in_service, past.product_ids, cases)
    own = _found(cases, _answers(ours, past.product_ids, cases))
    whose = _whose(cases)
    others = {}
    for name in (IN_SERVICE, *PLAIN):
        if name in answers:
            theirs = _found(cases, answers[name])
            others[name] = Against(float(theirs.mean()), *paired(own, theirs, whose))
    return KindJudged(kind, len(cases), float(own.mean()), others)


def paired(ours: np.ndarray, theirs: np.ndarray, whose: np.ndarray) -> tuple[float, float]:
    """The mean difference of paired figures, and its standard error with each shopper's taken together.

    The error is that of a mean over clusters (Liang and Zeger 1986); 0 where there is but one shopper.
    """
    difference = ours - theirs
    mean = float(difference.mean())
    sums = np.bincount(whose, weights=difference - mean)
    groups = len(sums)
    if groups < 2:
        return mean, 0.0
    return mean, float(np.sqrt(groups / (groups - 1) * np.sum(sums**2)) / len(difference))


def overall(judged: Sequence[KindJudged], other: str) -> tuple[float, float] | None:
    """The mean difference to another over all kinds that can tell, and its error; None where none can."""
    telling = [kind.others[other] for kind in judged if kind.cases >= ENOUGH_CASES and other in kind.others]
    if not telling:
        return None
    mean = sum(each.difference for each in telling) / len(telling)
    return mean, sum(each.error**2 for each in telling) ** 0.5 / len(telling)


def fallen(judged: Sequence[KindJudged], other: str) -> list[KindJudged]:
    """The kinds in which we are far below another, whatever the others say."""
    return [
        kind
        for kind in judged
        if kind.cases >= ENOUGH_CASES
        and other in kind.others
        and kind.others[other].difference < min(-FAR_BELOW * kind.others[other].error, -1e-9)
    ]


def is_worse(judged: Sequence[KindJudged], other: str) -> bool:
    """Whether we are below another by more than the error, over all kinds or far below in one of them."""
    whole = overall(judged, other)
    below = whole is not None and whole[0] < min(-whole[1], -1e-9)
    return below or bool(fallen(judged, other))


def _answers(model: Model, product_ids: tuple[str, ...], cases: list[Case]) -> list[list[int]]:
    """A model's answers as it serves them, in rows of ``product_ids``; -1 for one not among them."""
    row_of = {product_id: row for row, product_id in enumerate(product_ids)}
    found = []
    for case in cases:
        barred = {product_ids[row] for row in case.barred}
        asked = replace(case.question, limit=FIRST, take=partial(_not_in, barred))
        found.append([row_of.get(each.product_id, -1) for each in model.suggest(asked)])
    return found


def _not_in(barred: set[str], product_id: str) -> bool:
    return product_id not in barred


def _found(cases: list[Case], answers: list[list[int]]) -> np.ndarray:
    """Of each case the share of the right products among the first, of as many as fit there."""
    return np.array(
        [
            len(case.right.intersection(answered[:FIRST])) / min(FIRST, len(case.right))
            for case, answered in zip(cases, answers, strict=True)
        ],
        np.float64,
    )


def _whose(cases: list[Case]) -> np.ndarray:
    """Rows that tell the shoppers of some cases apart; a guest is somebody else each time."""
    met: dict[object, int] = {}
    names = [
        case.question.shopper_id if case.question.shopper_id is not None else (number,)
        for number, case in enumerate(cases)
    ]
    return np.array([met.setdefault(name, len(met)) for name in names], np.int64)


def _bought_most(past: Interactions) -> list[int]:
    counts = np.bincount(past.orders.product, minlength=past.product_count)
    ranked = np.argsort(-counts, kind="stable")[:LONGEST_LIST]
    return [int(row) for row in ranked if counts[row]]


def _risen_most(model: Model, past: Interactions, since: float) -> list[int]:
    row_of = {product_id: row for row, product_id in enumerate(past.product_ids)}
    asked = Question("trending", now=since, limit=LONGEST_LIST)
    ids = (each.product_id for each in model.suggest(asked))
    return [row_of[each] for each in ids if each in row_of]


def _allowed(ranked: list[int], case: Case) -> list[int]:
    found = []
    for row in ranked:
        if row not in case.barred:
            found.append(row)
            if len(found) == FIRST:
                break
    return found
