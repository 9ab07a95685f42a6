"""Every figure against a case so small that it can be counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.cards import Cards
from recommender.evaluation import metrics
from recommender.evaluation.metrics import Market
from recommender.interactions import Interactions

#: four buyers: everybody bought bread, two salt, one (a guest, in her own order) gold; oil nobody
LINES = [("1", "ann", "bread"), ("2", "ben", "bread"), ("3", "cid", "bread"), ("4", None, "bread")]
LINES += [("1", "ann", "salt"), ("2", "ben", "salt"), ("4", None, "gold"), ("5", "ann", "bread")]
BREAD, GOLD, OIL, SALT = range(4)


@pytest.fixture
def market() -> Market:
    orders, shoppers, products = zip(*LINES, strict=True)
    history = Interactions.from_columns(
        order_ids=orders,
        shopper_ids=shoppers,
        product_ids=products,
        quantities=[1] * len(LINES),
        times=[0.0] * len(LINES),
    ).over(("bread", "gold", "oil", "salt"))
    cards = Cards.from_columns(
        ["bread", "gold", "oil", "salt"], categories=["Food > Bread", "Finery", "Food > Oil", None]
    )
    return Market.of(history, cards)


def test_a_market_counts_buyers_and_orders_and_names_top_categories(market):
    assert market.buyers.tolist() == [4, 1, 0, 2]
    assert market.orders.tolist() == [5, 1, 0, 2]
    assert market.parties == 4
    assert market.category.tolist() == [1, 0, 1, -1]


def test_recall_hit_rate_and_reciprocal_rank_counted_by_hand():
    right = [{1, 2, 3}, {9}]
    hits = metrics.hits_of(right, [[7, 1, 2], [4, 5]])
    wanted = np.array([3, 1])
    assert metrics.recall(hits, wanted, 2).tolist() == pytest.approx([1 / 3, 0])
    assert metrics.recall(hits, wanted, 10).tolist() == pytest.approx([2 / 3, 0])
    assert metrics.hit_rate(hits, 1).tolist() == [0, 0]
    assert metrics.hit_rate(hits, 2).tolist() == [1, 0]
    assert metrics.reciprocal_rank(hits, 10).tolist() == [1 / 2, 0]
    assert metrics.reciprocal_rank(hits, 1).tolist() == [0, 0]


def test_ndcg_is_measured_by_the_best_list_that_fits():
    hits = metrics.hits_of([{1, 2, 3}], [[1, 8, 2]])
    assert metrics.ndcg(hits, np.array([3]), 2).tolist() == pytest.approx([1 / (1 + 1 / math.log2(3))])
    best = 1 + 1 / math.log2(3) + 1 / 2
    assert metrics.ndcg(hits, np.array([3]), 10).tolist() == pytest.approx([(1 + 1 / 2) / best])


@given(st.lists(st.integers(0, 30), max_size=20, unique=True), st.sets(st.integers(0, 30), min_size=1))
def test_every_figure_lies_between_nothing_and_all(answer, right):
    hits, wanted = metrics.hits_of([right], [answer]), np.array([len(right)])
    for k in (1, 10, 20):
        found = metrics.recall(hits, wanted, k)[0], metrics.ndcg(hits, wanted, k)[0]
        assert all(-1e-12 <= figure <= 1 + 1e-12 for figure in found)
        assert metrics.reciprocal_rank(hits, k)[0] <= metrics.hit_rate(hits, k)[0]


def test_coverage_counts_each_product_once():
    assert metrics.coverage([[1, 2], [2, 3]], products=4, k=1) == pytest.approx(2 / 4)
    assert metrics.coverage([[1, 2], [2, 3]], products=4, k=2) == pytest.approx(3 / 4)


def test_novelty_is_the_surprise_of_what_is_shown(market):
    assert metrics.novelty([[BREAD]], market, 10) == pytest.approx(0.0)  # everybody has it
    assert metrics.novelty([[SALT]], market, 10) == pytest.approx(1.0)  # half of them
    assert metrics.novelty([[BREAD, GOLD]], market, 10) == pytest.approx((0 + 2) / 2)
    assert metrics.novelty([[OIL]], market, 10) == pytest.approx(2.0)  # as if one had it
    assert metrics.novelty([[]], market, 10) is None


def test_the_head_is_the_best_sold_tenth_at_least_one_product(market):
    assert metrics.head_share([[BREAD, SALT, GOLD, OIL]], market, 10) == pytest.approx(1 / 4)
    assert metrics.head_share([[BREAD, SALT]], market, 1) == pytest.approx(1.0)
    assert metrics.head_share([], market, 10) is None


def test_miscalibration_is_none_where_the_mix_is_the_same_and_grows_with_the_distance(market):
    bought = np.array([BREAD, GOLD])
    same = metrics.miscalibration([bought], [[OIL, GOLD]], market, 10)
    assert same == pytest.approx(0.0)
    shown = 0.01 * 0.5  # none of the finery is shown; a hundredth of its share is lent
    apart = metrics.miscalibration([bought], [[OIL, BREAD]], market, 10)
    assert apart == pytest.approx(0.5 * math.log(0.5 / (1 - shown)) + 0.5 * math.log(0.5 / shown))
    assert metrics.miscalibration([np.array([SALT])], [[OIL]], market, 10) is None, "salt has no category"


def test_without_categories_nothing_is_said_of_them(market):
    bare = Market(market.buyers, market.orders, market.parties, None)
    assert metrics.miscalibration([np.array([BREAD])], [[OIL]], bare, 10) is None
