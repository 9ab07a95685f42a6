"""What a shopper is worth, at the door, in the shopper's own document and by the command line."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from api.schemas.answered import VALUE
from plugin.worker import Worker, refresh_value

DAYS = ([300, 220, 150, 80, 10], [300, 290], [200])
EXPECTED = ("expected_orders", "expected_spend", "expected_profit", "still_customer", "above", "as_of")


@pytest.fixture(scope="module")
def valued(shop: Any) -> Any:
    """A shop of thirty buyers, learned from; its pan costs 7.00 and sells for 10.00."""
    shop.product("pan", cost="7.00")
    events = []
    for who in range(30):
        for nr, ago in enumerate(DAYS[who % 3]):
            at = datetime.fromtimestamp(time.time() - (ago + who / 10) * 86_400, UTC).isoformat()
            events.append(shop.buys(f"buyer-{who}", "pan", order=f"{who}-{nr}", timestamp=at))
    shop.send(*events)
    shops = shop.merchant.shops

    def learned() -> bool:
        refresh_value(shops, shop.shop_id, time.time())
        value = shops.view(shop.shop_id, fresh=True).value
        return value is not None and value.buyers == 30

    Worker(shops).drain(shop.shop_id)
    assert shop.soon(learned)
    assert shop.soon(lambda: value_of(shop, "buyer-0")["from_buyers"] == 30)
    return shop


def value_of(shop: Any, who: str) -> dict[str, Any]:
    answer = shop.call("GET", f"/v1/shoppers/{who}")
    assert answer.status_code == 200, answer.text
    return answer.json()["value"]


def test_a_shoppers_value_says_what_is_expected_from_what_and_since_when(valued: Any) -> None:
    loyal, left = value_of(valued, "buyer-0"), value_of(valued, "buyer-1")
    assert list(loyal) == list(left) == VALUE["required"]
    assert loyal["frequency"] == 5
    assert loyal["expected_orders"] > left["expected_orders"] >= 0
    assert 0 <= left["still_customer"] < loyal["still_customer"] <= 1
    assert loyal["expected_spend"]["currency"] == "EUR"
    spend, profit = (float(loyal[name]["amount"]) for name in ("expected_spend", "expected_profit"))
    assert profit == pytest.approx(0.3 * spend, abs=0.02)
    assert (loyal["ahead_days"], loyal["from_buyers"]) == (365, 30)
    assert datetime.fromisoformat(loyal["as_of"])


def test_of_somebody_who_never_bought_nothing_is_expected(valued: Any) -> None:
    valued.send({"type": "identify", "userId": "looker", "messageId": "looker", "traits": {"name": "L"}})
    assert {value_of(valued, "looker")[name] for name in EXPECTED} == {None}


def test_the_command_lists_ten_bands_and_the_document_of_a_shopper_has_what_is_expected(valued: Any) -> None:
    told = json.loads(valued.service.rapport("value", "--shop", valued.shop_id, "--json").stdout)
    assert [band["band"] for band in told["bands"]] == list(range(1, 11))
    assert sum(band["buyers"] for band in told["bands"]) == told["from_buyers"] == 30
    assert sum(band["share_of_spend"] for band in told["bands"]) == pytest.approx(1, abs=0.01)
    assert told["margin"] == 0.3
    document = valued.call("GET", "/v1/shoppers/buyer-0/export")
    assert document.status_code == 200
    assert "expected_orders" in document.text
