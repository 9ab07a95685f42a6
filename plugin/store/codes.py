"""Codes that were made for offers. Kept are marks: keyed hashes whose key lies outside the store.

Who has the store, or a backup of it, cannot try codes against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from plugin.store.connection import Connection
from plugin.store.keys import ShopKeys

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class CodeRecord:
    """What a code opens: an offer, so many times, until a moment (epoch seconds, None for no end)."""

    mark: str
    offer_id: str
    uses: int
    until: float | None


class CodeMarks:
    """The codes of one shop."""

    def __init__(self, connection: Connection, keys: ShopKeys, keyed: Callable[[str], bytes]) -> None:
        self._connection = connection
        self._keys = keys
        self._keyed = keyed

    def mark(self, code: str) -> str:
        """Return the mark of a code as it compares."""
        return self._keyed(f"code:{self._keys.shop}:{code}").hex()

    def add(self, codes: Iterable[str], offer_id: str, uses: int, until: float | None) -> int:
        """Keep the marks of new codes; return how many there were."""
        body = orjson.dumps([offer_id, uses, until])
        marks = [self.mark(code) for code in codes]
        for start in range(0, len(marks), AT_ONCE):
            some = marks[start : start + AT_ONCE]
            self._connection.many([("HSET", self._pool(mark), bytes.fromhex(mark), body) for mark in some])
        return len(marks)

    def find(self, codes: Sequence[str]) -> list[CodeRecord | None]:
        """Return what each code opens, None for one that was never made here."""
        marks = [self.mark(code) for code in codes]
        found = self._connection.many([("HGET", self._pool(mark), bytes.fromhex(mark)) for mark in marks])
        return [
            CodeRecord(mark, *orjson.loads(body)) if body else None
            for mark, body in zip(marks, found, strict=True)
        ]

    def revoke(self, offer_id: str, codes: Sequence[str] | None) -> int:
        """Forget codes of an offer, or all of them (None); return how many there were."""
        if codes is not None:
            found = [record for record in self.find(codes) if record and record.offer_id == offer_id]
            return self._forget(record.mark for record in found)
        return sum(
            self._forget(mark.hex() for mark, body in pool if orjson.loads(body)[0] == offer_id)
            for pool in self._pools()
        )

    def _forget(self, marks: Iterable[str]) -> int:
        gone = [("HDEL", self._pool(mark), bytes.fromhex(mark)) for mark in dict.fromkeys(marks)]
        return sum(self._connection.many(gone))

    def _pools(self) -> Iterator[list[tuple[bytes, bytes]]]:
        """Yield everything that is kept, a part at a time."""
        for shard in range(self._keys.shards):
            place = 0
            while True:
                pool = self._keys.of_shard(shard, "codes")
                answer = self._connection.call("HSCAN", pool, place, "COUNT", AT_ONCE)
                place, found = int(answer[0]), answer[1]
                yield list(
                    found.items() if isinstance(found, Mapping) else zip(*[iter(found)] * 2, strict=True)
                )
                if not place:
                    break

    def _pool(self, mark: str) -> str:
        return self._keys.of_shard(self._keys.shard(mark), "codes")
