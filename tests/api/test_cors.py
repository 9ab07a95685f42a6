"""What browsers are told, to the letter; a secret key in one is refused and put on record (S5, S6)."""

from __future__ import annotations

from typing import Any

import pytest

ORIGIN, EVIL = "https://tools.example", "https://evil.example"
READS = "/v1/recommendations?kind=trending"
CREDENTIALS = "Access-Control-Allow-Credentials"
ALLOWED = "Access-Control-Allow-Origin"

# Each answered, for a browser that stands on a listed page; the status each has.
ANSWERED = [
    ("GET", READS, None, "publishable", 200),
    ("GET", "/v1/recommendations?kind=nonsense", None, "publishable", 422),
    ("GET", "/v1/shop", None, "publishable", 403),
    ("GET", "/v1/nothing", None, "publishable", 404),
    ("DELETE", "/v1/shop", None, "publishable", 405),
    ("GET", READS, None, "pk_nobody_x", 401),
    ("GET", READS, None, None, 401),
    ("POST", "/v1/batch", {"batch": []}, "publishable", 400),
    ("POST", "/v1/recommendations", {"kind": 3}, "publishable", 422),
]


@pytest.mark.parametrize(("method", "path", "body", "key", "status"), ANSWERED)
def test_every_answer_says_that_it_depends_on_the_origin(
    shop: Any, method: str, path: str, body: Any, key: Any, status: int
) -> None:
    for origin in (ORIGIN, EVIL, "null", None):
        headers = {} if origin is None else {"Origin": origin}
        answer = shop.call(method, path, body, key=key, headers=headers)
        if origin == ORIGIN or origin is None or status in (401, 404, 405):
            assert answer.status_code == status, answer.text
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
        assert "Origin" in {name.strip() for name in answer.headers["Vary"].split(",")}
        assert CREDENTIALS not in answer.headers
        assert answer.headers.get(ALLOWED) in (None, ORIGIN)
        # Who is not known yet is told nothing; everybody else on a listed page may read the answer.
        if status not in (401, 404, 405):
            assert (answer.headers.get(ALLOWED) == ORIGIN) == (origin == ORIGIN)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_may_read_what_it_needs_of_the_headers(shop: Any) -> None:
    answer = shop.call("GET", READS, key="publishable", headers={"Origin": ORIGIN})
    exposed = {name.strip() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert exposed == {"ETag", "Retry-After", "Idempotent-Replayed"}


@pytest.mark.parametrize("origin", ["null", "*", "https://tools.example/path", "file://", "https://a b", ""])
def test_what_is_no_origin_cannot_be_listed(shop: Any, origin: str) -> None:
    answer = shop.call("PATCH", "/v1/shop", {"origins": [ORIGIN, origin]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert shop.call("GET", "/v1/shop").json()["origins"] == [ORIGIN]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/v1/batch", "/v1/shoppers/me", "/v1/nothing", "/v1/shoppers/me/consent"])
def test_a_preflight_is_judged_by_its_origin_alone(shop: Any, method: str, path: str) -> None:
    def asked(origin: str) -> Any:
        headers = {"Origin": origin, "Access-Control-Request-Method": method}
        return shop.call("OPTIONS", path, key=None, headers=headers)

    assert shop.soon(lambda: asked(ORIGIN).headers.get(ALLOWED) == ORIGIN)
    for origin in (ORIGIN, EVIL, "null"):
        answer = asked(origin)
        assert (answer.status_code, answer.content) == (204, b"")
        assert CREDENTIALS not in answer.headers
        assert answer.headers["Vary"] == "Origin"
        assert answer.headers.get(ALLOWED) == (ORIGIN if origin == ORIGIN else None)


def test_a_page_of_anothers_shop_reads_nothing_whatever_its_preflight_said(shop: Any, open_shop: Any) -> None:
    rival = open_shop("Rival of cors", origins=["https://rival-cors.example"])
    headers = {"Origin": "https://rival-cors.example", "Access-Control-Request-Method": "GET"}
    assert shop.soon(lambda: ALLOWED in shop.call("OPTIONS", "/v1/batch", key=None, headers=headers).headers)
    for asked, origin, status in (
        (shop, "https://rival-cors.example", 403),
        (rival, ORIGIN, 403),
        (rival, "https://rival-cors.example", 200),
    ):
        answer = asked.call("GET", READS, key="publishable", headers={"Origin": origin})
        assert (answer.status_code, ALLOWED in answer.headers) == (status, status == 200)


def test_a_secret_key_in_a_browser_is_refused_everywhere_and_put_on_record(open_shop: Any) -> None:
    shop = open_shop("Leaky", origins=[ORIGIN])
    audit = shop.merchant.shops.memory(shop.shop_id).audit
    asked = [("GET", READS, None), ("POST", "/v1/track", {"event": "x", "anonymousId": "v"}),
             ("GET", "/v1/shop", None), ("PUT", "/v1/tiers", {}), ("DELETE", "/v1/products/p", None),
             ("POST", "/v1/track", {"event": "x", "writeKey": shop.keys["secret"]})]  # fmt: skip
    for origin in (ORIGIN, EVIL, "null"):
        for method, path, body in asked:
            in_body = isinstance(body, dict) and "writeKey" in body
            key = None if in_body else "secret"
            answer = shop.call(method, path, body, key=key, headers={"Origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "secret_key_in_browser"), path
            assert ALLOWED not in answer.headers
    told = [entry for entry in audit.newest(100) if entry.did == "key.shown_in_browser"]
    assert len(told) == 1  # eighteen refusals, and one entry within the hour
    assert told[0].what["origin"] == ORIGIN
    assert told[0].what["key_id"] in shop.merchant.shops.view(shop.shop_id, fresh=True).keys
    assert shop.keys["secret"] not in str(told[0])
    assert audit.verify().whole


def test_every_change_of_a_merchant_is_on_record(open_shop: Any) -> None:
    shop = open_shop("Recorded")
    rule = {"offer_id": "r", "state": "live", "gives": {"free_shipping": {}}}
    ladder = {"basis": "rfm", "tiers": [{"tier": "low"}, {"tier": "high", "from_quantile": 0.5}]}
    shop.product("p")
    for method, path, body in (
        ("PATCH", "/v1/shop", {"origins": [ORIGIN], "webhook_secrets": {"shopify": "very-secret-text"}}),
        ("POST", "/v1/offer-rules", rule),
        ("DELETE", "/v1/offer-rules/r", None),
        ("PUT", "/v1/tiers", ladder),
        ("PUT", "/v1/placements/slot", {"placement": "slot", "kinds": ["trending"]}),
        ("DELETE", "/v1/placements/slot", None),
        ("DELETE", "/v1/products/p", None),
    ):
        assert shop.call(method, path, body).status_code < 300, path
    # What was refused changed nothing and is not on record as done.
    assert shop.call("DELETE", "/v1/offer-rules/r").status_code == 404
    assert shop.call("PUT", "/v1/tiers", {**ladder, "tiers": []}).status_code == 422
    _, key = shop.merchant.rotate(shop.shop_id, "secret")
    shop.merchant.revoke(shop.shop_id, key.key_id)
    audit = shop.merchant.shops.memory(shop.shop_id).audit
    entries = list(reversed(audit.newest(100)))
    assert [entry.did for entry in entries] == [
        "shop.opened", "settings.changed", "rule.written", "rule.deleted", "tiers.set", "placement.set",
        "placement.deleted", "product.deleted", "key.made", "key.revoked",
    ]  # fmt: skip
    keys = shop.merchant.shops.view(shop.shop_id).keys.values()
    own = next(each for each in keys if each.kind == "secret" and each.key_id != key.key_id)
    assert {entry.who for entry in entries[1:8]} == {f"key {own.key_id}"}
    assert {entry.who for entry in entries[8:]} == {"command line"}
    assert entries[1].what == {"names": ["origins", "webhook_secrets"]}
    assert "very-secret-text" not in str(entries)
    assert audit.verify().whole
