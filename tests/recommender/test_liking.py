"""How surely one shopper likes each product, by everything that can be done with it."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.interactions import Interactions
from recommender.liking import CARTED, FADING_DAYS, HAD, LOOKED, WISHED, liking

DAY = 86400.0
NOW = 1000 * DAY

Deed = tuple[str, str, float]  # what, with which product, how many days ago


def told(*deeds: Deed, shopper: str = "eve") -> dict[str, Any]:
    """Columns of one shopper's deeds; a reason stands behind a colon."""
    columns: dict[str, list[Any]] = {}

    def add(table: dict[str, Any]) -> None:
        for name, value in table.items():
            columns.setdefault(name, []).append(value)

    for number, (deed, product, ago) in enumerate(deeds):
        kind, _, why = deed.partition(":")
        at, who = NOW - ago * DAY, f"{shopper}{number}"
        if kind in ("bought", "sent back"):
            row = {"order_ids": who, "shopper_ids": shopper, "product_ids": product, "quantities": 1.0}
            if not why:
                add({**row, "times": at, "kept": kind == "bought"})
        if kind == "sent back":
            row = {"returned_shoppers": shopper, "returned_products": product, "returned_reasons": why}
            add({**row, "returned_times": at})
        if kind == "viewed":
            row = {"view_visits": who, "view_shoppers": shopper, "view_products": product}
            add({**row, "view_times": at})
        if kind == "dismissed":
            row = {"dismissed_shoppers": shopper, "dismissed_products": product, "dismissed_reasons": why}
            add({**row, "dismissed_times": at})
        if kind in ("carted", "uncarted", "wished", "unwished", "ignored"):
            row = {"sign_kinds": kind, "sign_shoppers": shopper, "sign_products": product}
            add({**row, "sign_times": at, "sign_amounts": 1.0})
    return columns


def sure(*deeds: Deed) -> float:
    """How surely the one product of these deeds is liked, in a shop where something happens every day."""
    columns, today = told(*deeds), told(("viewed", "x", 0), shopper="today")
    names = {*columns, *today}
    history = Interactions.from_columns(**{n: [*columns.get(n, []), *today.get(n, [])] for n in names})
    return float(liking(history, as_of=NOW)[0, history.product_ids.index("x")])


KNOWN = {
    "a purchase is sure": ([("bought", "x", 400)], 1.0),
    "three purchases say a little more": ([("bought", "x", day) for day in (1, 2, 3)], 1 + log(3)),
    "what came back for its size was wanted": ([("bought", "x", 9), ("sent back:wrong_size", "x", 5)], 1.0),
    "what came back as not liked is not": ([("viewed", "x", 9), ("sent back:not_liked", "x", 5)], 0.0),
    "bought again, it is liked after all": ([("sent back:not_liked", "x", 9), ("bought", "x", 5)], 1.0),
    "a look now": ([("viewed", "x", 0)], LOOKED),
    "a look fades": ([("viewed", "x", FADING_DAYS)], LOOKED * log(1.5) / log(2)),
    "in the basket": ([("carted", "x", 0)], CARTED),
    "taken out of it again": ([("carted", "x", 1), ("uncarted", "x", 0)], 0.0),
    "put back into it": ([("carted", "x", 2), ("uncarted", "x", 1), ("carted", "x", 0)], CARTED),
    "on the wish list": ([("wished", "x", 0)], WISHED),
    "no longer on it": ([("wished", "x", 1), ("unwished", "x", 0)], 0.0),
    "shown twice and passed over": ([("viewed", "x", 0), *[("ignored", "x", 0)] * 2], LOOKED / 3),
    "bought however often it was passed over": ([("bought", "x", 1), *[("ignored", "x", 0)] * 9], 1.0),
    "waved away": ([("viewed", "x", 1), ("dismissed:not_for_me", "x", 0)], 0.0),
    "waved away for ever": ([("bought", "x", 1), ("dismissed:never", "x", 0)], 0.0),
    "too dear is no matter of taste": ([("carted", "x", 0), ("dismissed:too_dear", "x", 0)], CARTED),
    "had from elsewhere": ([("dismissed:have_it", "x", 0)], HAD),
}


@pytest.mark.parametrize("case", KNOWN)
def test_what_says_how_much(case: str) -> None:
    deeds, right = KNOWN[case]
    assert sure(*deeds) == pytest.approx(right, abs=1e-5)


def test_what_was_bought_long_ago_counts_down_to_what_it_keeps_for_good() -> None:
    history = Interactions.from_columns(**told(("bought", "x", FADING_DAYS), ("viewed", "now", 0)))
    for kept, right in ((1.0, 1.0), (0.3, 0.65), (0.0, 0.5)):
        assert liking(history, as_of=NOW, for_good=kept)[0, 1] == pytest.approx(right, abs=1e-5)


def test_a_shop_that_stood_still_knows_what_it_knew() -> None:
    history = Interactions.from_columns(**told(("bought", "x", 400), ("viewed", "y", 500)))
    then, now = (liking(history, as_of=moment, for_good=0.3) for moment in (NOW - 400 * DAY, NOW))
    np.testing.assert_array_equal(then.toarray(), now.toarray())


DEEDS = st.tuples(
    st.sampled_from(
        [
            "bought",
            "viewed",
            "carted",
            "uncarted",
            "wished",
            "ignored",
            "dismissed:never",
            "dismissed:too_dear",
        ]
    ),
    st.sampled_from(["x", "y", "z"]),
    st.integers(0, 300).map(float),
)


@settings(deadline=None)
@given(st.lists(DEEDS, max_size=30), st.lists(DEEDS, max_size=30))
def test_what_one_shopper_does_changes_no_other_row(mine: list[Deed], theirs: list[Deed]) -> None:
    alone, other = told(("viewed", "today", 0), *mine, shopper="me"), told(*theirs, shopper="you")
    both = Interactions.from_columns(
        **{name: [*alone.get(name, []), *other.get(name, [])] for name in {*alone, *other}}
    )
    one = Interactions.from_columns(**alone)
    row, both_row = (each.shopper_ids.index("me") for each in (one, both))
    wide = liking(both.over(one.product_ids), as_of=NOW)[both_row].toarray()
    np.testing.assert_array_equal(liking(one, as_of=NOW)[row].toarray(), wide)
    assert wide.max(initial=0.0) <= 1 + log(30)
