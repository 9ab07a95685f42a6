"""Requests that are carried out once: who is at it, and what was answered, for a day.

A record is named by a fingerprint and holds a fingerprint of what was asked, then the run that is at it or
its answer (sealed by the caller of this module). Nothing in it can be read back without the request.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys

KEPT_S = 24 * 3600
LEASE_MS = 120_000  # longer than any door takes; when its process dies, a request may be sent again after it
FINGERPRINT = 32
RUNNING, DONE, FULL = b"r", b"d", b"f"
OVERHEAD = 200  # bytes a record takes beside its answer: its key, its expiry, the server's own book-keeping

# The bytes of answers kept for a day, per shop: what anybody can ask with the publishable key is bounded
# apart, so that a flood of it takes no room from the shop's server.
ROOM = {"publishable": 64 << 20, "secret": 1 << 30}

State = Literal["ours", "running", "done", "other", "full"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a request meets: whether it is ours to carry out now, and else the answer there is."""

    state: State
    mark: bytes = b""
    answer: bytes = b""


class Once:
    """The requests of one shop that carry an idempotency key."""

    def __init__(self, connection: Connection, keys: ShopKeys, lease_ms: int = LEASE_MS) -> None:
        self._connection = connection
        self._keys = keys
        self._lease_ms = lease_ms

    def begin(self, name: bytes, asked: bytes, kind: str, now: float) -> Turn:
        """Return whose turn it is: `ours` for one caller only, until it finishes, lets go or its lease ends.

        `name` and `asked` are fingerprints (of the key, and of what was asked with it; the second has 32
        bytes). `other` means that the key was used to ask for something else.
        """
        mark = RUNNING + asked + secrets.token_bytes(8)
        held = self._connection.call(
            *script(
                "begin_once",
                [self._record(name), self._spent(name, kind, now), self._spent(name, kind, now - KEPT_S)],
                *(mark, self._lease_ms, ROOM[kind] // self._keys.shards),
            )
        )
        if not held:
            return Turn("ours", mark)
        if held == FULL:
            return Turn("full")
        if held[1 : 1 + FINGERPRINT] != asked:
            return Turn("other")
        if held[:1] == RUNNING:
            return Turn("running")
        return Turn("done", answer=held[1 + FINGERPRINT :])

    def finish(self, name: bytes, turn: Turn, answer: bytes, kind: str, now: float) -> bool:
        """Keep the answer for a day; False when the lease had run out and another run took the turn."""
        record = DONE + turn.mark[1 : 1 + FINGERPRINT] + answer
        keys = [self._record(name), self._spent(name, kind, now)]
        size = len(record) + OVERHEAD
        return bool(self._connection.call(*script("finish_once", keys, turn.mark, record, KEPT_S, size)))

    def let_go(self, name: bytes, turn: Turn) -> None:
        """Forget that this run was at it, so that the request may be sent again at once."""
        self._connection.call(*script("release", [self._record(name)], turn.mark))

    def _record(self, name: bytes) -> str:
        return self._keys.of_shard(self._shard(name), f"once:{name.hex()}")

    def _spent(self, name: bytes, kind: str, now: float) -> str:
        return self._keys.of_shard(self._shard(name), f"once-kept:{kind}:{int(now // KEPT_S)}")

    def _shard(self, name: bytes) -> int:
        return self._keys.shard(name.hex())
