"""What orders tell of products that the merchant has not described: a name, a price, since when."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.activity import Activity, Line
from plugin.catalog import Product
from plugin.store.documents import Documents


def learn_products(documents: Documents, activities: Iterable[Activity]) -> None:
    """Put into the catalogue what only trusted orders know of; the merchant's own word stays above.

    It does so too when it is written at this very moment: what somebody else has changed since it was read is
    judged again.
    """
    told = told_by_orders(activities)
    while told:
        before = dict(zip(told, documents.get_many([f"product/{each}" for each in told]), strict=True))
        changes = {}
        for product_id, body in before.items():
            known = Product.from_bytes(body) if body else None
            if (learned := learned_product(product_id, known, told[product_id])) is not None:
                changes[f"product/{product_id}"] = (body, learned.to_bytes())
        overtaken = documents.swap_many(changes)
        told = {each: lines for each, lines in told.items() if f"product/{each}" in overtaken}


def told_by_orders(activities: Iterable[Activity]) -> dict[str, list[tuple[Line, float]]]:
    """Return what trusted orders say of each product: their lines of it, each with its moment."""
    told: dict[str, list[tuple[Line, float]]] = {}
    for activity in activities:
        if activity.kind in ("bought", "rebought") and activity.trust == "shop":
            for line in activity.lines:
                told.setdefault(line.product_id, []).append((line, activity.at))
    return told


def learned_product(
    product_id: str, known: Product | None, told: Iterable[tuple[Line, float]]
) -> Product | None:
    """Return a product as orders now tell of it; None where the merchant has, or nothing is new."""
    if known is not None and known.source != "orders":
        return None
    heard = Told(known)
    for line, at in told:
        heard.hear(line, at)
    product = heard.product(product_id)
    return None if product == known else product


class Told:
    """What orders tell of one product: its newest name and price, and since when it is known."""

    __slots__ = ("first_seen", "name", "price", "updated_at")

    def __init__(self, known: Product | None) -> None:
        self.name = known.name if known else None
        self.price = known.price if known else None
        self.first_seen = known.first_seen if known else float("inf")
        self.updated_at = known.updated_at if known else 0.0

    def hear(self, line: Line, at: float) -> None:
        """Take what one order line says."""
        newer = at >= self.updated_at
        if line.name and (newer or self.name is None):
            self.name = line.name
        if line.price and (newer or self.price is None):
            self.price = line.price
        self.first_seen = min(self.first_seen, at)
        self.updated_at = max(self.updated_at, at)

    def product(self, product_id: str) -> Product:
        """Return the product as it is known now; without a name it goes by its id."""
        return Product(
            product_id,
            name=self.name or product_id,
            price=self.price,
            source="orders",
            first_seen=self.first_seen,
            updated_at=self.updated_at,
        )
