"""`rapport import`: a shop's products, past orders and activity from files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from api.bodies import valid
from api.cli.backup import import_shop
from api.cli.output import as_json, bar, machine, of_shop, open_shops
from api.cli.prices import import_prices
from api.cli.uses import import_uses
from api.fetching import feeds_of
from api.schemas.documents import ProductDocument
from api.schemas.shoppers import PreferencesRow
from plugin.activity import Activity, Shopper
from plugin.catalog import Product
from plugin.connectors.activity_files import read_activity
from plugin.connectors.orders import read_orders
from plugin.connectors.preference_files import read_preferences
from plugin.connectors.products import read_products
from plugin.connectors.rejects import Rejects, Unusable
from plugin.connectors.segment import Rejected, Sender, read_document
from plugin.connectors.written import moment
from plugin.errors import Invalid, Refused
from plugin.intake.importing import Imported, bring_in
from plugin.merchant import Merchant, product_of
from plugin.settings import Settings
from plugin.shop import Shop
from plugin.shops import Shops
from plugin.wishes.preferences import imported

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class FileOrAddress(click.ParamType):
    """A file there is, or an https address to fetch one from."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path of a file, or an address as text."""
        if isinstance(value, str) and value.lower().startswith(("https://", "http://")):
            return value
        return FILE.convert(value, param, ctx)


@click.group("import")
def import_() -> None:
    """Bring in products, orders, activity, past prices and more; what cannot be used is kept beside it."""


import_.add_command(import_shop)
import_.add_command(import_uses)
import_.add_command(import_prices)


@import_.command()
@click.argument("file", type=FileOrAddress(), metavar="FILE|URL")
@of_shop
@click.option("--replace", is_flag=True, help="Hide the products that are not in the file.")
@as_json
def products(file: Path | str, shop_id: str, replace: bool, as_json: bool) -> None:
    """Add and change products: a Google Merchant feed (XML or TSV), CSV or NDJSON.

    Given an https address, the file is fetched from there first.
    """
    if isinstance(file, str):
        _say(_from_address(file, shop_id, replace, as_json), as_json)
        return
    with open_shops() as shops, Rejects(Path.cwd()) as rejects, bar("Products", None, as_json) as tell:
        shops.store.existing(shop_id)
        view = shops.view(shop_id, fresh=True)
        seen: set[str] = set()
        good = _good_products(file, view, rejects, seen, tell)
        merchant = Merchant(shops, time.time)
        kept = merchant.put_products(shop_id, good)
        hidden = merchant.hide_products_except(shop_id, seen) if replace else 0
        done = {"products": kept, "hidden": hidden, **_rejected(rejects)}
    _say(done, as_json)


def _from_address(url: str, shop_id: str, replace: bool, as_json: bool) -> dict[str, Any]:
    settings = Settings.from_environment()
    with open_shops() as shops, bar("Products", None, as_json) as tell:
        shops.store.existing(shop_id)
        came = feeds_of(shops, settings).fetch(
            *(shop_id, url),
            replace=replace,
            by_hand=True,
            progress=lambda count, total: tell(completed=count, total=total),
        )
    kept = [came.rejected_in] if came.rejected_in else []
    return {
        "products": came.products,
        "hidden": came.hidden,
        "rejected": came.rejected,
        "rejected_rows_in": kept,
    }


def _good_products(file: Path, view: Shop, rejects: Rejects, seen: set[str], tell: Any) -> Iterator[Product]:
    schema, now = ProductDocument(), time.time()
    read = read_products(
        file,
        currency=view.settings.currency,
        rejects=rejects,
        now=now,
        progress=lambda count, total: tell(completed=count, total=total),
    )
    for document in read:
        try:
            product = product_of(valid(schema, document), view, now)
        except Invalid as error:
            rejects.refuse("invalid", error.detail)
            continue
        seen.add(product.product_id)
        yield product


