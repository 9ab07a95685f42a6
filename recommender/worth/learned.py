"""What the shop's own past says beyond the two published models, and whether that is better.

The shop is looked at as it was at several moments; what each buyer did afterwards is known. Boosted trees
learn from that by how much BG/NBD is wrong (it is one of their features); their answer and BG/NBD's are
averaged. For the rank of buyers by what they will spend, trees and a ridge regression learn the rank itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.stats import rankdata, spearmanr
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingRegressor

from recommender.blending.boosted_trees import BoostedTrees
from recommender.worth.purchases import Models, Purchases, Seen, seen_at

FEWEST_TO_LEARN_FROM = 300  # buyers at the last of the moments; with fewer the published models answer alone
MOST_TO_LEARN_FROM = 20_000  # buyers; more teach nothing more, and take time
MOMENTS = 5
FOLDS = 2
LOUDEST = 3.0  # ln of how far a correction goes
FEATURES = 15
LEAST_EXPECTED = 1e-3
RIDGE = 10.0


@dataclass(frozen=True)
class Window:
    """The shop at one moment and what came of it within ``ahead`` days, one value per buyer: ``rows``, the
    ``orders`` and ``spending`` that the published models expected, the ``features``, and the days of buying
    that ``came`` and the money they ``brought``.
    """

    ahead: float
    rows: np.ndarray
    orders: np.ndarray
    spending: np.ndarray
    features: np.ndarray
    came: np.ndarray
    brought: np.ndarray


@dataclass(frozen=True)
class Ranker:
    """A buyer's expected rank by later spending: trees and a ridge regression, averaged."""

    trees: BoostedTrees
    middle: np.ndarray
    scale: np.ndarray
    slopes: np.ndarray

    def score(self, features: np.ndarray) -> np.ndarray:
        """The score of each row of features: higher is better."""
        ridge = ((features - self.middle) / self.scale) @ self.slopes
        return 0.5 * (self.trees.score(_columns(features)) + ridge)


