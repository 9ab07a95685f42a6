"""What products cost in the past, from files: a table with a price and since when it held in each row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

from plugin.connectors.rejects import Rejects, Unusable
from plugin.connectors.tables import open_table
from plugin.connectors.written import identifier, moment, price
from plugin.errors import Invalid
from plugin.prices.history import Change

COLUMNS = ("product_id", "at", "price", "sale_price")


def read_prices(
    path: Path, *, currency: str, zone: tzinfo, now: float, rejects: Rejects
) -> Iterator[tuple[str, Change]]:
    """Yield each product id with what it cost since when, in the file's order.

    A time without an offset is the shop's own, in `zone`. An empty `price` says that the product was not to
    be seen from then on. Rows of no use go to `rejects`, and after each row `rejects.refuse` speaks of it.

    Raises `NotFound`, `Unreadable`, or `Invalid` for a table whose columns are not these.
    """
    table = open_table(path)
    if not {"product_id", "at", "price"} <= set(table.columns) <= set(COLUMNS):
        raise Invalid(
            f"{path.name} has the columns {', '.join(table.columns)}; what is read are {', '.join(COLUMNS)}, "
            "and all but the last must be there"
        )
    for number, row in table.rows():
        values = table.named(table.as_written(row))
        try:
            if not table.fits(row):
                raise Unusable(
                    "wrong_number_of_fields", f"{len(row)} fields, the heading has {len(table.columns)}"
                )
            told = _told(values, currency, zone, now)
        except Unusable as fault:
            rejects.add_row(path, number, fault.reason, fault.detail, values)
            continue
        rejects.hand_over(rejects.add_row, path, number, values)
        yield told


def _told(values: dict[str, str | None], currency: str, zone: tzinfo, now: float) -> tuple[str, Change]:
    product_id = identifier(values["product_id"], "product")
    if product_id is None:
        raise Unusable("no_product", "the row names no product")
    at = moment(values["at"], zone)
    if at > now:
        raise Unusable("in_the_future", "only what products cost so far can be brought in")
    usual, sale = (price(values.get(name), currency) for name in ("price", "sale_price"))
    if usual is None and sale is not None:
        raise Unusable("no_price", "a sale price needs the price that it is lower than")
    return product_id, Change(at, usual, sale)
