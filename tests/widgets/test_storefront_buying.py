from __future__ import annotations

import re

from flask.testing import FlaskClient

from tests.widgets.conftest import SECRET, csrf_of
from tests.widgets.stub_service import StubService
from widgets.storefront.buying import delivery_cost
from widgets.storefront.service import Discount, read_discount
from widgets.storefront.shop import Shop, open_shop


def put(client: FlaskClient, product_id: str, **fields: object) -> None:
    form = {"product_id": product_id, "csrf": csrf_of(client), **fields}
    assert client.post("/basket", data=form).status_code == 303


def order(client: FlaskClient) -> None:
    assert client.post("/checkout", data={"csrf": csrf_of(client)}).headers["Location"] == "/thanks"


def to_pay(client: FlaskClient) -> str:
    page = client.get("/basket").text
    found = re.search(r"To pay</dt><dd>([^<]+)<", page)
    assert found
    return found.group(1)


def reports(stub: StubService) -> list[dict]:
    return [body["batch"][0] for _, body in stub.posted if "batch" in body]


def test_the_checkout_typed_or_reloaded_leads_to_the_basket(client: FlaskClient, stub: StubService) -> None:
    put(client, "drip")
    answer = client.get("/checkout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/basket")
    assert "Glass Dripper" in client.get("/basket").text
    assert reports(stub) == []


def test_each_discount_stands_under_its_own_name(client: FlaskClient, shop: Shop, stub: StubService) -> None:
    stub.quote = {
        "discounts": [
            {"line": 0, "product_id": "drip", "offer_id": "gold", "amount": "2.49"},
            {"line": 0, "product_id": "drip", "offer_id": "welcome", "amount": "1.00"},
        ],
        "verdicts": [verdict("gold", "granted", {}), verdict("welcome", "granted", {})],
    }
    put(client, "drip")
    page = client.get("/basket").text
    assert re.findall(r'class="off"><dt>(\w+)</dt><dd>([^<]+)<', page) == [
        ("Gold", "−€2.49"),
        ("Welcome", "−€1.00"),
    ]
    assert to_pay(client) == "€26.31"
    order(client)
    placed = shop.orders.get(reports(stub)[0]["properties"]["order_id"])
    assert placed is not None
    assert (placed.discount, placed.delivery, placed.offers) == (349, 490, ("Gold", "Welcome"))


def test_basket_adds_up(client: FlaskClient) -> None:
    put(client, "filters", quantity=2)
    put(client, "filters")
    assert to_pay(client) == "€21.10"  # 3 x 5.40 + 4.90 delivery
    put(client, "kettle")
    assert to_pay(client) == "€71.20"  # delivery is free from 50.00
    put(client, "kettle", step="set", quantity=0)
    put(client, "filters", step="set", quantity=999)
    assert to_pay(client) == "€108.00"  # 20 pieces at most


def test_what_is_out_of_stock_stays_out(client: FlaskClient) -> None:
    put(client, "gloves")
    assert "Your basket is empty" in client.get("/basket").text


def test_the_server_reports_the_order(client: FlaskClient, stub: StubService, shop: Shop) -> None:
    client.post("/login", data={"user_id": "ada", "csrf": csrf_of(client)})
    put(client, "drip")
    put(client, "filters", quantity=2)
    order(client)
    (report,) = reports(stub)
    assert {key for key, body in stub.posted if "batch" in body} == {f"Bearer {SECRET}"}
    assert report["event"] == "Order Completed"
    assert report["userId"] == "ada"
    assert report["properties"]["total"] == 40.6
    assert report["properties"]["currency"] == "EUR"
    assert [
        (line["product_id"], line["quantity"], line["price"]) for line in report["properties"]["products"]
    ] == [
        ("drip", 1, 24.9),
        ("filters", 2, 5.4),
    ]
    assert shop.orders.unreported() == []
    thanks, account = client.get("/thanks").text, client.get("/account").text
    assert report["properties"]["order_id"] in thanks
    assert report["properties"]["order_id"] in account


def test_a_guest_orders_as_the_browsers_visitor(client: FlaskClient, stub: StubService) -> None:
    put(client, "drip")
    with client.session_transaction() as session:
        visitor = session["visitor"]
    order(client)
    (report,) = reports(stub)
    assert report["anonymousId"] == visitor
    assert "userId" not in report


def test_an_order_outlives_the_services_absence(client: FlaskClient, shop: Shop, stub: StubService) -> None:
    stub.close()
    put(client, "drip")
    order(client)
    (waiting,) = shop.orders.unreported()

    later = StubService()
    again = open_shop(type(shop.settings)(**{**vars(shop.settings), "api": later.url}))
    again.reporter.report_left()
    assert [report["messageId"] for report in reports(later)] == [f"order:{waiting.order_id}"]
    assert again.orders.unreported() == []
    again.reporter.report_left()
    assert len(reports(later)) == 1
    later.close()


def test_an_order_is_not_reported_by_a_page_reload(client: FlaskClient, stub: StubService) -> None:
    put(client, "drip")
    order(client)
    client.get("/thanks")
    client.post("/checkout", data={"csrf": csrf_of(client)})
    assert len(reports(stub)) == 1


def verdict(offer_id: str, verdict: str, benefit: dict) -> dict:
    return {"offer_id": offer_id, "title": offer_id.title(), "verdict": verdict, "benefit": benefit}


def test_a_quote_is_read_as_the_contract_writes_it() -> None:
    percent, free = {"percent_off": {"percent": 10}}, {"free_shipping": {}}
    answer = {
        "discounts": [
            {
                "line": 0,
                "product_id": "drip",
                "offer_id": "gold",
                "amount": {"amount": "2.49", "currency": "EUR"},
            },
            {"line": 1, "product_id": "filters", "offer_id": "gold", "amount": "0.54"},
        ],
        "verdicts": [verdict("gold", "granted", percent), verdict("delivery", "almost", free)],
    }
    assert read_discount(answer, "EUR") == Discount((("Gold", 303),))
    answer["verdicts"][1]["verdict"] = "granted"
    assert read_discount(answer, "EUR") == Discount((("Gold", 303),), free_delivery=True)
    answer["discounts"].append({"line": 1, "product_id": "filters", "offer_id": "five", "amount": "0.25"})
    assert read_discount(answer, "EUR") == Discount((("Gold", 303), ("five", 25)), free_delivery=True)
    assert read_discount({"discounts": [], "verdicts": []}, "EUR") is None


def test_delivery_is_free_by_worth_or_by_offer() -> None:
    assert delivery_cost(4999, None) == 490
    assert delivery_cost(5000, None) == 0
    assert delivery_cost(100, Discount((), free_delivery=True)) == 0
    assert delivery_cost(100, Discount((("Gold", 50),))) == 490
