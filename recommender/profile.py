"""What a shopper's taste is read from, made from the question alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.asked import Asked

MOST_IN_PROFILE = 150
LATELY_DAYS = 120.0
VIEW_WEIGHT = 0.5
VIEW_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class Profile:
    """Product rows with weights: what is in the basket and what was bought count 1, a look a half and
    fading fast.

    ``lately`` are the same weights with purchases fading too; ``liking`` those of implicit's training, 1 +
    ln(times bought).
    """

    rows: np.ndarray
    weights: np.ndarray
    lately: np.ndarray
    liking: np.ndarray

    @classmethod
    def of(cls, asked: Asked) -> Profile:
        """The profile of whoever asks, the newest first; a product met in several ways counts by its
        strongest.
        """
        own, looks = asked.own, VIEW_WEIGHT * 0.5 ** (asked.viewed_age / VIEW_DAYS)
        carried = np.ones(len(asked.basket))
        rows = np.concatenate([asked.basket, own.rows, asked.viewed])
        weights = np.concatenate([carried, np.ones(len(own.rows)), looks])
        lately = np.concatenate([carried, np.exp(-own.age / LATELY_DAYS), looks])
        liking = np.concatenate([carried, 1.0 + np.log(np.maximum(own.times, 1.0)), looks])
        met, which = np.unique(rows, return_inverse=True)
        strongest = np.zeros((3, len(met)))
        for row, each in enumerate((weights, lately, liking)):
            np.maximum.at(strongest[row], which, each)
        newest = np.argsort(-strongest[1], kind="stable")[:MOST_IN_PROFILE]
        return cls(met[newest], *strongest[:, newest])

    def __len__(self) -> int:
        return len(self.rows)
