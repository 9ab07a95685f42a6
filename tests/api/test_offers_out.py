"""Offers out: rules written by the shop, and what each of its shoppers is told of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

GOLD_COFFEE = {
    "offer_id": "gold-coffee",
    "title": {"en": "10 % off coffee", "de": "10 % auf Kaffee"},
    "state": "live",
    "when": {"tier": {"at_least": "gold"}},
    "gives": {"percent_off": {"percent": 10, "category": "Coffee"}},
    "holdout": 0,
}
SHIPPING = {
    "offer_id": "free-shipping",
    "title": "Free shipping from 40",
    "state": "live",
    "when": {"basket": {"subtotal_at_least": "40.00"}},
    "gives": {"free_shipping": {}},
    "holdout": 0,
}
AGAIN = {
    "offer_id": "again",
    "state": "live",
    "when": {"bought": {"category": "Coffee", "within_days": 90}},
    "gives": {"percent_off": {"percent": 5}},
    "holdout": 0,
}

FRENCH = {
    "offer_id": "bonjour",
    "state": "live",
    "when": {"locale": {"is": "fr"}},
    "gives": {"percent_off": {"percent": 5}},
    "holdout": 0,
}


@pytest.fixture(scope="module")
def cafe(open_shop: Any) -> Any:
    """A coffee shop whose tiers go by spending: gold from 100.00."""
    shop = open_shop("Café", origins=["https://cafe.example"])
    shop.product("beans", category="Coffee > Beans", price="12.00")
    shop.product("mug", category="Cups", price="8.00", sale_price="7.50")
    ladder = {
        "basis": "spend",
        "tiers": [
            {"tier": "bronze"},
            {"tier": "silver", "from": "50.00"},
            {"tier": "gold", "from": "100.00"},
        ],
    }
    answer = shop.call("PUT", "/v1/tiers", ladder)
    assert answer.status_code == 200, answer.text
    for rule in (GOLD_COFFEE, SHIPPING, AGAIN, FRENCH):
        answer = shop.call("POST", "/v1/offer-rules", rule)
        assert answer.status_code == 201, answer.text
    shop.send(
        spends("rich", 120, "mug"),
        spends("middling", 90, "mug"),
        spends("poor", 20, "beans"),
    )
    return shop


def spends(who: str, price: float, product: str) -> dict[str, Any]:
    bought = {"order_id": f"order of {who}", "products": [{"product_id": product, "price": price}]}
    return {"event": "Order Completed", "userId": who, "properties": bought}


def told(shop: Any, *, key: str = "secret", headers: Any = (), **asked: Any) -> dict[str, dict[str, Any]]:
    """Return what a shopper is told, by offer."""
    answer = shop.call("GET", "/v1/offers", key=key, headers=dict(headers), params=asked)
    assert answer.status_code == 200, answer.text
    return {offer["offer_id"]: offer for offer in answer.json()["offers"]}


def test_tiers_decide(cafe: Any) -> None:
    for who, tier, verdict in (
        ("rich", "gold", "granted"),
        ("middling", "silver", "almost"),
        ("poor", "bronze", None),
    ):
        assert cafe.call("GET", f"/v1/shoppers/{who}").json()["tier"]["tier"] == tier
        offer = told(cafe, shopper=who)["gold-coffee"]
        if verdict:
            assert offer["verdict"] == verdict, offer
    granted = told(cafe, shopper="rich")["gold-coffee"]
    assert granted["title"] == "10 % off coffee"
    assert granted["sentence"]
    assert granted["unlock"] is None
    assert told(cafe, shopper="rich", locale="de-AT")["gold-coffee"]["title"] == "10 % auf Kaffee"


def test_the_smallest_step_that_unlocks(cafe: Any) -> None:
    missing = told(cafe, shopper="middling")["gold-coffee"]["unlock"]
    assert missing["kind"] in ("spend", "tier")
    assert missing["missing"].get("amount") == "10.00" or missing["missing"]
    unlock = told(cafe, shopper="rich", basket=["beans", "beans", "mug"])["free-shipping"]
    assert unlock["verdict"] == "almost"
    assert unlock["unlock"]["kind"] == "subtotal"
    amount = unlock["unlock"]["missing"]
    assert (amount["amount"], amount["currency"]) == ("8.50", "EUR")  # 40.00 less 12 + 12 + 7.50


def test_the_basket_is_priced_by_the_catalogue(cafe: Any) -> None:
    assert told(cafe, basket=["beans"] * 4)["free-shipping"]["verdict"] == "granted"
    assert told(cafe, key="publishable", basket=["beans"] * 4)["free-shipping"]["verdict"] == "granted"
    assert told(cafe, basket=["beans"] * 3)["free-shipping"]["verdict"] != "granted"
    assert told(cafe, basket=["unknown"] * 100).get("free-shipping", {}).get("verdict") != "granted"
    dear = {"product_id": "beans", "quantity": 1, "price": 4000}
    cart = {"event": "Product Added", "anonymousId": "haggler", "properties": dear}
    cafe.send(cart, key="publishable")
    found = told(cafe, key="publishable", headers={"Rapport-Anonymous": "haggler"})
    assert found.get("free-shipping", {}).get("verdict") != "granted"


def test_what_was_bought_decides_at_once(cafe: Any) -> None:
    assert told(cafe, shopper="regular")["again"]["verdict"] != "granted"
    cafe.send(spends("regular", 12, "beans"))
    assert told(cafe, shopper="regular")["again"]["verdict"] == "granted"
    claim = {**spends("claimer", 12, "beans"), "messageId": "claim"}
    proof = {"Rapport-Shopper": cafe.token("claimer")}
    cafe.send(claim, key="publishable", headers=proof)
    assert "again" not in {
        name
        for name, offer in told(cafe, key="publishable", headers=proof).items()
        if offer["verdict"] == "granted"
    }


def test_refused_and_held_out_are_for_the_shop_alone(cafe: Any) -> None:
    ours, theirs = (
        told(cafe, shopper="poor"),
        told(cafe, key="publishable", headers={"Rapport-Shopper": cafe.token("poor")}),
    )
    assert any(offer["verdict"] == "refused" for offer in ours.values())
    assert all("held_out" in offer for offer in ours.values())
    assert all(offer["verdict"] in ("granted", "almost") for offer in theirs.values())
    assert all("held_out" not in offer for offer in theirs.values())
    assert all(offer["reason"] for offer in ours.values())
    visitor = told(cafe, key="publishable")
    assert all(offer["verdict"] in ("granted", "almost") for offer in visitor.values())


def test_half_of_the_shoppers_are_held_out_and_never_told(cafe: Any) -> None:
    rule = {"offer_id": "half", "state": "live", "gives": {"percent_off": {"percent": 1}}, "holdout": 0.5}
    assert cafe.call("POST", "/v1/offer-rules", rule).status_code == 201
    held = {n: told(cafe, shopper=f"h{n}")["half"] for n in range(30)}
    out = {n for n, offer in held.items() if offer["held_out"]}
    assert 5 <= len(out) <= 25
    for n in (min(out), min(set(held) - out)):
        theirs = told(cafe, key="publishable", headers={"Rapport-Shopper": cafe.token(f"h{n}")})
        assert ("half" in theirs) == (n not in out)
    assert cafe.call("DELETE", "/v1/offer-rules/half").status_code == 204


def test_a_card_carries_the_offer_that_makes_it_cheapest(cafe: Any) -> None:
    cards = cafe.suggestions("trending", shopper="rich")["products"]
    beans = next(card for card in cards if card["product_id"] == "beans")
    assert beans["offer"]["offer_id"] == "gold-coffee"
    assert beans["offer"]["price"] == {"amount": "10.80", "currency": "EUR"}
    cards = cafe.suggestions("trending", shopper="nobody")["products"]
    assert all(card["offer"] is None for card in cards)


def test_rules_are_written_read_listed_and_taken_away(cafe: Any) -> None:
    rule = {"offer_id": "a/rule ☕", "state": "draft", "gives": {"message": {"text": "Hello"}}}
    path = "/v1/offer-rules/a%2Frule%20%E2%98%95"
    made = cafe.call("PUT", path, rule)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    held = cafe.call("GET", path)
    assert held.headers["ETag"] == '"1"'
    assert {name: held.json()[name] for name in rule} == rule
    assert held.json()["sentence"]
    assert cafe.call("GET", "/v1/offer-rules/-", params={"id": "a/rule ☕"}).json() == held.json()
    changed = cafe.call("PUT", path, {**rule, "priority": 5}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert "a/rule ☕" not in told(cafe, shopper="rich")  # a draft meets nobody
    listed, cursor = [], None
    while True:
        params = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        part = cafe.call("GET", "/v1/offer-rules", params=params).json()
        listed += [item["offer_id"] for item in part["items"]]
        cursor = part["next"]
        if cursor is None:
            break
    assert listed == sorted(["a/rule ☕", "again", "bonjour", "free-shipping", "gold-coffee"])
    assert cafe.call("DELETE", path).status_code == 204
    assert cafe.call("DELETE", path).status_code == 404
    assert cafe.call("GET", path).status_code == 404


@pytest.mark.parametrize("seen", ['"7"', '"x"', "7", 'W/"1"', '"²"', '"1', "*, x", '"' + "9" * 400 + '"'])
def test_a_change_to_an_older_version_is_stale(cafe: Any, seen: str) -> None:
    headers = {"If-Match": seen.encode()}
    answer = cafe.call("PUT", "/v1/offer-rules/again", AGAIN, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale"), answer.text
    answer = cafe.call("DELETE", "/v1/offer-rules/again", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale"), answer.text


def test_if_match_star_and_lists(cafe: Any) -> None:
    rule = {**AGAIN, "offer_id": "matching", "state": "draft"}
    path = "/v1/offer-rules/matching"
    assert cafe.call("PUT", path, rule, headers={"If-Match": "*"}).status_code == 412
    assert cafe.call("PUT", path, rule).status_code == 201
    assert cafe.call("PUT", path, rule, headers={"If-Match": "*"}).status_code == 200
    assert cafe.call("PUT", path, rule, headers={"If-Match": '"9", "2"'}).status_code == 200
    assert cafe.call("DELETE", path, headers={"If-Match": '"3"'}).status_code == 204


def test_of_many_writers_at_once_one_changes_what_all_saw(cafe: Any) -> None:
    rule, path = {**AGAIN, "offer_id": "busy", "state": "draft"}, "/v1/offer-rules/busy"
    assert cafe.call("PUT", path, rule).status_code == 201

    def write(priority: int) -> int:
        body = {**rule, "priority": priority}
        return cafe.call("PUT", path, body, headers={"If-Match": '"1"'}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(write, range(16)))
    assert sorted(statuses) == [200] + [412] * 15
    with ThreadPoolExecutor(8) as pool:
        versions = list(
            pool.map(lambda n: cafe.call("PUT", path, {**rule, "priority": n}).headers["ETag"], range(16))
        )
    assert len(set(versions)) == 16
    cafe.call("DELETE", path)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"surprise": 1}, "/surprise"),
        ({"offer_id": "another"}, "/offer_id"),
        ({"offer_id": "a\x00b"}, "/offer_id"),
        ({"when": {"weather": {"is": "rain"}}}, "/when/weather"),
        ({"when": {"tier": {"at_least": "gold"}, "share": {"percent": 5}}}, "/when"),
        ({"when": {"all": []}}, "/when/all"),
        ({"when": {"all": [{"tier": {"above": "gold"}}]}}, "/when/all/0/tier/above"),
        ({"when": {"tier": {"at_least": "platinum"}}}, None),
        ({"when": {"basket": {"subtotal_at_least": 40}}}, "/when/basket/subtotal_at_least"),
        ({"when": {"basket": {"subtotal_at_least": "-1"}}}, "/when/basket/subtotal_at_least"),
        ({"when": {"bought": {"within_days": 5}}}, "/when/bought"),
        ({"when": {"bought": {"category": "x", "within_days": 1.5}}}, "/when/bought/within_days"),
        ({"when": []}, "/when"),
        ({"gives": {}}, "/gives"),
        ({"gives": {"percent_off": {"percent": 101}}}, "/gives/percent_off/percent"),
        ({"gives": {"percent_off": {"percent": True}}}, "/gives/percent_off/percent"),
        ({"gives": {"free_shipping": {}, "message": {"text": "x"}}}, "/gives"),
        ({"from": "yesterday"}, "/from"),
        ({"state": "maybe"}, "/state"),
        ({"holdout": 0.9}, "/holdout"),
        ({"code": "X", "holdout": 0.1}, "/holdout"),
        ({"title": 5}, "/title"),
        ({"limits": {"total": 0}}, "/limits/total"),
        ({"funded_by": [{"partner": "a", "share": 0.8}, {"partner": "b", "share": 0.8}]}, "/funded_by"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused_with_where(cafe: Any, change: Any, pointer: str | None) -> None:
    answer = cafe.call("PUT", "/v1/offer-rules/odd", {**AGAIN, "offer_id": "odd", "state": "draft", **change})
    if pointer is None:
        assert answer.status_code in (200, 201, 422), answer.text
        return
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert any(error["pointer"].startswith(pointer) for error in answer.json()["errors"]), answer.text


def test_a_rule_that_is_too_deep_or_too_long(cafe: Any) -> None:
    deep: Any = {"share": {"percent": 1}}
    for _ in range(40):
        deep = {"not": deep}
    long = {"any": [{"share": {"percent": 1}}] * 300}
    for when in (deep, long):
        answer = cafe.call("PUT", "/v1/offer-rules/odd", {**AGAIN, "offer_id": "odd", "when": when})
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"].startswith("/when")
    text = '{"offer_id": "odd", "gives": {"free_shipping": {}}, "when": ' + '{"not":' * 500 + "{}" + "}" * 501
    assert cafe.call("PUT", "/v1/offer-rules/odd", data=text).status_code in (400, 422)


def test_a_quote_at_the_checkout(cafe: Any) -> None:
    basket = {"lines": [{"product_id": "beans", "quantity": 2}, {"product_id": "mug", "quantity": 1}]}
    answer = cafe.call("POST", "/v1/offers/quote", {"shopper": "rich", "basket": basket})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["subtotal"] == {"amount": "31.50", "currency": "EUR"}
    assert [(found["line"], found["offer_id"]) for found in body["discounts"]] == [(0, "gold-coffee")]
    assert body["total"] == {"amount": "29.10", "currency": "EUR"}
    dear = {"lines": [{"product_id": "beans", "quantity": 1, "unit_price": "400.00"}]}
    proof = {"Rapport-Shopper": cafe.token("rich")}
    theirs = cafe.call("POST", "/v1/offers/quote", {"basket": dear}, key="publishable", headers=proof).json()
    assert theirs["subtotal"]["amount"] == "12.00"
    ours = cafe.call("POST", "/v1/offers/quote", {"basket": dear, "shopper": "rich"}).json()
    assert ours["subtotal"]["amount"] == "400.00"
