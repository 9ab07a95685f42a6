from __future__ import annotations

import json
import re
from collections import Counter

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.widgets.conftest import SECRET, SIGNING, csrf_of
from tests.widgets.stub_service import StubService
from tests.widgets.tiny_shop import GOODS, product
from widgets.storefront.catalogue import Catalogue, read_product
from widgets.storefront.shop import Shop

PAGES = [
    "/",
    "/category/Coffee",
    "/category/Garden/Tools?sort=price-down",
    "/category/Coffee?sort=nonsense",
    "/search?q=cup",
    "/search?q=%3Cscript%3E",
    "/search",
    "/product/drip",
    "/product/cup-red",
    "/product/gloves",
    "/product/sp%20ace/%C3%BC",
    "/basket",
    "/login",
    "/help",
]


@pytest.mark.parametrize("page", PAGES)
def test_page_is_whole_and_keeps_the_secrets(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    assert answer.text.rstrip().endswith("</html>")
    assert "pk_tiny" in answer.text
    assert SECRET not in answer.text
    assert SIGNING not in answer.text
    assert " style=" not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("page", ["/product/none", "/category/None", "/category/Coffee/None", "/nowhere"])
def test_what_is_not_there_is_said(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 404
    assert "not here" in answer.text


def test_what_cannot_be_done_is_said_on_a_page_of_the_shop(client: FlaskClient) -> None:
    refused = client.post("/help", data={"csrf": csrf_of(client)})
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]
    too_much = client.post("/basket", data={"csrf": "x" * 70_000})
    assert too_much.status_code == 413
    for answer in (refused, too_much):
        assert answer.text.rstrip().endswith("</html>")
        assert "To the start" in answer.text


def test_a_fault_of_ours_is_said_on_a_page_of_the_shop(app: Flask) -> None:
    @app.get("/fault")
    def fault() -> str:
        return str(1 // 0)

    answer = app.test_client().get("/fault")
    assert answer.status_code == 500
    assert "on our side" in answer.text
    assert "shop.css" in answer.text


def found(client: FlaskClient, words: str) -> list[str]:
    page = client.get("/search", query_string={"q": words}).text.split('<section class="band"')[0]
    return re.findall(r'class="name">([^<]+)<', page)


def test_search_takes_whole_words_of_names_first() -> None:
    names = [
        ("earl", "Earl Grey", "Drinks > Tea"),
        ("iron", "Steam Iron", "Home > Care"),
        ("filters", "Paper Filters", "Coffee & Tea > Brewing"),
        ("pot", "Iron Teapot", "Drinks > Pots"),
        ("sencha", "Green Tea", "Drinks > Tea"),
    ]
    goods = [read_product(product(key, name, "1.00", path)) for key, name, path in names]
    catalogue = Catalogue(goods, Counter(filters=9, iron=8))
    assert [p.product_id for p in catalogue.search("tea")] == ["sencha", "pot", "earl", "filters"]
    assert [p.product_id for p in catalogue.search("Iron")] == ["iron", "pot"]
    assert [p.product_id for p in catalogue.search("tea filter")] == ["filters"]
    assert catalogue.search("& ,") == []


def test_search_shows_what_it_found_in_that_order(client: FlaskClient) -> None:
    assert found(client, "cup") == ["Cup, Blue"]
    assert found(client, "seed") == ["Parsley Seeds", "A &lt;b&gt;bold&lt;/b&gt; &#34;name&#34;"]
    assert found(client, "eds") == []


def test_policy_adds_only_the_service(client: FlaskClient, stub: StubService) -> None:
    header = client.get("/").headers["Content-Security-Policy"]
    policy = dict(part.strip().split(" ", 1) for part in header.split(";"))
    assert policy["default-src"] == "'self'"
    for directive in ("script-src", "connect-src", "style-src"):
        assert policy[directive] == f"'self' {stub.url}"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in header


def test_session_cookie_is_shut(client: FlaskClient) -> None:
    cookie = client.get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_shelves_hold_the_shops_own_goods(client: FlaskClient) -> None:
    page = client.get("/product/drip").text
    inside = page.split('<rapport-shelf kind="similar"')[1].split("</rapport-shelf>")[0]
    assert "Paper Filters, 100" in inside
    assert "Glass Dripper" not in inside


def test_names_are_text(client: FlaskClient) -> None:
    page = client.get("/product/sp%20ace/%C3%BC").text
    assert "<b>bold</b>" not in page
    assert "A &lt;b&gt;bold&lt;/b&gt;" in page


def test_reduced_price_shows_both(client: FlaskClient) -> None:
    page = client.get("/product/kettle").text
    assert "€55.00" in page
    assert "30-day lowest price <s>€64.00</s>" in page
    assert "€69.00" not in page  # what it is said to have cost, and did not


def test_variants_are_one_card(client: FlaskClient) -> None:
    page = client.get("/category/Coffee").text.split('<ul class="grid"')[1].split("</ul>")[0]
    assert page.count("Cup, ") == 1
    assert client.get("/product/cup-blue").text.count("/product/cup-red") == 1


def test_pictures_are_served_locked_up(client: FlaskClient) -> None:
    answer = client.get("/pictures/drip.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get("/pictures/../products.ndjson").status_code == 404


def test_token_names_who_is_signed_in(client: FlaskClient) -> None:
    assert client.get("/rapport-token").status_code == 204
    client.post("/login", data={"user_id": "ada", "csrf": csrf_of(client)})
    token = client.get("/rapport-token").get_json()["token"]
    claims = jwt.decode(token, SIGNING, algorithms=["HS256"], audience="tiny")
    assert claims["sub"] == "ada"
    assert claims["exp"] - claims["iat"] == 3600
    assert jwt.get_unverified_header(token)["kid"] == "kid-1"
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, SIGNING[::-1], algorithms=["HS256"], audience="tiny")
    client.post("/logout", data={"csrf": csrf_of(client)})
    assert client.get("/rapport-token").status_code == 204


def test_only_demo_accounts_can_be_taken(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert "Ada Lind" in page
    assert "Eve Nobody" not in page
    assert client.post("/login", data={"user_id": "eve", "csrf": csrf_of(client)}).status_code == 404


@pytest.mark.parametrize("door", ["/login", "/logout", "/basket", "/checkout"])
def test_form_without_the_sessions_secret_is_refused(client: FlaskClient, door: str) -> None:
    client.get("/")
    assert client.post(door, data={"user_id": "ada", "product_id": "drip"}).status_code == 400
    assert client.post(door, data={"user_id": "ada", "csrf": "guess"}).status_code == 400


def test_account_shows_own_orders(client: FlaskClient) -> None:
    assert client.get("/account").headers["Location"] == "/login"
    client.post("/login", data={"user_id": "ada", "csrf": csrf_of(client)})
    page = client.get("/account").text
    assert "4 May 2026" in page
    assert "€35.20" in page
    assert "with €4.90 delivery" in page
    assert "1 returned" in page
    client.post("/login", data={"user_id": "tom", "csrf": csrf_of(client)})
    assert "O-1" not in client.get("/account").text


def test_signing_out_makes_a_new_visitor(client: FlaskClient) -> None:
    def visitor() -> str:
        client.get("/")
        with client.session_transaction() as session:
            return session["visitor"]

    first = visitor()
    assert visitor() == first
    client.post("/logout", data={"csrf": csrf_of(client)})
    assert visitor() != first


def test_every_product_has_a_page(client: FlaskClient, shop: Shop) -> None:
    assert len(shop.catalogue.products) == len(GOODS) + 1
    for product_id, *_ in GOODS:
        assert client.get(f"/product/{product_id}").status_code == 200


def test_basket_ids_reach_the_element_unbroken(client: FlaskClient) -> None:
    client.post("/basket", data={"product_id": "sp ace/ü", "csrf": csrf_of(client)})
    page = client.get("/basket").text
    written = page.split('<rapport-shelf kind="complements" basket="')[1].split('"')[0]
    assert json.loads(written.replace("&#34;", '"')) == ["sp ace/ü"]
