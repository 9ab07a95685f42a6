"""Products as the shop window shows them: one card each, their variants joined by `group_id`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any

import orjson

from plugin.prices.history import Change, History

AVAILABILITIES = ("in_stock", "out_of_stock", "preorder")

CategoryKey = tuple[str, ...]

MOST_CHANGES = 1_000  # remembered one by one


@dataclass(frozen=True, slots=True)
class Product:
    """One product. Prices are minor units of the shop's currency; `source` says who told us of it.

    `source` is `merchant` for the shop's own catalogue and `orders` for a product known only from
    trusted orders, which is shown with the order's name and last price and counts as in stock.
    `was` is the prior price that a reduction may be measured by, None where there is no honest one. `prices`
    are what it comes from, oldest first (`plugin/prices`): the store's word of a product has them, the live
    view of the catalogue does not.
    """

    product_id: str
    name: str = ""
    url: str | None = None
    image_url: str | None = None
    price: int | None = None
    sale_price: int | None = None
    cost: int | None = None
    category: str | None = None
    brand: str | None = None
    availability: str = "in_stock"
    group_id: str | None = None
    durable: bool | None = None
    lifetime_days: int | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    sensitive: bool = False
    hidden: bool = False
    locales: dict[str, dict[str, str]] = field(default_factory=dict)
    source: str = "merchant"
    first_seen: float = 0.0
    updated_at: float = 0.0
    prices: History = ()
    was: int | None = None

    @property
    def group(self) -> str:
        """What joins this product with its variants; the product itself when it has none."""
        return self.group_id or self.product_id

    @property
    def path(self) -> tuple[str, ...]:
        """The category from the outermost in: "Kitchen > Pans" is ("Kitchen", "Pans")."""
        return tuple(part.strip() for part in (self.category or "").split(">") if part.strip())

    @property
    def sellable(self) -> bool:
        """Whether it may be shown and bought now."""
        return not self.hidden and self.availability != "out_of_stock"

    @property
    def price_now(self) -> int | None:
        """The price to pay today: the sale price where it is lower."""
        if self.sale_price is not None and (self.price is None or self.sale_price < self.price):
            return self.sale_price
        return self.price

    def in_category(self, category: str) -> bool:
        """Whether the product lies in a category or below it; names compare without case."""
        wanted = tuple(part.strip().casefold() for part in category.split(">"))
        own = tuple(part.casefold() for part in self.path)
        if len(wanted) == 1:
            return wanted[0] in own
        return own[: len(wanted)] == wanted

    def text(self, name: str, locale: str | None) -> str | None:
        """The product's name or url in the reader's language where the shop gave one."""
        if locale:
            for key in (locale, locale.split("-")[0]):
                if value := self.locales.get(key, {}).get(name):
                    return value
        return getattr(self, name)

    def to_bytes(self) -> bytes:
        """Return the product as the store keeps it; fields at their defaults are left out."""
        told = ((name, getattr(self, name)) for name in ("product_id", *DEFAULTS))
        return orjson.dumps(
            {
                name: [tuple(change) for change in value] if name == "prices" else value
                for name, value in told
                if value != DEFAULTS.get(name)
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes | str, *, with_prices: bool = True) -> Product:
        """Return the product that `to_bytes` wrote; its past prices only where they are asked for."""
        fields = orjson.loads(data)
        prices = fields.pop("prices", ())
        if with_prices:
            fields["prices"] = tuple(Change(*each) for each in prices)
        return cls(**fields)


DEFAULTS: dict[str, Any] = {
    f.name: f.default_factory() if callable(f.default_factory) else f.default
    for f in fields(Product)
    if f.name != "product_id"
}


@lru_cache(maxsize=65_536)
def category_key(category: str) -> CategoryKey:
    """Return how a category compares: "Kitchen > Pans" is ("kitchen", "pans")."""
    return tuple(part.strip().casefold() for part in category.split(">"))


def category_keys(product: Product | None) -> frozenset[CategoryKey]:
    """Return every category a product lies in, as `Product.in_category` has it: each name, each path."""
    return _keys_of(product.category) if product is not None and product.category else frozenset()


@lru_cache(maxsize=65_536)
def _keys_of(category: str) -> frozenset[CategoryKey]:
    path = tuple(part.strip().casefold() for part in category.split(">") if part.strip())
    return frozenset([*((name,) for name in path), *(path[:depth] for depth in range(2, len(path) + 1))])


class Catalogue:
    """All products of a shop, looked up by id or by group. A plain view: filling it is the store's work."""

    def __init__(self, products: Iterable[Product] = ()) -> None:
        self._products: dict[str, Product] = {}
        self._groups: dict[str, set[str]] = {}
        self._sensitive: set[str] = set()
        self._changes: list[str] = []  # the ids last changed
        self._forgotten = 0  # how many changes came before those
        for product in products:
            self.put(product)

    def put(self, product: Product) -> None:
        """Add a product, or take its new state."""
        before = self._products.get(product.product_id)
        if before is not None and before.group != product.group:
            self._groups[before.group].discard(product.product_id)
        self._products[product.product_id] = product
        self._groups.setdefault(product.group, set()).add(product.product_id)
        (self._sensitive.add if product.sensitive else self._sensitive.discard)(product.product_id)
        self._note(product.product_id)

    def remove(self, product_id: str) -> None:
        """Forget a product; unknown ids are no error."""
        product = self._products.pop(product_id, None)
        if product is not None:
            self._groups[product.group].discard(product_id)
            self._sensitive.discard(product_id)
            self._note(product_id)

    def _note(self, product_id: str) -> None:
        self._changes.append(product_id)
        if len(self._changes) > MOST_CHANGES:
            self._forgotten += len(self._changes)
            self._changes = []

    def changed_since(self, upto: int) -> tuple[int, frozenset[str] | None]:
        """How many changes there were so far, and the ids changed after the first `upto` of them.

        None for the ids when that is longer ago than is remembered: anything may have changed.
        """
        changes, forgotten = self._changes, self._forgotten
        now = forgotten + len(changes)
        if upto < forgotten:
            return now, None
        return now, frozenset(changes[upto - forgotten :])

    def get(self, product_id: str) -> Product | None:
        """Return the product, or None when the shop has none of that id."""
        return self._products.get(product_id)

    @property
    def any_sensitive(self) -> bool:
        """Whether a product of it is marked as sensitive."""
        return bool(self._sensitive)

    @property
    def by_id(self) -> Mapping[str, Product]:
        """All products by their id, to be read only."""
        return self._products

    def group_of(self, product_id: str) -> str:
        """The group a product belongs to; an unknown product is its own."""
        product = self._products.get(product_id)
        return product.group if product else product_id

    def variants(self, group: str) -> frozenset[str]:
        """The ids of all products of a group."""
        return frozenset(self._groups.get(group, ()))

    def newest_first(self) -> tuple[str, ...]:
        """The ids of all products, the one known for the shortest time first."""
        return tuple(p.product_id for p in sorted(self, key=lambda p: (-p.first_seen, p.product_id)))

    def __iter__(self) -> Iterator[Product]:
        # Copied in one step: another thread may take in changes while somebody reads.
        return iter(list(self._products.values()))

    def __len__(self) -> int:
        return len(self._products)
