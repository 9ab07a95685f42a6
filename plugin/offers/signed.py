"""An offer granted to a shopper in writing: a token that a till can check without asking anybody.

A token is a JWS signed with Ed25519: a till holds the public half of the key, which is good for checking and
for nothing else, so that a stolen till forges no offers. What it cannot see alone is whether the token was
used elsewhere since; that is settled when it is redeemed, once, by its number.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugin.errors import Invalid
from plugin.key_sets import PublicKey

ALG, TYPE, ISSUER = "EdDSA", "offer+jwt", "rapport"
LONGEST_TOKEN = 4_096
LEEWAY_S = 60.0
LATEST = 253_402_300_800  # the year 10000
REPORTED_WITHIN_S = 7 * 86_400.0  # how long after its end a use may still be told: a till may be offline
OKP = {"OKP": ALG}
CLAIMS = ("iss", "aud", "sub", "iat", "exp", "jti", "offer_id", "version", "benefit")
HEADER = frozenset({"alg", "typ", "kid"})
WHOLE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


class OfferTokenInvalid(Invalid):
    """A token that is not, or no longer, an offer of this shop."""


@dataclass(frozen=True, slots=True)
class SignedOffer:
    """What a token says: which version of which offer, to whom (a mark that names nobody), and until when.

    `number` is the token's own, which its one use counts by. Times are whole epoch seconds.
    """

    offer_id: str
    version: int
    benefit: Mapping[str, Any]
    shopper: str
    number: str
    issued: int
    ends: int

    @property
    def mark(self) -> str:
        """What its use counts by in the offer's book."""
        return f"token:{self.number}"


def new_private_key() -> str:
    """Return a new private key as text."""
    return _text(Ed25519PrivateKey.generate().private_bytes_raw())


def new_number() -> str:
    """Return a number that no other token has."""
    return secrets.token_hex(16)


def public_jwk(kid: str, private: str) -> dict[str, str]:
    """Return the public half of a key, as a JWKS has it (RFC 8037)."""
    public = _private(private).public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": "Ed25519", "alg": ALG, "use": "sig", "kid": kid, "x": _text(public)}


def sign(offer: SignedOffer, shop_id: str, kid: str, private: str) -> str:
    """Return the token that says this, signed with a key of the shop."""
    claims = {
        "iss": ISSUER,
        "aud": shop_id,
        "sub": offer.shopper,
        "iat": offer.issued,
        "exp": offer.ends,
        "jti": offer.number,
        "offer_id": offer.offer_id,
        "version": offer.version,
        "benefit": offer.benefit,
    }
    return jwt.encode(claims, _private(private), ALG, {"kid": kid, "typ": TYPE})


def verify(
    token: str, keys: Mapping[str | None, PublicKey], shop_id: str, now: float, late: float = LEEWAY_S
) -> SignedOffer:
    """Return what a token says that one of these keys of the shop signed; nothing but the token is asked.

    `late` is how many seconds after its end it is taken. Raises `OfferTokenInvalid` saying what is wrong.
    """
    if len(token) > LONGEST_TOKEN or not WHOLE.fullmatch(token):
        raise _wrong("It is empty, too long, or not a signed token.")
    header = _part(token, 0)
    if set(header) != HEADER or header["alg"] != ALG or header["typ"] != TYPE:
        raise _wrong(f"Its header must say {ALG}, {TYPE} and the key, and nothing else.")
    kid = header["kid"]
    key = keys.get(kid) if isinstance(kid, str) else None
    if key is None or key.alg != ALG:
        raise _wrong("Its key is none of this shop's.")
    claims = _part(token, 1)
    try:
        options = {f"verify_{name}": False for name in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")}
        jwt.decode(token, key.key, algorithms=[ALG], options=options)  # type: ignore[arg-type]
    except jwt.PyJWTError:
        raise _wrong("Its signature is wrong.") from None
    return _read(claims, shop_id, now, late)


def _read(claims: dict[str, Any], shop_id: str, now: float, late: float) -> SignedOffer:
    if set(claims) != set(CLAIMS):
        raise _wrong("It does not say what a signed offer says.")
    if claims["iss"] != ISSUER or claims["aud"] != shop_id:
        raise _wrong("It is an offer of another shop.")
    texts = (claims["sub"], claims["jti"], claims["offer_id"])
    numbers = (claims["iat"], claims["exp"], claims["version"])
    whole = all(type(each) is int and 0 <= each < LATEST for each in numbers)
    if not whole or not all(isinstance(each, str) and each for each in texts):
        raise _wrong("It does not say what a signed offer says.")
    if not isinstance(claims["benefit"], dict):
        raise _wrong("It does not say what a signed offer says.")
    issued, ends, version = numbers
    if issued > now + LEEWAY_S:
        raise _wrong("It is from the future.")
    if now >= ends + late:
        raise _wrong("It is over.")
    shopper, number, offer_id = texts
    return SignedOffer(offer_id, version, claims["benefit"], shopper, number, issued, ends)


def _part(token: str, number: int) -> dict[str, Any]:
    """Return one part of a token, read strictly: one object, no member twice."""
    part = token.split(".")[number]
    try:
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
        read = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (binascii.Error, ValueError, RecursionError):
        raise _wrong("It cannot be read.") from None
    if not isinstance(read, dict):
        raise _wrong("It cannot be read.")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _wrong(why: str) -> OfferTokenInvalid:
    return OfferTokenInvalid(f"This is no valid offer: {why}")
