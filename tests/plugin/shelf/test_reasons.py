"""The reason that is told is true, and another true one where the first must not be told."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import pytest

from plugin.catalog import Product
from plugin.reasons import NAMELESS, SENTENCES, tell
from plugin.shelves import fill
from recommender.lists import ItemLists
from recommender.question import Reason
from tests.plugin.shelf.camp import camp, learned, scene, slot

LANGUAGES = ("en", "de", "nl", "nb")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_taste_is_told_without_a_name_where_it_has_none(locale: str) -> None:
    suggested = SENTENCES[locale]["suggested"]
    for reason in (Reason("taste"), Reason("taste", "tent", 3)):
        told = tell([reason], camp(), locale, trusted=False)
        assert (told.code, told.product_id, told.count) == ("taste", None, None)
        assert "{" not in told.text
        assert told.text != suggested
    assert tell([Reason("bought_together", "tent", 3)], camp(), locale, trusted=False).text == suggested


def test_every_language_says_the_same_things() -> None:
    assert len({frozenset(SENTENCES[locale]) for locale in LANGUAGES}) == 1
    assert set(NAMELESS.values()) <= set(SENTENCES["en"])


def test_of_a_sensitive_product_nothing_is_told_not_even_without_its_name() -> None:
    shop = camp(Product("pills", "Pills", price=500, category="Health > Pills", sensitive=True))
    assert tell([Reason("taste", "pills", 9)], shop, "en", trusted=False).code == "suggested"


def test_a_pair_that_too_few_bought_gives_way_to_what_else_is_true_in_public_only() -> None:
    """The gas can met the lamp with two shoppers; ten and more bought it."""
    held = scene()
    [gas] = [each for each in fill(held, slot(), ["lamp"], 10).shown if each.product.product_id == "gas"]
    to_the_shop = tell(gas.reasons, held.shop, "en", trusted=True)
    assert (to_the_shop.code, to_the_shop.product_id, to_the_shop.count) == ("bought_together", "lamp", 2)
    in_public = tell(gas.reasons, held.shop, "en", trusted=False)
    assert in_public.code in ("trending", "like_this")
    assert in_public.text != "A suggestion"


def test_what_only_its_direction_speaks_for_names_the_product_that_calls_for_it() -> None:
    """Of a basket of two, with nothing in the lists of what is merely bought together."""
    model = copy(learned())
    part = copy(model.parts.complements)
    part.together_ = ItemLists.empty(len(part.together_))
    model.parts = replace(model.parts, complements=part)
    held = replace(scene(), model=model, given_products=("tent", "stove"))
    shown = fill(held, slot(diversity=False), [], 8).shown
    pairs = [reason for each in shown for reason in each.reasons if reason.code == "bought_together"]
    assert pairs
    assert all(reason.product_id in ("tent", "stove") and reason.count for reason in pairs)
