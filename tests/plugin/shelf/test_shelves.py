"""What stands on a shelf of the camping shop, and in which place, under every rule a merchant can write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.catalog import Product
from plugin.gather import Scene
from plugin.placements import PRODUCT_KINDS, Boost, Diversity, Pin, Placement
from plugin.reasons import tell
from plugin.shelf.gate import Gate
from plugin.shelves import Shelf, fill
from tests.plugin.shelf.camp import ANNA, DAY, NOW, PRODUCTS, camp, did, scene, slot


def ids(shelf: Shelf) -> list[str]:
    return [shown.product.product_id for shown in shelf.shown]


def shelf_of(held: Scene, placement: Placement, *products: str, limit: int = 4) -> list[str]:
    return ids(fill(held, placement, products, limit))


def category(*names: str) -> Any:
    """A condition on products."""
    return Placement.from_document(
        {"placement": "x", "kinds": ["trending"], "where": {"category": {"is": list(names)}}}, "EUR"
    ).where


def test_what_completes_a_tent() -> None:
    assert shelf_of(scene(), slot(diversity=False), "tent", limit=3) == ["pegs", "mat", "pills"]


# One card a product, with its best variant

SHIRTS = {"shirt-s", "shirt-m", "shirt-l"}


def shirt(held: Scene, kind: str = "complements") -> set[str]:
    return SHIRTS & set(shelf_of(held, slot(kind), "tent", limit=20))


def test_the_variant_that_scored_best_stands_for_its_group() -> None:
    assert shirt(scene()) == {"shirt-s"}


def test_the_variant_in_the_shoppers_size_does() -> None:
    sizes = did("preferred", **{"sizes.shirts": "m"})
    assert shirt(scene(sizes)) == {"shirt-m"}
    assert shirt(scene(sizes, did("viewed", "shirt-l"))) == {"shirt-m"}
    sold_out = camp(replace(PRODUCTS["shirt-m"], availability="out_of_stock"))
    assert shirt(scene(sizes, shop=sold_out)) == {"shirt-s"}
    assert shirt(scene(did("preferred", **{"sizes.shoes": "m"}))) == {"shirt-s"}
    assert shirt(scene(sizes, gpc=True)) == {"shirt-s"}


def test_the_variant_that_was_looked_at_or_is_not_avoided_does() -> None:
    assert shirt(scene(did("viewed", "shirt-l"))) == {"shirt-l"}
    assert shirt(scene(did("preferred", avoids=["attribute:size=S"]))) <= {"shirt-m", "shirt-l"}
    gone = [replace(PRODUCTS[name], availability="out_of_stock") for name in ("shirt-s", "shirt-m")]
    assert shirt(scene(shop=camp(*gone))) == {"shirt-l"}
    hidden = [replace(PRODUCTS[name], hidden=True) for name in SHIRTS]
    assert shirt(scene(shop=camp(*hidden))) == set()


def test_what_was_looked_at_is_shown_as_it_was_looked_at() -> None:
    viewed = did("viewed", "shirt-l")
    assert shirt(scene(viewed, did("preferred", **{"sizes.shirts": "M"})), "recently-viewed") == {"shirt-l"}


# Sensitive categories


def test_a_sensitive_category_is_neither_shown_nor_spoken_of() -> None:
    careful = {"sensitive_categories": ("health",)}
    assert "pills" in shelf_of(scene(), slot("complements"), "tent", limit=20)  # the control
    bought = did("bought", "pills", days_ago=3)
    for kind in PRODUCT_KINDS:
        held = scene(bought, did("viewed", "pills"), shop=camp(**careful))
        shelf = fill(held, slot(kind), ["tent"], 20)
        assert "pills" not in ids(shelf), kind
        assert shelf.because != "pills"
        for shown in shelf.shown:
            assert tell(shown.reasons, held.shop, "en", trusted=True).product_id != "pills", kind


def test_nothing_is_concluded_from_a_sensitive_purchase() -> None:
    def rungs(**given: Any) -> list[str]:
        held = scene(did("bought", "pills", days_ago=3), shop=camp(**given))
        return [shown.rung for shown in fill(held, slot("for-you"), [], 3).shown]

    assert rungs()[0] == "tastes"  # the control
    assert set(rungs(sensitive_categories=("Health",))) == {"trending"}


# Pins


def test_pins_stand_in_their_places_and_are_the_shops_own_choice() -> None:
    placement = slot(pins=(Pin("gas", 2), Pin("pot", 4)), diversity=False)
    shelf = fill(scene(), placement, ["tent"], 4)
    assert ids(shelf) == ["pegs", "gas", "mat", "pot"]
    assert [shown.rung for shown in shelf.shown] == ["complements", "merchant", "complements", "merchant"]
    assert tell(shelf.shown[1].reasons, camp(), "de", trusted=False).text == "Vom Shop ausgewählt"


def test_a_pin_ends_and_one_of_two_at_a_place_steps_in() -> None:
    placement = slot(pins=(Pin("gas", 1, until=NOW), Pin("lamp", 1, until=NOW + 1), Pin("pot", 1)))
    assert shelf_of(scene(), placement, "tent")[0] == "lamp"
    assert shelf_of(scene(now=NOW + 1), placement, "tent")[0] == "pot"
    sold_out = camp(replace(PRODUCTS["lamp"], availability="out_of_stock"))
    assert shelf_of(scene(shop=sold_out), placement, "tent")[0] == "pot"


def test_a_pin_passes_the_placements_filter_and_no_rule_of_the_shopper() -> None:
    camp_only = category("Camp > Tents")
    pinned = slot(where=camp_only, pins=(Pin("gas", 1),))
    assert shelf_of(scene(), pinned, "tent")[0] == "gas"
    for life in (did("dismissed", "gas"), did("preferred", avoids=["product:gas"]), did("carted", "gas")):
        assert "gas" not in shelf_of(scene(life), pinned, "tent")
    assert "gas" not in shelf_of(scene(), pinned, "gas")
    assert shelf_of(scene(), slot(pins=(Pin("gas", 5),)), "tent", limit=4)[-1] != "gas"


def test_pins_close_up_on_a_shelf_that_is_short() -> None:
    placement = slot("recently-viewed", pins=(Pin("gas", 4),))
    assert shelf_of(scene(did("viewed", "mat")), placement) == ["mat", "gas"]


# Boosts


def test_a_boost_multiplies_odds_until_it_ends() -> None:
    plain = shelf_of(scene(), slot(diversity=False), "tent", limit=20)
    assert plain.index("lamp") > plain.index("mat")
    placement = slot(diversity=False, boosts=(Boost(category("Light"), 50.0, NOW + DAY),))
    assert shelf_of(scene(), placement, "tent", limit=2)[0] == "lamp"
    assert shelf_of(scene(now=NOW + DAY), placement, "tent", limit=20) == plain
    buried = slot(diversity=False, boosts=(Boost(category("Camp > Tents"), 0.01),))
    assert shelf_of(scene(), buried, "tent", limit=20)[0] != "pegs"


def test_a_boost_reaches_into_further_rungs_and_scores_still_fall() -> None:
    placement = slot("similar", boosts=(Boost(category("Cook"), 100.0),))
    held = scene()
    shelf = fill(held, placement, ["tent"], 6)
    scores = [shown.score for shown in shelf.shown]
    assert scores == sorted(scores, reverse=True)
    plain = shelf_of(scene(), slot("similar"), "tent", limit=6)
    cooking = {"stove", "gas", "pot"}
    assert len(cooking & set(ids(shelf)[:3])) > len(cooking & set(plain[:3]))


# A floor


def test_two_who_bought_a_pair_by_chance_are_not_good_enough_for_a_product_page() -> None:
    page = slot("complements", floor=0.25, when_little="stay_short")
    assert shelf_of(scene(), page, "lamp", limit=10) == ["tent"] or not shelf_of(scene(), page, "lamp")
    assert "gas" not in shelf_of(scene(), page, "lamp", limit=10)
    assert "gas" in shelf_of(scene(), slot("complements"), "lamp", limit=10)  # the control
    assert shelf_of(scene(), page, "stove", limit=10)[:1] == ["gas"]


def test_nothing_good_enough_is_an_answer() -> None:
    strict = slot("complements", "trending", floor=1.0, when_little="stay_short")
    assert shelf_of(scene(), strict, "tent") == []
    assert shelf_of(scene(), replace(strict, when_little="fill"), "tent", limit=3)


def test_what_is_not_good_enough_fills_up_behind_what_is() -> None:
    plain = shelf_of(scene(), slot(diversity=False), "stove", limit=9)
    filled = shelf_of(scene(), slot(diversity=False, floor=0.25), "stove", limit=9)
    assert set(filled) == set(plain)
    strict = slot(diversity=False, floor=0.25, when_little="stay_short")
    good = shelf_of(scene(), strict, "stove", limit=9)
    assert 0 < len(good) < len(plain)
    assert filled[: len(good)] == good


def test_a_shelf_that_may_stay_short_is_not_filled_with_what_sells_anyway() -> None:
    short = fill(scene(), slot("complements", when_little="stay_short"), ["stove"], 20)
    assert short.shown
    assert {shown.rung for shown in short.shown} <= {"complements", "tastes", "likeness"}
    assert {shown.rung for shown in fill(scene(), slot(), ["stove"], 20).shown} & {"trending", "newest"}


# Fatigue


def showings(product: str, times: int, *, days_ago: float = 1.0) -> list[Any]:
    return [did("shown", product, days_ago=days_ago + turn / 24) for turn in range(times)]


def test_what_is_shown_again_and_again_sinks_and_returns_with_time() -> None:
    life = showings("pegs", 30)
    assert shelf_of(scene(), slot(diversity=False), "tent", limit=2) == ["pegs", "mat"]
    assert shelf_of(scene(*life), slot(diversity=False), "tent", limit=2)[0] == "mat"
    assert "pegs" in shelf_of(scene(*life), slot(diversity=False), "tent", limit=20)
    assert shelf_of(scene(*life, now=NOW + 40 * DAY), slot(diversity=False), "tent")[0] == "pegs"
    assert shelf_of(scene(*life, gpc=True), slot(diversity=False), "tent")[0] == "pegs"


@pytest.mark.parametrize("met", ["clicked", "viewed"])
def test_a_click_takes_the_showings_back(met: str) -> None:
    life = [*showings("pegs", 30), did(met, "pegs", days_ago=0.5)]
    assert shelf_of(scene(*life), slot(diversity=False), "tent")[0] == "pegs"
    before = [*showings("pegs", 30), did(met, "pegs", days_ago=9.0)]
    assert shelf_of(scene(*before), slot(diversity=False), "tent")[0] == "mat"


def test_a_purchase_takes_the_showings_back() -> None:
    life = [*showings("gas", 30, days_ago=3.0), did("bought", "gas", days_ago=2.5)]
    assert scene(*life[:-1]).tired
    assert not scene(*life).tired


def test_fatigue_knows_variants_and_can_be_turned_off() -> None:
    life = [each for name in SHIRTS for each in showings(name, 10)]
    assert set(scene(*life).tired) == {"shirt"}
    tired = showings("pegs", 30)
    assert shelf_of(scene(*tired), slot(diversity=False, fatigue=False), "tent")[0] == "pegs"
    looked = [did("viewed", "pegs", days_ago=50), *showings("pegs", 30)]
    assert shelf_of(scene(*looked), slot("recently-viewed")) == ["pegs"]


# Something new


def test_a_new_product_that_fits_is_tried_in_the_last_place_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plugin.shelf.exploration.SHARE", 1.0)
    shelf = fill(scene(), slot(explore=True), ["tent"], 4)
    assert ids(shelf)[-1] == "tent-new"
    assert "tent-new" not in ids(shelf)[:-1]
    told = tell(shelf.shown[-1].reasons, camp(), "en", trusted=False)
    assert (told.code, told.text, shelf.shown[-1].rung) == (
        "new_like_this",
        "New, and similar to Tent",
        "newest",
    )
    assert ids(shelf)[:3] == shelf_of(scene(), slot(), "tent", limit=4)[:3]
    for without in (
        fill(scene(), slot(), ["tent"], 4),
        fill(scene(), slot(explore=True), ["tent"], 3),
        fill(scene(now=NOW + 90 * DAY), slot(explore=True), ["tent"], 4),
        fill(scene(shop=camp(replace(PRODUCTS["tent-new"], hidden=True))), slot(explore=True), ["tent"], 4),
        fill(scene(did("dismissed", "tent-new")), slot(explore=True), ["tent"], 4),
        fill(scene(), replace(slot("buy-again"), explore=None), ["tent"], 4),
    ):
        assert not any(shown.rung == "newest" and shown.kind == "complements" for shown in without.shown)


def test_new_products_are_tried_on_few_days_and_a_page_does_not_flicker() -> None:
    days, tried = 400, []
    for number in range(days):
        shopper = replace(ANNA, id=f"s{number}")
        twice = [
            ids(fill(scene(shopper=shopper, now=NOW + hour), slot(explore=True), ["tent"], 4))[-1]
            for hour in (0, 60)
        ]
        assert twice[0] == twice[1]
        tried.append(twice[0] == "tent-new")
    assert 0.04 <= sum(tried) / days <= 0.12


# Everything at once

PLACEMENTS = st.builds(
    Placement,
    st.just("slot"),
    st.lists(st.sampled_from(PRODUCT_KINDS), min_size=1, max_size=3, unique=True).map(tuple),
    pins=st.lists(
        st.builds(
            Pin,
            st.sampled_from([*PRODUCTS, "unknown"]),
            st.integers(1, 6),
            st.sampled_from([None, NOW - 1, NOW + 1]),
        ),
        max_size=4,
    ).map(tuple),
    boosts=st.lists(
        st.builds(
            Boost, st.sampled_from([category("Camp"), category("Light")]), st.sampled_from([0.01, 9.0])
        ),
        max_size=2,
    ).map(tuple),
    where=st.sampled_from([category("Camp", "Clothes", "Health"), category("Cook")]),
    when_little=st.sampled_from(["fill", "stay_short"]),
    floor=st.sampled_from([0.0, 0.2, 0.9]),
    diversity=st.sampled_from([None, False, Diversity(1.0, 1, 1)]),
)
LIVES = st.lists(
    st.builds(
        did,
        st.sampled_from(["viewed", "shown", "bought", "dismissed", "carted"]),
        st.sampled_from(list(PRODUCTS)),
        days_ago=st.sampled_from([0.5, 3.0, 40.0]),
    ),
    max_size=6,
)
GONE = st.sets(st.sampled_from(list(PRODUCTS)), max_size=4)


def kept_its_word(placement: Placement, life: list[Any], gone: set[str], limit: int) -> None:
    """Fill two shelves of one page and look at all that a shelf promises."""
    changed: list[Product] = [replace(PRODUCTS[name], availability="out_of_stock") for name in sorted(gone)]
    held = scene(*life, shop=camp(*changed, sensitive_categories=("Health",)))
    catalogue = held.shop.catalogue
    shelves = [fill(held, placement, ["tent"], limit) for _ in range(2)]
    shown = [each for shelf in shelves for each in shelf.shown]
    groups = [each.product.group for each in shown]
    assert len(set(groups)) == len(groups), "the same product twice on a page"
    assert all(len(shelf.shown) <= limit for shelf in shelves)
    barred = {"tent", "pills", *gone, *held.in_basket, *held.remembered.dismissed}
    assert not barred & {each.product.product_id for each in shown}
    for each in shown:
        if each.kind == "merchant":
            continue
        assert placement.where.holds(each.product)
    first = shelves[0].shown
    for position, each in enumerate(first, start=1):
        pins = [pin for pin in placement.pins_at(NOW, limit) if pin.product_id == each.product.product_id]
        if each.kind == "merchant" and len(first) == limit:
            assert position in {pin.position for pin in pins}
    scores = [each.score for each in first]
    assert scores == sorted(scores, reverse=True)
    assert catalogue is held.shop.catalogue


@given(PLACEMENTS, LIVES, GONE, st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_every_shelf_keeps_its_word(
    placement: Placement, life: list[Any], gone: set[str], limit: int
) -> None:
    kept_its_word(placement, life, gone, limit)


def test_without_the_gate_it_would_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a gate that refuses nothing lets through what must not be shown."""
    monkeypatch.setattr(Gate, "refusal", lambda self, product: None)
    placement = slot("complements", pins=(Pin("pills", 1),))
    with pytest.raises(AssertionError):
        kept_its_word(placement, [did("dismissed", "pegs")], {"mat"}, 6)
