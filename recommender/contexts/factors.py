"""How many contexts there are, and how much each product belongs to each of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning

COMPARED = 12  # of each context as many products tell whether it is the same one again


def factors(near: sparse.csr_matrix, count: int, others: sparse.csr_matrix | None = None) -> np.ndarray:
    """How much each product belongs to each context (contexts by products, 0 to 1, each row's largest is 1).

    Non-negative matrix factorisation (Lee and Seung 1999) of ``near``, which is symmetric; a product may
    belong to several contexts. ``others`` (more rows over the same columns) are placed among the contexts
    found, and come behind the products of ``near``.
    """
    more = 0 if others is None else others.shape[0]
    count = min(count, near.shape[0])
    if not near.nnz or count < 1:
        return np.zeros((0, near.shape[0] + more), np.float32)
    nmf = NMF(count, init="nndsvda", max_iter=100, tol=1e-3, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ours = nmf.fit_transform(near)
        theirs = nmf.transform(others) if others is not None and more else np.zeros((0, count))
    # Both sides of a symmetric matrix say the same up to a scale: their geometric mean, and the same scale
    # for products that were not factorised.
    scale = np.sqrt(nmf.components_.sum(axis=1) / np.maximum(ours.sum(axis=0), 1e-12))
    found = np.vstack([np.sqrt(ours * nmf.components_.T), theirs * scale]).T
    largest = found[:, : near.shape[0]].max(axis=1)
    whole = largest > 1e-9
    return np.minimum(found[whole] / largest[whole, None], 1.0).astype(np.float32)


def alike(ours: np.ndarray, theirs: np.ndarray, compared: int = COMPARED) -> np.ndarray:
    """How alike each of our contexts is to each of theirs (cosine over the most telling products, 0 to 1)."""
    return _told(ours, compared) @ _told(theirs, compared).T


def pairs(likeness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of ours goes with which of theirs, so that all together are as alike as can be (Kuhn 1955)."""
    return linear_sum_assignment(-likeness)


def steadiest(
    near: Sequence[sparse.csr_matrix], counts: Sequence[int], hear: Callable[[int], None] = lambda count: None
) -> int:
    """The number of contexts that two halves of the shoppers agree on: of these the largest whose agreement
    is within a standard error of the best.

    ``near`` is the company of products in each half. Agreement is how alike the contexts of one half are to
    those of the other, pair by pair. Stability as a way to choose: Greene, O'Callaghan and Cunningham 2014.
    """
    best, chosen, told = -1.0, counts[0], []
    for count in counts:
        hear(count)
        one, other = (factors(each, count) for each in near)
        if not len(one) or not len(other):
            break
        likeness = alike(one, other)
        found = likeness[pairs(likeness)]
        told.append((count, float(found.mean()), float(found.std() / np.sqrt(len(found)))))
    if told:
        _, best, error = max(told, key=lambda each: each[1])
        chosen = max(count for count, mean, _ in told if mean >= best - error)
    return chosen


def _told(weights: np.ndarray, compared: int) -> np.ndarray:
    """The contexts by their most telling products alone, each of length 1."""
    found = np.zeros(weights.shape, np.float64)
    if not weights.size:
        return found
    first = np.argsort(-weights, axis=1, kind="stable")[:, :compared]
    np.put_along_axis(found, first, np.take_along_axis(weights, first, axis=1), axis=1)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
