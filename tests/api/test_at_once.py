"""Many callers at once: a catalogue that changes is read whole, and every answer is an answer."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from plugin.catalog import Catalogue, Product

CALLS = 25


def test_a_catalogue_being_read_stays_whole_while_it_changes() -> None:
    catalogue = Catalogue(Product(f"p{n}") for n in range(3))
    reading = iter(catalogue)
    first = next(reading)
    catalogue.put(Product("new"))
    catalogue.remove("p2")
    assert [first.product_id, *(product.product_id for product in reading)] == ["p0", "p1", "p2"]


def test_a_catalogue_is_read_while_it_is_written(open_shop: Any) -> None:
    shop = open_shop("Busy")
    lines = (json.dumps({"product_id": f"p{n}", "price": "2.00", "sale_price": "1.00"}) for n in range(800))
    shop.call(
        "POST",
        "/v1/products",
        data="\n".join(lines).encode(),
        headers={"Content-Type": "application/x-ndjson"},
    )

    def call(n: int) -> tuple[int, str]:
        method, path, body = (
            ("POST", "/v1/products", {"product_id": f"new-{n}"}),
            ("GET", "/v1/recommendations?kind=on-sale&limit=5", None),
            ("GET", "/v1/products?limit=5", None),
            ("GET", "/v1/recommendations?kind=trending&limit=5", None),
        )[n % 4]
        answer = shop.call(method, path, body)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(8) as pool:
        wrong = [found for found in pool.map(call, range(4 * CALLS)) if found[0] not in (200, 201)]
    assert wrong == []


def test_what_another_process_wrote_is_in_the_very_next_answer(open_shop: Any) -> None:
    shop = open_shop("Shared")
    for n in range(5):
        assert len(shop.ids("trending", key="publishable")) == n
        shop.merchant.put_products(
            shop.shop_id, [Product(f"p{n}", first_seen=float(n))]
        )  # not the service's own
        assert shop.ids("trending", key="publishable")[0] == f"p{n}"
        assert shop.call("GET", f"/v1/products/p{n}").status_code == 200
