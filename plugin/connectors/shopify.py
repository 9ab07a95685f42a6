"""Shopify: what its webhooks tell, as activities and products (Admin API, REST payloads).

Money is the shop's own (`shop_money`), never what a visitor saw converted. A line costs what was paid for it:
after its share of the discounts, with tax where the shop's prices include tax.
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

MOST = 2_000  # lines, refunds or variants of one message
VARIANTS_A_MESSAGE_HOLDS = 100  # of a product with more, a message leaves out the rest
PAID = frozenset({"paid", "partially_paid", "authorized", "partially_refunded", "refunded"})
NEVER_PAID = frozenset({"voided", "expired"})
HOST = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}", re.ASCII | re.IGNORECASE)

_said = Orders("shopify", {"number": "name"}).said


def read(told: Delivery) -> Told:
    """Return what a delivery tells. Raises `Unusable` for one that lacks what its topic must have."""
    reader = READERS.get(told.topic)
    return reader(told) if reader is not None else Told(ignored="topic not read")


def _order(told: Delivery) -> Told:
    order, order_id = told.body, demanded(told.body.get("id"), "id")
    if order.get("test") is True:
        return Told(ignored="test order")
    status = text(order.get("financial_status"), 50)
    paid, void = status in PAID, status in NEVER_PAID
    lines = () if void else _lines(told)
    made = happened(told, order.get("processed_at"), order.get("created_at"), order.get("updated_at"))
    version = happened(told, order.get("updated_at"), order.get("created_at"))
    who = _shopper(order.get("customer"))
    said: list[Activity] = []
    if paid:
        said.append(_said(told, "bought", f"order:{order_id}", made, order_id, who, lines))
    if void or (paid and told.topic != "orders/create"):
        said.append(_said(told, "rebought", f"order:{order_id}:{version}", version, order_id, who, lines))
    for refund in each(order.get("refunds"), MOST):
        said += _refunded(told, refund, order_id, who)
    if order.get("cancelled_at"):
        gone = happened(told, order.get("cancelled_at"))
        said.append(_said(told, "cancelled", f"cancelled:{order_id}", gone, order_id, who))
    return Told(activities=tuple(said), ignored=None if said else "order not paid yet")


def _lines(told: Delivery) -> tuple[Line, ...]:
    order, sent_back = told.body, _sent_back(told.body)
    lines: list[Line] = []
    for item in each(order.get("line_items"), MOST):
        product_id = _product_id(told, item)
        bought, current = whole(item.get("quantity")) or 0, whole(item.get("current_quantity"))
        # What an edit of the order took out was never handed over; what a refund takes back was.
        left = bought if current is None else current + sent_back.get(identity(item.get("id")), 0)
        quantity = min(bought, left)
        if product_id is None or quantity < 1:
            continue  # a tip, a custom amount, or taken out again
        total = _total(item, bought, currency_of(told))
        share = None if total is None else total * quantity // bought
        lines += lines_of(product_id, quantity, share, text(item.get("title")))
    return tuple(lines)


def _sent_back(order: Mapping[str, Any]) -> dict[str | None, int]:
    """How many pieces of each line came back, by the line's id."""
    pieces: dict[str | None, int] = {}
    for refund in each(order.get("refunds"), MOST):
        for back in each(refund.get("refund_line_items"), MOST):
            line = identity(back.get("line_item_id"))
            pieces[line] = pieces.get(line, 0) + (whole(back.get("quantity")) or 0)
    return pieces


def _total(item: Mapping[str, Any], quantity: int, currency: str) -> int | None:
    """What all pieces of a line cost together after its discounts, in minor units."""
    price = _shop_money(item, "price", currency)
    if price is None:
        return None
    cuts = each(item.get("discount_allocations"), MOST)
    return max(0, price * quantity - sum(_shop_money(cut, "amount", currency) or 0 for cut in cuts))


def _shop_money(holder: Mapping[str, Any], name: str, currency: str) -> int | None:
    in_shop = part(holder, f"{name}_set", "shop_money", "amount")
    return minor(holder.get(name) if in_shop is None else in_shop, currency)


