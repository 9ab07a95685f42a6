"""Who is worth what, against the shop's own shoppers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender.worth import Standing, rfm

VALUES = arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1e6, allow_nan=False))


def test_the_newest_most_frequent_and_best_paying_stand_highest():
    scores = rfm(np.array([1.0, 50.0, 300.0]), np.array([9.0, 3.0, 1.0]), np.array([900.0, 80.0, 10.0]))
    for part in (scores.recency, scores.frequency, scores.monetary, scores.rfm):
        np.testing.assert_allclose(part, [5 / 6, 1 / 2, 1 / 6])


@given(VALUES)
def test_equal_shoppers_stand_equal_in_the_middle_and_order_is_kept(values):
    scores = rfm(values, values, values)
    assert np.all((scores.rfm > 0) & (scores.rfm < 1))
    assert scores.monetary.mean() == pytest.approx(0.5)
    ranked = np.argsort(values, kind="stable")
    assert np.all(np.diff(scores.frequency[ranked]) >= 0)
    assert np.all(np.diff(scores.recency[ranked]) <= 0)


@given(VALUES)
def test_stored_edges_place_a_shopper_about_where_all_the_others_do(values):
    exact = rfm(values, values, values).monetary
    stored = Standing.of(values, values, values).scores(values, values, values).monetary
    assert np.all(np.abs(exact - stored) <= 0.5 / len(values) + 0.011)


def test_one_shopper_is_scored_without_the_others_at_hand():
    standing = Standing.of(np.arange(100.0), np.arange(100.0), np.arange(100.0))
    assert standing.score(0.0, 99.0, 99.0) > 0.98
    assert standing.score(99.0, 0.0, 0.0) < 0.02


def test_a_shop_without_shoppers_has_no_opinion():
    none = np.zeros(0)
    assert Standing.of(none, none, none).score(3.0, 1.0, 20.0) == 0.5
    assert len(rfm(none, none, none).rfm) == 0
