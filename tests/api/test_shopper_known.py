"""What the shop sees of one shopper: what is known, why, and everything that happened, in parts."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from plugin.worker import Worker

DAY = 86_400


@pytest.fixture(scope="module")
def stocked(shop: Any) -> Any:
    shop.product("drill", durable=True, name="Cordless drill")
    shop.product("coffee", durable=False, lifetime_days=30)
    return shop


def ago(days: float) -> str:
    return datetime.fromtimestamp(time.time() - days * DAY, UTC).isoformat()


def did(who: str, event: str, days: float = 0, **properties: Any) -> dict[str, Any]:
    """An event of a shopper, some days ago, as the shop's server reports it."""
    return {
        "type": "track", "event": event, "userId": who, "messageId": uuid.uuid4().hex, "timestamp": ago(days),
        "properties": properties,
    }  # fmt: skip


def order(who: str, order_id: str, product: str, days: float, quantity: int = 1) -> dict[str, Any]:
    line = {"product_id": product, "quantity": quantity, "price": 10}
    return did(who, "Order Completed", days, order_id=order_id, products=[line])


def known(shop: Any, who: str) -> Any:
    answer = shop.call("GET", f"/v1/shoppers/{who}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def timeline(shop: Any, who: str, **asked: Any) -> Any:
    answer = shop.call("GET", f"/v1/shoppers/{who}/timeline", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_everything_the_contract_names_is_there(stocked: Any) -> None:
    stocked.send(order("olga", "1", "drill", 100), order("olga", "2", "coffee", 40, 2))
    olga = known(stocked, "olga")
    assert olga["shopper_id"] == "olga"
    assert [(each["kind"], each["id"]) for each in olga["identities"]] == [("user", "olga")]
    assert {"tier", "since", "progress", "falls_on"} <= olga["tier"].keys()
    why = olga["tier"]["why"]
    assert why["spent"] == {"amount": "30.00", "currency": "EUR"}
    assert isinstance(why.get("standing_as_of", ""), str)
    value = olga["value"]
    assert (value["frequency"], value["monetary"]) == (2, {"amount": "30.00", "currency": "EUR"})
    assert 39.9 < value["recency_days"] < 40.1
    assert (value["expected_orders"], value["expected_spend"], value["as_of"]) == (None, None, None)
    assert olga["consent"]["personalise"] == "yes"
    coffee, drill = olga["ownership"]
    assert (coffee["product_id"], coffee["quantity"], coffee["state"]) == ("coffee", 1, "have")
    assert (coffee["durable"], coffee["estimated"]) == (False, True)
    assert (drill["product_id"], drill["quantity"], drill["durable"]) == ("drill", 1, True)
    assert 99.9 < drill["age_days"] < 100.1
    assert drill["runs_out_at"] is None
    assert [item["order_id"] for item in olga["timeline"]["items"]] == ["2", "1"]


def test_each_fact_names_what_it_rests_on(stocked: Any) -> None:
    stocked.send(
        order("paul", "11", "drill", 50),
        order("paul", "12", "coffee", 45),
        did("paul", "Ownership Corrected", 3, product_id="coffee", state="plenty"),
        {"type": "identify", "userId": "paul", "traits": {"city": "Oslo"}, "messageId": uuid.uuid4().hex},
    )
    stocked.call("PATCH", "/v1/shoppers/paul/preferences", {"avoids": ["Nuts"], "sizes": {"shoes": "44"}})
    facts = {fact["what"]: fact["because"] for fact in known(stocked, "paul")["known"]}
    assert [(each["what"], each["id"]) for each in facts["has 1 × Cordless drill (drill)"]] == [
        ("order", "11")
    ]
    because = facts["has 1 × Product coffee (coffee), plenty"]
    assert [each["what"] for each in because] == ["order", "said: plenty"]
    assert {"preference avoids: Nuts", "size shoes: 44", "trait city: Oslo"} <= facts.keys()


def test_each_activity_says_what_it_did(stocked: Any) -> None:
    claim = {
        "type": "track", "event": "Order Completed", "messageId": uuid.uuid4().hex,
        "properties": {"order_id": "21", "products": [{"product_id": "drill"}]},
    }  # fmt: skip
    headers = {"Rapport-Shopper": stocked.token("rosa")}
    stocked.send(claim, key="publishable", headers=headers)
    assert timeline(stocked, "rosa")["items"][0]["why"] == "a claim until the shop confirms order 21"
    stocked.send(
        did("rosa", "Product Viewed", 5, product_id="drill"),
        order("rosa", "21", "drill", 4),
        did("rosa", "Order Refunded", 3, order_id="21", refund_id="r", products=[{"product_id": "drill"}]),
        did("rosa", "Balloon Inflated", 2, colour="red"),
    )
    stocked.call("PATCH", "/v1/shoppers/rosa/preferences", {"likes": ["Tea"], "how_often": None})
    told = {item["event"]: item["why"] for item in reversed(timeline(stocked, "rosa")["items"])}
    assert told == {
        "Product Viewed": "remembered as looked at",
        "Order Completed": "a claim; the shop confirmed order 21, and that is what counts",
        "Order Refunded": "sent back: 1 of its products no longer counts as bought (order 21)",
        "Balloon Inflated": "kept here, and teaches nothing",
        "Preferences Set": "prefers by own word: likes; taken back: how_often",
    }
    trusted = [item["why"] for item in timeline(stocked, "rosa")["items"] if item["trust"] == "shop"]
    assert "counted as bought until everything was sent back" in trusted


def test_what_a_program_says_it_did_is_told_apart(stocked: Any) -> None:
    look = {
        "type": "track", "event": "Product Viewed", "anonymousId": "crawler", "messageId": uuid.uuid4().hex,
        "properties": {"product_id": "drill"}, "context": {"userAgent": "ExampleBot/1.0"},
    }  # fmt: skip
    headers = {"Rapport-Shopper": stocked.token("sven"), "User-Agent": "ExampleBot/1.0"}
    stocked.send(look, key="publishable", headers=headers)
    told = {item["event"]: item["why"] for item in timeline(stocked, "sven")["items"]}
    assert told["Product Viewed"].endswith("the sender says it is a program")


# --- in parts


@pytest.mark.parametrize("archived", ["none", "half", "all"])
def test_pages_give_everything_once_and_newest_first(stocked: Any, archived: str) -> None:
    who = f"tom-{archived}"
    worker = Worker(stocked.merchant.shops)
    events = [did(who, "Product Viewed", days=day / 2, product_id="drill") for day in range(25)]
    events += [did(who, "Product Viewed", days=3, product_id=each) for each in ("coffee", "drill")]
    stocked.send(*events[:12])
    if archived == "half":
        worker.drain(stocked.shop_id)
    stocked.send(*events[12:])
    if archived == "all":
        worker.drain(stocked.shop_id)
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = timeline(stocked, who, limit=7, **cursor)
        found += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert len(found) == 27
    assert {item["message_id"] for item in found} == {event["messageId"] for event in events}
    assert [item["at"] for item in found] == sorted((item["at"] for item in found), reverse=True)


@pytest.mark.parametrize("cursor", ["x", "1~", "~x", "nan~x", "inf~x", "1e999~x"])
def test_a_place_that_is_none_is_refused(stocked: Any, cursor: str) -> None:
    refused = stocked.call("GET", "/v1/shoppers/olga/timeline", params={"cursor": cursor})
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "cursor")


@pytest.mark.parametrize("limit", [0, 101, "x"])
def test_a_page_is_bounded(stocked: Any, limit: Any) -> None:
    refused = stocked.call("GET", "/v1/shoppers/olga/timeline", params={"limit": limit})
    assert refused.status_code == 422


# --- who is there


@pytest.mark.parametrize("door", ["", "/timeline"])
def test_nobody_of_whom_nothing_is_known_is_there(stocked: Any, door: str) -> None:
    assert stocked.call("GET", f"/v1/shoppers/nobody{door}").status_code == 404


def test_one_word_is_enough_to_be_there(stocked: Any) -> None:
    stocked.call("PATCH", "/v1/shoppers/uma/preferences", {"aims": ["rest"]})
    assert known(stocked, "uma")["preferences"]["aims"] == ["rest"]


def test_what_was_done_before_the_login_is_there_under_the_number_it_came_by(stocked: Any) -> None:
    look = {
        "type": "track", "event": "Product Viewed", "anonymousId": "v-77", "messageId": uuid.uuid4().hex,
        "properties": {"product_id": "drill"},
    }  # fmt: skip
    stocked.send(look, key="publishable")
    headers = {"Rapport-Shopper": stocked.token("vera")}
    later = {**look, "messageId": uuid.uuid4().hex, "properties": {"product_id": "coffee"}}
    stocked.send(later, key="publishable", headers=headers)

    def joined() -> bool:
        return len(known(stocked, "vera")["timeline"]["items"]) >= 2

    assert stocked.soon(joined)
    under = {
        item["products"][0]["product_id"]: item["under"]
        for item in known(stocked, "vera")["timeline"]["items"]
        if item["products"]
    }
    assert under == {"drill": {"kind": "anonymous", "id": "v-77"}, "coffee": {"kind": "user", "id": "vera"}}


def test_me_is_told_what_is_theirs(stocked: Any) -> None:
    stocked.send(order("wim", "31", "drill", 1))
    headers = {"Rapport-Shopper": stocked.token("wim")}
    own = stocked.call("GET", "/v1/shoppers/me", key="publishable", headers=headers).json()
    assert own.keys() == {"shopper_id", "tier", "progress", "preferences", "ownership", "consent"}
    assert own["progress"] == own["tier"]["progress"]
    assert own["ownership"][0]["product_id"] == "drill"