def _refund(told: Delivery) -> Told:
    order_id = demanded(told.body.get("order_id"), "order_id")
    said = _refunded(told, told.body, order_id, None)
    return Told(activities=tuple(said), ignored=None if said else "nothing refunded")


def _refunded(
    told: Delivery, refund: Mapping[str, Any], order_id: str, who: Shopper | None
) -> list[Activity]:
    """What a refund says: pieces came back, or (a gesture, the postage) only money did."""
    refund_id = demanded(refund.get("id"), "refunds/id")
    at = happened(told, refund.get("processed_at"), refund.get("created_at"))
    lines: list[Line] = []
    reasons: list[str | None] = []
    for back in each(refund.get("refund_line_items"), MOST):
        item = back.get("line_item")
        item = item if isinstance(item, Mapping) else _item(told, back.get("line_item_id"))
        product_id, quantity = _product_id(told, item), whole(back.get("quantity")) or 0
        if product_id is not None and quantity > 0:
            total = _shop_money(back, "subtotal", currency_of(told))
            lines += lines_of(product_id, quantity, total, text(item.get("title")))
            why = reason_text(back.get("return_reason")) or reason_text(back.get("reason"))
            reasons += [why] * (len(lines) - len(reasons))
    paid_back = sum(
        minor(payment.get("amount"), currency_of(told)) or 0
        for payment in each(refund.get("transactions"), MOST)
        if payment.get("kind") == "refund" and payment.get("status", "success") == "success"
    )
    if not lines and not paid_back:
        return []
    more: dict[str, Any] = {"refund_id": refund_id, **amount(paid_back, currency_of(told))}
    more |= {"reason": reason_text(refund.get("note")), **({"reasons": reasons} if any(reasons) else {})}
    kind = "returned" if lines else "refunded"
    return [_said(told, kind, f"refund:{refund_id}", at, order_id, who, tuple(lines), more)]


def _item(told: Delivery, line_id: Any) -> Mapping[str, Any]:
    for item in each(told.body.get("line_items"), MOST):
        if identity(item.get("id")) == identity(line_id):
            return item
    return {}


def _product_id(told: Delivery, item: Mapping[str, Any]) -> str | None:
    sku, variant, product = (identity(item.get(name)) for name in ("sku", "variant_id", "product_id"))
    return product_of_line(sku, variant, product, told)


def _shopper(customer: Any) -> Shopper | None:
    customer_id = identity(part(customer, "id"))
    return None if customer_id is None else Shopper(customer_id)


def _product(told: Delivery) -> Told:
    product, family = told.body, demanded(told.body.get("id"), "id")
    at = happened(told, product.get("updated_at"))
    variants = each(product.get("variants"), MOST)
    products = tuple(ProductTold(_card(told, product, each_), at) for each_ in variants)
    kept = frozenset(told_of.document["product_id"] for told_of in products)
    whole_family = len(variants) < VARIANTS_A_MESSAGE_HOLDS
    return Told(products=products, family=FamilyTold(family, kept, at) if whole_family else None)


