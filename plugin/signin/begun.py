"""A sign-in that was begun and has not come back: what must be known again then, sealed for the browser.

It is kept in a cookie of the browser that began, not in the store: whoever only asks for sign-ins writes
nothing here, and nobody else's browser can end what this one began.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plugin.shop import Shop
from plugin.signin.provider import Provider

LIVES_S = 600
LONGEST_SEALED = 4_000
SALT_BYTES = 12


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known again when the browser comes back. `at` is epoch seconds."""

    state: str
    nonce: str
    verifier: str  # the secret whose hash the provider was shown (PKCE, RFC 7636)
    return_to: str
    callback: str
    consent: bool
    at: float

    @classmethod
    def anew(cls, return_to: str, callback: str, consent: bool, now: float) -> Begun:
        """Return a new one; its state, nonce and verifier hold 256 random bits each."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, return_to, callback, consent, now)


def mark_of(state: str) -> str:
    """Return the short name under which a browser keeps what belongs to this state."""
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def seal(begun: Begun, shop: Shop, provider: Provider) -> str | None:
    """Return it as text that only this service can have written; None where the shop has no signing key."""
    keys = live_secrets(shop)
    if not keys:
        return None
    salt = secrets.token_bytes(SALT_BYTES)
    closed = _cipher(keys[0]).encrypt(salt, orjson.dumps(asdict(begun)), _bound_to(shop, provider))
    return base64.urlsafe_b64encode(salt + closed).decode()


def unseal(text: str, state: str, shop: Shop, provider: Provider) -> Begun | None:
    """Return what was sealed for this state, shop and provider; None for anything else."""
    if len(text) > LONGEST_SEALED:
        return None
    try:
        data = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    for opened in _opened(data, live_secrets(shop), _bound_to(shop, provider)):
        try:
            begun = Begun(**orjson.loads(opened))
        except TypeError:  # sealed by another version of the program
            return None
        same = hmac.compare_digest(begun.state.encode(), state.encode("utf-8", "surrogatepass"))
        return begun if same else None
    return None


def live_secrets(shop: Shop) -> list[tuple[str, str]]:
    """Return kid and text of the shop's live signing keys, the newest first."""
    live = [key for key in shop.keys.values() if key.kind == "signing" and key.revoked_at is None]
    return [(key.key_id, key.text) for key in sorted(live, key=lambda key: (-key.created_at, key.key_id))]


def _opened(data: bytes, keys: Iterable[tuple[str, str]], bound_to: bytes) -> Iterable[bytes]:
    for key in keys:
        try:
            yield _cipher(key).decrypt(data[:SALT_BYTES], data[SALT_BYTES:], bound_to)
        except (InvalidTag, ValueError):
            continue


def _cipher(key: tuple[str, str]) -> AESGCM:
    """A key for this one use, drawn from the shop's signing key: rotating that one ends what is under way."""
    return AESGCM(hmac.new(key[1].encode(), b"rapport: a sign-in under way", hashlib.sha256).digest())


def _bound_to(shop: Shop, provider: Provider) -> bytes:
    return orjson.dumps([shop.shop_id, provider.name, provider.issuer, provider.client_id])
