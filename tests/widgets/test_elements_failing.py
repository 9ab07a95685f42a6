"""The elements in a real browser while the service is slow, broken or gone: the shop's page must not care."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright
from werkzeug.serving import make_server

from tests.widgets.stub_service import StubService

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Chromium itself notes every request that failed; no script can keep it from that.
BROWSERS_OWN_LINE = "Failed to load resource:"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium at /usr/bin/chromium"),
]

CARD = {
    "product_id": "kettle",
    "name": "From the service",
    "url": "http://127.0.0.1:8081/product/kettle",
    "image_url": None,
    "price": {"amount": "55.00", "currency": "EUR"},
}
WITNESS = """
    window.shifts = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const moved = entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? node?.nodeName)
        if (!entry.hadRecentInput) shifts.push({ at: entry.startTime, value: entry.value, moved })
      }
    }).observe({ type: 'layout-shift', buffered: true })
    for (const name of ['load', 'empty', 'late']) {
      addEventListener('rapport:' + name, ({ target }) => (target.dataset.outcome = name))
    }
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def shop_url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type in ("error", "warning") and not message.text.startswith(BROWSERS_OWN_LINE)
            else None
        ),
    )
    page.add_init_script(WITNESS)
    yield page
    context.close()


def assert_nothing_moved(page: Page) -> None:
    """No part of the page moved once it had been read whole; while it still arrives, it draws itself."""
    moved = page.evaluate(
        "shifts.filter(({ at }) => at >= performance.getEntriesByType('navigation')[0].domInteractive)"
    )
    assert moved == []


def similar(page: Page) -> Locator:
    """The product page's lower shelf, and what stands in it."""
    return page.locator("rapport-shelf[kind=similar]")


def outcome(page: Page, name: str) -> None:
    """Wait until the lower shelf has said how its question ended."""
    expect(similar(page)).to_have_attribute("data-outcome", name)


def assert_page_stands(page: Page, complaints: list[str]) -> None:
    expect(similar(page).locator(".card").first).to_be_visible()
    expect(page.get_by_role("heading", name="More of this kind")).to_be_visible()
    assert_nothing_moved(page)
    assert complaints == []


@pytest.mark.parametrize("mode", ["error", "garbage", "empty", "reset"])
def test_shop_stays_whole(
    page: Page, shop_url: str, stub: StubService, complaints: list[str], mode: str
) -> None:
    stub.mode = mode
    page.goto(f"{shop_url}/product/drip")
    outcome(page, "empty")
    assert stub.asked
    assert_page_stands(page, complaints)


def test_shop_stays_whole_without_the_service(
    page: Page, shop_url: str, stub: StubService, complaints: list[str]
) -> None:
    stub.close()
    page.goto(f"{shop_url}/product/drip")
    assert_page_stands(page, complaints)
    page.get_by_role("button", name="Put in the basket").click()
    expect(page.get_by_role("heading", name="Your basket")).to_be_visible()


def held_back(page: Page, stub: StubService) -> Callable[[int], None]:
    """Hold the answer back; what is returned lets it come after so many milliseconds of page time."""
    stub.mode = "hold"
    stub.placements["similar"] = {"recommendation_id": "r_1", "products": [CARD]}
    page.clock.install(time=0)
    page.clock.pause_at(60_000)

    def answer_after(milliseconds: int) -> None:
        assert stub.arrived.wait(10)
        page.clock.run_for(milliseconds)
        stub.release.set()

    return answer_after


def test_late_answer_moves_nothing_in_view(
    page: Page, shop_url: str, stub: StubService, complaints: list[str]
) -> None:
    answer_after = held_back(page, stub)
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(f"{shop_url}/product/drip")
    answer_after(400)
    outcome(page, "late")
    assert_page_stands(page, complaints)


def test_answer_in_time_takes_the_fallbacks_place(
    page: Page, shop_url: str, stub: StubService, complaints: list[str]
) -> None:
    answer_after = held_back(page, stub)
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(f"{shop_url}/product/drip")
    answer_after(200)
    expect(similar(page).get_by_role("link", name="From the service")).to_be_visible()
    expect(similar(page).locator(".card").first).to_be_hidden()
    assert_nothing_moved(page)
    assert complaints == []


