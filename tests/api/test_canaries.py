"""Nothing of a person stands in a log or in an address the service makes (S16)."""

from __future__ import annotations

import base64
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from flask import Flask

from api.app import create
from tests.api.conftest import OpenShop
from tests.conftest import ROOT, free_port, wait_until_ready

# One word for each place, so that a find says where it came from.
PLACES = ("path", "query", "header", "cookie", "body", "broken", "event", "trait", "token", "key", "secret")


def canary(place: str) -> str:
    return f"quokka-{place}-7391"


def requests_of(shop: OpenShop) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, address and the rest of requests that put something personal in every place."""
    person = quote(canary("path") + "@mail.example")
    basic = base64.b64encode(f"sk_{shop.shop_id}_{canary('key')}".encode()).decode()
    keys = [
        bearer(shop.keys["secret"]),
        bearer(shop.keys["publishable"]),
        {"Authorization": f"Basic {basic}"},
    ]
    for headers in keys:
        for path in (
            f"/v1/shoppers/{person}",
            f"/v1/products/{person}/export",
            f"/{person}",
            f"/console/{person}",
        ):
            for method in ("GET", "DELETE", "PUT", "POST"):
                yield method, path, {"headers": headers}
        for path in (
            "/v1/shoppers/-",
            "/v1/recommendations",
            "/v1/offers",
            "/sourceConfig/",
            "/console/login",
        ):
            query = {
                "id": canary("query"),
                "kind": canary("query"),
                "shopper": canary("query"),
                "ticket": canary("query"),
            }
            yield "GET", path, {"headers": headers, "params": query}
        everywhere = {
            name: canary("header")
            for name in (
                "Rapport-Anonymous",
                "Idempotency-Key",
                "If-Match",
                "User-Agent",
                "Referer",
                "X-Forwarded-For",
            )
        }
        yield "GET", "/v1/recommendations?kind=for-you", {"headers": {**headers, **everywhere}}
        yield "GET", "/v1/shop", {"headers": {**headers, "Origin": f"https://{canary('header')}.example"}}
        yield (
            "GET",
            "/console/",
            {"headers": {"Cookie": f"rapport_console={shop.shop_id}.{canary('cookie')}"}},
        )
        for token in (canary("token"), shop.token(canary("token")), shop.token(canary("token"))[:-3] + "AAA"):
            yield "GET", "/v1/shoppers/me", {"headers": {**headers, "Rapport-Shopper": token}}
        for path in (
            "/v1/recommendations",
            "/v1/products",
            "/v1/offer-rules",
            "/v1/offers/quote",
            "/v1/batch",
        ):
            yield "POST", path, {"headers": headers, "json": {canary("body"): canary("body")}}
            yield "POST", path, {"headers": headers, "data": f'{{"email": "{canary("broken")}'.encode()}
        yield (
            "PATCH",
            "/v1/shop",
            {"headers": headers, "json": {"webhook_secrets": {"shopify": canary("secret")}}},
        )
        yield "POST", "/v1/batch", {"headers": headers, "json": {"batch": events()}}
    yield "POST", "/console/login", {"data": {"shop": shop.shop_id, "ticket": canary("secret")}}
    for platform in ("shopify", "woocommerce"):
        yield "POST", f"/v1/webhooks/{platform}/{shop.shop_id}", {"json": {"email": canary("body")}}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def events() -> list[dict[str, Any]]:
    who = canary("trait")
    return [
        {"type": "identify", "userId": who, "traits": {"email": f"{who}@mail.example", "name": who}},
        {
            "type": "track",
            "event": canary("event"),
            "anonymousId": who,
            "properties": {"url": canary("event")},
        },
        {
            "type": "track",
            "event": "Order Completed",
            "userId": who,
            "properties": {"order_id": canary("event")},
        },
        {
            "type": "track",
            "event": "Products Searched",
            "userId": who,
            "properties": {"query": canary("event")},
        },
        {"type": "alias", "userId": who, "previousId": canary("event")},
        {"type": "track", "event": "Product Viewed", "userId": who, "timestamp": canary("event")},
        {
            "type": "track",
            "event": "Product Viewed",
            "userId": who,
            "context": {"shopperToken": canary("token")},
        },
        {"type": canary("event")},
        canary("event"),  # type: ignore[list-item]
    ]


def asked(shop: OpenShop) -> list[requests.Response]:
    answers = []
    for method, path, rest in requests_of(shop):
        answers.append(
            shop.session.request(method, shop.service.url + path, timeout=30, allow_redirects=False, **rest)
        )
    garbage(shop, f"GET /v1/{canary('broken')} HTTP/9\r\n\r\n", f"{canary('broken')}\r\n\r\n")
    return answers


def garbage(shop: OpenShop, *texts: str) -> None:
    """Send what is no HTTP."""
    host, _, port = shop.service.url.removeprefix("http://").partition(":")
    for text in texts:
        with socket.create_connection((host, int(port)), timeout=5) as line:
            line.sendall(text.encode())
            line.settimeout(1)
            try:
                line.recv(1000)
            except OSError:
                continue


@pytest.fixture(scope="module")
def told(alone: Any) -> OpenShop:
    service, merchant = alone
    shop = OpenShop(service, merchant, merchant.open_shop("Told", {"currency": "EUR"}).as_dict())
    shop.product("thing", url="https://shop.example/thing")
    return shop


def test_nothing_personal_is_printed_or_put_into_an_address(told: OpenShop, tmp_path: Path) -> None:
    answers = asked(told)
    assert {200, 400, 401, 403, 404, 405, 422} <= {answer.status_code for answer in answers}
    assert [answer.request.path_url for answer in answers if answer.status_code >= 500] == []
    worked = tmp_path / "worked"
    work(told, worked)
    for name in (told.service.data / "printed", worked):
        found = [place for place in PLACES if canary(place) in name.read_text(errors="replace")]
        assert found == [], name.read_text(errors="replace")
    made = [address for answer in answers for address in addresses(answer)]
    assert [address for address in made if "quokka" in address] == []


# What `rapport work` does, without its patience for more before it writes a part of the log.
WORK = """
import logging, sys
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import opened
from plugin.worker import Worker
logging.basicConfig(level=logging.DEBUG)
with opened(Settings.from_environment()) as store:
    Worker(Shops(store)).drain(sys.argv[1])
