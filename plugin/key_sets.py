"""The keys a shop publishes for its shopper tokens (JWKS), fetched when first needed and kept ten minutes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
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
OF_PROVIDERS = {**ALGORITHMS, "EC": "ES256"}
ONLY_ONE = None  # under this id stands the only key of a set, for tokens that name none


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One published key and the only algorithm it may be used with."""

    alg: str
    key: Any


@dataclass(slots=True)
class _Held:
    asked_at: float
    fetched_at: float | None = None
    keys: dict[str | None, PublicKey] = field(default_factory=dict)


class KeySets:
    """The published keys of all shops of this process. Safe to share between threads."""

    def __init__(
        self,
        fetching: Callable[[str, int], bytes] = fetch,
        clock: Callable[[], float] = time.monotonic,
        *,
        algorithms: Mapping[str, str] = ALGORITHMS,
        asked_again_after: float = ASKED_AGAIN_AFTER_S,
    ) -> None:
        self._fetching = fetching
        self._clock = clock
        self._algorithms = algorithms
        self._asked_again_after = asked_again_after
        self._held: dict[str, _Held] = {}
        self._locks: dict[str, threading.Lock] = {}

    def find(self, url: str, kid: str | None, *, again: bool = False) -> PublicKey | None:
        """Return the key of this id that is published at `url` (without an id: the only one), or None.

        `again` asks there once more, for a key that has become another under the same id.

        A set that cannot be fetched keeps what was known, for as long as it would have been kept.
        """
        with self._locks.setdefault(url, threading.Lock()):  # one slow set holds up nobody else
            held = self._held.get(url)
            now = self._clock()
            if held is None or again or self._is_due(held, kid, now):
                held = self._held[url] = self._asked(url, held, now)
            return held.keys.get(kid)

    def _is_due(self, held: _Held, kid: str | None, now: float) -> bool:
        old = held.fetched_at is None or now - held.fetched_at > KEPT_FOR_S
        return (old or kid not in held.keys) and now - held.asked_at > self._asked_again_after

    def _asked(self, url: str, held: _Held | None, now: float) -> _Held:
        try:
            keys = read_key_set(self._fetching(url, LARGEST_SET), self._algorithms)
        except OutsideRefused:
            known = held is not None and held.fetched_at is not None and now - held.fetched_at <= KEPT_FOR_S
            return _Held(now, held.fetched_at, held.keys) if known and held else _Held(now)
        return _Held(now, now, keys)


def read_key_set(data: bytes, algorithms: Mapping[str, str] = ALGORITHMS) -> dict[str | None, PublicKey]:
    """Return the usable keys of a JWKS by their id: RSA of 2048 bits or more, Ed25519, P-256 where allowed.

    `algorithms` says by a key's type which algorithm it may be used with. The key of a set that has only one
    stands under `ONLY_ONE` too. A key that cannot be used is passed over. Raises `OutsideRefused` for what is
    no key set.
    """
    try:
        entries = json.loads(data)["keys"]
        assert isinstance(entries, list)
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
        raise OutsideRefused("The address does not hold a key set.") from None
    found: dict[str | None, PublicKey] = {}
    for entry in entries[:MOST_KEYS]:
        alg = algorithms.get(str(entry.get("kty"))) if isinstance(entry, dict) else None
        if alg is None or entry.get("alg", alg) != alg:
            continue
        kid = entry.get("kid", ONLY_ONE)
        if not isinstance(kid, str) and (kid is not ONLY_ONE or len(entries) > 1):
            continue
        if entry.get("use", "sig") != "sig" or "d" in entry:  # a private key in public is nobody's proof
            continue
        try:
            key = jwt.PyJWK(entry, algorithm=alg).key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
        if _is_weak(alg, key):
            continue
        found[kid] = PublicKey(alg, key)
    if len(found) == 1:
        found[ONLY_ONE] = next(iter(found.values()))
    return found


def _is_weak(alg: str, key: Any) -> bool:
    """Whether a key is not what its algorithm asks for: RSA under 2048 bits, another curve than P-256."""
    if alg == "RS256":
        return key.key_size < 2048
    return alg == "ES256" and key.curve.name != "secp256r1"
