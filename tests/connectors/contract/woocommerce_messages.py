"""WooCommerce's messages as its REST API documents them, made for a test's own story."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]


def line(number: int, sku: str, quantity: int, total: str, **fields: Any) -> Body:
    """A line of an order; `number` makes its ids, `total` is for all pieces, after discounts, before tax."""
    return {
        "id": 315 + number,
        "name": f"Thing {number}",
        "parent_name": None,
        "product_id": 93 + number,
        "variation_id": 0,
        "quantity": quantity,
        "tax_class": "",
        "subtotal": total,
        "subtotal_tax": "0.00",
        "total": total,
        "total_tax": "0.00",
        "taxes": [],
        "meta_data": [],
        "sku": sku,
        "price": float(total) / quantity,
        "image": {"id": "", "src": ""},
        **fields,
    }


def order(*lines: Body, number: int = 727, customer: int = 26, **fields: Any) -> Body:
    """An order that is paid."""
    return {
        "id": number,
        "parent_id": 0,
        "number": str(number),
        "order_key": "wc_order_58d2d042d1d",
        "created_via": "checkout",
        "version": "9.4.0",
        "status": "processing",
        "currency": "EUR",
        "date_created": "2026-03-01T11:00:00",
        "date_created_gmt": "2026-03-01T10:00:00",
        "date_modified": "2026-03-01T11:00:05",
        "date_modified_gmt": "2026-03-01T10:00:05",
        "date_paid_gmt": "2026-03-01T10:00:05",
        "discount_total": "0.00",
        "total": "35.00",
        "total_tax": "0.00",
        "prices_include_tax": False,
        "customer_id": customer,
        "customer_ip_address": "203.0.113.9",
        "billing": {"first_name": "Ann", "email": "ann@example.com", "country": "BE"},
        "line_items": list(lines),
        "refunds": [],
        **fields,
    }


def product(number: int = 799, **fields: Any) -> Body:
    """A simple product."""
    return {
        "id": number,
        "name": "Example cup",
        "slug": "example-cup",
        "permalink": "https://shop.example/product/example-cup/",
        "date_created_gmt": "2026-01-01T00:00:00",
        "date_modified_gmt": "2026-02-01T10:00:00",
        "type": "simple",
        "status": "publish",
        "catalog_visibility": "visible",
        "description": "<p>An example</p>",
        "sku": f"example-cup-{number}",
        "price": "19.99",
        "regular_price": "24.99",
        "sale_price": "19.99",
        "on_sale": True,
        "stock_status": "instock",
        "categories": [{"id": 9, "name": "Kitchen", "slug": "kitchen"}],
        "brands": [{"id": 3, "name": "Acme", "slug": "acme"}],
        "images": [{"id": 792, "src": "https://shop.example/cup.jpg", "alt": ""}],
        "attributes": [{"id": 6, "name": "Color", "position": 0, "options": ["Blue"]}],
        "variations": [],
        "parent_id": 0,
        **fields,
    }


def customer(number: int = 26, **fields: Any) -> Body:
    """A customer."""
    return {
        "id": number,
        "date_created_gmt": "2025-01-01T00:00:00",
        "date_modified_gmt": "2026-03-01T10:00:00",
        "email": "ann@example.com",
        "first_name": "Ann",
        "last_name": "Bell",
        "role": "customer",
        "username": "ann",
        "billing": {"first_name": "Ann", "address_1": "1 High St", "country": "BE", "phone": "1234"},
        "shipping": {"country": "BE"},
        **fields,
    }
