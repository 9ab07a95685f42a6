"""Use ideas from tables and Markdown, as documents of `/v1/use-ideas`; docs/uses.md says how to write one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from plugin.connectors.rejects import Unusable

TEXTS = ("title", "summary")
PLAIN = ("use_id", "url", "image_url", "level", "locale", "state")
COLUMNS = (*PLAIN, *TEXTS, "needs", "optional", "uses_up", "minutes")
HEADING = re.compile(r"^#{1,6}\s+(?P<title>.*?)\s*(?:\{#(?P<use_id>[^}]+)\})?\s*#*\s*$")
POINT = re.compile(r"^\s*[-*+]\s+(?P<name>[A-Za-z _]{1,20}):\s*(?P<said>.*)$")
CALLED = {"image": "image_url", "picture": "image_url", "id": "use_id", "need": "needs", "uses up": "uses_up"}


def from_cells(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the idea that a row's cells say; those that say nothing are left out beforehand.

    Raises `Unusable` for cells that cannot be read.
    """
    document: dict[str, Any] = {name: cells[name].strip() for name in PLAIN if name in cells}
    for name in TEXTS:
        by_language = {
            column.partition(".")[2]: text for column, text in cells.items() if column.startswith(name + ".")
        }
        if by_language:
            document[name] = by_language
        elif name in cells:
            document[name] = cells[name].strip()
    for name in ("needs", "optional"):
        if name in cells:
            document[name] = [need_of(part) for part in cells[name].split(";") if part.strip()]
    if "uses_up" in cells:
        document["uses_up"] = [part.strip() for part in cells["uses_up"].split(";") if part.strip()]
    if "minutes" in cells:
        document["minutes"] = _minutes(cells["minutes"])
    document.setdefault("use_id", slug(str(document.get("title", ""))))
    return document


def from_markdown(text: str) -> list[tuple[int, dict[str, Any], str]]:
    """Return the ideas of a Markdown text: the line each begins in, its document, and the text it stood in.

    One idea a heading; below it points such as `- needs: product:123 | category:Pans`, and prose, which is
    the summary. What stands before the first heading is passed over, as is a heading with no point below it.
    Raises `Unusable` nowhere: what cannot be read is under `unreadable` in the document.
    """
    found: list[tuple[int, dict[str, Any], str]] = []
    sections = _sections(text)
    for line, head, body in sections:
        cells: dict[str, list[str]] = {"title": [head["title"]]}
        if head["use_id"]:
            cells["use_id"] = [head["use_id"].strip()]
        prose: list[str] = []
        for row in body:
            point = POINT.match(row)
            name = point["name"].strip().casefold() if point else ""
            name = CALLED.get(name, name.replace(" ", "_"))
            if point and name in COLUMNS:
                cells.setdefault(name, []).append(point["said"])
            elif row.strip():
                prose.append(row.strip())
        if cells.keys() <= {"title", "use_id"}:
            continue
        if prose:
            cells["summary"] = [" ".join(prose)]
        written = "\n".join([f"# {head['title']}", *body])
        try:
            joined = {name: ";".join(parts) for name, parts in cells.items()}
            found.append((line, from_cells(joined), written))
        except Unusable as fault:
            found.append((line, {"unreadable": fault}, written))
    return found


def need_of(text: str) -> dict[str, Any]:
    """Return the need that a text such as `product:123 | category:Kitchen > Pans | name:flour` names."""
    return {"any": [_want_of(part.strip()) for part in text.split("|") if part.strip()]}


def slug(text: str) -> str:
    """Return an id made of a title: its letters and digits, with dashes between."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100]


def _want_of(text: str) -> dict[str, Any]:
    kind, colon, rest = (part.strip() for part in text.partition(":"))
    kind = kind.casefold()
    if not colon:
        return {"product_id": text}
    if not rest:
        raise Unusable("unreadable_needs", f"{text!r} names nothing")
    if kind == "attribute":
        name, equals, value = (part.strip() for part in rest.partition("="))
        if not equals or not name or not value:
            detail = f"an attribute is written as attribute:name=value, not {text!r}"
            raise Unusable("unreadable_needs", detail)
        return {"attribute": name, "is": value}
    if kind in ("product", "category", "name"):
        return {{"product": "product_id"}.get(kind, kind): rest}
    return {"product_id": text}  # an id of the shop's may hold a colon


def _minutes(text: str) -> int:
    try:
        return int(text.strip().removesuffix("min").strip())
    except ValueError:
        raise Unusable("unreadable_minutes", f"minutes are a whole number, not {text!r}") from None


def _sections(text: str) -> list[tuple[int, re.Match[str], list[str]]]:
    sections: list[tuple[int, re.Match[str], list[str]]] = []
    for number, row in enumerate(text.splitlines(), start=1):
        head = HEADING.match(row)
        if head and head["title"]:
            sections.append((number, head, []))
        elif sections:
            sections[-1][2].append(row)
    return sections
