"""Google Analytics' names and item shapes, and Segment's, read as the same activities."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.activity import Activity, Line
from plugin.connectors.ga4 import as_documents, is_protocol_body
from plugin.connectors.segment import Rejected, Sender, read_document
from plugin.ownership import basket
from plugin.shopper import Profile, fold

NOW = 1_780_000_000.0
SERVER = Sender("shop", "EUR")
ITEMS = [
    {"item_id": "SKU_1", "item_name": "Cup", "price": 10.01, "discount": 2, "quantity": 3, "index": 0},
    {"item_id": 77, "item_name": "Saucer", "price": "4.5", "item_variant": "blue"},
]
LINES = (Line("SKU_1", 3, 1001, "Cup"), Line("77", 1, 450, "Saucer"))


def read(event: str, properties: dict[str, Any], **fields: Any) -> Activity:
    document = {"type": "track", "event": event, "userId": "ann", "properties": properties, **fields}
    return read_document(document, SERVER, NOW)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        *(("view_item", "viewed"), ("view_item_list", "listed"), ("select_item", "clicked")),
        *(("add_to_cart", "carted"), ("remove_from_cart", "uncarted"), ("view_cart", "basket")),
        *(("begin_checkout", "basket"), ("add_shipping_info", "basket"), ("add_payment_info", "basket")),
        *(("add_to_wishlist", "wished"), ("view_promotion", "promotion"), ("select_promotion", "promotion")),
    ],
)
def test_an_event_with_items_is_read_with_all_of_them(event: str, kind: str) -> None:
    said = read(event, {"currency": "EUR", "value": 34.53, "items": ITEMS})
    assert (said.kind, said.lines) == (kind, LINES)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("search", "searched"),
        ("view_search_results", "searched"),
        ("login", "other"),
        ("generate_lead", "other"),
    ],
)
def test_an_event_without_items_is_read_too(event: str, kind: str) -> None:
    assert read(event, {"search_term": "cup"}).kind == kind


def test_a_purchase_is_an_order_and_a_refund_takes_it_back() -> None:
    order = {
        "transaction_id": "T-1",
        "value": 34.53,
        "tax": 5,
        "shipping": 4,
        "currency": "EUR",
        "items": ITEMS,
    }
    bought = read("purchase", order)
    assert (bought.kind, bought.order_id, bought.lines) == ("bought", "T-1", LINES)
    assert bought.properties == {"value": 34.53, "tax": 5, "shipping": 4}
    part = read("refund", {"transaction_id": "T-1", "items": [{"item_id": "SKU_1", "quantity": 1}]})
    whole = read("refund", {"transaction_id": "T-1", "value": 34.53})
    left = fold(Profile(), [bought, part]).orders["T-1"]
    assert left.kept() == {"SKU_1": 2, "77": 1}
    assert fold(Profile(), [bought, whole]).orders["T-1"].kept() == {}


def test_what_stands_in_the_data_layer_is_read() -> None:
    said = read("purchase", {"page": "/thanks", "ecommerce": {"transaction_id": "T-2", "items": ITEMS}})
    assert (said.order_id, said.lines, said.properties) == ("T-2", LINES, {"page": "/thanks"})


@pytest.mark.parametrize("event", ["Coupon Entered", "Coupon Applied", "Coupon Denied"])
def test_segments_coupons_are_known(event: str) -> None:
    assert read(event, {"order_id": "O", "coupon_id": "summer"}).kind == "coupon"


@pytest.mark.parametrize("event", ["Promotion Viewed", "Promotion Clicked"])
def test_segments_promotions_are_known(event: str) -> None:
    assert read(event, {"promotion_id": "p", "creative": "banner"}).kind == "promotion"


@pytest.mark.parametrize("event", ["Cart Viewed", "Checkout Started", "view_cart", "begin_checkout"])
def test_a_look_that_does_not_say_what_is_in_the_basket_leaves_it_as_it_is(event: str) -> None:
    filled = read("add_to_cart", {"items": ITEMS}, timestamp="2026-01-01T10:00:00Z")
    looked = read(event, {"cart_id": "c-1"}, timestamp="2026-01-01T10:01:00Z")
    emptied = read(event, {"products": []}, timestamp="2026-01-01T10:02:00Z")
    assert basket(fold(Profile(), [filled, looked])) == {"SKU_1": 3, "77": 1}
    assert basket(fold(Profile(), [filled, looked, emptied])) == {}


BODY = {
    "client_id": "1234.5678",
    "user_id": "ann",
    "timestamp_micros": "1770000000000000",
    "user_data": {"sha256_email_address": ["secret"]},
    "events": [
        {"name": "purchase", "params": {"transaction_id": "T-3", "items": ITEMS, "session_id": 17}},
        {"name": "view_item", "params": {"items": ITEMS[:1]}, "timestamp_micros": 1770000005000000},
        "no object",
        {"params": {}},
    ],
}


def test_a_body_of_the_measurement_protocol_is_a_batch() -> None:
    assert is_protocol_body(BODY)
    assert not is_protocol_body({"batch": [], "events": []})
    documents = as_documents(BODY)
    bought, viewed = (read_document(document, SERVER, NOW) for document in documents[:2])
    assert (bought.at, bought.visit, bought.order_id) == (1770000000.0, "17", "T-3")
    assert (viewed.at, viewed.kind) == (1770000005.0, "viewed")
    assert {bought.shopper.id, viewed.shopper.id} == {"ann"}  # type: ignore[union-attr]
    assert "secret" not in str(documents)
    for wrong in documents[2:]:
        with pytest.raises(Rejected):
            read_document(wrong, SERVER, NOW)


@pytest.mark.parametrize("micros", [True, "soon", -(10**30), [1], {}])
def test_a_time_that_is_none_is_refused_and_breaks_nothing(micros: Any) -> None:
    documents = as_documents({"client_id": "c", "timestamp_micros": micros, "events": [{"name": "login"}]})
    if micros is True:
        return
    with pytest.raises(Rejected, match="timestamp"):
        read_document(documents[0], Sender("browser", "EUR"), NOW)
