"""The live view of a shop's documents, and what a merchant changes in them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest

from plugin.errors import Refused
from plugin.merchant import Merchant
from plugin.offers.rulebook import write_rule
from plugin.shop import Shop, ShopSettings
from plugin.shops import Shops
from plugin.store.memory import Store

OFF = {
    "offer_id": "off",
    "title": "500 off",
    "state": "live",
    "when": {"basket": {"subtotal_at_least": "2000"}},
    "gives": {"amount_off": {"amount": "500"}},
}


@pytest.mark.parametrize("last", ["settings", "offer/off"])
def test_amounts_are_read_in_the_shops_currency_in_whatever_order_documents_come(last: str) -> None:
    bodies = {
        "settings": ShopSettings("tokyo", "Tokyo", currency="JPY").to_bytes(),
        "offer/off": orjson.dumps({"version": 1, "offer": OFF}),
    }
    bodies[last] = bodies.pop(last)
    shop = Shop("tokyo")
    shop.take(1, bodies)
    assert shop.offers["off"].currency == "JPY"


def test_a_view_that_was_first_met_by_its_version_is_looked_at_again(
    store: Store, merchant: Merchant
) -> None:
    shop_id = merchant.open_shop("Met", {}).settings.shop_id
    fresh = Shops(store)
    assert fresh.at(shop_id, 1).settings.name == "Met"
    assert fresh.view(shop_id).settings.name == "Met"


def test_settings_changed_at_the_same_time_are_all_kept(merchant: Merchant) -> None:
    shop_id = merchant.open_shop("Busy", {}).settings.shop_id

    def change(number: int) -> None:
        merchant.change_settings(shop_id, {"retention": {f"part {number}": number}})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(80)))
    assert len(merchant.shops.view(shop_id, fresh=True).settings.retention) == 80


@pytest.mark.parametrize(
    "write",
    [
        lambda merchant, shop_id: write_rule(merchant, shop_id, OFF),
        lambda merchant, shop_id: merchant.set_ladder(
            shop_id,
            {"basis": "spend", "tiers": [{"tier": "all"}, {"tier": "more", "from": "100.00"}]},
        ),
    ],
)
def test_the_currency_is_settled_by_the_first_amount_written(merchant: Merchant, write: Any) -> None:
    shop_id = merchant.open_shop("Settling", {"currency": "EUR"}).settings.shop_id
    assert merchant.change_settings(shop_id, {"currency": "JPY"}).currency == "JPY"
    write(merchant, shop_id)
    assert merchant.change_settings(shop_id, {"currency": "JPY", "locale": "ja"}).locale == "ja"
    with pytest.raises(Refused):
        merchant.change_settings(shop_id, {"currency": "EUR"})
