"""What keeps the training of a large shop within its time, and what it must not change."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recommender import evidence, local_ridge
from recommender import model as modelling
from recommender.cards import Cards
from recommender.evidence import count_parties, shared_parties
from recommender.gram import bounded
from recommender.interactions import Interactions
from recommender.liking import liking
from recommender.lists import ItemLists
from recommender.machine import each_done
from recommender.model import Model
from recommender.sampling import drawn_people

DAY = 86400.0


def fitted(history: Interactions, cards: Cards, now: float, threads: int) -> dict[str, np.ndarray]:
    return Model.fit(history, cards, as_of=now, threads=threads)._arrays()


@pytest.mark.parametrize("dense_up_to", [0, local_ridge.DENSE_UP_TO])
def test_on_however_many_threads_the_same_bits_are_learned(history, cards, now, dense_up_to, monkeypatch):
    monkeypatch.setattr(local_ridge, "DENSE_UP_TO", dense_up_to)
    one, three = (fitted(history, cards, now, threads) for threads in (1, 3))
    assert one.keys() == three.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, three[name], err_msg=name)


def test_jobs_run_beside_each_other_and_are_told_in_their_order():
    both = threading.Barrier(2, timeout=20)  # passed only by two at once
    heard: list[str] = []
    jobs = {"first": lambda: both.wait() >= 0, "second": lambda: both.wait() >= 0, "third": lambda: True}
    found = each_done(jobs, 2, lambda name, share: heard.append(name))
    assert list(found) == heard == ["first", "second", "third"]
    assert all(found.values())


def test_what_goes_wrong_in_a_job_is_told():
    def broken() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        each_done({"well": lambda: 1, "broken": broken}, 2, lambda name, share: None)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=20), st.integers(10, 3000))
def test_groups_are_cut_to_one_size_no_further_than_needed(sizes, pairs):
    starts = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.concatenate([np.arange(size) for size in sizes] or [np.zeros(0, int)])
    groups = sparse.csr_matrix((columns + 1.0, columns, starts), shape=(len(sizes), 30))
    cut = np.diff(bounded(groups, pairs).indptr)
    most = cut.max()
    np.testing.assert_array_equal(cut, np.minimum(sizes, most))
    assert np.sum(cut**2) <= pairs or most == 1
    if most < max(sizes):
        assert np.sum(np.minimum(sizes, most + 1) ** 2) > pairs


def test_a_group_that_is_cut_keeps_what_says_most():
    groups = sparse.csr_matrix(np.array([[0.2, 0.9, 0.5, 0.7], [0.1, 0.0, 0.0, 0.0]], np.float32))
    np.testing.assert_allclose(bounded(groups, 5).toarray(), [[0.0, 0.9, 0.0, 0.7], [0.1, 0.0, 0.0, 0.0]])


def test_equal_ones_are_not_cut_by_their_place_in_the_catalogue():
    groups = sparse.csr_matrix(np.ones((1, 1000), np.float32))
    kept = bounded(groups, 100 * 100).indices
    assert len(kept) == 100
    assert 350 < kept.mean() < 650


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), together=st.integers(1, 60))
def test_people_behind_a_list_are_counted_as_one_by_one(seed, together):
    rng = np.random.default_rng(seed)
    groups = sparse.csr_matrix((rng.random((40, 9)) < 0.3).astype(np.float32))
    party = rng.integers(0, 12, 40)
    lists = ItemLists.from_matrix(sparse.csr_matrix(np.triu(rng.random((9, 9)), 1)), 5)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(evidence, "MEETINGS_AT_ONCE", together)
        small.setattr(evidence, "CELLS_AT_ONCE", 30)
        counted, shared = count_parties(lists, groups, party), shared_parties(lists, groups)
    has = groups.toarray() > 0
    for place, (row, other) in enumerate(zip(lists.rows(), lists.products, strict=True)):
        both = has[:, row] & has[:, other]
        assert counted.counts[place] == len(set(party[both]))
        assert shared.counts[place] == both.sum()


def people(count: int) -> Interactions:
    """Each shopper buys two products in both of two orders and looks at one; guests make each third order."""
    orders = np.repeat(np.arange(count * 2), 2)
    who = [None if order % 3 == 0 else f"s{order // 2}" for order in orders]
    return Interactions.from_columns(
        order_ids=[f"o{order}" for order in orders],
        shopper_ids=who,
        product_ids=[f"p{order % 7}{line % 2}" for line, order in enumerate(orders)],
        quantities=np.ones(len(orders)),
        times=orders * DAY,
        view_visits=[f"v{person}" for person in range(count)],
        view_shoppers=[None if person % 2 else f"s{person}" for person in range(count)],
        view_products=[f"p{person % 7}0" for person in range(count)],
        view_times=np.arange(count) * DAY,
        returned_shoppers=[f"s{person}" for person in range(count)],
        returned_products=[f"p{person % 7}0" for person in range(count)],
        returned_times=np.arange(count) * DAY + 1.0,
        returned_reasons=["not_liked"] * count,
    )


def test_people_are_drawn_with_all_that_they_did():
    whole = people(300)
    some = drawn_people(whole, 700, seed=0)
    assert 600 < len(some.orders) + len(some.views) <= 700
    for table in ("orders", "views", "returns"):
        theirs, all_of = getattr(some, table).shopper, getattr(whole, table).shopper
        for shopper in np.unique(some.orders.shopper[some.orders.shopper >= 0]):
            assert np.sum(theirs == shopper) == np.sum(all_of == shopper)
    assert 0.2 < np.mean(some.orders.shopper < 0) < 0.5
    assert some.product_ids == whole.product_ids
    assert np.all(np.bincount(some.orders.order)[np.unique(some.orders.order)] == 2)
    assert drawn_people(whole, 10**6, seed=0) is whole


def test_what_some_people_teach_weighs_for_all_and_all_teach_the_rest(history, cards, now, monkeypatch):
    whole = Model.fit(history, cards, as_of=now)
    monkeypatch.setattr(modelling, "MOST_TO_WEIGH_BY", len(history.orders) // 2)
    part = Model.fit(history, cards, as_of=now)
    assert part.counts["lessons for next-basket"] < whole.counts["lessons for next-basket"]
    assert part.counts["order_lines"] == whole.counts["order_lines"]
    for name, array in whole._arrays().items():
        if not name.startswith("blend."):
            np.testing.assert_array_equal(array, part._arrays()[name], err_msg=name)


def test_liking_is_the_same_whichever_way_it_is_asked_first(history, now):
    one, other = replace(history), replace(history)
    faded, full = liking(one, as_of=now, for_good=0.3), liking(one, as_of=now)
    np.testing.assert_array_equal(full.toarray(), liking(other, as_of=now).toarray())
    np.testing.assert_array_equal(faded.toarray(), liking(other, as_of=now, for_good=0.3).toarray())
    assert np.any(faded.toarray() < full.toarray())
