"""The documents an outside shop sends: products, shoppers and Segment-shaped activity."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from plugin.connectors.simulated.catalogue import Card, Variant
from plugin.connectors.simulated.money import decimal_text, minor_units, number
from plugin.connectors.simulated.people import Person
from plugin.connectors.simulated.visits import Line, Review, SentBack

Document = dict[str, Any]
SHIPPING_CENTS, FREE_SHIPPING_FROM = 490, 5000


def product_document(
    card: Card, variant: Variant, stock: dict[str, int], percent_off: int, site: str, currency: str
) -> Document:
    """One product as `/v1/products` takes it. What it cost the shop is stable: 42 to 62 % of its price."""
    cents, product_id = variant.cents, variant.product_id
    share = 42 + crc32(card.key.encode()) % 21
    url = f"{site}/product/{product_id}"
    left = stock[product_id]
    document: Document = {
        "product_id": product_id,
        "name": variant.name,
        "url": url,
        "image_url": f"{site}/pictures/{product_id}.svg",
        "price": {"amount": _text(cents, currency), "currency": currency},
        "sale_price": sale_price(cents, percent_off, currency),
        "cost": {"amount": _text(cents * share // 100, currency), "currency": currency},
        "category": card.category,
        "brand": card.brand,
        "availability": "in_stock" if left > 0 else "out_of_stock" if left == 0 else "preorder",
        "group_id": card.key if len(card.variants) > 1 else None,
        "durable": True if card.years else False if card.days else None,
        "lifetime_days": _lifetime(card, variant),
        "attributes": {
            "description": card.description,
            "stock": max(left, 0),
            **card.attributes,
            **variant.attributes,
        },
    }
    if card.german:
        suffix = variant.name.removeprefix(card.name)
        document["locales"] = {"de": {"name": card.german + suffix, "url": f"{url}?lang=de"}}
    return document


def sale_price(cents: int, percent_off: int, currency: str) -> Document | None:
    """A reduced price as a product's document says it; None where nothing is reduced."""
    return money(cents * (100 - percent_off) // 100 // 5 * 5, currency) if percent_off else None


def money(cents: int, currency: str) -> Document:
    """A table price (euro cents) as a document says it."""
    return {"amount": _text(cents, currency), "currency": currency}


def plan_stock(
    rng: random.Random, variants: list[tuple[Card, Variant]], never_out: set[str]
) -> dict[str, int]:
    """Pieces left of every product; 0 is sold out, -1 can be ordered ahead. `never_out` holds card keys."""
    stock = {variant.product_id: rng.randint(12, 160) for _, variant in variants}
    for product_id in rng.sample(sorted(stock), min(18, len(stock))):
        stock[product_id] = rng.randint(1, 4)
    free = sorted(variant.product_id for card, variant in variants if card.key not in never_out)
    for place, product_id in enumerate(rng.sample(free, min(9, len(free)))):
        stock[product_id] = -1 if place < 2 else 0
    return stock


def identify(person: Person) -> Document:
    """Who the shopper is, at the first visit; joins the id they looked around under, if they did."""
    document: Document = {"type": "identify", "userId": person.user_id, "traits": dict(person.traits)}
    if person.anonymous_id:
        document["anonymousId"] = person.anonymous_id
    return document


def track(event: str, properties: Document) -> Document:
    """A track call without its sender and time."""
    return {"type": "track", "event": event, "properties": properties}


def product_properties(card: Card, variant: Variant, cents: int, currency: str) -> Document:
    """A product as events carry it; prices are JSON numbers in the shop's currency."""
    return {
        "product_id": variant.product_id,
        "name": variant.name,
        "category": card.category,
        "brand": card.brand,
        "price": number(minor_units(cents, currency), currency),
        "currency": currency,
    }


def line_properties(line: Line, currency: str) -> Document:
    """A basket line as `Product Added` and `Product Removed` carry it."""
    return {
        **product_properties(line.card, line.variant, line.cents, currency),
        "quantity": line.quantity,
    }


def order_properties(order_id: str, lines: list[Line], currency: str) -> Document:
    """An order; `total` is the sum of the lines plus shipping, which large orders do not pay."""
    subtotal = sum(minor_units(line.cents, currency) * line.quantity for line in lines)
    shipping = (
        0 if subtotal >= minor_units(FREE_SHIPPING_FROM, currency) else minor_units(SHIPPING_CENTS, currency)
    )
    return {
        "order_id": order_id,
        "currency": currency,
        "subtotal": number(subtotal, currency),
        "shipping": number(shipping, currency),
        "total": number(subtotal + shipping, currency),
        "products": [
            {
                "product_id": line.variant.product_id,
                "name": line.variant.name,
                "price": number(minor_units(line.cents, currency), currency),
                "quantity": line.quantity,
            }
            for line in lines
        ],
    }


def refund_properties(order_id: str, parcel: SentBack, currency: str) -> Document:
    """What came back of an order, what was paid for it, and the shopper's reason."""
    paid = sum(minor_units(line.cents, currency) * quantity for line, quantity in parcel.lines)
    return {
        "order_id": order_id,
        "currency": currency,
        "total": number(paid, currency),
        "products": [
            {"product_id": line.variant.product_id, "quantity": quantity} for line, quantity in parcel.lines
        ],
        "reason": parcel.reason,
    }


def review_properties(review_id: str, review: Review) -> Document:
    """A review in the e-commerce names."""
    return {
        "product_id": review.line.variant.product_id,
        "review_id": review_id,
        "review_body": review.text,
        "rating": str(review.stars),
    }


def rfc3339(at: float) -> str:
    """An epoch second as RFC 3339 in UTC, to the millisecond."""
    return datetime.fromtimestamp(round(at, 3), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _lifetime(card: Card, variant: Variant) -> int | None:
    if card.years:
        return card.years * 365
    return round(card.days * variant.units) if card.days else None


def _text(cents: int, currency: str) -> str:
    return decimal_text(minor_units(cents, currency), currency)
