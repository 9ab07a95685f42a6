"""What Anna of the camping shop is shown to do with what she has."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.activity import Activity
from plugin.shelves import Shelf, fill
from plugin.shop import Shop
from plugin.shopper import Profile
from plugin.uses.suggested import since_when
from tests.plugin.shelf.camp import DAY, NOW, PRODUCTS, camp, did, scene, slot

USES = slot("new-uses")


def needs(*choices: Any) -> list[dict[str, Any]]:
    """Needs in short: a product by its id, `c:` a category, `a:name=value` an attribute, `|` between."""
    return [{"any": list(map(_want, choice.split("|")))} for choice in choices]


def _want(text: str) -> dict[str, Any]:
    if text.startswith("c:"):
        return {"category": text[2:]}
    if text.startswith("a:"):
        name, _, value = text[2:].partition("=")
        return {"attribute": name, "is": value}
    return {"product_id": text}


def with_ideas(shop: Shop | None = None, **ideas: Any) -> Shop:
    """The camping shop with use ideas: their needs, or whole documents."""
    shop = shop or camp()
    for use_id, written in ideas.items():
        written = written if isinstance(written, dict) else {"needs": needs(*written)}
        shop.ideas.put(use_id, orjson.dumps({"use_id": use_id, "title": use_id, **written}))
    return shop


STEW = {"stew": ["stove", "gas", "pot"]}


def shelf_for(shop: Shop, *life: Activity, limit: int = 5, **more: Any) -> Shelf:
    return fill(scene(*life, shop=shop, **more), USES, (), limit)


def shown(shop: Shop, *life: Activity, **more: Any) -> dict[str, list[str]]:
    """The ideas that are shown, each with what it says is missing."""
    uses = shelf_for(shop, *life, **more).uses
    assert len({use.use_id for use in uses}) == len(uses)
    return {use.use_id: [product.product_id for product in use.missing] for use in uses}


def bought(*products: str, days_ago: float = 100, **more: Any) -> Activity:
    return did("bought", *products, days_ago=days_ago, **more)


def test_what_is_complete_comes_first_and_then_what_lacks_one_thing() -> None:
    shop = with_ideas(tea=["stove", "gas"], stew=["stove", "gas", "pot"], light=["lamp", "mat", "tent"])
    assert list(shown(shop, bought("stove", "gas")).items()) == [("tea", []), ("stew", ["pot"])]
    assert shown(shop, bought("stove")) == {"tea": ["gas"]}
    assert shown(shop, bought("tent")) == {}
    assert shown(shop) == {}


def test_what_it_is_known_by() -> None:
    shop = with_ideas(shelf=["c:Camp > Cook", "c:Clothes"], iron=["a:metal=iron"], any=["pegs|pills"])
    assert shown(shop, bought("pot", "shirt-l")) == {"shelf": []}
    assert shown(shop, bought("pills")) == {"any": []}
    pot = replace(PRODUCTS["pot"], attributes={"Metal": "Iron"})
    shop.catalogue.put(pot)
    assert shown(shop, bought("pot")) == {"iron": [], "shelf": ["shirt-l"]}
    assert shown(shop, bought("pot"), did("preferred", **{"sizes.shirts": "m"}))["shelf"] == ["shirt-m"]


def test_a_variant_stands_for_its_group() -> None:
    shop = with_ideas(hike=["shirt-s", "tent"])
    assert shown(shop, bought("shirt-l"), bought("tent")) == {"hike": []}
    assert set(*shown(shop, bought("tent")).values()) <= {"shirt-s", "shirt-m", "shirt-l"}


def test_nothing_rests_on_what_is_no_longer_there() -> None:
    shop = with_ideas(stew=["stove", "gas", "pot"])
    had = bought("stove", "gas", "pot", order_id="o")
    assert shown(shop, had) == {"stew": []}
    back = did("returned", "pot", order_id="o", days_ago=1)
    assert shown(shop, had, back) == {"stew": ["pot"]}
    assert shown(shop, had, did("corrected", "gas", state="out")) == {"stew": ["gas"]}
    assert shown(shop, bought("stove", "gas"), did("corrected", "pot", state="have")) == {"stew": []}
    assert shown(shop, had, did("corrected", "stove", "gas", state="no_longer")) == {}


def test_nothing_rests_on_what_is_avoided_sensitive_or_waved_away() -> None:
    shop = with_ideas(stew=["stove", "gas", "pot"], cure=["pills", "tent"])
    had = bought("stove", "gas", "pot", "pills", "tent")
    assert shown(shop, had).keys() == {"stew", "cure"}
    assert shown(shop, had, did("preferred", avoids=["product:pot"])) == {"cure": []}
    assert shown(shop, had, did("dismissed", "pot", reason="never")) == {"cure": []}
    careful = with_ideas(camp(sensitive_categories=("Health",)), cure=["pills", "tent"])
    assert shown(careful, had) == {}


@pytest.mark.parametrize(
    "pot",
    [{"availability": "out_of_stock"}, {"hidden": True}, {"price": None}, {"sensitive": True}],
    ids=lambda change: next(iter(change)),
)
def test_what_is_missing_can_be_had(pot: dict[str, Any]) -> None:
    had = bought("stove", "gas")
    assert shown(with_ideas(**STEW), had) == {"stew": ["pot"]}
    shop = camp(replace(PRODUCTS["pot"], **pot))
    assert shown(with_ideas(shop, **STEW), had) == {}
    other = {"stew": ["stove", "gas", "pot|lamp"]}
    assert shown(with_ideas(shop, **other), had) == {"stew": ["lamp"]}


def test_what_was_waved_away_is_not_missing_and_what_is_there_already_counts() -> None:
    had = bought("stove", "gas")
    assert shown(with_ideas(**STEW), had, did("dismissed", "pot", reason="not_for_me")) == {}
    assert shown(with_ideas(**STEW), had, did("dismissed", "pot", reason="have_it")) == {"stew": []}
    of_the_idea = did("dismissed", "pot", reason="have_it", use_id="stew")
    assert shown(with_ideas(**STEW), had, of_the_idea) == {"stew": []}


def test_the_model_says_which_of_several_is_missing() -> None:
    """Tents are bought with pegs most of all; a lamp is cheaper than a mat."""
    shop = with_ideas(night=["tent", "mat|pegs|lamp"])
    assert shown(shop, bought("tent")) == {"night": ["pegs"]}


def test_the_same_thing_is_missed_once_and_nothing_stands_twice_on_a_page() -> None:
    shop = with_ideas(a=["stove", "pot"], b=["gas", "pot"], c=["stove", "gas"])
    assert shown(shop, bought("stove", "gas")) in ({"c": [], "a": ["pot"]}, {"c": [], "b": ["pot"]})
    page = scene(bought("stove", "gas"), shop=shop)
    first = fill(page, USES, (), 1)
    second = fill(page, slot("new-uses", "complements"), ("tent",), 4)
    assert [use.use_id for use in first.uses] == ["c"]
    assert "c" not in [use.use_id for use in second.uses]


@pytest.mark.parametrize("reason", ["not_for_me", "never", "too_dear", "have_it"])
def test_a_refused_idea_never_comes_back(reason: str) -> None:
    shop = with_ideas(tea=["stove", "gas"])
    had, no = bought("stove", "gas"), did("dismissed", use_id="tea", reason=reason)
    assert shown(shop, had, no) == {}
    assert shown(shop, had, no, did("clicked", use_id="tea", days_ago=0.5)) == {}
    assert shown(shop, had, no, now=NOW + 3000 * DAY) == {}


def test_what_was_tried_or_shown_in_vain_steps_back() -> None:
    shop = with_ideas(tea=["stove", "gas"], soup=["stove", "gas"])
    had = bought("stove", "gas")
    assert list(shown(shop, had)) == ["soup", "tea"]
    assert list(shown(shop, had, did("tried", use_id="soup"))) == ["tea", "soup"]
    often = [did("shown", use_id="soup", days_ago=1 + n / 10) for n in range(9)]
    assert list(shown(shop, had, *often)) == ["tea", "soup"]
    assert list(shown(shop, had, *often, did("clicked", use_id="soup", days_ago=0.5))) == ["soup", "tea"]


def test_answers_of_others_put_ideas_in_order() -> None:
    shop = with_ideas(tea=["stove", "gas"], soup=["stove", "gas"], stew=["stove", "gas"])
    told = {"ideas": {"tea": [20.0, 1.0], "soup": [1.0, 20.0]}}
    shop.take(1, {"use-trust": orjson.dumps(told)})
    assert list(shown(shop, bought("stove", "gas"))) == ["tea", "stew", "soup"]


def test_on_some_days_one_that_few_have_answered_has_the_last_place() -> None:
    ideas = {f"i{n}": ["stove", "gas"] for n in range(8)}
    shop = with_ideas(**ideas)
    told = {"ideas": {f"i{n}": [50.0, 1.0] for n in range(7)}}
    shop.take(1, {"use-trust": orjson.dumps(told)})
    days = [list(shown(shop, bought("stove", "gas"), now=NOW + day * DAY)) for day in range(200)]
    tried = [day for day, use_ids in enumerate(days) if "i7" in use_ids]
    assert 5 < len(tried) < 40
    assert all(days[day].index("i7") == 4 for day in tried)
    again = [list(shown(shop, bought("stove", "gas"), now=NOW + day * DAY + 60)) for day in tried]
    assert again == [days[day] for day in tried]


def test_drafts_hidden_and_foreign_ideas_are_not_shown() -> None:
    had = bought("stove", "gas")
    plain = needs("stove", "gas")
    for state, there in (("live", True), ("draft", False), ("hidden", False)):
        assert bool(shown(with_ideas(tea={"needs": plain, "state": state}), had)) == there
    shop = with_ideas(tea={"needs": plain, "locale": "de"}, soup={"needs": plain, "locale": "en-GB"})
    assert list(shown(shop, had)) == ["soup"]
    assert list(shown(shop, had, locale="de-AT")) == ["tea", "soup"]
    both = with_ideas(tea={"needs": plain, "title": {"en": "Tea", "de": "Tee"}, "summary": None})
    assert [use.title for use in shelf_for(both, had, locale="de").uses] == ["Tee"]
    assert [use.title for use in shelf_for(both, had, locale="fr").uses] == ["Tea"]


def test_a_changed_idea_counts_at_once() -> None:
    shop = with_ideas(**{f"i{n}": ["tent", "lamp"] for n in range(30)}, tea=["stove", "gas"])
    had = bought("stove", "gas")
    assert shown(shop, had) == {"tea": []}
    with_ideas(shop, tea=["stove", "pot"], soup=["gas"])
    assert shown(shop, had) == {"soup": [], "tea": ["pot"]}
    shop.ideas.remove("soup")
    assert shown(shop, had) == {"tea": ["pot"]}
    with_ideas(shop, **{f"i{n}": ["gas", "tent"] for n in range(30)})
    assert list(shown(shop, had)) == ["tea", "i0"] or set(shown(shop, had)) > {"tea"}


def test_the_reason_says_what_is_owned_and_since_when() -> None:
    shop = with_ideas(tea=["gas", "stove"], stew=["stove", "gas", "pot"])
    uses = shelf_for(shop, bought("gas", days_ago=10), bought("stove", days_ago=100)).uses
    assert [use.reason.text for use in uses] == [
        "With your Gas stove, yours since August",
        "With your Gas stove, yours since August, you lack only Camping pot",
    ]
    assert uses[0].reason.product_id == "stove"
    texts = {
        locale: shelf_for(shop, bought("gas", "stove", days_ago=400), locale=locale).uses[0].reason.text
        for locale in ("de", "nl", "nb")
    }
    assert texts == {
        "de": "Mit Gas stove, seit Oktober 2022 bei Ihnen",
        "nl": "Met uw Gas stove, van u sinds oktober 2022",
        "nb": "Med Gas stove, som du har hatt siden oktober 2022",
    }
    assert since_when(NOW, "en", "UTC", NOW) == "November"


def test_after_a_purchase_an_idea_is_told_from_what_was_bought() -> None:
    shop = with_ideas(tea=["stove", "gas"])
    had = bought("stove", "gas")
    told = [
        fill(scene(had, shop=shop), USES, products, 5).uses[0].reason.product_id
        for products in ((), ("stove",), ("gas",))
    ]
    assert told[1:] == ["stove", "gas"]


def test_what_the_shop_does_not_know_has_no_name_to_speak_of() -> None:
    shop = with_ideas(odd=["never-seen", "stove"])
    has = did("corrected", "never-seen", state="have")
    assert shown(shop, has) == {}
    assert shown(shop, bought("stove"), has) == {}


def test_uses_of_one_purchase_stand_beside_what_completes_it() -> None:
    shop = with_ideas(tea=["stove", "gas"], night=["tent", "mat"])
    life = (bought("tent", "mat", days_ago=200), bought("stove", "gas", days_ago=20))
    shelf = fill(scene(*life, shop=shop), slot("because-you-bought"), (), 4)
    assert (shelf.because, [use.use_id for use in shelf.uses]) == ("gas", ["tea"])
    page = fill(scene(*life, shop=shop), USES, ("tent",), 4)
    assert [use.use_id for use in page.uses] == ["night"]


def test_whoever_wants_nothing_personal_is_shown_none() -> None:
    shop = with_ideas(tea=["stove", "gas"])
    assert shown(shop, bought("stove", "gas"), gpc=True) == {}
    assert shown(shop, bought("stove", "gas"), did("consented", by="shopper", personalise="no")) == {}


# Whatever is bought and written: a second, plain way of saying what is complete

THINGS = sorted(PRODUCTS)
WANTS = st.one_of(
    st.sampled_from(THINGS), st.sampled_from(["c:Camp", "c:Camp > Cook", "c:cook", "c:Health", "a:size=m"])
)
CHOICES = st.lists(WANTS, min_size=1, max_size=3).map("|".join)


def met(choice: str, product_id: str) -> bool:
    product = PRODUCTS[product_id]
    for want in choice.split("|"):
        if want.startswith("c:") and product.in_category(want[2:]):
            return True
        if want == "a:size=m" and str(product.attributes.get("size")).lower() == "m":
            return True
        if want in PRODUCTS and PRODUCTS[want].group == product.group:
            return True
    return False


@given(
    st.lists(st.lists(CHOICES, min_size=1, max_size=4), min_size=1, max_size=8),
    st.lists(st.sampled_from(THINGS), max_size=6, unique=True),
    st.sets(st.sampled_from(THINGS), max_size=2),
)
@settings(max_examples=150, deadline=None)
def test_nothing_that_is_not_owned_counts_as_owned(
    written: list[list[str]], products: list[str], gone: set[str]
) -> None:
    shop = with_ideas(**{f"i{n}": choices for n, choices in enumerate(written)})
    life = [bought(*products)] if products else []
    life += [did("corrected", product, state="no_longer") for product in sorted(gone)]
    owned = set(products) - gone
    uses = shelf_for(shop, *life, limit=50).uses
    for use in uses:
        choices = written[int(use.use_id[1:])]
        lacking = [choice for choice in choices if not any(met(choice, each) for each in owned)]
        assert len(lacking) == len(use.missing)
        assert all(met(choice, use.missing[0].product_id) for choice in lacking)
        assert {held.product_id for held in use.owned} <= owned
        assert all(product.group not in {PRODUCTS[each].group for each in owned if PRODUCTS[each].durable}
                   for product in use.missing)  # fmt: skip
    complete = {
        f"i{n}" for n, choices in enumerate(written)
        if all(any(met(choice, each) for each in owned) for choice in choices)
    }  # fmt: skip
    assert {use.use_id for use in uses if not use.missing} == complete
    assert [bool(use.missing) for use in uses] == sorted(bool(use.missing) for use in uses)
    assert all(a.score >= b.score for a, b in pairwise(uses))


def test_a_profile_that_nothing_is_known_of_is_asked_in_vain() -> None:
    held = replace(scene(shop=with_ideas(tea=["stove"])), profile=Profile())
    assert fill(held, USES, (), 4).uses == ()
