"""What lessons offered: candidates with their terms, which of them were right, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.blending.lessons import Lesson
from recommender.kinds import BlendedKind
from recommender.parts import Parts

SMALLEST_SPREAD = 1e-9


def spread_of(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean of each term (row of ``values``) over a question's candidates and one over its standard
    deviation, 0 where all are equal.
    """
    mean = values.mean(axis=1)
    deviation = np.sqrt(np.maximum((values * values).mean(axis=1) - mean * mean, 0.0))
    told = deviation > SMALLEST_SPREAD * (1.0 + np.abs(mean))
    return mean, np.where(told, 1.0 / np.where(told, deviation, 1.0), 0.0)


@dataclass(frozen=True)
class Offered:
    """Candidates of many questions, a row each.

    ``features`` float32 holds the terms and then the same standardised within the question, ``chosen`` which
    were right, ``question`` (rising) whose they are. Per question, ``time`` is when it was asked (epoch
    seconds) and ``right`` how many were right, among the candidates or not.
    """

    features: np.ndarray
    chosen: np.ndarray
    question: np.ndarray
    time: np.ndarray
    right: np.ndarray

    @classmethod
    def by(cls, parts: Parts, kind: BlendedKind, lessons: list[Lesson], most: int) -> Offered:
        """The candidates of these lessons, those ``most`` of each that the prior ranks highest.

        Right or not: adding the right ones from further down would teach that what ranks low is right.
        """
        prior = kind.prior_weights
        features = [np.zeros((0, 2 * len(prior)), np.float32)]
        chosen, question = [np.zeros(0, bool)], [np.zeros(0, np.int64)]
        for row, lesson in enumerate(lessons):
            terms = kind.terms(parts, lesson.asked, kind.held(parts, lesson.asked))
            if not len(terms):
                continue
            mean, sharpness = spread_of(terms.values)
            high = np.argsort(-(prior @ terms.values), kind="stable")[:most]
            values = terms.values[:, high].T
            features.append(np.hstack([values, (values - mean) * sharpness]).astype(np.float32))
            chosen.append(np.isin(terms.rows[high], lesson.right))
            question.append(np.full(len(high), row))
        return cls(
            features=np.concatenate(features),
            chosen=np.concatenate(chosen),
            question=np.concatenate(question),
            time=np.array([lesson.asked.now for lesson in lessons], np.float64),
            right=np.array([len(lesson.right) for lesson in lessons], np.int64),
        )

    def of(self, questions: np.ndarray) -> Offered:
        """Only these questions (rising rows), renumbered from 0."""
        place = np.full(len(self.time), -1, np.int64)
        place[questions] = np.arange(len(questions))
        kept = place[self.question] >= 0
        return Offered(
            self.features[kept],
            self.chosen[kept],
            place[self.question[kept]],
            self.time[questions],
            self.right[questions],
        )

    def best(self, score: np.ndarray, most: int) -> np.ndarray:
        """The rows of each question's ``most`` candidates with the highest scores, best first."""
        ranked = np.lexsort((np.arange(len(score)), -score, self.question))
        return ranked[self.place(ranked) < most]

    def place(self, ranked: np.ndarray) -> np.ndarray:
        """The place (from 0) of each of these rows, which stand together by question, within its question."""
        question = self.question[ranked]
        starts = np.flatnonzero(np.diff(question, prepend=-1))
        return np.arange(len(ranked)) - np.repeat(starts, np.diff(np.append(starts, len(ranked))))

    def gain(self, score: np.ndarray, cutoff: int = 10) -> np.ndarray:
        """The NDCG of each question when its candidates stand in the order of ``score``."""
        best = self.best(score, cutoff)
        worth = np.where(self.chosen[best], 1.0 / np.log2(2.0 + self.place(best)), 0.0)
        ideal = np.cumsum(1.0 / np.log2(2.0 + np.arange(cutoff)))
        found = np.bincount(self.question[best], worth, len(self.time))
        return found / ideal[np.clip(self.right, 1, cutoff) - 1]

    def spread(self, rows: np.ndarray, score: np.ndarray) -> float:
        """The mean standard deviation of a score over the candidates (these rows) of one question."""
        _, mine = np.unique(self.question[rows], return_inverse=True)
        count = np.maximum(np.bincount(mine), 1)
        mean = np.bincount(mine, score) / count
        around = np.bincount(mine, score * score) / count - mean * mean
        return float(np.sqrt(np.maximum(around, 0.0)).mean()) if len(around) else 0.0
