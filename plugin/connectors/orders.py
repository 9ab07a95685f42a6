"""A shop's past orders, from its files to activities: one for each order, one for each return, in time order.

The lines of an order may lie anywhere in the files, so all of them are read before the first order is whole.
They wait in a table of DuckDB, which keeps within its memory by moving to disk what does not fit.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import orjson
import pyarrow as pa

from plugin.activity import Activity, Line, Shopper
from plugin.connectors.order_lines import COLUMNS, LineReader
from plugin.connectors.rejects import Rejects, Unusable
from plugin.connectors.returns import Purchase, Purchases
from plugin.connectors.tables import Table, open_table
from plugin.errors import Invalid

__all__ = ["COLUMNS", "read_orders"]

Progress = Callable[[int, int | None], None]
LINES_AT_ONCE = 20_000
MEMORY = "512MB"

LINES = pa.schema(
    [
        ("order_id", pa.string()),
        ("product_id", pa.string()),
        ("ordered_at", pa.float64()),
        ("shopper_id", pa.string()),
        ("quantity", pa.int64()),
        ("price", pa.int64()),
        ("name", pa.string()),
        ("currency", pa.string()),
        ("file", pa.int32()),
        ("row_number", pa.int64()),
        ("seq", pa.int64()),  # the place in all files together
        ("row_text", pa.string()),  # the row as it was, to be written beside the file if it is no use
    ]
)
WITHOUT_FRACTION = "UPDATE lines SET {column} = regexp_replace({column}, '[.,]0+$', '') WHERE file = ?"
HEADS = """
CREATE TABLE heads AS
SELECT order_id AS head_id, arg_min(shopper_id, seq) AS head_shopper, arg_min(currency, seq) AS head_currency
FROM lines GROUP BY order_id
"""
STRANGERS = """
SELECT file, row_number, row_text, shopper_id, head_shopper, currency, head_currency, order_id
FROM lines JOIN heads ON order_id = head_id
WHERE shopper_id != head_shopper OR currency != head_currency ORDER BY seq
"""
# Pieces bought of one product at one price in one order are one line. What came back stays row by row, for
# each row can be rejected alone. Only products that some shopper brought back need be watched for it.
ORDERS = """
WITH own AS (
    SELECT lines.*, head_shopper, quantity < 0 AS back FROM lines JOIN heads ON order_id = head_id
    WHERE coalesce(shopper_id = head_shopper, true) AND currency = head_currency
), brought_back AS (
    SELECT DISTINCT head_shopper AS b_shopper, product_id AS b_product FROM own
    WHERE back AND head_shopper IS NOT NULL
), summed AS (
    SELECT order_id, back, product_id, price, any_value(head_shopper) AS shopper_id,
        any_value(currency) AS currency, CAST(sum(quantity) AS BIGINT) AS quantity,
        arg_min(name, seq) AS name, min(ordered_at) AS ordered_at, min(seq) AS seq,
        any_value(file) AS file, any_value(row_number) AS row_number,
        any_value(CASE WHEN back THEN row_text END) AS row_text
    FROM own GROUP BY order_id, back, product_id, price, CASE WHEN back THEN seq END
)
SELECT order_id, back, product_id, price, shopper_id, currency, quantity, name,
    min(ordered_at) OVER (PARTITION BY order_id, back) AS order_at,
    min(seq) OVER (PARTITION BY order_id, back) AS order_seq,
    file, row_number, row_text, b_product IS NOT NULL AS watched
