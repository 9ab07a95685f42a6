"""The border between a shop's ids and the model's rows."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.interactions import GUEST, Interactions

LINE = st.tuples(
    st.sampled_from(["o1", "o2", "o3"]),
    st.sampled_from(["p/1", "p 2", "☕"]),
    st.integers(1, 5),
    st.integers(0, 100),
)


def of(lines: list[tuple[str, str, int, int]]) -> Interactions:
    orders, products, quantities, times = zip(*lines, strict=True) if lines else ((), (), (), ())
    return Interactions.from_columns(
        order_ids=orders,
        shopper_ids=[None if order == "o3" else f"s{order}" for order in orders],
        product_ids=products,
        quantities=quantities,
        times=times,
    )


def test_lines_of_one_order_that_name_a_product_twice_add_up_and_happen_at_its_start():
    history = of([("o1", "p 2", 2, 50), ("o1", "p 2", 3, 40), ("o1", "☕", 1, 60)])
    lines = history.orders
    assert [history.product_ids[row] for row in lines.product] == ["p 2", "☕"]
    assert lines.quantity.tolist() == [5.0, 1.0]
    assert lines.time.tolist() == [40.0, 40.0]


def test_a_guest_belongs_to_nobody_and_each_guest_order_is_another_party():
    history = Interactions.from_columns(
        order_ids=["a", "b", "c"],
        shopper_ids=[None, None, "eve"],
        product_ids=["x"] * 3,
        quantities=[1] * 3,
        times=[1, 2, 3],
    )
    assert history.orders.shopper.tolist() == [GUEST, GUEST, 0]
    assert len(set(history.parties().tolist())) == 3


@given(st.lists(LINE, max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_lines_come_changes_nothing(lines, shuffler):
    shuffled = list(lines)
    shuffler.shuffle(shuffled)
    one, other = of(lines), of(shuffled)
    assert one.product_ids == other.product_ids
    for name in vars(one.orders):
        np.testing.assert_array_equal(getattr(one.orders, name), getattr(other.orders, name))


@given(st.lists(LINE, max_size=12), st.integers(0, 101))
def test_before_and_since_part_the_history_at_a_moment(lines, moment):
    history = of(lines)
    earlier, later = history.before(moment), history.since(moment)
    assert len(earlier.orders) + len(later.orders) == len(history.orders)
    assert np.all(earlier.orders.time < moment)
    assert np.all(later.orders.time >= moment)


def test_another_numbering_keeps_what_it_knows_and_leaves_out_the_rest():
    history = of([("o1", "p/1", 1, 1), ("o2", "☕", 1, 2)]).over(("new", "☕"))
    assert history.product_ids == ("new", "☕")
    assert history.orders.product.tolist() == [1]
    assert history.met() == ("☕",)


def test_orders_too_large_to_be_a_persons_teach_nothing_about_baskets():
    history = Interactions.from_columns(
        order_ids=["huge"] * 501 + ["small"] * 2,
        shopper_ids=[None] * 503,
        product_ids=[f"p{row}" for row in range(501)] + ["p1", "p2"],
        quantities=[1] * 503,
        times=[1] * 503,
    )
    assert sorted(np.diff(history.baskets().indptr).tolist()) == [0, 2]


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="orders differ in length"):
        Interactions.from_columns(
            order_ids=["a"], shopper_ids=[], product_ids=["x"], quantities=[1], times=[1]
        )


def test_four_hundred_thousand_lines_are_read_in_seconds():
    rng = np.random.default_rng(0)
    count = 400_000
    orders = rng.integers(0, 20_000, count)
    columns = {
        "order_ids": [f"o{row}" for row in orders],
        "shopper_ids": [f"s{row % 4000}" for row in orders],
        "product_ids": np.array([f"p{row}" for row in rng.integers(0, 4000, count)], object),
        "quantities": np.ones(count),
        "times": orders * 60.0,
    }
    started = time.perf_counter()
    history = Interactions.from_columns(**columns)
    assert time.perf_counter() - started < 3.0
    assert history.order_count == len(np.unique(orders))
