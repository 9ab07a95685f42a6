"""One shopper over visits, devices and accounts, at the doors: joined at login, merged, taken apart."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from tests.api.conftest import OpenShop

DAY = "2026-11-0{}T10:00:00Z"


@pytest.fixture(scope="module", autouse=True)
def shelf(shop: OpenShop) -> None:
    for product in ("drill", "saw", "bits", "lamp", "file"):
        shop.product(product)


def name(start: str) -> str:
    return f"{start}-{uuid.uuid4().hex[:8]}"


def views(product: str, **who: Any) -> dict[str, Any]:
    viewed = {"type": "track", "event": "Product Viewed", "properties": {"product_id": product}}
    return {**viewed, "messageId": uuid.uuid4().hex, **who}


def as_shopper(shop: OpenShop, who: str, visitor: str | None = None) -> dict[str, str]:
    headers = {"Rapport-Shopper": shop.token(who)}
    return headers if visitor is None else {**headers, "Rapport-Anonymous": visitor}


def looked_at(shop: OpenShop, **headers: str) -> set[str]:
    """What a browser is shown as looked at last."""
    found = shop.suggestions("recently-viewed", key="publishable", headers=headers)
    return {card["product_id"] for card in found["products"]}


def known(shop: OpenShop, who: str) -> dict[str, Any]:
    answer = shop.call("GET", f"/v1/shoppers/{who}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def merge(shop: OpenShop, part: str, into: str) -> Any:
    return shop.call("POST", "/v1/shoppers/merge", {"from": part, "into": into})


def unmerge(shop: OpenShop, merge_id: str) -> Any:
    return shop.call("POST", "/v1/shoppers/unmerge", {"merge_id": merge_id})


# --- from visitor to shopper


def test_what_a_visitor_looked_at_is_theirs_from_the_login_on(shop: OpenShop) -> None:
    anna, visitor = name("anna"), name("x")
    shop.send(views("saw", anonymousId=visitor), key="publishable")
    assert looked_at(shop, **{"Rapport-Anonymous": visitor}) == {"saw"}
    login = views("drill", userId=anna, anonymousId=visitor)
    shop.send(login, key="publishable", headers=as_shopper(shop, anna))
    assert looked_at(shop, **as_shopper(shop, anna)) == {"saw", "drill"}
    assert looked_at(shop, **{"Rapport-Anonymous": visitor}) == set()
    joined = [each for each in known(shop, anna)["identities"] if each["kind"] == "anonymous"]
    assert [each["id"] for each in joined] == [visitor]
    assert unmerge(shop, joined[0]["merge_id"]).status_code == 200
    assert looked_at(shop, **as_shopper(shop, anna)) == {"drill"}
    assert looked_at(shop, **{"Rapport-Anonymous": visitor}) == {"saw"}


@pytest.mark.parametrize("type_", ["track", "identify", "alias"])
def test_a_browser_without_a_token_joins_nobody(shop: OpenShop, type_: str) -> None:
    anna, visitor = name("anna"), name("x")
    shop.send(views("drill", userId=anna))
    forged: dict[str, Any] = {
        **views("saw", userId=anna, anonymousId=visitor),
        "type": type_,
        "previousId": anna,
    }
    shop.send(forged, views("saw", anonymousId=visitor), key="publishable")
    assert looked_at(shop, **as_shopper(shop, anna)) == {"drill"}
    assert looked_at(shop, **{"Rapport-Anonymous": visitor}) == {"saw"}
    assert [each["kind"] for each in known(shop, anna)["identities"]] == ["user"]


def test_a_browser_merges_nobody(shop: OpenShop) -> None:
    for path, body in (("merge", {"from": "a", "into": "b"}), ("unmerge", {"merge_id": "m_x"})):
        answer = shop.call("POST", f"/v1/shoppers/{path}", body, key="publishable")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_the_second_shopper_at_one_browser_gets_nothing_of_the_first(shop: OpenShop) -> None:
    """A shared device, with and without the new number that `rapport.reset()` takes at logout."""
    anna, bob, visitor = name("anna"), name("bob"), name("x")
    shop.send(views("saw", anonymousId=visitor), key="publishable")
    shop.send(views("drill", anonymousId=visitor), key="publishable", headers=as_shopper(shop, anna))
    for number in (visitor, name("new")):
        login = views("lamp", anonymousId=number)
        shop.send(login, key="publishable", headers=as_shopper(shop, bob))
        assert looked_at(shop, **as_shopper(shop, bob, number)) == {"lamp"}
    assert looked_at(shop, **as_shopper(shop, anna, visitor)) == {"saw", "drill"}
    assert {each["id"] for each in known(shop, bob)["identities"]} == {bob, number}


# --- merged by the shop


def test_two_accounts_become_one_and_two_again(shop: OpenShop) -> None:
    anna, old = name("anna"), name("old")
    shop.send(shop.buys(anna, "drill"), shop.buys(old, "saw"), shop.buys(old, "bits"))
    before = [known(shop, who) for who in (anna, old)]
    made = merge(shop, old, anna)
    assert made.status_code == 201
    again = merge(shop, old, anna)
    assert (again.status_code, again.json()) == (200, made.json())
    for who in (anna, old):
        one = known(shop, who)
        assert one["value"]["frequency"] == 3
        assert {each["product_id"] for each in one["ownership"]} == {"drill", "saw", "bits"}
        assert {each["id"] for each in one["identities"]} == {anna, old}
    mine = shop.call("GET", "/v1/shoppers/me", key="publishable", headers=as_shopper(shop, old)).json()
    assert {each["product_id"] for each in mine["ownership"]} == {"drill", "saw", "bits"}
    assert unmerge(shop, made.json()["merge_id"]).status_code == 200
    assert unmerge(shop, made.json()["merge_id"]).status_code == 200
    for was, now in zip(before, [known(shop, who) for who in (anna, old)], strict=True):
        assert was["ownership"] == _ageless(now, was)
        assert was["value"]["frequency"] == now["value"]["frequency"]
        assert was["identities"] == now["identities"]


def _ageless(now: dict[str, Any], was: dict[str, Any]) -> list[dict[str, Any]]:
    """What is owned now, as old as it was when it was looked at before."""
    ages = {each["product_id"]: each["age_days"] for each in was["ownership"]}
    return [{**each, "age_days": ages[each["product_id"]]} for each in now["ownership"]]


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"from": "a", "into": "a"}, 422, "/into"),
        ({"from": "a"}, 422, "/into"),
        ({"from": 5, "into": "a"}, 422, "/from"),
        ({"from": "a", "into": "b", "more": 1}, 422, "/more"),
        ({"from": "no-one-at-all", "into": "nobody-either"}, 404, None),
    ],
)
def test_what_cannot_be_merged_is_said(shop: OpenShop, body: Any, status: int, pointer: str | None) -> None:
    answer = shop.call("POST", "/v1/shoppers/merge", body)
    assert answer.status_code == status, answer.text
    if pointer:
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_a_circle_is_refused(shop: OpenShop) -> None:
    a, b, c = name("a"), name("b"), name("c")
    shop.send(*(views("drill", userId=who) for who in (a, b, c)))
    assert [merge(shop, a, b).status_code, merge(shop, b, c).status_code] == [201, 201]
    assert merge(shop, c, a).status_code == 422
    assert merge(shop, a, c).status_code == 422


@pytest.mark.parametrize("merge_id", ["m_x", "v_x", "v_" + "A" * 22, "x"])
def test_a_merge_that_is_none_is_not_found(shop: OpenShop, merge_id: str) -> None:
    assert unmerge(shop, merge_id).status_code == 404


# --- in any order


def test_the_same_events_in_another_order_make_the_same_shopper(shop: OpenShop) -> None:
    answers = []
    for seed in (1, 2, 3):
        who = f"same{seed}"
        orders = [f"{who}-{n}" for n in range(65)]  # more than a profile holds by itself
        life = [
            shop.buys(who, "drill" if n % 2 else "saw", order=order, timestamp=DAY.format(1 + n % 5))
            for n, order in enumerate(orders)
        ]
        for n in (0, 31, 64):
            told = {"order_id": orders[n], "refund_id": f"r{n}", "products": [{"product_id": "drill"}]}
            life.append(_told("Order Refunded", who, DAY.format(8), **told))
        life.append(_told("Order Cancelled", who, DAY.format(9), order_id=orders[1]))
        again = {"order_id": orders[2], "products": [{"product_id": "lamp", "price": 3, "quantity": 2}]}
        life.append(_told("Order Updated", who, DAY.format(7), **again))
        life += [views(p, anonymousId=f"x-{who}", timestamp=DAY.format(3)) for p in ("bits", "file")]
        life.append(views("lamp", userId=who, anonymousId=f"x-{who}", timestamp=DAY.format(9)))
        random.Random(seed).shuffle(life)
        for start in range(0, len(life), 25):
            shop.send(*life[start : start + 25])
        assert shop.soon(lambda who=who: looked_at(shop, **as_shopper(shop, who)) == {"bits", "file", "lamp"})
        one = known(shop, who)
        owned = [{**each, "age_days": None} for each in one["ownership"]]
        figures = {**one["value"], "recency_days": None}
        answers.append((owned, figures, [each["kind"] for each in one["identities"]]))
    assert answers[0] == answers[1] == answers[2]


def _told(event: str, who: str, when: str, **properties: Any) -> dict[str, Any]:
    told = {"type": "track", "event": event, "userId": who, "timestamp": when, "properties": properties}
    return {**told, "messageId": uuid.uuid4().hex}
