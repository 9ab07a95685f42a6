"""How often something may be asked within a minute, over all processes, at next to no cost.

A process draws a portion (a hundredth of the limit) from the store and spends it by itself, so one request in
hundreds pays for a round trip. The first portion of a minute is taken on trust and paid for with the second:
a caller with an ordinary share of a limit never reaches the store at all. What is let through is therefore at
most the limit and one portion for each process; under a limit of less than a hundred it is the limit exactly.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plugin.errors import StoreUnavailable
from plugin.store.connection import Call, Connection, script
from plugin.store.keys import ShopKeys

WINDOW_S = 60
PORTIONS = 100
MOST_REMEMBERED = 50_000  # callers a process keeps count of; a flood of more begins anew, with a portion each


class Limit(NamedTuple):  # a tuple, because it is looked up for every request
    """How much one caller (or with `who` empty, all of them together) may ask of something in a minute."""

    name: str
    most: int
    who: str = ""

    @property
    def portion(self) -> int:
        """How much a process draws at once."""
        return max(1, self.most // PORTIONS)


@dataclass(slots=True)
class _Purse:
    """What this process may still spend, and what it has spent on trust."""

    left: int
    owed: int
    empty: bool = False


class Limits:
    """The limits of one process. Safe to share between threads."""

    def __init__(self, connection: Connection, shards: int) -> None:
        self._connection = connection
        self._shards = shards
        self._lock = threading.Lock()
        self._window = 0
        self._purses: dict[tuple[str, Limit], _Purse] = {}

    def exceeded(self, shop: str, limits: Sequence[Limit], now: float) -> int | None:
        """Count one request against these limits of a shop; return None when it may go on.

        Else return after how many seconds it may be sent again (1 to 60). While the store is away nobody is
        refused here: what needs the store says so itself.
        """
        window = int(now // WINDOW_S)
        with self._lock:
            if window != self._window or len(self._purses) > MOST_REMEMBERED:
                self._window, self._purses = window, {}
            dry = [limit for limit in limits if not self._spend(shop, limit)]
        if dry and not self._draw(shop, dry, window):
            return max(1, math.ceil((window + 1) * WINDOW_S - now))
        return None

    def known_exceeded(self, shop: str, limits: Sequence[Limit], now: float) -> int | None:
        """Return after how many seconds to come back where this process knows a limit to be used up.

        Nothing is counted, and the store is not asked.
        """
        window = int(now // WINDOW_S)
        with self._lock:
            held = self._purses if window == self._window else {}
            dry = any(purse.empty for limit in limits if (purse := held.get((shop, limit))))
        return max(1, math.ceil((window + 1) * WINDOW_S - now)) if dry else None

    def _spend(self, shop: str, limit: Limit) -> bool:
        """Whether one could be spent from what is at hand."""
        purse = self._purses.get((shop, limit))
        if purse is None:
            trusted = limit.most // PORTIONS
            purse = self._purses[shop, limit] = _Purse(trusted, trusted)
        if purse.left <= 0:
            return False
        purse.left -= 1
        return True

    def _draw(self, shop: str, limits: list[Limit], window: int) -> bool:
        """Draw the next portions and spend one of each; whether there was one of each."""
        with self._lock:
            purses = [self._purses.setdefault((shop, limit), _Purse(0, 0)) for limit in limits]
            if any(purse.empty for purse in purses):
                return False
            wanted = [(limit, purse, purse.owed) for limit, purse in zip(limits, purses, strict=True)]
            for purse in purses:
                purse.owed = 0
        calls = [self._call(shop, limit, owed + limit.portion, window) for limit, _, owed in wanted]
        try:
            answers = self._connection.many(calls)
        except StoreUnavailable:
            return True
        with self._lock:
            for (_, purse, owed), given in zip(wanted, answers, strict=True):
                purse.empty = given <= owed
                purse.left += max(0, given - owed - 1)
            return not any(purse.empty for _, purse, _ in wanted)

    def _call(self, shop: str, limit: Limit, wanted: int, window: int) -> Call:
        keys = ShopKeys(shop, self._shards)
        # Kept as a fingerprint and for two minutes: addresses are not for anybody to read.
        mark = hashlib.blake2b(limit.who.encode(), digest_size=8).hexdigest()
        key = keys.of_shard(keys.shard(mark), f"limit:{limit.name}:{mark}:{window}")
        return script("draw", [key], wanted, limit.most, 2 * WINDOW_S)
