"""Use ideas and due dates in a real browser: what is shown, what a tap sends, and that nothing moves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response
from playwright.sync_api import Locator, Page, expect

from tests.widgets.stub_service import StubService
from tests.widgets.test_elements_failing import (  # noqa: F401  # fixtures, asked for by their names
    CARD,
    assert_nothing_moved,
    browser,
    complaints,
    page,
    pytestmark,
    shop_url,
)

DRIPPER = {"product_id": "drip", "name": "Glass Dripper", "url": None, "image_url": None}
BEANS = {
    "product_id": "beans",
    "name": "House Beans, 250 g",
    "url": "http://127.0.0.1:8081/product/beans",
    "image_url": None,
    "price": {"amount": "9.80", "currency": "EUR"},
}
COMPLETE = {
    "use_id": "cold-brew",
    "title": "Cold <b>Brew</b>",
    "summary": "Twelve hours, no hurry.",
    "url": "http://127.0.0.1:8081/ideas/cold-brew",
    "image_url": None,
    "minutes": 720,
    "level": "easy",
    "owned": [DRIPPER, {**DRIPPER, "product_id": "filters", "name": "Paper Filters, 100"}],
    "missing": [],
    "reason": {"code": "all_there", "text": "With your Glass Dripper", "evidence": {"product_id": "drip"}},
}
LACKING = {
    **COMPLETE,
    "use_id": "pour-over",
    "title": "Pour-Over",
    "minutes": 5,
    "url": "javascript:alert(1)",
    "missing": [BEANS],
    "reason": {
        "code": "one_missing",
        "text": "You lack only House Beans",
        "evidence": {"product_id": "drip"},
    },
}
DUE = {**CARD, "product_id": "filters", "name": "Paper Filters, 100", "due_at": "2099-12-03T08:00:00Z"}


@pytest.fixture
def account(page: Page, shop_url: str, stub: StubService) -> Page:  # noqa: F811
    """Ada's account page, with an idea she has all for, one that lacks a thing, and filters that run out."""
    stub.placements["new-uses"] = {"recommendation_id": "r_u", "uses": [COMPLETE, LACKING]}
    stub.placements["buy-again"] = {
        "recommendation_id": "r_b",
        "products": [DUE, {**CARD, "product_id": "kettle", "due_at": "2020-01-01T00:00:00Z"}],
    }
    sign_in(page, shop_url)
    expect(ideas(page).first).to_be_visible()
    return page


def sign_in(page: Page, shop_url: str) -> None:  # noqa: F811
    """Open Ada's account page in a window so low that nothing is in view, where an answer is never late."""
    page.set_viewport_size({"width": 1280, "height": 150})
    page.goto(f"{shop_url}/login")
    page.get_by_role("button", name="Ada Lind").click()


def ideas(page: Page) -> Locator:  # noqa: F811
    """What the service suggests, not what the shop itself had put there."""
    return page.locator("rapport-uses li[part=use]")


def sent(page: Page, press: Locator, event: str) -> dict[str, Any]:  # noqa: F811
    """Press, and return the properties that are sent under the event's name."""
    with page.expect_request(lambda request: f'"{event}"' in (request.post_data or "")) as request:
        press.click()
    told = json.loads(request.value.post_data or "")["batch"]
    (properties,) = [each["properties"] for each in told if each.get("event") == event]
    return properties


def test_an_idea_says_what_it_takes_and_what_is_there(account: Page, complaints: list[str]) -> None:  # noqa: F811
    first, second = ideas(account).all()
    expect(first.get_by_role("link", name="Cold <b>Brew</b>")).to_be_visible()
    expect(first).to_contain_text("12 hr · easy")
    expect(first).to_contain_text("With your Glass Dripper")
    expect(first).to_contain_text("Also yours: Paper Filters, 100")
    expect(second).to_contain_text("5 min · easy")
    expect(second.get_by_role("link")).to_have_count(1)  # an address that is none leads nowhere
    expect(second.get_by_role("link", name="House Beans, 250 g€9.80")).to_be_visible()
    assert_nothing_moved(account)
    assert complaints == []


def test_what_one_answers_is_sent(account: Page) -> None:
    first, second = ideas(account).all()
    tried = first.get_by_role("button", name="Tried it: Cold <b>Brew</b>")
    assert sent(account, tried, "Use Tried") == {"use_id": "cold-brew"}
    expect(first.get_by_role("status")).to_be_focused()
    have = second.get_by_role("button", name="I have it: House Beans, 250 g")
    assert sent(account, have, "Ownership Corrected") == {"product_id": "beans", "state": "have"}
    expect(second).not_to_contain_text("€9.80")


def test_what_is_not_for_somebody_goes_and_the_focus_stays_among_the_ideas(account: Page) -> None:
    refuse = ideas(account).first.get_by_role("button", name="Not for me: Cold <b>Brew</b>")
    assert sent(account, refuse, "Suggestion Dismissed") == {
        "recommendation_id": "r_u",
        "placement": "new-uses",
        "position": 1,
        "use_id": "cold-brew",
        "reason": "not_for_me",
    }
    expect(ideas(account)).to_have_count(1)
    expect(ideas(account).first.get_by_role("button").first).to_be_focused()


def test_an_idea_that_is_opened_is_told(account: Page) -> None:
    account.route("**/ideas/**", lambda route: route.abort())
    opened = sent(account, ideas(account).first.get_by_role("link"), "Suggestion Clicked")
    assert opened["use_id"] == "cold-brew"


def test_a_due_product_says_when_and_takes_a_correction(account: Page) -> None:
    cards = account.locator("rapport-shelf[kind=buy-again] li[part=card]")
    expect(cards.first).to_contain_text("Due about Dec 3")
    expect(cards.last).to_contain_text("Due now")
    out = cards.last.get_by_role("button", name="Already out")
    assert sent(account, out, "Ownership Corrected") == {"product_id": "kettle", "state": "out"}
    expect(cards.last.get_by_role("status")).to_have_text("Thank you, noted")
    plenty = cards.first.get_by_role("button", name="Still have plenty")
    assert sent(account, plenty, "Ownership Corrected") == {"product_id": "filters", "state": "plenty"}
    expect(cards).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 390])
def test_everybody_can_use_them(account: Page, width: int) -> None:
    account.set_viewport_size({"width": width, "height": 150})
    account.reload()
    expect(ideas(account).first).to_be_visible()
    assert account.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(account)
    assert found.violations_count == 0, found.generate_report()


def test_the_shops_own_notebook_stands_where_the_service_is_away(
    page: Page,  # noqa: F811
    shop_url: str,  # noqa: F811
    stub: StubService,
) -> None:
    stub.close()
    sign_in(page, shop_url)
    page.get_by_role("link", name="Filter Coffee for Two").click()
    expect(page.get_by_role("heading", name="It takes")).to_be_visible()
    expect(page.get_by_role("link", name="Glass Dripper")).to_be_visible()


@pytest.mark.parametrize("language", ["de", "nl", "nb"])
def test_every_language_has_its_words(
    page: Page,  # noqa: F811
    shop_url: str,  # noqa: F811
    app: Flask,
    stub: StubService,
    language: str,
) -> None:
    stub.placements["new-uses"] = {"recommendation_id": "r_u", "uses": [COMPLETE]}

    @app.after_request
    def translate(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.set_data(response.get_data().replace(b'lang="en"', f'lang="{language}"'.encode()))
        return response

    sign_in(page, shop_url)
    buttons = ideas(page).first.get_by_role("button")
    expect(buttons.first).to_be_visible()
    assert all(text and text not in ("Tried it", "Not for me") for text in buttons.all_inner_texts())
