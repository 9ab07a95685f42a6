"""`rapport offers`: rules looked through, replayed, seen, and brought back, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Service

OFF = {"percent_off": {"percent": 10}}


@pytest.fixture(scope="module")
def shop_id(service: Service) -> str:
    shop = service.new_shop("Rules")
    call = {"key": shop["secret_key"]}
    product = {"product_id": "beans", "name": "Beans", "price": "10.00", "category": "Coffee"}
    assert service.call("POST", "/v1/products", json=product, **call).status_code == 201
    order = {
        "type": "track",
        "event": "Order Completed",
        "userId": "ann",
        "messageId": "m1",
        "properties": {"order_id": "o1", "products": [{"product_id": "beans", "price": 10, "quantity": 2}]},
    }
    assert service.call("POST", "/v1/batch", json={"batch": [order]}, **call).status_code == 200
    for percent in (10, 20):
        rule = {"offer_id": "tea", "holdout": 0, "gives": {"percent_off": {"percent": percent}}}
        service.call("POST", "/v1/offer-rules", json=rule, **call)
    return shop["shop_id"]


def told(service: Service, *arguments: str) -> dict[str, Any]:
    return json.loads(service.rapport("offers", *arguments, "--json").stdout)


def test_rules_in_files_are_looked_through(service: Service, shop_id: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    never = {"all": [{"first_order": {}}, {"order_count": {"at_least": 1}}]}
    bad.write_text(
        json.dumps([{"offer_id": "a", "gives": OFF, "when": never}, {"offer_id": "b", "gives": {}}])
    )
    done = service.rapport("offers", "lint", str(bad), "--shop", shop_id, "--json", check=False)
    assert done.returncode == 1
    found = json.loads(done.stdout)["findings"]
    assert {(each["offer_id"], each["code"]) for each in found} >= {("a", "unreachable"), ("b", "invalid")}
    good = service.rapport("offers", "lint", "--shop", shop_id)
    assert "1 rules: 0 errors, 2 warnings" in good.stdout


def test_a_rule_is_replayed_with_a_picture(service: Service, shop_id: str, tmp_path: Path) -> None:
    file = tmp_path / "rule.json"
    file.write_text(json.dumps({"offer_id": "new", "gives": OFF, "holdout": 0}))
    drawn = service.rapport("offers", "replay", str(file), "--shop", shop_id).stdout
    assert "would have been given on 1 of 1 orders" in drawn
    assert "2.00 EUR" in drawn
    assert "\N{FULL BLOCK}" in drawn
    asked = ("--since", "2026-05-01", "--until", "2026-04-01")
    assert service.rapport("offers", "replay", "tea", "--shop", shop_id, *asked, check=False).returncode == 1


def test_offers_are_seen_as_a_shopper(service: Service, shop_id: str) -> None:
    seen = told(service, "preview", "--shop", shop_id, "--shopper", "ann", "--basket", "beans=3")
    assert [(each["offer_id"], each["verdict"], each["state"]) for each in seen["offers"]] == [
        ("tea", "granted", "draft")
    ]


def test_a_version_is_brought_back(service: Service, shop_id: str) -> None:
    diff = told(service, "diff", "tea", "--shop", shop_id, "--from", "1", "--to", "2")
    assert diff["changes"] == [{"pointer": "/gives/percent_off/percent", "was": 10, "is": 20}]
    back = told(service, "revert", "tea", "--shop", shop_id, "--to", "1")
    assert (back["version"], back["gives"]) == (3, OFF)
    kept = told(service, "versions", "tea", "--shop", shop_id)["versions"]
    assert next((each["version"], each["did"], each["who"]) for each in kept) == (
        3,
        "reverted",
        "command line",
    )
    whole = service.rapport("audit", "verify", "--shop", shop_id, "--json")
    assert json.loads(whole.stdout)["whole"] is True
