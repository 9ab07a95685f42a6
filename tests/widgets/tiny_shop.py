"""A shop of nine products and two customers, written as the files the demo shop reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><circle cx="200" cy="200" r="90"/></svg>'
)

GOODS = [
    ("drip", "Glass Dripper", "24.90", "Coffee > Brewing"),
    ("filters", "Paper Filters, 100", "5.40", "Coffee > Brewing"),
    ("beans", "House Beans, 250 g", "9.80", "Coffee > Beans"),
    ("kettle", "Gooseneck Kettle", "69.00", "Coffee > Brewing"),
    ("spade", "Ash Spade", "48.00", "Garden > Tools"),
    ("seeds", "Parsley Seeds", "3.20", "Garden > Seeds"),
    ("gloves", "Kid Gloves", "19.00", "Garden > Tools"),
    ("cup-blue", "Cup, Blue", "12.00", "Coffee > Cups"),
    ("cup-red", "Cup, Red", "12.00", "Coffee > Cups"),
]


def product(product_id: str, name: str, amount: str, category: str) -> dict[str, Any]:
    """One catalogue document."""
    return {
        "product_id": product_id,
        "name": name,
        "url": f"http://127.0.0.1:8081/product/{product_id}",
        "image_url": f"http://127.0.0.1:8081/pictures/{product_id}.svg",
        "price": {"amount": amount, "currency": "EUR"},
        "category": category,
        "brand": "Hollin",
        "availability": "in_stock",
        "attributes": {"description": f"About the {name.lower()}.", "material": "beech"},
    }


def products() -> list[dict[str, Any]]:
    """The catalogue: one product reduced, one out of stock, two variants of one group."""
    made = {each[0]: product(*each) for each in GOODS}
    made["kettle"]["sale_price"] = {"amount": "55.00", "currency": "EUR"}
    made["gloves"]["availability"] = "out_of_stock"
    made["cup-blue"]["group_id"] = made["cup-red"]["group_id"] = "cup"
    made["sp ace/ü"] = product("sp ace/ü", 'A <b>bold</b> "name"', "1.00", "Garden > Seeds")
    return list(made.values())


PRIOR_PRICES = {"kettle": {"amount": "64.00", "currency": "EUR"}}  # less than its price says

SHOPPERS = [
    {"user_id": "ada", "name": "Ada Lind", "email": "ada@example.com", "demo": True, "sketch": "A regular."},
    {"user_id": "tom", "name": "Tom Beck", "email": "tom@example.com", "demo": True, "sketch": "A newcomer."},
    {"user_id": "eve", "name": "Eve Nobody", "email": "eve@example.com"},
]

ORDERS = [
    {
        "user_id": "ada",
        "order_id": "O-1",
        "timestamp": "2026-05-04T09:00:00Z",
        "shipping": "4.90",
        "total": "35.20",
        "currency": "EUR",
        "products": [
            {"product_id": "drip", "name": "Glass Dripper", "price": "24.90", "quantity": 1},
            {"product_id": "filters", "name": "Paper Filters, 100", "price": "5.40", "quantity": 1},
        ],
        "returned": [{"product_id": "filters", "quantity": 1, "reason": "Wrong size"}],
    }
]


IDEAS = [
    {
        "use_id": "for-two",
        "title": "Filter Coffee for Two",
        "summary": "Slowly, in circles.",
        "url": "http://127.0.0.1:8081/ideas/for-two",
        "image_url": "http://127.0.0.1:8081/pictures/drip.svg",
        "needs": [
            {"any": [{"product_id": "drip"}]},
            {"any": [{"category": "Coffee > Beans"}]},
            {"any": [{"attribute": "material", "is": "beech"}, {"product_id": "cup-red"}]},
        ],
        "optional": [{"any": [{"product_id": "kettle"}]}],
        "minutes": 5,
        "level": "easy",
    }
]


def write_shop(folder: Path) -> Path:
    """Write the shop's files and return their folder."""

    def write(name: str, documents: Iterable[dict[str, Any]]) -> None:
        lines = (json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
        (folder / name).write_text("".join(lines), encoding="utf-8")

    write("products.ndjson", products())
    (folder / "prior_prices.json").write_text(json.dumps(PRIOR_PRICES))
    write("shoppers.ndjson", SHOPPERS)
    write("orders.ndjson", ORDERS)
    write("use_ideas.ndjson", IDEAS)
    (folder / "pictures").mkdir()
    for product_id, *_ in GOODS:
        (folder / "pictures" / f"{product_id}.svg").write_text(PICTURE)
    return folder
