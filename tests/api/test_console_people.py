"""A shopper in the console: seen by whoever may, changed by whoever may, and nobody else's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from api.cli.console import login_link

FOREIGN = {"Sec-Fetch-Site": "cross-site"}
FORM = {
    "likes": "Tea\r\n\r\n Coffee ", "avoids": "category:Meat", "for": "", "aims": "", "channels": "",
    "sizes": "shoes=42\nshirt = M", "how_often": "monthly", "plain_feed": "yes",
}  # fmt: skip


@pytest.fixture
def entered(shop: Any) -> Iterator[Callable[[str], requests.Session]]:
    """Enter the shop's console in a role."""
    sessions = []

    def enter(role: str) -> requests.Session:
        ticket = login_link(shop.merchant.shops, shop.shop_id, f"{role}@shop.example", role, "http://x")
        browser = requests.Session()
        sessions.append(browser)
        form = {"shop": shop.shop_id, "ticket": ticket.partition("&ticket=")[2]}
        assert browser.post(f"{shop.service.url}/console/login", data=form, timeout=20).status_code == 200
        return browser

    yield enter
    for browser in sessions:
        browser.close()


def address(shop: Any) -> str:
    return f"{shop.service.url}/console/shoppers"


def preferences(shop: Any, who: str) -> Any:
    return shop.call("GET", f"/v1/shoppers/{who}").json()["preferences"]


def test_what_is_known_is_shown_as_text(shop: Any, entered: Any) -> None:
    shop.product("<b>bold</b>", name="<script>alert(1)</script>")
    shop.send(shop.buys("yara", "<b>bold</b>", order="y1"))
    page = entered("viewer").get(address(shop), params={"id": "yara"}, timeout=20)
    assert (page.status_code, "order y1" in page.text) == (200, True)
    assert "counts as bought" in page.text
    assert "<script>" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_an_editor_keeps_what_a_shopper_said(shop: Any, entered: Any) -> None:
    browser = entered("editor")
    kept = browser.post(address(shop), data={"id": "zoe", **FORM}, timeout=20)
    assert (kept.status_code, "category:Meat" in kept.text) == (200, True)
    assert preferences(shop, "zoe") == {
        "likes": ["Tea", "Coffee"], "avoids": ["category:Meat"], "for": [], "aims": [], "channels": [],
        "sizes": {"shoes": "42", "shirt": "M"}, "how_often": "monthly", "plain_feed": True,
    }  # fmt: skip
    browser.post(address(shop), data={"id": "zoe", "likes": "Tea", "sizes": "shirt=L"}, timeout=20)
    said = preferences(shop, "zoe")
    assert (said["likes"], said["avoids"], said["sizes"]) == (["Tea"], [], {"shirt": "L"})
    assert (said["how_often"], said["plain_feed"]) == (None, False)


def test_what_cannot_be_kept_is_said_and_nothing_is_changed(shop: Any, entered: Any) -> None:
    refused = entered("owner").post(
        address(shop), data={"id": "xena", "likes": "x" * 201, "aims": "rest"}, timeout=20
    )
    assert (refused.status_code, "/likes/0" in refused.text) == (422, True)
    assert shop.call("GET", "/v1/shoppers/xena").status_code == 404


def test_a_viewer_changes_nothing(shop: Any, entered: Any) -> None:
    who = f"w{uuid.uuid4().hex}"
    assert entered("viewer").post(address(shop), data={"id": who, **FORM}, timeout=20).status_code == 403
    assert shop.call("GET", f"/v1/shoppers/{who}").status_code == 404


def test_other_sites_and_strangers_change_nothing(shop: Any, entered: Any) -> None:
    form = {"id": "vic", **FORM}
    browser = entered("owner")
    assert browser.post(address(shop), data=form, headers=FOREIGN, timeout=20).status_code == 403
    stranger = requests.post(address(shop), data=form, allow_redirects=False, timeout=20)
    assert (stranger.status_code, stranger.headers["Location"]) == (303, "/console/")
    assert shop.call("GET", "/v1/shoppers/vic").status_code == 404


def test_nobody_known_is_said_so(shop: Any, entered: Any) -> None:
    page = entered("viewer").get(address(shop), params={"id": "ghost"}, timeout=20)
    assert "Nothing is known" in page.text
