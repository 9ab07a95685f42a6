"""The marks of the erased in the store, where the door of activity looks, and the receipts of erasures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from plugin.activity import Shopper
from plugin.store.connection import Connection
from plugin.store.keys import ShopKeys


class Erased:
    """Who was erased in one shop, as marks that name nobody, and what each erasure came to."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def add(self, marks: Mapping[str, bytes]) -> None:
        """Close the door of activity to these references for ever, each by its mark."""
        self._connection.many([("SADD", self._where(ref), mark) for ref, mark in marks.items()])

    def lift(self, marks: Mapping[str, bytes]) -> int:
        """Let these references be known again; return how many were erased."""
        calls = [("SREM", self._where(ref), mark) for ref, mark in marks.items()]
        return sum(self._connection.many(calls))

    def among(self, marks: Mapping[str, bytes]) -> set[str]:
        """Return which of these references are erased, each given with its mark."""
        calls = [("SISMEMBER", self._where(ref), mark) for ref, mark in marks.items()]
        return {ref for ref, held in zip(marks, self._connection.many(calls), strict=True) if held}

    def marks(self) -> set[bytes]:
        """Return all marks of the shop."""
        found = self._connection.many([("SMEMBERS", self._keys.erased(n)) for n in range(self._keys.shards)])
        return {mark for marks in found for mark in marks}

    def begin(self, erasure_id: str, receipt: Mapping[str, Any], refs: Iterable[str]) -> None:
        """Keep a receipt, and whom it is about for as long as the erasure runs."""
        self._connection.many(
            [
                ("HSET", self._keys.erasing, erasure_id, orjson.dumps(sorted(refs))),
                ("HSET", self._keys.erasures, erasure_id, orjson.dumps(receipt)),
            ]
        )

    def running(self) -> dict[str, list[str]]:
        """Return the erasures that are not done: id, and the references to be erased."""
        found = self._connection.call("HGETALL", self._keys.erasing)
        pairs = found.items() if isinstance(found, dict) else zip(found[::2], found[1::2], strict=True)
        return {erasure_id.decode(): orjson.loads(refs) for erasure_id, refs in pairs}

    def widen(self, erasure_id: str, refs: Iterable[str]) -> None:
        """Keep that an erasure is about these references."""
        self._connection.call("HSET", self._keys.erasing, erasure_id, orjson.dumps(sorted(refs)))

    def settle(self, erasure_id: str, receipt: Mapping[str, Any]) -> None:
        """Keep a receipt as it stands now."""
        self._connection.call("HSET", self._keys.erasures, erasure_id, orjson.dumps(receipt))

    def unname(self, erasure_id: str) -> None:
        """Forget whom an erasure was about."""
        self._connection.call("HDEL", self._keys.erasing, erasure_id)

    def receipt(self, erasure_id: str) -> dict[str, Any] | None:
        """Return one receipt, None when there is none of this id."""
        held = self._connection.call("HGET", self._keys.erasures, erasure_id)
        return orjson.loads(held) if held else None

    def receipts(self) -> list[dict[str, Any]]:
        """Return all receipts, the newest first."""
        held = self._connection.call("HVALS", self._keys.erasures)
        return sorted(map(orjson.loads, held), key=lambda each: each["asked_at"], reverse=True)

    def _where(self, ref: str) -> str:
        return self._keys.erased(self._keys.shard(Shopper.from_ref(ref).id))
