"""A use idea: something to do with what one has, and what it takes (contract, section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from plugin.catalog import category_key
from plugin.wishes.targets import plain

STATES = ("live", "draft", "hidden")
MOST_NEEDS = 20
MOST_ALTERNATIVES = 100
MOST_USED_UP = 500
LONGEST_TITLE = 200
LONGEST_SUMMARY = 2_000


class Want(NamedTuple):
    """One thing that meets a need: a product (and its variants), a category, or an attribute's value."""

    kind: str
    name: str
    value: str = ""

    @classmethod
    def from_document(cls, written: Mapping[str, Any]) -> Want:
        """Return what a merchant wrote, as it compares: ids to the letter, all else without case."""
        if "product_id" in written:
            return cls("product", written["product_id"])
        if "category" in written:
            return cls("category", " > ".join(filter(None, category_key(written["category"]))))
        return cls("attribute", plain(written["attribute"]), _value(written["is"]))


@dataclass(frozen=True, slots=True)
class UseIdea:
    """One idea: every one of its `needs` is met by one of the wants in it; texts by language or for all.

    `optional` are further things that it is better with, each again a choice of wants. `uses_up` are ids of
    products of which some is gone afterwards.
    """

    use_id: str
    title: str | Mapping[str, str]
    needs: tuple[tuple[Want, ...], ...]
    summary: str | Mapping[str, str] | None = None
    url: str | None = None
    image_url: str | None = None
    optional: tuple[tuple[Want, ...], ...] = ()
    uses_up: tuple[str, ...] = ()
    minutes: int | None = None
    level: str | None = None
    locale: str | None = None
    state: str = "live"
    document: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> UseIdea:
        """Return the idea a merchant wrote, checked for its shape at the door."""
        plain_fields = ("summary", "url", "image_url", "minutes", "level", "locale")
        return cls(
            document["use_id"],
            document["title"],
            _wants(document["needs"]),
            optional=_wants(document.get("optional") or ()),
            uses_up=tuple(document.get("uses_up") or ()),
            state=document.get("state") or "live",
            document=document,
            **{name: document.get(name) for name in plain_fields},
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> UseIdea:
        """Return the idea that the store keeps as JSON."""
        return cls.from_document(orjson.loads(data))


def in_words(text: str | Mapping[str, str] | None, *locales: str | None) -> str | None:
    """Return a text in the first of these languages that it is written in, else in the one it has."""
    if text is None or isinstance(text, str):
        return text
    written = {name.replace("_", "-").lower(): words for name, words in text.items()}
    for locale in filter(None, locales):
        told = locale.replace("_", "-").lower()
        for name in (told, told.partition("-")[0]):
            if name in written:
                return written[name]
    return next(iter(text.values()), None)


def _wants(needs: Any) -> tuple[tuple[Want, ...], ...]:
    return tuple(tuple(map(Want.from_document, need["any"])) for need in needs)


def _value(given: Any) -> str:
    return ("yes" if given else "no") if isinstance(given, bool) else plain(str(given))
