"""What the doors say of prices: nothing struck, called a sale or reckoned in percent contradicts the past."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from api.app import create
from plugin.catalog import Product
from plugin.merchant import Merchant
from plugin.prices.history import Change
from plugin.store.memory import Store
from plugin.worker import Worker
from tests.plugin.prices.lives import DAY, LIVES, Life, first_reduced, lived, slowly


class Window:
    """A shop whose products lived through prices before today; asked at the doors."""

    def __init__(self, client: FlaskClient, merchant: Merchant) -> None:
        opened = merchant.open_shop("Prices", {"currency": "EUR"})
        self.client, self.merchant, self.shop_id = client, merchant, opened.settings.shop_id
        self.key = opened.secret_key
        self.hours: dict[str, list[Change]] = {}

    def live(self, lives: dict[str, Life]) -> None:
        """Write every price at its time, each life ending about now."""
        now = time.time() // DAY * DAY
        for product_id, life in lives.items():
            days = -(-sum(length for length, _ in life) // 24)
            changes, self.hours[product_id] = lived(life, now - days * DAY)
            for change in changes:
                self.write(product_id, change, changes[0].at)

    def write(self, product_id: str, change: Change, first_seen: float) -> None:
        written = Product(
            product_id,
            name=product_id,
            price=change.price,
            sale_price=change.sale_price,
            hidden=change.paid is None,
            first_seen=first_seen,
            updated_at=change.at,
        )
        self.merchant.put_products(self.shop_id, [written], at=change.at)

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = self.client.open(path, method=method, json=body, headers=headers)
        assert answer.status_code in (status, 201), answer.text
        return answer.json

    def cards(self, kind: str) -> dict[str, dict[str, Any]]:
        answer = self.call("GET", f"/v1/recommendations?kind={kind}&limit=50")
        return {card["product_id"]: card for card in answer["products"]}

    def contradiction(self, product_id: str, struck: int, paid: int) -> str | None:
        """Return how a struck price contradicts what the product cost, hour by hour; else None."""
        hours = self.hours[product_id]
        first = first_reduced(hours)
        if first is None:
            return "it is not reduced"
        if struck <= paid:
            return "it costs no less"
        before = [hour.paid for hour in hours[max(0, first - 30 * 24) : first] if hour.paid is not None]
        cheaper = [price for price in before if price < struck]
        return f"it cost {min(cheaper)} within the thirty days before" if cheaper else None


@pytest.fixture(scope="module")
def doors(store: Store) -> tuple[FlaskClient, Merchant]:
    """The doors of the application, and the merchant's side of the same views."""
    app = create(store=store)
    return app.test_client(), Merchant(app.extensions["merchant"].shops, time.time)


@pytest.fixture
def window(doors: tuple[FlaskClient, Merchant]) -> Window:
    return Window(*doors)


def minor(money: dict[str, str] | None) -> int | None:
    return None if money is None else round(float(money["amount"]) * 100)


