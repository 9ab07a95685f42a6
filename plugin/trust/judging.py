"""Whether somebody behaves like a person: a score from what was done, with its reasons.

Each sign alone raises suspicion on a ramp between two figures: below the first nobody is suspected, above
the second it is certain. Signs are independent pieces of evidence and add up as such: the score is one less
the product of what each leaves open (noisy-or; Pearl, Probabilistic Reasoning in Intelligent Systems, 4.3.2).
The figures are what people can do, not what some data set showed: nobody looks at two thousand things in a
day, or at one a second for a minute, or every four seconds to the tenth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

AUTOMATIC_FROM = 0.8


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What browsers told of one visitor or shopper, in figures.

    `events` in all; `busiest_day` and `busiest_minute` the most events within one, by when they came in;
    `pace` the middle time between two in seconds and `evenness` the deviation of those times as a share of
    their mean (None where there are too few to tell); `longest_run` the longest time in hours without a
    break of ten minutes; `declared` whether the program said that it is one; `buyer` whether the shop
    itself reported an order of theirs.
    """

    events: int
    busiest_day: int = 0
    busiest_minute: int = 0
    pace: float | None = None
    evenness: float | None = None
    longest_run: float = 0.0
    declared: bool = False
    buyer: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """How automatic somebody looks, from 0 to 1, and every sign that says so with its share."""

    score: float
    reasons: Mapping[str, float]

    @property
    def automatic(self) -> bool:
        """Whether this is taken for a program, whose activity teaches nothing."""
        return self.score >= AUTOMATIC_FROM


def judge(behaviour: Behaviour) -> Judgement:
    """Return how automatic somebody looks. A buyer is a person, however odd: the shop has seen the money."""
    if behaviour.buyer:
        return Judgement(0.0, {})
    signs = {
        "says_so": 1.0 if behaviour.declared else 0.0,
        "too_many_a_day": _ramp(behaviour.busiest_day, 400, 2_000),
        "too_many_a_minute": _ramp(behaviour.busiest_minute, 40, 120),
        "too_quick": _ramp(-behaviour.pace, -2.0, -0.5) if behaviour.pace is not None else 0.0,
        "too_even": _ramp(-behaviour.evenness, -0.25, -0.05) if behaviour.evenness is not None else 0.0,
        "never_rests": _ramp(behaviour.longest_run, 6.0, 16.0),
    }
    reasons = {name: round(share, 3) for name, share in signs.items() if share > 0.0}
    return Judgement(round(1.0 - prod(1.0 - share for share in signs.values()), 3), reasons)


def _ramp(value: float, nothing: float, certain: float) -> float:
    """Return how far a value has gone from where it says nothing to where it is certain, 0 to 1."""
    return min(1.0, max(0.0, (value - nothing) / (certain - nothing)))
