"""Rules before they go live, at the doors: looked through, replayed, seen as any shopper at any time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from api.rule_checks import MOST_RULES
from plugin.activity import Activity, Line
from plugin.worker import Worker
from tests.api.conftest import OpenShop

DAY = 86_400.0
GOLD = {"basis": "spend", "tiers": [{"tier": "bronze"}, {"tier": "gold", "from": "50.00"}]}
OFF = {"percent_off": {"percent": 10}}


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


@pytest.fixture(scope="module")
def cafe(open_shop: Callable[..., OpenShop]) -> OpenShop:
    shop = open_shop("Cafe")
    shop.product("beans", category="Coffee", cost="6.00")
    shop.product("mug", category="Cups")
    assert shop.call("PUT", "/v1/tiers", GOLD).status_code == 200
    now = time.time()
    for days, who, products in (
        (50, "ann", ["beans"]),
        (30, "ann", ["beans", "mug"]),
        (20, "ben", ["mug"]),
        (10, "ann", ["beans"]),
    ):
        at = moment(now - days * DAY)
        shop.send(shop.buys(who, *products, timestamp=at))
    Worker(shop.merchant.shops).drain(shop.shop_id)  # what was acknowledged is in the log
    return shop


def test_a_rule_is_looked_through_before_it_is_written(cafe: OpenShop) -> None:
    never = {
        "offer_id": "never",
        "gives": OFF,
        "when": {"all": [{"first_order": {}}, {"order_count": {"at_least": 1}}]},
    }
    for body in ({"rule": never}, never):
        told = cafe.call("POST", "/v1/offer-rules/lint", body).json()
        assert told["errors"] == 1
        assert {each["code"] for each in told["findings"]} == {"unreachable", "endless", "uncapped"}
    assert cafe.call("GET", "/v1/offer-rules/never").status_code == 404
    assert cafe.call("POST", "/v1/offer-rules/lint").json()["rules"] == 0
    wrong = cafe.call(
        "POST",
        "/v1/offer-rules/lint",
        {"rule": {"offer_id": "x", "gives": {"amount_off": {"amount": "1.005"}}}},
    )
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/rule/gives/amount_off/amount"


def test_a_rule_is_replayed_over_what_was_bought(cafe: OpenShop) -> None:
    rule = {
        "offer_id": "again",
        "holdout": 0,
        "when": {"bought": {"category": "Coffee", "within_days": 25}},
        "gives": {"percent_off": {"percent": 10, "category": "Coffee"}},
        "limits": {"budget": "100.00"},
    }
    told = cafe.call("POST", "/v1/offer-rules/replay", {"rule": rule}).json()
    assert (told["orders"], told["shoppers"]) == (4, 2)
    assert told["given"] == {
        "orders": 2,
        "shoppers": 1,
        "guest_orders": 0,
        "share_of_orders": 0.5,
        "share_of_shoppers": 0.5,
    }
    assert told["discount"] == {"amount": "2.00", "currency": "EUR"}
    assert told["margin"]["before"]["amount"] == "8.00"
    assert told["margin"]["after"]["amount"] == "6.00"
    assert {each["code"] for each in told["notes"]} >= {"not_caused", "as_today", "limits"}
    cafe.call("POST", "/v1/offer-rules", {**rule, "state": "draft"})
    assert cafe.call("POST", "/v1/offer-rules/again/replay").json()["given"] == told["given"]
    as_written = cafe.call("POST", "/v1/offer-rules/again/replay", {"as_written": True}).json()
    assert as_written["given"]["orders"] == 0
    since = {"since": moment(time.time() - 15 * DAY)}
    assert cafe.call("POST", "/v1/offer-rules/-/replay?id=again", since).json()["given"]["orders"] == 1
    back = {"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}
    assert cafe.call("POST", "/v1/offer-rules/again/replay", back).status_code == 422
    assert cafe.call("POST", "/v1/offer-rules/nothing/replay").status_code == 404


def test_offers_are_seen_as_any_shopper_at_any_time(cafe: OpenShop) -> None:
    rule = {
        "offer_id": "golden",
        "state": "draft",
        "from": "2031-01-01T00:00:00Z",
        "when": {"all": [{"tier": {"at_least": "gold"}}, {"basket": {"subtotal_at_least": "15.00"}}]},
        "gives": OFF,
        "holdout": 0,
        "limits": {"total": 1},
    }
    asked = {"rules": [rule], "shopper": "ann", "basket": {"lines": [{"product_id": "mug", "quantity": 2}]}}

    def seen(**more: Any) -> dict[str, Any]:
        answer = cafe.call("POST", "/v1/offers/preview", {**asked, **more})
        assert answer.status_code == 200, answer.text
        return next(each for each in answer.json()["offers"] if each["offer_id"] == "golden")

    assert seen()["reason"] == "not_yet"
    later = {"at": "2031-05-01T00:00:00Z"}
    assert (seen(**later)["verdict"], seen(**later)["reason"]) == ("almost", "tier")
    golden = seen(**later, tier="gold")
    assert (golden["verdict"], golden["state"]) == ("granted", "draft")
    assert [(each["condition"], each["holds"]) for each in golden["why"]] == [
        ("tier", True),
        ("basket", True),
    ]
    assert all(each["sentence"] for each in golden["why"])
    assert seen(**later, tier="gold")["verdict"] == "granted"  # nothing was used up by looking
    assert cafe.call("GET", "/v1/offer-rules/golden").status_code == 404
    past = cafe.call(
        "POST",
        "/v1/offers/preview",
        {
            "shopper": "ann",
            "at": moment(time.time() - 40 * DAY),
            "rules": [
                {
                    "offer_id": "p",
                    "holdout": 0,
                    "gives": OFF,
                    "when": {"order_count": {"at_least": 1, "at_most": 1}},
                }
            ],
        },
    ).json()
    assert next(each for each in past["offers"] if each["offer_id"] == "p")["verdict"] == "granted"
    wrong = cafe.call("POST", "/v1/offers/preview", {"tier": "platinum"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/tier")


def test_a_draft_of_the_shop_is_seen_as_live_unless_left_out(cafe: OpenShop) -> None:
    cafe.call("POST", "/v1/offer-rules", {"offer_id": "mild", "state": "draft", "gives": OFF, "holdout": 0})
    for drafts, verdicts in ((True, ["granted"]), (False, [])):
        told = cafe.call("POST", "/v1/offers/preview", {"drafts": drafts}).json()["offers"]
        assert [each["verdict"] for each in told if each["offer_id"] == "mild"] == verdicts


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland"])
def test_the_ends_of_the_calendar_are_no_fault_of_ours(open_shop: Callable[..., OpenShop], zone: str) -> None:
    first, last = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
    shop = open_shop("Far", timezone=zone)
    when = {"all": [{"first_order": {}}, {"time": {"from": "00:00", "until": "23:59"}}]}
    rule = {"offer_id": "ever", "state": "live", "gives": OFF, "holdout": 0, "from": first, "until": last}
    assert shop.call("POST", "/v1/offer-rules", rule).status_code == 201
    (told,) = shop.call("GET", "/v1/offers", params={"shopper": "ann"}).json()["offers"]
    assert (told["verdict"], told["ends_at"]) == ("granted", last)
    for at in (first, last):
        answer = shop.call("POST", "/v1/offers/preview", {"at": at, "rules": [{**rule, "when": when}]})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/at")
        answer = shop.call("POST", "/v1/offer-rules/ever/replay", {"until": at})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/until")
    assert shop.call("POST", "/v1/offers/preview", {"at": "1900-01-01T00:00:00Z"}).status_code == 200


def test_a_request_looks_through_only_so_many_rules(open_shop: Callable[..., OpenShop]) -> None:
    shop = open_shop("Many")
    document = {"gives": {"message": {"text": "Hello"}}, "state": "live"}
    bodies = {
        f"offer/r{number}": orjson.dumps({"version": 1, "offer": {**document, "offer_id": f"r{number}"}})
        for number in range(MOST_RULES + 1)
    }
    shop.merchant.shops.put(shop.shop_id, bodies)
    refused = shop.call("POST", "/v1/offer-rules/lint")
    assert (refused.status_code, "rapport offers lint" in refused.json()["detail"]) == (422, True)
    assert (
        shop.call("POST", "/v1/offer-rules/lint", {"rule": {**document, "offer_id": "new"}}).status_code
        == 200
    )
    assert shop.call("DELETE", "/v1/offer-rules/r0").status_code == 204
    assert shop.call("POST", "/v1/offer-rules/lint").json()["rules"] == MOST_RULES


def test_a_rule_that_needs_whole_pasts_is_replayed_over_fewer_lines(
    open_shop: Callable[..., OpenShop],
) -> None:
    shop = open_shop("Long")
    lines = (Line("mug", 1, 500),) * 6_300
    log = shop.merchant.shops.memory(shop.shop_id).log
    at = time.time() - DAY
    orders = [
        Activity(f"m{n}", "bought", "Order Completed", at, at, "shop", None, lines, f"o{n}") for n in range(4)
    ]
    log.write(1, [(f"{{s:0}}{n:06d}-0", each) for n, each in enumerate(orders)])
    rule = {"offer_id": "r", "gives": OFF, "when": {"first_order": {}}}
    answer = shop.call("POST", "/v1/offer-rules/replay", {"rule": rule})
    assert (answer.status_code, answer.json()["orders"]) == (200, 4)
    needs = {**rule, "when": {"due": {"category": "Coffee", "within_days": 5}}}
    refused = shop.call("POST", "/v1/offer-rules/replay", {"rule": needs})
    assert (refused.status_code, "25,000" in refused.json()["detail"]) == (422, True)
