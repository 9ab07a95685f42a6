"""The simulated shop's sales: what it strikes itself and what the service strikes are the same prices."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from api.cli.simulate import fill
from plugin.connectors.simulated import World, simulate
from plugin.merchant import Merchant
from plugin.money import as_document
from plugin.prices.checking import NOT_CHEAPER, doubts_of_reductions
from plugin.prices.claims import lowest
from plugin.shop import Shop
from plugin.shop_window import reduced_with_prices
from plugin.shops import Shops
from plugin.store.memory import Store

MARCH, NOVEMBER = datetime(2026, 3, 4, 12, tzinfo=UTC), datetime(2025, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module", params=[NOVEMBER, pytest.param(MARCH, marks=pytest.mark.slow)])
def filled(request: Any, store: Any) -> tuple[World, Shop]:
    """A small world on an ordinary day and in the great week of November, lived through in the service."""
    shops = Shops(store)
    merchant = Merchant(shops, lambda: request.param.timestamp())
    shop_id = merchant.open_shop("Simulated", {"currency": "EUR"}).settings.shop_id
    world = simulate(7, until=request.param, months=6, shoppers=10)
    fill(shops, shop_id, world)
    return world, shops.view(shop_id, fresh=True)


def test_the_service_and_the_shop_strike_the_same_prices(filled: tuple[World, Shop]) -> None:
    world, shop = filled
    struck = {p.product_id: as_document(p.was, "EUR") for p in shop.catalogue if p.was is not None}
    assert struck == world.prior_prices
    assert len(struck) > 10
    stated = {document["product_id"]: document["sale_price"] for document in world.products}
    assert {p.product_id: as_document(p.sale_price, "EUR") for p in shop.catalogue} == stated


def test_reductions_that_are_none_are_planted_and_found(filled: tuple[World, Shop], store: Store) -> None:
    """What an earlier campaign sold for as little, or for less, within the thirty days before."""
    world, shop = filled
    reduced = {document["product_id"] for document in world.products if document["sale_price"]}
    called = reduced_with_prices(store.shop(shop.shop_id).documents, shop.catalogue)
    doubts = doubts_of_reductions(called, "UTC")
    found = {doubt.product.product_id: doubt for doubt in doubts if doubt.code == NOT_CHEAPER}
    assert found.keys() == reduced - world.prior_prices.keys()
    assert found
    for doubt in found.values():
        assert doubt.claim.looked_from is not None
        assert doubt.claim.began is not None
        before = lowest(doubt.product.prices, doubt.claim.looked_from, doubt.claim.began)
        assert before is not None
        assert before <= (doubt.product.price_now or 0)
