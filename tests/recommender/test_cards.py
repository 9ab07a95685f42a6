"""The shop window as columns."""

from __future__ import annotations

import math

import pytest

from recommender.cards import Cards


def test_what_is_missing_is_empty_and_stands_alone():
    cards = Cards.from_columns(["a", "b"], names=["A", None], prices=[1.5, None])
    assert cards.names == ("A", "")
    assert cards.prices[0] == 1.5
    assert math.isnan(cards.prices[1])
    assert cards.groups().tolist() == [0, 1]


def test_variants_share_a_group_and_an_empty_name_is_not_a_group():
    cards = Cards.from_columns(["a", "b", "c", "d"], group_ids=["g", None, "g", None])
    first, second, third, fourth = cards.groups().tolist()
    assert first == third
    assert len({first, second, fourth}) == 3


def test_another_numbering_brings_empty_cards_for_strangers():
    cards = Cards.from_columns(["a"], names=["A"], categories=["X > Y"], first_seen=[7.0]).over(("new", "a"))
    assert cards.names == ("", "A")
    assert cards.first_seen.tolist() == [0.0, 7.0]


def test_wrong_lengths_and_doubles_are_refused():
    with pytest.raises(ValueError, match="names has 1 values for 2 products"):
        Cards.from_columns(["a", "b"], names=["A"])
    with pytest.raises(ValueError, match="named twice"):
        Cards.from_columns(["a", "a"])
