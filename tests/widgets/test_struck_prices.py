"""What a card says of a reduced price, to those who see it and to those who hear it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.widgets.stub_service import StubService

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium at /usr/bin/chromium"),
]

LABELS = {
    "en": "30-day lowest price €10.00",
    "de": "30-Tage-Tiefstpreis 10,00 €",
    "nl": "Laagste prijs in 30 dagen € 10,00",
    "nb": "Laveste pris på 30 dager 10,00 €",
}


def card(product_id: str, was: str | None) -> dict[str, object]:
    before = was and {"amount": was, "currency": "EUR"}
    offer = {"title": "For you", "price": {"amount": "7.00", "currency": "EUR"}}
    price = {"amount": "8.00", "currency": "EUR"}
    return {"product_id": product_id, "name": product_id, "price": price, "was": before, "offer": offer}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.mark.parametrize("language", LABELS)
def test_a_struck_price_is_named_and_nothing_else_is_struck(
    browser: Browser, stub: StubService, language: str
) -> None:
    stub.placements["on-sale"] = {"products": [card("reduced", "10.00"), card("not", None)]}
    page = browser.new_page(viewport={"width": 360, "height": 700})
    html = (
        f'<!doctype html><html lang="{language}"><body><rapport-shelf kind="on-sale"></rapport-shelf><script '
        f'type="module" src="{stub.url}/widgets/v1/rapport.js" data-key="pk_x"></script></body></html>'
    )
    page.route("**/page", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto(f"{stub.url}/page")
    before = page.locator("rapport-shelf [part=was]")
    expect(before).to_have_count(1)  # an offer's price stands beside it and strikes nothing
    said = " ".join((before.text_content() or "").split())
    assert said == LABELS[language]
    struck = page.locator("rapport-shelf s")
    expect(struck).to_have_count(1)
    assert "10" in (struck.text_content() or "")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert before.is_visible()
        parts = (
            page.locator(f"rapport-shelf [part={part}]").first.bounding_box() for part in ("card", "was")
        )
        room, label = parts
        assert room
        assert label
        assert room["x"] <= label["x"]
        assert label["x"] + label["width"] <= room["x"] + room["width"]
    page.close()
