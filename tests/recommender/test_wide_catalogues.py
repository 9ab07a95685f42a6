"""What is worked out for wide catalogues, against the plain way that small ones take."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recommender import local_ridge as module
from recommender.gram import gram
from recommender.local_ridge import local_ridge, weigh_rows


@pytest.fixture
def baskets() -> sparse.csr_matrix:
    rng = np.random.default_rng(11)
    return sparse.csr_matrix((rng.random((300, 40)) < rng.beta(1, 6, 40)).astype(np.float32))


def test_wide_and_small_catalogues_get_the_same_weights(baskets, monkeypatch):
    weighed = weigh_rows(baskets, 0.5)
    small = local_ridge(weighed, neighbours=12, ridge=3.0).toarray()
    monkeypatch.setattr(module, "DENSE_UP_TO", 0)
    np.testing.assert_allclose(local_ridge(weighed, neighbours=12, ridge=3.0).toarray(), small, atol=1e-5)
    assert np.count_nonzero(small) > 200


def test_wide_catalogues_keep_apart_what_must_not_speak_for_each_other(baskets, monkeypatch):
    weighed = weigh_rows(baskets, 0.5)
    apart = sparse.csr_matrix(([1.0, 1.0], ([3, 5], [5, 3])), shape=(40, 40))
    small = local_ridge(weighed, neighbours=12, ridge=3.0, apart=apart).toarray()
    monkeypatch.setattr(module, "DENSE_UP_TO", 0)
    wide = local_ridge(weighed, neighbours=12, ridge=3.0, apart=apart).toarray()
    np.testing.assert_allclose(wide, small, atol=1e-5)
    assert wide[3, 5] == wide[5, 3] == 0.0


def test_a_catalogue_of_which_little_is_at_hand_still_gets_nearly_the_same_weights(baskets, monkeypatch):
    weighed = weigh_rows(baskets, 0.5)
    small = local_ridge(weighed, neighbours=12, ridge=3.0).toarray()
    monkeypatch.setattr(module, "DENSE_UP_TO", 0)
    monkeypatch.setattr(module, "MOST_MET", 25)
    wide = local_ridge(weighed, neighbours=12, ridge=3.0).toarray()
    assert np.corrcoef(wide.ravel(), small.ravel())[0, 1] > 0.95


def test_of_each_row_the_greatest_are_kept_by_worth(baskets):
    whole = (baskets.T @ baskets).toarray()
    scale = np.sqrt(whole.diagonal() + 1.0).astype(np.float32)
    kept = gram(baskets, 5, scale).toarray()
    for row in range(40):
        worth = whole[row] / scale
        edge = np.sort(worth)[-5]
        np.testing.assert_array_equal(kept[row], np.where((worth >= edge) & (worth > 0), whole[row], 0.0))


def test_nothing_bought_meets_nothing():
    assert gram(sparse.csr_matrix((3, 4), dtype=np.float32), 2).shape == (4, 4)
