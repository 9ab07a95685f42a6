"""Shopper tokens: a short signed word of the shop that this browser is that shopper (contract, section 3)."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

import jwt

from plugin.errors import TokenInvalid
from plugin.shop import Shop

LARGEST_TOKEN = 4096
LONGEST_LIFE_S = 24 * 3600
LEEWAY_S = 60
NEVER_FOLLOWED = frozenset({"jku", "jwk", "x5u", "x5c", "x5t", "crit"})


class TokenExpired(TokenInvalid):
    """A token that was true once."""

    code = "token_expired"


def proven_shopper(token: str, shop: Shop, now: float) -> str:
    """Return the shopper id that a token proves for this shop.

    Raises `TokenInvalid` for anything but a whole, fitting, rightly signed token, `TokenExpired` for one
    that is only too old.
    """
    if not token or len(token) > LARGEST_TOKEN or not token.isascii():
        raise TokenInvalid("The shopper token is empty, too long, or not a token.")
    header = _part(token, 0)
    key = _key(header, shop)
    claims = _part(token, 1)
    try:
        jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience=shop.shop_id,
            options={"require": ["sub", "aud", "exp", "iat"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as error:
        raise TokenInvalid(f"The shopper token is not valid: {error}.") from None
    return _subject(claims, shop, now)


def _key(header: dict[str, Any], shop: Shop) -> bytes:
    if NEVER_FOLLOWED & header.keys():
        raise TokenInvalid("The shopper token's header names a key or a rule of its own.")
    kid = header.get("kid")
    key = shop.signing_key(kid) if isinstance(kid, str) else None
    if key is None:
        raise TokenInvalid("The shopper token's `kid` is none of this shop's signing keys.")
    if header.get("alg") != key.alg:
        raise TokenInvalid(f"The shopper token must be signed with {key.alg}.")
    return key.text.encode()


def _subject(claims: dict[str, Any], shop: Shop, now: float) -> str:
    subject, audience, expires, issued = (claims.get(name) for name in ("sub", "aud", "exp", "iat"))
    if not isinstance(subject, str) or not 1 <= len(subject) <= 128:
        raise TokenInvalid("The shopper token's `sub` must be the shopper's id.")
    if audience != shop.shop_id:
        raise TokenInvalid("The shopper token's `aud` must be this shop's id, as one string.")
    for name, value in (("exp", expires), ("iat", issued)):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TokenInvalid(f"The shopper token's `{name}` must be a number of seconds.")
    if not 0 < expires - issued <= LONGEST_LIFE_S:  # type: ignore[operator]
        raise TokenInvalid("The shopper token may live for 24 hours at most.")
    if issued > now + LEEWAY_S:  # type: ignore[operator]
        raise TokenInvalid("The shopper token is from the future.")
    if expires <= now - LEEWAY_S:  # type: ignore[operator]
        raise TokenExpired("The shopper token has expired.")
    return subject


def _part(token: str, number: int) -> dict[str, Any]:
    """Return one part of the token, read strictly: one object, no member twice."""
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenInvalid("The shopper token is not a signed JWT.")
    try:
        padded = parts[number] + "=" * (-len(parts[number]) % 4)
        read = json.loads(base64.urlsafe_b64decode(padded), object_pairs_hook=_no_member_twice)
    except (binascii.Error, ValueError, RecursionError):
        raise TokenInvalid("The shopper token cannot be read.") from None
    if not isinstance(read, dict):
        raise TokenInvalid("The shopper token cannot be read.")
    return read


def _no_member_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members
