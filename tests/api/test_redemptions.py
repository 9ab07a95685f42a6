"""Redemptions at the doors: what a checkout and the shop's server send, and what they are answered."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

OFF = {"percent_off": {"percent": 10}}


@pytest.fixture(scope="module")
def shop(open_shop: Callable[..., Any]) -> Iterator[Any]:
    opened = open_shop("Redeems", origins=["https://tools.example"])
    opened.product("mug", price="9.99")
    opened.product("pan", price="40.00")
    yield opened
    opened.session.close()


@pytest.fixture
def rule(shop: Any) -> Iterator[Callable[..., str]]:
    """Write offer rules that are gone after the test, so that none meets the basket of another test."""
    written: list[str] = []

    def write(**fields: Any) -> str:
        offer_id = f"r-{uuid.uuid4().hex[:8]}"
        body = {"offer_id": offer_id, "state": "live", "holdout": 0, "gives": OFF, **fields}
        if body.get("code"):
            del body["holdout"]
        answer = shop.call("POST", "/v1/offer-rules", body)
        assert answer.status_code == 201, answer.text
        written.append(offer_id)
        return offer_id

    yield write
    for offer_id in written:
        assert shop.call("DELETE", f"/v1/offer-rules/{offer_id}").status_code == 204


def basket(mugs: int = 3, **fields: Any) -> dict[str, Any]:
    lines = [{"product_id": "mug", "quantity": mugs}, {"product_id": "pan", "quantity": 1}]
    return {"basket": {"lines": lines}, **fields}


def reserve(shop: Any, body: Any = None, **kwargs: Any) -> Any:
    return shop.call("POST", "/v1/redemptions", body or basket(), **kwargs)


def reserved(shop: Any, body: Any = None, **kwargs: Any) -> dict[str, Any]:
    answer = reserve(shop, body, **kwargs)
    assert answer.status_code == 201, answer.text
    return answer.json()


def step(shop: Any, redemption: dict[str, Any], name: str, body: Any = None, **kwargs: Any) -> Any:
    return shop.call("POST", f"/v1/redemptions/{redemption['redemption_id']}/{name}", body, **kwargs)


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_redemption_is_the_quote_with_a_hold(shop: Any, rule: Any) -> None:
    rule()
    quote = shop.call("POST", "/v1/offers/quote", basket()).json()
    held = reserved(shop, basket(hold_seconds=60))
    for name in ("subtotal", "discounts", "total", "verdicts", "free_shipping", "codes"):
        assert held[name] == quote[name]
    assert held["state"] == "reserved"
    assert held["expires_at"] is not None
    found = shop.call("GET", f"/v1/redemptions/{held['redemption_id']}").json()
    assert found.items() <= held.items()
    assert problem(shop.call("GET", "/v1/redemptions/d_none")) == (404, "not_found")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"total": 1}, "limit_reached"),
        ({"per_shopper": 1}, "limit_reached"),
        ({"per_period": {"times": 1, "period": "month"}}, "limit_reached"),
        ({"budget": "10.00"}, "budget_reached"),
    ],
)
def test_a_limit_or_budget_reached_is_refused_and_shown(shop: Any, rule: Any, limits: Any, code: str) -> None:
    offer_id = rule(limits=limits)
    asked = basket(shopper="ann")
    quote = shop.call("POST", "/v1/offers/quote", asked).json()
    assert quote["discounts"]
    assert shop.call("POST", "/v1/offers/quote", asked).json() == quote, "a quote changes nothing"
    reserved(shop, asked)
    refused = reserve(shop, asked)
    assert problem(refused) == (409, code)
    assert refused.json()["errors"][0]["offer_id"] == offer_id
    assert '"used_up": "leave_out"' in refused.json()["detail"]
    verdicts = shop.call("POST", "/v1/offers/quote", asked).json()["verdicts"]
    assert {"offer_id": offer_id, "reason": code}.items() <= verdicts[0].items()
    left = reserved(shop, {**asked, "used_up": "leave_out"})
    assert left["discounts"] == []
    still_for_others = "per_shopper" in limits or "budget" in limits  # 3.00 of it are left
    public = shop.call("GET", "/v1/offers", key="publishable").json()["offers"]
    assert (offer_id in [each["offer_id"] for each in public]) == still_for_others


def test_from_the_order_to_the_last_piece_that_comes_back(shop: Any, rule: Any) -> None:
    rule(limits={"budget": "7.00"})
    held = reserved(shop)  # 10 % of 29.97 and of 40.00: 7.00 in all
    assert problem(reserve(shop)) == (409, "budget_reached")
    assert problem(step(shop, held, "return", {"lines": [{"line": 0, "quantity": 1}]})) == (409, "refused")
    for _ in range(2):
        done = step(shop, held, "commit", {"order_id": "o-1"})
        assert (done.status_code, done.json()["state"], done.json()["expires_at"]) == (200, "committed", None)
    assert problem(step(shop, held, "commit", {"order_id": "o-2"})) == (409, "refused")
    assert problem(step(shop, held, "release")) == (409, "refused")
    one = {"lines": [{"line": 0, "quantity": 1}]}
    for _ in range(2):
        back = step(shop, held, "return", one).json()
        assert (back["state"], back["lines"][0]["returned"]) == ("partly_returned", 1)
    refund = back["refund"]["amount"]
    assert refund == "8.99"
    again = step(shop, held, "return", one, headers={"Idempotency-Key": uuid.uuid4().hex}).json()
    assert again["lines"][0]["returned"] == 2
    assert step(shop, held, "return", {"lines": [{"line": 0, "quantity": 2}]}).status_code == 422
    assert step(shop, held, "return", {"lines": [{"line": 7, "quantity": 1}]}).status_code == 422
    rest = {"lines": [{"line": 0, "quantity": 1}, {"line": 1, "quantity": 1}]}
    last = step(shop, held, "return", rest).json()
    assert (last["state"], last["refund"]) == ("returned", last["total"])
    reserved(shop)


def test_a_refund_and_a_cancellation_as_activity_do_the_same_and_count_once(shop: Any, rule: Any) -> None:
    offer_id = rule(limits={"total": 1})
    held, order = reserved(shop), f"o-{uuid.uuid4().hex}"
    step(shop, held, "commit", {"order_id": order})
    shop.send(shop.buys("ann", "mug", "mug", "mug", "pan", order=order))
    properties = {"order_id": order, "products": [{"product_id": "mug", "quantity": 2}]}
    refund = {"type": "track", "event": "Order Refunded", "userId": "ann", "properties": properties}
    step(shop, held, "return", {"lines": [{"line": 0, "quantity": 2}]})
    for _ in range(2):
        shop.send({**refund, "messageId": f"refund-{order}"})
        found = shop.call("GET", f"/v1/redemptions/{held['redemption_id']}").json()
        assert (found["state"], found["lines"][0]["returned"]) == ("partly_returned", 2)
    assert problem(reserve(shop)) == (409, "limit_reached")
    cancelled = {
        "type": "track",
        "event": "Order Cancelled",
        "userId": "ann",
        "properties": {"order_id": order},
    }
    shop.send({**cancelled, "messageId": f"cancel-{order}"})
    assert shop.call("GET", f"/v1/redemptions/{held['redemption_id']}").json()["state"] == "cancelled"
    assert offer_id in {each["offer_id"] for each in reserved(shop)["discounts"]}


def test_released_and_taken_anew(shop: Any, rule: Any) -> None:
    rule(limits={"total": 1})
    first = reserved(shop)
    for _ in range(2):
        assert step(shop, first, "release").json()["state"] == "released"
    second = reserved(shop)
    assert problem(step(shop, first, "commit", {"order_id": "late"})) == (409, "limit_reached")
    step(shop, second, "release")
    assert step(shop, first, "commit", {"order_id": "late"}).json()["state"] == "committed"


def test_the_same_key_is_the_same_redemption(shop: Any, rule: Any) -> None:
    rule(limits={"total": 1})
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first = reserved(shop, headers=key)
    repeat = reserve(shop, headers=key)
    assert (repeat.json(), repeat.headers["Idempotent-Replayed"]) == (first, "true")
    assert problem(reserve(shop, basket(2), headers=key)) == (422, "idempotency_mismatch")


def test_a_rule_of_several_is_taken_whole_or_not_at_all(shop: Any, rule: Any) -> None:
    plenty, scarce = rule(), rule(limits={"total": 1})
    reserved(shop)
    assert problem(reserve(shop)) == (409, "limit_reached")
    given = {each["offer_id"] for each in reserved(shop, basket(used_up="leave_out"))["discounts"]}
    assert plenty in given
    assert scarce not in given


def test_codes_are_told_once_and_used_once(shop: Any, rule: Any) -> None:
    offer_id = rule()
    asked = {"count": 3, "prefix": "may", "uses": 1}
    made = shop.call("POST", f"/v1/offer-rules/{offer_id}/codes", asked)
    assert made.status_code == 201, made.text
    codes = made.json()["codes"]
    assert len(set(codes)) == 3
    assert all(code.startswith("MAY-") for code in codes)
    assert reserved(shop)["discounts"] == [], "the offer opens by a code only, from now on"
    typed = codes[0].lower().replace("-", " ")
    quote = shop.call("POST", "/v1/offers/quote", basket(codes=[typed]), key="publishable").json()
    assert quote["discounts"]
    assert quote["codes"] == [{"code": typed, "usable": True}]
    held = reserved(shop, basket(codes=[codes[0]]))
    assert problem(reserve(shop, basket(codes=[codes[0]]))) == (409, "code_unusable")
    step(shop, held, "release")
    reserved(shop, basket(codes=[codes[0]]))
    reserved(shop, basket(codes=[codes[1]]))


def test_a_code_that_opens_nothing_is_told_in_one_way(shop: Any, rule: Any, open_shop: Any) -> None:
    """Promise S2: unknown, over, of another shop, used up: one answer."""
    other = open_shop("Elsewhere")
    other.call("POST", "/v1/offer-rules", {"offer_id": "o", "state": "live", "gives": OFF})
    live, paused, over = rule(), rule(state="paused"), rule(until="2020-01-01T00:00:00Z")

    def made(where: Any, offer_id: str) -> str:
        answer = where.call("POST", f"/v1/offer-rules/{offer_id}/codes", {"count": 1})
        return answer.json()["codes"][0]

    used = made(shop, live)
    reserved(shop, basket(codes=[used]))
    answers = set()
    for code in ("2345-6789-ABCD", used, made(other, "o"), made(shop, paused), made(shop, over)):
        quote = shop.call("POST", "/v1/offers/quote", basket(codes=[code]), key="publishable").json()
        refused = reserve(shop, basket(codes=[code]))
        assert problem(refused) == (409, "code_unusable")
        answers.add(
            (refused.text.replace(code, ""), str(quote["verdicts"]), str(quote["codes"]).replace(code, ""))
        )
    assert len(answers) == 1


def test_wrong_codes_are_limited_and_then_true_ones_are_not_looked_at(open_shop: Any) -> None:
    shop = open_shop("Guessed")
    shop.product("mug", price="9.99")
    shop.product("pan", price="40.00")
    shop.call("POST", "/v1/offer-rules", {"offer_id": "o", "state": "live", "gives": OFF})
    true = shop.call("POST", "/v1/offer-rules/o/codes", {"count": 1}).json()["codes"][0]
    guesses = basket(codes=[f"GUESS-{number}" for number in range(20)])
    answers = [shop.call("POST", "/v1/offers/quote", guesses, key="publishable") for _ in range(155)]
    stopped = [answer for answer in answers if answer.status_code == 429]
    assert stopped, "3,000 wrong codes a minute are the most of one shop"
    assert stopped[0].headers["Retry-After"]
    told = shop.call("POST", "/v1/offers/quote", basket(codes=[true]), key="publishable")
    assert told.status_code == 429
    assert shop.call("POST", "/v1/offers/quote", basket(), key="publishable").status_code == 200
    assert reserve(shop, basket(codes=[true])).status_code == 201, "the shop's own checkout goes on"
