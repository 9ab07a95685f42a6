"""What goes with what in the tool shop, where it is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recommender.complements import Complements
from recommender.lists import ItemLists
from recommender.local_ridge import local_ridge, weigh_rows


@pytest.fixture(scope="module")
def learned(history, cards, now):
    ids = tuple(sorted(cards.product_ids))
    return ids, Complements().fit(history.over(ids), cards.over(ids), as_of=now)


def named(ids: tuple[str, ...], lists: ItemLists, product: str) -> dict[str, tuple[float, int]]:
    row = ids.index(product)
    entries = lists.of(np.array([row]))
    return {
        ids[each]: (float(score), int(lists.counts[place]))
        for each, score, place in zip(entries.product, entries.score, entries.position, strict=True)
    }


def test_the_drill_calls_for_bits_and_bits_do_not_call_for_a_drill(learned):
    ids, complements = learned
    assert next(iter(named(ids, complements.goes_with_, "drill"))) in ("bits", "plugs")
    assert "bits" in named(ids, complements.goes_with_, "drill")
    assert "drill" not in named(ids, complements.goes_with_, "bits")


def test_what_is_in_a_third_of_all_baskets_completes_none(learned):
    ids, complements = learned
    for product, best in (("hammer", "nails"), ("roast-dark", "filters"), ("candle-red", "candle-pink")):
        found = named(ids, complements.goes_with_, product)
        assert next(iter(found)) == best
        assert found.get("tape", (0.0, 0))[0] < found[best][0] / 3


def test_red_and_pink_bought_together_stay_complements_however_alike(learned):
    ids, complements = learned
    assert "candle-pink" in named(ids, complements.goes_with_, "candle-red")
    assert "candle-pink" in named(ids, complements.together_, "candle-red")


def test_what_is_weighed_against_each_other_and_not_bought_together_is_a_substitute(learned):
    ids, complements = learned
    assert set(named(ids, complements.substitutes_, "roast-dark")) == {"roast-light"}
    for lists in (complements.goes_with_, complements.together_):
        assert "roast-light" not in named(ids, lists, "roast-dark")
        assert "roast-dark" not in named(ids, lists, "roast-light")


def test_variants_never_complete_each_other_even_where_bought_together(learned):
    ids, complements = learned
    for lists in (complements.goes_with_, complements.together_):
        assert "mug-blue" not in named(ids, lists, "mug-red")
    assert {ids[row] for row in complements.rivals(np.array([ids.index("mug-red")]))} == {"mug-blue"}


def test_the_evidence_counts_different_people_and_every_guest_order_once(learned, history):
    ids, complements = learned
    lines = history.orders
    parties = history.parties()
    orders_with = {
        product: set(lines.order[lines.product == history.product_ids.index(product)].tolist())
        for product in ("roast-dark", "filters", "candle-red", "candle-pink")
    }
    party_of = dict(zip(lines.order.tolist(), parties.tolist(), strict=True))
    for one, other in (("roast-dark", "filters"), ("candle-red", "candle-pink")):
        people = {party_of[order] for order in orders_with[one] & orders_with[other]}
        assert named(ids, complements.together_, one)[other][1] == len(people)


def test_local_ridge_over_all_neighbours_is_the_closed_form_over_the_whole():
    rng = np.random.default_rng(3)
    baskets = sparse.csr_matrix((rng.random((400, 12)) < 0.3).astype(np.float32))
    weighed = weigh_rows(baskets, 0.0)
    gram = np.asarray((weighed.T @ weighed).todense(), np.float64)
    inverse = np.linalg.inv(gram + 7.0 * np.eye(12))
    closed = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(closed, 0.0)
    near = local_ridge(weighed, neighbours=11, ridge=7.0).toarray()
    np.testing.assert_allclose(near, closed, atol=2e-4)


def test_reading_columns_as_needed_gives_what_the_whole_gives(monkeypatch):
    rng = np.random.default_rng(4)
    weighed = weigh_rows(sparse.csr_matrix((rng.random((300, 80)) < 0.05).astype(np.float32)), 0.5)
    whole = local_ridge(weighed, neighbours=10, ridge=2.0)
    monkeypatch.setattr("recommender.local_ridge.DENSE_UP_TO", 0)
    needed = local_ridge(weighed, neighbours=10, ridge=2.0)
    np.testing.assert_allclose(needed.toarray(), whole.toarray(), atol=1e-5)
