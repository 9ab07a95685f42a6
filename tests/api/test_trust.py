"""What browsers say of money counts nowhere, and programs teach nobody, until the shop says so."""

from __future__ import annotations

import json
import time
from typing import Any

from plugin.history import figures_between, interactions_before, known_from_orders
from plugin.shops import Shops
from plugin.trust.teachers import teachers_before
from plugin.worker import Worker
from tests.conftest import run_rapport

ORDER = {"order_id": "o1", "products": [{"product_id": "drill", "quantity": 2, "price": 10.0}]}


def bought(**who: str) -> dict[str, Any]:
    return {"type": "track", "event": "Order Completed", "properties": ORDER, **who}


def test_a_browsers_purchase_counts_for_nothing_until_the_shop_reports_it(shop: Any) -> None:
    shop.product("drill")
    headers = {"Rapport-Shopper": shop.token("anna")}
    shop.send(bought(userId="anna", messageId="claim"), key="publishable", headers=headers)

    def counts() -> dict[str, Any]:
        shops: Shops = shop.merchant.shops
        Worker(shops).drain(shop.shop_id)
        log, now = shops.memory(shop.shop_id).log, time.time()
        known = shop.call("GET", "/v1/shoppers/anna").json()
        offers = shop.call("POST", "/v1/offers/quote", {"shopper": "anna", "basket": BASKET}).json()
        granted = {each["offer_id"]: each["verdict"] for each in offers["verdicts"]}
        return {
            "value": (known["value"]["frequency"], known["value"]["monetary"]["amount"]),
            "ownership": [(each["product_id"], each["quantity"]) for each in known["ownership"]],
            "tiers": len(figures_between(log, 0.0, now)),
            "training": interactions_before(log, now).order_count,
            "catalogue": len(known_from_orders(log, now)),
            "buy again": _ids(shop, "because-you-bought"),
            "still a first order": granted["welcome"] == "granted",
            "has bought": granted["bought-one"] == "granted",
        }

    def _ids(shop: Any, kind: str) -> list[str]:
        answer = shop.call("GET", f"/v1/recommendations?kind={kind}&shopper=anna").json()
        return [each["product_id"] for each in answer["products"]]

    BASKET = {"lines": [{"product_id": "drill", "quantity": 1}], "currency": "EUR"}
    gives = {"percent_off": {"percent": 5}}
    for offer_id, when in (
        ("welcome", {"first_order": {}}),
        ("bought-one", {"bought": {"product_id": "drill"}}),
    ):
        rule = {"offer_id": offer_id, "title": {"en": offer_id}, "state": "live", "group": offer_id}
        rule |= {"when": when, "gives": gives, "holdout": 0}
        assert shop.call("POST", "/v1/offer-rules", rule).status_code == 201

    assert counts() == {
        "value": (0, "0.00"),
        "ownership": [],
        "tiers": 0,
        "training": 0,
        "catalogue": 0,
        "buy again": [],
        "still a first order": True,
        "has bought": False,
    }
    shop.send(bought(userId="anna", messageId="confirmed"))
    assert counts() == {
        "value": (1, "20.00"),
        "ownership": [("drill", 2)],
        "tiers": 1,
        "training": 1,
        "catalogue": 1,
        "buy again": [],
        "still a first order": False,
        "has bought": True,
    }


def test_a_program_that_says_so_is_kept_and_teaches_nothing_until_the_merchant_says_otherwise(
    shop: Any,
) -> None:
    look = {"type": "track", "event": "Product Viewed", "properties": {"product_id": "drill"}}
    for name, agent in (("crawler", "Mozilla/5.0 (compatible; Googlebot/2.1)"), ("person", "Mozilla/5.0")):
        event = {**look, "anonymousId": name, "messageId": f"agent/{name}"}
        shop.send(event, key="publishable", headers={"User-Agent": agent})
    driven = {**look, "anonymousId": "driven", "messageId": "agent/driven"}
    shop.send({**driven, "context": {"userAgent": "HeadlessChrome/120"}}, key="publishable")

    def nobody() -> frozenset[str]:
        shops: Shops = shop.merchant.shops
        Worker(shops).drain(shop.shop_id)
        words = shops.view(shop.shop_id, fresh=True).trust_words
        return teachers_before(shops.memory(shop.shop_id).log, time.time(), words).nobody

    assert nobody() == {"a:crawler", "a:driven"}
    shown = json.loads(command(shop, "show", "--json"))
    assert {each["id"]: (each["reasons"], each["teaches"]) for each in shown} == {
        "crawler": ({"says_so": 1.0}, False),
        "driven": ({"says_so": 1.0}, False),
    }
    command(shop, "say", "crawler", "person", "--visitor")
    assert nobody() == {"a:driven"}
    command(shop, "clear", "crawler", "--visitor")
    assert nobody() == {"a:crawler", "a:driven"}


def command(shop: Any, *arguments: str) -> str:
    return run_rapport(shop.service.environment, "trust", *arguments, "--shop", shop.shop_id).stdout
