"""Only the shop can name a shopper: every forged, broken or borrowed token is refused in the same way."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa


def good(shop: Any, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    held = {"sub": "ann", "aud": shop.shop_id, "iat": now, "exp": now + 600, **changes}
    return {name: value for name, value in held.items() if value is not None}


def header(shop: Any, **changes: Any) -> dict[str, Any]:
    held = {"alg": "HS256", "typ": "JWT", "kid": shop.shop["signing_key"]["kid"], **changes}
    return {name: value for name, value in held.items() if value is not None}


def with_claims(**changes: Any) -> Callable[[Any], str]:
    return lambda shop: shop.signed(good(shop, **changes))


def with_header(**changes: Any) -> Callable[[Any], str]:
    return lambda shop: shop.signed(good(shop), header(shop, **changes))


def with_text(pattern: str) -> Callable[[Any], str]:
    """Claims as JSON text of our own: `%s` is where the good members stand."""
    return lambda shop: shop.signed(pattern.replace("%s", json.dumps(good(shop))[1:-1]))


def ages(issued: float, expires: float) -> Callable[[Any], str]:
    return lambda shop: shop.signed(good(shop, iat=time.time() + issued, exp=time.time() + expires))


def cut(change: Callable[[list[str]], str]) -> Callable[[Any], str]:
    return lambda shop: change(shop.signed(good(shop)).split("."))


def unsigned(algorithm: str) -> Callable[[Any], str]:
    return lambda shop: shop.signed(good(shop), header(shop, alg=algorithm)).rsplit(".", 1)[0] + "."


def by_public_key(shop: Any) -> str:
    """RS256 confused with HS256: a public key's text as the shared secret."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return shop.signed(good(shop), secret=text)


def by_own_ed25519(shop: Any) -> str:
    head, body, _ = shop.signed(good(shop), header(shop, alg="EdDSA")).split(".")
    signature = ed25519.Ed25519PrivateKey.generate().sign(f"{head}.{body}".encode())
    return f"{head}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_loose_end(shop: Any) -> str:
    """The last letter of a signature holds four bits that no decoder looks at."""
    token = shop.signed(good(shop))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


