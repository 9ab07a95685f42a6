"""The shop's orders: the history it came with, and those placed since, which outlive a restart."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from widgets.storefront.money import minor


@dataclass(frozen=True)
class OrderLine:
    """One line; the price is that of one piece, in minor units."""

    product_id: str
    name: str
    price: int
    quantity: int


@dataclass(frozen=True)
class Order:
    """One order. Money in minor units, `delivery` being part of `total`; `returned` counts pieces.

    `reported` once the service has acknowledged it.
    """

    order_id: str
    placed_at: str
    currency: str
    total: int
    lines: tuple[OrderLine, ...]
    user_id: str | None = None
    visitor: str | None = None
    discount: int = 0
    reported: bool = True
    offers: tuple[str, ...] = field(default=())
    delivery: int = 0
    returned: int = 0

    @property
    def when(self) -> datetime:
        """When it was placed, aware."""
        return datetime.fromisoformat(self.placed_at.replace("Z", "+00:00"))


def read_history(path: Path) -> list[Order]:
    """Return the orders of an orders.ndjson, oldest first; no file is an empty history."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines if line.strip()]
    orders = []
    for document in documents:
        currency = document["currency"]
        lines_of = tuple(
            OrderLine(
                product_id=line["product_id"],
                name=line.get("name") or line["product_id"],
                price=minor(line["price"], currency),
                quantity=int(line.get("quantity", 1)),
            )
            for line in document["products"]
        )
        orders.append(
            Order(
                order_id=document["order_id"],
                placed_at=document.get("timestamp") or document["ordered_at"],
                currency=currency,
                total=minor(document["total"], currency),
                lines=lines_of,
                user_id=document.get("user_id"),
                delivery=minor(document.get("shipping") or 0, currency),
                returned=sum(int(line.get("quantity", 1)) for line in document.get("returned") or []),
            )
        )
    return sorted(orders, key=lambda order: order.when)


def _restore(document: dict) -> Order:
    lines = tuple(OrderLine(**line) for line in document.pop("lines"))
    return Order(**{**document, "lines": lines, "offers": tuple(document["offers"])})


class OrderBook:
    """All orders. Those placed here are written to `placed.json` before the buyer is thanked."""

    def __init__(self, history: Sequence[Order], path: Path) -> None:
        self.history = list(history)
        self.path = path
        self._lock = threading.Lock()
        placed = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
        self._placed = {document["order_id"]: _restore(document) for document in placed}

    def of(self, user_id: str) -> list[Order]:
        """One customer's orders, newest first."""
        orders = [*self.history, *self._placed.values()]
        return sorted((o for o in orders if o.user_id == user_id), key=lambda order: order.when, reverse=True)

    def get(self, order_id: str) -> Order | None:
        """An order placed here, by its id."""
        return self._placed.get(order_id)

    def place(self, order: Order) -> None:
        """Keep a new order."""
        self._keep(order)

    def mark_reported(self, order_id: str) -> None:
        """Note that the service has acknowledged the order."""
        self._keep(replace(self._placed[order_id], reported=True))

    def unreported(self) -> list[Order]:
        """The orders that the service has not acknowledged, oldest first."""
        return [order for order in list(self._placed.values()) if not order.reported]

    def sold(self) -> Counter[str]:
        """How many orders of the history held each product."""
        return Counter(
            product for order in self.history for product in {line.product_id for line in order.lines}
        )

    def _keep(self, order: Order) -> None:
        with self._lock:
            self._placed[order.order_id] = order
            beside = self.path.with_suffix(".new")
            text = json.dumps([asdict(kept) for kept in self._placed.values()], ensure_ascii=False, indent=1)
            beside.write_text(text, encoding="utf-8")
            os.replace(beside, self.path)