def test_late_answer_still_fills_what_is_out_of_view(page: Page, shop_url: str, stub: StubService) -> None:
    answer_after = held_back(page, stub)
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(f"{shop_url}/product/drip")
    answer_after(400)
    outcome(page, "load")


def test_service_lost_while_the_page_lives(
    page: Page, shop_url: str, stub: StubService, complaints: list[str]
) -> None:
    stub.placements["similar"] = {"recommendation_id": "r_1", "products": [CARD]}
    page.goto(f"{shop_url}/product/drip")
    card = similar(page).get_by_role("link", name="From the service")
    card.scroll_into_view_if_needed()
    expect(card).to_be_visible()
    stub.close()
    similar(page).evaluate("(shelf) => { delete shelf.dataset.outcome; shelf.setAttribute('limit', '3') }")
    outcome(page, "empty")
    expect(card).to_be_visible()
    assert complaints == []


def test_one_question_for_the_page(page: Page, shop_url: str, stub: StubService) -> None:
    page.goto(f"{shop_url}/product/drip")
    outcome(page, "empty")
    (asked,) = stub.asked
    assert [slot["name"] for slot in asked["body"]["slots"].values()] == ["complements", "similar"]
    assert asked["body"]["locale"] == "en"
    assert asked["headers"]["Authorization"] == "Bearer pk_tiny"
    assert asked["headers"]["Rapport-Anonymous"]
    assert "Rapport-Shopper" not in asked["headers"]


def test_who_logs_out_while_the_token_is_on_its_way_stays_logged_out(
    page: Page, shop_url: str, stub: StubService
) -> None:
    underway: list[Route] = []
    page.route("**/rapport-token", lambda route: underway.append(route))
    with page.expect_request("**/rapport-token"):
        page.goto(f"{shop_url}/product/drip", wait_until="commit")
    page.wait_for_function("window.rapport")
    page.evaluate("rapport.reset()")
    claims = base64.urlsafe_b64encode(json.dumps({"sub": "ann", "exp": time.time() + 600}).encode()).decode()
    with page.expect_response("**/rapport-token"):
        underway[0].fulfill(json={"token": f"head.{claims}.signature"})
    with page.expect_request("**/v1/batch") as sent:
        page.evaluate("rapport.track('Product Viewed', { product_id: 'drip' })")
    events = json.loads(sent.value.post_data or "")["batch"]
    assert events
    assert not any("userId" in event for event in events)


def test_a_cookie_written_by_nobody_we_know_stops_nothing(
    page: Page, shop_url: str, stub: StubService, complaints: list[str]
) -> None:
    page.add_init_script("""
        const unnamed = () => delete document.querySelector('script[data-key]')?.dataset.anonymousId
        new MutationObserver(unnamed).observe(document, { childList: true, subtree: true })
    """)
    page.context.add_cookies([{"name": "ajs_anonymous_id", "value": "100%", "url": shop_url}])
    page.goto(f"{shop_url}/product/drip")
    outcome(page, "empty")
    assert stub.asked
    assert complaints == []


@pytest.mark.parametrize("path", ["/", "/product/filters", "/category/Coffee", "/login"])
def test_phone_does_not_scroll_sideways(page: Page, shop_url: str, stub: StubService, path: str) -> None:
    stub.close()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(shop_url + path)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_cut_offer_still_says_its_price(page: Page, shop_url: str, stub: StubService) -> None:
    offer = {"title": "Gold: 10 % off", "price": {"amount": "49.50", "currency": "EUR"}}
    stub.placements["similar"] = {"recommendation_id": "r_1", "products": [{**CARD, "offer": offer}]}
    page.goto(f"{shop_url}/product/drip")
    card = similar(page).get_by_role("link", name="From the service")
    expect(card).to_contain_text("€49.50 · Gold: 10 % off")
