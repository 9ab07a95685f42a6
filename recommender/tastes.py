"""What suits a shopper, from what all shoppers bought: factors and neighbours, for shoppers never seen too.

Nothing about a single shopper is kept: the profile comes with the question and is folded in there.
"""

from __future__ import annotations

import warnings
from typing import Self

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from implicit.gpu.als import AlternatingLeastSquares as OnGpu
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.cards import Cards
from recommender.estimator import Part
from recommender.evidence import shared_parties
from recommender.interactions import Interactions
from recommender.liking import liking
from recommender.lists import ItemLists
from recommender.local_ridge import local_ridge, weigh_rows
from recommender.machine import CPU, GPU

LEAST_CONFIDENCE, MOST_CONFIDENCE = 2.0, 200.0
LEAST_REGULARIZATION = 10.0


class Tastes(Part):
    """Two views on taste: lists by local ridge over shoppers, and implicit matrix factors (Hu, Koren,
    Volinsky 2008).

    ``neighbours_`` are lists of what those who like a product also like, at any time (counts: shoppers who
    bought, carried, wished or looked at both); what was bought long ago counts down to ``for_good`` of what
    was bought now. ``factors_`` (n, k) float32 are the products' factors, ``spread_`` (k, k) their second
    moment plus the regularisation and ``confidence_`` (1,) how many times as much a purchase counts as a
    product not bought: all that folding in a shopper needs.

    How much counts what was not bought is found from the history: for a shopper of usual size all of it
    together weighs ``unobserved`` times the purchases. So one setting fits shops of any density, and
    ``regularization`` is in units of what speaks about such a shopper (Rendle, Krichene, Zhang, Koren 2021).

    ``device`` "gpu" has implicit learn the factors on one (experimental: other bits than on the CPU, and not
    the same at each run).
    """

    LISTS = ("neighbours_",)
    COLUMNS = {"factors_": ("n", -1), "spread_": (-1, -1), "confidence_": (1,)}

    def __init__(
        self,
        longest: int = 100,
        neighbours: int = 100,
        ridge: float = 20.0,
        size_power: float = 0.5,
        factors: int = 64,
        regularization: float = 0.008,
        unobserved: float = 15.0,
        iterations: int = 10,
        seed: int = 0,
        for_good: float = 0.3,
        device: str = CPU,
    ) -> None:
        self.longest = longest
        self.neighbours = neighbours
        self.ridge = ridge
        self.size_power = size_power
        self.factors = factors
        self.regularization = regularization
        self.unobserved = unobserved
        self.iterations = iterations
        self.seed = seed
        self.for_good = for_good
        self.device = device

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        past = interactions.before(as_of)
        self.neighbours_ = self._neighbours(liking(past, as_of=as_of, for_good=self.for_good))
        bought = liking(past, as_of=as_of)
        confidence, regularization = self.balance(bought)
        self.confidence_ = np.array([confidence], np.float32)
        self.factors_ = self._factorise(bought, confidence, regularization)
        self.spread_ = (
            self.factors_.T @ self.factors_ + np.eye(self.factors_.shape[1]) * regularization
        ).astype(np.float32)
        return self

    def fold_in(self, products: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """A shopper's factors (k,) from product rows and how surely each is liked; zeros for nobody.

        ``weights`` are in the units of training: 1 + ln(times bought), less for what counts less.
        """
        liked = self.factors_[products]
        sure = self.confidence_ * weights.astype(np.float32)
        left = self.spread_ + (liked * (np.maximum(sure, 1.0) - 1.0)[:, None]).T @ liked
        return np.linalg.solve(left, liked.T @ sure)

    def balance(self, bought: sparse.csr_matrix) -> tuple[float, float]:
        """The confidence in a purchase, that in anything else being 1, and the regularisation beside them."""
        usual = bought.nnz / max(1, np.count_nonzero(np.diff(bought.indptr)))
        confidence = np.clip(
            bought.shape[1] / (self.unobserved * max(usual, 1.0)), LEAST_CONFIDENCE, MOST_CONFIDENCE
        )
        speaks = float(confidence) * usual * (1.0 + self.unobserved)
        return float(confidence), max(self.regularization * speaks, LEAST_REGULARIZATION)

    def _neighbours(self, owned: sparse.csr_matrix) -> ItemLists:
        owned.data = np.minimum(owned.data, 1.0)
        ridge = local_ridge(weigh_rows(owned, self.size_power), neighbours=self.neighbours, ridge=self.ridge)
        return shared_parties(ItemLists.from_matrix(ridge, self.longest), owned)

    def _factorise(self, bought: sparse.csr_matrix, confidence: float, regularization: float) -> np.ndarray:
        factors = max(1, min(self.factors, min(bought.shape) - 1)) if min(bought.shape) > 0 else 1
        if bought.nnz == 0:
            return np.zeros((bought.shape[1], factors), np.float32)
        settings = {
            "factors": factors,
            "regularization": regularization,
            "alpha": confidence,
            "iterations": self.iterations,
            "random_state": self.seed,
        }
        # On one thread there is one way of adding up: the same history gives the same bits.
        on_gpu = self.device == GPU
        model = OnGpu(**settings) if on_gpu else AlternatingLeastSquares(**settings, num_threads=1)
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(bought, show_progress=False)
        learned = model.item_factors.to_numpy() if on_gpu else model.item_factors
        return np.nan_to_num(np.asarray(learned, np.float32))
