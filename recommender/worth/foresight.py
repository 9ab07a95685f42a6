"""What may be expected of a shop's buyers: the published models and what was learned beyond them, as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from recommender.blending.boosted_trees import BoostedTrees
from recommender.worth.bg_nbd import BetaGeometric
from recommender.worth.gamma_gamma import GammaGamma
from recommender.worth.learned import FEATURES, Learned, Ranker
from recommender.worth.purchases import Models, Purchases, Seen, seen_at

LINEAR = ("middle", "scale", "slopes")


@dataclass(frozen=True)
class Foresight:
    """What each buyer will do in the coming ``learned.ahead`` days, from what is seen of them."""

    models: Models
    learned: Learned

    @classmethod
    def of(cls, purchases: Purchases, now: float, ahead: float) -> Self | None:
        """What purchases before the day ``now`` teach; None where they are too few to say anything."""
        _, seen = seen_at(purchases, now, ahead)
        models = Models.learned(seen)
        return None if models is None else cls(models, Learned(ahead).fit(purchases, now))

    @property
    def ahead(self) -> float:
        """How many days ahead it looks."""
        return float(self.learned.ahead)

    def orders(self, seen: Seen) -> np.ndarray:
        """The days of buying to be expected of each."""
        return np.minimum(self.learned.orders(seen, self.models), self.ahead)

    def spending(self, seen: Seen) -> np.ndarray | None:
        """The money to be expected of each; None where too little was ever paid."""
        return None if self.models.spends is None else self.orders(seen) * self.models.mean(seen)

    def still(self, seen: Seen) -> np.ndarray:
        """How likely (0 to 1) each is still a customer."""
        return self.models.buys.alive(seen.frequency, seen.recency, seen.age)

    def rank_score(self, seen: Seen) -> np.ndarray:
        """By what buyers are ranked: higher is expected to bring more."""
        score = self.learned.rank_score(seen, self.models)
        return self.orders(seen) if self.models.spends is None and self.learned.ranker_ is None else score

    def to_document(self) -> dict[str, Any]:
        """All of it as plain lists and figures; nothing in it is about anybody."""
        buys, spends, learned = self.models.buys, self.models.spends, self.learned
        ranker = learned.ranker_
        return {
            "ahead_days": self.ahead,
            "bg_nbd": [buys.r_, buys.alpha_, buys.a_, buys.b_],
            "gamma_gamma": None if spends is None else [spends.p_, spends.q_, spends.v_],
            "judged": learned.judged_,
            "trees": _trees_document(learned.trees_),
            "ranker": None if ranker is None else {
                "trees": _trees_document(ranker.trees),
                **{name: getattr(ranker, name).tolist() for name in LINEAR},
            },
        }  # fmt: skip

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What `to_document` wrote. Raises ValueError for trees that could not answer."""
        spends, ranker = document["gamma_gamma"], document["ranker"]
        learned = Learned(document["ahead_days"])
        learned.judged_ = dict(document["judged"])
        learned.trees_ = _trees(document["trees"])
        learned.ranker_ = None
        if ranker is not None:
            columns = (np.asarray(ranker[name], np.float64) for name in LINEAR)
            learned.ranker_ = Ranker(_trees(ranker["trees"]) or BoostedTrees.none(), *columns)
        models = Models(
            BetaGeometric.of(*document["bg_nbd"]), None if spends is None else GammaGamma.of(*spends)
        )
        return cls(models, learned)


def _trees_document(trees: BoostedTrees | None) -> dict[str, Any] | None:
    return None if trees is None else {name: array.tolist() for name, array in trees.arrays().items()}


def _trees(document: Mapping[str, Any] | None) -> BoostedTrees | None:
    if document is None:
        return None
    kinds = {"feature": np.int32, "threshold": np.float32, "value": np.float32}
    trees = BoostedTrees(**{name: np.asarray(document[name], kind) for name, kind in kinds.items()})
    fault = trees.fault(FEATURES)
    if fault is not None:
        raise ValueError(f"{fault[0]}: {fault[1]}")
    return trees
