"""WooCommerce: what its webhooks tell, as activities and products (REST API v3 payloads).

A line costs what was paid for it: after discounts, with tax where the shop's prices include tax.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from plugin.activity import Activity, Line, Shopper
from plugin.connectors.foreign import demanded, each, identity, minor, part, text, whole
from plugin.connectors.platforms import (
    Connector,
    Delivery,
    FamilyTold,
    Orders,
    PrivacyRequest,
    ProductTold,
    Told,
    amount,
    currency_of,
    happened,
    lines_of,
    product_of_line,
    trait_activity,
)
from plugin.connectors.return_reasons import reason_text

MOST = 2_000
PAID = frozenset({"processing", "completed", "refunded"})
WAITING = frozenset({"pending", "on-hold", "checkout-draft", "auto-draft", "draft"})
GONE = frozenset({"cancelled", "failed", "trash"})
STOCK = {"instock": "in_stock", "onbackorder": "preorder", "outofstock": "out_of_stock"}
PING = re.compile(rb"webhook_id=\d{1,20}")

_said = Orders("woocommerce", {"number": "number", "status": "status"}).said


def read(told: Delivery) -> Told:
    """Return what a delivery tells. Raises `Unusable` for one that lacks what its topic must have."""
    reader = READERS.get(told.topic)
    return reader(told) if reader is not None else Told(ignored="topic not read")


def _order(told: Delivery) -> Told:
    order, order_id = told.body, demanded(told.body.get("id"), "id")
    status = text(order.get("status"), 50)
    # A shop may have made statuses of its own ("shipped"); money that came in says the order stands.
    paid = status in PAID or (status not in WAITING | GONE and bool(order.get("date_paid_gmt")))
    if not paid and status not in GONE:
        return Told(ignored="order not paid yet")
    made = happened(told, order.get("date_created_gmt"))
    version = happened(told, order.get("date_modified_gmt"), order.get("date_created_gmt"))
    if told.topic == "order.restored":
        version = max(version, told.received_at)  # coming back from the bin changes no date
    who, lines = _shopper(order), _lines(told) if paid else ()
    said: list[Activity] = []
    if paid:
        said.append(_said(told, "bought", f"order:{order_id}", made, order_id, who, lines))
    if not paid or told.topic != "order.created":
        mark = f"order:{order_id}:{version}"
        said.append(_said(told, "rebought", mark, version, order_id, who, lines))
    return Told(activities=(*said, *_refunds(told, order_id, who, version)))


def _lines(told: Delivery) -> tuple[Line, ...]:
    lines: list[Line] = []
    currency, with_tax = currency_of(told), told.body.get("prices_include_tax") is True
    for item in each(told.body.get("line_items"), MOST):
        product_id, quantity = _line_product(told, item), whole(item.get("quantity")) or 0
        total = minor(item.get("total"), currency)
        if total is not None and with_tax:
            total += minor(item.get("total_tax"), currency) or 0
        if product_id is None or quantity < 1 or (item.get("bundled_by") and not total):
            continue  # what a bundle holds is bought with the bundle
        lines += lines_of(
            product_id, quantity, total, text(item.get("parent_name")) or text(item.get("name"))
        )
    return tuple(lines)


def _line_product(told: Delivery, item: Mapping[str, Any]) -> str | None:
    sku, variation, product = (identity(item.get(n)) for n in ("sku", "variation_id", "product_id"))
    return product_of_line(sku, variation, product, told)


def _refunds(told: Delivery, order_id: str, who: Shopper | None, at: float) -> list[Activity]:
    """What an order's refunds say: sums, not products, so that only a whole order is known to be back."""
    order, currency = told.body, currency_of(told)
    refunds = each(order.get("refunds"), MOST)
    sums = {demanded(each_.get("id"), "refunds/id"): _back(each_, currency) for each_ in refunds}
    total = minor(order.get("total"), currency)
    all_of_it = order.get("status") == "refunded" or (bool(total) and sum(sums.values()) >= (total or 0))
    said = [
        _said(
            *(told, "refunded", f"refund:{refund_id}", at, order_id, who, ()),
            {"refund_id": refund_id, **amount(back, currency)},
        )
        for refund_id, back in sums.items()
    ]
    if all_of_it:
        said_why = [why for each_ in refunds if (why := reason_text(each_.get("reason")))]
        more = {"refund_id": f"{order_id}:all", **({"reason": said_why[-1]} if said_why else {})}
        said.append(_said(told, "returned", f"refunded:{order_id}", at, order_id, who, (), more))
    return said


