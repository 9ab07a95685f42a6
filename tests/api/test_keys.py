"""Who may open which door: keys of every kind, origins, and no door of one shop with another's key."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any

import pytest

ORIGIN = "https://tools.example"
EVENT = {"event": "Product Viewed", "anonymousId": "v", "properties": {"product_id": "p"}}


@pytest.fixture(scope="module")
def other(open_shop: Any) -> Any:
    """Another shop of the same installation, with another origin."""
    return open_shop("Rival", origins=["https://rival.example"])


@pytest.fixture(scope="module")
def operations(shop: Any) -> list[tuple[str, str, set[str]]]:
    """Every described operation: method, address with its gaps filled, and the kinds of keys it opens to."""
    shop.product("p")
    described = shop.call("GET", "/v1/openapi.json", key=None).json()["paths"]
    found = []
    for path, methods in described.items():
        address = path.replace("{product_id}", "p").replace("{key}", shop.keys["publishable"])
        address = address.replace("{", "").replace("}", "")
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                kinds = {kind for held in operation.get("security", []) for kind in held}
                found.append((method.upper(), address, kinds))
    return found


def test_without_a_key_no_door_of_a_shop_opens(shop: Any, operations: Any) -> None:
    closed = [(method, path) for method, path, kinds in operations if kinds]
    assert len(closed) >= 30
    for method, path in closed:
        for key in (None, "pk_x", "sk__", "pk_nobody_abc", shop.keys["secret"] + "x", "sk_a_b_c", "x" * 5000):
            answer = shop.call(method, path, {} if method != "GET" else None, key=key)
            assert answer.status_code == 401, (method, path, key, answer.text)
            assert answer.json()["code"] == "unauthenticated"
            assert answer.headers["WWW-Authenticate"]


def test_a_publishable_key_opens_no_secret_door(shop: Any, operations: Any) -> None:
    secret = [(method, path) for method, path, kinds in operations if kinds == {"secret"}]
    assert len(secret) >= 15
    for method, path in secret:
        answer = shop.call(method, path, {} if method != "GET" else None, key="publishable")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (method, path, answer.text)


def test_a_secret_key_does_not_open_what_is_for_the_shopper_alone(shop: Any, operations: Any) -> None:
    alone = [(method, path) for method, path, kinds in operations if kinds == {"publishable"}]
    assert ("GET", "/v1/shoppers/me") in alone
    for method, path in alone:
        assert shop.call(method, path, key="secret").status_code == (200 if "projects" in path else 403), path


def test_one_shops_key_sees_nothing_of_anothers(shop: Any, other: Any) -> None:
    shop.product("own/thing", name="Only ours")
    shop.send(shop.buys("loyal", "own/thing"))
    rule = {"offer_id": "ours", "state": "live", "gives": {"free_shipping": {}}}
    assert shop.call("POST", "/v1/offer-rules", rule).status_code in (200, 201)
    for path in (
        "/v1/products/own/thing",
        "/v1/products/-?id=own/thing",
        "/v1/shoppers/loyal",
        "/v1/offer-rules/ours",
    ):
        assert shop.call("GET", path).status_code == 200, path
        assert other.call("GET", path).status_code == 404, path
    assert other.call("DELETE", "/v1/products/own/thing").status_code == 404
    assert other.call("DELETE", "/v1/offer-rules/ours").status_code == 404
    for path in ("/v1/products", "/v1/offer-rules"):
        assert other.call("GET", path).json()["items"] == []
    assert other.call("GET", "/v1/offers", params={"shopper": "loyal"}).json() == {"offers": []}
    assert "Only ours" not in other.call("GET", "/v1/recommendations?kind=trending").text
    assert other.call("GET", "/v1/shop").json()["name"] == "Rival"


def test_a_browser_names_no_shopper(shop: Any) -> None:
    for path in ("/v1/recommendations?kind=for-you&shopper=ann", "/v1/offers?shopper=ann",
                 "/v1/placements?names=for-you&shopper=ann"):  # fmt: skip
        answer = shop.call("GET", path, key="publishable")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert shop.call("GET", "/v1/shoppers/me", key="publishable").status_code == 401
    headers = {"Rapport-Anonymous": "ann"}
    assert shop.call("GET", "/v1/shoppers/me", key="publishable", headers=headers).status_code == 401


def test_a_key_is_rotated_and_revoked_within_five_seconds(shop: Any) -> None:
    for kind, path in (("secret", "/v1/shop"), ("publishable", "/v1/recommendations?kind=trending")):
        text, key = shop.merchant.rotate(shop.shop_id, kind)
        assert shop.soon(lambda: shop.call("GET", path, key=text).status_code == 200)  # noqa: B023
        assert shop.call("GET", path, key=kind).status_code == 200
        shop.merchant.revoke(shop.shop_id, key.key_id)
        assert shop.soon(lambda: shop.call("GET", path, key=text).status_code == 401)  # noqa: B023
        assert shop.call("GET", path, key=kind).status_code == 200


def test_basic_with_the_key_as_user_name(shop: Any) -> None:
    for text, status in ((shop.keys["secret"] + ":", 200), (shop.keys["secret"], 200), ("sk_no_key:x", 401)):
        basic = base64.b64encode(text.encode()).decode()
        answer = shop.call("GET", "/v1/shop", key=None, headers={"Authorization": f"Basic {basic}"})
        assert answer.status_code == status
    for broken in ("Basic !!", "Basic", "Bearer", "Digest x", "Basic //79", "Bearer \xff"):
        answer = shop.call("GET", "/v1/shop", key=None, headers={"Authorization": broken.encode("latin-1")})
        assert answer.status_code == 401, broken


def test_v1_reads_no_cookie(shop: Any) -> None:
    cookies = {"rapport_console": f"{shop.shop_id}.x", "Authorization": f"Bearer {shop.keys['secret']}"}
    assert shop.call("GET", "/v1/shop", key=None, cookies=cookies).status_code == 401
    shop.session.cookies.clear()


READS = ("GET", "/v1/recommendations?kind=trending", None)
WRITES = ("POST", "/v1/track", EVENT)


@pytest.mark.parametrize("door", [READS, WRITES])
def test_a_listed_origin_is_echoed_exactly(shop: Any, door: Any) -> None:
    method, path, body = door
    answer = shop.call(method, path, body, key="publishable", headers={"Origin": ORIGIN})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    answer = shop.call(method, path, body, key="publishable")
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "origin",
    ["null", "https://evil.example", "http://tools.example", "https://tools.example:444", "https://tools.example/",
     "https://TOOLS.example", "https://tools.example.evil.example", "https://sub.tools.example", "*", "",
     "https://rival.example", "https://tools.example https://evil.example"],
)  # fmt: skip
def test_any_other_origin_is_refused_and_nothing_is_kept(shop: Any, other: Any, origin: str) -> None:
    event = {**EVENT, "anonymousId": f"from {origin}"}
    for method, path, body in (READS, ("POST", "/v1/track", event)):
        answer = shop.call(method, path, body, key="publishable", headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
        assert "Access-Control-Allow-Origin" not in answer.headers
    written = {**event, "writeKey": shop.keys["publishable"]}
    assert shop.call("POST", "/v1/track", written, key=None, headers={"Origin": origin}).status_code == 403
    shop.product("p")
    headers = {"Rapport-Anonymous": f"from {origin}"}
    assert shop.ids("recently-viewed", key="publishable", headers=headers) == []


@pytest.mark.parametrize("origin", [ORIGIN, "https://evil.example", "null"])
def test_a_secret_key_in_a_browser_is_refused(shop: Any, origin: str) -> None:
    for method, path, body in (READS, WRITES, ("GET", "/v1/shop", None)):
        answer = shop.call(method, path, body, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "secret_key_in_browser")


def preflight(shop: Any, origin: str, path: str = "/v1/batch") -> Any:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,rapport-shopper",
    }
    return shop.call("OPTIONS", path, key=None, headers=headers)


def is_open_to(shop: Any, origin: str, path: str) -> bool:
    return preflight(shop, origin, path).headers.get("Access-Control-Allow-Origin") == origin


def test_a_preflight_is_answered_for_any_listed_origin(shop: Any, other: Any) -> None:
    for origin in (ORIGIN, "https://rival.example"):
        for path in ("/v1/batch", "/v1/recommendations", "/v1/products/a/b"):
            assert shop.soon(partial(is_open_to, shop, origin, path))
            answer = preflight(shop, origin, path)
            assert answer.status_code == 204
            assert answer.headers["Vary"] == "Origin"
            assert "Access-Control-Allow-Credentials" not in answer.headers
            allowed = {name.strip() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
            assert allowed == {
                "Authorization", "Content-Type", "Content-Encoding", "Rapport-Shopper", "Rapport-Anonymous",
                "Idempotency-Key", "If-Match", "AnonymousId",
            }  # fmt: skip
            assert {"GET", "POST"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    for origin in ("https://evil.example", "null"):
        answer = preflight(shop, origin)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


def test_origins_are_changed_at_once(open_shop: Any) -> None:
    shop = open_shop("Moving")

    def status(origin: str) -> int:
        return shop.call("GET", READS[1], key="publishable", headers={"Origin": origin}).status_code

    assert status("https://new.example") == 403  # a shop that lists none refuses every browser
    assert shop.call("PATCH", "/v1/shop", {"origins": ["https://new.example"]}).status_code == 200
    assert status("https://new.example") == 200
    shop.call("PATCH", "/v1/shop", {"origins": []})
    assert status("https://new.example") == 403


def test_widgets_are_open_to_every_page(shop: Any) -> None:
    answer = shop.call(
        "GET", "/widgets/v1/rapport.js", key=None, headers={"Origin": "https://anyone.example"}
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    for name in (
        "..%2f..%2fsetup.cfg",
        "rapport.py",
        ".",
        "%2e%2e/__init__.py",
        "storefront",
        "x" * 300 + ".js",
    ):
        assert shop.call("GET", f"/widgets/v1/{name}", key=None).status_code == 404
