"""How far an event is believed: browsers claim, the shop's server knows, a token proves who it is."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pyarrow.parquet as pq
import pytest


def viewed(product: str, **fields: Any) -> dict[str, Any]:
    properties = {"product_id": product}
    return {"event": "Product Viewed", "messageId": uuid.uuid4().hex, "properties": properties, **fields}


@pytest.fixture(scope="module")
def stocked(shop: Any) -> Any:
    for name in ("drill", "saw", "lamp", "nail"):
        shop.product(name)
    return shop


def looked_at(shop: Any, **headers: str) -> list[str]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.ids("recently-viewed", key="publishable", headers=given)


def test_a_browsers_order_is_a_claim_until_the_shop_reports_it(stocked: Any) -> None:
    shop, proof = stocked, stocked.token("claimer")
    claim = shop.buys("claimer", "drill", order="C-1")
    shop.send(claim, key="publishable", headers={"Rapport-Shopper": proof})
    known = shop.call("GET", "/v1/shoppers/claimer").json()
    assert (known["ownership"], known["value"]["frequency"]) == ([], 0)
    assert shop.send(claim)["duplicates"] == 0  # the same message id, but now from somebody who knows
    known = shop.call("GET", "/v1/shoppers/claimer").json()
    assert [held["product_id"] for held in known["ownership"]] == ["drill"]
    assert known["value"]["frequency"] == 1
    shop.send(shop.buys("claimer", "saw", order="C-1", messageId="other"))
    assert len(shop.call("GET", "/v1/shoppers/claimer").json()["ownership"]) == 1


def test_a_browsers_refund_takes_nothing_back(stocked: Any) -> None:
    shop, proof = stocked, stocked.token("refunder")
    shop.send(shop.buys("refunder", "drill", order="R-1"))
    gone = {"event": "Order Cancelled", "userId": "refunder", "properties": {"order_id": "R-1"}}
    shop.send(gone, key="publishable", headers={"Rapport-Shopper": proof})
    assert len(shop.call("GET", "/v1/shoppers/refunder").json()["ownership"]) == 1
    shop.send(gone)
    assert shop.call("GET", "/v1/shoppers/refunder").json()["ownership"] == []


def test_a_name_without_a_token_stays_with_its_anonymous_id(stocked: Any) -> None:
    event = viewed("lamp", userId="victim", anonymousId="guest-7")
    stocked.send(event, key="publishable")
    assert stocked.call("GET", "/v1/shoppers/victim").status_code == 404
    assert looked_at(stocked, Rapport_Anonymous="guest-7") == ["lamp"]
    answer = stocked.call("POST", "/v1/track", viewed("lamp", userId="victim"), key="publishable")
    assert answer.status_code == 400
    assert answer.json()["rejected"][0]["code"] == "token_invalid"


def test_a_token_in_the_header_or_in_the_event_names_the_shopper(stocked: Any) -> None:
    proof = stocked.token("proven")
    stocked.send(viewed("drill"), key="publishable", headers={"Rapport-Shopper": proof})
    stocked.send(viewed("saw", context={"shopperToken": proof}), key="publishable")
    stocked.send(viewed("lamp", userId="proven", context={"shopperToken": proof}), key="publishable")
    assert set(looked_at(stocked, Rapport_Shopper=proof)) == {"drill", "saw", "lamp"}


def test_only_the_event_with_a_wrong_token_is_rejected(stocked: Any) -> None:
    wrong = stocked.token("victim") + "x"
    foreign = viewed("saw", userId="other", context={"shopperToken": stocked.token("proven")})
    batch = [
        viewed("drill", anonymousId="b-1", context={"shopperToken": wrong}),
        viewed("nail", anonymousId="b-1"),
        viewed("saw", anonymousId="b-1", context={"shopperToken": {"not": "text"}}),
        foreign,
    ]
    answer = stocked.call("POST", "/v1/batch", {"batch": batch}, key="publishable").json()
    assert answer["accepted"] == 1
    assert [(item["index"], item["code"]) for item in answer["rejected"]] == [
        (at, "token_invalid") for at in (0, 2, 3)
    ]
    assert looked_at(stocked, Rapport_Anonymous="b-1") == ["nail"]


def test_a_token_that_expired_in_a_queue_leaves_the_event_with_its_anonymous_id(stocked: Any) -> None:
    old = int(time.time()) - 3600
    late = stocked.token("late", iat=old, exp=old + 60)
    stocked.send(
        viewed("drill", anonymousId="q-1", userId="late", context={"shopperToken": late}), key="publishable"
    )
    assert stocked.call("GET", "/v1/shoppers/late").status_code == 404
    assert looked_at(stocked, Rapport_Anonymous="q-1") == ["drill"]
    answer = stocked.call(
        "POST",
        "/v1/track",
        viewed("drill", anonymousId="q-1"),
        key="publishable",
        headers={"Rapport-Shopper": late},
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_a_browser_event_never_makes_a_product(stocked: Any) -> None:
    stocked.send(
        {
            **stocked.buys(None, "fake", order="F-1", anonymousId="faker"),
            "messageId": "fake-1",
        },
        viewed("fake", anonymousId="faker"),
        key="publishable",
    )
    assert stocked.call("GET", "/v1/products/fake").status_code == 404
    assert "fake" not in stocked.ids("trending", limit=100)


def test_what_is_kept_of_an_event_holds_no_key_and_no_token(stocked: Any) -> None:
    proof, key = stocked.token("careful"), stocked.keys["publishable"]
    event = viewed("drill", context={"shopperToken": proof}, writeKey=key)
    stocked.call("POST", "/v1/b", {"batch": [event], "writeKey": key}, key=None).raise_for_status()
    stocked.train()  # brings everything into the log
    files = list((stocked.service.data / "log" / stocked.shop_id).rglob("*.parquet"))
    assert files
    written = " ".join(str(pq.read_table(path).to_pydict()) for path in files)
    assert "careful" in written
    assert proof not in written
    assert key not in written
