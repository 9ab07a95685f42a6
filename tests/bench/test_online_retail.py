"""A quarter of Online Retail, learned and judged: far above popularity on both rows, or something broke."""

from __future__ import annotations

import pytest

from recommender.evaluation.cases import basket_cases, discovery_cases
from recommender.evaluation.evaluate import compare
from recommender.model import Model

from .online_retail import CUT, FILE, data_file, load

DAY = 86400.0


@pytest.mark.data
def test_real_baskets_and_discoveries_are_foreseen_far_better_than_by_popularity():
    path = data_file()
    if path is None:
        pytest.skip(f"{FILE} is neither in RAPPORT_BENCH_DATA nor in ../shared/data")
    interactions, cards = load(path)
    assert (
        len(interactions.orders) == 386_326
    )  # of the 396,337 clean lines, those naming a product again are added up
    past = interactions.before(CUT).since(CUT - 90 * DAY)
    model = Model.fit(past, cards, as_of=CUT)
    baskets = basket_cases(interactions, CUT, CUT + 7 * DAY, seed=0)
    ours, popularity, *_ = compare(model, past, "complements", baskets)
    assert ours.hr[10] > 3 * popularity.hr[10]
    discoveries = discovery_cases(interactions.since(CUT - 90 * DAY), CUT, CUT + 14 * DAY)
    ours, popularity, *_ = compare(model, past, "for-you", discoveries)
    assert ours.recall[20] > 1.5 * popularity.recall[20]
