"""What in a use idea may be a slip: products, categories and attributes that the shop does not have (yet)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from plugin.catalog import Catalogue, CategoryKey, category_key, category_keys
from plugin.doubts import UNKNOWN, Doubt
from plugin.uses.idea import Want
from plugin.wishes.targets import plain, values_said


class Doubtful:
    """Finds what checked ideas name in vain; the catalogue is read through at most once for all of them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def doubts(self, document: Mapping[str, Any]) -> list[Doubt]:
        """Return what an idea names that no product of the catalogue is or has, each with its place.

        It is no error: the products may come later.
        """
        return [{"pointer": pointer, "detail": f"{said}."} for pointer, said in self._in_vain(document)]

    def _in_vain(self, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name in ("needs", "optional"):
            for place, need in enumerate(document.get(name) or ()):
                for at, written in enumerate(need["any"]):
                    if said := self._said_of(written):
                        yield f"/{name}/{place}/any/{at}", said
        for place, product_id in enumerate(document.get("uses_up") or ()):
            if not self._is_product(product_id):
                yield f"/uses_up/{place}", _no(f"is {product_id!r}")

    def _said_of(self, written: Mapping[str, Any]) -> str | None:
        if "product_id" in written:
            return None if self._is_product(written["product_id"]) else _no(f"is {written['product_id']!r}")
        if "category" in written:
            name = written["category"]
            parts = tuple(filter(None, category_key(name)))
            return None if parts in self._categories else _no(f"lies in the category {name!r}")
        want = Want.from_document(written)
        if (want.name, want.value) in self._attributes:
            return None
        return _no(f"has {written['is']!r} as its {written['attribute']!r}")

    def _is_product(self, product_id: str) -> bool:
        return self._catalogue.get(product_id) is not None or bool(self._catalogue.variants(product_id))

    @cached_property
    def _categories(self) -> set[CategoryKey]:
        return set().union(*map(category_keys, self._catalogue))

    @cached_property
    def _attributes(self) -> set[tuple[str, str]]:
        return {
            (plain(str(name)), value)
            for product in self._catalogue
            for name, said in product.attributes.items()
            for value in values_said(said)
        }


def _no(what: str) -> str:
    return f"{UNKNOWN[0].upper()}{UNKNOWN[1:]} {what}"
