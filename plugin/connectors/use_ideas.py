"""A shop's use ideas from a file: documents, a table, Markdown or structured data, found by what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from plugin.connectors.idea_documents import COLUMNS, TEXTS, from_cells, from_markdown
from plugin.connectors.ndjson import json_lines
from plugin.connectors.rejects import Rejects, Unusable
from plugin.connectors.structured_data import from_html, from_json
from plugin.connectors.tables import open_table
from plugin.errors import Invalid, NotFound, Unreadable

LARGEST_DOCUMENT = 512 * 1024
LARGEST_PAGE = 32 * 1024 * 1024
BOM = b"\xef\xbb\xbf"


def read_ideas(path: Path, rejects: Rejects, language: str = "en") -> Iterator[dict[str, Any]]:
    """Yield the ideas of a file in the shape of `/v1/use-ideas`, in the file's order.

    A want may also be `{"name": ...}`: words that the shop's products are still to be looked for by.
    `language` is the shop's own, for titles beside which translations stand.
    Rows of no use go to `rejects` by reason, and after each idea `rejects.refuse` speaks of it.
    Raises `NotFound`, `Unreadable`, or `Invalid` for a table whose columns are not these.
    """
    kind = _kind(path)
    if kind == "ndjson":
        for row, _, document in json_lines(path, rejects, longest=LARGEST_DOCUMENT):
            rejects.hand_over(rejects.add_document, path, row, {"document": document})
            yield document
    elif kind == "table":
        yield from _from_table(path, rejects, language)
    elif kind == "markdown":
        for line, document, written in from_markdown(_whole(path), language):
            rejects.hand_over(rejects.add_document, path, line, {"text": written})
            if isinstance(fault := document.get("unreadable"), Unusable):
                rejects.refuse(fault.reason, fault.detail)
            else:
                yield document
    else:
        text = _whole(path)
        found = from_html(text) if kind == "html" else from_json(text.encode())
        for place, document in enumerate(found, start=1):
            rejects.hand_over(rejects.add_document, path, place, {"document": document})
            yield document


def _from_table(path: Path, rejects: Rejects, language: str) -> Iterator[dict[str, Any]]:
    table = open_table(path)
    by_language = tuple(f"{name}." for name in TEXTS)
    unknown = [name for name in table.columns if name not in COLUMNS and not name.startswith(by_language)]
    if unknown or "needs" not in table.columns:
        raise Invalid(
            f"{path.name} has the columns {', '.join(table.columns)}; known are {', '.join(COLUMNS)}, "
            "title.LANGUAGE and summary.LANGUAGE, and needs must be there"
        )
    for number, row in table.rows():
        values = table.named(table.as_written(row))
        rejects.hand_over(rejects.add_row, path, number, values)
        if not table.fits(row):
            detail = f"{len(row)} fields, the heading has {len(table.columns)}"
            rejects.refuse("wrong_number_of_fields", detail)
            continue
        try:
            said = {name: text for name, text in values.items() if text and text.strip()}
            document = from_cells(said, language)
        except Unusable as fault:
            rejects.refuse(fault.reason, fault.detail)
            continue
        yield document


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(64 * 1024).removeprefix(BOM)
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except IsADirectoryError:
        raise Unreadable(f"{path} is a folder") from None
    first = start.lstrip()[:1]
    if start.startswith(b"\x1f\x8b"):
        return "ndjson"
    if first == b"<":
        return "html"
    if first == b"[":
        return "json"
    if first == b"{":
        return "ndjson" if _is_idea(start.lstrip().split(b"\n", 1)[0]) else "json"
    if path.suffix.lower() in (".md", ".markdown") or first == b"#":
        return "markdown"
    return "table"


def _is_idea(line: bytes) -> bool:
    """Whether a line is a document by itself, and not the first of a structured one."""
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError:
        return b'"use_id"' in line
    return not (document.keys() & {"@context", "@type", "@graph"})


def _whole(path: Path) -> str:
    if path.stat().st_size > LARGEST_PAGE:
        raise Unreadable(f"{path.name} has more than {LARGEST_PAGE:,} bytes; import it in parts")
    try:
        return path.read_bytes().removeprefix(BOM).decode()
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not UTF-8 text") from None
