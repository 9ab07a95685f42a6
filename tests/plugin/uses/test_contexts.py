"""Learned contexts in a tiny camping shop: suggested where nobody wrote ideas, and the merchant's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plugin.activity import Activity
from plugin.catalog import Product
from plugin.errors import Invalid, NotFound
from plugin.gather import Scene
from plugin.history import cards_of
from plugin.merchant import Merchant
from plugin.shelves import fill
from plugin.shop import Shop, ShopSettings
from plugin.shopper import Profile, fold
from plugin.uses.context_words import ContextWords, counts_as
from plugin.uses.learned import contexts_of
from plugin.uses.naming_contexts import change_context, promote_context
from plugin.uses.suggested import SuggestedUse
from recommender.interactions import Interactions
from recommender.model import Model
from tests.plugin.shelf.camp import ANNA, DAY, NOW, did, slot

#: What is bought together; the knife is for cooking and for carving.
KINDS = {
    "Cooking": ["knife", "stove", "gas", "pot", "spoon", "salt"],
    "Carving": ["knife", "wood", "gouge", "oil", "sander", "apron"],
    "Sleeping": ["mat", "bag", "pillow", "socks", "liner", "mask"],
    "Climbing": ["rope", "chalk", "helmet", "harness", "hook", "shoes"],
}
PRODUCTS = {
    name: Product(name, name.title(), price=1000, category=f"Camp > {kind}", durable=True, first_seen=0.0)
    for kind, names in KINDS.items()
    for name in names
}


@cache
def learned(shoppers: int = 240) -> Model:
    """What the shop's orders teach."""
    rng, kinds, lines = np.random.default_rng(1), list(KINDS), []
    for shopper in range(shoppers):
        names, at = KINDS[kinds[shopper % len(kinds)]], NOW - float(rng.uniform(2, 300)) * DAY
        for number in range(2):
            lines += [
                (f"o{shopper}-{number}", f"u:s{shopper}", names[place], 1.0, at + number * DAY)
                for place in rng.choice(6, 4, replace=False)
            ]
    orders, whose, products, quantities, times = zip(*lines, strict=True)
    history = Interactions.from_columns(
        order_ids=orders, shopper_ids=whose, product_ids=products, quantities=quantities, times=times
    )
    cards = cards_of(PRODUCTS.values(), "EUR")
    model = Model.fit(history, cards, as_of=NOW)
    model.learn_contexts(history, cards)
    return model


def camp(*changed: Product, words: dict[str, ContextWords] | None = None, **settings: Any) -> Shop:
    shop = Shop("camp")
    shop.settings = ShopSettings("camp", "Camp", **settings)
    for product in {**PRODUCTS, **{each.product_id: each for each in changed}}.values():
        shop.catalogue.put(product)
    shop.context_words = words or {}
    return shop


def number_of(kind: str) -> str:
    """The number of the context of a kind."""
    found = contexts_of(camp(), learned())
    of = {
        name: [n for n, each in found.items() if set(list(each.products)[:4]) <= set(KINDS[name])]
        for name in KINDS
    }
    assert len(of[kind]) == 1
    return of[kind][0]


def uses(*life: Activity, shop: Shop | None = None, limit: int = 5, **more: Any) -> list[SuggestedUse]:
    scene = Scene(shop or camp(), learned(), ANNA, fold(Profile(), life), NOW, **more)
    return list(fill(scene, slot("new-uses"), (), limit).uses)


def bought(*products: str, **more: Any) -> Activity:
    return did("bought", *products, days_ago=100, **more)


COOK = ("knife", "stove", "gas")


def test_who_cooks_with_the_knife_is_shown_what_else_it_is_for() -> None:
    (use,) = uses(bought(*COOK))
    assert use.use_id == f"context:{number_of('Carving')}"
    assert [held.product_id for held in use.owned] == ["knife"]
    assert 2 <= len(use.missing) <= 3
    assert {product.product_id for product in use.missing} < set(KINDS["Carving"])
    assert use.title.startswith("Carving: ")
    assert use.reason.product_id == "knife"
    assert use.reason.text.startswith("Around Knife, yours since ")


def test_whoever_owns_nothing_or_is_in_all_of_it_is_shown_nothing() -> None:
    assert uses() == []
    assert uses(bought(*COOK, "wood", "gouge")) == []


def test_an_idea_that_was_written_comes_first() -> None:
    import orjson

    shop = camp()
    needs = [{"any": [{"product_id": each}]} for each in ("stove", "gas")]
    shop.ideas.put("stew", orjson.dumps({"use_id": "stew", "title": "Stew", "needs": needs}))
    shown = uses(bought(*COOK), shop=shop)
    assert [use.use_id for use in shown] == ["stew", f"context:{number_of('Carving')}"]
    assert shown[0].score >= shown[1].score
    assert [use.use_id for use in uses(bought(*COOK), shop=shop, limit=1)] == ["stew"]


def test_nothing_rests_on_what_may_not_be_spoken_of() -> None:
    had = bought(*COOK)
    assert uses(had, did("preferred", avoids=["product:knife"])) == []
    assert uses(had, did("dismissed", "knife", reason="never")) == []
    assert uses(had, shop=camp(replace(PRODUCTS["knife"], sensitive=True))) == []
    assert uses(had, gpc=True) == []


def test_what_opens_it_can_be_had() -> None:
    gone = [replace(PRODUCTS[each], availability="out_of_stock") for each in KINDS["Carving"][2:]]
    assert uses(bought(*COOK), shop=camp(*gone)) == []
    (use,) = uses(bought(*COOK), shop=camp(*gone[1:]))
    assert {product.product_id for product in use.missing} == {"wood", "gouge"}
    assert use.image_url == use.missing[0].image_url


