"""Gifts for the next visit at the doors, and what partners bear, in a shop whose clock a test moves."""

from __future__ import annotations

import time
from typing import Any

import pytest

from plugin.activity import Shopper
from plugin.redemptions.statement import statement
from plugin.rights.erasing import Erasing
from plugin.store.memory import Store
from tests.api.gift_shop import DAY, HOUR, GiftShop

LINES = {"basket": {"lines": [{"product_id": "mug"}]}}


@pytest.fixture
def shop(store: Store) -> GiftShop:
    return GiftShop(store)


def test_a_gift_is_chosen_waits_opens_and_is_used_once(shop: GiftShop) -> None:
    shop.rule("three", when={"basket": {"quantity_at_least": 2}})
    shop.rule("five", gives={"amount_off": {"amount": "5.00"}})
    bought = shop.buys("ann", "o1")
    assert (bought["gifts"], bought["total"]["amount"]) == (["five", "three"], "19.98")
    assert [each["offer_id"] for each in shop.gifts("ann", "o1")["choose"]] == ["five", "three"]
    token = shop.token("ann")
    chosen = {"offer_id": "three", "order_id": "o1"}
    for _ in range(2):
        gift = shop.ask("POST", "/v1/gifts", chosen, key="pk", Rapport_Shopper=token)
        assert (gift["offer_id"], gift["state"]) == ("three", "waiting")
    five = {"offer_id": "five", "order_id": "o1"}
    assert shop.ask("POST", "/v1/gifts", five, 409, key="pk", Rapport_Shopper=token)["code"] == "refused"
    assert shop.gifts("ann", "o1")["choose"] == []
    assert shop.offers("ann")["three"] == "gift_waiting"
    shop.now += HOUR
    assert shop.offers("ann")["three"] == "gift"
    held = shop.ask("POST", "/v1/redemptions", {"shopper": "ann", **LINES})
    assert (held["total"]["amount"], "three" in shop.offers("ann")) == ("6.99", True)
    assert shop.states("ann") == ["used"]
    shop.ask("POST", f"/v1/redemptions/{held['redemption_id']}/release", {})
    assert shop.offers("ann")["three"] == "gift"
    used = shop.buys("ann", "o2", mugs=1)
    assert used["total"]["amount"] == "6.99"
    assert shop.states("ann") == ["used"]
    assert shop.offers("ann")["three"] == "basket"
    assert shop.buys("ann", "o3", mugs=1)["total"]["amount"] == "9.99"


def test_it_is_chosen_with_the_commit_and_whoever_did_not_earn_it_gets_none(shop: GiftShop) -> None:
    shop.rule("three", when={"basket": {"quantity_at_least": 2}}, limits={"total": 1})
    told = shop.buys("ann", "o1", gift="three", shopper="ann")
    assert (told["state"], told["gift"]["state"]) == ("committed", "waiting")
    told = shop.buys("ben", "ben-1", 1, gift="three", shopper="ben")
    assert (told["state"], told["gift"], told["gift_refused"]["code"]) == ("committed", None, "refused")
    assert shop.buys("ben", "ben-2")["gifts"] == []  # what is given away is earned by nobody
    told = shop.buys("cleo", "o9", gift="three", shopper="ann")
    assert told["gift_refused"]["code"] == "refused"
    choice = {"offer_id": "three", "order_id": "o1", "shopper": "ben"}
    for theirs_or_nobodys in ("o1", "none"):  # of whose order it is nothing is told
        told = shop.ask("POST", "/v1/gifts", {**choice, "order_id": theirs_or_nobodys}, 404)
        assert (told["code"], shop.gifts("ben", theirs_or_nobodys)["choose"]) == ("not_found", [])
    assert shop.ask("POST", "/v1/gifts", {**choice, **LINES}, 409)["code"] == "refused"
    del choice["shopper"]
    assert shop.ask("POST", "/v1/gifts", choice, 401, key="pk")["code"] == "unauthenticated"


def test_no_codes_are_made_for_a_gift(shop: GiftShop) -> None:
    shop.rule("three")
    assert shop.ask("POST", "/v1/offer-rules/three/codes", {"count": 1}, 409)["code"] == "refused"
    assert shop.buys("ann", "o1")["gifts"] == ["three"]


