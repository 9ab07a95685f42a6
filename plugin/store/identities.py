"""To whom visitors' numbers belong: to the shopper who was first proven beside them.

A number's owner is kept in a bucket on the number's own shard, under a mark of it, so that it takes one
script to give it away and nobody gets what another has.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Collection, Iterable, Sequence
from weakref import WeakKeyDictionary

from plugin.activity import Shopper
from plugin.store.connection import Call, Connection, script
from plugin.store.keys import VISITOR_MARK, ShopKeys, digest

SETTLED_FOR_S = 600.0
MOST_SETTLED = 100_000
OWNER_BUCKETS = 1_024  # per shard: small hashes stay in their compact form up to millions of numbers

# What each connection's users have settled lately: until when, by shop, visitor's number and shopper.
SETTLED: WeakKeyDictionary[Connection, dict[tuple[str, str, str], float]] = WeakKeyDictionary()


def owner_in(entry: bytes | None) -> str | None:
    """Return the reference of the owner that an entry names, None where it names nobody."""
    return entry.decode("utf-8", "surrogatepass").split("\n")[0] or None if entry else None


class Identities:
    """The owners of visitors' numbers in one shop."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys
        self._settled = SETTLED.setdefault(connection, {})

    def place(self, visitor: str) -> tuple[str, bytes]:
        """Return the bucket of a visitor's number and its mark there."""
        return self._bucket(self._keys.shard(visitor), digest(visitor, size=VISITOR_MARK))

    def _bucket(self, shard: int, mark: bytes) -> tuple[str, bytes]:
        return self._keys.owners(shard, int.from_bytes(mark[:2]) % OWNER_BUCKETS), mark

    def unasked(self, seen: Iterable[tuple[str, Shopper]]) -> list[tuple[str, Shopper]]:
        """Return those of these pairs for which this process has not settled lately whose the number is."""
        now = time.monotonic()
        return [pair for pair in seen if self._settled.get(self._named(pair), 0.0) < now]

    def remember(self, settled: Iterable[tuple[str, Shopper]]) -> None:
        """Remember for a while that these pairs are settled, so that not every sighting asks again."""
        until = time.monotonic() + SETTLED_FOR_S
        if len(self._settled) > MOST_SETTLED:
            self._settled.clear()
        for pair in settled:
            self._settled[self._named(pair)] = until

    def _named(self, pair: tuple[str, Shopper]) -> tuple[str, str, str]:
        visitor, shopper = pair
        return self._keys.shop, visitor, shopper.ref

    def hold(self, holder: str, milliseconds: int) -> bool:
        """Take the right to join and part shoppers of this shop; False while somebody else has it."""
        return bool(self._connection.call(*script("lease", [self._keys.joining], holder, milliseconds)))

    def let_go(self, holder: str) -> None:
        """Give the right back."""
        self._connection.call(*script("release", [self._keys.joining], holder))

    def claim(self, seen: Sequence[tuple[str, Shopper]]) -> list[bool]:
        """Return, for visitors' numbers and the known shoppers proven beside them, whose number is theirs.

        A number that is nobody's becomes the shopper's; one that is another's stays where it is, and so does
        one that was taken from this shopper before. On disk when this returns.
        """
        calls = []
        for visitor, shopper in seen:
            bucket, mark = self.place(visitor)
            calls.append(script("claim_visitor", [bucket], mark, *_written(shopper.ref)))
        return [answer == b"1" for answer in self._connection.durably(calls)]

    def release(self, visitor: str, shopper: Shopper) -> bool:
        """Take a visitor's number from a shopper, for good; return whether it was this shopper's."""
        bucket, mark = self.place(visitor)
        return bool(
            self._connection.durably([script("release_visitor", [bucket], mark, *_written(shopper.ref))])[0]
        )

    def owner_by(self, merge_id: str) -> str | None:
        """Return the owner whom a visitor's joining of this name concerns, empty where it was undone.

        None for a name that stands for nothing.
        """
        try:
            name = base64.urlsafe_b64decode(merge_id[2:] + "==")
        except (binascii.Error, ValueError):
            return None
        if len(name) != 4 + VISITOR_MARK:
            return None
        bucket, mark = self._bucket(int.from_bytes(name[:4]) % self._keys.shards, name[4:])
        entry = self._connection.call("HGET", bucket, mark)
        return entry.decode("utf-8", "surrogatepass").split("\n")[0] if entry else None

    def forget(self, refs: Collection[str]) -> int:
        """Forget these identities: profile, what lies beside it, what is pending, what numbers they own.

        Returns how many keys and entries that were.
        """
        calls: list[Call] = []
        for ref in refs:
            who = Shopper.from_ref(ref)
            shard = self._keys.shard(who.id)
            prefixes = (self._keys.profile(shard), self._keys.older(shard), self._keys.pending(shard))
            calls += [("DEL", prefix + ref) for prefix in prefixes]
            if not who.known:
                calls.append(("HDEL", *self.place(who.id)))
        return sum(self._connection.durably(calls))


def _written(ref: str) -> tuple[bytes, str]:
    """How a shopper is written into an entry: as its owner, and as one it was taken from."""
    return ref.encode("utf-8", "surrogatepass"), digest(ref).hex()
