"""Goods: one product, a category, or whatever meets a condition; and what of them can be bought now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from plugin.catalog import Catalogue, CategoryKey, Product, category_key, category_keys

Priced = tuple[int, str]
"""A price in minor units, and the product that is to be had for it."""


class OnProducts(Protocol):
    """A condition that holds for a product or not."""

    def holds(self, subject: Product) -> bool: ...


@dataclass(frozen=True)
class Matching:
    """A condition on products, as it is judged and as the merchant wrote it."""

    condition: OnProducts
    document: Mapping[str, Any] = field(compare=False)


@dataclass(frozen=True)
class Goods:
    """One product, a category with all below it, or all that a condition on products means."""

    product_id: str | None = None
    category: str | None = None
    matching: Matching | None = None

    def have(self, product: Product | None, product_id: str) -> bool:
        """Whether a piece of this product is one of them; the catalogue need not know a product named."""
        if self.product_id is not None:
            return product_id == self.product_id
        if product is None:
            return False
        if self.matching is not None:
            return self.matching.condition.holds(product)
        return category_key(self.category or "") in category_keys(product)

    def named(self) -> dict[str, Any]:
        """The goods, as a document names them."""
        if self.product_id is not None:
            return {"product_id": self.product_id}
        if self.matching is not None:
            return {"where": dict(self.matching.document)}
        return {"category": self.category or ""}


class Choice:
    """What of a catalogue can be bought now, cheapest first, by kind of goods.

    Worked out when first asked for, and kept; what changes in the catalogue changes here one by one.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._ids: dict[Goods, tuple[list[Priced], frozenset[str]]] = {}
        self._by_goods: dict[Goods, tuple[int, list[Priced]]] = {}
        self._cheapest: tuple[int, Priced | None] | None = None
        self._paths: tuple[int, dict[str, str], dict[str, set[str]]] = (0, {}, {})

    def of(self, goods: Goods, catalogue: Catalogue) -> list[Priced]:
        """Return the products of these goods that are for sale, with their prices, cheapest first."""
        if goods.product_id is not None:
            return [offered for held in [goods.product_id] if (offered := _offered(held, catalogue))]
        with self._lock:
            return self._of(goods, catalogue)

    def _of(self, goods: Goods, catalogue: Catalogue) -> list[Priced]:
        upto, held = self._by_goods.get(goods, (0, []))
        now, changed = catalogue.changed_since(upto)
        if now != upto:
            ids: Iterator[str] | frozenset[str]
            if changed is None or not upto:
                held, ids = [], self._all(goods, catalogue)
            else:
                held, ids = [each for each in held if each[1] not in changed], changed
            fresh = (_offered(each, catalogue) for each in ids if goods.have(catalogue.get(each), each))
            held = sorted([*held, *(each for each in fresh if each)])
            self._by_goods[goods] = now, held
        return held

    def ids_of(self, goods: Goods, catalogue: Catalogue) -> frozenset[str]:
        """Return the ids of the products of these goods that are for sale."""
        with self._lock:
            offered = self._of(goods, catalogue)
            held = self._ids.get(goods)
            if held is None or held[0] is not offered:
                held = self._ids[goods] = offered, frozenset(product_id for _, product_id in offered)
            return held[1]

    def cheapest(self, catalogue: Catalogue) -> int:
        """Return the price of the cheapest product for sale; 0 where there is none."""
        with self._lock:
            return self._least(catalogue)

    def _least(self, catalogue: Catalogue) -> int:
        upto, held = self._cheapest or (0, None)
        now, changed = catalogue.changed_since(upto)
        if now != upto or self._cheapest is None:
            if changed is None or not upto or (held and held[1] in changed):
                held = min(
                    (o for each in list(catalogue.by_id) if (o := _offered(each, catalogue))), default=None
                )
            else:
                fresh = [offered for each in changed if (offered := _offered(each, catalogue))]
                held = min([*fresh, *([held] if held else [])], default=None)
            self._cheapest = now, held
        return held[0] if held else 0

    def _all(self, goods: Goods, catalogue: Catalogue) -> Iterator[str]:
        """The ids that could be of these goods: of a category only what lies on paths through it."""
        if goods.category is None:
            yield from list(catalogue.by_id)
            return
        wanted, (_, _, by_path) = category_key(goods.category), self._sorted_by_path(catalogue)
        for path, ids in by_path.items():
            if wanted in _keys_of(path):
                yield from ids

    def _sorted_by_path(self, catalogue: Catalogue) -> tuple[int, dict[str, str], dict[str, set[str]]]:
        upto, path_of, by_path = self._paths
        now, changed = catalogue.changed_since(upto)
        if now != upto:
            if changed is None or not upto:
                path_of, by_path = {}, {}
                changed = frozenset(list(catalogue.by_id))
            for each in changed:
                if each in path_of:
                    by_path[path_of.pop(each)].discard(each)
                product = catalogue.get(each)
                if product is not None and product.category:
                    path_of[each] = product.category
                    by_path.setdefault(product.category, set()).add(each)
            self._paths = now, path_of, by_path
        return self._paths


def _offered(product_id: str, catalogue: Catalogue) -> Priced | None:
    product = catalogue.get(product_id)
    if product is None or not product.sellable or product.price_now is None:
        return None
    return product.price_now, product_id


def _keys_of(path: str) -> frozenset[CategoryKey]:
    return category_keys(Product("", category=path))


_CHOICES: WeakKeyDictionary[Catalogue, Choice] = WeakKeyDictionary()


def choice_of(catalogue: Catalogue) -> Choice:
    """Return what can be bought of this catalogue; one for as long as the catalogue is there."""
    choice = _CHOICES.get(catalogue)
    if choice is None:
        choice = _CHOICES[catalogue] = Choice()
    return choice
