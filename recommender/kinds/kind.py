"""What makes a kind of question that is answered by weighing many terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommender.asked import Asked
from recommender.blending.lessons import Lesson
from recommender.blending.terms import Terms
from recommender.interactions import Interactions
from recommender.parts import Parts

LessonsOf = Callable[[Interactions, float, np.random.Generator, int], list[Lesson]]


@dataclass(frozen=True)
class BlendedKind:
    """A kind of question declared once: its terms, what each weighs before anything is known, its lessons.

    ``columns`` gives each term's reason code; ``prior`` its weight in a shop nothing is known of (0 where it
    names none). ``terms`` reads a question's candidates without the excluded rows; ``held`` are the rows
    that no answer to a lesson may hold. ``speaking`` names the columns that must say more than the floor
    beside them for a candidate to count as found at all. ``lessons`` are questions from a moment on whose
    answers the history knows.
    """

    name: str
    columns: Mapping[str, str]
    prior: Mapping[str, float]
    terms: Callable[[Parts, Asked, np.ndarray], Terms]
    held: Callable[[Parts, Asked], np.ndarray]
    speaking: Mapping[str, float]
    lessons: LessonsOf

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each column."""
        return {name: row for row, name in enumerate(self.columns)}

    @cached_property
    def prior_weights(self) -> np.ndarray:
        """The weights before anything is known of a shop, one per column (float64)."""
        return np.array([self.prior.get(name, 0.0) for name in self.columns])

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The reasons that the columns add up to."""
        return tuple(dict.fromkeys(self.columns.values()))

    @cached_property
    def by_code(self) -> np.ndarray:
        """Which columns add up to which reason, as a 0/1 matrix of (codes, columns)."""
        given = list(self.columns.values())
        return np.array([[float(code == each) for code in given] for each in self.codes])

    @cached_property
    def of_sales(self) -> np.ndarray:
        """Which columns tell only what sells to everybody (bool)."""
        return np.array([code == "trending" for code in self.columns.values()])

    def spoken_for(self, terms: Terms) -> np.ndarray:
        """Which candidates the shopper's taste, past or basket speaks for, beyond what sells (bool)."""
        said = [terms.column(name) > floor for name, floor in self.speaking.items()]
        return np.asarray(np.any(said, axis=0))
