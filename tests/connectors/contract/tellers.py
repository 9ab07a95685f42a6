"""One small story, told by every platform in its own words: what is common to all connectors is held to it.

The customer 7 buys two cups at 5.00 and a pan at 25.00, makes it three cups, and sends one cup back. A guest
buys a cup. The catalogue knows the cup as `cup`; the pan goes by the platform's own number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from plugin.activity import Activity
from plugin.connectors import shopify, woocommerce
from plugin.connectors.orders import read_orders
from plugin.connectors.platforms import Connector, Delivery, Told
from plugin.connectors.rejects import Rejects
from plugin.connectors.segment import Sender, read_document
from tests.connectors.contract import shopify_messages as of_shopify
from tests.connectors.contract import woocommerce_messages as of_woocommerce

NOW = 1_780_000_000.0
CATALOGUE = frozenset({"cup"})
Step = Callable[[], Sequence[Activity]]


@dataclass(frozen=True)
class Teller:
    """How one platform tells the story. What it cannot tell is None."""

    pan: str
    order_id: str
    shopper: str
    made: Step
    guest: Step
    changed: Step | None = None
    sent_back: Step | None = None
    cancelled: Step | None = None
    further: tuple[str, ...] = field(default=())


def told(connector: Connector, topic: str, body: dict[str, Any], **fields: Any) -> Told:
    """Return what a connector reads, in the shop of the story."""
    delivery = Delivery(topic, body, NOW, "EUR", CATALOGUE.__contains__, **fields)
    return connector.read(delivery)


def _shopify() -> Teller:
    message, read = of_shopify, lambda topic, body: told(shopify.CONNECTOR, topic, body).activities
    cups, pan = message.line(1, "cup", 2, "5.00"), message.line(2, "pan-sku", 1, "25.00")
    more = {**cups, "quantity": 3, "current_quantity": 3}
    later = {"updated_at": "2026-03-02T10:00:00+01:00"}
    gone = {"updated_at": "2026-03-07T10:00:00+01:00", "cancelled_at": "2026-03-07T10:00:00+01:00"}
    return Teller(
        pan=str(pan["variant_id"]),
        order_id="450789469",
        shopper="207119551",
        made=lambda: read("orders/create", message.order(cups, pan)),
        guest=lambda: read("orders/create", message.order(cups, number=9, customer=None)),
        changed=lambda: read("orders/updated", message.order(more, pan, **later)),
        sent_back=lambda: read("refunds/create", message.refund(509, (more, 1))),
        cancelled=lambda: read("orders/cancelled", message.order(more, pan, **gone)),
    )


def _woocommerce() -> Teller:
    message, read = of_woocommerce, lambda topic, body: told(woocommerce.CONNECTOR, topic, body).activities
    cups, pan = message.line(1, "cup", 2, "10.00"), message.line(2, "pan-sku", 1, "25.00")
    more = message.line(1, "cup", 3, "15.00")
    later = {"date_modified_gmt": "2026-03-02T09:00:00"}
    gone = {"date_modified_gmt": "2026-03-07T09:00:00", "status": "cancelled"}
    return Teller(
        pan=str(pan["product_id"]),
        order_id="727",
        shopper="26",
        made=lambda: read("order.created", message.order(cups, pan)),
        guest=lambda: read("order.created", message.order(cups, number=9, customer=0)),
        changed=lambda: read("order.updated", message.order(more, pan, **later)),
        cancelled=lambda: read("order.updated", message.order(more, pan, **gone)),
    )


def _documents(names: dict[str, str], lines: Callable[[int], dict[str, Any]], order: str) -> Teller:
    """Told by the shop's own server in documents, with the names of one vocabulary."""

    def say(step: str, at: str, number: str = "1001", who: str | None = "7", **said: Any) -> list[Activity]:
        document = {
            "type": "track",
            "event": names[step],
            "messageId": f"{step}-{number}",
            "timestamp": f"2026-03-{at}T10:00:00Z",
            "properties": {order: number, **said},
            **({"userId": who} if who else {}),
        }
        return [read_document(document, Sender("shop", "EUR"), NOW)]

    return Teller(
        pan="pan",
        order_id="1001",
        shopper="7",
        made=lambda: say("made", "01", **lines(2)),
        guest=lambda: say("made", "01", number="9", who=None, **lines(2)),
        changed=(lambda: say("changed", "02", **lines(3))) if "changed" in names else None,
        sent_back=lambda: say("sent_back", "05", who=None, refund_id="509", **lines(0)),
        cancelled=(lambda: say("cancelled", "07")) if "cancelled" in names else None,
    )


def _segment() -> Teller:
    def lines(cups: int) -> dict[str, Any]:
        if not cups:
            return {"products": [{"product_id": "cup", "quantity": 1, "price": 5}]}
        pan = {"product_id": "pan", "quantity": 1, "price": "25.00"}
        return {"products": [{"product_id": "cup", "quantity": cups, "price": 5.0}, pan]}

    names = {
        "made": "Order Completed",
        "changed": "Order Updated",
        "sent_back": "Order Refunded",
        "cancelled": "Order Cancelled",
    }
    return _documents(names, lines, "order_id")


def _google() -> Teller:
    def lines(cups: int) -> dict[str, Any]:
        if not cups:
            return {"items": [{"item_id": "cup", "quantity": 1}]}
        pan = {"item_id": "pan", "item_name": "Pan", "price": 25}
        return {"items": [{"item_id": "cup", "quantity": cups, "price": 5.0, "discount": 1}, pan]}

    return _documents({"made": "purchase", "sent_back": "refund"}, lines, "transaction_id")


def order_files(folder: Path) -> Teller:
    """Told by files of order lines, as a shop exports its past."""

    def read(*rows: str) -> list[Activity]:
        path = folder / "orders.csv"
        heading = "order_id,product_id,shopper_id,quantity,price,ordered_at"
        path.write_text("\n".join((heading, *rows)) + "\n")
        given = {"currency": "EUR", "zone": ZoneInfo("UTC"), "received_at": NOW}
        with Rejects() as rejects:
            return list(read_orders([path], {}, rejects=rejects, **given))  # type: ignore[arg-type]

    made = ("1001,cup,7,2,5.00,2026-03-01T10:00:00Z", "1001,pan,7,1,25.00,2026-03-01T10:00:00Z")
    return Teller(
        pan="pan",
        order_id="1001",
        shopper="7",
        made=lambda: read(*made),
        guest=lambda: read("9,cup,,2,5.00,2026-03-01T10:00:00Z"),
        sent_back=lambda: read(*made, "R-1,cup,7,-1,5.00,2026-03-05T10:00:00Z")[1:],
    )


TELLERS: dict[str, Callable[[Path], Teller]] = {
    "shopify": lambda _: _shopify(),
    "woocommerce": lambda _: _woocommerce(),
    "segment": lambda _: _segment(),
    "ga4": lambda _: _google(),
    "order files": order_files,
}
