"""A context keeps its number when the next training finds it again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.contexts.factors import alike, pairs

SAME_FROM = 0.4  # so alike, of 1, is the same context again


@dataclass(frozen=True)
class Former:
    """The contexts of an earlier training: their numbers, how much each product belongs to each (products by
    contexts), and the next number that no context has had.
    """

    product_ids: tuple[str, ...]
    ids: np.ndarray
    fits: np.ndarray
    next_id: int

    def over(self, product_ids: tuple[str, ...]) -> np.ndarray:
        """How much each of these products belonged to each context (contexts by products)."""
        row_of = {product_id: row for row, product_id in enumerate(self.product_ids)}
        rows = np.array([row_of.get(each, -1) for each in product_ids], np.int64)
        found = np.zeros((len(self.ids), len(product_ids)), np.float32)
        found[:, rows >= 0] = np.asarray(self.fits)[rows[rows >= 0]].T
        return found


def numbered(
    weights: np.ndarray, product_ids: tuple[str, ...], former: Former | None
) -> tuple[np.ndarray, int]:
    """The number of each context (contexts by products), and the next one that is free.

    A context that is found again has the number it had; what is new gets numbers that none ever had, in the
    order given. A number whose context is not found again is not given to another.
    """
    ids = np.full(len(weights), -1, np.int64)
    following = 1 if former is None else former.next_id
    if former is not None and len(former.ids) and len(weights):
        likeness = alike(weights, former.over(product_ids))
        for ours, theirs in zip(*pairs(likeness), strict=True):
            if likeness[ours, theirs] >= SAME_FROM:
                ids[ours] = former.ids[theirs]
    for row in np.flatnonzero(ids < 0):
        ids[row], following = following, following + 1
    return ids, following
