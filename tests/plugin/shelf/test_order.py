"""The order of a shelf: relevance first, then no more of the same than is needed; nothing is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.catalog import Product
from plugin.placements import Diversity
from plugin.shelf.order import ordered
from plugin.shelf.picks import Pick

ANY = Diversity(0.0, None, None)


def pick(name: str, score: float, rung: str = "complements", **fields: object) -> Pick:
    product = Product(name, **fields)  # type: ignore[arg-type]
    return Pick(product, score, log(score), rung, "complements", tuple, tuple, lambda: 1.0)


def ids(picks: list[Pick]) -> list[str]:
    return [each.product.product_id for each in picks]


def none_alike(product_id: str) -> Mapping[str, float]:
    return {"elsewhere": 0.0}


def red_and_pink(product_id: str) -> Mapping[str, float]:
    pairs = {"red": {"pink": 1.0}, "pink": {"red": 1.0}}
    return pairs.get(product_id, {"elsewhere": 0.0})


CANDLES = [pick("red", 1.0), pick("pink", 0.9), pick("vase", 0.5)]


def test_what_repeats_what_stands_there_gives_way_to_what_does_not() -> None:
    assert ids(ordered(CANDLES, 2, None, [], red_and_pink)) == ["red", "pink"]
    assert ids(ordered(CANDLES, 2, ANY, [], red_and_pink)) == ["red", "pink"]
    # At weight 1 the pink one keeps 0.9/e = .33 of its odds, less than the vase's .5.
    assert ids(ordered(CANDLES, 3, Diversity(1.0, None, None), [], red_and_pink)) == ["red", "vase", "pink"]
    # At weight 0.5 it keeps .55, more.
    assert ids(ordered(CANDLES, 3, Diversity(0.5, None, None), [], red_and_pink)) == ["red", "pink", "vase"]


def test_what_stands_there_already_counts_as_well() -> None:
    shelf = ordered(CANDLES[1:], 1, Diversity(1.0, None, None), [Product("red")], red_and_pink)
    assert ids(shelf) == ["vase"]


def test_only_so_many_of_a_brand_or_category_and_then_the_rest_comes_back() -> None:
    brand = [pick(f"acme{n}", 1.0 - n / 10, brand="Acme" if n % 2 else "ACME") for n in range(4)]
    other = [pick("other", 0.1, brand="Other"), pick("plain", 0.05)]
    two = Diversity(0.0, 2, None)
    assert ids(ordered(brand + other, 4, two, [], none_alike)) == ["acme0", "acme1", "other", "plain"]
    assert ids(ordered(brand + other, 6, two, [], none_alike)) == [
        *("acme0", "acme1", "other", "plain"),
        *("acme2", "acme3"),
    ]
    mugs = [pick(f"mug{n}", 1.0 - n / 10, category="Kitchen > Mugs") for n in range(4)]
    pans = [pick("pan", 0.1, category="Kitchen > Pans")]
    assert ids(ordered(mugs + pans, 3, Diversity(0.0, None, 2), [], none_alike)) == ["mug0", "mug1", "pan"]


def test_by_default_a_brand_has_half_the_shelf() -> None:
    brand = [pick(f"acme{n}", 1.0 - n / 10, brand="Acme") for n in range(4)]
    others = [pick(f"other{n}", 0.1 - n / 100, brand=f"B{n}") for n in range(4)]
    assert ids(ordered(brand + others, 4, Diversity(), [], none_alike)) == [
        *("acme0", "acme1", "other0", "other1"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"price": 100, "cost": 90}, {"price": 100, "cost": 20}, ["second", "first"]),
        ({"price": 100, "cost": 90}, {"price": 100}, ["first", "second"]),  # its cost is not known
        ({"price": 100}, {"price": 100, "cost": 20}, ["first", "second"]),
        ({"price": 100, "cost": 20}, {"price": 100, "cost": 90}, ["first", "second"]),
    ],
)
def test_margin_decides_between_equals_only_and_only_where_costs_are_known(
    first: dict[str, int], second: dict[str, int], expected: list[str]
) -> None:
    for diversity in (None, ANY):
        equals = [pick("first", 0.50, **first), pick("second", 0.49, **second)]
        assert ids(ordered(equals, 2, diversity, [], none_alike)) == expected
        apart = [pick("first", 0.50, **first), pick("second", 0.40, **second)]
        assert ids(ordered(apart, 2, diversity, [], none_alike)) == ["first", "second"]
        steps = [pick("first", 0.50, **first), pick("second", 0.49, rung="trending", **second)]
        assert ids(ordered(steps, 2, diversity, [], none_alike)) == ["first", "second"]


NAMES = [f"p{n}" for n in range(8)]
PICKS = st.lists(
    st.builds(
        pick,
        st.sampled_from(NAMES),
        st.floats(1e-9, 1.0),
        brand=st.sampled_from([None, "A", "B"]),
        category=st.sampled_from([None, "X", "X > Y"]),
        price=st.just(100),
        cost=st.sampled_from([None, 10, 90]),
    ),
    max_size=8,
    unique_by=lambda each: each.product.product_id,
)
DIVERSITIES = st.none() | st.builds(
    Diversity, st.floats(0, 5), st.none() | st.integers(0, 3), st.none() | st.integers(0, 3)
)


@given(PICKS, st.integers(0, 10), DIVERSITIES, st.dictionaries(st.sampled_from(NAMES), st.floats(0, 1)))
def test_no_shelf_is_shorter_for_its_order(
    picks: list[Pick], limit: int, diversity: Diversity | None, near: dict[str, float]
) -> None:
    shelf = ordered(picks, limit, diversity, [], lambda product_id: near)
    assert len(shelf) == min(limit, len(picks))
    assert len(set(ids(shelf))) == len(shelf)
    if shelf and diversity is None:
        assert shelf[0].strength >= max(each.strength for each in picks) - log(1.05) - 1e-9