def test_of_two_who_earned_the_last_gift_one_has_it(shop: GiftShop) -> None:
    shop.rule("three", limits={"total": 1})
    earned = [
        shop.ask("POST", "/v1/redemptions", {"shopper": who, **LINES})["redemption_id"]
        for who in ("ann", "ben")
    ]
    for redemption, who, code in zip(earned, ("ann", "ben"), (None, "limit_reached"), strict=True):
        said = {"order_id": f"of {who}", "gift": "three", "shopper": who}
        told = shop.ask("POST", f"/v1/redemptions/{redemption}/commit", said)
        assert (told["state"], (told["gift_refused"] or {"code": None})["code"]) == ("committed", code)


def test_the_limit_counts_what_is_given_the_budget_what_is_used(shop: GiftShop) -> None:
    shop.rule("three", limits={"total": 2, "per_shopper": 1, "budget": "3.00"})
    lines = {"basket": {"lines": [{"product_id": "mug"}]}}
    for who, status in (("ann", 201), ("ben", 201), ("cleo", 409)):
        body = {"offer_id": "three", "order_id": f"of {who}", "shopper": who, **lines}
        shop.ask("POST", "/v1/gifts", body, status)
    shop.now += HOUR
    assert shop.buys("ann", "o1", 1)["total"]["amount"] == "6.99"
    assert shop.offers("ben")["three"] == "budget_reached"


def test_it_goes_with_the_order_that_earned_it_and_comes_back_with_it(shop: GiftShop) -> None:
    shop.rule("three")
    held = shop.buys("ann", "o1", gift="three", shopper="ann")
    path = f"/v1/redemptions/{held['redemption_id']}"
    shop.ask("POST", f"{path}/return", {"lines": [{"line": 0, "quantity": 1}]})
    shop.now += HOUR
    assert shop.states("ann") == ["open"]
    cancelled = {"event": "Order Cancelled", "userId": "ann", "properties": {"order_id": "o1"}}
    shop.ask("POST", "/v1/batch", {"batch": [shop.event(**cancelled)]})
    assert (shop.states("ann"), "three" in shop.offers("ann")) == (["cancelled"], True)
    assert shop.offers("ann")["three"] == "next_visit"
    shop.ask("POST", f"{path}/reopen", {})
    assert shop.states("ann") == ["open"]
    shop.ask("POST", f"{path}/return", {"lines": [{"line": 0, "quantity": 1}]}, Idempotency_Key="2")
    assert shop.states("ann") == ["cancelled"]


def test_it_is_over_after_its_days(shop: GiftShop) -> None:
    shop.rule("three", gift={"valid_days": 2})
    shop.buys("ann", "o1", gift="three", shopper="ann")
    shop.now += 2 * DAY - 1
    assert shop.offers("ann")["three"] == "gift"
    shop.now += 1
    assert (shop.offers("ann")["three"], shop.states("ann")) == ("next_visit", ["expired"])


def test_it_opens_with_the_next_visit_not_within_this_one(shop: GiftShop) -> None:
    shop.rule("three")
    shop.buys("ann", "o1", gift="three", shopper="ann")
    for number in range(5):
        shop.now += HOUR / 3
        viewed = {"event": "Product Viewed", "userId": "ann", "properties": {"product_id": f"p{number}"}}
        stamp = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(shop.now))}
        shop.ask("POST", "/v1/batch", {"batch": [shop.event(**viewed, **stamp)]})
        assert shop.offers("ann")["three"] == "gift_waiting"
    shop.now += HOUR / 2
    assert shop.offers("ann")["three"] == "gift"


def test_gifts_are_the_whole_persons_exported_and_erased_with_them(shop: GiftShop) -> None:
    shop.rule("three")
    for who, order_id in (("ann", "o1"), ("old ann", "o2")):
        viewed = {"event": "Product Viewed", "userId": who, "properties": {"product_id": "mug"}}
        shop.ask("POST", "/v1/batch", {"batch": [shop.event(**viewed)]})
        shop.buys(who, order_id, gift="three", shopper=who)
    shop.ask("POST", "/v1/shoppers/merge", {"from": "old ann", "into": "ann"})
    assert shop.states("ann") == ["waiting", "waiting"]
    exported = shop.ask("GET", "/v1/shoppers/ann/export")
    assert {gift["order_id"] for gift in exported["gifts"]} == {"o1", "o2"}
    Erasing(shop.merchant.shops, lambda: shop.now).ask(shop.shop_id, Shopper("ann"), "shop")
    assert shop.states("ann") == []
    late = {"offer_id": "three", "order_id": "o3", "shopper": "ann", **LINES}
    assert shop.ask("POST", "/v1/gifts", late, 409)["code"] == "refused"  # and no place is taken for it


