"""Shopify's payloads with known answers: money, statuses, edits, refunds, products, people."""

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
from plugin.connectors.shopify import CONNECTOR, READERS
from tests.connectors.contract import shopify_messages as message
from tests.connectors.contract.tellers import NOW, told


def read(topic: str, body: dict[str, Any], **fields: Any) -> Told:
    return told(CONNECTOR, topic, body, **fields)


def one(topic: str, body: dict[str, Any]) -> Activity:
    [activity] = read(topic, body).activities
    return activity


def lines(activity: Activity) -> list[tuple[str, int, int | None]]:
    return [(line.product_id, line.quantity, line.price) for line in activity.lines]


CUP = message.line(1, "cup", 2, "5.00")


@pytest.mark.parametrize(
    ("status", "makes"),
    [
        *(("paid", True), ("partially_paid", True), ("authorized", True)),
        *(("partially_refunded", True), ("refunded", True)),
        *(("pending", False), ("unpaid", False), (None, False), ("something new", False)),
    ],
)
def test_only_what_is_paid_or_sure_to_be_is_an_order(status: str | None, makes: bool) -> None:
    came = read("orders/create", message.order(CUP, financial_status=status))
    assert [each.kind for each in came.activities] == (["bought"] if makes else [])
    assert (came.ignored is None) is makes


def test_an_order_paid_later_is_made_when_it_was_placed() -> None:
    body = message.order(CUP, updated_at="2026-03-09T10:00:00+01:00")
    bought, version = read("orders/updated", body).activities
    assert (bought.kind, version.kind) == ("bought", "rebought")
    assert version.at - bought.at == 8 * 86400


def test_a_payment_that_fell_through_leaves_nothing() -> None:
    [version] = read("orders/updated", message.order(CUP, financial_status="voided")).activities
    assert (version.kind, version.lines) == ("rebought", ())


def test_a_test_order_is_none() -> None:
    assert read("orders/create", message.order(CUP, test=True)).ignored == "test order"


def test_money_is_the_shops_own_and_what_was_paid() -> None:
    cut = {"amount": "1.00", "amount_set": message.money("1.00"), "discount_application_index": 0}
    item = message.line(1, "cup", 3, "5.00", discount_allocations=[cut])
    assert lines(one("orders/create", message.order(item))) == [("cup", 2, 467), ("cup", 1, 466)]
    without_sets = {name: value for name, value in CUP.items() if name != "price_set"}
    assert lines(one("orders/create", message.order(without_sets))) == [("cup", 2, 500)]
    yen = message.line(1, "cup", 1, "1200", price_set=message.money("1200", "JPY"))
    bought = one("orders/create", message.order(yen, currency="JPY"))
    assert (lines(bought), bought.currency) == ([("cup", 1, 1200)], "JPY")


def test_what_is_no_product_of_the_shop_makes_no_line() -> None:
    tip = message.line(3, None, 1, "2.00", product_id=None, variant_id=None, title="Tip")
    taken_out = message.line(4, "cup", 1, "5.00", current_quantity=0)
    none = message.line(5, "cup", 0, "5.00")
    gone = message.line(6, "old-sku", 1, "5.00", product_id=None, variant_id=None, product_exists=False)
    only_product = message.line(7, "", 1, "5.00", variant_id=None)
    body = message.order(tip, taken_out, none, gone, only_product)
    assert lines(one("orders/create", body)) == [("old-sku", 1, 500), ("632910007", 1, 500)]


def test_an_edit_takes_out_and_a_refund_takes_back() -> None:
    """Of five pieces two were edited out of the order and one was sent back: three were handed over."""
    item = message.line(1, "cup", 5, "5.00", current_quantity=2)
    body = message.order(item, refunds=[message.refund(1, (item, 1))], updated_at="2026-03-06T00:00:00Z")
    bought, version, back = read("orders/updated", body).activities
    assert lines(bought) == lines(version) == [("cup", 3, 500)]
    assert (back.kind, lines(back), back.properties["refund_id"]) == ("returned", [("cup", 1, 500)], "1")


def test_a_refund_comes_by_itself_with_its_order_and_without_a_customer() -> None:
    back = one("refunds/create", message.refund(509, (CUP, 1)))
    assert (back.order_id, back.shopper, back.message_id) == ("450789469", None, "shopify:refund:509")
    in_order = read("orders/updated", message.order(CUP, refunds=[message.refund(509, (CUP, 1))]))
    assert in_order.activities[-1].message_id == back.message_id
    assert in_order.activities[-1].properties["refund_id"] == back.properties["refund_id"]


def test_money_given_back_alone_takes_no_piece_back() -> None:
    gesture = one("refunds/create", message.refund(510))
    assert (gesture.kind, gesture.lines, gesture.properties["amount"]) == ("refunded", (), "5.00")
    assert read("refunds/create", message.refund(511, transactions=[])).ignored == "nothing refunded"


