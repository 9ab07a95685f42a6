"""schema.org `Recipe` and `HowTo` from a page or a JSON file (JSON-LD), as documents of `/v1/use-ideas`.

What they take stands in words there ("250 g flour"): each is handed on as `{"name": ...}`, to be looked for
among the shop's products. What belongs to one need is one ingredient, supply or tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import orjson

from plugin.connectors.idea_documents import slug
from plugin.errors import Unreadable

KINDS = ("recipe", "howto")
MOST_NODES = 50_000
DURATION = re.compile(
    r"P(?:(?P<days>\d{1,4})D)?(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:\d+S)?)?", re.I
)
TIMES = ("totalTime", "performTime", "cookTime", "prepTime")
TAKES = ("recipeIngredient", "ingredients", "supply", "tool")


def from_html(text: str) -> list[dict[str, Any]]:
    """Return the ideas in a page's JSON-LD. Raises `Unreadable` for a script of it that is no JSON."""
    page = _Scripts()
    page.feed(text)
    found: list[dict[str, Any]] = []
    for script in page.found:
        found += from_json(script.encode())
    return found


def from_json(data: bytes) -> list[dict[str, Any]]:
    """Return the ideas in a JSON-LD document, in the order they stand. Raises `Unreadable` for no JSON."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the structured data is not JSON: {error}") from None
    return [_idea(node) for node in _nodes(document) if _kinds(node) & set(KINDS)]


class _Scripts(HTMLParser):
    """Collects the JSON-LD scripts of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "script" and (said.get("type") or "").strip().lower() == "application/ld+json":
            self._inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def _nodes(document: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document, the outermost first; those within a recipe are its own parts."""
    waiting, seen = [document], 0
    while waiting and seen < MOST_NODES:
        node = waiting.pop(0)
        seen += 1
        if isinstance(node, list):
            waiting = [*node, *waiting]
        elif isinstance(node, dict):
            yield node
            if not _kinds(node) & set(KINDS):
                waiting = [part for part in node.values() if isinstance(part, dict | list)] + waiting


def _kinds(node: dict[str, Any]) -> set[str]:
    told = node.get("@type")
    names = told if isinstance(told, list) else [told]
    return {re.split(r"[/#:]", name)[-1].lower() for name in names if isinstance(name, str)}


def _idea(node: dict[str, Any]) -> dict[str, Any]:
    title = _text(node.get("name")) or _text(node.get("headline")) or ""
    url = _text(node.get("url")) or _text(node.get("@id"))
    web = url if url and url.startswith(("https://", "http://")) else None
    language = node.get("inLanguage")
    document: dict[str, Any] = {
        "use_id": slug(_text(node.get("identifier")) or title),
        "title": title[:200],
        "summary": (_text(node.get("description")) or "")[:2000] or None,
        "url": web,
        "image_url": _image(node.get("image")),
        "needs": [{"any": [{"name": name}]} for name in _taken(node)],
        "minutes": next((found for name in TIMES if (found := _minutes(node.get(name)))), None),
        "locale": _text(language.get("alternateName") if isinstance(language, dict) else language),
    }
    return {name: value for name, value in document.items() if value not in (None, "")}


def _taken(node: dict[str, Any]) -> list[str]:
    names: dict[str, None] = {}
    for field in TAKES:
        given = node.get(field)
        for each in given if isinstance(given, list) else [given]:
            named = each.get("name") or each.get("item") if isinstance(each, dict) else each
            if text := _text(named):
                names[text[:200]] = None
    return list(names)


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("value") or value.get("name")
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _image(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl")
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else None


def _minutes(value: Any) -> int | None:
    found = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    days, hours, minutes = (int(found[name] or 0) for name in ("days", "hours", "minutes"))
    return (days * 24 + hours) * 60 + minutes or None
