"""Segments: conditions named once, used in many rules, followed at once, never going round in a circle."""

from __future__ import annotations

from typing import Any

import pytest

REGULARS = {
    "segment": "regulars",
    "title": {"en": "Regulars", "de": "Stammkundschaft"},
    "when": {"order_count": {"at_least": 2}},
}
RULE = {
    "offer_id": "for-regulars",
    "state": "live",
    "when": {"segment": {"is": "regulars"}},
    "gives": {"percent_off": {"percent": 10}},
    "holdout": 0,
}


@pytest.fixture(scope="module")
def shop(open_shop: Any) -> Any:
    """A shop with one buyer of one order and one of two."""
    shop = open_shop("Segments", currency="EUR")
    shop.product("cup", price="8.00")
    shop.send(shop.buys("once", "cup"))
    shop.send(shop.buys("twice", "cup"), shop.buys("twice", "cup"))
    return shop


def put(shop: Any, name: str, when: Any) -> Any:
    return shop.call("PUT", f"/v1/segments/{name}", {"segment": name, "when": when})


def told(shop: Any, who: str) -> dict[str, Any]:
    answer = shop.call("GET", "/v1/offers", params={"shopper": who})
    assert answer.status_code == 200, answer.text
    return {held["offer_id"]: held for held in answer.json()["offers"]}


def test_a_segment_decides_in_every_rule_and_may_change_under_it(shop: Any) -> None:
    refused = shop.call("POST", "/v1/offer-rules", RULE)
    assert refused.status_code == 422, "a rule speaks only of segments that are there"
    assert refused.json()["errors"][0]["pointer"] == "/when"
    answer = shop.call("PUT", "/v1/segments/regulars", REGULARS)
    assert (answer.status_code, answer.json()["sentence"]) == (201, "2 or more orders so far.")
    answer = shop.call("POST", "/v1/offer-rules", RULE)
    assert answer.status_code == 201, answer.text
    assert answer.json()["sentence"] == "In the segment Regulars: 10 % off everything."
    assert told(shop, "twice")["for-regulars"]["verdict"] == "granted"
    nearly = told(shop, "once")["for-regulars"]
    assert (nearly["verdict"], nearly["reason"]) == ("almost", "segment")
    assert nearly["unlock"] == {"kind": "visit", "missing": {"visits": 1}}
    assert nearly["sentence"] == "Order once more to get 10 % off everything."
    assert told(shop, "nobody")["for-regulars"]["verdict"] == "refused"
    assert (
        shop.call("PUT", "/v1/segments/regulars", {**REGULARS, "when": {"first_order": {}}}).status_code
        == 200
    )
    assert told(shop, "nobody")["for-regulars"]["verdict"] == "granted"
    assert told(shop, "twice")["for-regulars"]["verdict"] == "refused"
    assert shop.call("PUT", "/v1/segments/regulars", REGULARS).status_code == 200


def test_what_is_in_use_stays_and_says_by_whom(shop: Any) -> None:
    assert shop.call("PUT", "/v1/segments/regulars", REGULARS).status_code in (200, 201)
    assert shop.call("POST", "/v1/offer-rules", RULE).status_code in (200, 201)
    assert put(shop, "near", {"not": {"segment": {"is": "regulars"}}}).status_code == 201
    answer = shop.call("DELETE", "/v1/segments/regulars")
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert "the offer rule 'for-regulars', the segment 'near'" in answer.json()["detail"]
    assert shop.call("DELETE", "/v1/segments/near").status_code == 204
    assert shop.call("DELETE", "/v1/segments/near").status_code == 404
    assert [held["segment"] for held in shop.call("GET", "/v1/segments").json()["items"]] == ["regulars"]


def test_no_segment_speaks_of_itself(shop: Any) -> None:
    itself = put(shop, "itself", {"all": [{"segment": {"is": "itself"}}]})
    assert (itself.status_code, itself.json()["errors"][0]["pointer"]) == (422, "/when")
    assert put(shop, "one", {"first_order": {}}).status_code == 201
    assert put(shop, "two", {"not": {"segment": {"is": "one"}}}).status_code == 201
    assert put(shop, "three", {"any": [{"segment": {"is": "two"}}, {"first_order": {}}]}).status_code == 201
    circle = put(shop, "one", {"segment": {"is": "three"}})
    assert circle.status_code == 422
    assert "one -> three -> two -> one" in circle.json()["detail"]
    assert put(shop, "four", {"segment": {"is": "nowhere"}}).status_code == 422


