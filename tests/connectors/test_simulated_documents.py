"""The simulated shop sends what an outside shop would send: consistent, complete, the same for a seed."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.connectors.simulated import World, simulate
from plugin.connectors.simulated.money import decimal_text, minor_units

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
PACKAGE = Path(__file__).parents[2] / "plugin" / "connectors" / "simulated"


@cache
def world() -> World:
    return simulate(7, until=UNTIL)


@cache
def activities() -> tuple[dict[str, Any], ...]:
    return tuple(world().activities())


def events(name: str) -> list[dict[str, Any]]:
    return [document for document in activities() if document.get("event") == name]


def small(seed: int = 7, **changes: Any) -> World:
    return simulate(seed, **{"until": UNTIL, "months": 5, "shoppers": 60} | changes)


def as_bytes(shop: World) -> bytes:
    told = [shop.products, shop.shoppers, shop.truth, list(shop.activities())]
    return json.dumps(told, ensure_ascii=False).encode()


def test_the_same_seed_and_day_give_the_same_bytes() -> None:
    assert as_bytes(small()) == as_bytes(small())


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib, json\nfrom datetime import UTC, datetime\n"
        "from plugin.connectors.simulated import simulate\n"
        "shop = simulate(7, until=datetime(2026, 3, 1, tzinfo=UTC), months=15, shoppers=400)\n"
        "told = [shop.products, shop.shoppers, shop.truth, list(shop.activities())]\n"
        "print(hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone},
            cwd=PACKAGE.parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(digests) == 1


def test_another_seed_gives_another_history() -> None:
    assert list(small(7).activities()) != list(small(8).activities())


def test_reading_the_activities_twice_tells_the_same_story() -> None:
    shop = small()
    assert list(shop.activities()) == list(shop.activities())


def test_it_imports_nothing_else_of_the_project() -> None:
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                ours = name.split(".")[0] in {"api", "plugin", "recommender", "widgets"}
                assert not ours or name.startswith("plugin.connectors.simulated"), (file.name, name)


def test_the_world_has_the_size_that_was_promised() -> None:
    orders = events("Order Completed")
    assert 280 <= len(world().products) <= 340
    assert len(world().shoppers) == 2000
    assert 8_000 <= len(orders) <= 10_500
    assert 20_000 <= len(events("Product Viewed")) <= 40_000
    assert len(activities()) <= 60_000
    guests = sum("userId" not in order for order in orders) / len(orders)
    assert 0.13 <= guests <= 0.17


def test_a_few_shoppers_place_many_of_the_orders() -> None:
    counts = sorted(Counter(o["userId"] for o in events("Order Completed") if "userId" in o).values())
    assert sum(count == 1 for count in counts) > 0.25 * len(counts)
    assert sum(counts[-len(counts) // 10 :]) > 0.35 * sum(counts)


def test_every_product_is_a_complete_document() -> None:
    products = world().products
    assert len({product["product_id"] for product in products}) == len(products)
    categories = {product["category"] for product in products}
    assert all(len(category.split(" > ")) == 2 for category in categories)
    assert 6 <= len({category.split(" > ")[0] for category in categories}) <= 8
    for product in products:
        price, cost, sale = (product[name] for name in ("price", "cost", "sale_price"))
        assert 0 < float(cost["amount"]) < float(price["amount"])
        assert sale is None or float(cost["amount"]) < float(sale["amount"]) < float(price["amount"])
        assert product["url"] == f"http://127.0.0.1:8081/product/{product['product_id']}"
        assert product["image_url"] == f"http://127.0.0.1:8081/pictures/{product['product_id']}.svg"
        assert product["availability"] in {"in_stock", "out_of_stock", "preorder"}
        assert product["attributes"]["description"].endswith(".")
        assert product["durable"] is None or product["lifetime_days"] > 0
    groups = Counter(product["group_id"] for product in products if product["group_id"])
    assert min(groups.values()) >= 2
    assert any(product["availability"] == "out_of_stock" for product in products)
    assert any(product["sale_price"] for product in products)
    assert any("locales" in product for product in products)


def test_activities_come_in_time_order_each_with_its_own_id() -> None:
    times = [datetime.fromisoformat(document["timestamp"]) for document in activities()]
    assert times == sorted(times)
    assert times[-1] <= UNTIL
    assert (UNTIL - times[0]).days <= 18 * 31
    assert len({document["messageId"] for document in activities()}) == len(activities())


def test_every_activity_names_its_shopper_or_visitor() -> None:
    known = {shopper["user_id"] for shopper in world().shoppers}
    for document in activities():
        if document["type"] == "identify":
            assert document["userId"] in known
        else:
            assert ("userId" in document) != ("anonymousId" in document)
            assert document.get("userId", next(iter(known))) in known


def test_some_shoppers_looked_around_before_they_signed_in() -> None:
    joined = {d["anonymousId"]: d["userId"] for d in activities() if "anonymousId" in d and "userId" in d}
    before = {d["anonymousId"] for d in events("Product Viewed") if "anonymousId" in d}
    assert len(before & joined.keys()) > 50


def test_orders_add_up_and_name_known_products() -> None:
    known = {product["product_id"] for product in world().products}
    seen = set()
    for document in events("Order Completed"):
        order = document["properties"]
        assert order["order_id"] not in seen
        seen.add(order["order_id"])
        lines = order["products"]
        cents = [minor_units(round(line["price"] * 100), "EUR") * line["quantity"] for line in lines]
        assert round(order["subtotal"] * 100) == sum(cents)
        assert round(order["total"] * 100) == sum(cents) + round(order["shipping"] * 100)
        assert {line["product_id"] for line in lines} <= known
        assert len({line["product_id"] for line in lines}) == len(lines)


def test_refunds_give_back_only_what_was_bought_before() -> None:
    bought: dict[str, Counter[str]] = {}
    for document in activities():
        order = document.get("properties", {})
        if document.get("event") == "Order Completed":
            bought[order["order_id"]] = Counter({p["product_id"]: p["quantity"] for p in order["products"]})
        elif document.get("event") == "Order Refunded":
            bought[order["order_id"]].subtract({p["product_id"]: p["quantity"] for p in order["products"]})
            assert order["reason"]
            assert min(bought[order["order_id"]].values()) >= 0


def test_durable_things_are_not_bought_again_by_the_same_shopper() -> None:
    durable = {product["product_id"] for product in world().products if product["durable"]}
    demo = {shopper["user_id"] for shopper in world().shoppers if shopper["demo"]}
    owned: dict[str, Counter[str]] = defaultdict(Counter)
    for document in events("Order Completed"):
        who = document.get("userId")
        if who and who not in demo:
            owned[who].update({p["product_id"] for p in document["properties"]["products"]} & durable)
    again = sum(count > 1 for counts in owned.values() for count in counts.values())
    assert again < 0.02 * sum(len(counts) for counts in owned.values())


def test_the_demo_accounts_are_the_people_their_sketches_describe() -> None:
    demo = {shopper["name"]: shopper for shopper in world().shoppers if shopper["demo"]}
    assert 6 <= len(demo) <= 8
    assert all(shopper["sketch"] and shopper["email"].endswith("@example.com") for shopper in demo.values())
    orders = defaultdict(list)
    for document in events("Order Completed"):
        orders[document.get("userId")].append(document)

    def days_since_last(name: str) -> float:
        last = datetime.fromisoformat(orders[demo[name]["user_id"]][-1]["timestamp"])
        return (UNTIL - last).total_seconds() / 86_400

    counts = Counter({name: len(orders[shopper["user_id"]]) for name, shopper in demo.items()})
    assert counts.most_common(1)[0][0] == "Ines Bergmann"
    assert counts["Tom de Wit"] == 1
    assert 20 <= days_since_last("Solveig Dahl") < 21
    assert days_since_last("Ruth Okafor") > 200
    refunds = {document.get("userId") for document in events("Order Refunded")}
    assert demo["Amelie Laurent"]["user_id"] in refunds
    birthday = datetime.fromisoformat(demo["Grace Whitfield"]["birthday"])
    assert (birthday.month, birthday.day) == (3, 7)


def test_write_leaves_what_a_storefront_needs(tmp_path: Path) -> None:
    shop = small()
    shop.write(tmp_path)
    read = {
        name: [json.loads(line) for line in (tmp_path / f"{name}.ndjson").read_text("utf-8").splitlines()]
        for name in ("products", "shoppers", "orders", "use_ideas")
    }
    assert read["products"] == shop.products
    assert read["shoppers"] == shop.shoppers
    assert read["use_ideas"] == shop.truth["ideas"]
    assert json.loads((tmp_path / "truth.json").read_text("utf-8")) == shop.truth
    demo = {shopper["user_id"] for shopper in shop.shoppers if shopper["demo"]}
    assert read["orders"]
    assert {order["user_id"] for order in read["orders"]} <= demo
    assert any(order["returned"] for order in read["orders"])
    assert {path.stem for path in (tmp_path / "pictures").iterdir()} == {
        p["product_id"] for p in shop.products
    }


@pytest.mark.parametrize(("currency", "text"), [("EUR", "24.90"), ("JPY", "3984"), ("KWD", "24.900")])
def test_prices_are_written_with_the_digits_of_the_currency(currency: str, text: str) -> None:
    assert decimal_text(minor_units(2490, currency), currency) == text
    shop = small(currency=currency)
    assert shop.products[0]["price"] == {"amount": text, "currency": currency}
    for document in shop.activities():
        if document.get("event") == "Order Completed":
            assert document["properties"]["currency"] == currency


def test_addresses_begin_with_the_given_site() -> None:
    shop = small(site="https://shop.example")
    assert all(product["url"].startswith("https://shop.example/product/") for product in shop.products)
    assert all(idea["image_url"].startswith("https://shop.example/pictures/") for idea in shop.use_ideas)


@pytest.mark.parametrize(
    "changes",
    [{"until": datetime(2026, 3, 1)}, {"months": 0}, {"shoppers": 3}],
    ids=["naive", "short", "few"],
)
def test_a_world_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        small(**changes)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    months=st.integers(1, 14),
    shoppers=st.integers(8, 60),
    until=st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)),
)
def test_any_world_is_consistent(seed: int, months: int, shoppers: int, until: datetime) -> None:
    shop = simulate(seed, until=until, months=months, shoppers=shoppers)
    assert len(shop.shoppers) == shoppers
    ordered: set[str] = set()
    last = datetime.min.replace(tzinfo=UTC)
    for document in shop.activities():
        at = datetime.fromisoformat(document["timestamp"])
        assert last <= at <= until
        last = at
        if document.get("event") == "Order Completed":
            ordered.add(document["properties"]["order_id"])
        elif document.get("event") == "Order Refunded":
            assert document["properties"]["order_id"] in ordered
    assert json.loads(json.dumps(shop.truth)) == shop.truth
