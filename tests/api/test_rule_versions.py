"""Every version of an offer rule is kept: who wrote it, what changed, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from plugin.offers.rulebook import write_rule
from plugin.store.rules import VERSIONS_KEPT
from tests.api.conftest import OpenShop

ODD = "rules/ü %2F/versions"


@pytest.fixture(scope="module")
def tea(open_shop: Callable[..., OpenShop]) -> OpenShop:
    return open_shop("Tea")


def rule(percent: int = 10, **changes: Any) -> dict[str, Any]:
    gives = {"percent_off": {"percent": percent}}
    return {"offer_id": "tea", "state": "draft", "gives": gives, "holdout": 0, **changes}


def write(shop: OpenShop, document: dict[str, Any]) -> int:
    answer = shop.call("POST", "/v1/offer-rules", document)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["version"]


def test_a_rule_goes_back_to_what_it_was_even_after_it_was_deleted(tea: OpenShop) -> None:
    path = "/v1/offer-rules/tea"
    write(tea, rule(10))
    write(tea, rule(20, when={"basket": {"subtotal_at_least": "40.00"}}))
    diff = tea.call("GET", f"{path}/diff?from=1").json()
    assert {each["pointer"]: (each["was"], each["is"]) for each in diff["changes"]} == {
        "/when": (None, {"basket": {"subtotal_at_least": "40.00"}}),
        "/gives/percent_off/percent": (10, 20),
    }
    assert "10" in diff["sentences"]["from"]
    assert "40.00" in diff["sentences"]["to"]
    assert tea.call("DELETE", path).status_code == 204
    assert tea.call("GET", path).status_code == 404
    kept = tea.call("GET", f"{path}/versions").json()["items"]
    assert [(each["version"], each["did"]) for each in kept] == [
        (3, "deleted"),
        (2, "written"),
        (1, "written"),
    ]
    assert all(each["who"].startswith("key ") and each["at"] for each in kept)
    assert tea.call("POST", f"{path}/revert", {"to": 3}).status_code == 409
    back = tea.call("POST", f"{path}/revert", {"to": 1})
    assert (back.status_code, back.json()["version"], back.json()["gives"]) == (200, 4, rule(10)["gives"])
    assert tea.call("GET", path).headers["ETag"] == '"4"'
    newest = tea.call("GET", f"{path}/versions").json()["items"][0]
    assert (newest["did"], newest["reverted_to"]) == ("reverted", 1)
    held = tea.call("GET", f"{path}/versions/2").json()
    assert held["rule"]["gives"] == {"percent_off": {"percent": 20}}
    assert tea.call("GET", f"{path}/versions/99").status_code == 404
    did = [entry.did for entry in tea.merchant.shops.memory(tea.shop_id).audit.newest(4)]
    assert did == ["rule.reverted", "rule.deleted", "rule.written", "rule.written"]
    assert tea.merchant.shops.memory(tea.shop_id).audit.verify().whole


def test_a_rule_with_a_strange_id_has_its_versions_too(tea: OpenShop) -> None:
    write(tea, rule(offer_id=ODD))
    write(tea, rule(30, offer_id=ODD))
    asked = {"id": ODD}
    path = "/v1/offer-rules/-"
    assert len(tea.call("GET", f"{path}/versions", params=asked).json()["items"]) == 2
    assert tea.call("GET", f"{path}/versions/1", params=asked).json()["version"] == 1
    assert len(tea.call("GET", f"{path}/diff?from=1&to=2", params=asked).json()["changes"]) == 1
    assert tea.call("POST", f"{path}/revert", {"to": 1}, params=asked).json()["version"] == 3


def test_what_was_changed_meanwhile_is_not_reverted_over(tea: OpenShop) -> None:
    path = "/v1/offer-rules/both"
    for percent in (10, 20):
        write(tea, rule(percent, offer_id="both"))
    stale = tea.call("POST", f"{path}/revert", {"to": 1}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert tea.call("POST", f"{path}/revert", {"to": 1}, headers={"If-Match": '"2"'}).status_code == 200


def test_no_version_is_lost_or_told_twice_when_many_write_at_once(tea: OpenShop) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda n: write(tea, rule(n + 1, offer_id="busy")), range(40)))
    assert sorted(numbers) == list(range(1, 41))
    kept = tea.call("GET", "/v1/offer-rules/busy/versions").json()["items"]
    assert [each["version"] for each in kept] == list(range(40, 0, -1))


def test_only_the_newest_versions_are_kept(tea: OpenShop) -> None:
    for n in range(VERSIONS_KEPT + 3):
        write_rule(tea.merchant, tea.shop_id, rule(n % 90 + 1, offer_id="long"))
    kept = tea.call("GET", "/v1/offer-rules/long/versions").json()["items"]
    assert [kept[0]["version"], kept[-1]["version"], len(kept)] == [VERSIONS_KEPT + 3, 4, VERSIONS_KEPT]


def test_a_rule_from_before_versions_were_kept_has_its_version_too(tea: OpenShop) -> None:
    body = b'{"version":7,"offer":{"offer_id":"old","state":"draft","gives":{"free_shipping":{}}}}'
    tea.merchant.shops.put(tea.shop_id, {"offer/old": body})
    path = "/v1/offer-rules/old"
    assert tea.call("GET", f"{path}/versions/7").json()["who"] is None
    assert write(tea, rule(offer_id="old")) == 8
    assert [each["version"] for each in tea.call("GET", f"{path}/versions").json()["items"]] == [8, 7]
    assert tea.call("POST", f"{path}/revert", {"to": 7}).json()["gives"] == {"free_shipping": {}}


def test_a_rule_deleted_before_the_currency_changed_is_still_told(open_shop: Callable[..., OpenShop]) -> None:
    shop, path = open_shop("Yen", currency="GBP"), "/v1/offer-rules/tea"
    write(shop, rule(when={"basket": {"subtotal_at_least": "10.50"}}))
    assert shop.call("PATCH", "/v1/shop", {"currency": "JPY"}).status_code == 409
    assert shop.call("DELETE", path).status_code == 204
    assert shop.call("PATCH", "/v1/shop", {"currency": "JPY"}).status_code == 200
    kept = shop.call("GET", f"{path}/versions").json()["items"]
    assert [(each["did"], each["sentence"]) for each in kept] == [("deleted", None), ("written", None)]
    assert shop.call("GET", f"{path}/versions/1").json()["rule"]["when"] is not None
    assert shop.call("GET", f"{path}/diff?from=1").status_code == 200
    assert shop.call("POST", f"{path}/revert", {"to": 1}).status_code == 422
