"""Where a shop stands with shoppers and products it hardly knows: figures by how much was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.evaluation.cases import Case
from recommender.question import Question

#: name and least number of orders; a band ends where the next begins
SHOPPER_BANDS = (("0", 0), ("1", 1), ("2-5", 2), ("6+", 6))
PRODUCT_BANDS = (("never sold", 0), ("1-9", 1), ("10-99", 10), ("100+", 100))


@dataclass(frozen=True)
class Segment:
    """The figures of one band: ``of`` is ``shopper`` (cases by the asker's orders before the question) or
    ``product`` (what was right, by its orders before the cut).

    ``cases`` counts cases, for ``product`` the pairs of a case and a right product. ``figures`` holds each
    method's mean: hit rate at 10, recall at 20 and NDCG at 10 for shoppers, the share of the pairs found
    among the first 10 and 20 for products.
    """

    of: str
    band: str
    cases: int
    figures: dict[str, dict[str, float]]


def past_orders(question: Question) -> int:
    """How many orders of the asker the question knows of, exact up to ten."""
    return len({moment for past in question.bought for moment in (*past.moments, past.first_at)})


def band_of(counts: Sequence[int] | np.ndarray, bands: Sequence[tuple[str, int]]) -> np.ndarray:
    """The band (its place) of each count."""
    return np.searchsorted([least for _, least in bands], np.asarray(counts, np.int64), side="right") - 1


def by_shopper(cases: Sequence[Case], measured: Mapping[str, Mapping[str, np.ndarray]]) -> list[Segment]:
    """Figures by how many orders the asker had; ``measured`` holds figures per case by method and measure."""
    place = band_of([past_orders(case.question) for case in cases], SHOPPER_BANDS)
    found = []
    for row, (band, _) in enumerate(SHOPPER_BANDS):
        inside = place == row
        if inside.any():
            means = {
                method: {measure: float(values[inside].mean()) for measure, values in each.items()}
                for method, each in measured.items()
            }
            found.append(Segment("shopper", band, int(inside.sum()), means))
    return found


def by_product(
    cases: Sequence[Case], orders: np.ndarray, answers: Mapping[str, Sequence[Sequence[int]]]
) -> list[Segment]:
    """How often what was right was found, by how many orders it had been in before the cut."""
    pairs = [(row, product) for row, case in enumerate(cases) for product in case.right]
    place = band_of([int(orders[product]) for _, product in pairs], PRODUCT_BANDS)
    found = {method: _found(pairs, answered) for method, answered in answers.items()}
    return [
        Segment(
            "product",
            band,
            int((place == row).sum()),
            {
                method: {f"found@{k}": float((at[place == row] < k).mean()) for k in (10, 20)}
                for method, at in found.items()
            },
        )
        for row, (band, _) in enumerate(PRODUCT_BANDS)
        if (place == row).any()
    ]


def _found(pairs: Sequence[tuple[int, int]], answers: Sequence[Sequence[int]]) -> np.ndarray:
    """At which place each pair's product stands, infinity where it does not."""
    places = [{product: at for at, product in reversed(list(enumerate(each)))} for each in answers]
    return np.array([places[row].get(product, np.inf) for row, product in pairs], np.float64)
