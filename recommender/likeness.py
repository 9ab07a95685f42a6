"""What is alike by name, category and price: for the new and the unsold, and for what could be taken
instead.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from recommender.cards import Cards
from recommender.estimator import Part
from recommender.interactions import Interactions
from recommender.lists import ItemLists

ROWS_AT_ONCE = 512


class Likeness(Part):
    """Lists of the products most alike, by cosine (0 to 1): ``alike_`` over words, category path and price
    step.

    Words and categories are TF-IDF weighed (each step of ``Kitchen > Pans`` is a word of its own); prices
    count as one of ten steps of the shop's own price scale. Nothing is counted here: likeness has no
    witnesses.
    """

    LISTS = ("alike_",)
    COLUMNS = {}

    def __init__(
        self,
        longest: int = 50,
        least: float = 0.05,
        category_weight: float = 0.7,
        brand_weight: float = 0.3,
        price_weight: float = 0.3,
    ) -> None:
        self.longest = longest
        self.least = least
        self.category_weight = category_weight
        self.brand_weight = brand_weight
        self.price_weight = price_weight

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        if not len(cards):
            self.alike_ = ItemLists.empty(0)
            return self
        described = self._describe(cards)
        transposed = sparse.csc_matrix(described.T)
        found = []
        for first in range(0, len(cards), ROWS_AT_ONCE):
            alike = sparse.csr_matrix(described[first : first + ROWS_AT_ONCE] @ transposed)
            rows = np.repeat(np.arange(alike.shape[0]), np.diff(alike.indptr))
            alike.data[alike.indices == rows + first] = 0.0
            block = ItemLists.from_matrix(alike, self.longest, self.least)
            found.append(
                sparse.csr_matrix(
                    (block.scores, block.products, block.starts), shape=(alike.shape[0], len(cards))
                )
            )
        self.alike_ = (
            ItemLists.from_matrix(sparse.vstack(found), self.longest) if found else ItemLists.empty(0)
        )
        return self

    def _describe(self, cards: Cards) -> sparse.csr_matrix:
        paths = [
            " ".join(
                f"{depth}:{step.strip().replace(' ', '_')}"
                for depth, step in enumerate(path.split(">"))
                if step.strip()
            )
            for path in cards.categories
        ]
        brands = [brand.strip().replace(" ", "_") for brand in cards.brands]
        columns = [
            _words(list(cards.names), r"(?u)\b\w\w+\b"),
            _words(paths, r"\S+") * self.category_weight,
            _words(brands, r"\S+") * self.brand_weight,
            _price_steps(cards.prices) * self.price_weight,
        ]
        return normalize(sparse.csr_matrix(sparse.hstack(columns), dtype=np.float32))


def _words(texts: list[str], pattern: str) -> sparse.csr_matrix:
    if not any(text.strip() for text in texts):
        return sparse.csr_matrix((len(texts), 1), dtype=np.float32)
    try:
        return TfidfVectorizer(token_pattern=pattern, sublinear_tf=True, dtype=np.float32).fit_transform(
            texts
        )
    except ValueError:  # no text holds a single word
        return sparse.csr_matrix((len(texts), 1), dtype=np.float32)


def _price_steps(prices: np.ndarray) -> sparse.csr_matrix:
    known = np.flatnonzero(np.isfinite(prices) & (prices > 0))
    if not len(known):
        return sparse.csr_matrix((len(prices), 1), dtype=np.float32)
    edges = np.unique(np.quantile(prices[known], np.linspace(0.1, 0.9, 9)))
    steps = np.searchsorted(edges, prices[known], "right")
    shape = (len(prices), len(edges) + 1)
    return sparse.csr_matrix((np.ones(len(known), np.float32), (known, steps)), shape=shape)
