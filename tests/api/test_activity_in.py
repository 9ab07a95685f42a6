"""Activity in: every door, every way of writing it, what is kept and what is told of the rest."""

from __future__ import annotations

import base64
import gzip
import json
import uuid
from typing import Any

import pytest

KEPT = {"success": True, "accepted": 1, "duplicates": 0, "rejected": []}


def viewed(product: str = "drill", **fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Product Viewed",
        "messageId": uuid.uuid4().hex,
        "anonymousId": "visitor-1",
        "properties": {"product_id": product},
        **fields,
    }


DOORS = {
    "track": viewed(),
    "t": viewed(),
    "identify": {"userId": "ann", "traits": {"email": "ann@example.com"}},
    "i": {"userId": "ann", "traits": {"plan": "gold"}},
    "page": {"anonymousId": "visitor-1", "name": "Home"},
    "p": {"anonymousId": "visitor-1", "properties": {"path": "/"}},
    "screen": {"anonymousId": "visitor-1", "name": "Start"},
    "alias": {"userId": "ann", "previousId": "visitor-1"},
    "a": {"userId": "ann", "previousId": "visitor-2"},
    "group": {"userId": "ann", "groupId": "club"},
    "g": {"userId": "ann", "groupId": "club"},
}


@pytest.mark.parametrize("door", DOORS)
def test_every_door_of_one_event(shop: Any, door: str) -> None:
    answer = shop.call("POST", f"/v1/{door}", DOORS[door])
    assert (answer.status_code, answer.json()) == (200, KEPT)


