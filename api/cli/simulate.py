"""`rapport simulate`: fill a shop with a world whose truths are known."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import click

from api.bodies import valid
from api.cli.output import as_json, bar, machine, of_shop, open_shops
from api.schemas.documents import ProductDocument
from api.schemas.uses import UseIdeaDocument
from plugin.connectors.segment import Sender, read_document
from plugin.connectors.simulated import World
from plugin.connectors.simulated import simulate as imagine
from plugin.errors import Refused
from plugin.intake.importing import Imported, bring_in
from plugin.merchant import Merchant, product_of
from plugin.shops import Shops
from plugin.uses.writing import put_ideas

MONTHS = 18


@click.command()
@of_shop
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--shoppers", type=click.IntRange(10, 100_000), default=2_000, show_default=True)
@click.option("--until", default=None, metavar="DATE", help="The last day of the history; default today.")
@click.option(
    "--site", default="http://127.0.0.1:8081", show_default=True, help="Where the shop's pages are."
)
@click.option(
    "--truth",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write the planted truths here.",
)
@click.option(
    "--export",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Write what the shop has as its own data: products, shoppers, orders, pictures.",
)
@as_json
def simulate(
    shop_id: str,
    seed: int,
    shoppers: int,
    until: str | None,
    site: str,
    truth: Path | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Fill a shop with the simulated world: about 300 products, 2,000 shoppers, 18 months."""
    with open_shops() as shops, bar("Imagining the shop", None, as_json) as tell:
        shops.store.existing(shop_id)
        currency = shops.view(shop_id).settings.currency
        world = imagine(
            seed, until=last_day(until), months=MONTHS, shoppers=shoppers, site=site, currency=currency
        )
        if truth:
            truth.write_text(json.dumps(world.truth, indent=1, ensure_ascii=False))
        if folder:
            world.write(folder)
        done = fill(
            shops, shop_id, world, lambda came: tell(description="Living 18 months", completed=came.read)
        )
    if as_json:
        machine(done)
    else:
        click.echo(", ".join(f"{value:,} {name}" for name, value in done.items()))


def fill(shops: Shops, shop_id: str, world: World, progress: Any = None) -> dict[str, int]:
    """Bring a world into a shop through the same doors as any real one, and return what that came to."""
    view = shops.view(shop_id, fresh=True)
    sender = Sender("shop", view.settings.currency)
    documents = world.activities()
    now = time.time()
    first = list(islice(documents, 1))
    opened = read_document(first[0], sender, now).at if first else now
    schema = ProductDocument()
    merchant = Merchant(shops, time.time)
    products = [product_of(valid(schema, document), view, opened - 1) for document in world.products]
    merchant.put_products(shop_id, [replace(each, sale_price=None) for each in products], at=opened - 1)
    for at, changed in world.past_prices():
        view = shops.view(shop_id, fresh=True)
        told = [product_of(valid(schema, document), view, max(at, opened)) for document in changed]
        merchant.put_products(shop_id, told, at=max(at, opened))
    ideas = UseIdeaDocument()
    put_ideas(merchant, shop_id, [valid(ideas, document) for document in world.use_ideas])

    def read() -> Any:
        for document in (*first, *documents):
            yield read_document(document, sender, now)

    came: Imported = bring_in(shops, shop_id, read(), progress)
    return {
        "products": len(products),
        "use ideas": len(world.use_ideas),
        "shoppers": len(world.shoppers),
        "activities": came.new,
        "orders": came.by_kind.get("bought", 0),
    }


def last_day(text: str | None) -> datetime:
    """Return when a simulated history ends: the day given, else a minute ago."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"--until {text!r} is not a date.") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
