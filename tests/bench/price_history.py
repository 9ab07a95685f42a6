"""What keeping prices costs: `python -m tests.bench.price_history [--products N] [--json]`.

Writes a catalogue four times into an embedded store of its own: new, unchanged, reduced and back at its
price. It tells how many products a second that is, how many bytes of their documents are past prices, and
what a process holds of them.
"""

from __future__ import annotations

import json
import tempfile
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import click

from plugin.catalog import Product
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import open_store

SINCE = 1_700_000_000.0


def catalogue(count: int) -> list[Product]:
    """Return a catalogue of so many products as feeds describe them."""
    return [
        Product(
            f"product-{n}",
            name=f"A product called {n}",
            url=f"https://shop.example/p/{n}",
            image_url=f"https://shop.example/i/{n}.jpg",
            price=1000 + n % 500,
            cost=500,
            category="Kitchen > Pans",
            brand="Acme",
            first_seen=SINCE,
            updated_at=SINCE,
        )
        for n in range(count)
    ]


def held_by_a_process(bodies: list[bytes], *, with_prices: bool) -> float:
    """Return the bytes that a process takes for each product it has read."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    held = [Product.from_bytes(body, with_prices=with_prices) for body in bodies]
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return taken / len(held)


@click.command()
@click.option("--products", "count", default=10_000, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(count: int, as_json: bool) -> None:
    """Tell what a product's prices cost to write and to keep."""
    plain = catalogue(count)
    lives = {
        "new": plain,
        "unchanged": plain,
        "reduced": [replace(p, sale_price=900) for p in plain],
        "back": plain,
    }
    told: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Settings(data=Path(folder), shards=8))
        merchant = Merchant(Shops(store), time.time)
        shop_id = merchant.open_shop("Prices", {"currency": "EUR"}).settings.shop_id
        documents = store.shop(shop_id).documents
        names = [f"product/{p.product_id}" for p in plain]
        bodies: list[bytes] = []
        for step, products in lives.items():
            began = time.perf_counter()
            merchant.put_products(shop_id, products)
            took = time.perf_counter() - began
            bodies = [body for body in documents.get_many(names) if body]
            past = [
                len(body) - len(replace(Product.from_bytes(body), prices=(), was=None).to_bytes())
                for body in bodies
            ]
            told[step] = {"products_per_s": count / took, "bytes_of_past": sum(past) / count}
        store.close()
    told["in_a_process"] = {
        "bytes_each": held_by_a_process(bodies, with_prices=False),
        "bytes_each_with_past": held_by_a_process(bodies, with_prices=True),
    }
    if as_json:
        click.echo(json.dumps(told, indent=1))
        return
    for step, figures in told.items():
        click.echo(f"{step:>14} " + ", ".join(f"{value:,.0f} {name}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
