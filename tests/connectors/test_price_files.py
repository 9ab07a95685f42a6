"""What products cost in the past, from files: into its place, and nothing else is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from plugin.catalog import Product
from plugin.connectors.price_files import read_prices
from plugin.connectors.rejects import Rejects
from plugin.errors import Invalid
from plugin.merchant import Merchant
from plugin.prices.history import Change
from plugin.shop_window import bring_past_prices, with_its_prices

DAY = 86400.0
NOW = 1_790_000_000.0


@pytest.fixture
def rejects() -> Iterator[Rejects]:
    with Rejects() as held:
        yield held


def read(
    path: Path, rejects: Rejects, *rows: str, columns: str = "product_id,at,price,sale_price"
) -> list[object]:
    path.write_text("\n".join([columns, *rows]))
    return list(read_prices(path, currency="EUR", zone=UTC, now=NOW, rejects=rejects))


def test_rows_are_read_and_those_of_no_use_are_kept_with_their_reason(
    tmp_path: Path, rejects: Rejects
) -> None:
    rows = ["a,1970-01-02,1.50,", "a,1970-01-03T00:00:00Z,1.50,1.20", "a,1970-01-04,,"]
    wrong = [
        ",1970-01-02,1,",
        "a,soon,1,",
        "a,2999-01-01,1,",
        "a,1970-01-05,,1",
        "a,1970-01-05,dear,",
        "a,1970-01-05",
    ]
    assert read(tmp_path / "p.csv", rejects, *rows, *wrong) == [
        ("a", Change(DAY, 150, None)),
        ("a", Change(2 * DAY, 150, 120)),
        ("a", Change(3 * DAY, None, None)),
    ]
    assert rejects.counts == dict.fromkeys(
        (
            "no_product",
            "unreadable_time",
            "in_the_future",
            "no_price",
            "unreadable_price",
            "wrong_number_of_fields",
        ),
        1,
    )


@pytest.mark.parametrize("columns", ["product_id,price", "product_id,at,price,colour"])
def test_a_table_of_something_else_is_refused(tmp_path: Path, rejects: Rejects, columns: str) -> None:
    with pytest.raises(Invalid, match="what is read are"):
        read(tmp_path / "p.csv", rejects, columns=columns)


def test_the_past_takes_its_place_and_what_products_cost_now_stays(merchant: Merchant) -> None:
    shop_id = merchant.open_shop("Past", {"currency": "EUR"}).settings.shop_id
    cup = Product("cup", price=1000, sale_price=800, first_seen=NOW, updated_at=NOW)
    merchant.put_products(shop_id, [cup], at=NOW)
    documents = merchant.shops.memory(shop_id).documents
    past = [Change(NOW - 5 * DAY, 900, None), Change(NOW - 90 * DAY, 1000, None), Change(NOW + DAY, 1, None)]
    assert bring_past_prices(merchant.shops, shop_id, {"cup": past, "nobody": past}) == ["nobody"]
    held = with_its_prices(documents, "cup")
    assert held is not None
    assert [change.paid for change in held.prices] == [1000, 900, 800]
    assert (held.price, held.sale_price, held.updated_at, held.was) == (1000, 800, NOW, 900)
    assert merchant.shops.view(shop_id).catalogue.by_id["cup"].was == 900
    again = documents.get("product/cup")
    bring_past_prices(merchant.shops, shop_id, {"cup": past})
    assert documents.get("product/cup") == again