"""


def work(shop: OpenShop, printed: Path) -> None:
    """Have a worker fold and archive all that was sent, saying all it has to say."""
    with printed.open("wb") as file:
        command = [sys.executable, "-c", WORK, shop.shop_id]
        subprocess.run(command, env=shop.service.environment, cwd=ROOT, stdout=file, stderr=file, check=True)
    assert shop.merchant.shops.memory(shop.shop_id).archive().waiting() == 0


def addresses(answer: requests.Response) -> list[str]:
    """Return every address an answer holds: headers that name one, and members that do."""
    named = [
        answer.headers[name] for name in ("Location", "Link", "Content-Location") if name in answer.headers
    ]
    try:
        document = answer.json()
    except ValueError:
        return named
    level = [("", document)]
    while level:
        name, held = level.pop()
        if isinstance(held, dict):
            level += held.items()
        elif isinstance(held, list):
            level += [(name, part) for part in held]
        elif isinstance(held, str) and (
            name in ("url", "image_url", "next", "href", "instance", "type") or held.startswith("http")
        ):
            named.append(held)
    return named


def test_nothing_personal_is_logged_at_any_level(
    told: OpenShop, store: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The same in this process, with every logger of every library at its most talkative."""
    app = create(store=store)

    @app.get("/breaks/<word>")
    def breaks(word: str) -> None:
        """What a fault of ours would look like, with a person in its words."""
        raise ValueError(f"{word} {canary('body')}")

    with caplog.at_level(logging.DEBUG):
        client = app.test_client()
        for method, path, rest in requests_of(told):
            query = rest.pop("params", None)
            client.open(path, method=method, query_string=query, **rest)
        answer = client.get(f"/breaks/{canary('path')}", headers={"User-Agent": canary("header")})
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal")
    assert "quokka" not in answer.text
    assert "ValueError" in caplog.text
    assert "in breaks" in caplog.text  # where it happened is told, so that it can be put right
    assert "quokka" not in caplog.text


def test_a_fault_told_in_its_own_words_would_be_found(caplog: pytest.LogCaptureFixture) -> None:
    """The control: the usual way of logging a fault, which the service does not use."""
    app = Flask("control")

    @app.get("/breaks")
    def breaks() -> None:
        raise ValueError(canary("body"))

    app.test_client().get("/breaks")
    assert canary("body") in caplog.text


def test_no_fault_is_logged_in_its_own_words() -> None:
    """Whatever logs a fault whole would print what a shopper wrote into it; `place_of` tells where it was."""
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ("api", "plugin", "recommender")
        for path in (ROOT / room).rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\blog(ging)?\.exception\(|exc_info|format_exc|print_exc", line)
    ]
    assert wrong == []


@pytest.mark.slow
def test_a_log_of_accesses_would_be_found(told: OpenShop, tmp_path: Path) -> None:
    """The control: the same doors behind the same server with its log of accesses on."""
    port, printed = free_port(), tmp_path / "printed"
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--factory",
        "--access-log",
        "--port",
        str(port),
    ]
    with printed.open("wb") as file:
        process = subprocess.Popen(
            [*command, "api.app:served"], env=told.service.environment, cwd=ROOT, stdout=file, stderr=file,
            start_new_session=True,
        )  # fmt: skip
    wait_until_ready(f"http://127.0.0.1:{port}", process)
    requests.get(f"http://127.0.0.1:{port}/v1/shoppers/{canary('path')}", timeout=20)
    seen = told.soon(lambda: canary("path") in printed.read_text())
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)
    assert seen, printed.read_text()
