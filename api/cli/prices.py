"""`rapport prices`: whether what the shop calls reduced is."""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from api.price_views import doubt_view
from plugin.connectors.price_files import read_prices
from plugin.connectors.rejects import Rejects
from plugin.prices.checking import NOT_CHEAPER, OVERSTATED, UNPROVEN, doubts_of_reductions
from plugin.prices.history import Change
from plugin.shop_window import bring_past_prices, reduced_with_prices

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MOST_AT_ONCE = 5_000  # rows

MEANING = {
    NOT_CHEAPER: "as cheap or cheaper before",
    OVERSTATED: "measured by too high a price",
    UNPROVEN: "no price before is known",
}


@click.group()
def prices() -> None:
    """Prices: whether what the shop calls reduced is."""


@click.command("prices")
@click.argument("file", type=FILE)
@of_shop
@as_json
def import_prices(file: Path, shop_id: str, as_json: bool) -> None:
    """Bring in what products cost before today: CSV or Parquet with product_id, at, price and sale_price.

    Reductions are measured by it from then on. The prices products have now stay as they are.
    """
    with open_shops() as shops, Rejects(Path.cwd()) as rejects, bar("Prices", None, as_json) as tell:
        shops.store.existing(shop_id)
        settings, now, taken = shops.view(shop_id, fresh=True).settings, time.time(), 0
        read = read_prices(
            file, currency=settings.currency, zone=ZoneInfo(settings.timezone), now=now, rejects=rejects
        )
        unknown: set[str] = set()
        while rows := list(islice(read, MOST_AT_ONCE)):
            past: dict[str, list[Change]] = {}
            for product_id, change in rows:
                past.setdefault(product_id, []).append(change)
            without = bring_past_prices(shops, shop_id, past)
            unknown.update(without)
            taken += len(rows) - sum(len(past[each]) for each in without)
            tell(completed=taken)
    done = {"prices": taken, "unknown_products": len(unknown), "rejected": dict(rejects.counts),
            "rejected_rows_in": [str(path) for path in rejects.written]}  # fmt: skip
    if as_json:
        machine(done)
        return
    click.echo(f"{taken:,} prices; {len(unknown):,} products are not in the catalogue")
    for reason, count in sorted(rejects.counts.items()):
        click.echo(f"  {count:,} rows not used: {reason}")
    for path in rejects.written:
        click.echo(f"  kept in {path}")


@prices.command()
@of_shop
@as_json
def check(shop_id: str, as_json: bool) -> None:
    """List the products whose sale price their own past prices do not bear out.

    The measure is the lowest price of the thirty days before the reduction. Where that says otherwise than
    the feed, cards strike the honest price or none.
    """
    with open_shops() as shops:
        shops.store.existing(shop_id)
        shop = shops.view(shop_id, fresh=True)
        currency = shop.settings.currency
        called = reduced_with_prices(shops.memory(shop_id).documents, shop.catalogue)
        doubts = doubts_of_reductions(called, shop.settings.timezone)
        told = [doubt_view(doubt, currency) for doubt in doubts]
        reduced = sum(product.was is not None for product in shop.catalogue)
    if as_json:
        machine({"shop_id": shop_id, "currency": currency, "reduced": reduced, "doubts": told})
        return
    if told:
        rows = [
            [
                each["product_id"],
                each["stated"]["amount"],
                each["price"]["amount"],
                (each["prior_price"] or {}).get("amount", ""),
                MEANING[each["code"]],
            ]
            for each in told
        ]
        columns = ["product", "stated", "now", "lowest in 30 days", "what is wrong"]
        table(f"{len(told)} reductions that past prices do not bear out, in {currency}", columns, rows)
    click.echo(f"{reduced} products are shown as reduced; {len(told)} more or otherwise by the feed.")