@pytest.mark.parametrize("door", ["batch", "import", "b"])
def test_every_door_of_many_events(shop: Any, door: str) -> None:
    events = [viewed(), {"type": "identify", "userId": "ann"}, {"event": "Anything", "userId": "ann"}]
    answer = shop.call("POST", f"/v1/{door}", {"batch": events, "sentAt": "2026-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()) == (200, {**KEPT, "accepted": 3})


def test_one_batch_twice_is_told_and_changes_nothing(shop: Any) -> None:
    batch = [viewed(f"twice-{n}", userId="twin") for n in range(20)]
    batch.append({**shop.buys("twin", "twice-1", order="twin-1"), "timestamp": "2026-03-01T10:00:00Z"})
    first = shop.send(*batch)
    before = shop.call("GET", "/v1/shoppers/twin").json()
    second = shop.send(*batch)
    assert (first["accepted"], first["duplicates"]) == (21, 0)
    assert (second["accepted"], second["duplicates"]) == (21, 21)
    after = shop.call("GET", "/v1/shoppers/twin").json()
    after["value"]["recency_days"] = before["value"]["recency_days"]
    assert after == before


def test_an_event_without_an_id_is_known_by_its_content_and_moment(shop: Any) -> None:
    event = {"userId": "contents", "event": "Product Viewed", "properties": {"product_id": "p"}}
    timed = {**event, "timestamp": "2026-03-01T10:00:00Z"}
    assert [shop.send(timed)["duplicates"] for _ in range(2)] == [0, 1]
    assert [shop.send(event)["duplicates"] for _ in range(2)] == [0, 0]


def ways(shop: Any) -> dict[str, dict[str, Any]]:
    key = shop.keys["publishable"]
    basic = base64.b64encode(f"{key}:".encode()).decode()
    plain = json.dumps(viewed()).encode()
    with_key = json.dumps({**viewed(), "writeKey": key}).encode()
    bearer = {"Authorization": f"Bearer {key}"}
    zipped = {"Content-Encoding": "gzip"}
    return {
        "bearer": {"data": plain, "headers": bearer},
        "basic": {"data": plain, "headers": {"Authorization": f"Basic {basic}"}},
        "body": {"data": with_key},
        "beacon": {"data": with_key, "headers": {"Content-Type": "text/plain;charset=UTF-8"}},
        "gzip": {"data": gzip.compress(plain), "headers": {**bearer, **zipped}},
        "gzip beacon": {"data": gzip.compress(with_key), "headers": {**zipped, "Content-Type": "text/plain"}},
        "no content type": {"data": plain, "headers": {**bearer, "Content-Type": ""}},
        "chunked": {"data": iter([plain[:20], plain[20:]]), "headers": bearer},
    }


@pytest.mark.parametrize(
    "way", ["bearer", "basic", "body", "beacon", "gzip", "gzip beacon", "no content type", "chunked"]
)
def test_every_way_of_bringing_key_and_body(shop: Any, way: str) -> None:
    answer = shop.call("POST", "/v1/t", key=None, **ways(shop)[way])
    assert (answer.status_code, answer.json()) == (200, KEPT)


UNREADABLE = {
    "half": b'{"event": "x"',
    "not utf-8": b'{"event": "\xff"}',
    "half a surrogate pair": b'{"event": "Product Viewed", "userId": "\\ud800"}',
    "nan": b'{"event": NaN}',
    "empty": b"",
    "too deep to read": b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
}


@pytest.mark.parametrize("door", ["track", "batch"])
@pytest.mark.parametrize("body", UNREADABLE)
def test_what_is_not_json_cannot_be_read(shop: Any, door: str, body: str) -> None:
    answer = shop.call("POST", f"/v1/{door}", data=UNREADABLE[body])
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


def test_broken_and_exploding_gzip(shop: Any) -> None:
    zipped = gzip.compress(json.dumps({"batch": [viewed()]}).encode())
    bomb = gzip.compress(b'{"batch": [' + b" " * 50_000_000 + b"]}")
    for data, status in ((b"no gzip", 400), (zipped[:-9], 400), (zipped[:40], 400), (bomb, 413)):
        answer = shop.call("POST", "/v1/batch", data=data, headers={"Content-Encoding": "gzip"})
        assert answer.status_code == status, answer.text
    answer = shop.call("POST", "/v1/batch", data=zipped, headers={"Content-Encoding": "br"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


@pytest.mark.parametrize(
    ("door", "body", "status"),
    [
        ("track", [], 422),
        ("track", "text", 422),
        ("track", {}, 400),
        ("track", {"event": 5, "userId": "a"}, 400),
        ("track", {"event": "x"}, 400),
        ("track", {"event": "x", "userId": {"a": 1}}, 400),
        ("track", {"event": "x", "userId": "a", "properties": []}, 400),
        ("track", {"event": "x", "userId": "a", "timestamp": "yesterday"}, 400),
        ("track", {"event": "x", "userId": "a", "timestamp": 5}, 400),
        ("identify", {"userId": "a", "traits": "x"}, 400),
        ("batch", {}, 422),
        ("batch", {"batch": {}}, 422),
        ("batch", {"batch": []}, 400),
        ("batch", {"batch": [1, None, "x", []]}, 400),
        ("batch", {"batch": [{"type": [], "userId": "a"}, {"type": {"x": 1}, "userId": "a"}]}, 400),
    ],
)
def test_wrong_types_are_told_never_swallowed(shop: Any, door: str, body: Any, status: int) -> None:
    answer = shop.call("POST", f"/v1/{door}", body)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors" if body != {"batch": []} else "detail"]


def lines(*products: dict[str, Any]) -> dict[str, Any]:
    return {"event": "Cart Viewed", "userId": "a", "properties": {"products": list(products)}}


ODD = {
    "quantity ²": lines({"product_id": "p", "quantity": "²"}),
    "quantity of 6,000 digits": lines({"product_id": "p", "quantity": "9" * 6000}),
    "quantity 0": lines({"product_id": "p", "quantity": 0}),
    "quantity 1.5": lines({"product_id": "p", "quantity": 1.5}),
    "quantity true": lines({"product_id": "p", "quantity": True}),
    "price below zero": lines({"product_id": "p", "price": -1}),
    "price 1e308": lines({"product_id": "p", "price": 1e308}),
    "price of words": lines({"product_id": "p", "price": "much"}),
    "price sNaN": lines({"product_id": "p", "price": "sNaN"}),
    "line is no object": lines("p"),  # type: ignore[arg-type]
    "no product": {"event": "Product Viewed", "userId": "a", "properties": {}},
    "nobody": {"event": "Product Viewed", "properties": {"product_id": "p"}},
    "id of 129 characters": viewed("p" * 129),
    "id with a control character": viewed("a\x00b"),
    "id with a C1 control character": viewed("a\x85b"),
    "empty id": viewed(""),
    "id true": viewed(True),  # type: ignore[arg-type]
    "order without an id": {"event": "Order Completed", "userId": "a", "properties": {"products": []}},
    "currency": {**viewed(), "properties": {"product_id": "p", "currency": "Taler"}},
    "unknown type": {"type": "dance", "userId": "a"},
    "deep": {**viewed(), "properties": {"product_id": "p", "a": json.loads("[" * 100 + "]" * 100)}},
    "deeper than the encoder": {**viewed(), "properties": {"a": json.loads("[" * 400 + "]" * 400)}},
    "dismissed for no reason of ours": {
        "event": "Suggestion Dismissed", "userId": "a",
        "properties": {"product_id": "p", "reason": {"x": 1}},
    },
    "owned how": {
        "event": "Ownership Corrected", "userId": "a", "properties": {"product_id": "p", "state": []},
    },
    "owned what": {"event": "Ownership Corrected", "userId": "a", "properties": {"state": "out"}},
    "refund id": {
        "event": "Order Refunded", "userId": "a", "properties": {"order_id": "o", "refund_id": [1]},
    },
}  # fmt: skip


def test_each_item_is_judged_alone(shop: Any) -> None:
    batch = [part for odd in ODD.values() for part in (odd, viewed())]
    answer = shop.call("POST", "/v1/batch", {"batch": batch})
    body = answer.json()
    assert (answer.status_code, body["accepted"], body["duplicates"]) == (200, len(ODD), 0), answer.text
    assert [item["index"] for item in body["rejected"]] == list(range(0, 2 * len(ODD), 2))
    assert {item["code"] for item in body["rejected"]} == {"invalid", "too_large"}
    assert all(item["detail"] for item in body["rejected"])


@pytest.mark.parametrize("odd", ODD)
def test_one_that_cannot_be_used_is_refused_with_where(shop: Any, odd: str) -> None:
    answer = shop.call("POST", "/v1/batch", {"batch": [ODD[odd]]})
    body = answer.json()
    assert answer.status_code == 400, answer.text
    fault = body["errors"][0]
    place = fault["detail"].split(" ")[0] if fault["detail"].startswith("/") else ""
    assert fault["pointer"] == f"/batch/0{place}"
    assert body["rejected"][0]["index"] == 0


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1969-07-20T20:17:40Z"]
)
def test_far_moments_are_kept_and_readable(shop: Any, moment: str) -> None:
    who = f"traveller {moment}"
    shop.send(viewed("drill", userId=who, timestamp=moment), shop.buys(who, "drill", timestamp=moment))
    answer = shop.call("GET", "/v1/shoppers/-", params={"id": who})
    assert answer.status_code == 200, answer.text
    assert answer.json()["ownership"][0]["since"] > "2026"  # a clock that far off is not believed


@pytest.mark.parametrize(
    "product_id",
    [
        "a/b",
        "/",
        "a b",
        " ",
        "café ☕",
        "👩‍🔧",
        "%2F",
        "?id=x",
        "#",
        "..",
        "x" * 128,
        "'; DROP TABLE--",
        "é" * 128,
    ],
)
def test_ids_of_any_characters(shop: Any, product_id: str) -> None:
    who = f"buyer of {product_id}"[:128]
    shop.send(shop.buys(who, product_id, order=product_id))
    owned = shop.call("GET", "/v1/shoppers/-", params={"id": who}).json()["ownership"]
    assert [held["product_id"] for held in owned] == [product_id]


@pytest.mark.parametrize("count", [0, 1, 700])
def test_baskets_of_none_one_and_many(shop: Any, count: int) -> None:
    basket = [{"product_id": f"p{n}", "quantity": 1} for n in range(count)]
    shop.send({"event": "Cart Viewed", "userId": f"basket {count}", "properties": {"products": basket}})


def test_sizes(shop: Any) -> None:
    ten_thousand = {**viewed(), "properties": {"products": [{"product_id": f"p{n}"} for n in range(10_000)]}}
    large = {**viewed(), "properties": {"product_id": "p", "note": "x" * 33_000}}
    assert shop.call("POST", "/v1/track", large).status_code == 413
    assert shop.call("POST", "/v1/track", ten_thousand).status_code == 413
    answer = shop.call("POST", "/v1/batch", {"batch": [viewed(), large, viewed()]}).json()
    assert (answer["accepted"], [item["index"] for item in answer["rejected"]]) == (2, [1])
    assert answer["rejected"][0]["code"] == "too_large"
    just_fits = {**viewed(), "properties": {"product_id": "p", "note": "x" * 32_000}}
    assert shop.call("POST", "/v1/track", just_fits).status_code == 200
    for batch in ([viewed()] * 2501, [{**just_fits, "messageId": str(n)} for n in range(17)]):
        answer = shop.call("POST", "/v1/batch", {"batch": batch})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    small = [{"type": "page", "userId": "many", "messageId": f"many-{n}"} for n in range(2500)]
    assert shop.call("POST", "/v1/batch", {"batch": small}).json()["accepted"] == 2500


def test_the_vocabulary_of_google_analytics(shop: Any) -> None:
    items = [{"item_id": "drill", "item_name": "Drill", "price": 99.5, "quantity": 1}]
    shop.send(
        {"event": "view_item", "userId": "ga", "properties": {"items": items}},
        {"event": "add_to_cart", "userId": "ga", "properties": {"items": items, "currency": "EUR"}},
        {"event": "purchase", "userId": "ga", "properties": {"transaction_id": "T-1", "items": items}},
    )
    shopper = shop.call("GET", "/v1/shoppers/ga").json()
    assert [held["product_id"] for held in shopper["ownership"]] == ["drill"]
    assert shopper["value"]["monetary"] == {"amount": "99.50", "currency": "EUR"}
    refund = {"event": "refund", "userId": "ga", "properties": {"transaction_id": "T-1", "items": items}}
    shop.send(refund)
    assert shop.call("GET", "/v1/shoppers/ga").json()["ownership"] == []


def test_what_browser_sdks_fetch_first(shop: Any) -> None:
    key = shop.keys["publishable"]
    segment = shop.call("GET", f"/v1/projects/{key}/settings", key=None)
    assert segment.json()["integrations"]["Segment.io"]["apiKey"] == key
    assert segment.json()["integrations"]["Segment.io"]["apiHost"].endswith("/v1")
    rudder = shop.call("GET", "/sourceConfig/", key=None, params={"writeKey": key})
    assert rudder.json()["source"]["writeKey"] == key
    assert shop.call("GET", "/sourceConfig/", key="publishable").status_code == 200
    assert shop.call("GET", f"/v1/projects/{shop.keys['secret']}/settings", key=None).status_code == 403
    assert shop.call("GET", "/v1/projects/pk_nothing_x/settings", key=None).status_code == 401
    assert shop.call("GET", "/sourceConfig/", key=None).status_code == 401


def test_nothing_that_was_accepted_stops_the_background_work(shop: Any) -> None:
    shop.send({"event": "Order Updated", "userId": "later", "properties": {"order_id": "L", "version": 3}})
    shop.send({"type": "identify", "userId": "deep", "traits": {"a": json.loads("[" * 25 + "]" * 25)}})
    shop.train()
    assert shop.merchant.shops.memory(shop.shop_id).archive().waiting() == 0
    assert shop.call("GET", "/v1/shoppers/deep").status_code == 200


@pytest.mark.parametrize(("currency", "monetary"), [("EUR", "20.00"), ("eur", "20.00"), ("JPY", "0.00")])
def test_only_money_of_the_shops_currency_is_counted(shop: Any, currency: str, monetary: str) -> None:
    who = f"payer in {currency}"
    order = shop.buys(who, "drill", "bits")
    order["properties"]["currency"] = currency
    shop.send(order)
    value = shop.call("GET", f"/v1/shoppers/{who}").json()["value"]
    assert (value["frequency"], value["monetary"]["amount"]) == (1, monetary)
