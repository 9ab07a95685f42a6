"""What a like or an avoid may name: a product, a category, a brand, an attribute, words of a name.

The grammar is small, so that people can write it by hand (`docs/shoppers.md`):

    category:Kitchen > Pans     the category and everything below it
    brand:Acme                  a brand
    product:85123A              a product and its variants
    attribute:contains=nuts     an attribute's value; attribute:organic for one that is there and not "no"
    name:peanut butter          these words, side by side, in the name
    Meat                        the bare word: a category, brand, attribute's value, product's or group's id

Anything else before a colon is the name of an attribute: `material:leather` is `attribute:material=leather`.
Everything compares without case and without blanks around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from plugin.catalog import Catalogue, CategoryKey, Product, category_key, category_keys

KINDS = ("category", "brand", "product", "attribute", "name")
WORD = re.compile(r"[\w'-]+")
PARTS = re.compile(r"[,;|/]")
NO = frozenset({"", "no", "false", "none", "0"})


@dataclass(frozen=True, slots=True)
class Target:
    """One thing named: its kind (`any` for a bare word) and what it names, as it compares."""

    kind: str
    name: str
    value: str | None = None  # of an attribute; None for "there at all"

    def same(self, other: Target) -> bool:
        """Whether two targets mean the same; a bare word means whatever the other one says it is."""
        if self == other:
            return True
        bare, said = (self, other) if self.kind == "any" else (other, self)
        if bare.kind != "any":
            return False
        return bare.name in (said.name, said.value) or category_key(bare.name) == category_key(said.name)


@lru_cache(maxsize=4096)
def target_of(text: str) -> Target:
    """Return what a text names."""
    kind, colon, rest = (part.strip() for part in text.partition(":"))
    kind = kind.casefold()
    if not colon or not kind or not rest:
        return Target("any", plain(text))
    if kind == "attribute":
        name, equals, value = rest.partition("=")
        return Target("attribute", plain(name), plain(value) if equals else None)
    if kind == "product":
        return Target("product", rest)  # the shop's ids compare code point by code point
    if kind in KINDS:
        return Target(kind, plain(rest))
    return Target("attribute", plain(kind), plain(rest))


def plain(text: str) -> str:
    """Return a text as it compares: without case and without blanks around it."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Targets:
    """Several targets made ready to be asked about many products of one catalogue."""

    groups: frozenset[str] = frozenset()
    categories: frozenset[CategoryKey] = frozenset()
    brands: frozenset[str] = frozenset()
    attributes: frozenset[tuple[str, str]] = frozenset()
    present: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = field(default=())

    @classmethod
    def of(cls, texts: Iterable[str], catalogue: Catalogue) -> Targets:
        """Return the targets that these texts name in a catalogue."""
        given = [(text, target_of(text)) for text in texts]
        named = [target for _, target in given]
        bare = [target for target in named if target.kind == "any"]
        ids = [target.name for target in named if target.kind == "product"]
        ids += [text.strip() for text, target in given if target.kind == "any"]
        by_attribute = [target for target in named if target.kind == "attribute"]
        return cls(
            groups=frozenset(map(catalogue.group_of, ids)),
            categories=frozenset(category_key(t.name) for t in (*_of(named, "category"), *bare)),
            brands=frozenset(t.name for t in (*_of(named, "brand"), *bare)),
            attributes=frozenset((t.name, t.value) for t in by_attribute if t.value is not None),
            present=frozenset(t.name for t in by_attribute if t.value is None),
            values=frozenset(t.name for t in bare),
            phrases=tuple(tuple(WORD.findall(t.name)) for t in _of(named, "name")),
        )

    def __bool__(self) -> bool:
        return self is not NOTHING  # asked for every product that may be shown

    def names(self, product: Product) -> bool:
        """Whether one of the targets names this product."""
        if product.group in self.groups:
            return True
        if self.categories and not self.categories.isdisjoint(category_keys(product)):
            return True
        if product.brand and plain(product.brand) in self.brands:
            return True
        return self._by_attribute(product) or self._by_name(product)

    def names_category(self, category: str) -> bool:
        """Whether a whole category is named: itself, or one that it lies in."""
        return not self.categories.isdisjoint(category_keys(Product("", category=category)))

    def _by_attribute(self, product: Product) -> bool:
        if not (self.attributes or self.present or self.values):
            return False
        for given, value in product.attributes.items():
            name, values = plain(str(given)), values_said(value)
            if name in self.present and not values <= NO:
                return True
            if not values.isdisjoint(self.values):
                return True
            if any((name, each) in self.attributes for each in values):
                return True
            # A yes or no under the word's own name: {"nuts": true} is what "nuts" means.
            if name in self.values and value is True:
                return True
        return False

    def _by_name(self, product: Product) -> bool:
        if not self.phrases:
            return False
        told = (product.name, *(texts.get("name", "") for texts in product.locales.values()))
        return any(_holds(WORD.findall(name.casefold()), phrase) for name in told for phrase in self.phrases)


NOTHING = Targets()
"""Targets that name nothing."""


def _of(targets: Iterable[Target], kind: str) -> list[Target]:
    return [target for target in targets if target.kind == kind]


def values_said(value: Any) -> frozenset[str]:
    """What an attribute says, as it compares: a text, each part of a list or of a text of several parts."""
    if isinstance(value, bool):
        return frozenset({"true", "yes"} if value else {"false", "no"})
    if isinstance(value, list | tuple):
        return frozenset().union(*map(values_said, value)) if value else frozenset({""})
    text = "" if value is None else str(value)
    return frozenset({plain(text), *map(plain, PARTS.split(text))})


def _holds(words: list[str], phrase: tuple[str, ...]) -> bool:
    size = len(phrase)
    return bool(size) and any(tuple(words[at : at + size]) == phrase for at in range(len(words) - size + 1))
