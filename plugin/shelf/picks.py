"""A product in the running for a shelf, and what moves it up or down there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from types import MappingProxyType
from typing import TYPE_CHECKING

from plugin.catalog import Product
from plugin.placements import Boost
from recommender.question import Reason, Term

if TYPE_CHECKING:
    from recommender.candidates import Candidate

LEAST_SCORE = 1e-12
UNMOVED: Mapping[str, float] = MappingProxyType({})


@dataclass(slots=True)  # not frozen: many are made for each answer
class Pick:
    """One product that may stand on a shelf.

    `score` is the model's (0 to 1); `strength` its logarithm with all that moved it, by which the shelf is
    put in order. `moved` says by how much each rule moved it. Reasons, terms and certainty are worked out
    when asked for.
    """

    product: Product
    score: float
    strength: float
    rung: str
    kind: str
    reasons: Callable[[], tuple[Reason, ...]]
    terms: Callable[[], tuple[Term, ...]]
    certainty: Callable[[], float]
    due_at: float | None = None
    moved: Mapping[str, float] = field(default_factory=dict)
    due_between: tuple[float, float] | None = None


def pick_of(
    candidate: Candidate, product: Product, kind: str, boosts: Sequence[Boost], tired: Mapping[str, float]
) -> Pick:
    """Return a candidate of the model as a pick, moved by the merchant's boosts and by fatigue."""
    strength, moved = _moved(candidate.score, product, boosts, tired)
    return Pick(
        product,
        candidate.score,
        strength,
        candidate.rung,
        kind,
        candidate.reasons,
        candidate.terms,
        candidate.certainty,
        candidate.due_at,
        moved,
        candidate.due_between,
    )


def plain_pick(
    product: Product, score: float, kind: str, code: str, boosts: Sequence[Boost], tired: Mapping[str, float]
) -> Pick:
    """Return a pick that the shop itself proposes, for one certain reason and without a model."""
    strength, moved = _moved(score, product, boosts, tired)
    return Pick(
        product,
        score,
        strength,
        "merchant",
        kind,
        lambda: (Reason(code, None, None),),
        lambda: (Term(code, code, score, None),),
        lambda: 1.0,
        None,
        moved,
    )


def _moved(
    score: float, product: Product, boosts: Sequence[Boost], tired: Mapping[str, float]
) -> tuple[float, Mapping[str, float]]:
    strength: float = log(max(score, LEAST_SCORE))
    if not boosts and not tired:
        return strength, UNMOVED
    moved: dict[str, float] = {}
    boosted = sum(log(boost.factor) for boost in boosts if boost.where.holds(product))
    if boosted:
        moved["boost"] = boosted
    if (loss := tired.get(product.group, 0.0)) > 0.0:
        moved["fatigue"] = -loss
    return strength + sum(moved.values()), moved
