"""Questions in batch: each is answered in its place, also those that mean nothing."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.asking import answer_queries
from plugin.catalog import Product
from plugin.history import catalogue_before
from plugin.merchant import Merchant
from plugin.storefront import Storefront
from plugin.worker import Worker

GOOD = {"kind": "trending", "limit": 1}


@pytest.fixture
def shop_id(merchant: Merchant) -> str:
    """A shop with one product and no model."""
    shop_id = merchant.open_shop("Asked", {}).settings.shop_id
    merchant.put_products(shop_id, [Product("pan", name="Pan")])
    return shop_id


@pytest.mark.parametrize(
    "odd",
    [
        {"locale": 5},
        {"locale": ["de"]},
        {"shopper": {"id": "ann"}},
        {"shopper": ["ann"]},
        {"kind": None},
        {"kind": "nothing"},
        {"limit": "4"},
        {"basket": "pan"},
        {"product": [1]},
    ],
)
def test_a_question_that_means_nothing_costs_the_others_no_answer(
    merchant: Merchant, shop_id: str, odd: dict[str, Any]
) -> None:
    queries = [{**GOOD, **odd}, GOOD, {**GOOD, "shopper": 17850, "locale": "de"}]
    wrong, *right = answer_queries(Storefront(merchant.shops), shop_id, queries, None)
    assert wrong["error"]["code"] == "invalid"
    assert [[card["product_id"] for card in answer["products"]] for answer in right] == [["pan"], ["pan"]]


def test_what_was_deleted_is_of_the_past_only_before_that(merchant: Merchant, shop_id: str) -> None:
    deleted_at = merchant.clock()
    merchant.delete_product(shop_id, "pan")
    Worker(merchant.shops).drain(shop_id)
    log, today = merchant.shops.memory(shop_id).log, merchant.shops.view(shop_id, fresh=True).catalogue

    def sellable(moment: float) -> list[str]:
        return [product.product_id for product in catalogue_before(log, moment, today) if product.sellable]

    assert sellable(deleted_at) == ["pan"]
    assert sellable(merchant.clock() + 1) == []
    assert len(today) == 0