HOUR = 3600
FORGED: dict[str, Callable[[Any], str]] = {
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg empty": unsigned(""),
    "no signature": cut(lambda parts: f"{parts[0]}.{parts[1]}."),
    "two parts": cut(lambda parts: f"{parts[0]}.{parts[1]}"),
    "four parts": cut(lambda parts: ".".join([*parts, parts[2]])),
    "another's signature": cut(lambda parts: f"{parts[0]}.{parts[1]}.{parts[2][::-1]}"),
    "claims changed": lambda shop: (
        shop.signed(good(shop)).split(".")[0]
        + "."
        + shop.signed(good(shop, sub="bob")).split(".")[1]
        + "."
        + shop.signed(good(shop)).split(".")[2]
    ),
    "signature with a loose end": with_loose_end,
    "padded": cut(lambda parts: ".".join(parts) + "="),
    "letters that decoders skip": cut(lambda parts: f"{parts[0]}.{parts[1]}.{parts[2]}!"),
    "a space within": cut(lambda parts: f"{parts[0]}.{parts[1]}. {parts[2]}"),
    "alg HS512": lambda shop: shop.signed(good(shop), header(shop, alg="HS512"), digest="sha512"),
    "alg HS384 said, HS256 done": with_header(alg="HS384"),
    "alg RS256 said, HS256 done": with_header(alg="RS256"),
    "alg lower case": with_header(alg="hs256"),
    "alg a list": with_header(alg=["HS256"]),
    "no alg": with_header(alg=None),
    "a public key as the secret": by_public_key,
    "a key pair of its own": by_own_ed25519,
    "the empty secret": lambda shop: shop.signed(good(shop), secret=""),
    "the publishable key": lambda shop: shop.signed(good(shop), secret=shop.keys["publishable"]),
    "the shop id as the secret": lambda shop: shop.signed(good(shop), secret=shop.shop_id),
    "no kid": with_header(kid=None),
    "kid unknown": with_header(kid="f" * 12),
    "kid a path": with_header(kid="../../../../dev/null"),
    "kid a query": with_header(kid="x' UNION SELECT 'x"),
    "kid a number": with_header(kid=0),
    "kid a list": lambda shop: shop.signed(good(shop), header(shop, kid=[shop.shop["signing_key"]["kid"]])),
    "kid null": lambda shop: shop.signed(good(shop), {**header(shop), "kid": None}),
    "jku": with_header(jku="https://evil.example/keys.json"),
    "jwk": with_header(jwk={"kty": "oct", "k": "c2VjcmV0"}),
    "x5u": with_header(x5u="https://evil.example/cert.pem"),
    "x5c": with_header(x5c=["MIIB"]),
    "crit": with_header(crit=["exp"]),
    "payload not encoded": with_header(b64=False),
    "header no object": lambda shop: shop.signed(good(shop), "[1, 2]"),
    "header no JSON": lambda shop: shop.signed(good(shop), "HS256"),
    "claims no object": lambda shop: shop.signed('"ann"'),
    "claims no JSON": lambda shop: shop.signed("ann"),
    "no sub": with_claims(sub=None),
    "sub empty": with_claims(sub=""),
    "sub a number": with_claims(sub=5),
    "sub a list": with_claims(sub=["ann"]),
    "sub of 129 characters": with_claims(sub="a" * 129),
    "sub with a control character": with_claims(sub="a\nb"),
    "sub half a character": with_text('{%s, "x": 1}'.replace("%s", '"sub": "\\ud800", "aud": "x"')),
    "sub half a character, else good": lambda shop: shop.signed(
        json.dumps(good(shop, sub="SUB")).replace("SUB", "\\ud800")
    ),
    "no aud": with_claims(aud=None),
    "aud another shop": with_claims(aud="another-shop-000000"),
    "aud a list": lambda shop: shop.signed(good(shop, aud=[shop.shop_id])),
    "aud a list of lists": with_claims(aud=[["x"]]),
    "aud an object": with_claims(aud={"shop": 1}),
    "no exp": with_claims(exp=None),
    "exp text": with_claims(exp="2099-01-01"),
    "exp true": with_claims(exp=True),
    "exp before iat": ages(0, -10),
    "a life of two days": ages(0, 48 * HOUR),
    "no iat": with_claims(iat=None),
    "iat a list": with_claims(iat=[1]),
    "iat in the future": ages(HOUR, 2 * HOUR),
    "not before tomorrow": lambda shop: shop.signed(good(shop, nbf=time.time() + 20 * HOUR)),
    "nbf a list": with_claims(nbf=[]),
    "nbf beyond all numbers": with_text('{%s, "nbf": 1e999}'),
    "exp beyond all numbers": with_text('{%s, "exp": 1e999}'),
    "sub twice": with_text('{%s, "sub": "bob"}'),
    "aud twice": with_text('{%s, "aud": "x"}'),
    "kid twice": lambda shop: shop.signed(good(shop), json.dumps(header(shop))[:-1] + ', "kid": "x"}'),
    "exp a number longer than any float": lambda shop: shop.signed(
        json.dumps(good(shop, exp=1, iat=0.5)).replace('"exp": 1', '"exp": 1' + "0" * 400)
    ),
    "exp a number of 2,000 digits": lambda shop: shop.signed(
        json.dumps(good(shop, exp=1)).replace('"exp": 1', '"exp": 1' + "0" * 2000)
    ),
    "exp NaN": lambda shop: shop.signed(json.dumps(good(shop, exp=float("nan")))),
    "exp and iat infinite": lambda shop: shop.signed(
        json.dumps(good(shop, exp=float("inf"), iat=-float("inf")))
    ),
    "nested 1,400 deep": lambda shop: shop.signed("[" * 1400 + "]" * 1400),
    "header nested 1,400 deep": lambda shop: shop.signed(good(shop), '{"a":' * 500 + "1" + "}" * 500),
    "claims in UTF-16": lambda shop: shop.signed(json.dumps(good(shop)), json.dumps(header(shop))).replace(
        ".", ".//", 1
    ),
    "64 KB": with_claims(more="x" * 48_000),
    "5 KB": with_claims(more="x" * 4_000),
    "not ASCII": lambda shop: "é" * 20,
    "not ASCII within": cut(lambda parts: f"{parts[0]}.é{parts[1]}.{parts[2]}"),
    "empty": lambda shop: "",
    "dots": lambda shop: "..",
    "kid in capitals": lambda shop: shop.signed(
        good(shop), header(shop, kid=shop.shop["signing_key"]["kid"].upper() + "A")
    ),
    "kid with a blank": lambda shop: shop.signed(
        good(shop), header(shop, kid=shop.shop["signing_key"]["kid"] + " ")
    ),
    "kid with a NUL": lambda shop: shop.signed(
        good(shop), header(shop, kid=shop.shop["signing_key"]["kid"] + "\u0000")
    ),
    "kid empty": with_header(kid=""),
    "kid in Unicode": with_header(kid="\u202eß\ud800"),
    "kid the name of another document": with_header(kid="settings"),
    "alg with a blank": with_header(alg="HS256 "),
    "encrypted": cut(lambda parts: f"{parts[0]}.{parts[1]}.{parts[2]}.{parts[1]}.{parts[2]}"),
    "encrypted, as its header says": with_header(alg="dir", enc="A256GCM"),
    "a token within a token": lambda shop: shop.signed(
        f'"{shop.signed(good(shop))}"', header(shop, cty="JWT")
    ),
    "a tab within": cut(lambda parts: f"{parts[0]}.{parts[1]}.\t{parts[2]}"),
    "sub true": with_claims(sub=True),
    "sub with a NUL": with_claims(sub="ann\u0000"),
    "exp negative": with_claims(exp=-1),
    "words": lambda shop: "Bearer ann",
    "the secret key": lambda shop: shop.keys["secret"],
}  # fmt: skip


def asked_as(shop: Any, token: str) -> Any:
    headers = {"Rapport-Shopper": token.encode("latin-1")}
    return shop.call("GET", "/v1/shoppers/me", key="publishable", headers=headers)


