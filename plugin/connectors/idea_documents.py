"""Use ideas from tables and Markdown, as documents of `/v1/use-ideas`; docs/uses.md says how to write one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from plugin.connectors.rejects import Unusable
from plugin.uses.idea import in_words

TEXTS = ("title", "summary")
PLAIN = ("use_id", "url", "image_url", "level", "locale", "state")
COLUMNS = (*PLAIN, *TEXTS, "needs", "optional", "uses_up", "minutes")
HEADING = re.compile(r"^#{1,6}\s+(?P<title>.*?)\s*(?:\{#(?P<use_id>[^}]+)\})?\s*#*\s*$")
POINT = re.compile(
    r"^\s*[-*+]\s+(?P<name>[^\W\d_][\w.-]{0,39}(?: [\w.-]{1,40}){0,2}) ?:(?!//)\s*(?P<said>.*)$"
)
CALLED = {"image": "image_url", "picture": "image_url", "id": "use_id", "need": "needs", "uses up": "uses_up"}
SEVERAL = ("needs", "optional", "uses_up")  # may be said in more than one point
KINDS = ("product", "category", "attribute", "name")


def from_cells(cells: Mapping[str, str], language: str = "en") -> dict[str, Any]:
    """Return the idea that a row's cells say; those that say nothing are left out beforehand.

    `language` is the shop's own: that of a title or summary which stands beside translations of it in a row
    without a `locale`. Raises `Unusable` for cells that cannot be read.
    """
    document: dict[str, Any] = {name: cells[name].strip() for name in PLAIN if name in cells}
    for name in TEXTS:
        if (text := _words(name, cells, document.get("locale") or language)) is not None:
            document[name] = text
    for name in ("needs", "optional"):
        if name in cells:
            document[name] = [need_of(part) for part in cells[name].split(";") if part.strip()]
    if "uses_up" in cells:
        document["uses_up"] = [part.strip() for part in cells["uses_up"].split(";") if part.strip()]
    if "minutes" in cells:
        document["minutes"] = _minutes(cells["minutes"])
    document.setdefault("use_id", slug(in_words(document.get("title"), language) or ""))
    return document


def from_markdown(text: str, language: str = "en") -> list[tuple[int, dict[str, Any], str]]:
    """Return the ideas of a Markdown text: the line each begins in, its document, and the text it stood in.

    One idea a heading; below it points such as `- needs: product:123 | category:Pans`, and prose, which is
    the summary. What stands before the first heading is passed over, as is a heading with no point below it.
    `language` is the shop's own. Raises `Unusable` nowhere: what cannot be read, such as a point that is not
    known, is under `unreadable` in the document.
    """
    found: list[tuple[int, dict[str, Any], str]] = []
    for line, head, body in _sections(text):
        said = [("title", head["title"])]
        if head["use_id"]:
            said.append(("use_id", head["use_id"].strip()))
        points = [point for row in body if (point := POINT.match(row))]
        if not points:
            continue
        said += [(_name_of(point), point["said"]) for point in points]
        if prose := " ".join(row.strip() for row in body if row.strip() and not POINT.match(row)):
            said.append(("summary", prose))
        written = "\n".join([head[0], *body])
        try:
            found.append((line, from_cells(_cells_of(said), language), written))
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
    if kind in KINDS:
        return {{"product": "product_id"}.get(kind, kind): rest}
    known = ", ".join(f"{name}:" for name in KINDS)
    detail = f"{text!r} begins with none of {known}; an id with a colon in it is written as product:{text}"
    raise Unusable("unreadable_needs", detail)


def _words(name: str, cells: Mapping[str, str], language: str) -> str | dict[str, str] | None:
    """What a row's title or summary says: one text, or one for each language."""
    plain = cells[name].strip() if name in cells else None
    by_language = {
        column.partition(".")[2]: text.strip()
        for column, text in cells.items()
        if column.startswith(name + ".")
    }
    if plain is None or not by_language:
        return plain if plain is not None else by_language or None
    same = next((key for key in by_language if _compared(key) == _compared(language)), None)
    if same is not None and by_language[same] != plain:
        detail = f"{name} and {name}.{same} are both {same} and say different things"
        raise Unusable("said_twice", detail)
    return by_language if same is not None else {language: plain, **by_language}


def _compared(language: str) -> str:
    return language.replace("_", "-").casefold()


def _name_of(point: re.Match[str]) -> str:
    name = point["name"].casefold()
    return CALLED.get(name, name.replace(" ", "_"))


def _cells_of(said: list[tuple[str, str]]) -> dict[str, str]:
    """What a heading, its points and its prose say, as the cells of a row; empty points say nothing."""
    cells: dict[str, str] = {}
    by_language = tuple(f"{name}." for name in TEXTS)
    for name, text in said:
        if name not in COLUMNS and not name.startswith(by_language):
            known = f"{', '.join(COLUMNS)}, title.LANGUAGE and summary.LANGUAGE"
            raise Unusable("unknown_point", f"{name!r} is not known as a point; known are {known}")
        if not text.strip():
            continue
        if name in cells and name not in SEVERAL:
            raise Unusable("said_twice", f"the {name} is said twice: {cells[name]!r} and {text!r}")
        cells[name] = f"{cells[name]};{text}" if name in cells else text
    return cells


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
