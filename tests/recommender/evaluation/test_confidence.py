"""What is called better is better than chance, and one shopper's many baskets are not many witnesses."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.confidence import BETTER, LEVEL, WORSE, Resampling
from recommender.evaluation.reliability import calibration_error, reliability
from recommender.evaluation.segments import PRODUCT_BANDS, SHOPPER_BANDS, band_of, past_orders
from recommender.question import Bought, Question


def test_a_standard_error_is_that_of_the_textbook():
    values = np.random.default_rng(0).random((2_000, 1))
    found = Resampling([None] * 2_000).standard_errors(values)[0]
    assert found == pytest.approx(values.std() / np.sqrt(2_000), rel=0.1)


def test_better_worse_and_not_told_apart():
    rng = np.random.default_rng(1)
    ours = rng.random(500)
    others = np.column_stack([ours - 0.1, ours + 0.1, rng.permutation(ours)])
    verdicts = [each.verdict for each in Resampling([None] * 500).compare(ours, others)]
    assert verdicts == [BETTER, WORSE, LEVEL]


def test_one_shoppers_many_cases_do_not_make_a_difference_sure():
    """Control: the same figures, each taken for a witness of its own, would be called better."""
    ours = np.repeat([1.0, 1.0, 0.0, 0.0], [60, 20, 10, 10])
    others = 1.0 - ours[:, None]
    of = np.repeat(["one", "two", "three", "four"], [60, 20, 10, 10]).tolist()
    assert Resampling([None] * 100).compare(ours, others)[0].verdict == BETTER
    assert Resampling(of).compare(ours, others)[0].verdict == LEVEL


def test_a_single_shopper_proves_nothing():
    drawn = Resampling(["one"] * 5)
    assert drawn.compare(np.ones(5), np.zeros((5, 1)))[0].verdict == LEVEL
    assert np.isnan(drawn.standard_errors(np.ones((5, 1)))[0])


def test_reliability_counts_by_tenths():
    low, high = reliability([0.05, 0.08, 0.95, 1.0], [False, True, True, True])
    assert (low.shown, low.right, low.share) == (2, 1, 0.5)
    assert (high.low, high.shown, high.share) == (0.9, 2, 1.0)
    assert low.least < 0.5 < low.most
    assert calibration_error([low, high]) == pytest.approx((2 * (0.5 - 0.065) + 2 * (1 - 0.975)) / 4)
    assert calibration_error([]) is None


def test_orders_are_counted_over_products_and_banded():
    def bought(product: str, *moments: float) -> Bought:
        return Bought(product, len(moments), 1.0, min(moments), max(moments), moments)

    assert past_orders(Question("for-you")) == 0
    assert past_orders(Question("for-you", bought=(bought("a", 3.0, 1.0), bought("b", 3.0)))) == 2
    assert band_of([0, 1, 2, 5, 6, 99], SHOPPER_BANDS).tolist() == [0, 1, 2, 2, 3, 3]
    assert band_of([0, 9, 10, 1000], PRODUCT_BANDS).tolist() == [0, 1, 2, 3]
