"""What the graph of shoppers and products says of a shopper: GF-CF (Shen, Wu, Zhang, Shan, Zhang, Letaief, Li
2021).

A purchase counts the less, the more its shopper bought and the more often the product is bought anyway. The
linear filter looks two steps along this graph, from products over their buyers to what these bought too; the
ideal low-pass filter keeps only its smoothest patterns, so it also speaks where no two shoppers met.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from recommender.cards import Cards
from recommender.estimator import Part
from recommender.gram import gram
from recommender.interactions import Interactions
from recommender.liking import liking
from recommender.lists import ItemLists


class GraphFilter(Part):
    """Two filters over purchases: ``linear_`` are lists of products two steps away, ``basis_`` (n, k) float32
    the smoothest patterns over products and ``degree_`` (n,) float32 how much each is bought (0: never).

    ``linear_`` holds at most ``longest`` per product; nobody is counted behind its entries. At most ``lines``
    pairs of shopper and product are read for the patterns, those of shoppers drawn at random: patterns over
    all products settle long before the last shopper is asked.
    """

    LISTS = ("linear_",)
    COLUMNS = {"basis_": ("n", -1), "degree_": ("n",)}

    def __init__(
        self,
        longest: int = 100,
        patterns: int = 256,
        most_products: int = 200,
        lines: int = 3_000_000,
        seed: int = 0,
    ) -> None:
        self.longest = longest
        self.patterns = patterns
        self.most_products = most_products
        self.lines = lines
        self.seed = seed

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        bought = liking(interactions.before(as_of), as_of=as_of)
        bought.data = np.minimum(bought.data, 1.0)
        self.degree_ = np.asarray(bought.sum(axis=0), np.float32).ravel()
        read = _drawn(bought, self.lines, self.seed)
        self.basis_ = self._patterns(_normalised(read))
        self.linear_ = _two_steps(_normalised(_capped(read, self.most_products, self.seed)), self.longest)
        return self

    def fold_in(self, products: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """A shopper's place among the patterns (k,) from product rows and how much each counts."""
        degree = self.degree_[products]
        weighed = np.where(degree > 0, weights / np.sqrt(np.maximum(degree, 1e-9)), 0.0)
        return np.asarray(weighed.astype(np.float32) @ self.basis_[products])

    def low_pass(self, products: np.ndarray, place: np.ndarray) -> np.ndarray:
        """What the low-pass filter says for these products to a shopper at this place."""
        return np.asarray((self.basis_[products] @ place) * np.sqrt(self.degree_[products]))

    def _patterns(self, normalised: sparse.csr_matrix) -> np.ndarray:
        shoppers, products = normalised.shape
        patterns = min(self.patterns, shoppers - 1, products - 1)
        if patterns < 1 or normalised.nnz == 0:
            return np.zeros((products, 1), np.float32)
        _, strength, across = randomized_svd(
            normalised, patterns, n_oversamples=16, n_iter=3, random_state=self.seed
        )
        across[strength < 1e-6] = 0.0
        return np.ascontiguousarray(across.T, np.float32)


def _normalised(bought: sparse.csr_matrix) -> sparse.csr_matrix:
    """Each purchase over the roots of its shopper's and its product's degree."""
    of_shopper = np.maximum(np.asarray(bought.sum(axis=1), np.float32).ravel(), 1e-9)
    of_product = np.maximum(np.asarray(bought.sum(axis=0), np.float32).ravel(), 1e-9)
    row = np.repeat(np.arange(bought.shape[0]), np.diff(bought.indptr))
    value = bought.data / np.sqrt(of_shopper[row] * of_product[bought.indices])
    return sparse.csr_matrix((value.astype(np.float32), bought.indices, bought.indptr), shape=bought.shape)


def _drawn(bought: sparse.csr_matrix, lines: int, seed: int) -> sparse.csr_matrix:
    """The shoppers that bought anything, or as many of them at random as have so many lines together."""
    rows = np.flatnonzero(np.diff(bought.indptr))
    if bought.nnz > lines:
        shuffled = np.random.default_rng(seed).permutation(rows)
        together = np.cumsum(np.diff(bought.indptr)[shuffled])
        rows = np.sort(shuffled[: np.searchsorted(together, lines, "right")])
    return sparse.csr_matrix(bought[rows])


def _capped(bought: sparse.csr_matrix, most: int, seed: int) -> sparse.csr_matrix:
    """The same with at most so many products of each shopper, drawn at random: pairs grow with the square."""
    sizes = np.diff(bought.indptr)
    if sizes.max(initial=0) <= most:
        return bought
    row = np.repeat(np.arange(bought.shape[0]), sizes)
    chance = np.random.default_rng(seed).random(len(row))
    ranked = np.lexsort((chance, row))
    kept = np.sort(ranked[np.arange(len(row)) - bought.indptr[row] < most])
    shape = bought.shape
    return sparse.csr_matrix((bought.data[kept], (row[kept], bought.indices[kept])), shape=shape)


def _two_steps(normalised: sparse.csr_matrix, longest: int) -> ItemLists:
    """For each product those that the linear filter sees strongest, without itself."""
    near = gram(normalised, longest + 1)
    near.data[near.indices == np.repeat(np.arange(near.shape[0]), np.diff(near.indptr))] = 0.0
    return ItemLists.from_matrix(near, longest)
