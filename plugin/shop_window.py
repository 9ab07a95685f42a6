"""Writing the shop window: products with the prices they had, and what the log is told of it, in one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import orjson

from plugin.activity import Activity, Line
from plugin.catalog import Product
from plugin.prices.history import Change, History
from plugin.prices.keeping import (
    after_deletion,
    from_before,
    known_prices,
    no_longer_needed,
    with_past,
    with_prices,
)
from plugin.shops import Shops
from plugin.store.documents import Documents


def write_products(shops: Shops, shop_id: str, products: Sequence[Product], at: float, now: float) -> None:
    """Write products as they are to be seen since `at`; their prices are added to those they had.

    What somebody else writes at the same time is read again, so that no price is lost.
    """
    documents, settings = shops.memory(shop_id).documents, shops.view(shop_id).settings
    left = {product.product_id: product for product in products}
    born_again: list[str] = []
    while left:
        bodies = documents.get_many([f"product/{each}" for each in left])
        held = {
            each: Product.from_bytes(body) if body else None for each, body in zip(left, bodies, strict=True)
        }
        new = [each for each, known in held.items() if known is None or not known.prices]
        former = former_prices(shops, shop_id, new)
        changes, history = {}, {}
        for (product_id, product), body in zip(left.items(), bodies, strict=True):
            known = known_prices(held[product_id], former.get(product_id, ()))
            kept = with_prices(product, known, at, now, settings.timezone)
            name = f"product/{product_id}"
            changes[name] = (body, kept.to_bytes())
            history[name] = history_of(kept, at, now).to_bytes()
        overtaken = documents.swap_many(changes, history)
        born_again += [each for each in former if f"product/{each}" not in overtaken]
        left = {each: product for each, product in left.items() if f"product/{each}" in overtaken}
    if born_again:
        documents.put({f"prices/{each}": None for each in born_again})
    shops.view(shop_id, fresh=True)


def bring_past_prices(shops: Shops, shop_id: str, past: Mapping[str, Sequence[Change]]) -> list[str]:
    """Add what products cost earlier, in its place in time; return the ids of which the shop window has none.

    Of what is later than a product was last written nothing is taken: that is known better.
    """
    documents, zone = shops.memory(shop_id).documents, shops.view(shop_id).settings.timezone
    left, unknown = list(past), []
    while left:
        bodies = documents.get_many([f"product/{each}" for each in left])
        changes = {}
        for product_id, body in zip(left, bodies, strict=True):
            held = Product.from_bytes(body) if body else None
            if held is None or held.source != "merchant":
                unknown.append(product_id)
            else:
                after = with_past(held, past[product_id], zone)
                changes[f"product/{product_id}"] = (body, after.to_bytes())
        overtaken = documents.swap_many(changes)
        left = [each for each in left if f"product/{each}" in overtaken]
    shops.view(shop_id, fresh=True)
    return unknown


def take_out(shops: Shops, shop_id: str, product: Product, now: float) -> None:
    """Take a product out of the catalogue; its prices are kept for two months, should it come back."""
    view = shops.view(shop_id)
    name = f"product/{product.product_id}"
    gone = history_of(replace(product, hidden=True, updated_at=now), now, now)
    held = with_its_prices(shops.memory(shop_id).documents, product.product_id) or product
    former = list(view.former_prices.items())  # another thread may take in changes meanwhile
    bodies: dict[str, bytes | None] = {
        f"prices/{each}": None for each, ended in former if no_longer_needed(ended, now)
    }
    if (kept := after_deletion(held, now, view.settings.currency)) is not None:
        bodies[f"prices/{product.product_id}"] = kept
    shops.put(shop_id, {name: None, **bodies}, {name: gone.to_bytes()})


def with_its_prices(documents: Documents, product_id: str) -> Product | None:
    """Return a product as it is written, with the prices it had; None when the shop has none of that id."""
    body = documents.get(f"product/{product_id}")
    return Product.from_bytes(body) if body else None


def reduced_with_prices(documents: Documents, catalogue: Iterable[Product]) -> list[Product]:
    """Return the products that the shop calls reduced, with the prices they had."""
    reduced = [each for each in catalogue if each.sale_price is not None and each.source == "merchant"]
    bodies = documents.get_many([f"product/{each.product_id}" for each in reduced])
    return [Product.from_bytes(body) for body in bodies if body]


def history_of(product: Product, at: float, now: float) -> Activity:
    """Return the log's line about a product: what it looked like from this moment on."""
    return Activity(
        message_id=f"product:{product.product_id}:{at}",
        kind="product",
        event="product",
        at=at,
        received_at=now,
        trust="shop",
        shopper=None,
        lines=(Line(product.product_id, 1, product.price, product.name),),
        # Its earlier prices stand in the log's earlier lines.
        properties=orjson.loads(replace(product, prices=()).to_bytes()),
    )


def former_prices(shops: Shops, shop_id: str, product_ids: list[str]) -> dict[str, History]:
    """Return the prices of products from before they were deleted, of those that were."""
    if not product_ids:
        return {}
    documents, currency = shops.memory(shop_id).documents, shops.view(shop_id).settings.currency
    bodies = documents.get_many([f"prices/{each}" for each in product_ids])
    found = {each: from_before(body, currency) for each, body in zip(product_ids, bodies, strict=True)}
    return {each: prices for each, prices in found.items() if prices}
