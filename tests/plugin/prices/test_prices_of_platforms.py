"""What platforms tell of prices, in any order, is in the history in its place."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.catalog import Product
from plugin.connectors.platforms import FamilyTold, ProductTold
from plugin.intake.platform_products import PlatformProducts, ProductsTaken
from plugin.merchant import Merchant
from plugin.shop_window import with_its_prices
from plugin.shops import Shops
from plugin.worker import Worker

START = 1_790_000_000.0
DAY = 86400.0


class Platform:
    """A shop whose platform tells of one product."""

    def __init__(self, shops: Shops, merchant: Merchant) -> None:
        self.merchant = merchant
        self.shop_id = merchant.open_shop("Told", {"currency": "EUR"}).settings.shop_id
        self.documents = shops.memory(self.shop_id).documents
        self.products = PlatformProducts(shops, lambda: START + 90 * DAY, lambda document: document)

    def tells(self, day: float, price: int, sale: int | None = None) -> ProductsTaken:
        amounts = {name: f"{each}.00" for name, each in (("price", price), ("sale_price", sale)) if each}
        told: dict[str, Any] = {name: {"amount": text} for name, text in amounts.items()}
        document = {"product_id": "cup", "name": "Cup", "group_id": "1", "hidden": False, **told}
        return self.products.take(self.shop_id, "shopify", (ProductTold(document, START + day * DAY),), None)

    def goes(self, day: float) -> None:
        family = FamilyTold("1", frozenset(), START + day * DAY)
        self.products.take(self.shop_id, "shopify", (), family)

    @property
    def cup(self) -> Product:
        found = with_its_prices(self.documents, "cup")
        assert found is not None
        return found

    @property
    def paid(self) -> list[tuple[float, int | None]]:
        return [((change.at - START) / DAY, change.paid) for change in self.cup.prices]


@pytest.fixture
def platform(shops: Shops, merchant: Merchant) -> Platform:
    return Platform(shops, merchant)


def test_a_reduction_is_struck_from_the_price_before(platform: Platform) -> None:
    platform.tells(0, 10)
    platform.tells(40, 10, 8)
    assert platform.cup.was == 1000
    platform.tells(41, 10, 9)
    assert platform.cup.was is None


def test_a_message_overtaken_by_a_newer_one_still_counts(platform: Platform) -> None:
    platform.tells(0, 10)
    platform.tells(40, 10, 8)
    assert platform.tells(35, 6) == ProductsTaken()  # nothing of the product is new
    assert platform.paid == [(0, 1000), (35, 600), (40, 800)]
    assert platform.cup.was is None
    assert (platform.cup.price, platform.cup.sale_price) == (1000, 800)


def test_while_it_is_gone_from_the_platform_it_has_no_price(platform: Platform) -> None:
    platform.tells(0, 10)
    platform.goes(5)
    platform.tells(50, 20)
    platform.tells(52, 20, 15)
    assert platform.paid[:3] == [(0, 1000), (5, None), (50, 2000)]
    assert platform.cup.was is None


def test_the_log_hears_of_changes_without_their_past(platform: Platform) -> None:
    platform.tells(0, 10)
    platform.tells(40, 10, 8)
    memory = platform.merchant.shops.memory(platform.shop_id)
    Worker(platform.merchant.shops).drain(platform.shop_id)
    rows = memory.log.query("SELECT properties FROM log WHERE kind = 'product'", {}).to_pylist()
    assert len(rows) == 2
    assert not any("prices" in row["properties"] for row in rows)
