"""What shoppers said of themselves, from files: a table, or documents one a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plugin.connectors.ndjson import json_lines
from plugin.connectors.rejects import Rejects, Unusable
from plugin.connectors.tables import open_table
from plugin.connectors.written import yes_or_no
from plugin.errors import Invalid, NotFound, Unreadable
from plugin.wishes.preferences import LISTS, SIZE

LARGEST_ROW = 64 * 1024
COLUMNS = ("shopper_id", "at", *LISTS, "sizes", "how_often", "plain_feed")


def read_preferences(path: Path, rejects: Rejects) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file as `{"shopper_id", "at"?, <preferences>}`, in the file's order.

    NDJSON has the names and shapes of the door. A table has a column for each; lists are written with `;`
    between, sizes as `shoes=42; shirt=M` or in columns of their own (`sizes.shoes`). An empty cell says
    nothing. Rows of no use go to `rejects`, and after each row `rejects.refuse` speaks of it.

    Raises `NotFound`, `Unreadable`, or `Invalid` for a table whose columns are not these.
    """
    try:
        with path.open("rb") as file:
            start = file.read(512).removeprefix(b"\xef\xbb\xbf")
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except IsADirectoryError:
        raise Unreadable(f"{path} is a folder") from None
    if start.lstrip()[:1] == b"{" or start.startswith(b"\x1f\x8b"):
        for row, _, document in json_lines(path, rejects, longest=LARGEST_ROW):
            rejects.hand_over(rejects.add_document, path, row, {"document": document})
            yield document
    else:
        yield from _from_table(path, rejects)


def _from_table(path: Path, rejects: Rejects) -> Iterator[dict[str, Any]]:
    table = open_table(path)
    unknown = [name for name in table.columns if name not in COLUMNS and not name.startswith(SIZE)]
    if unknown or "shopper_id" not in table.columns:
        raise Invalid(
            f"{path.name} has the columns {', '.join(table.columns)}; known are {', '.join(COLUMNS)} and "
            f"{SIZE}NAME, and shopper_id must be there"
        )
    for number, row in table.rows():
        values = table.named(table.as_written(row))
        try:
            if not table.fits(row):
                raise Unusable(
                    "wrong_number_of_fields", f"{len(row)} fields, the heading has {len(table.columns)}"
                )
            document = _document({name: text for name, text in values.items() if text and text.strip()})
        except Unusable as fault:
            rejects.add_row(path, number, fault.reason, fault.detail, values)
            continue
        rejects.hand_over(rejects.add_row, path, number, values)
        yield document


def _document(cells: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, text in cells.items():
        if name in LISTS:
            document[name] = [part.strip() for part in text.split(";") if part.strip()]
        elif name == "sizes":
            document.setdefault("sizes", {}).update(_sizes(text))
        elif name.startswith(SIZE):
            document.setdefault("sizes", {})[name.removeprefix(SIZE)] = text.strip()
        elif name == "plain_feed":
            document[name] = _yes_or_no(text)
        else:
            document[name] = text.strip()
    return document


def _sizes(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    if any(not equals or not name.strip() for name, equals, _ in pairs):
        raise Unusable("unreadable_sizes", "sizes are written as shoes=42; shirt=M")
    return {name.strip(): size.strip() for name, _, size in pairs}


def _yes_or_no(text: str) -> bool:
    try:
        return yes_or_no(text)
    except ValueError as error:
        raise Unusable("unreadable_plain_feed", str(error)) from None
