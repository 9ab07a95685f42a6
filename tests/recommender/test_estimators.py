"""The manners every learned part keeps, asked of all of them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from recommender.also_viewed import AlsoViewed
from recommender.cards import Cards
from recommender.complements import Complements
from recommender.contexts import Contexts
from recommender.errors import NotFitted
from recommender.goods import Goods
from recommender.graph_filter import GraphFilter
from recommender.interactions import Interactions
from recommender.likeness import Likeness
from recommender.next_order import NextOrder
from recommender.rhythm import Rhythm
from recommender.tastes import Tastes
from recommender.trending import Trending

DAY = 86400.0
PARTS = [Complements, AlsoViewed, Tastes, GraphFilter, Likeness, Trending, Rhythm, Goods, NextOrder, Contexts]


@pytest.fixture(params=PARTS, ids=lambda part: part.__name__)
def part(request):
    return request.param()


@pytest.fixture
def shared(history, cards):
    """The tiny shop over one numbering, as a model prepares it."""
    ids = tuple(sorted(cards.product_ids))
    return history.over(ids), cards.over(ids)


def test_fit_returns_the_part_and_leaves_its_settings_alone(part, shared, now):
    before = part.get_params()
    assert part.fit(*shared, as_of=now) is part
    assert part.get_params() == before


def test_what_is_learned_ends_in_an_underscore_and_nothing_else_appears(part, shared, now):
    part.fit(*shared, as_of=now)
    assert {name for name in vars(part) if not name.endswith("_")} == set(part.get_params())


def test_nothing_is_told_before_fitting(part):
    with pytest.raises(NotFitted):
        part.arrays()


def test_a_clone_learns_the_same_bits(part, shared, now):
    one, other = part.fit(*shared, as_of=now).arrays(), clone(part).fit(*shared, as_of=now).arrays()
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)


def test_it_is_sound_and_restores_from_its_arrays(part, shared, now):
    history, _ = shared
    arrays = part.fit(*shared, as_of=now).arrays()
    again = type(part)().restore(arrays)
    assert part.fault(history.product_count) is None
    assert again.fault(history.product_count) is None
    for name, array in again.arrays().items():
        np.testing.assert_array_equal(array, arrays[name], err_msg=name)


def test_nothing_from_the_moment_on_is_seen(part, shared):
    history, cards = shared
    moment = 200 * DAY
    whole, cut = part.fit(history, cards, as_of=moment).arrays(), None
    cut = type(part)().fit(history.before(moment), cards, as_of=moment).arrays()
    for name, array in whole.items():
        np.testing.assert_array_equal(array, cut[name], err_msg=name)


@pytest.mark.parametrize("products", [0, 1, 3])
def test_a_shop_without_events_can_be_learned_from(part, products, now):
    ids = tuple(f"p{row}" for row in range(products))
    part.fit(Interactions.from_columns().over(ids), Cards.from_columns(ids), as_of=now)
    assert part.fault(products) is None


def test_one_single_order_can_be_learned_from(part, now):
    history = Interactions.from_columns(
        order_ids=["o"], shopper_ids=[None], product_ids=["only"], quantities=[1], times=[1.0]
    )
    part.fit(history, Cards.from_columns(["only"]), as_of=now)
    assert part.fault(1) is None


def test_an_array_that_names_a_product_too_many_is_unsound(part, shared, now):
    history, _ = shared
    part.fit(*shared, as_of=now)
    assert part.fault(history.product_count + 1) is not None
