"""What an offer brings, from events at the shop's own door to the answer: what was planted is told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from plugin.merchant import Merchant
from plugin.offers.holdout import holds_out
from plugin.offers.rulebook import write_rule
from tests.api.conftest import OpenShop

DAY = 86_400.0
SHOPPERS = 400
RULE = {
    "offer_id": "spring/10 %",
    "state": "live",
    "gives": {"percent_off": {"percent": 10}},
    "holdout": 0.5,
}
PATH = "/v1/offer-rules/spring%2F10%20%25/effect"


@pytest.fixture(scope="module")
def seeds(open_shop: Callable[..., OpenShop]) -> OpenShop:
    return open_shop("Seeds")


def iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def come(seeds: OpenShop, since: float, offer: Any) -> None:
    """Everybody looks at the bulbs; two in ten of those held out buy them, seven in ten of the others."""
    events: list[dict[str, Any]] = []
    for number in range(SHOPPERS):
        who, at = f"s{number}", since + 3600.0 * number / SHOPPERS
        seen = {"product_id": "bulbs", "price": 10}
        look = {"type": "track", "event": "Product Viewed", "messageId": f"look-{who}", "properties": seen}
        events.append({**look, "userId": who, "timestamp": iso(at)})
        held = holds_out(offer, f"{seeds.shop_id}/u:{who}")
        if number % 10 < (2 if held else 7):
            events.append(seeds.buys(who, "bulbs", timestamp=iso(at + DAY)))
    seeds.send(*events)


def test_from_events_to_an_honest_sentence(seeds: OpenShop) -> None:
    since = time.time() - 60 * DAY
    seeds.product("bulbs", cost="4.00")
    offer, _ = write_rule(Merchant(seeds.merchant.shops, lambda: since), seeds.shop_id, RULE)
    before = seeds.call("GET", PATH).json()
    assert (before["state"], before["ordered"]) == ("not_yet", None)
    come(seeds, since + DAY, offer)

    command = ("offers", "effect", RULE["offer_id"], "--shop", seeds.shop_id)
    told = json.loads(seeds.service.rapport(*command, "--json").stdout)
    assert (told["state"], told["counted_by"], told["days"]) == ("measured", "visits", 28)
    assert told["offered"] + told["held_out"] == SHOPPERS
    assert told["ordered"]["low"] > 0.25
    assert told["ordered"]["likely"] > 0.99
    assert float(told["left_above_cost"]["low"]["amount"]) > 1.0
    assert told["sentence"].startswith("It makes more shoppers order")
    after = seeds.call("GET", PATH)
    assert after.json() == told
    assert seeds.call("GET", "/v1/offer-rules/-/effect?id=spring%2F10%20%25").json() == told


def test_what_cannot_be_answered_is_refused(seeds: OpenShop) -> None:
    assert seeds.call("GET", "/v1/offer-rules/none/effect").status_code == 404
    assert seeds.call("GET", PATH, key="publishable").status_code == 403
    wrong = seeds.service.rapport("offers", "effect", "none", "--shop", seeds.shop_id, check=False)
    assert wrong.returncode == 1
    assert "no offer rule" in wrong.stderr


def test_held_out_is_told_to_the_shops_server_alone(seeds: OpenShop) -> None:
    offer = seeds.merchant.shops.view(seeds.shop_id, fresh=True).offers[RULE["offer_id"]]
    held = next(n for n in range(99) if holds_out(offer, f"{seeds.shop_id}/u:s{n}"))
    mine = seeds.call("GET", f"/v1/offers?shopper=s{held}").json()["offers"]
    assert [(each["verdict"], each["reason"]) for each in mine if each["offer_id"] == RULE["offer_id"]] == [
        ("refused", "held_out")
    ]
    headers = {"Rapport-Shopper": seeds.token(f"s{held}")}
    seen = seeds.call("GET", "/v1/offers", key="publishable", headers=headers)
    assert "held_out" not in seen.text
    assert RULE["offer_id"] not in [each["offer_id"] for each in seen.json()["offers"]]
