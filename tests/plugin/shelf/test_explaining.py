"""Why a product is on a shelf, and why not: the first reason that holds, with the merchant's own rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugin.errors import NotFound
from plugin.explaining import Explanation, explain
from plugin.placements import Boost, Pin, Placement
from plugin.shelves import fill
from tests.plugin.shelf.camp import NOW, PRODUCTS, camp, did, scene, slot
from tests.plugin.shelf.test_shelves import category, showings


def why(candidate: str, *life: Any, placement: Placement | None = None, **more: Any) -> Explanation:
    """Why Anna is, or is not, shown a product beside the tent."""
    limit = more.pop("limit", 3)
    products = more.pop("products", ["tent"])
    return explain(scene(*life, **more), placement or slot(diversity=False), products, limit, candidate)


def test_what_is_shown_says_where_and_by_which_terms() -> None:
    told = why("pegs")
    assert (told.code, told.position, told.rank, told.kind) == ("shown", 1, 1, "complements")
    assert told.reason is not None
    assert (told.reason.code, told.reason.product_id, told.reason.count) == ("bought_together", "tent", 12)
    assert told.standing is not None
    [term] = told.standing.terms
    assert (term.code, term.product_id) == ("bought_together", "tent")
    assert term.adds > 0
    assert told.why == "Shown at place 1: Often bought with Tent."


def test_what_is_outranked_says_its_rank_and_the_gap() -> None:
    told = why("lamp", limit=2)
    assert told.code == "outranked"
    assert told.position is None
    assert told.standing is not None
    assert told.standing.last_shown is not None
    assert told.standing.score < told.standing.last_shown
    assert told.standing.gap == pytest.approx(told.standing.last_shown / told.standing.score)
    shown = [each.product.product_id for each in fill(scene(), slot(diversity=False), ["tent"], 20).shown]
    assert told.rank == shown.index("lamp") + 1


@pytest.mark.parametrize(
    ("code", "life", "more"),
    [
        ("dismissed", [did("dismissed", "pegs")], {}),
        ("avoided", [did("preferred", avoids=["brand:Fjell"])], {}),
        ("owned", [did("bought", "pegs", days_ago=0.5)], {}),
        ("in_basket", [did("carted", "pegs")], {}),
        ("on_this_page", [], {"products": ["pegs"]}),
        ("hidden", [], {"shop": camp(replace(PRODUCTS["pegs"], hidden=True))}),
        ("out_of_stock", [], {"shop": camp(replace(PRODUCTS["pegs"], availability="out_of_stock"))}),
        ("sensitive", [], {"shop": camp(replace(PRODUCTS["pegs"], sensitive=True))}),
    ],
)
def test_a_filter_is_named(code: str, life: list[Any], more: dict[str, Any]) -> None:
    told = why("pegs", *life, **more)
    assert (told.code, told.position, told.rule) == (code, None, None)
    assert told.why.endswith(".")


def test_a_merchants_rule_is_said_in_words() -> None:
    told = why("pegs", placement=slot(where=category("Cook")))
    assert (told.code, told.rule) == ("filtered", "where: category Cook")
    told = why("pegs", shop=camp(sensitive_categories=("Camp > Tents",)))
    assert (told.code, told.rule) == ("sensitive", "sensitive_categories: Camp > Tents")


def test_what_the_placements_own_settings_did_is_said() -> None:
    strict = slot(floor=0.95, when_little="stay_short", diversity=False)
    assert why("lamp", placement=strict).code == "below_floor"
    brands = Placement.from_document(
        {"placement": "b", "kinds": ["complements"], "diversity": {"weight": 0, "per_brand": 1}}, "EUR"
    )
    assert why("mat", placement=replace(brands, explore=False), limit=2).code == "put_back"
    boosted = why("lamp", placement=slot(boosts=(Boost(category("Light"), 50.0),), diversity=False))
    assert boosted.standing is not None
    assert boosted.standing.moved == {"boost": pytest.approx(50.0)}
    tired = why("pegs", *showings("pegs", 30))
    assert tired.standing is not None
    assert tired.standing.moved["fatigue"] < 1.0
    pinned = why("gas", placement=slot(pins=(Pin("gas", 2),)))
    assert (pinned.code, pinned.position) == ("shown", 2)
    assert pinned.reason is not None
    assert pinned.reason.code == "chosen"
    short = slot("because-you-bought", "trending", when_little="stay_short")
    bought = did("bought", "stove", days_ago=9)
    assert why("tent", bought, placement=short, products=[]).code == "stays_short"


@pytest.mark.parametrize(
    ("pins", "limit", "words"),
    [
        (
            (Pin("lamp", 2, NOW - 86_400.0),),
            2,
            "pinned at place 2 until 2023-11-13T22:13:20Z, which has passed",
        ),
        ((Pin("lamp", 9),), 2, "pinned at place 9, and the shelf has 2 places"),
        ((Pin("pot", 1), Pin("lamp", 1)), 2, "pinned at place 1, after pot"),
    ],
)
def test_a_pin_without_its_place_says_why(pins: tuple[Pin, ...], limit: int, words: str) -> None:
    told = why("lamp", placement=slot(diversity=False, pins=pins), limit=limit)
    assert told.code == "outranked"
    assert told.pin is not None
    assert words in told.pin
    assert told.why.endswith(told.pin)


def test_a_pin_that_holds_says_nothing_and_one_that_the_shopper_rules_out_does() -> None:
    placement = slot(diversity=False, pins=(Pin("lamp", 2),))
    assert (why("lamp", placement=placement).code, why("lamp", placement=placement).pin) == ("shown", None)
    told = why("lamp", did("dismissed", "lamp"), placement=placement)
    assert told.code == "dismissed"
    assert "no pin goes past" in (told.pin or "")
    assert why("pegs", placement=placement).pin is None


def test_variants_and_what_nothing_reaches() -> None:
    told = why("shirt-m", limit=20)
    assert told.code == "variant_shown"
    assert told.shown is not None
    assert told.shown.product.product_id == "shirt-s"
    assert why("lamp", placement=slot("recently-viewed")).code == "not_reached"
    with pytest.raises(NotFound):
        why("nobody's")


@pytest.mark.parametrize("kind", ["complements", "for-you", "trending", "similar"])
@pytest.mark.parametrize("limit", [1, 4])
def test_what_is_explained_is_what_is_shown(kind: str, limit: int) -> None:
    life = [did("viewed", "mat"), did("bought", "gas", days_ago=20)]
    shown = fill(scene(*life), slot(kind), ["tent"], limit).shown
    standing = {each.product.product_id: place for place, each in enumerate(shown, start=1)}
    for candidate in PRODUCTS:
        told = explain(scene(*life), slot(kind), ["tent"], limit, candidate)
        assert (told.code == "shown") == (candidate in standing), candidate
        assert told.position == standing.get(candidate) or told.code == "variant_shown"
