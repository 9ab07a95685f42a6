"""WooCommerce's payloads with known answers: money, statuses, refunds, products, people."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.bodies import valid
from api.schemas.documents import ProductDocument
from plugin.activity import Activity, Shopper
from plugin.connectors.platforms import FamilyTold, PrivacyRequest, Told
from plugin.connectors.rejects import Unusable
from plugin.connectors.woocommerce import CONNECTOR, READERS
from tests.connectors.contract import woocommerce_messages as message
from tests.connectors.contract.tellers import NOW, told
from tests.connectors.test_shopify import JSON, lines


def read(topic: str, body: dict[str, Any]) -> Told:
    return told(CONNECTOR, topic, body)


CUP = message.line(1, "cup", 2, "10.00")


@pytest.mark.parametrize(
    ("status", "paid_at", "kinds"),
    [
        *(("processing", "x", ["bought"]), ("completed", "x", ["bought"]), ("shipped", "x", ["bought"])),
        *(("pending", None, []), ("on-hold", None, []), ("checkout-draft", None, []), ("shipped", None, [])),
        *(("failed", None, ["rebought"]), ("cancelled", "x", ["rebought"]), ("trash", "x", ["rebought"])),
        ("refunded", "x", ["bought", "returned"]),
    ],
)
def test_only_what_is_paid_is_an_order(status: str, paid_at: str | None, kinds: list[str]) -> None:
    came = read("order.created", message.order(CUP, status=status, date_paid_gmt=paid_at))
    assert [each.kind for each in came.activities] == kinds
    if kinds == ["rebought"]:
        assert came.activities[0].lines == (), "a version of the order without lines: it may come back"
    if not kinds:
        assert came.ignored == "order not paid yet"


def test_an_order_that_failed_first_and_was_paid_then_stands() -> None:
    paid = message.order(CUP, date_modified_gmt="2026-03-01T12:00:00")
    bought, version = read("order.updated", paid).activities
    [failed] = read("order.updated", message.order(CUP, status="failed")).activities
    assert version.at > failed.at
    assert bought.at == version.at - 2 * 3600


def test_money_is_what_was_paid_as_the_shop_shows_its_prices() -> None:
    item = message.line(1, "cup", 3, "10.00", subtotal="12.00", total_tax="1.90")
    [net] = read("order.created", message.order(item)).activities
    [gross] = read("order.created", message.order(item, prices_include_tax=True)).activities
    assert lines(net) == [("cup", 1, 334), ("cup", 2, 333)]
    assert lines(gross) == [("cup", 2, 397), ("cup", 1, 396)]


def test_lines_go_by_sku_variation_or_product_and_bundles_by_what_was_bought() -> None:
    items = [
        message.line(1, "unknown", 1, "1.00", variation_id=55),
        message.line(2, "", 1, "2.00"),
        message.line(3, "", 1, "30.00", bundled_items=[9, 10]),
        message.line(4, "", 1, "0.00", bundled_by="318"),
        message.line(5, "", 1, "4.00", bundled_by="318"),
        message.line(6, "", 1, "1.00", product_id=0),
        {**message.line(7, "", 1, "1.00"), "quantity": 0.5},
    ]
    [bought] = read("order.created", message.order(*items)).activities
    assert lines(bought) == [("55", 1, 100), ("95", 1, 200), ("96", 1, 3000), ("98", 1, 400), ("100", 1, 100)]


def test_a_refund_of_a_part_names_a_sum_and_takes_no_piece_back() -> None:
    part = {"id": 726, "reason": "late", "total": "-5.00"}
    came = read("order.updated", message.order(CUP, refunds=[part])).activities
    assert [each.kind for each in came] == ["bought", "rebought", "refunded"]
    assert came[-1].properties["amount"] == "5.00"
    assert came[-1].properties["refund_id"] == "726"


def test_refunds_that_come_to_all_of_it_take_all_of_it_back_once() -> None:
    all_of_it = [{"id": 726, "total": "-5.00"}, {"id": 728, "total": "-30.00"}]
    came = read("order.updated", message.order(CUP, refunds=all_of_it)).activities
    assert [each.kind for each in came] == ["bought", "rebought", "refunded", "refunded", "returned"]
    assert (came[-1].lines, came[-1].properties["refund_id"]) == ((), "727:all")


def test_a_deleted_order_says_only_its_number_and_a_restored_one_is_newer_than_that() -> None:
    [gone] = read("order.deleted", {"id": 727}).activities
    assert (gone.kind, gone.lines, gone.shopper, gone.at) == ("rebought", (), None, NOW)
    *_, back = read("order.restored", message.order(CUP)).activities
    assert (back.kind, back.at >= gone.at, lines(back)) == ("rebought", True, [("cup", 2, 500)])


def test_a_product_is_read() -> None:
    came = read("product.updated", message.product())
    document = valid(ProductDocument(), came.products[0].document)
    assert (document["product_id"], document["group_id"]) == ("799", "799")
    assert (document["price"]["amount"], document["sale_price"]["amount"]) == ("24.99", "19.99")
    assert (document["category"], document["brand"], document["attributes"]) == (
        *("Kitchen", "Acme"),
        {"color": "Blue"},
    )
    assert (document["url"], document["image_url"]) == (
        "https://shop.example/product/example-cup/",
        "https://shop.example/cup.jpg",
    )


def test_a_variation_belongs_to_its_product_and_goes_by_the_sku_of_the_catalogue() -> None:
    fields = {
        "parent_id": 799,
        "sku": "cup",
        "attributes": [{"id": 6, "name": "Color", "option": "Red"}],
        "on_sale": False,
    }
    document = read("product.created", message.product(800, **fields)).products[0].document
    assert (document["product_id"], document["group_id"]) == ("cup", "799")
    assert (document["attributes"], document["sale_price"]) == ({"color": "Red"}, None)
    assert document["price"] == "19.99"


@pytest.mark.parametrize(
    ("fields", "hidden", "availability"),
    [
        ({"status": "draft"}, True, "in_stock"),
        ({"catalog_visibility": "hidden"}, True, "in_stock"),
        ({"stock_status": "outofstock"}, False, "out_of_stock"),
        ({"stock_status": "onbackorder"}, False, "preorder"),
    ],
)
def test_what_is_shown_and_can_be_bought(fields: dict[str, Any], hidden: bool, availability: str) -> None:
    document = read("product.updated", message.product(**fields)).products[0].document
    assert (document["hidden"], document["availability"]) == (hidden, availability)


def test_a_deleted_product_is_gone() -> None:
    assert read("product.deleted", {"id": 799}).family == FamilyTold("799", frozenset(), NOW)


def test_of_a_customer_no_name_and_no_address_is_kept() -> None:
    [known] = read("customer.updated", message.customer()).activities
    assert (known.kind, known.shopper) == ("identified", Shopper("26"))
    assert known.properties["traits"] == {
        "country": "BE",
        "role": "customer",
        "customer_since": "2025-01-01T00:00:00",
    }
    assert read("customer.deleted", {"id": 26}).privacy == PrivacyRequest("erasure", "26")


@pytest.mark.parametrize(
    ("body", "is_ping"),
    [
        (b"webhook_id=7", True),
        (b"webhook_id=7\n", True),
        (b"webhook_id=", False),
        (b'{"webhook_id": 7}', False),
    ],
)
def test_a_ping_is_told_by_its_body(body: bytes, is_ping: bool) -> None:
    assert CONNECTOR.is_ping(body) is is_ping


BODIES = {
    "order": message.order(CUP, refunds=[{"id": 1, "total": "-5.00"}]),
    "product": message.product(),
    "customer": message.customer(),
}


@settings(max_examples=60, deadline=None)
@given(topic=st.sampled_from(sorted(READERS)), odd=JSON, data=st.data())
def test_whatever_stands_in_a_field_is_read_or_refused_and_breaks_nothing(
    topic: str, odd: Any, data: st.DataObject
) -> None:
    body = BODIES[topic.split(".")[0]]
    name = data.draw(st.sampled_from(sorted(body)))
    changed = {**body, name: odd}
    if isinstance(body[name], list) and body[name] and data.draw(st.booleans()):
        inner = dict(body[name][0])
        changed[name] = [{**inner, data.draw(st.sampled_from(sorted(inner))): odd}]
    try:
        came = read(topic, changed)
    except Unusable:
        return
    for activity in came.activities:
        assert Activity.from_bytes(activity.to_bytes()) == activity
        assert all(line.quantity >= 1 and (line.price is None or line.price >= 0) for line in activity.lines)
        assert 0 <= activity.at <= NOW + 300
