"""Google Merchant feeds in XML, RSS or Atom, streamed: one product's fields at a time, nothing fetched.

A feed comes from outside, so a document type is refused altogether: without one there are no entities to
grow and no addresses to follow. Sizes and depth are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from plugin.errors import Unreadable

G = "http://base.google.com/ns/1.0"
ITEMS = frozenset({"item", "entry"})
DEEPEST = 32
LARGEST_PRODUCT = 500_000
CHUNK = 1 << 16


class _Fields:
    """Collects the direct children of each item. Google's `g:` fields stand before the feed's own."""

    def __init__(self, parser: expat.XMLParserType, path: Path) -> None:
        self.done: list[dict[str, str]] = []
        self._path = path
        self._parser = parser
        self._depth = 0
        self._item_depth: int | None = None
        self._google: dict[str, str] = {}
        self._plain: dict[str, str] = {}
        self._text: list[str] = []
        self._size = 0

    def refuse_document_type(self, *_: object) -> None:
        raise Unreadable(f"{self._path} declares a document type or entities, which no product feed needs")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable(f"{self._path} nests its elements more than {DEEPEST} deep")
        _, _, name = tag.rpartition(" ")
        if self._item_depth is None:
            if name in ITEMS:
                self._item_depth = self._depth
                self._google, self._plain, self._size = {}, {}, 0
        elif self._depth == self._item_depth + 1:
            self._text = []
            if name == "link" and attributes.get("rel", "alternate") == "alternate" and "href" in attributes:
                self._plain.setdefault("link", attributes["href"])

    def text(self, data: str) -> None:
        if self._item_depth is None:
            return
        self._size += len(data)
        if self._size > LARGEST_PRODUCT:
            line = self._parser.CurrentLineNumber
            detail = f"the product at line {line} of {self._path} has over {LARGEST_PRODUCT} characters"
            raise Unreadable(detail)
        if self._depth == self._item_depth + 1:
            self._text.append(data)

    def end(self, tag: str) -> None:
        if self._item_depth == self._depth:
            self.done.append({**self._plain, **self._google})
            self._item_depth = None
        elif self._item_depth is not None and self._depth == self._item_depth + 1:
            space, _, name = tag.rpartition(" ")
            text = "".join(self._text).strip()
            if text and (space == G or name in ("id", "title", "link")):
                (self._google if space == G else self._plain).setdefault(name, text)
        self._depth -= 1


def feed_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each product's place in the feed (from 1) and its fields by Google's names, the first of each.

    Raises `Unreadable` for a document type, for XML that is not well-formed or stops too soon, and for a
    product of more than 500,000 characters. What was yielded before stays true.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    fields = _Fields(parser, path)
    parser.StartDoctypeDeclHandler = fields.refuse_document_type
    parser.StartElementHandler = fields.start
    parser.CharacterDataHandler = fields.text
    parser.EndElementHandler = fields.end
    place = fed = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                parser.Parse(chunk, not chunk)
            except expat.ExpatError as error:
                raise Unreadable(f"{path} is not well-formed XML: {error}") from None
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > CHUNK + 4 * LARGEST_PRODUCT:
                raise Unreadable(f"{path} has a tag without end at line {parser.CurrentLineNumber}")
            for found in fields.done:
                place += 1
                yield place, found
            fields.done.clear()
            if not chunk:
                return
