"""Signed offers: what is signed is read back, and nothing else is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.key_sets import read_key_set
from plugin.offers.signed import (
    OKP,
    OfferTokenInvalid,
    SignedOffer,
    new_number,
    new_private_key,
    public_jwk,
    sign,
    verify,
)

NOW = 1_700_000_000
SHOP, KID = "shop-1", "k1"
PRIVATE, OTHER = new_private_key(), new_private_key()
PUBLIC = public_jwk(KID, PRIVATE)
KEYS = read_key_set(json.dumps({"keys": [PUBLIC]}).encode(), OKP)
SAYS = SignedOffer("ten", 3, {"percent_off": {"percent": 10}}, "mark", new_number(), NOW, NOW + 3600)
HEADER = {"alg": "EdDSA", "typ": "offer+jwt", "kid": KID}


def claims(**changed: Any) -> dict[str, Any]:
    held = {
        "iss": "rapport", "aud": SHOP, "sub": "mark", "iat": NOW, "exp": NOW + 3600, "jti": "n1",
        "offer_id": "ten", "version": 3, "benefit": {"percent_off": {"percent": 10}},
    }  # fmt: skip
    return {name: value for name, value in {**held, **changed}.items() if value != "left out"}


def text(data: bytes | str) -> str:
    data = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def made(header: Any = None, body: Any = None, key: str = PRIVATE) -> str:
    """A token of any header and claims, rightly signed with a key."""
    header, body = HEADER if header is None else header, claims() if body is None else body
    head, rest = (text(part if isinstance(part, str) else json.dumps(part)) for part in (header, body))
    private = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
    return f"{head}.{rest}.{text(private.sign(f'{head}.{rest}'.encode()))}"


def test_what_is_signed_is_read_back() -> None:
    token = sign(SAYS, SHOP, KID, PRIVATE)
    assert verify(token, KEYS, SHOP, NOW) == SAYS
    assert verify(made(), KEYS, SHOP, NOW).offer_id == "ten"
    assert verify(token, KEYS, SHOP, NOW + 3600 + 59) == SAYS
    assert verify(token, KEYS, SHOP, NOW + 3600 + 86_400, late=7 * 86_400.0) == SAYS


def with_a_public_key_as_a_secret() -> str:
    """The confusion of algorithms: what anybody may read, taken for a shared secret."""
    header = {"typ": "offer+jwt", "kid": KID}
    return jwt.encode(claims(), base64.urlsafe_b64decode(PUBLIC["x"] + "="), "HS256", header)


def twice(name: str, value: str) -> str:
    return json.dumps(claims())[:-1] + f', "{name}": {value}}}'


def changed_after_signing() -> str:
    head, _, signature = made().split(".")
    return f"{head}.{text(json.dumps(claims(benefit={'percent_off': {'percent': 90}})))}.{signature}"


FORGED: dict[str, Callable[[], str]] = {
    "alg none, unsigned": lambda: ".".join(made({**HEADER, "alg": "none"}).split(".")[:2]) + ".",
    "alg none": lambda: made({**HEADER, "alg": "none"}),
    "alg None": lambda: made({**HEADER, "alg": "None"}),
    "alg HS256 with the public key": with_a_public_key_as_a_secret,
    "alg HS256, signed as EdDSA": lambda: made({**HEADER, "alg": "HS256"}),
    "alg RS256": lambda: made({**HEADER, "alg": "RS256"}),
    "alg ES256": lambda: made({**HEADER, "alg": "ES256"}),
    "no alg": lambda: made({"typ": "offer+jwt", "kid": KID}),
    "another key": lambda: made(key=OTHER),
    "unknown kid": lambda: made({**HEADER, "kid": "k2"}),
    "no kid": lambda: made({"alg": "EdDSA", "typ": "offer+jwt"}),
    "kid null": lambda: made({**HEADER, "kid": None}),
    "kid a list": lambda: made({**HEADER, "kid": [KID]}),
    "kid a path": lambda: made({**HEADER, "kid": "../../dev/null"}),
    "a shopper token's type": lambda: made({**HEADER, "typ": "JWT"}),
    "no type": lambda: made({"alg": "EdDSA", "kid": KID}),
    "jku": lambda: made({**HEADER, "jku": "https://evil.example/keys"}),
    "jwk": lambda: made({**HEADER, "jwk": public_jwk(KID, OTHER)}, key=OTHER),
    "x5u": lambda: made({**HEADER, "x5u": "https://evil.example"}),
    "crit": lambda: made({**HEADER, "crit": ["exp"]}),
    "b64 false": lambda: made({**HEADER, "b64": False, "crit": ["b64"]}),
    "header twice alg": lambda: made('{"alg": "none", "alg": "EdDSA", "typ": "offer+jwt", "kid": "k1"}'),
    "header a list": lambda: made("[]"),
    "claims a list": lambda: made(body="[]"),
    "claims not JSON": lambda: made(body="{"),
    "claims NaN": lambda: made(body=json.dumps(claims(exp="N")).replace('"N"', "NaN")),
    "exp twice": lambda: made(body=twice("exp", str(NOW + 10**6))),
    "benefit twice": lambda: made(body=twice("benefit", "{}")),
    "expired": lambda: made(body=claims(exp=NOW - 60)),
    "no exp": lambda: made(body=claims(exp="left out")),
    "exp text": lambda: made(body=claims(exp=str(NOW + 60))),
    "exp true": lambda: made(body=claims(exp=True)),
    "exp endless": lambda: made(body=claims(exp=10**30)),
    "exp a fraction": lambda: made(body=claims(exp=NOW + 0.5)),
    "from the future": lambda: made(body=claims(iat=NOW + 61, exp=NOW + 99)),
    "another shop": lambda: made(body=claims(aud="shop-2")),
    "several shops": lambda: made(body=claims(aud=[SHOP, "shop-2"])),
    "no shop": lambda: made(body=claims(aud="left out")),
    "another issuer": lambda: made(body=claims(iss="else")),
    "no number": lambda: made(body=claims(jti="left out")),
    "number empty": lambda: made(body=claims(jti="")),
    "no shopper": lambda: made(body=claims(sub="left out")),
    "shopper a number": lambda: made(body=claims(sub=7)),
    "benefit text": lambda: made(body=claims(benefit="all")),
    "version text": lambda: made(body=claims(version="3")),
    "more claims": lambda: made(body=claims(admin=True)),
    "a shopper token's claims": lambda: made(body={"sub": "ann", "aud": SHOP, "iat": NOW, "exp": NOW + 60}),
    "changed after signing": changed_after_signing,
    "signature cut": lambda: made()[:-4],
    "signature empty": lambda: made().rsplit(".", 1)[0] + ".",
    "letters no base64 has": lambda: made() + "!",
    "padded": lambda: made() + "==",
    "a fourth part": lambda: made() + ".AAAA",
    "empty": lambda: "",
    "64 KB": lambda: made(body=claims(benefit={"x": "y" * 65_536})),
    "a newline": lambda: made() + "\n",
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_forged_is_refused(name: str) -> None:
    with pytest.raises(OfferTokenInvalid):
        verify(FORGED[name](), KEYS, SHOP, NOW)


def test_control_a_checker_that_trusts_the_header_takes_some_of_them() -> None:
    """Decoding by the algorithm that the token names, without asking whose it is, lets forgeries in."""
    unsigned = FORGED["alg none, unsigned"]()
    assert jwt.decode(unsigned, options={"verify_signature": False})["offer_id"] == "ten"
    secret = base64.urlsafe_b64decode(PUBLIC["x"] + "=")
    audience = {"audience": SHOP, "options": {"verify_exp": False, "verify_iat": False}}
    assert jwt.decode(FORGED["alg HS256 with the public key"](), secret, ["HS256"], **audience)["jti"] == "n1"


def test_a_revoked_key_opens_nothing() -> None:
    assert verify(made(), KEYS, SHOP, NOW)
    with pytest.raises(OfferTokenInvalid):
        verify(made(), read_key_set(json.dumps({"keys": [public_jwk("k2", OTHER)]}).encode(), OKP), SHOP, NOW)


@settings(max_examples=200)
@given(st.integers(0, 400), st.integers(0, 255))
def test_no_changed_letter_is_taken(place: int, letter: int) -> None:
    token = sign(SAYS, SHOP, KID, PRIVATE)
    place %= len(token)
    forged = token[:place] + chr(letter) + token[place + 1 :]
    try:
        said = verify(forged, KEYS, SHOP, NOW)
    except OfferTokenInvalid:
        return
    assert said == SAYS  # the last letter of a part holds bits that stand for nothing


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text_is_answered(token: str) -> None:
    with pytest.raises(OfferTokenInvalid):
        verify(token, KEYS, SHOP, NOW)