def test_a_true_token_opens(shop: Any) -> None:
    for claims in ({}, {"sub": "a/b ☕"}, {"iat": time.time() - 10.5}, {"more": {"x": [1]}}, {"nbf": 5}):
        answer = asked_as(shop, shop.token(**claims) if "sub" not in claims else shop.token(claims["sub"]))
        assert answer.status_code == 200, answer.text
    assert asked_as(shop, shop.token("ann")).json()["shopper_id"] == "ann"


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_opens_nothing(shop: Any, name: str) -> None:
    token = FORGED[name](shop)
    answer = asked_as(shop, token)
    if len(token) > 60_000 and answer.status_code == 431:
        return  # the server takes no header that long
    assert answer.status_code == 401, answer.text
    assert answer.json()["code"] == "token_invalid", answer.text
    event = {"event": "Product Viewed", "anonymousId": "x", "properties": {"product_id": "p"}}
    event["context"] = {"shopperToken": token}
    answer = shop.call("POST", "/v1/track", event, key="publishable")
    assert answer.status_code in (400, 413), answer.text


def test_forged_tokens_are_many() -> None:
    assert len(FORGED) >= 40


def test_leeway_and_expiry(shop: Any) -> None:
    assert asked_as(shop, ages(-600, -50)(shop)).status_code == 200
    answer = asked_as(shop, ages(-600, -70)(shop))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert asked_as(shop, ages(50, 600)(shop)).status_code == 200


def test_a_token_of_one_shop_is_none_of_anothers(shop: Any, open_shop: Any) -> None:
    other = open_shop("Foreign")
    assert asked_as(shop, other.token("ann")).status_code == 401
    assert asked_as(shop, other.signed(good(shop))).status_code == 401
    assert asked_as(shop, shop.signed(good(shop, aud=other.shop_id))).status_code == 401


EVENT = {"event": "Product Viewed", "anonymousId": "x", "properties": {"product_id": "p"}}
BODIES = {
    "/v1/recommendations": {"kind": "trending"},
    "/v1/placements": {"slots": {"s": {"name": "trending"}}},
    "/v1/offers/quote": {"basket": {"lines": [{"product_id": "p"}]}},
    "/v1/shoppers/me/consent": {"personalise": "no"},
    "/v1/shoppers/me/preferences": {"likes": ["red"]},
    "/v1/track": EVENT,
    "/v1/batch": {"batch": [EVENT]},
}
QUERIES = {
    "/v1/recommendations": "?kind=trending",
    "/v1/recommendations/explain": "?kind=trending&candidate=p",
    "/v1/placements": "?names=trending",
}


@pytest.fixture(scope="module")
def reading(shop: Any) -> list[tuple[str, str, list[str]]]:
    """Every described door that reads the shopper's token: method, address, the kinds of keys it opens to."""
    shop.product("p")
    doors = []
    for path, methods in shop.call("GET", "/v1/openapi.json", key=None).json()["paths"].items():
        for method, operation in methods.items():
            given = operation.get("parameters", []) if isinstance(operation, dict) else []
            if any(each["name"] == "Rapport-Shopper" for each in given):
                kinds = sorted({kind for held in operation["security"] for kind in held})
                doors.append((method.upper(), path, kinds))
    return doors


def test_every_forged_token_is_refused_at_every_door_that_reads_one(shop: Any, reading: Any) -> None:
    """All of them where the body is known to be right, a few at the doors that are other names of these."""
    assert {path for _, path, _ in reading} >= {*BODIES, "/v1/offers", "/v1/shoppers/me", "/v1/import"}
    forged = [token for made in FORGED.values() if len(token := made(shop)) < 8_000]
    assert len(forged) >= 80
    for method, path, kinds in reading:
        known = method == "GET" or path in BODIES
        body = None if method == "GET" else BODIES.get(path, EVENT)
        address = path + (QUERIES.get(path, "") if method == "GET" else "")
        for number, token in enumerate(forged if known else forged[:3]):
            headers = {"Rapport-Shopper": token.encode("latin-1")}
            answer = shop.call(method, address, body, key=kinds[number % len(kinds)], headers=headers)
            where = (method, path, number, answer.text)
            assert answer.status_code == 401 or (not known and 400 <= answer.status_code < 500), where
            assert not known or answer.json()["code"] == "token_invalid", where


def test_signing_keys_are_rotated_and_revoked(open_shop: Any) -> None:
    shop = open_shop("Rotating")
    before = shop.token("ann")
    text, key = shop.merchant.rotate(shop.shop_id, "signing")
    old = shop.shop["signing_key"]
    shop.shop["signing_key"] = {"kid": key.key_id, "alg": "HS256", "key": text}
    assert shop.soon(lambda: asked_as(shop, shop.token("ann")).status_code == 200)
    assert asked_as(shop, before).status_code == 200
    shop.merchant.revoke(shop.shop_id, old["kid"])
    assert shop.soon(lambda: asked_as(shop, before).status_code == 401)
    assert asked_as(shop, shop.token("ann")).status_code == 200