def _card(told: Delivery, product: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[str, Any]:
    """One variant as a product of ours; all of them share the group that stands for Shopify's product."""
    family = demanded(product.get("id"), "id")
    sku, own = identity(variant.get("sku")), demanded(variant.get("id"), "variants/id")
    product_id = product_of_line(sku, own, family, told)
    price, before = (minor(variant.get(name), told.currency) for name in ("price", "compare_at_price"))
    on_sale = price is not None and before is not None and before > price
    listed = product.get("status", "active") == "active" and product.get("published_at", "") is not None
    return {
        "product_id": product_id,
        "group_id": family,
        "name": text(product.get("title")) or product_id,
        "url": _url(told, product),
        "image_url": _picture(product, variant),
        "price": amount(before if on_sale else price, told.currency).get("amount"),
        "sale_price": amount(price, told.currency).get("amount") if on_sale else None,
        "category": text(product.get("product_type")) or text(part(product, "category", "full_name")),
        "brand": text(product.get("vendor"), 200),
        "availability": _availability(variant),
        "attributes": _options(product, variant),
        "hidden": not listed,
    }


def _availability(variant: Mapping[str, Any]) -> str:
    counted = variant.get("inventory_management") is not None
    stock = variant.get("inventory_quantity")
    sold_out = counted and isinstance(stock, int) and stock <= 0
    return "out_of_stock" if sold_out and variant.get("inventory_policy") != "continue" else "in_stock"


def _options(product: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[str, str]:
    """What tells variants apart: {"color": "Red", "size": "M"}."""
    found = {}
    for place, option in enumerate(each(product.get("options"), 10), start=1):
        name, value = text(option.get("name"), 100), text(variant.get(f"option{place}"), 200)
        if name and value and value != "Default Title":
            found[name.lower()] = value
    return found


def _picture(product: Mapping[str, Any], variant: Mapping[str, Any]) -> str | None:
    images = each(product.get("images"), MOST)
    own = [image for image in images if variant.get("image_id") and image.get("id") == variant["image_id"]]
    first = [product["image"]] if isinstance(product.get("image"), Mapping) else []
    return next((link for image in [*own, *first, *images] if (link := text(image.get("src"), 2000))), None)


def _url(told: Delivery, product: Mapping[str, Any]) -> str | None:
    handle = text(product.get("handle"), 255)
    if handle is None or told.site is None or not HOST.fullmatch(told.site):
        return None
    return f"https://{told.site}/products/{handle}"


def _product_gone(told: Delivery) -> Told:
    family = demanded(told.body.get("id"), "id")
    return Told(family=FamilyTold(family, frozenset(), told.received_at))


def _customer(told: Delivery) -> Told:
    customer = told.body
    at = happened(told, customer.get("updated_at"))
    tags = customer.get("tags")
    traits = {
        "country": text(part(customer, "default_address", "country_code"), 2),
        "tags": [tag for tag in (text(t, 100) for t in tags.split(",")) if tag][:50]
        if isinstance(tags, str)
        else None,
        "accepts_marketing": part(customer, "email_marketing_consent", "state") == "subscribed",
        "customer_since": text(customer.get("created_at"), 40),
    }
    customer_id = demanded(customer.get("id"), "id")
    return Told(activities=(trait_activity(told, "shopify", customer_id, at, traits),))


def _customer_gone(told: Delivery) -> Told:
    return Told(privacy=PrivacyRequest("erasure", demanded(told.body.get("id"), "id")))


def _redact(told: Delivery) -> Told:
    customer = identity(part(told.body, "customer", "id"))
    if customer is None:
        return Told(ignored="a guest, of whom nothing is kept")
    return Told(privacy=PrivacyRequest("erasure", customer))


def _data_request(told: Delivery) -> Told:
    customer = identity(part(told.body, "customer", "id"))
    if customer is None:
        return Told(ignored="a guest, of whom nothing is kept")
    return Told(privacy=PrivacyRequest("export", customer, identity(part(told.body, "data_request", "id"))))


READERS = {
    **dict.fromkeys(("orders/create", "orders/updated", "orders/paid"), _order),
    **dict.fromkeys(("orders/cancelled", "orders/partially_fulfilled", "orders/fulfilled"), _order),
    "refunds/create": _refund,
    **dict.fromkeys(("products/create", "products/update"), _product),
    "products/delete": _product_gone,
    **dict.fromkeys(("customers/create", "customers/update", "customers/enable"), _customer),
    "customers/delete": _customer_gone,
    "customers/redact": _redact,
    "customers/data_request": _data_request,
    "shop/redact": lambda told: Told(privacy=PrivacyRequest("erasure", None)),
    "app/uninstalled": lambda told: Told(uninstalled=True),
}

CONNECTOR = Connector(
    name="shopify",
    signed_in="X-Shopify-Hmac-Sha256",
    topic_in="X-Shopify-Topic",
    site_in="X-Shopify-Shop-Domain",
    read=read,
    after_uninstalling=frozenset(
        {"app/uninstalled", "customers/redact", "customers/data_request", "shop/redact"}
    ),
)
