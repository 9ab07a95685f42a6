"""The shop's own documents: settings, products and tiers, written and read back whole."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

FULL = {
    "product_id": "pan",
    "name": "Iron pan",
    "url": "https://pots.example/pan?size=28",
    "image_url": "https://pots.example/pan.jpg",
    "price": {"amount": "49.90", "currency": "EUR"},
    "sale_price": {"amount": "39.90", "currency": "EUR"},
    "cost": {"amount": "20.00", "currency": "EUR"},
    "category": "Kitchen > Pans",
    "brand": "Smith",
    "availability": "preorder",
    "group_id": "pans",
    "durable": True,
    "lifetime_days": 3650,
    "attributes": {"size": 28, "colours": ["black"]},
    "sensitive": False,
    "hidden": False,
    "locales": {"nl": {"name": "Koekenpan", "url": "https://pots.example/nl/pan"}},
}


def test_a_product_is_read_back_as_written(shop: Any) -> None:
    made = shop.call("POST", "/v1/products", FULL)
    assert made.status_code == 201
    assert shop.call("POST", "/v1/products", FULL).status_code == 200
    held = shop.call("GET", "/v1/products/pan").json()
    assert {name: held[name] for name in FULL} == FULL
    assert held["source"] == "merchant"
    written = {name: value for name, value in held.items() if name not in ("source", "first_seen")}
    assert (
        shop.call("PUT", "/v1/products/pan", {**written, "price": "50"}).json()["price"]["amount"] == "50.00"
    )


IDS = [
    "a/b",
    "/a",
    "a/",
    "a//b",
    "a b",
    "café ☕",
    "👩‍🔧",
    "a%2Fb",
    "a?b#c",
    "a+b&c=d",
    "'\"<>",
    "export",
    "x" * 128,
]
BY_QUERY = [*IDS, ".", "..", "-", "me", "a/export", " "]


@pytest.mark.parametrize("product_id", IDS)
def test_any_id_in_a_path(shop: Any, product_id: str) -> None:
    path = "/v1/products/" + quote(product_id, safe="")
    assert shop.call("GET", path).status_code == 404
    assert shop.call("PUT", path, {"product_id": product_id, "name": "x"}).status_code == 201
    assert shop.call("GET", path).json()["product_id"] == product_id
    assert shop.call("PUT", path, {"product_id": product_id + "y"}).status_code == 422
    assert shop.call("DELETE", path).status_code == 204
    assert shop.call("GET", path).status_code == 404


@pytest.mark.parametrize("product_id", BY_QUERY)
def test_any_id_in_a_query(shop: Any, product_id: str) -> None:
    asked = {"params": {"id": product_id}}
    assert (
        shop.call("PUT", "/v1/products/-", {"product_id": product_id, "name": "x"}, **asked).status_code
        == 201
    )
    assert shop.call("GET", "/v1/products/-", **asked).json()["product_id"] == product_id
    assert shop.call("DELETE", "/v1/products/-", **asked).status_code == 204
    assert shop.call("GET", "/v1/products/-", **asked).status_code == 404


@pytest.mark.parametrize(
    "path", ["/v1/products/%00", "/v1/products/%ff%fe", "/v1/products/%ED%A0%80", "/v1/products/-?id=%ff",
             "/v1/products/-?id=%ED%A0%80", "/v1/products/" + "x" * 9000, "/v1/shoppers/-?id=%00"],
)  # fmt: skip
def test_addresses_that_name_nothing(shop: Any, path: str) -> None:
    for method in ("GET", "DELETE"):
        answer = shop.call(method, path)
        assert answer.status_code in (404, 405, 422), answer.text
    assert shop.call("GET", "/v1/products/-").status_code == 422
    assert shop.call("GET", "/v1/products/-?id=").status_code == 422


def test_lines_are_judged_one_by_one(shop: Any) -> None:
    lines = [
        json.dumps({"product_id": "n1", "name": "One", "price": "1.00"}),
        "{half",
        json.dumps({"product_id": "n2", "colour": "red"}),
        json.dumps([1]),
        json.dumps({"product_id": "n3", "price": {"amount": "1", "currency": "USD"}}),
        json.dumps({"product_id": "n4", "attributes": json.loads('{"a":' * 80 + "1" + "}" * 80)}),
        json.dumps({"product_id": "👩‍🔧"}),
        '{"product_id": "\\ud800"}',
    ]
    answer = shop.call(
        "POST",
        "/v1/products",
        data="\r\n".join(lines).encode(),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code == 200, answer.text
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert [result["index"] for result in results] == list(range(8))
    assert [result["status"] for result in results] == [200, 400, 422, 422, 422, 400, 200, 400]
    assert [result["code"] for result in results if result["status"] != 200] == [
        "unreadable", "invalid", "invalid", "invalid", "unreadable", "unreadable",
    ]  # fmt: skip
    assert shop.call("GET", "/v1/products/n1").status_code == 200
    assert shop.call("GET", "/v1/products/-", params={"id": "👩‍🔧"}).status_code == 200
    assert shop.call("GET", "/v1/products/n2").status_code == 404


def test_long_lists_come_in_parts(open_shop: Any) -> None:
    shop = open_shop("Long")
    names = sorted(f"p{n}" for n in range(25))
    body = "\n".join(json.dumps({"product_id": name}) for name in names).encode()
    shop.call("POST", "/v1/products", data=body, headers={"Content-Type": "application/x-ndjson"})
    found, cursor = [], None
    for _ in range(4):
        part = shop.call("GET", "/v1/products", params={"limit": 8, "cursor": cursor}).json()
        found += [item["product_id"] for item in part["items"]]
        cursor = part["next"]
    assert (found, cursor) == (names, None)
    assert shop.call("GET", "/v1/products?limit=0").status_code == 422
    assert shop.call("GET", "/v1/products?limit=x").json()["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"product_id": ""}, "/product_id"),
        ({"product_id": 5}, "/product_id"),
        ({"product_id": "x" * 129}, "/product_id"),
        ({"product_id": "a\nb"}, "/product_id"),
        ({"price": "-1"}, "/price"),
        ({"price": "much"}, "/price"),
        ({"price": "1e400"}, "/price"),
        ({"price": True}, "/price"),
        ({"price": {"amount": "1", "currency": "USD"}}, "/price"),
        ({"price": {"amount": "1", "tax": 1}}, "/price"),
        ({"url": "javascript:alert(1)"}, "/url"),
        ({"availability": "maybe"}, "/availability"),
        ({"durable": "yes"}, "/durable"),
        ({"hidden": 1}, "/hidden"),
        ({"lifetime_days": 0}, "/lifetime_days"),
        ({"attributes": [1]}, "/attributes"),
        ({"attributes": {"x": "y" * 6000}}, "/attributes"),
        ({"locales": {"nl": {"price": "1"}}}, "/locales/nl"),
        ({"name": 5}, "/name"),
    ],
)
def test_a_product_that_cannot_be_is_refused_with_where(shop: Any, change: Any, pointer: str) -> None:
    answer = shop.call("POST", "/v1/products", {"product_id": "odd", "name": "Odd", **change})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert any(error["pointer"].startswith(pointer) for error in answer.json()["errors"]), answer.text


def test_a_product_known_from_orders_alone(open_shop: Any) -> None:
    shop = open_shop("Orders first")
    line = {"product_id": "Z-1", "name": "Lantern", "price": "7.25", "quantity": 2}
    shop.send({"event": "Order Completed", "properties": {"order_id": "1", "products": [line]}})
    shop.train()
    assert shop.soon(lambda: shop.call("GET", "/v1/products/Z-1").status_code == 200)
    held = shop.call("GET", "/v1/products/Z-1").json()
    assert (held["name"], held["price"]["amount"], held["source"]) == ("Lantern", "7.25", "orders")
    assert shop.ids("trending", key="publishable") == ["Z-1"]


def test_settings(shop: Any) -> None:
    before = shop.call("GET", "/v1/shop").json()
    for name in (
        "origins jwks_url margin_floor largest_discount consent_default retention webhook_secrets oidc "
        "believed_traits currency locale timezone"
    ).split():
        assert name in before
    changes = {
        "timezone": "Europe/Amsterdam",
        "margin_floor": 12.5,
        "webhook_secrets.shopify": "hush-hush-hush",
    }
    after = shop.call("PATCH", "/v1/shop", changes)
    assert after.status_code == 200, after.text
    assert "hush-hush-hush" not in after.text + shop.call("GET", "/v1/shop").text
    held = shop.call("GET", "/v1/shop").json()
    assert (held["timezone"], held["margin_floor"]) == ("Europe/Amsterdam", 12.5)
    assert held["webhook_secrets"]["shopify"]
    assert held["origins"] == before["origins"]
    shop.call("PATCH", "/v1/shop", {"webhook_secrets": {"woocommerce": "quiet-quiet"}})
    assert set(shop.call("GET", "/v1/shop").json()["webhook_secrets"]) == {"shopify", "woocommerce"}
    login = {"issuer": "https://id.example", "client_id": "c", "client_secret": "whispered"}
    assert shop.call("PATCH", "/v1/shop", {"oidc.google": login}).status_code == 200
    assert "whispered" not in shop.call("GET", "/v1/shop").text


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"colour": 1}, "/colour"),
        ({"origins": ["shop.example"]}, "/origins/0"),
        ({"origins": ["https://shop.example/"]}, "/origins/0"),
        ({"origins": ["null"]}, "/origins/0"),
        ({"origins": ["*"]}, "/origins/0"),
        ({"origins": "https://a.example"}, "/origins"),
        ({"margin_floor": "5"}, "/margin_floor"),
        ({"margin_floor": 101}, "/margin_floor"),
        ({"largest_discount": -1}, "/largest_discount"),
        ({"timezone": "Mars/Base"}, "/timezone"),
        ({"currency": "euro"}, "/currency"),
        ({"consent_default": "no"}, "/consent_default"),
        ({"webhook_secrets.ebay": "x" * 10}, "/webhook_secrets/ebay"),
        ({"webhook_secrets.shopify": "x"}, "/webhook_secrets/shopify"),
        ({"retention": {"viewed": 0}}, "/retention/viewed"),
        ({"oidc.idp": {"issuer": "http://idp.example", "client_id": "us"}}, "/oidc/idp/issuer"),
        ({"shop_id": "mine"}, "/shop_id"),
        ({"name": None}, "/name"),
        ({"jwks_url": "file:///etc/passwd"}, "/jwks_url"),
        ({"jwks_url": "http://shop.example/keys"}, "/jwks_url"),
        ({"jwks_url": "https://us:secret@shop.example/keys"}, "/jwks_url"),
        ({"feeds": [{"url": "https://us:secret@shop.example/feed.xml"}]}, "/feeds/0/url"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_where(shop: Any, change: Any, pointer: str) -> None:
    answer = shop.call("PATCH", "/v1/shop", change)
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text


def test_a_currency_is_settled_once_there_are_prices(shop: Any) -> None:
    shop.product("priced")
    assert shop.call("PATCH", "/v1/shop", {"currency": "GBP"}).status_code in (409, 422)


def test_the_ladder_a_shop_is_born_with(open_shop: Any) -> None:
    shop = open_shop("Newborn")
    born = shop.call("GET", "/v1/tiers").json()
    assert (born["basis"], born["window_days"], born["grace_days"], born["hysteresis"]) == (
        "rfm",
        365,
        30,
        0.05,
    )
    steps = [(tier["tier"], tier.get("from_quantile")) for tier in born["tiers"]]
    assert steps == [("bronze", None), ("silver", 0.5), ("gold", 0.85)]
    assert shop.call("PUT", "/v1/tiers", born).json() == born


@pytest.mark.parametrize(
    ("ladder", "pointer"),
    [
        ({"tiers": []}, "/tiers"),
        ({"tiers": [{"tier": "a"}], "colour": 1}, "/colour"),
        ({"tiers": [{"tier": "a", "from_quantile": 0.5}]}, "/tiers/0/from_quantile"),
        ({"tiers": [{"tier": "a"}, {"tier": "b"}]}, "/tiers/1/from_quantile"),
        ({"tiers": [{"tier": "a"}, {"tier": "a", "from_quantile": 0.5}]}, "/tiers"),
        (
            {
                "tiers": [
                    {"tier": "a"},
                    {"tier": "b", "from_quantile": 0.5},
                    {"tier": "c", "from_quantile": 0.4},
                ]
            },
            "/tiers",
        ),
        ({"basis": "spend", "tiers": [{"tier": "a"}, {"tier": "b", "from_quantile": 0.5}]}, "/tiers/1"),
        ({"basis": "luck", "tiers": [{"tier": "a"}]}, "/basis"),
        ({"hysteresis": 2, "tiers": [{"tier": "a"}]}, "/hysteresis"),
    ],
)
def test_a_ladder_that_cannot_be_climbed(shop: Any, ladder: Any, pointer: str) -> None:
    answer = shop.call("PUT", "/v1/tiers", ladder)
    assert answer.status_code == 422, answer.text
    assert any(error["pointer"].startswith(pointer) for error in answer.json()["errors"]), answer.text
