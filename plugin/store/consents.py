"""What shoppers allow, where the door of activity and the training look: one letter a shopper.

The words themselves are activities like all others, and the profile holds them. What is kept here follows
from those; it is what must be known of a shopper without reading the shopper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from plugin.activity import Shopper
from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys

PAGE = 1_000


class Consents:
    """What the shoppers of one shop allow to be kept and learned from."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def shut(self, refs: Iterable[str]) -> None:
        """Keep nothing of these shoppers' browsing from now on, whatever is settled next."""
        self._connection.many(
            [("HSET", self._keys.consent(self._shard(ref)), _bytes(ref), b"n") for ref in refs]
        )

    def settle(self, refs: Iterable[str], *, keep: bool | None, teach: bool | None, at: float) -> None:
        """Take over what was said: may browsing be kept, may models learn from these shoppers.

        None is for what nobody spoke of, where the shop's default decides whenever it is asked. `at` is the
        moment (epoch seconds) of the newest word it rests on; what is older than what was settled before
        changes nothing, so that of two who settle at once the newer word stands.
        """
        calls = []
        for ref in refs:
            shard = self._shard(ref)
            where = [self._keys.consent(shard), self._keys.settled(shard)]
            calls.append(
                script("settle_consent", where, _bytes(ref), _letter(keep), repr(float(at)), _letter(teach))
            )
        self._connection.durably(calls)

    def said(self, refs: Sequence[str]) -> dict[str, bool]:
        """Return whether browsing may be kept, for those of these references of whom it was said."""
        calls = [("HGET", self._keys.consent(self._shard(ref)), _bytes(ref)) for ref in refs]
        answers = zip(refs, self._connection.many(calls), strict=True)
        return {ref: held == b"y" for ref, held in answers if held is not None}

    def learned_from(self) -> tuple[set[str], set[str]]:
        """Return the references of those whom models may not learn from, and of those whom they may.

        Of nobody else anything was said; of them the shop's default decides.
        """
        no: set[str] = set()
        yes: set[str] = set()
        for shard in range(self._keys.shards):
            for ref, held in self._all(self._keys.settled(shard)):
                if held[:1] in (b"y", b"n"):
                    (yes if held[:1] == b"y" else no).add(ref.decode("utf-8", "surrogatepass"))
        return no, yes

    def forget(self, refs: Iterable[str]) -> None:
        """Forget what these shoppers allow."""
        calls = []
        for ref in refs:
            shard = self._shard(ref)
            held = (self._keys.consent(shard), self._keys.settled(shard))
            calls += [("HDEL", key, _bytes(ref)) for key in held]
        self._connection.many(calls)

    def _shard(self, ref: str) -> int:
        return self._keys.shard(Shopper.from_ref(ref).id)

    def _all(self, key: str) -> Iterable[tuple[bytes, bytes]]:
        cursor = 0
        while True:
            following, found = self._connection.call("HSCAN", key, cursor, "COUNT", PAGE)
            yield from _pairs(found)
            cursor = int(following)
            if not cursor:
                return


def _pairs(found: Any) -> Iterable[tuple[bytes, bytes]]:
    """A hash comes as a flat list or a mapping, depending on the protocol spoken."""
    return found.items() if isinstance(found, dict) else zip(found[::2], found[1::2], strict=True)


def _bytes(ref: str) -> bytes:
    return ref.encode("utf-8", "surrogatepass")


def _letter(allowed: bool | None) -> bytes:
    return b"-" if allowed is None else b"y" if allowed else b"n"
