"""Every refusal is a problem document that arrives, whatever was asked and however it was sent."""

from __future__ import annotations

import select
import socket
from http.client import HTTPResponse
from typing import Any

import pytest

ASKED = [
    ("GET", "/v1/nothing", 404, "not_found"),
    ("GET", "/", 404, "not_found"),
    ("GET", "/v1/products/none", 404, "not_found"),
    ("GET", "/v1/shoppers/none", 404, "not_found"),
    ("GET", "/v1/offer-rules/none", 404, "not_found"),
    ("GET", "/v1/placements/none", 404, "not_found"),
    ("DELETE", "/v1/shop", 405, "method_not_allowed"),
    ("GET", "/v1/track", 405, "method_not_allowed"),
    ("PUT", "/v1/recommendations", 405, "method_not_allowed"),
    ("BREW", "/v1/shop", 405, "method_not_allowed"),
    ("GET", "/v1/recommendations", 422, "invalid"),
    ("GET", "/v1/products?limit=x", 422, "invalid"),
    ("POST", "/v1/batch", 400, "unreadable"),
    ("PATCH", "/v1/shop", 400, "unreadable"),
    ("POST", "/v1/offer-rules", 400, "unreadable"),
    ("GET", "/v1/products/" + "x" * 20_000, 413, "too_large"),
]


@pytest.mark.parametrize(("method", "path", "status", "code"), ASKED)
def test_a_refusal_is_a_problem_document(shop: Any, method: str, path: str, status: int, code: str) -> None:
    answer = shop.call(method, path)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert body["message"] == body["detail"] != ""
    assert body["type"]
    assert body["title"]
    if status == 405:
        assert answer.headers["Allow"]
    if status == 422:
        assert all(("pointer" in error) or ("parameter" in error) for error in body["errors"])


def test_a_wrong_method_names_the_right_ones(shop: Any) -> None:
    allowed = shop.call("DELETE", "/v1/shop").headers["Allow"]
    assert {"GET", "PATCH"} <= {name.strip() for name in allowed.split(",")}


@pytest.mark.parametrize("body", ["[]", '"x"', "1", "null", "true"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/recommendations"), ("POST", "/v1/placements"), ("POST", "/v1/offer-rules"),
     ("PUT", "/v1/tiers"),
     ("PATCH", "/v1/shop"), ("POST", "/v1/products"), ("PUT", "/v1/products/p"), ("PUT", "/v1/placements/p"),
     ("POST", "/v1/offers/quote"), ("POST", "/v1/track"), ("POST", "/v1/batch")],
)  # fmt: skip
def test_a_body_that_is_no_object(shop: Any, method: str, path: str, body: str) -> None:
    answer = shop.call(method, path, data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert answer.json()["errors"]


def test_a_refusal_leaves_the_connection_whole(shop: Any) -> None:
    for n in range(250):
        answer = shop.call(
            "POST", ("/v1/track", "/v1/recommendations")[n % 2], {"a": "x" * 300}, key="sk_a_b"
        )
        assert answer.status_code == 401
    for _ in range(10):
        answer = shop.call("POST", "/v1/batch", data=b"x" * 3_000_000)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_body_that_comes_after_the_refusal_was_clear(shop: Any) -> None:
    host, _, port = shop.service.url.removeprefix("http://").partition(":")
    head = (
        "POST /v1/track HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer sk_a_b\r\nContent-Length: 9\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as line:
        for _ in range(2):
            line.sendall(head.encode())
            assert not select.select([line], [], [], 0.2)[0], "answered before the request was read"
            line.sendall(b'{"a": 12}')
            answer = HTTPResponse(line)
            answer.begin()
            assert answer.status == 401
            answer.read()  # to its end, however many pieces it came in; the next request begins after it


def test_health(shop: Any) -> None:
    assert shop.call("GET", "/healthz", key=None).json() == {"status": "ok"}
    ready = shop.call("GET", "/readyz", key=None)
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert {"name", "ok", "detail"} <= set(ready.json()["checks"][0])


def test_the_page_for_people_brings_its_own_files(shop: Any) -> None:
    page = shop.call("GET", "/v1/docs", key=None)
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "://" not in page.text.replace("http://www.w3.org", "")
    assert "/v1/recommendations" in page.text
    assert shop.call("GET", "/v1/docs.css", key=None).headers["Content-Type"].startswith("text/css")
    assert "script" not in page.headers["Content-Security-Policy"]
