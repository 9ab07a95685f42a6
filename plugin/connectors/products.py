"""A shop's products from a file: a Google Merchant feed, a table, or documents, found by what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from plugin.connectors.merchant_feed import feed_rows
from plugin.connectors.ndjson import json_lines
from plugin.connectors.product_rows import field_name, product_document
from plugin.connectors.rejects import Rejects, Unusable
from plugin.connectors.tables import open_table
from plugin.errors import Invalid, NotFound, Unreadable

Progress = Callable[[int, int | None], None]
LARGEST_DOCUMENT = 512 * 1024
ROWS_AT_ONCE = 1_000


def read_products(
    path: Path,
    *,
    currency: str,
    rejects: Rejects,
    progress: Progress | None = None,
    now: float | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the products of a file as documents in the shape of `/v1/products`, in the file's order.

    Read are RSS and Atom feeds with Google's fields, tables (CSV, TSV, Parquet) with Google's or our own
    headings, and NDJSON with our documents or Google's names; NDJSON documents of our own shape are passed
    on as they are. Amounts are the shop's `currency`; one in another makes the row useless. `now` (epoch
    seconds) decides about sale prices that Google's feed limits in time; without it they are left out.
    Rows of no use go to `rejects` by reason, and after each product `rejects.refuse` speaks of it.
    `progress` is told how many rows were read, of how many where that is known.

    Raises `NotFound`, `Unreadable`, or `Invalid` for a table without a product id. XML that is damaged
    further down raises only there, after the products before it.
    """
    kind = _kind(path)
    if kind == "xml":
        yield from _from_feed(path, currency, now, rejects, progress)
    elif kind == "ndjson":
        yield from _from_documents(path, currency, now, rejects, progress)
    else:
        yield from _from_table(path, currency, now, rejects, progress)


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except IsADirectoryError:
        raise Unreadable(f"{path} is a folder") from None
    first = start.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    first = first.lstrip(b" \t\r\n\x00")[:1]
    if first == b"<":
        return "xml"
    if first == b"{" or start.startswith(b"\x1f\x8b"):
        return "ndjson"
    if first == b"[":
        raise Unreadable(f"{path} is one JSON list; write one product a line (NDJSON)")
    return "table"


def _from_feed(
    path: Path, currency: str, now: float | None, rejects: Rejects, progress: Progress | None
) -> Iterator[dict[str, Any]]:
    place = 0
    for place, fields in feed_rows(path):
        _tell(progress, place, None)
        try:
            document = product_document(fields, currency, now)
        except Unusable as fault:
            rejects.add_document(path, place, fault.reason, fault.detail, {"document": fields})
            continue
        rejects.hand_over(rejects.add_document, path, place, {"document": fields})
        yield document
    _tell(progress, place, place, done=True)


def _from_documents(
    path: Path, currency: str, now: float | None, rejects: Rejects, progress: Progress | None
) -> Iterator[dict[str, Any]]:
    row = 0
    for row, _, written in json_lines(path, rejects, longest=LARGEST_DOCUMENT):
        _tell(progress, row, None)
        document = written
        if "product_id" not in written:
            try:
                document = product_document(_scalars(written), currency, now)
            except Unusable as fault:
                rejects.add_document(path, row, fault.reason, fault.detail, {"document": written})
                continue
        rejects.hand_over(rejects.add_document, path, row, {"document": written})
        yield document
    _tell(progress, row, row, done=True)


def _from_table(
    path: Path, currency: str, now: float | None, rejects: Rejects, progress: Progress | None
) -> Iterator[dict[str, Any]]:
    table = open_table(path)
    names = [field_name(column) for column in table.columns]
    if not {"product_id", "id"} & set(names):
        raise Invalid(
            f"{path.name} has no column product_id or id; its columns are {', '.join(table.columns)}"
        )
    seen = 0
    for seen, (row_number, row) in enumerate(table.rows(), start=1):
        _tell(progress, seen, table.total)
        values = table.named(table.as_written(row))
        try:
            if not table.fits(row):
                detail = f"{len(row)} fields, where the heading has {len(names)}"
                raise Unusable("wrong_number_of_fields", detail)
            fields = {name: text for name, text in zip(names, row, strict=False) if text}
            document = product_document(fields, currency, now)
        except Unusable as fault:
            rejects.add_row(path, row_number, fault.reason, fault.detail, values)
            continue
        rejects.hand_over(rejects.add_row, path, row_number, values)
        yield document
    _tell(progress, seen, seen, done=True)


def _scalars(document: dict[str, Any]) -> dict[str, str]:
    return {
        field_name(name): str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in document.items()
        if isinstance(value, str | int | float)
    }


def _tell(progress: Progress | None, rows: int, total: int | None, *, done: bool = False) -> None:
    if progress and (done or rows % ROWS_AT_ONCE == 0):
        progress(rows, total)
