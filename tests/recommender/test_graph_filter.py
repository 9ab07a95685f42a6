"""The filters over the graph of purchases, against the plain matrix arithmetic they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.cards import Cards
from recommender.graph_filter import GraphFilter
from recommender.interactions import Interactions

NOW = 100.0


def history(bought: np.ndarray) -> Interactions:
    """Shoppers by products, one order each, all at one moment."""
    shoppers, products = np.nonzero(bought)
    return Interactions.from_columns(
        order_ids=[f"o{row:02}" for row in shoppers],
        shopper_ids=[f"s{row:02}" for row in shoppers],
        product_ids=[f"p{row:02}" for row in products],
        quantities=np.ones(len(shoppers)),
        times=np.full(len(shoppers), NOW - 1),
    ).over(tuple(f"p{row:02}" for row in range(bought.shape[1])))


def fitted(bought: np.ndarray, **settings: int) -> GraphFilter:
    past = history(bought)
    return GraphFilter(**settings).fit(past, Cards.from_columns(past.product_ids), as_of=NOW)


def plainly(bought: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gram of the normalised purchases, and what every product's degree is, written out densely."""
    of_shopper, of_product = (np.maximum(bought.sum(axis=axis), 1e-9) for axis in (1, 0))
    normalised = bought / np.sqrt(of_shopper[:, None] * of_product[None, :])
    return normalised.T @ normalised, of_product


def linear(part: GraphFilter) -> np.ndarray:
    lists, found = part.linear_, np.zeros((len(part.degree_),) * 2)
    found[lists.rows(), lists.products] = lists.scores
    return found


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_linear_filter_is_the_gram_of_normalised_purchases_without_its_diagonal(seed):
    bought = (np.random.default_rng(seed).random((12, 9)) < 0.3).astype(float)
    wanted, _ = plainly(bought)
    np.fill_diagonal(wanted, 0.0)
    np.testing.assert_allclose(linear(fitted(bought)), wanted, atol=1e-5)


def test_with_every_pattern_kept_the_low_pass_filter_gives_a_shopper_back_what_was_bought():
    bought = (np.random.default_rng(3).random((60, 8)) < 0.4).astype(float)
    part = fitted(bought, patterns=7)
    mine = np.array([1, 4, 6])
    said = part.low_pass(np.arange(8), part.fold_in(mine, np.ones(3)))
    assert set(np.argsort(-said)[:3]) == set(mine)


def test_the_low_pass_filter_speaks_where_no_two_buyers_met():
    """Two worlds: 0-1-2 are linked in a chain, 3 and 4 are bought together; nobody bought both 0 and 2."""
    bought = np.zeros((40, 5))
    bought[:15, [0, 1]] = bought[15:30, [1, 2]] = bought[30:, [3, 4]] = 1
    part = fitted(bought, patterns=2)
    assert linear(part)[0, 2] == 0.0
    said = part.low_pass(np.arange(5), part.fold_in(np.array([0]), np.ones(1)))
    assert said[2] > 0.1
    assert abs(said[3]) < 1e-3 > abs(said[4])


def test_what_sells_to_everybody_says_less_than_what_few_share():
    """All 30 bought 0; ten of them also 1 and 2."""
    bought = np.zeros((30, 3))
    bought[:, 0] = 1
    bought[:10, 1:] = 1
    assert linear(fitted(bought))[1, 2] > linear(fitted(bought))[1, 0]


@pytest.mark.parametrize("longest", [1, 2])
def test_lists_keep_the_strongest(longest):
    bought = (np.random.default_rng(5).random((30, 6)) < 0.5).astype(float)
    whole, short = fitted(bought), fitted(bought, longest=longest)
    for row in range(6):
        first = whole.linear_.products[whole.linear_.starts[row] :][:longest]
        assert short.linear_.products[short.linear_.starts[row] :][:longest].tolist() == first.tolist()


def test_patterns_read_from_a_share_of_the_shoppers_still_tell_the_two_worlds_apart():
    rng = np.random.default_rng(7)
    bought = np.zeros((400, 20))
    for shopper in range(400):
        bought[shopper, rng.choice(10, 4, replace=False) + 10 * (shopper % 2)] = 1
    part = fitted(bought, patterns=2, lines=400)
    said = part.low_pass(np.arange(20), part.fold_in(np.array([0, 1]), np.ones(2)))
    assert said[:10].min() > said[10:].max()


def test_a_shopper_of_whom_nothing_is_known_stands_nowhere():
    part = fitted(np.ones((4, 3)))
    assert not part.fold_in(np.zeros(0, np.int64), np.zeros(0)).any()