def test_who_wants_no_profile_keeps_a_gift(shop: GiftShop) -> None:
    shop.rule("three")
    shop.ask("PUT", "/v1/shoppers/me/consent", {"profile": "no"}, key="pk", Rapport_Shopper=shop.token("ann"))
    shop.buys("ann", "o1", gift="three", shopper="ann")
    shop.now += HOUR
    assert shop.offers("ann")["three"] == "gift"


def test_partners_are_told_what_they_owe_also_after_returns(
    shop: GiftShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    funders = [{"partner": "Roaster", "share": 0.5}, {"partner": "Mill", "share": 0.25}]
    del_gift: dict[str, Any] = {"gift": None, "holdout": 0, "funded_by": funders}
    shop.rule("ten", **{**del_gift, "gives": {"amount_off": {"amount": "3.33"}}})
    quote = shop.ask("POST", "/v1/offers/quote", {"basket": {"lines": [{"product_id": "mug"}]}})
    parts = {each["partner"]: each["amount"]["amount"] for each in quote["funding"]}
    assert parts == {"Roaster": "1.67", "Mill": "0.83"}
    browser = shop.ask("POST", "/v1/offers/quote", {"basket": {"lines": [{"product_id": "mug"}]}}, key="pk")
    assert "funding" not in browser
    held = shop.buys("ann", "o1", mugs=3)
    path = f"/v1/redemptions/{held['redemption_id']}"
    first = shop.now
    shop.now += DAY
    shop.ask("POST", f"{path}/return", {"lines": [{"line": 0, "quantity": 1}]})
    whole = owed(shop)
    assert whole == {"given": "2.22", "Roaster": "1.11", "Mill": "0.56", "shop": "0.55"}
    assert owed(shop, until=first + HOUR)["given"] == "3.33"
    assert owed(shop, since=first + HOUR)["given"] == "-1.11"
    cancelled = {"event": "Order Cancelled", "userId": "ann", "properties": {"order_id": "o1"}}
    shop.ask("POST", "/v1/batch", {"batch": [shop.event(**cancelled)]})
    assert owed(shop) == {"given": "0.00", "Roaster": "0.00", "Mill": "0.00", "shop": "0.00"}
    told = shop.ask("GET", path)["funding"]
    assert [each["amount"]["amount"] for each in told] == ["0.00", "0.00"]
    assert statement(shop.memory, "ten").redemptions == 1
    wrong = "since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z"
    assert shop.ask("GET", f"/v1/offer-rules/ten/funding?{wrong}", status=422)["code"] == "invalid"
    for far in ("since=0001-01-01T00:00:00%2B23:00", "until=9999-12-31T23:59:59-23:00", "since=2026-01-01"):
        assert shop.ask("GET", f"/v1/offer-rules/ten/funding?{far}", status=422)["code"] == "invalid"
    shop.ask("DELETE", "/v1/offer-rules/ten", status=204)
    assert owed(shop)["Roaster"] == "0.00"  # partners are owed an account also of what is over
    shop.ask("GET", "/v1/offer-rules/none/funding", status=404)
    monkeypatch.setattr("api.funding.MOST_USES", 0)
    assert "rapport offers funding" in shop.ask("GET", "/v1/offer-rules/ten/funding", status=422)["detail"]


def owed(shop: GiftShop, **times: float) -> dict[str, str]:
    asked = "&".join(
        f"{name}={time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(at))}" for name, at in times.items()
    )
    told = shop.ask("GET", f"/v1/offer-rules/ten/funding?{asked}")
    parts = {each["partner"]: each["amount"]["amount"] for each in told["partners"]}
    return {"given": told["given"]["amount"], **parts, "shop": told["shop"]["amount"]}


def test_a_browser_that_asks_for_nothing_to_be_kept_leaves_the_choice_to_the_shop(shop: GiftShop) -> None:
    shop.rule("three")
    shop.buys("ann", "o1")
    choice = {"offer_id": "three", "order_id": "o1"}
    hers = {"key": "pk", "Rapport_Shopper": shop.token("ann"), "Sec_GPC": "1"}
    told = shop.ask("POST", "/v1/gifts", choice, 409, **hers)
    assert "Sec-GPC" in told["detail"]
    assert shop.states("ann") == []
    assert shop.ask("POST", "/v1/gifts", {**choice, "shopper": "ann"})["offer_id"] == "three"