def test_each_variant_is_a_product_of_one_group() -> None:
    body = message.product(message.variant(1), message.variant(2, title="Red", option1="Red", image_id=2))
    came = read("products/create", body, site=message.SITE)
    first, second = (valid(ProductDocument(), _given(each.document)) for each in came.products)
    assert (first["product_id"], second["product_id"]) == ("642667001", "642667002")
    assert {first["group_id"], second["group_id"]} == {"788032119"}
    assert first["url"] == "https://tools.myshopify.com/products/example-cup"
    assert (first["image_url"], second["image_url"]) == (
        "https://cdn.example/cup.png",
        "https://cdn.example/cup-red.png",
    )
    assert (first["price"]["amount"], first["sale_price"]["amount"]) == ("24.99", "19.99")
    assert second["attributes"] == {"color": "Red"}
    assert (first["brand"], first["category"], first["hidden"]) == ("Acme", "Kitchen", False)
    assert came.family == FamilyTold("788032119", frozenset({"642667001", "642667002"}), came.products[0].at)


@pytest.mark.parametrize(
    ("fields", "hidden"),
    [
        ({"status": "draft"}, True),
        ({"status": "archived"}, True),
        ({"published_at": None}, True),
        ({}, False),
    ],
)
def test_what_is_not_published_is_hidden(fields: dict[str, Any], hidden: bool) -> None:
    [product] = read("products/update", message.product(**fields)).products
    assert product.document["hidden"] is hidden


@pytest.mark.parametrize(
    ("fields", "availability"),
    [
        ({"inventory_quantity": 0}, "out_of_stock"),
        ({"inventory_quantity": -2, "inventory_policy": "continue"}, "in_stock"),
        ({"inventory_quantity": 0, "inventory_management": None}, "in_stock"),
    ],
)
def test_stock_is_what_can_be_bought(fields: dict[str, Any], availability: str) -> None:
    [product] = read("products/update", message.product(message.variant(1, **fields))).products
    assert product.document["availability"] == availability


def test_of_a_product_with_more_variants_than_a_message_holds_none_is_taken_for_gone() -> None:
    many = [message.variant(number) for number in range(1, 101)]
    assert read("products/update", message.product(*many)).family is None


def test_an_odd_site_makes_no_address() -> None:
    for site in ("tools.example/evil?", "a b", "", None):
        [product] = read("products/create", message.product(), site=site).products
        assert product.document["url"] is None


def test_of_a_customer_no_name_and_no_address_is_kept() -> None:
    known = one("customers/update", message.customer())
    assert (known.kind, known.shopper) == ("identified", Shopper("207119551"))
    assert known.properties["traits"] == {
        "country": "BE",
        "tags": ["vip", "early"],
        "accepts_marketing": True,
        "customer_since": "2025-01-01T00:00:00+01:00",
    }


def test_what_the_platform_asks_for_a_person() -> None:
    person = {"id": 191167, "email": "john@example.com", "phone": "555-625-1199"}
    body = {"shop_id": 954889, "shop_domain": message.SITE, "customer": person}
    redact = read("customers/redact", {**body, "orders_to_redact": [299938]})
    assert redact.privacy == PrivacyRequest("erasure", "191167")
    asked = read("customers/data_request", {**body, "data_request": {"id": 9999}})
    assert asked.privacy == PrivacyRequest("export", "191167", "9999")
    assert read("shop/redact", body).privacy == PrivacyRequest("erasure", None)
    assert read("customers/delete", {"id": 191167}).privacy == PrivacyRequest("erasure", "191167")
    assert read("customers/redact", {**body, "customer": {"id": None}}).ignored
    assert read("app/uninstalled", {"id": 954889}).uninstalled


def test_another_topic_is_not_read() -> None:
    assert read("carts/update", {"id": "x"}) == Told(ignored="topic not read")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["2026-03-01T10:00:00Z", "9.99", "paid", "-1", "1e999", "NaN"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
BODIES = {
    "orders": message.order(CUP, refunds=[message.refund(1, (CUP, 1))]),
    "refunds": message.refund(2, (CUP, 1)),
    "products": message.product(),
    "customers": message.customer(),
}


@settings(max_examples=60, deadline=None)
@given(topic=st.sampled_from(sorted(READERS)), odd=JSON, data=st.data())
def test_whatever_stands_in_a_field_is_read_or_refused_and_breaks_nothing(
    topic: str, odd: Any, data: st.DataObject
) -> None:
    body = BODIES.get(topic.split("/")[0], {"id": 1, "customer": {"id": 2}})
    name = data.draw(st.sampled_from(sorted(body)))
    changed = {**body, name: odd}
    if isinstance(body[name], list) and body[name] and data.draw(st.booleans()):
        inner = dict(body[name][0])
        changed[name] = [{**inner, data.draw(st.sampled_from(sorted(inner))): odd}]
    try:
        came = read(topic, changed, site=message.SITE)
    except Unusable:
        return
    for activity in came.activities:
        assert Activity.from_bytes(activity.to_bytes()) == activity
        assert all(line.quantity >= 1 and (line.price is None or line.price >= 0) for line in activity.lines)
        assert 0 <= activity.at <= NOW + 300


def _given(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}
