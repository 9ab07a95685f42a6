"""The shop's server speaking to the service with its secret key, and never waiting long for it.

Every question may fail: then the shop shows its own prices and says nothing of tiers. Orders may not get
lost: they are reported again until the service has acknowledged them.
"""

from __future__ import annotations

import json
import logging
import threading
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from widgets.storefront.money import minor, plain
from widgets.storefront.orders import Order, OrderBook

QUESTION = 0.5  # seconds that a page waits for an answer
REPORT = 1.5  # seconds that the checkout waits for an acknowledgement
AGAIN = 5.0  # seconds between attempts to report what is left

log = logging.getLogger("storefront")


@dataclass(frozen=True)
class Discount:
    """What the offers do for a basket: `(title, minor units off)` of each, and whether delivery is free."""

    parts: tuple[tuple[str, int], ...]
    free_delivery: bool = False

    @property
    def amount(self) -> int:
        """Minor units off, all offers together."""
        return sum(amount for _, amount in self.parts)

    @property
    def titles(self) -> tuple[str, ...]:
        """The names of the offers that take something off."""
        return tuple(title for title, _ in self.parts)


class Service:
    """The service's doors for a shop's server."""

    def __init__(self, api: str, secret_key: str) -> None:
        self._api = api
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._headers = {"Authorization": f"Bearer {secret_key}", "Content-Type": "application/json"}

    def _call(self, path: str, body: Any = None, *, patience: float) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._api + path, data=data, headers=self._headers)
        with self._opener.open(request, timeout=patience) as answer:
            return json.load(answer)

    def _ask(self, path: str, body: Any = None) -> Any:
        try:
            return self._call(path, body, patience=QUESTION)
        except (OSError, ValueError) as error:
            log.debug("%s: %s", path, error)
            return None

    def shopper(self, user_id: str) -> dict[str, Any] | None:
        """Return what the service knows of a customer, or None when it cannot say."""
        answer = self._ask("/v1/shoppers/-?id=" + quote(user_id, safe=""))
        return answer if isinstance(answer, dict) else None

    def discount(
        self, lines: Sequence[tuple[str, int, int]], currency: str, user_id: str | None
    ) -> Discount | None:
        """Return what the offers take off the basket's `(product_id, quantity, price)` lines, or None."""
        basket_lines = [
            {"product_id": product_id, "quantity": quantity, "unit_price": plain(price, currency)}
            for product_id, quantity, price in lines
        ]
        body: dict[str, Any] = {"basket": {"lines": basket_lines, "currency": currency}, "codes": []}
        if user_id:
            body["shopper"] = user_id
        answer = self._ask("/v1/offers/quote", body)
        try:
            return read_discount(answer, currency) if answer else None
        except (KeyError, TypeError, ArithmeticError):
            return None

    def report(self, order: Order) -> bool:
        """Tell the service of an order; returns whether it has acknowledged it."""
        try:
            answer = self._call("/v1/batch", {"batch": [order_completed(order)]}, patience=REPORT)
        except (OSError, ValueError) as error:
            log.debug("order %s: %s", order.order_id, error)
            return False
        return isinstance(answer, dict) and answer.get("accepted", 0) > 0


def _amount(value: Any, currency: str) -> int:
    return minor(value["amount"] if isinstance(value, dict) else value, currency)


def read_discount(answer: dict[str, Any], currency: str) -> Discount | None:
    """Return what a quote takes off, or None where it takes off nothing.

    Raises `KeyError`, `TypeError` or `ArithmeticError` for what is no quote.
    """
    granted = {each["offer_id"]: each for each in answer["verdicts"] if each["verdict"] == "granted"}
    free_delivery = any("free_shipping" in (each.get("benefit") or {}) for each in granted.values())
    taken: dict[str, int] = {}
    for each in answer["discounts"]:
        taken[each["offer_id"]] = taken.get(each["offer_id"], 0) + _amount(each["amount"], currency)
    parts = tuple(
        (str(granted.get(offer, {}).get("title") or offer), amount)
        for offer, amount in taken.items()
        if amount > 0
    )
    return Discount(parts, free_delivery) if parts or free_delivery else None


def order_completed(order: Order) -> dict[str, Any]:
    """Return the order as the activity the service takes; repeating it is harmless."""
    products = [
        {
            "product_id": line.product_id,
            "name": line.name,
            "price": float(plain(line.price, order.currency)),
            "quantity": line.quantity,
        }
        for line in order.lines
    ]
    properties: dict[str, Any] = {
        "order_id": order.order_id,
        "currency": order.currency,
        "total": float(plain(order.total, order.currency)),
        "products": products,
    }
    if order.discount:
        properties["discount"] = float(plain(order.discount, order.currency))
    document: dict[str, Any] = {
        "type": "track",
        "event": "Order Completed",
        "messageId": f"order:{order.order_id}",
        "timestamp": order.placed_at,
        "properties": properties,
    }
    if order.user_id:
        document["userId"] = order.user_id
    if order.visitor:
        document["anonymousId"] = order.visitor
    return document


class Reporter:
    """Reports orders at the checkout, and in the background those that could not be reported then."""

    def __init__(self, service: Service, book: OrderBook) -> None:
        self._service = service
        self._book = book
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="order reports", daemon=True)

    def start(self) -> None:
        """Begin with what an earlier run left unreported."""
        self._thread.start()

    def stop(self) -> None:
        """End the background work; what is left is reported by the next run."""
        self._closing.set()

    def report(self, order: Order) -> None:
        """Report one order now if the service answers; otherwise the background does."""
        if self._service.report(order):
            self._book.mark_reported(order.order_id)

    def report_left(self) -> None:
        """Report what is left, oldest first, until one is not acknowledged."""
        for order in self._book.unreported():
            if not self._service.report(order):
                return
            self._book.mark_reported(order.order_id)

    def _work(self) -> None:
        while not self._closing.is_set():
            self.report_left()
            self._closing.wait(AGAIN)