def test_segments_speak_of_one_another_only_so_deep(shop: Any) -> None:
    assert put(shop, "deep1", {"first_order": {}}).status_code == 201
    for number in range(2, 9):
        beneath = {"segment": {"is": f"deep{number - 1}"}}
        assert put(shop, f"deep{number}", {"not": beneath}).status_code == 201
    above = put(shop, "deep9", {"segment": {"is": "deep8"}})
    assert (above.status_code, above.json()["errors"][0]["pointer"]) == (422, "/when")
    assert put(shop, "ground", {"first_order": {}}).status_code == 201
    below = put(shop, "deep1", {"segment": {"is": "ground"}})
    assert below.status_code == 422, "what speaks of it would reach too deep"


def test_amounts_of_a_segment_settle_the_currency(open_shop: Any) -> None:
    shop = open_shop("Rich", currency="GBP")
    assert put(shop, "rich", {"spent": {"at_least": "10.50"}}).status_code == 201
    answer = shop.call("PATCH", "/v1/shop", {"currency": "JPY"})
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")


def test_only_the_shops_server_says_which_channel_it_is(shop: Any) -> None:
    rule = {**RULE, "offer_id": "at-the-till", "when": {"channel": {"is": "till"}}}
    assert shop.call("POST", "/v1/offer-rules", rule).status_code == 201
    web = {**RULE, "offer_id": "on-the-web", "when": {"channel": {"is": "web"}}}
    assert shop.call("POST", "/v1/offer-rules", web).status_code == 201

    def granted(key: str, **asked: Any) -> set[str]:
        answer = shop.call("GET", "/v1/offers", key=key, params=asked)
        assert answer.status_code == 200, answer.text
        found = {held["offer_id"] for held in answer.json()["offers"] if held["verdict"] == "granted"}
        return found & {"at-the-till", "on-the-web"}

    assert granted("publishable") == {"on-the-web"}
    assert granted("secret", shopper="twice") == set()
    assert granted("secret", shopper="twice", channel="till") == {"at-the-till"}
    claimed = shop.call("GET", "/v1/offers", key="publishable", params={"channel": "till"})
    assert (claimed.status_code, claimed.json()["code"]) == (403, "forbidden")
    basket = {"lines": [{"product_id": "cup", "quantity": 1}]}
    quoted = shop.call("POST", "/v1/offers/quote", {"basket": basket, "channel": "till"}).json()
    assert "at-the-till" in {held["offer_id"] for held in quoted["verdicts"] if held["verdict"] == "granted"}


def test_what_only_a_browser_claims_counts_for_no_condition(shop: Any) -> None:
    """Orders, returns and prices of a browser: nothing is bought, spent, ordered or won back by them."""
    rules = {
        "bought": {"bought": {"product_id": "cup"}},
        "owned": {"owned": {"product_id": "cup"}},
        "ordered": {"order_count": {"at_least": 1}},
        "spent": {"spent": {"at_least": "1.00", "within_days": 30}},
        "first": {"first_order": {}},
        "basket": {"basket": {"subtotal_at_least": "100.00"}},
    }
    for name, when in rules.items():
        rule = {**RULE, "offer_id": name, "when": when}
        assert shop.call("POST", "/v1/offer-rules", rule).status_code == 201
    token = shop.token("claimer")
    shop.send(
        {**shop.buys(None, "cup"), "anonymousId": "c"}, key="publishable", headers={"Rapport-Shopper": token}
    )
    lines = [{"product_id": "cup", "quantity": 1, "unit_price": "500.00"}]
    answer = shop.call(
        "POST", "/v1/offers/quote", {"basket": {"lines": lines}}, key="publishable",
        headers={"Rapport-Shopper": token},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert answer.json()["subtotal"]["amount"] == "8.00"
    granted = {held["offer_id"] for held in answer.json()["verdicts"] if held["verdict"] == "granted"}
    assert granted & rules.keys() == {"first"}
    shop.send(shop.buys("claimer", "cup"))  # the same from the shop's own server
    granted = {name for name, held in told(shop, "claimer").items() if held["verdict"] == "granted"}
    assert granted & rules.keys() == {"bought", "owned", "ordered", "spent"}