@import_.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@of_shop
@click.option(
    "--map",
    "mapping",
    default="",
    help="Our column=theirs, by commas: order_id=InvoiceNo,product_id=StockCode,...",
)
@click.option("--replace", is_flag=True, help="Take the new lines for orders that are known already.")
@as_json
def orders(files: tuple[Path, ...], shop_id: str, mapping: str, replace: bool, as_json: bool) -> None:
    """Bring in past orders: CSV or Parquet, a row per order line; negative quantities are returns."""
    with open_shops() as shops, Rejects(Path.cwd()) as rejects, bar("Orders", None, as_json) as tell:
        shops.store.existing(shop_id)
        settings = shops.view(shop_id).settings
        now = time.time()
        read = read_orders(
            list(files),
            _mapping(mapping),
            currency=settings.currency,
            zone=ZoneInfo(settings.timezone),
            received_at=now,
            rejects=rejects,
            progress=lambda count, total: tell(description="Reading", completed=count, total=total),
        )
        activities = _replacing(read, now) if replace else read
        came = bring_in(shops, shop_id, activities, _teller(tell, "Keeping orders"))
        done = {
            "orders": came.by_kind.get("bought", 0) + came.by_kind.get("rebought", 0),
            "returns": came.by_kind.get("returned", 0),
            "known": came.known,
            **_rejected(rejects),
        }
    _say(done, as_json)


def _replacing(activities: Iterator[Activity], now: float) -> Iterator[Activity]:
    """The same orders, each followed by a newer version of itself that takes the place of what is held."""
    from dataclasses import replace

    for activity in activities:
        yield activity
        if activity.kind == "bought":
            yield replace(
                activity,
                kind="rebought",
                event="Order Updated",
                message_id=f"{activity.message_id}:{now}",
                properties={**activity.properties, "version": now},
            )


@import_.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@of_shop
@as_json
def activity(files: tuple[Path, ...], shop_id: str, as_json: bool) -> None:
    """Bring in past activity: NDJSON of Segment-shaped documents, trusted like the shop's server."""
    with open_shops() as shops, Rejects(Path.cwd()) as rejects, bar("Activity", None, as_json) as tell:
        shops.store.existing(shop_id)
        came = bring_in(shops, shop_id, _read(files, shops, shop_id, rejects), _teller(tell, "Activity"))
        done = {"activities": came.new, "known": came.known, **_rejected(rejects)}
    _say(done, as_json)


def _read(files: tuple[Path, ...], shops: Shops, shop_id: str, rejects: Rejects) -> Iterator[Activity]:
    sender = Sender("shop", shops.view(shop_id).settings.currency)
    now = time.time()
    for document in read_activity(list(files), rejects=rejects):
        try:
            yield read_document(document, sender, now)
        except Rejected as refusal:
            rejects.refuse(refusal.code, refusal.detail)


@import_.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@of_shop
@as_json
def preferences(files: tuple[Path, ...], shop_id: str, as_json: bool) -> None:
    """Bring in what shoppers said of themselves: NDJSON or CSV, a shopper_id and preferences a row."""
    with open_shops() as shops, Rejects(Path.cwd()) as rejects, bar("Preferences", None, as_json) as tell:
        shops.store.existing(shop_id)
        zone = ZoneInfo(shops.view(shop_id).settings.timezone)
        said = (each for path in files for each in _said(path, zone, rejects))
        came = bring_in(shops, shop_id, said, _teller(tell, "Preferences"))
        done = {"preferences": came.new, "known": came.known, "withheld": came.withheld, **_rejected(rejects)}
    _say(done, as_json)


def _said(path: Path, zone: ZoneInfo, rejects: Rejects) -> Iterator[Activity]:
    schema, now = PreferencesRow(), time.time()
    for document in read_preferences(path, rejects):
        try:
            row = valid(schema, document)
            at = min(now, moment(row.pop("at"), zone)) if row.get("at") else now
            yield imported(Shopper(row.pop("shopper_id")), row, at, now)
        except Invalid as error:
            rejects.refuse("invalid", error.detail)
        except Unusable as error:
            rejects.refuse(error.reason, error.detail)


def _teller(tell: Any, title: str) -> Any:
    def progress(came: Imported) -> None:
        tell(description=title, completed=came.read, total=None)

    return progress


def _mapping(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    for name, equals, column in pairs:
        if not equals or not name.strip() or not column.strip():
            raise Refused(f"--map takes our_column=their_column, by commas; {name!r} is not such a pair.")
    return {name.strip(): column.strip() for name, _, column in pairs}


def _rejected(rejects: Rejects) -> dict[str, Any]:
    return {
        "rejected": dict(rejects.counts),
        "rejected_rows_in": [str(path) for path in rejects.written],
    }


def _say(done: dict[str, Any], as_json: bool) -> None:
    if as_json:
        machine(done)
        return
    counted = {name: value for name, value in done.items() if isinstance(value, int)}
    click.echo(", ".join(f"{value:,} {name}" for name, value in counted.items()))
    for reason, count in sorted(done["rejected"].items()):
        click.echo(f"  {count:,} rows not used: {reason}")
    for path in done["rejected_rows_in"]:
        click.echo(f"  kept in {path}")
