"""The shop's notebook: what can be done with its goods, read once from use_ideas.ndjson."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from widgets.storefront.catalogue import Catalogue, Product


@dataclass(frozen=True)
class Wanted:
    """One thing an idea takes: any of these products, or whatever else is called so."""

    products: tuple[Product, ...]
    words: str = ""


@dataclass(frozen=True)
class Idea:
    """One page of the notebook."""

    use_id: str
    title: str
    summary: str
    picture: str
    minutes: int | None
    level: str
    needs: tuple[Wanted, ...]
    optional: tuple[Wanted, ...]

    @property
    def effort(self) -> str:
        """How long it takes and how hard it is, as one says it."""
        return " · ".join(part for part in (_duration(self.minutes), self.level) if part)


class Notebook:
    """All ideas, in the order of the file."""

    def __init__(self, ideas: Iterable[Idea] = ()) -> None:
        self._ideas = {idea.use_id: idea for idea in ideas}

    @classmethod
    def read(cls, path: Path, catalogue: Catalogue) -> Notebook:
        """Return the notebook of a use_ideas.ndjson; an empty one where the shop has no such file."""
        if not path.exists():
            return cls()
        lines = filter(str.strip, path.read_text(encoding="utf-8").splitlines())
        return cls(read_idea(json.loads(line), catalogue) for line in lines)

    def __iter__(self) -> Iterator[Idea]:
        return iter(self._ideas.values())

    def __len__(self) -> int:
        return len(self._ideas)

    def get(self, use_id: str) -> Idea | None:
        """Return one idea, or None when there is none of that id."""
        return self._ideas.get(use_id)

    def first(self, limit: int) -> list[Idea]:
        """The first ideas, for a reader of whom nothing is known."""
        return list(self._ideas.values())[:limit]


def read_idea(document: dict[str, Any], catalogue: Catalogue) -> Idea:
    """Return the idea of one document of `/v1/use-ideas`."""
    return Idea(
        use_id=document["use_id"],
        title=document["title"],
        summary=document.get("summary") or "",
        picture=urlsplit(document.get("image_url") or "").path.rpartition("/")[2],
        minutes=document.get("minutes"),
        level=document.get("level") or "",
        needs=tuple(_wanted(need, catalogue) for need in document.get("needs", ())),
        optional=tuple(_wanted(need, catalogue) for need in document.get("optional", ())),
    )


def _wanted(need: dict[str, Any], catalogue: Catalogue) -> Wanted:
    products: list[Product] = []
    words = []
    for choice in need["any"]:
        if (product := catalogue.get(choice.get("product_id", ""))) is not None:
            products.append(product)
        elif "category" in choice:
            words.append(choice["category"].rpartition(">")[2].strip())
        elif "attribute" in choice:
            words.append(f"something of {str(choice['is']).replace('_', ' ')}")
    return Wanted(tuple(catalogue.cards(products)), " or ".join(words))


def _duration(minutes: int | None) -> str:
    if not minutes:
        return ""
    hours = round(minutes / 60, 1)
    return f"{minutes} min" if minutes < 120 else f"{hours:g} h"
