"""What the shop sells, read once from products.ndjson, with what reduced products cost before."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from widgets.storefront.money import minor

FEW = 5  # pieces


@dataclass(frozen=True)
class Product:
    """One product; prices in minor units of its currency, `was` the lowest of 30 days before a reduction."""

    product_id: str
    name: str
    price: int
    currency: str
    path: tuple[str, ...]
    brand: str
    available: bool
    was: int | None = None
    group: str = ""
    image_url: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """The shop's own sentence about it."""
        return str(self.attributes.get("description", ""))

    @property
    def left(self) -> int | None:
        """How many pieces are left, where that is worth saying."""
        stock = self.attributes.get("stock")
        return stock if isinstance(stock, int) and 0 < stock <= FEW else None

    @property
    def details(self) -> dict[str, str]:
        """The facts for the table on its page, in the order given."""
        return {
            name.replace("_", " ").capitalize(): str(value)
            for name, value in self.attributes.items()
            if name not in ("description", "stock")
            and isinstance(value, str | int | float)
            and not isinstance(value, bool)
        }


def read_product(document: dict[str, Any], prior: dict[str, Any] | None = None) -> Product:
    """Return the product of one catalogue document; `prior` is its lowest price of the 30 days before."""
    currency = document["price"]["currency"]
    full = minor(document["price"]["amount"], currency)
    sale = document.get("sale_price")
    sale_amount = sale["amount"] if isinstance(sale, dict) else sale
    price = minor(sale_amount, currency) if sale_amount else full
    before = minor(prior["amount"], currency) if prior else 0
    return Product(
        product_id=document["product_id"],
        name=document["name"],
        price=min(price, full),
        currency=currency,
        path=tuple(part.strip() for part in document.get("category", "").split(">") if part.strip()),
        brand=document.get("brand") or "",
        available=document.get("availability", "in_stock") != "out_of_stock",
        was=before if price < before else None,
        group=document.get("group_id") or document["product_id"],
        image_url=document.get("image_url") or "",
        attributes=document.get("attributes") or {},
    )


class Catalogue:
    """The shop's products in the order of its file, with the few ways pages look at them."""

    def __init__(self, products: Iterable[Product], sold: Counter[str] | None = None) -> None:
        self.products = {product.product_id: product for product in products}
        self.sold = sold or Counter()

    @classmethod
    def read(cls, path: Path, sold: Counter[str]) -> Catalogue:
        """Return the catalogue of a products.ndjson; hidden products stay out."""
        with path.open(encoding="utf-8") as lines:
            documents = [json.loads(line) for line in lines if line.strip()]
        file = path.with_name("prior_prices.json")
        prior = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        shown = (document for document in documents if not document.get("hidden"))
        return cls((read_product(each, prior.get(each["product_id"])) for each in shown), sold)

    def get(self, product_id: str) -> Product | None:
        """Return the product, or None when the shop has none of that id."""
        return self.products.get(product_id)

    @cached_property
    def tree(self) -> dict[str, list[str]]:
        """The outer categories with their inner ones, in the order of the file."""
        tree: dict[str, list[str]] = {}
        for product in self.products.values():
            for outer in product.path[:1]:
                inner = tree.setdefault(outer, [])
                inner.extend(name for name in product.path[1:2] if name not in inner)
        return tree

    @cached_property
    def image_origins(self) -> set[str]:
        """The origins that the catalogue's picture addresses name."""
        parts = (urlsplit(product.image_url) for product in self.products.values())
        return {f"{part.scheme}://{part.netloc}" for part in parts if part.netloc}

    def within(self, path: tuple[str, ...]) -> list[Product]:
        """The products of a category and those below it, one card per group of variants."""
        return self.cards(product for product in self.products.values() if product.path[: len(path)] == path)

    def cards(self, products: Iterable[Product]) -> list[Product]:
        """One product for each group: the first that can be bought, else the first."""
        groups: dict[str, Product] = {}
        for product in products:
            held = groups.get(product.group)
            if held is None or (product.available and not held.available):
                groups[product.group] = product
        return list(groups.values())

    def variants(self, product: Product) -> list[Product]:
        """All products of one group, itself included."""
        return [other for other in self.products.values() if other.group == product.group]

    def bestsellers(
        self, limit: int, *, path: tuple[str, ...] = (), apart: Iterable[str] = ()
    ) -> list[Product]:
        """The most bought that can be bought now, leaving out the groups of the products in `apart`."""
        groups = {self.products[product_id].group for product_id in apart if product_id in self.products}
        found = [p for p in self.within(path) if p.available and p.group not in groups]
        return sorted(found, key=lambda product: -self.sold[product.product_id])[:limit]

    def search(self, words: str) -> list[Product]:
        """The products in which every word is, or begins, a word; those that are named so come first.

        Of equals those that can be bought now come first, and of these the most bought.
        """
        wanted = _words(words)
        ranked = ((_rank(product, wanted), product) for product in self.products.values() if wanted)
        found = [(rank, product) for rank, product in ranked if rank is not None]
        found.sort(key=lambda each: (each[0], not each[1].available, -self.sold[each[1].product_id]))
        return self.cards(product for _, product in found)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _rank(product: Product, wanted: list[str]) -> int | None:
    """How far from the name the words were found, 0 nearest; None where one is nowhere."""
    name = _words(product.name)
    inner, outer = (_words(" ".join(part)) for part in (product.path[1:], product.path[:1]))
    rest = _words(f"{product.brand} {product.description}")
    rank = 0
    for word in wanted:
        places = (
            word in name,
            _begins(word, name),
            _begins(word, inner),
            _begins(word, outer),
            _begins(word, rest),
        )
        if True not in places:
            return None
        rank += places.index(True)
    return rank


def _begins(word: str, words: list[str]) -> bool:
    return any(other.startswith(word) for other in words)
