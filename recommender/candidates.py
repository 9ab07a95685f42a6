"""The products that may answer a question, one after the other down the ladder, each weighed only when
looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recommender.backing import Backing
from recommender.question import Question, Reason, Suggestion, Term
from recommender.rungs import Offer


@dataclass(slots=True)  # not frozen: many are made for each answer
class Candidate:
    """One product that may answer.

    ``score`` (0 to 1) falls from candidate to candidate and compares within one answer only; ``due_at`` is
    epoch seconds, where the rung knows it, and ``due_between`` where that lies in 80 of 100 cases.
    """

    product_id: str
    score: float
    rung: str
    due_at: float | None
    backing: Backing
    product_ids: Sequence[str]
    due_between: tuple[float, float] | None = None

    def reasons(self) -> tuple[Reason, ...]:
        """Its true reasons, weightiest first; at least one."""
        return tuple(Reason(each.code, self._id(each.source), each.count) for each in self.backing.grounds())

    def terms(self) -> tuple[Term, ...]:
        """The terms of its score, weightiest first."""
        return tuple(
            Term(each.name, each.code, each.adds, self._id(each.source)) for each in self.backing.shares()
        )

    def certainty(self) -> float:
        """How much of its pull chance does not explain, 0 to 1; comparable between answers."""
        return self.backing.certainty()

    def suggestion(self) -> Suggestion:
        """The candidate as an answer holds it."""
        first, *others = self.reasons()
        return Suggestion(self.product_id, self.score, self.rung, first, self.due_at, tuple(others))

    def _id(self, row: int | None) -> str | None:
        return None if row is None else self.product_ids[row]


@dataclass
class Descent:
    """One way down a ladder: no product twice, and scores that never rise from rung to rung."""

    question: Question
    product_ids: Sequence[str]
    ceiling: float = 1.0

    def __post_init__(self) -> None:
        self._met: set[str] = set()
        self._last = self.ceiling

    def rung(self, name: str, offers: Iterator[tuple[str, Offer]]) -> Iterator[Candidate]:
        """The candidates of one rung that may be shown, scored below those of the rungs before."""
        best = 0.0
        for product_id, offer in offers:
            if product_id in self._met:
                continue
            self._met.add(product_id)
            if not self.question.take(product_id):
                continue
            best = best or max(offer.score, 1e-12)
            self._last = min(self.ceiling * offer.score / best, self._last)
            yield Candidate(
                product_id,
                self._last,
                name,
                offer.due_at,
                offer.backing,
                self.product_ids,
                offer.due_between,
            )
        self.ceiling = self._last
