"""Shopper tokens signed with keys that the shop publishes: the algorithm is the key's, never the token's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from api.tokens import proven_shopper
from plugin.errors import TokenInvalid
from plugin.key_sets import KeySets
from plugin.shop import Shop, ShopSettings

NOW = time.time()
RSA = rsa.generate_private_key(65537, 2048)
EDWARDS = ed25519.Ed25519PrivateKey.generate()


def published() -> bytes:
    """Return the key set of a shop that signs with RSA and with Ed25519."""
    keys = [
        {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA.public_key())), "kid": "rsa"},
        {**json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(EDWARDS.public_key())), "kid": "ed"},
    ]
    return json.dumps({"keys": keys}).encode()


@pytest.fixture
def shop() -> Shop:
    held = Shop("corner")
    held.settings = ShopSettings("corner", "Corner", jwks_url="https://corner.example/keys")
    return held


@pytest.fixture
def key_sets() -> KeySets:
    return KeySets(lambda url, largest: published())


def signed(key: Any, alg: str, kid: str, **changes: Any) -> str:
    claims = {"sub": "dora", "aud": "corner", "iat": int(NOW), "exp": int(NOW) + 600, **changes}
    return jwt.encode(claims, key, algorithm=alg, headers={"kid": kid})


@pytest.mark.parametrize(("key", "alg", "kid"), [(RSA, "RS256", "rsa"), (EDWARDS, "EdDSA", "ed")])
def test_a_published_key_proves_the_shopper(
    shop: Shop, key_sets: KeySets, key: Any, alg: str, kid: str
) -> None:
    assert proven_shopper(signed(key, alg, kid), shop, NOW, key_sets) == "dora"


def test_a_shop_without_published_keys_takes_none(key_sets: KeySets) -> None:
    with pytest.raises(TokenInvalid):
        proven_shopper(signed(RSA, "RS256", "rsa"), Shop("corner"), NOW, key_sets)


def test_the_public_key_is_no_shared_secret(shop: Shop, key_sets: KeySets) -> None:
    """The oldest trick: sign with HS256, the public key as the secret."""
    public = RSA.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = {"alg": "HS256", "kid": "rsa", "typ": "JWT"}
    claims = {"sub": "dora", "aud": "corner", "iat": int(NOW), "exp": int(NOW) + 600}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    mark = hmac.new(public, b".".join(parts), hashlib.sha256).digest()
    token = b".".join([*parts, base64.urlsafe_b64encode(mark).rstrip(b"=")]).decode()
    with pytest.raises(TokenInvalid):
        proven_shopper(token, shop, NOW, key_sets)


@pytest.mark.parametrize(
    ("key", "alg", "kid", "changes"),
    [
        (RSA, "RS512", "rsa", {}),
        (RSA, "PS256", "rsa", {}),
        (EDWARDS, "EdDSA", "rsa", {}),
        (RSA, "RS256", "ed", {}),
        (rsa.generate_private_key(65537, 2048), "RS256", "rsa", {}),
        (RSA, "RS256", "rsa", {"aud": "other"}),
        (RSA, "RS256", "rsa", {"exp": int(NOW) - 120}),
        (RSA, "RS256", "unknown", {}),
    ],
)
def test_anything_else_is_refused(
    shop: Shop, key_sets: KeySets, key: Any, alg: str, kid: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(TokenInvalid):
        proven_shopper(signed(key, alg, kid, **changes), shop, NOW, key_sets)