def test_not_for_me_never_comes_back_and_what_tires_still_may() -> None:
    use_id = f"context:{number_of('Carving')}"
    assert uses(bought(*COOK), did("dismissed", use_id=use_id, reason="not_for_me")) == []
    assert len(uses(bought(*COOK), did("shown", use_id=use_id, days_ago=2))) == 1


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ({"title": "wood carving"}, "wood carving"),
        ({"title": {"en": "wood carving", "nl": "houtsnijden"}}, "houtsnijden"),
    ],
)
def test_a_name_that_the_merchant_gave_is_told_and_so_is_the_reason(
    words: dict[str, Any], title: str
) -> None:
    number = number_of("Carving")
    said = {number: ContextWords(number, **words)}
    (use,) = uses(bought(*COOK), shop=camp(words=said), locale="nl")
    assert use.title == title
    assert use.reason.text.startswith("Meer met uw Knife, van u sinds ")
    assert use.reason.text.endswith(title)


def test_what_the_merchant_hides_or_made_an_idea_of_is_not_shown() -> None:
    import orjson

    number = number_of("Carving")
    assert uses(bought(*COOK), shop=camp(words={number: ContextWords(number, hidden=True)})) == []
    shop = camp(words={number: ContextWords(number, promoted_to="carve")})
    assert len(uses(bought(*COOK), shop=shop)) == 1
    needs = [{"any": [{"product_id": each}]} for each in ("wood", "gouge")]
    shop.ideas.put("carve", orjson.dumps({"use_id": "carve", "title": "Carve", "needs": needs}))
    assert uses(bought(*COOK), shop=shop) == []


def test_merged_contexts_are_one_and_are_entered_by_either() -> None:
    carving, sleeping = number_of("Carving"), number_of("Sleeping")
    shop = camp(words={carving: ContextWords(carving, merged_into=sleeping)})
    found = contexts_of(shop, learned())[sleeping]
    assert found.merged == (carving,)
    assert set(found.products) >= {*KINDS["Carving"], *KINDS["Sleeping"]} - {"knife"}
    (use,) = uses(bought(*COOK), shop=shop)
    assert use.use_id == f"context:{sleeping}"
    assert uses(bought(*COOK, "mat", "bag"), shop=shop) == []


def test_too_few_shoppers_make_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    model = learned()
    monkeypatch.setattr(model.contexts, "people_", np.full(model.contexts.count, 4, np.int32))
    fresh = camp(words={"none": ContextWords("none")})  # other words than those a view was kept for
    assert uses(bought(*COOK), shop=fresh) == []


def test_they_are_written_and_read_with_the_model(tmp_path: Path) -> None:
    learned().save(tmp_path / "one", version="one")
    again = Model.load(tmp_path / "one")
    assert again.contexts is not None
    for name, array in learned().contexts.arrays().items():  # type: ignore[union-attr]
        np.testing.assert_array_equal(again.contexts.arrays()[name], array, err_msg=name)


def test_chains_of_merging_end_even_where_they_would_not() -> None:
    words = {"1": ContextWords("1", merged_into="2"), "2": ContextWords("2", merged_into="1")}
    assert counts_as("1", words) in ("1", "2")


@pytest.fixture
def trained(
    shops: Any, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[Merchant, str]]:
    def opened() -> tuple[Merchant, str]:
        made = merchant.open_shop("Camp", {"currency": "EUR"})
        shop_id = made.settings.shop_id
        for product in PRODUCTS.values():
            shops.put(shop_id, {f"product/{product.product_id}": product.to_bytes()})
        monkeypatch.setattr(merchant.shops, "model", lambda shop: learned())
        return merchant, shop_id

    return opened


def test_the_merchants_words_are_kept_audited_and_taken_back(trained: Any) -> None:
    merchant, shop_id = trained()
    number, other = number_of("Carving"), number_of("Sleeping")
    changed = change_context(merchant, shop_id, number, {"title": "carving", "hidden": True})
    assert (changed.given_title(), changed.hidden) == ("carving", True)
    assert change_context(merchant, shop_id, number, {"merged_into": other}).context_id == other
    with pytest.raises(Invalid):
        change_context(merchant, shop_id, other, {"merged_into": number})
    with pytest.raises(Invalid):
        change_context(merchant, shop_id, other, {"merged_into": other})
    with pytest.raises(Invalid):
        change_context(merchant, shop_id, other, {"merged_into": "nothing"})
    with pytest.raises(NotFound):
        change_context(merchant, shop_id, "nothing", {"hidden": True})
    change_context(merchant, shop_id, number, {"merged_into": None, "title": None, "hidden": False})
    assert merchant.shops.view(shop_id, fresh=True).context_words == {}
    told = [entry.did for entry in merchant.shops.memory(shop_id).audit.newest(3)]
    assert told == ["context.changed"] * 3


def test_an_idea_is_made_of_a_context(trained: Any) -> None:
    merchant, shop_id = trained()
    number = number_of("Carving")
    made = promote_context(merchant, shop_id, number, "carve", live=True)
    assert made["state"] == "live"
    assert len(made["needs"]) == 3
    shop = merchant.shops.view(shop_id, fresh=True)
    assert "carve" in shop.ideas
    assert shop.context_words[number].promoted_to == "carve"
    with pytest.raises(Invalid):
        promote_context(merchant, shop_id, number_of("Sleeping"), "carve")
