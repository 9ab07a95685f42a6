"""The keys a shop publishes for its shopper tokens (JWKS), fetched when first needed and kept ten minutes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt

from plugin.outside import OutsideRefused, fetch

KEPT_FOR_S = 600.0
ASKED_AGAIN_AFTER_S = (
    30.0  # for a kid we do not know, or after a failure: a new key is met soon, a guess costs little
)
LARGEST_SET = 64 * 1024
MOST_KEYS = 50
ALGORITHMS = {"RSA": "RS256", "OKP": "EdDSA"}  # the algorithm is the key's, never the token's


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One published key and the only algorithm it may be used with."""

    alg: str
    key: Any


@dataclass(slots=True)
class _Held:
    asked_at: float
    fetched_at: float | None = None
    keys: dict[str, PublicKey] = field(default_factory=dict)


class KeySets:
    """The published keys of all shops of this process. Safe to share between threads."""

    def __init__(
        self,
        fetching: Callable[[str, int], bytes] = fetch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetching = fetching
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._locks: dict[str, threading.Lock] = {}

    def find(self, url: str, kid: str) -> PublicKey | None:
        """Return the key of this id that the shop publishes at `url`, None when it does not.

        A set that cannot be fetched keeps what was known, for as long as it would have been kept.
        """
        with self._locks.setdefault(url, threading.Lock()):  # one slow set holds up nobody else
            held = self._held.get(url)
            now = self._clock()
            if held is None or self._is_due(held, kid, now):
                held = self._held[url] = self._asked(url, held, now)
            return held.keys.get(kid)

    def _is_due(self, held: _Held, kid: str, now: float) -> bool:
        old = held.fetched_at is None or now - held.fetched_at > KEPT_FOR_S
        return (old or kid not in held.keys) and now - held.asked_at > ASKED_AGAIN_AFTER_S

    def _asked(self, url: str, held: _Held | None, now: float) -> _Held:
        try:
            keys = read_key_set(self._fetching(url, LARGEST_SET))
        except OutsideRefused:
            known = held is not None and held.fetched_at is not None and now - held.fetched_at <= KEPT_FOR_S
            return _Held(now, held.fetched_at, held.keys) if known and held else _Held(now)
        return _Held(now, now, keys)


def read_key_set(data: bytes) -> dict[str, PublicKey]:
    """Return the usable keys of a JWKS by their id: RSA of 2048 bits or more, and Ed25519.

    Raises `OutsideRefused` for what is no key set. A key that cannot be used is passed over.
    """
    try:
        entries = json.loads(data)["keys"]
        assert isinstance(entries, list)
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
        raise OutsideRefused("The address does not hold a key set.") from None
    found: dict[str, PublicKey] = {}
    for entry in entries[:MOST_KEYS]:
        alg = ALGORITHMS.get(str(entry.get("kty"))) if isinstance(entry, dict) else None
        if alg is None or not isinstance(entry.get("kid"), str) or entry.get("alg", alg) != alg:
            continue
        if entry.get("use", "sig") != "sig" or "d" in entry:  # a private key in public is nobody's proof
            continue
        try:
            key = jwt.PyJWK(entry, algorithm=alg).key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
        if alg == "RS256" and key.key_size < 2048:
            continue
        found[entry["kid"]] = PublicKey(alg, key)
    return found
