"""Shopify's messages as its Admin API documents them, made for a test's own story."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]
SITE = "tools.myshopify.com"


def money(amount: str, currency: str = "EUR") -> Body:
    """An amount in the shop's money, and what a visitor from elsewhere saw."""
    return {
        "shop_money": {"amount": amount, "currency_code": currency},
        "presentment_money": {"amount": str(float(amount) * 10), "currency_code": "SEK"},
    }


def line(number: int, sku: str | None, quantity: int, price: str, **fields: Any) -> Body:
    """A line of an order; `number` makes its ids."""
    return {
        "id": 466_157_000 + number,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{466_157_000 + number}",
        "current_quantity": quantity,
        "fulfillable_quantity": quantity,
        "fulfillment_service": "manual",
        "fulfillment_status": None,
        "gift_card": False,
        "grams": 200,
        "name": f"Thing {number}",
        "price": price,
        "price_set": money(price),
        "product_exists": True,
        "product_id": 632_910_000 + number,
        "properties": [],
        "quantity": quantity,
        "requires_shipping": True,
        "sku": sku,
        "taxable": True,
        "title": f"Thing {number}",
        "total_discount": "0.00",
        "variant_id": 808_950_000 + number,
        "variant_title": None,
        "vendor": "Tools & Co",
        "tax_lines": [{"channel_liable": None, "price": "0.80", "price_set": money("0.80"), "rate": 0.19}],
        "discount_allocations": [],
        **fields,
    }


def order(*lines: Body, number: int = 450_789_469, customer: int | None = 207_119_551, **fields: Any) -> Body:
    """An order that is paid."""
    return {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/Order/{number}",
        "app_id": None,
        "cancel_reason": None,
        "cancelled_at": None,
        "confirmed": True,
        "created_at": "2026-03-01T10:00:00+01:00",
        "currency": "EUR",
        "current_total_price": "35.00",
        "customer": {"id": customer, "email": "ann@example.com", "tags": "vip, early"} if customer else None,
        "discount_codes": [],
        "email": "ann@example.com",
        "financial_status": "paid",
        "fulfillment_status": None,
        "line_items": list(lines),
        "name": "#1001",
        "order_number": 1001,
        "presentment_currency": "SEK",
        "processed_at": "2026-03-01T10:00:00+01:00",
        "refunds": [],
        "source_name": "web",
        "taxes_included": True,
        "test": False,
        "total_price": "35.00",
        "updated_at": "2026-03-01T10:00:05+01:00",
        **fields,
    }


def refund(number: int, *back: tuple[Body, int], order_id: int = 450_789_469, **fields: Any) -> Body:
    """A refund of some pieces of some lines."""
    return {
        "id": number,
        "order_id": order_id,
        "created_at": "2026-03-05T09:00:00+01:00",
        "processed_at": "2026-03-05T09:00:00+01:00",
        "note": "too small",
        "user_id": 548_380_009,
        "restock": True,
        "refund_line_items": [
            {
                "id": 104_689_000 + place,
                "line_item": item,
                "line_item_id": item["id"],
                "quantity": pieces,
                "restock_type": "return",
                "subtotal": float(item["price"]) * pieces,
                "subtotal_set": money(str(float(item["price"]) * pieces)),
                "total_tax": 0.0,
            }
            for place, (item, pieces) in enumerate(back)
        ],
        "transactions": [
            {"id": 179_259_969, "kind": "refund", "status": "success", "amount": "5.00", "currency": "EUR"}
        ],
        "order_adjustments": [],
        **fields,
    }


def product(*variants: Body, number: int = 788_032_119, **fields: Any) -> Body:
    """A product with its variants."""
    return {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/Product/{number}",
        "body_html": "<p>An <b>example</b></p>",
        "created_at": "2026-01-01T00:00:00+01:00",
        "handle": "example-cup",
        "images": [
            {"id": 1, "product_id": number, "position": 1, "src": "https://cdn.example/cup.png"},
            {"id": 2, "product_id": number, "position": 2, "src": "https://cdn.example/cup-red.png"},
        ],
        "options": [{"id": 5, "name": "Color", "position": 1, "values": ["Blue", "Red"]}],
        "product_type": "Kitchen",
        "published_at": "2026-01-01T00:00:00+01:00",
        "status": "active",
        "tags": "example, mens",
        "title": "Example cup",
        "updated_at": "2026-02-01T10:00:00+01:00",
        "variants": list(variants) or [variant(1)],
        "vendor": "Acme",
        **fields,
    }


def variant(number: int, **fields: Any) -> Body:
    """One variant of a product."""
    return {
        "id": 642_667_000 + number,
        "product_id": 788_032_119,
        "title": "Blue",
        "option1": "Blue",
        "option2": None,
        "price": "19.99",
        "compare_at_price": "24.99",
        "sku": f"example-cup-{number}",
        "position": number,
        "inventory_policy": "deny",
        "inventory_management": "shopify",
        "inventory_quantity": 3,
        "image_id": None,
        "taxable": True,
        **fields,
    }


def customer(number: int = 207_119_551, **fields: Any) -> Body:
    """A customer."""
    return {
        "id": number,
        "email": "ann@example.com",
        "first_name": "Ann",
        "last_name": "Bell",
        "phone": "+441234567890",
        "state": "enabled",
        "tags": "vip, early",
        "currency": "EUR",
        "created_at": "2025-01-01T00:00:00+01:00",
        "updated_at": "2026-03-01T10:00:00+01:00",
        "email_marketing_consent": {"state": "subscribed", "opt_in_level": "single_opt_in"},
        "default_address": {"id": 1, "address1": "1 High St", "city": "Ghent", "country_code": "BE"},
        **fields,
    }