FROM summed LEFT JOIN brought_back ON shopper_id = b_shopper AND product_id = b_product
ORDER BY order_at, back, order_seq, seq
"""


class _Summed(NamedTuple):
    """One line of one whole order, or one row of a return; the columns that ORDERS selects."""

    order_id: str
    back: bool
    product_id: str
    price: int | None
    shopper_id: str | None
    currency: str
    quantity: int
    name: str | None
    order_at: float
    order_seq: int
    file: int
    row_number: int
    row_text: str | None
    watched: bool

    @property
    def line(self) -> Line:
        return Line(self.product_id, self.quantity, self.price, self.name)


def read_orders(
    paths: Sequence[Path],
    mapping: Mapping[str, str],
    *,
    currency: str,
    zone: ZoneInfo,
    received_at: float,
    rejects: Rejects,
    progress: Progress | None = None,
) -> Iterator[Activity]:
    """Yield every order and every return of the files, as activities trusted like the shop, oldest first.

    `paths` are CSV or Parquet files with a row per order line; together they are one import. `mapping` says
    how the file calls a column (`{"order_id": "InvoiceNo"}`); columns with our own names (`COLUMNS`) need no
    saying. Prices become minor units of `currency`, times without an offset are times in `zone`. A row with
    a negative quantity is a return, matched to that shopper's latest purchase of the product before it; its
    activity names the order it came from. Rows of no use go to `rejects`, counted by reason. `progress` is
    told how many rows were read, of how many as far as known.

    Raises `Invalid` when a file lacks a column or is named twice, `Unreadable` or `NotFound` for one that
    cannot be read, `Refused` where rejected rows cannot be written.
    """
    if len({path.resolve() for path in paths}) < len(paths):
        raise Invalid("a file is named twice; its lines would count twice")
    tables = [open_table(path) for path in paths]
    readers = [LineReader(table, mapping, currency, zone) for table in tables]
    with (
        tempfile.TemporaryDirectory(prefix="rapport-orders-") as folder,
        duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": folder}) as lines,
    ):
        lines.execute("SET enable_progress_bar = false")  # it would be drawn on standard output
        lines.register("batch", LINES.empty_table())
        lines.execute("CREATE TABLE lines AS SELECT * FROM batch")
        _read_lines(tables, readers, lines, rejects, progress)
        lines.execute(HEADS)
        _reject_strangers(lines, tables, rejects)
        purchases = Purchases()
        for (_, back), group in groupby(_stream(lines), key=lambda row: (row.order_seq, row.back)):
            if back:
                yield from _returns(list(group), purchases, tables, rejects, received_at)
            else:
                yield _order(list(group), purchases, received_at)


def _read_lines(
    tables: Sequence[Table],
    readers: Sequence[LineReader],
    lines: duckdb.DuckDBPyConnection,
    rejects: Rejects,
    progress: Progress | None,
) -> None:
    """Fill the table of lines; put what is no line of an order among the rejects."""
    seen, waiting = 0, []
    totals = [table.total for table in tables]
    total = None if None in totals else sum(count or 0 for count in totals)
    for file, (table, reader) in enumerate(zip(tables, readers, strict=True)):
        for row_number, row in table.rows():
            seen += 1
            try:
                line = reader.read(row)
            except Unusable as fault:
                values = table.named(table.as_written(row))
                rejects.add_row(table.path, row_number, fault.reason, fault.detail, values)
            else:
                row_text = orjson.dumps(row[:-1]).decode()
                waiting.append((*line, file, row_number, seen, row_text))
            if len(waiting) >= LINES_AT_ONCE:
                _keep(lines, waiting)
            if progress and seen % LINES_AT_ONCE == 0:
                progress(seen, total)
        _keep(lines, waiting)
        for column, ids in zip(("order_id", "product_id", "shopper_id"), reader.ids, strict=True):
            if ids.decimals:
                lines.execute(WITHOUT_FRACTION.format(column=column), [file])
    if progress:
        progress(seen, seen)


def _keep(lines: duckdb.DuckDBPyConnection, waiting: list[tuple[Any, ...]]) -> None:
    if not waiting:
        return
    columns = zip(*waiting, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, LINES, strict=True)]
    lines.register("batch", pa.Table.from_arrays(arrays, schema=LINES))
    lines.execute("INSERT INTO lines SELECT * FROM batch")
    lines.unregister("batch")
    waiting.clear()


def _reject_strangers(lines: duckdb.DuckDBPyConnection, tables: Sequence[Table], rejects: Rejects) -> None:
    """An order has one shopper and one currency, those its first lines name; other lines are not its own."""
    for file, row_number, text, shopper, head_shopper, code, head_code, order_id in lines.execute(
        STRANGERS
    ).fetchall():
        if shopper is not None and shopper != head_shopper:
            fault = Unusable(
                "another_shopper", f"order {order_id} belongs to {head_shopper}, not to {shopper}"
            )
        else:
            fault = Unusable("another_currency", f"order {order_id} is in {head_code}, not in {code}")
        _reject(tables[file], row_number, text, fault, rejects)


def _stream(lines: duckdb.DuckDBPyConnection) -> Iterator[_Summed]:
    answer = lines.execute(ORDERS)
    while rows := answer.fetchmany(LINES_AT_ONCE):
        yield from map(_Summed._make, rows)


def _order(rows: list[_Summed], purchases: Purchases, received_at: float) -> Activity:
    first = rows[0]
    for row in rows:
        if row.watched and row.shopper_id is not None:
            bought = Purchase(row.order_id, row.quantity, row.price)
            purchases.add(row.shopper_id, row.product_id, bought)
    return Activity(
        message_id=f"import:order:{first.order_id}",
        kind="bought",
        event="Order Completed",
        at=first.order_at,
        received_at=received_at,
        trust="shop",
        shopper=None if first.shopper_id is None else Shopper(first.shopper_id),
        lines=tuple(row.line for row in rows),
        order_id=first.order_id,
        currency=first.currency,
    )


def _returns(
    rows: list[_Summed], purchases: Purchases, tables: Sequence[Table], rejects: Rejects, received_at: float
) -> Iterator[Activity]:
    """Yield one activity for each order that these rows of one return came from."""
    first = rows[0]
    came_from: dict[str, dict[tuple[str, int | None], Line]] = {}
    for row in rows:
        pieces = -row.quantity
        if row.shopper_id is None:
            fault = Unusable("return_without_shopper", "what came back was nobody's")
            _reject(tables[row.file], row.row_number, row.row_text, fault, rejects)
            continue
        taken = purchases.take_back(row.shopper_id, row.product_id, pieces)
        for purchase in taken:
            price = purchase.price if row.price is None else row.price
            lines = came_from.setdefault(purchase.order_id, {})
            before = lines.get((row.product_id, price))
            quantity = purchase.left + (before.quantity if before else 0)
            lines[row.product_id, price] = Line(row.product_id, quantity, price, row.name)
        if lacking := pieces - sum(purchase.left for purchase in taken):
            fault = Unusable(
                "return_without_purchase",
                f"{lacking} of {pieces} were bought by {row.shopper_id} in no earlier order",
            )
            _reject(tables[row.file], row.row_number, row.row_text, fault, rejects)
    for order_id, found in came_from.items():
        yield Activity(
            message_id=f"import:return:{first.order_id}:{order_id}",
            kind="returned",
            event="Order Refunded",
            at=first.order_at,
            received_at=received_at,
            trust="shop",
            shopper=Shopper(first.shopper_id or ""),
            lines=tuple(found.values()),
            order_id=order_id,
            currency=first.currency,
            properties={"refund_id": first.order_id},
        )


def _reject(table: Table, row_number: int, text: str | None, fault: Unusable, rejects: Rejects) -> None:
    values = table.named(orjson.loads(text or "[]"))
    rejects.add_row(table.path, row_number, fault.reason, fault.detail, values)