class Learned(BaseEstimator):
    """Corrections to BG/NBD for the ``ahead`` days after now.

    Each is kept only where it is better for buyers that it did not learn from: at the last of the moments,
    learned from earlier ones; where the history is too short for that, at all of them.

    Learned: ``trees_`` (BoostedTrees, ln of the correction) or None, ``ranker_`` (Ranker) or None, and
    ``judged_``: the errors of orders (mean squared, over the variance) and the rank correlations compared.
    """

    def __init__(self, ahead: float = 365.0, seed: int = 0) -> None:
        self.ahead = ahead
        self.seed = seed

    def fit(self, purchases: Purchases, now: float) -> Self:
        """The model itself, having seen purchases before ``now`` (a day) alone."""
        self.trees_: BoostedTrees | None = None
        self.ranker_: Ranker | None = None
        self.judged_: dict[str, float] = {}
        if purchases.buyers < FEWEST_TO_LEARN_FROM:
            return self
        windows = list(_windows(purchases, now, self.ahead))
        if len(windows) < 2 or len(windows[-1].rows) < FEWEST_TO_LEARN_FROM:
            return self
        asked = windows[-1:] if _in_turn(windows) else windows
        answers = self._held_out(windows, asked, purchases.buyers)
        self.judged_ = {
            "bg_nbd": _error([each.orders for each in asked], asked),
            "learned": _error([answer for answer, _ in answers], asked),
            "expected_spend_rank": _agreement([each.spending for each in asked], asked),
            "learned_rank": _agreement([answer for _, answer in answers], asked),
        }
        if self.judged_["learned"] < self.judged_["bg_nbd"]:
            self.trees_ = _corrections(windows, self.seed)
        if self.judged_["learned_rank"] > self.judged_["expected_spend_rank"]:
            self.ranker_ = _ranker(windows, self.seed)
        return self

    def orders(self, seen: Seen, models: Models) -> np.ndarray:
        """The days of buying to be expected of each: the mean of BG/NBD and its correction if better."""
        expected = models.orders(seen, self.ahead)
        if self.trees_ is None:
            return expected
        return _averaged(expected, self.trees_, features(seen, models, self.ahead))

    def rank_score(self, seen: Seen, models: Models) -> np.ndarray:
        """By what buyers are ranked: expected rank where that is better, else expected spending."""
        if self.ranker_ is None:
            return self.orders(seen, models) * models.mean(seen)
        return self.ranker_.score(features(seen, models, self.ahead))

    def _held_out(
        self, windows: list[Window], asked: list[Window], buyers: int
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Corrected orders and rank scores of each window asked, as learned from other buyers; of the last
        alone, at earlier moments only.
        """
        fold = np.random.default_rng(self.seed).integers(0, FOLDS, buyers)
        answers = [(np.zeros(len(each.rows)), np.zeros(len(each.rows))) for each in asked]
        shown = windows if len(asked) == len(windows) else windows[:-1]
        for out in range(FOLDS):
            others = [_some(each, fold[each.rows] != out) for each in shown]
            trees, ranker = _corrections(others, self.seed), _ranker(others, self.seed)
            for window, (corrected, ranked) in zip(asked, answers, strict=True):
                mine = fold[window.rows] == out
                corrected[mine] = _averaged(window.orders[mine], trees, window.features[mine])
                ranked[mine] = ranker.score(window.features[mine])
        return answers


def _in_turn(windows: list[Window]) -> bool:
    """Whether the windows are of the length asked for, moved on in time, and not one history cut in two."""
    return windows[0].ahead == windows[-1].ahead


def _error(answers: list[np.ndarray], asked: list[Window]) -> float:
    """The mean squared error, each window beside the spread of what came."""
    of_each = [
        np.mean((a - w.came) ** 2) / max(np.var(w.came), 1e-9) for a, w in zip(answers, asked, strict=True)
    ]
    return float(np.mean(of_each))


def _agreement(answers: list[np.ndarray], asked: list[Window]) -> float:
    """The mean rank correlation with what was spent."""
    return float(np.mean([_correlation(a, w.brought) for a, w in zip(answers, asked, strict=True)]))


def features(seen: Seen, models: Models, ahead: float) -> np.ndarray:
    """What the trees read, float32 of (buyers, 15); free of the units of time and money."""
    expected, mean = models.orders(seen, ahead), models.mean(seen)
    usual = max(float(models.spends.usual_) if models.spends else 0.0, 1e-9)
    usual = usual if np.isfinite(usual) else 1.0
    silent = seen.age - seen.recency
    pace = np.where(seen.days > 1, seen.recency / np.maximum(seen.frequency, 1.0), seen.age)
    age = np.maximum(seen.age, 1.0)
    columns = (
        np.log(expected + 1e-4),
        models.buys.alive(seen.frequency, seen.recency, seen.age),
        np.log(seen.days),
        silent / ahead,
        seen.recency / age,
        age / ahead,
        np.log((silent + 1.0) / (pace + 1.0)),
        *np.log1p(seen.lately),
        np.log(np.maximum(mean, 1e-9) / usual),
        np.log((seen.last + 0.01 * usual) / (np.maximum(mean, 1e-9) + 0.01 * usual)),
        np.log1p(seen.paid_lately[1] / usual),
        np.log1p(seen.paid_lately[2] / usual),
        np.log1p(np.maximum(seen.spent, 0.0) / usual),
    )
    return np.stack(columns, axis=1).astype(np.float32)


def _windows(purchases: Purchases, now: float, ahead: float) -> Any:
    """The windows, oldest first, all of which end by ``now``."""
    if not len(purchases.day):
        return
    begin = float(purchases.day.min())
    span = now - begin
    kept = _sample(purchases)
    if span >= 3.0 * ahead:
        moments = [now - ahead * (1.0 + 0.4 * back) for back in range(MOMENTS)][::-1]
        moments = [each for each in moments if each - begin >= ahead]
    else:
        moments = [begin + span * (1.0 + at / (MOMENTS - 1)) / 3.0 for at in range(MOMENTS)]
    for at in (float(np.floor(moment)) for moment in moments):
        window = _window(kept, at, min(ahead, now - at))
        if window is not None:
            yield window


def _window(purchases: Purchases, at: float, ahead: float) -> Window | None:
    rows, seen = seen_at(purchases, at, ahead)
    models = Models.learned(seen) if len(rows) else None
    if models is None or ahead < 1.0:
        return None
    orders = models.orders(seen, ahead)
    after = purchases.within(at, at + ahead)
    spending = orders * models.mean(seen)
    made = features(seen, models, ahead)
    return Window(ahead, rows, orders, spending, made, after.counts()[rows], after.sums()[rows])


def _sample(purchases: Purchases) -> Purchases:
    """So many buyers as are learned from, evenly over all."""
    if purchases.buyers <= MOST_TO_LEARN_FROM:
        return purchases
    kept = purchases.buyer % -(-purchases.buyers // MOST_TO_LEARN_FROM) == 0
    return Purchases(purchases.buyer[kept], purchases.day[kept], purchases.spent[kept], purchases.buyers)


def _some(window: Window, kept: np.ndarray) -> Window:
    columns = ("rows", "orders", "spending", "features", "came", "brought")
    return Window(window.ahead, **{name: getattr(window, name)[kept] for name in columns})


def _corrections(windows: list[Window], seed: int) -> BoostedTrees:
    """Trees of ln(what came over what BG/NBD expected), each buyer weighing what was expected."""
    x = np.concatenate([each.features for each in windows])
    expected = np.concatenate([each.orders for each in windows]) + LEAST_EXPECTED
    came = np.concatenate([each.came for each in windows])
    grown = HistGradientBoostingRegressor(
        loss="poisson", learning_rate=0.05, max_iter=80, max_leaf_nodes=3, l2_regularization=10.0,
        min_samples_leaf=200, early_stopping=False, random_state=seed,
    ).fit(x, came / expected, sample_weight=expected / expected.mean())  # fmt: skip
    return _with_base(grown)


def _ranker(windows: list[Window], seed: int) -> Ranker:
    x = np.concatenate([each.features for each in windows])
    rank = np.concatenate([rankdata(each.brought) / len(each.brought) for each in windows])
    grown = HistGradientBoostingRegressor(
        learning_rate=0.05, max_iter=100, max_leaf_nodes=4, l2_regularization=10.0,
        min_samples_leaf=50, early_stopping=False, random_state=seed,
    ).fit(x, rank)  # fmt: skip
    x = x.astype(np.float64)
    middle, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    even = (x - middle) / scale
    slopes = np.linalg.solve(even.T @ even + RIDGE * np.eye(x.shape[1]), even.T @ (rank - rank.mean()))
    return Ranker(_with_base(grown), middle, scale, slopes)


def _with_base(grown: HistGradientBoostingRegressor) -> BoostedTrees:
    """The trees with what they begin from as a value of the first of them."""
    trees = BoostedTrees.from_boosting(grown)
    trees.value[0] += np.float32(np.ravel(grown._baseline_prediction)[0])
    return trees


def _averaged(expected: np.ndarray, trees: BoostedTrees, rows: np.ndarray) -> np.ndarray:
    correction = np.exp(np.clip(trees.score(_columns(rows)), -LOUDEST, LOUDEST))
    return 0.5 * (expected + expected * correction)


def _columns(rows: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(rows.T, np.float32)


def _correlation(ours: np.ndarray, came: np.ndarray) -> float:
    if np.ptp(ours) == 0 or np.ptp(came) == 0:
        return 0.0
    return float(spearmanr(ours, came).statistic)
