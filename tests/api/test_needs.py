"""What a shopper needs and when, at the doors: by rhythm, by their own word, as declared; and who drifts."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from plugin.worker import Worker

DAY = 86_400.0


def ago(days: float) -> str:
    return datetime.fromtimestamp(time.time() - days * DAY, UTC).isoformat()


def did(who: str, event: str, days: float = 0, **properties: Any) -> dict[str, Any]:
    return {
        "type": "track", "event": event, "userId": who, "messageId": uuid.uuid4().hex, "timestamp": ago(days),
        "properties": properties,
    }  # fmt: skip


def bought(who: str, product: str, *days: float, quantity: int = 1) -> list[dict[str, Any]]:
    line = {"product_id": product, "quantity": quantity, "price": 10}
    return [
        did(who, "Order Completed", each, order_id=f"{who} {product} {each}", products=[line])
        for each in days
    ]


@pytest.fixture(scope="module")
def drinking(shop: Any) -> Any:
    """Coffee every thirty days for a year, by forty people; a filter, a kettle and a sledge beside it."""
    shop.product("coffee", name="Coffee", durable=False, category="Pantry > Coffee")
    shop.product("filter", durable=False, lifetime_days=180)
    for size in ("bag", "bags"):
        shop.product(size, durable=True, lifetime_days=180, group_id="bag")
    shop.product("candle", durable=False)
    shop.product("kettle", durable=True, attributes={"warranty": "2 years"}, lifetime_days=3650)
    soon = (datetime.now(UTC).month % 12) + 1
    shop.product("sledge", durable=True, attributes={"season": str(soon)})
    for person in range(40):
        # Not to the day: a history in which all gaps are alike is one whose times are made up.
        days = [person % 29 + 30 * month + 1 + (person * month) % 5 for month in range(12)]
        shop.send(*bought(f"p{person}", "coffee", *days))
    shop.send(
        *bought("due", "coffee", *[28 + 30 * month for month in range(6)]),
        *bought("early", "coffee", *[5 + 30 * month for month in range(6)]),
        *bought("gone", "coffee", *[120 + 30 * month for month in range(6)]),
        *bought("looks", "coffee", *[120 + 30 * month for month in range(6)]),
        did("looks", "Product Viewed", 2, product_id="coffee"),
        *bought("p1", "candle", 60),
        *bought("owner", "filter", 170),
        *bought("owner", "kettle", 720),
        *bought("owner", "sledge", 200),
    )
    Worker(shop.merchant.shops).drain(shop.shop_id)
    shop.train()
    assert shop.soon(lambda: shop.suggestions("buy-again", shopper="due")["model_version"])
    return shop


def needs(shop: Any, who: str, **asked: Any) -> dict[str, Any]:
    answer = shop.call("GET", f"/v1/shoppers/{who}/needs", params=asked)
    assert answer.status_code == 200, answer.text
    return {each["product_id"]: each for each in answer.json()["needs"]}


def test_what_is_due_is_told_with_its_interval_and_why(drinking: Any) -> None:
    coffee = needs(drinking, "due", days=14)["coffee"]
    assert coffee["kind"] == "runs_out"
    assert coffee["due_from"] < coffee["due_at"] < coffee["due_until"]
    assert coffee["reason"]["code"] == "own_rhythm"
    assert coffee["reason"]["times"] == 6
    assert 25 < coffee["reason"]["usual_days"] < 35
    assert coffee["chance"] > 0.5
    assert "6 times" in coffee["reason"]["text"] or "6-mal" in coffee["reason"]["text"]


def test_the_window_bounds_what_is_told(drinking: Any) -> None:
    assert "coffee" not in needs(drinking, "early", days=7)
    assert "coffee" in needs(drinking, "early", days=40)


def test_buy_again_carries_the_date_and_the_interval(drinking: Any) -> None:
    (coffee,) = drinking.suggestions("buy-again", shopper="due")["products"]
    assert coffee["product_id"] == "coffee"
    assert coffee["due_from"] < coffee["due_at"] < coffee["due_until"]
    assert not drinking.suggestions("buy-again", shopper="early")["products"]


def test_one_tap_moves_it_at_once(drinking: Any) -> None:
    shop = drinking
    shop.send(*bought("tap", "coffee", *[20 + 30 * month for month in range(6)]))
    assert not shop.suggestions("buy-again", shopper="tap")["products"]
    shop.send(did("tap", "Ownership Corrected", product_id="coffee", state="out"))
    assert [each["product_id"] for each in shop.suggestions("buy-again", shopper="tap")["products"]]
    assert needs(shop, "tap")["coffee"]["reason"]["code"] == "said_out"
    shop.send(*bought("plenty", "coffee", *[29 + 30 * month for month in range(6)]))
    assert shop.suggestions("buy-again", shopper="plenty")["products"]
    shop.send(did("plenty", "Ownership Corrected", product_id="coffee", state="plenty"))
    assert not shop.suggestions("buy-again", shopper="plenty")["products"]
    later = needs(shop, "plenty", days=90)["coffee"]
    assert later["reason"]["code"] == "said_plenty"
    assert later["due_from"] >= ago(1)[:19]


def test_declared_moments_have_their_own_kind_and_no_chance(drinking: Any) -> None:
    found = needs(drinking, "owner", days=62)
    assert {product: each["kind"] for product, each in found.items()} == {
        "filter": "replace",
        "kettle": "warranty_ends",
        "sledge": "season",
    }
    assert all(each["chance"] is None and each["due_from"] is None for each in found.values())


def test_what_was_to_be_replaced_stays_told_for_as_long_again_as_it_was_to_last(drinking: Any) -> None:
    drinking.send(
        *bought("late", "filter", 200),
        *bought("later", "filter", 359),
        *bought("forgotten", "filter", 361),
        *bought("replaced", "filter", 200, 3),
        *bought("other size", "bag", 200),
        *bought("other size", "bags", 3),
        *bought("worn", "bag", 200),
        *bought("still has", "filter", 200),
        did("still has", "Ownership Corrected", product_id="filter", state="have"),
    )
    late = needs(drinking, "late")["filter"]
    assert (late["kind"], late["overdue"], late["reason"]["code"]) == ("replace", True, "declared")
    assert ago(20.1) < late["due_at"].replace("Z", "+00:00") < ago(19.9)
    assert "filter" in needs(drinking, "later")
    assert "bag" in needs(drinking, "worn")
    assert needs(drinking, "other size") == {}, "bought again as another variant"
    for who in ("forgotten", "replaced", "still has"):
        assert "filter" not in needs(drinking, who), who


@pytest.mark.parametrize("product", ["candle", "unheard of by the model"])
def test_what_was_bought_once_and_is_out_by_the_shoppers_word_is_needed(drinking: Any, product: str) -> None:
    shop, who = drinking, f"burnt {product}"
    shop.product(product, durable=False)
    shop.send(*bought(who, product, 40))
    assert needs(shop, who) == {}
    shop.send(did(who, "Ownership Corrected", product_id=product, state="out"))
    out = needs(shop, who)[product]
    assert (out["kind"], out["reason"]["code"], out["reason"]["times"]) == ("runs_out", "said_out", 1)
    assert "said" in out["reason"]["text"] or "sagten" in out["reason"]["text"]
    assert out["chance"] is None, "that it is out says nothing of where the next one is bought"
    shop.send(*bought(who, product, 0))
    assert needs(shop, who) == {}


def test_a_word_moves_nothing_that_is_not_needed_any_more(drinking: Any) -> None:
    drinking.send(
        *bought("changed", "candle", 40),
        did("changed", "Ownership Corrected", 2, product_id="candle", state="out"),
        did("changed", "Ownership Corrected", 1, product_id="candle", state="no_longer"),
    )
    assert needs(drinking, "changed") == {}


def test_a_shopper_is_told_their_own_and_nobody_else(drinking: Any) -> None:
    token = drinking.token("due")
    answer = drinking.call(
        "GET", "/v1/shoppers/me/needs", key="publishable", headers={"Rapport-Shopper": token}
    )
    assert [each["product_id"] for each in answer.json()["needs"]] == ["coffee"]
    assert drinking.call("GET", "/v1/shoppers/me/needs", key="publishable").status_code == 401
    assert drinking.call("GET", "/v1/shoppers/nobody/needs").status_code == 404
    assert drinking.call("GET", "/v1/shoppers/due/needs", params={"days": 0}).status_code == 422


def test_nothing_is_told_to_whom_personal_suggestions_are_refused(drinking: Any) -> None:
    drinking.send(*bought("private", "coffee", *[28 + 30 * month for month in range(6)]))
    drinking.call("PUT", "/v1/shoppers/private/consent", {"personalise": "no"})
    assert needs(drinking, "private") == {}
    assert drinking.call("GET", "/v1/shoppers/private/signals").json() == {"signals": []}


def test_a_silence_beyond_the_rhythm_is_a_signal_with_its_evidence(drinking: Any) -> None:
    (gone,) = drinking.call("GET", "/v1/shoppers/gone/signals").json()["signals"]
    assert (gone["category"], gone["kind"]) == ("Pantry > Coffee", "silent")
    assert gone["chance"] <= 0.05
    assert gone["evidence"]["purchases"] == 6
    assert gone["evidence"]["products"] == ["coffee"]
    (looks,) = drinking.call("GET", "/v1/shoppers/looks/signals").json()["signals"]
    assert looks["kind"] == "looks_only"
    assert looks["evidence"]["last_looked"] > looks["evidence"]["last_bought"]
    for steady in ("due", "early"):
        assert drinking.call("GET", f"/v1/shoppers/{steady}/signals").json() == {"signals": []}


def test_plenty_left_takes_the_signal_away(drinking: Any) -> None:
    drinking.send(*bought("elsewhere", "coffee", *[120 + 30 * month for month in range(6)]))
    assert drinking.call("GET", "/v1/shoppers/elsewhere/signals").json()["signals"]
    drinking.send(did("elsewhere", "Ownership Corrected", product_id="coffee", state="plenty"))
    assert drinking.call("GET", "/v1/shoppers/elsewhere/signals").json() == {"signals": []}


def test_the_list_for_the_shop_holds_them_all_once(drinking: Any) -> None:
    Worker(drinking.merchant.shops).drain(drinking.shop_id)
    found, cursor = [], None
    while True:
        asked = {"cursor": cursor} if cursor else {}
        page = drinking.call("GET", "/v1/signals", params=asked).json()
        found += [each["shopper_id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(found) == sorted({*found})
    assert {"gone", "looks"} <= {*found}
    assert not {"due", "early", "p1", "p20"} & {*found}
    assert drinking.call("GET", "/v1/signals", params={"cursor": "x"}).status_code == 422
