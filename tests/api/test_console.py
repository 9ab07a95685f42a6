"""The console's door: one login opens one session, and no other site opens or ends it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from api.cli.console import login_link

FOREIGN = {"Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def ticket(shop: Any) -> str:
    """A one-time login."""
    link = login_link(shop.merchant.shops, shop.shop_id, "o@shop.example", "owner", "http://x")
    return link.partition("&ticket=")[2]


def test_a_login_opens_once_and_signing_out_ends_it(shop: Any, ticket: str) -> None:
    console, form = f"{shop.service.url}/console", {"shop": shop.shop_id, "ticket": ticket}
    with requests.Session() as browser:
        assert browser.get(f"{console}/").status_code == 401
        opened = browser.post(f"{console}/login", data=form, timeout=20)
        assert (opened.status_code, "o@shop.example" in opened.text) == (200, True)
        assert opened.headers["Content-Security-Policy"].startswith("default-src 'none'")
        kept = dict(browser.cookies)
        assert browser.post(f"{console}/logout", timeout=20).status_code == 401
        assert requests.get(f"{console}/", cookies=kept, timeout=20).status_code == 401
    assert requests.post(f"{console}/login", data=form, timeout=20).status_code == 401


def test_forms_of_other_sites_are_refused_and_cost_nothing(shop: Any, ticket: str) -> None:
    console, form = f"{shop.service.url}/console", {"shop": shop.shop_id, "ticket": ticket}
    assert requests.post(f"{console}/login", data=form, headers=FOREIGN, timeout=20).status_code == 403
    with requests.Session() as browser:
        browser.post(f"{console}/login", data=form, timeout=20)
        assert browser.post(f"{console}/logout", headers=FOREIGN, timeout=20).status_code == 403
        assert browser.get(f"{console}/").status_code == 200


@pytest.mark.parametrize("cookie", ["", ".", "x", "no-such-shop.x", "a.b.c", "\u00e9.\u00e9", "x" * 3000])
def test_any_cookie_is_answered(shop: Any, cookie: str) -> None:
    headers = {"Cookie": f"rapport_console={cookie}".encode()}
    answer = requests.get(f"{shop.service.url}/console/", headers=headers, timeout=20)
    assert answer.status_code == 401
