"""Shopper tokens: a short signed word of the shop that this browser is that shopper (contract, section 3)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

import jwt

from plugin.connectors.segment import Rejected, identity
from plugin.errors import TokenInvalid
from plugin.key_sets import KeySets
from plugin.shop import Shop

LARGEST_TOKEN = 4096
LONGEST_LIFE_S = 24 * 3600
LEEWAY_S = 60
LATEST = 253_402_300_800  # the year 10000: no moment lies beyond it
WHOLE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
NEVER_FOLLOWED = frozenset({"jku", "jwk", "x5u", "x5c", "x5t", "crit"})


class TokenExpired(TokenInvalid):
    """A token that was true once."""

    code = "token_expired"


def proven_shopper(token: str, shop: Shop, now: float, key_sets: KeySets) -> str:
    """Return the shopper id that a token proves for this shop, by its signing keys or its published ones.

    Raises `TokenInvalid` for anything but a whole, fitting, rightly signed token, `TokenExpired` for one
    that is only too old.
    """
    # Decoders skip what is no letter of base64url; here such a token is no token.
    if len(token) > LARGEST_TOKEN or not WHOLE.fullmatch(token):
        raise TokenInvalid("The shopper token is empty, too long, or not a signed JWT.")
    header = _part(token, 0)
    key, alg = _key(header, shop, key_sets)
    claims = _part(token, 1)
    try:
        jwt.decode(
            token,
            key,
            algorithms=[alg],
            audience=shop.shop_id,
            options={
                "require": ["sub", "aud", "exp", "iat"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.PyJWTError as error:
        raise TokenInvalid(f"The shopper token is not valid: {error}.") from None
    return _subject(claims, shop, now)


def _key(header: dict[str, Any], shop: Shop, key_sets: KeySets) -> tuple[Any, str]:
    """The key of the token's `kid` with its own algorithm; what the token says of algorithms must agree."""
    if NEVER_FOLLOWED & header.keys():
        raise TokenInvalid("The shopper token's header names a key or a rule of its own.")
    kid = header.get("kid")
    own = shop.signing_key(kid) if isinstance(kid, str) else None
    published = None
    if own is None and shop.settings.jwks_url and isinstance(kid, str):
        published = key_sets.find(shop.settings.jwks_url, kid)
    if own is None and published is None:
        raise TokenInvalid("The shopper token's `kid` is none of this shop's keys.")
    key, alg = (own.text.encode(), own.alg) if own else (published.key, published.alg)  # type: ignore[union-attr]
    if alg is None or header.get("alg") != alg:
        raise TokenInvalid(f"The shopper token must be signed with {alg}.")
    return key, alg


def _subject(claims: dict[str, Any], shop: Shop, now: float) -> str:
    subject, audience = claims.get("sub"), claims.get("aud")
    try:
        subject = identity(subject if isinstance(subject, str) else None, "sub")
        subject.encode()  # half a surrogate pair is no character
    except (Rejected, UnicodeEncodeError):
        raise TokenInvalid("The shopper token's `sub` must be the shopper's id.") from None
    if audience != shop.shop_id:
        raise TokenInvalid("The shopper token's `aud` must be this shop's id, as one string.")
    expires, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
    if not 0 < expires - issued <= LONGEST_LIFE_S:
        raise TokenInvalid("The shopper token may live for 24 hours at most.")
    if issued > now + LEEWAY_S or ("nbf" in claims and _seconds(claims, "nbf") > now + LEEWAY_S):
        raise TokenInvalid("The shopper token is from the future.")
    if expires <= now - LEEWAY_S:
        raise TokenExpired("The shopper token has expired.")
    return subject


def _seconds(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    # Compared before anything is reckoned with it: a whole number may be longer than any float.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LATEST:
        raise TokenInvalid(f"The shopper token's `{name}` must be a number of seconds.")
    return value


def _part(token: str, number: int) -> dict[str, Any]:
    """Return one part of the token, read strictly: one object, no member twice."""
    part = token.split(".")[number]
    try:
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
        read = json.loads(text, object_pairs_hook=_no_member_twice, parse_constant=_no_such_number)
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


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is no number")