def _back(refund: Mapping[str, Any], currency: str) -> int:
    return abs(minor(refund.get("total"), currency) or 0)


def _order_gone(told: Delivery) -> Told:
    """An order that was binned or deleted: only its number comes, so it is a version without lines."""
    order_id = demanded(told.body.get("id"), "id")
    mark = f"order:{order_id}:gone:{told.received_at}"
    return Told(activities=(_said(told, "rebought", mark, told.received_at, order_id, _shopper(told.body)),))


def _shopper(order: Mapping[str, Any]) -> Shopper | None:
    customer_id = identity(order.get("customer_id"))
    return None if customer_id is None else Shopper(customer_id)


def _product(told: Delivery) -> Told:
    product, own = told.body, demanded(told.body.get("id"), "id")
    at = happened(told, product.get("date_modified_gmt"), product.get("date_created_gmt"))
    if told.topic == "product.restored":
        at = max(at, told.received_at)
    product_id = product_of_line(identity(product.get("sku")), own, None, told)
    regular, now = (minor(product.get(name), told.currency) for name in ("regular_price", "price"))
    on_sale = product.get("on_sale") is True and regular is not None and now is not None and regular > now
    document = {
        "product_id": product_id,
        "group_id": identity(product.get("parent_id")) or own,
        "name": text(product.get("name")) or product_id,
        "url": text(product.get("permalink"), 2000),
        "image_url": next((text(i.get("src"), 2000) for i in each(product.get("images"), MOST)), None),
        "price": amount(regular if on_sale else now, told.currency).get("amount"),
        "sale_price": amount(now, told.currency).get("amount") if on_sale else None,
        "category": next((text(c.get("name")) for c in each(product.get("categories"), MOST)), None),
        "brand": next((text(b.get("name"), 200) for b in each(product.get("brands"), MOST)), None),
        "availability": STOCK.get(str(product.get("stock_status")), "in_stock"),
        "attributes": _attributes(product),
        "hidden": product.get("status") != "publish" or product.get("catalog_visibility") == "hidden",
    }
    return Told(products=(ProductTold(document, at),))


def _attributes(product: Mapping[str, Any]) -> dict[str, str]:
    """What tells variations apart (`option`), or is the one thing said of a simple product (`options`)."""
    found = {}
    for attribute in each(product.get("attributes"), 50):
        options = attribute.get("options")
        only = options[0] if isinstance(options, list) and len(options) == 1 else None
        name, value = text(attribute.get("name"), 100), text(attribute.get("option") or only, 200)
        if name and value:
            found[name.lower()] = value
    return found


def _product_gone(told: Delivery) -> Told:
    family = demanded(told.body.get("id"), "id")
    return Told(family=FamilyTold(family, frozenset(), told.received_at))


def _customer(told: Delivery) -> Told:
    customer = told.body
    at = happened(told, customer.get("date_modified_gmt"), customer.get("date_created_gmt"))
    country = text(part(customer, "billing", "country"), 2) or text(part(customer, "shipping", "country"), 2)
    traits = {
        "country": country,
        "role": text(customer.get("role"), 50),
        "customer_since": text(customer.get("date_created_gmt"), 40),
    }
    customer_id = demanded(customer.get("id"), "id")
    return Told(activities=(trait_activity(told, "woocommerce", customer_id, at, traits),))


def _customer_gone(told: Delivery) -> Told:
    return Told(privacy=PrivacyRequest("erasure", demanded(told.body.get("id"), "id")))


READERS = {
    **dict.fromkeys(("order.created", "order.updated", "order.restored"), _order),
    "order.deleted": _order_gone,
    **dict.fromkeys(("product.created", "product.updated", "product.restored"), _product),
    "product.deleted": _product_gone,
    **dict.fromkeys(("customer.created", "customer.updated"), _customer),
    "customer.deleted": _customer_gone,
}

CONNECTOR = Connector(
    name="woocommerce",
    signed_in="X-WC-Webhook-Signature",
    topic_in="X-WC-Webhook-Topic",
    read=read,
    is_ping=lambda body: PING.fullmatch(body.strip()) is not None,
)
