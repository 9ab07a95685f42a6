"""Suggestions out, over a shop of tools small enough to know every answer by heart."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

TOOLS = {
    "drill": {"category": "Tools", "durable": True, "name": "Drill 500", "price": "99.00"},
    "bits": {
        "category": "Tools",
        "name": "Drill bits",
        "price": "12.00",
        "locales": {"nl": {"name": "Boortjes"}},
    },
    "saw": {"category": "Tools", "durable": True, "name": "Saw", "price": "49.00"},
    "blades": {"category": "Tools", "name": "Saw blades", "price": "9.00"},
    "oil": {"category": "Care", "name": "Oil", "price": "5.00", "sale_price": "4.00"},
    "paint-red": {"category": "Paint", "name": "Paint red", "group_id": "paint"},
    "paint-blue": {"category": "Paint", "name": "Paint blue", "group_id": "paint"},
    "brush": {"category": "Paint", "name": "Brush"},
    "gone": {"category": "Tools", "name": "Sold out", "availability": "out_of_stock"},
    "secret": {"category": "Tools", "name": "Hidden", "hidden": True},
    "unpriced": {"category": "Tools", "name": "On request", "price": None},
}
SHOWN = {"drill", "bits", "saw", "blades", "oil", "paint", "brush", "unpriced"}


@pytest.fixture(scope="module")
def tools(open_shop: Any) -> Any:
    """The tool shop after eight shoppers each bought a tool with its supplies."""
    shop = open_shop("Tool shop", origins=["https://tools.example"])
    for name, fields in TOOLS.items():
        shop.product(name, **{**fields, "sale_price": None})
    shop.product("oil", **TOOLS["oil"])  # reduced when it had been in the window for a while
    orders = []
    for n in range(8):
        for basket in (("drill", "bits", "gone", "secret"), ("saw", "blades"), ("paint-red", "brush")):
            orders.append(shop.buys(f"s{n}", *basket, timestamp=f"2026-0{n % 6 + 1}-1{n}T10:00:00Z"))
    orders.append(shop.buys("pair", "oil", "unpriced"))
    shop.send(*orders)
    shop.train()
    return shop


def card_groups(cards: list[dict[str, Any]]) -> list[str]:
    return [TOOLS[card["product_id"]].get("group_id") or card["product_id"] for card in cards]  # type: ignore[misc]


def viewing(product: str, **fields: Any) -> dict[str, Any]:
    properties = {"product_id": product}
    return {"event": "Product Viewed", "messageId": uuid.uuid4().hex, "properties": properties, **fields}


# Known answers


def test_what_completes_what(tools: Any) -> None:
    answer = tools.suggestions("complements", product="drill", limit=3)
    assert answer["products"][0]["product_id"] == "bits"
    first = answer["products"][0]
    assert first["rung"] == "complements"
    assert first["reason"]["code"] == "bought_together"
    assert first["reason"]["evidence"] == {"product_id": "drill", "count": 8}
    assert first["price"] == {"amount": "12.00", "currency": "EUR"}
    assert (first["was"], answer["kind"]) == (None, "complements")
    assert answer["recommendation_id"].startswith("r_")
    assert answer["model_version"]


def test_the_same_question_posted(tools: Any) -> None:
    asked = {"kind": "complements", "product": ["drill"], "basket": ["bits"], "limit": 4}
    posted = tools.call("POST", "/v1/recommendations", asked).json()["products"]
    assert [card["product_id"] for card in posted] == tools.ids(
        "complements", product="drill", basket="bits", limit=4
    )
    assert "bits" not in [card["product_id"] for card in posted]


def test_names_in_the_readers_language(tools: Any) -> None:
    for locale, name in (
        ("nl", "Boortjes"),
        ("nl-BE", "Boortjes"),
        ("de", "Drill bits"),
        ("xx", "Drill bits"),
    ):
        card = tools.suggestions("complements", product="drill", limit=1, locale=locale)["products"][0]
        assert card["name"] == name
    text = tools.suggestions("complements", product="drill", limit=1, locale="de")["products"][0]["reason"][
        "text"
    ]
    assert text == "Oft zusammen gekauft mit Drill 500"


def test_no_cache_keeps_an_answer(tools: Any) -> None:
    for method, path, body in (
        ("GET", "/v1/recommendations?kind=for-you", None), ("GET", "/v1/offers", None),
        ("POST", "/v1/placements", {"slots": {}}),
    ):  # fmt: skip
        answer = tools.call(method, path, body, key="publishable")
        assert "private" in answer.headers["Cache-Control"]
        assert "no-store" in answer.headers["Cache-Control"]


# The very next answer


def test_a_view_changes_the_very_next_answer(tools: Any) -> None:
    proof = tools.token("next")
    asked = {"key": "publishable", "headers": {"Rapport-Shopper": proof}}
    assert tools.ids("recently-viewed", **asked) == []
    tools.send(viewing("saw"), **asked)
    assert tools.ids("recently-viewed", **asked) == ["saw"]
    assert tools.ids("recently-viewed", shopper="next") == ["saw"]
    tools.send(viewing("oil", userId="next"))
    assert tools.ids("recently-viewed", **asked) == ["oil", "saw"]


def test_a_view_moves_where_the_look_goes_next(tools: Any) -> None:
    before = tools.ids("for-you", shopper="mover", limit=8)
    tools.send(viewing("drill", userId="mover"))
    after = tools.ids("for-you", shopper="mover", limit=8)
    assert before != after


def test_a_visitors_view_changes_the_very_next_answer(tools: Any) -> None:
    asked = {"key": "publishable", "headers": {"Rapport-Anonymous": "visitor 1/2"}}
    assert tools.ids("recently-viewed", **asked) == []
    tools.send(viewing("bits", anonymousId="visitor 1/2"), key="publishable")
    assert tools.ids("recently-viewed", **asked) == ["bits"]
    assert tools.ids("recently-viewed", key="publishable", headers={"Rapport-Anonymous": "visitor"}) == []


def test_an_order_changes_the_very_next_answer(tools: Any) -> None:
    proof = tools.token("buyer")
    asked = {"key": "publishable", "headers": {"Rapport-Shopper": proof}}
    assert tools.suggestions("because-you-bought", **asked)["products"] == []
    assert tools.ids("complements", product="bits", limit=1, **asked) == ["drill"]
    tools.send(tools.buys("buyer", "drill"))
    because = tools.suggestions("because-you-bought", **asked)
    assert because["because"] == "drill"
    assert because["products"][0]["product_id"] == "bits"
    assert "drill" not in tools.ids("complements", product="bits", limit=20, **asked)
    assert "drill" not in tools.ids("for-you", limit=20, **asked)
    for n in range(5):
        tools.send(tools.buys("buyer", "brush", order=f"loop-{n}"))
        assert tools.suggestions("because-you-bought", shopper="buyer")["because"] == "brush"


# What must not be shown


@pytest.mark.parametrize(
    "kind", ["complements", "similar", "also-viewed", "for-you", "next-basket", "trending"]
)
def test_never_empty_never_what_must_not_be_shown(tools: Any, kind: str) -> None:
    cards = tools.suggestions(kind, limit=50, product="oil")["products"]
    groups = card_groups(cards)
    assert set(groups) == SHOWN - {"oil"}, "one card a group, nothing sold out or hidden, not the page's own"
    assert len(groups) == len(set(groups))


def test_a_pages_own_variants_are_left_out(tools: Any) -> None:
    for kind in ("complements", "similar"):
        ids = tools.ids(kind, product="paint-blue", limit=50)
        assert not {"paint-red", "paint-blue"} & set(ids)
    assert not {"paint-red", "paint-blue"} & set(tools.ids("complements", basket="paint-red", limit=50))


def test_who_has_or_waved_away_one_variant_is_shown_none(tools: Any) -> None:
    def dismissed(product: str) -> dict[str, Any]:
        properties = {"product_id": product, "reason": "not_for_me"}
        return {"event": "Suggestion Dismissed", "messageId": uuid.uuid4().hex, "properties": properties}

    variants = {"paint-red", "paint-blue"}
    assert variants & set(tools.ids("for-you", shopper="painter", limit=50))
    tools.send(tools.buys("painter", "paint-red"), {**dismissed("paint-blue"), "userId": "waver"})
    for who in ("painter", "waver"):
        assert not variants & set(tools.ids("for-you", shopper=who, limit=50))


def test_what_lies_in_the_basket_is_left_out(tools: Any) -> None:
    assert not {"bits", "unpriced"} & set(
        tools.ids("complements", product="drill", basket=["bits", "unpriced"], limit=50)
    )
    cart = {"event": "Product Added", "userId": "carter", "properties": {"product_id": "bits"}}
    tools.send(cart)
    assert "bits" not in tools.ids("complements", shopper="carter", product="drill", limit=50)
    assert "bits" in tools.ids("complements", shopper="carter", product="drill", basket="saw", limit=50)


def test_what_was_waved_away_stays_away(tools: Any) -> None:
    assert "bits" in tools.ids("complements", shopper="waver", product="drill")
    wave = {"product_id": "bits", "recommendation_id": "r_x", "placement": "complements", "position": 1}
    event = {
        "event": "Suggestion Dismissed",
        "userId": "waver",
        "properties": {**wave, "reason": "not_for_me"},
    }
    tools.send(event)
    assert "bits" not in tools.ids("complements", shopper="waver", product="drill", limit=50)


def test_what_lasts_is_not_sold_twice_and_sent_back_is_sold_again(tools: Any) -> None:
    tools.send(tools.buys("owner", "saw", order="own-saw"))
    assert "saw" not in tools.ids("complements", shopper="owner", product="blades", limit=50)
    tools.send({"event": "Order Refunded", "userId": "owner", "properties": {"order_id": "own-saw"}})
    assert tools.ids("complements", shopper="owner", product="blades", limit=1) == ["saw"]
    tools.send(tools.buys("owner", "saw", order="own-saw-2"))
    tools.send(
        {
            "event": "Ownership Corrected",
            "userId": "owner",
            "properties": {"product_id": "saw", "state": "no_longer"},
        }
    )
    assert tools.ids("complements", shopper="owner", product="blades", limit=1) == ["saw"]


def test_what_is_reduced(tools: Any) -> None:
    card = tools.suggestions("on-sale")["products"]
    assert [each["product_id"] for each in card] == ["oil"]
    assert card[0]["price"] == {"amount": "4.00", "currency": "EUR"}
    assert card[0]["was"] == {"amount": "5.00", "currency": "EUR"}
    assert card[0]["percent_saved"] == 20


# A page


def test_nothing_twice_on_a_page_and_an_unknown_name_is_wrong_alone(tools: Any) -> None:
    slots = {
        "a": {"name": "complements", "product": ["drill"], "limit": 3},
        "b": {"name": "for-you", "limit": 3},
        "c": {"name": "trending", "limit": 3},
        "d": {"name": "no-such-slot"},
        "e": {"name": "offers"},
        "f": {"name": "tier"},
    }
    answer = tools.call("POST", "/v1/placements", {"slots": slots, "basket": ["saw"], "shopper": "s1"})
    assert answer.status_code == 200, answer.text
    found = answer.json()["placements"]
    assert list(found) == list(slots)
    groups = [group for key in "abc" for group in card_groups(found[key]["products"])]
    assert len(groups) == len(set(groups)) >= 6
    assert found["d"]["error"]["code"] == "not_found"
    assert found["d"]["error"]["message"] == found["d"]["error"]["detail"]
    assert found["e"] == {"offers": []}
    assert found["f"]["tier"]
    assert "error" not in found["a"]


def test_a_page_by_names(tools: Any) -> None:
    params = {"names": "complements, offers,nothing", "product": "drill", "limit": 2}
    found = tools.call("GET", "/v1/placements", params=params, key="publishable").json()["placements"]
    assert len(found["complements"]["products"]) == 2
    assert found["complements"]["products"][0]["product_id"] == "bits"
    assert found["nothing"]["error"]["code"] == "not_found"
    many = ",".join(f"p{n}" for n in range(41))
    assert tools.call("GET", "/v1/placements", params={"names": many}).status_code == 422


def test_a_shelf_that_is_short_takes_no_more_than_it_shows(tools: Any) -> None:
    for product in ("blades", "brush", "bits"):
        tools.send(viewing(product, userId="looker"))
    slots = {"a": {"name": "recently-viewed", "limit": 1}, "b": {"name": "recently-viewed", "limit": 5}}
    found = tools.call("POST", "/v1/placements", {"slots": slots, "shopper": "looker"}).json()["placements"]
    assert [card["product_id"] for card in found["a"]["products"]] == ["bits"]
    assert [card["product_id"] for card in found["b"]["products"]] == ["brush", "blades"]


# What is said to whom


def test_scores_and_counts_are_the_shops_own(tools: Any) -> None:
    ours = tools.suggestions("complements", product="drill", limit=5)["products"]
    theirs = tools.suggestions("complements", key="publishable", product="drill", limit=5)["products"]
    assert [card["product_id"] for card in ours] == [card["product_id"] for card in theirs]
    scores = [card["score"] for card in ours]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    for card in theirs:
        assert "score" not in card
        assert "count" not in (card["reason"]["evidence"] or {})


def test_a_public_reason_rests_on_five_shoppers(tools: Any) -> None:
    ours = tools.suggestions("complements", product="oil", limit=1)["products"][0]
    assert (ours["product_id"], ours["reason"]["code"]) == ("unpriced", "bought_together")
    assert ours["reason"]["evidence"]["count"] == 1
    theirs = tools.suggestions("complements", key="publishable", product="oil", limit=1)["products"][0]
    assert theirs["product_id"] == "unpriced"
    assert theirs["reason"]["code"] != "bought_together"
    assert theirs["reason"]["text"]


# A merchant's own slot


def test_a_merchants_placement(tools: Any) -> None:
    slot = {
        "placement": "below-product",
        "title": {"en": "Goes with it"},
        "kinds": ["complements", "similar"],
        "limit": 3,
        "where": {"category": {"is": "Paint"}},
        "offers": True,
        "when_little": "fill",
    }
    put = tools.call("PUT", "/v1/placements/below-product", slot)
    assert put.status_code == 200, put.text
    held = tools.call("GET", "/v1/placements/below-product").json()
    assert {name: held[name] for name in slot} == slot
    answer = tools.suggestions("below-product", product="drill")
    assert set(card_groups(answer["products"])) == {"paint", "brush"}
    assert (answer["placement"], answer["kind"]) == ("below-product", "complements")
    page = tools.call("GET", "/v1/placements?names=below-product&product=paint-red", key="publishable").json()
    assert [card["product_id"] for card in page["placements"]["below-product"]["products"]] == ["brush"]
    assert tools.call("DELETE", "/v1/placements/below-product").status_code == 204
    assert tools.call("DELETE", "/v1/placements/below-product").status_code == 404
    assert tools.call("GET", "/v1/placements/below-product").status_code == 404
    assert tools.call("GET", "/v1/recommendations?kind=below-product").status_code == 422


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kinds": ["psychic"]}, "/kinds/0"),
        ({"kinds": []}, "/kinds"),
        ({"limit": 101}, "/limit"),
        ({"limit": "3"}, "/limit"),
        ({"where": {"colour": {"is": "red"}}}, "/where/colour"),
        ({"where": {"category": {}}}, "/where/category"),
        ({"surprise": 1}, "/surprise"),
        ({"placement": "another"}, "/placement"),
        ({"offers": "yes"}, "/offers"),
        ({"when_little": "panic"}, "/when_little"),
    ],
)
def test_a_placement_that_cannot_be_is_refused_with_where(tools: Any, change: Any, pointer: str) -> None:
    slot = {"placement": "odd", "kinds": ["complements"], **change}
    answer = tools.call("PUT", "/v1/placements/odd", slot)
    assert answer.status_code == 422, answer.text
    assert any(error["pointer"].startswith(pointer) for error in answer.json()["errors"]), answer.text


# Odd questions


@pytest.mark.parametrize(
    "query",
    ["kind=psychic", "", "kind=", "kind=for-you&limit=0", "kind=for-you&limit=101", "kind=for-you&limit=x",
     "kind=for-you&currency=USD", "kind=for-you&product=" + "x" * 129, "kind=for-you&product=",
     "kind=for-you&product=%00", "kind=for-you&locale=" + "x" * 36, "kind=offers",
     "kind=for-you&" + "&".join(f"basket=p{n}" for n in range(501))],
)  # fmt: skip
def test_a_question_that_is_not_one(tools: Any, query: str) -> None:
    answer = tools.call("GET", f"/v1/recommendations?{query}", key="publishable")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert answer.json()["errors"][0]["parameter"]


def test_long_baskets(tools: Any) -> None:
    many = [f"p{n}" for n in range(500)]
    assert (
        tools.call("POST", "/v1/recommendations", {"kind": "complements", "basket": many}).status_code == 200
    )
    answer = tools.call("POST", "/v1/recommendations", {"kind": "complements", "basket": many * 20})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/basket")
    address = "/v1/recommendations?kind=trending&" + "&".join(["basket=ppppppp"] * 2000)
    assert tools.call("GET", address).status_code == 413


def test_ids_nobody_knows_are_passed_over(tools: Any) -> None:
    odd = ["nope", "a/b c ☕", "👩‍🔧", "x" * 128, "'\"<>&"]
    for kind in ("complements", "similar", "also-viewed", "next-basket"):
        assert tools.ids(kind, product=odd, basket=odd, shopper="nobody/ever ☕")


def test_a_shop_that_has_not_learned_yet_shows_its_newest(open_shop: Any) -> None:
    young = open_shop("Young")
    for kind in ("complements", "similar", "for-you", "next-basket", "trending", "also-viewed", "on-sale"):
        answer = young.suggestions(kind, key="publishable", product="x")
        assert (answer["products"], answer["model_version"]) == ([], None)
    for name in ("first", "second", "third"):
        young.product(name)
    for kind in ("complements", "similar", "for-you", "next-basket", "trending", "also-viewed"):
        cards = young.suggestions(kind, key="publishable", product="second")["products"]
        assert [card["product_id"] for card in cards] == ["third", "first"]
        assert {card["rung"] for card in cards} == {"newest"}
        assert {card["reason"]["code"] for card in cards} == {"new"}
    for kind in ("buy-again", "recently-viewed", "because-you-bought", "on-sale"):
        assert young.ids(kind, shopper="anybody") == []
