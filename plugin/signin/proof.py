"""Whether an ID token proves who signed in (OpenID Connect Core 1.0, section 3.1.3.7).

The algorithm is the published key's, never the token's word; keys that a token brings along are not followed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import orjson
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from plugin.errors import RapportError
from plugin.key_sets import PublicKey
from plugin.signin.provider import Provider

FindKey = Callable[[str | None, bool], PublicKey | None]  # by `kid`, and whether to ask for it again
LARGEST_TOKEN = 16 * 1024
LEEWAY_S = 60
LONGEST_SUBJECT = 255
LONGEST_CLAIM = 1_000  # bytes of a claim's value as JSON; longer ones are left out


class NotProven(RapportError):
    """An ID token that proves nothing; the detail says why, for the merchant's log."""

    code = "refused"


def proven_claims(
    id_token: str,
    provider: Provider,
    find_key: FindKey,
    *,
    nonce: str,
    access_token: str | None,
    now: float,
) -> dict[str, Any]:
    """Return the claims of an ID token that this provider gave this shop for this very sign-in.

    Raises `NotProven` for any other.
    """
    if len(id_token) > LARGEST_TOKEN or id_token.count(".") != 2:
        raise NotProven("The ID token is no signed JWT, or too large.")
    claims, header = _signed(id_token, find_key)
    _check_shapes(claims)
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
    }
    known = {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token}
    try:
        CodeIDToken(claims, header, options, known).validate(now=int(now), leeway=LEEWAY_S)
    except JoseError as error:
        raise NotProven(f"The ID token does not fit: {error}.") from None
    return claims


def chosen(claims: Mapping[str, Any], provider: Provider) -> dict[str, Any]:
    """Return the claims that the shop chose to know, under its own names for them."""
    kept = {trait: claims[claim] for claim, trait in provider.claims.items() if claims.get(claim) is not None}
    return {trait: value for trait, value in kept.items() if _is_small(value)}


def _signed(id_token: str, find_key: FindKey) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        header = jwt.get_unverified_header(id_token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise NotProven("The ID token's header cannot be read.") from None
    # A provider may sign with a new key under the old id, or under none: then it is asked once more.
    text = _opened(id_token, header, find_key, False) or _opened(id_token, header, find_key, True)
    if text is None:
        raise NotProven("The ID token is not signed with the provider's key.")
    try:
        claims = json.loads(text)
    except (ValueError, RecursionError):
        raise NotProven("The ID token holds no claims.") from None
    if not isinstance(claims, dict):
        raise NotProven("The ID token holds no claims.")
    return claims, header


def _opened(id_token: str, header: Mapping[str, Any], find_key: FindKey, again: bool) -> bytes | None:
    """What was signed, None where the published key did not sign it."""
    kid = header.get("kid")
    published = find_key(kid, again) if kid is None or isinstance(kid, str) else None
    if published is None:
        raise NotProven("The ID token's `kid` is none of the provider's published keys.")
    if header.get("alg") != published.alg:
        raise NotProven(f"The ID token must be signed with {published.alg}, as the provider's key is.")
    try:
        return jwt.PyJWS().decode(id_token, published.key, algorithms=[published.alg])
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None


def _check_shapes(claims: Mapping[str, Any]) -> None:
    """Raise `NotProven` where a claim that decides is not of its kind."""
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0 if name == "nbf" else None)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
            raise NotProven(f"The ID token's `{name}` is no moment.")
    for name in ("iss", "sub", "nonce"):
        if not isinstance(claims.get(name), str):
            raise NotProven(f"The ID token's `{name}` is no text.")
    for name in ("azp", "at_hash"):
        if not isinstance(claims.get(name, ""), str):
            raise NotProven(f"The ID token's `{name}` is no text.")
    audience = claims.get("aud")
    listed = audience if isinstance(audience, list) else [audience]
    if not listed or not all(isinstance(each, str) for each in listed):
        raise NotProven("The ID token's `aud` is no text and no list of texts.")
    subject = claims["sub"]
    if not 1 <= len(subject) <= LONGEST_SUBJECT or not subject.isprintable() or not subject.isascii():
        raise NotProven(f"The ID token's `sub` must be 1 to {LONGEST_SUBJECT} characters of ASCII.")


def _is_small(value: Any) -> bool:
    try:
        return len(orjson.dumps(value)) <= LONGEST_CLAIM
    except TypeError:  # half a character, or a number longer than any: what the store could not keep
        return False