@given(st.lists(LIVES.filter(bool), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_no_badge_or_strike_price_contradicts_the_past(doors: Any, lives: list[Life]) -> None:
    window = Window(*doors)
    window.live({f"p{n}": life for n, life in enumerate(lives)})
    seen = window.cards("trending")
    assert seen.keys() == {each for each, hours in window.hours.items() if hours[-1].paid is not None}
    for product_id, card in seen.items():
        was, paid = minor(card["was"]), minor(card["price"]) or 0
        assert was == slowly(window.hours[product_id])
        told = window.call("GET", f"/v1/products/{product_id}/prices")
        assert (told["was"], told["percent_saved"]) == (card["was"], card.get("percent_saved"))
        if was is not None:
            assert window.contradiction(product_id, was, paid) is None
            assert card["percent_saved"] * was <= (was - paid) * 100 < (card["percent_saved"] + 1) * was
    saving = {
        each: 1 - (minor(c["price"]) or 0) / (minor(c["was"]) or 1) for each, c in seen.items() if c["was"]
    }
    assert list(window.cards("on-sale")) == sorted(saving, key=lambda each: (-saving[each], each))
    bargains = {"placement": "bargains", "kinds": ["trending"], "where": {"on_sale": {}}}
    window.call("PUT", "/v1/placements/bargains", bargains)
    placed = window.call("GET", "/v1/placements?names=bargains&limit=50")["placements"]["bargains"]
    assert {card["product_id"] for card in placed["products"]} == saving.keys()


RAISED_THEN_CUT: Life = [(24 * 40, (4, None)), (24, (6, None)), (24, (6, 5))]


def test_control_the_price_the_merchant_states_would_contradict_it(window: Window) -> None:
    """Striking the feed's `price`, as pages usually do, is found out by the same measure."""
    window.live({"raised": RAISED_THEN_CUT, "honest": [(24 * 40, (6, None)), (24, (6, 5))]})
    struck = {}
    for product_id, card in window.cards("trending").items():
        stated = minor(window.call("GET", f"/v1/products/{product_id}")["price"]) or 0
        struck[product_id] = (
            card["was"],
            window.contradiction(product_id, stated, minor(card["price"]) or 0),
        )
    assert struck == {
        "raised": (None, "it cost 4 within the thirty days before"),
        "honest": ({"amount": "0.06", "currency": "EUR"}, None),
    }


# Every way in keeps the history


def thing(**fields: Any) -> dict[str, Any]:
    return {"product_id": "cup", "name": "Cup", "price": "10.00", **fields}


def test_a_product_put_reduced_is_struck_from_what_it_cost_before(window: Window) -> None:
    window.call("PUT", "/v1/products/cup", thing())
    assert window.cards("on-sale") == {}
    window.call("PUT", "/v1/products/cup", thing(sale_price="8.01"))
    card = window.cards("on-sale")["cup"]
    assert (card["was"]["amount"], card["percent_saved"]) == ("10.00", 19)
    window.call("PUT", "/v1/products/cup", thing(sale_price="9.00"))
    assert window.cards("on-sale") == {}
    told = window.call("GET", "/v1/products/cup/prices")
    assert (told["reason"], told["was"], told["prior_price"]["amount"]) == ("no_saving", None, "8.01")
    assert [(c["price"]["amount"], (c["sale_price"] or {}).get("amount")) for c in told["changes"]] == [
        ("10.00", None),
        ("10.00", "8.01"),
        ("10.00", "9.00"),
    ]


def test_the_largest_real_saving_comes_first(window: Window) -> None:
    for product_id, price, stated, sale in (
        ("dear", "100.00", "100.00", "80.00"),
        ("cheap", "10.00", "10.00", "6.00"),
        ("inflated", "10.00", "50.00", "9.50"),
    ):
        window.call("POST", "/v1/products", thing(product_id=product_id, price=price))
        window.call("POST", "/v1/products", thing(product_id=product_id, price=stated, sale_price=sale))
    saved = {each: card["percent_saved"] for each, card in window.cards("on-sale").items()}
    assert list(saved.items()) == [("cheap", 40), ("dear", 20), ("inflated", 5)]


def test_a_product_that_is_deleted_and_written_anew_is_no_new_one(window: Window) -> None:
    window.call("PUT", "/v1/products/cup", thing(price="7.00"))
    window.call("DELETE", "/v1/products/cup", status=204)
    window.call("PUT", "/v1/products/cup", thing(price="12.00"))
    window.call("PUT", "/v1/products/cup", thing(price="12.00", sale_price="9.00"))
    assert window.cards("on-sale") == {}
    told = window.call("GET", "/v1/products/cup/prices")
    assert [(change["price"] or {}).get("amount") for change in told["changes"]][:3] == [
        "7.00",
        None,
        "12.00",
    ]
    assert window.merchant.shops.view(window.shop_id, fresh=True).former_prices == {}


def test_a_product_that_a_newer_file_leaves_out_has_no_price_until_it_is_back(window: Window) -> None:
    window.call("PUT", "/v1/products/cup", thing())
    assert window.merchant.hide_products_except(window.shop_id, set()) == 1
    window.call("PUT", "/v1/products/cup", thing(price="12.00", sale_price="11.00"))
    told = window.call("GET", "/v1/products/cup/prices")
    assert [(change["price"] or {}).get("amount") for change in told["changes"]] == ["10.00", None, "12.00"]
    assert (told["reason"], told["was"]) == ("no_saving", None)


def test_what_stays_of_deleted_products_goes_after_two_months(window: Window) -> None:
    window.live({each: [(24 * 100, (5, None))] for each in ("old", "new")})
    merchant, clock = window.merchant, time.time
    try:
        merchant.clock = lambda: time.time() - 61 * DAY
        merchant.delete_product(window.shop_id, "old")
    finally:
        merchant.clock = clock
    merchant.delete_product(window.shop_id, "new")
    assert list(merchant.shops.view(window.shop_id, fresh=True).former_prices) == ["new"]


def test_writers_at_the_same_time_lose_no_price(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window.call("PUT", "/v1/products/cup", thing())
    documents = type(window.merchant.shops.memory(window.shop_id).documents)
    read, once = documents.get_many, []

    def read_and_overtaken(self: Any, names: list[str]) -> Any:
        found = read(self, names)
        if "product/cup" in names and not once:
            once.append(True)
            window.call("PUT", "/v1/products/cup", thing(price="6.00"))
        return found

    monkeypatch.setattr(documents, "get_many", read_and_overtaken)
    window.call("PUT", "/v1/products/cup", thing(sale_price="8.00"))
    assert once
    told = window.call("GET", "/v1/products/cup/prices")
    assert [change["price"]["amount"] for change in told["changes"]] == ["10.00", "10.00", "6.00", "10.00"]
    assert (told["was"], told["reason"]) == (None, "no_saving")


def test_prices_that_orders_tell_are_none_of_the_shop_window(window: Window) -> None:
    bought = {"order_id": "1", "products": [{"product_id": "cup", "price": 20, "quantity": 1}]}
    window.call("POST", "/v1/track", {"event": "Order Completed", "userId": "ann", "properties": bought})
    Worker(window.merchant.shops).drain(window.shop_id)
    assert window.call("GET", "/v1/products/cup/prices")["changes"] == []
    window.call("PUT", "/v1/products/cup", thing())
    window.call("PUT", "/v1/products/cup", thing(sale_price="8.00"))
    assert window.cards("on-sale")["cup"]["was"]["amount"] == "10.00"


def test_what_is_asked_of_no_product_is_said_so(window: Window) -> None:
    window.call("GET", "/v1/products/nobody/prices", status=404)
    window.call("PUT", "/v1/products/-?id=a/prices", thing(product_id="a/prices"))
    assert window.call("GET", "/v1/products/-/prices?id=a/prices")["product_id"] == "a/prices"
