"""The marks of the erased in the store, where the door of activity looks; receipts; who asks to be erased."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
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
        """Close the door of activity to these references, each given with its mark."""
        self._connection.many([("SADD", self._where(ref), mark) for ref, mark in marks.items()])

    def add_everywhere(self, marks: Collection[bytes]) -> None:
        """Close the door to marks whose shard nobody can tell, as the references are not known any more."""
        if marks:
            shards = range(self._keys.shards)
            self._connection.many([("SADD", self._keys.erased(shard), *marks) for shard in shards])

    def lift(self, marks: Iterable[bytes]) -> int:
        """Open the door again; return how many of these marks were there."""
        names = [self._keys.erased(shard) for shard in range(self._keys.shards)]
        return sum(self._connection.many([("SREM", name, mark) for mark in marks for name in names]))

    def among(self, marks: Mapping[str, bytes]) -> set[str]:
        """Return which of these references are erased, each given with its mark."""
        calls = [("SISMEMBER", self._where(ref), mark) for ref, mark in marks.items()]
        return {ref for ref, held in zip(marks, self._connection.many(calls), strict=True) if held}

    def marks(self) -> set[bytes]:
        """Return all marks of the shop."""
        found = self._connection.many([("SMEMBERS", self._keys.erased(n)) for n in range(self._keys.shards)])
        return {mark for marks in found for mark in marks}

    def begin(self, receipt: Mapping[str, Any], refs: Iterable[str]) -> None:
        """Keep whom an erasure is about, while anything of them is left, and how its receipt begins."""
        begun = {"refs": sorted(refs), "receipt": receipt}
        by_mark = [part for mark in receipt["marks"] for part in (mark, receipt["erasure_id"])]
        self._connection.many(
            [
                ("HSET", self._keys.erasing, receipt["erasure_id"], orjson.dumps(begun)),
                ("HSET", self._keys.erasures_by_mark, *by_mark),
            ]
        )

    def open(self, receipt: Mapping[str, Any]) -> dict[str, Any]:
        """Return the receipt of this id as it stands; where there is none yet, it is this one."""
        name = receipt["erasure_id"]
        _, held = self._connection.many(
            [
                ("HSETNX", self._keys.erasures, name, orjson.dumps(receipt)),
                ("HGET", self._keys.erasures, name),
            ]
        )
        return orjson.loads(held)

    def running(self) -> list[tuple[dict[str, Any], list[str]]]:
        """Return the erasures under way: receipt, and references (none where only files are left to do)."""
        found = []
        for _, held in _pairs(self._connection.call("HGETALL", self._keys.erasing)):
            begun = orjson.loads(held)
            found.append((self.open(begun["receipt"]), begun["refs"]))
        return found

    def settle(self, receipt: Mapping[str, Any]) -> None:
        """Keep a receipt as it stands now."""
        self._connection.call("HSET", self._keys.erasures, receipt["erasure_id"], orjson.dumps(receipt))

    def unname(self, receipt: Mapping[str, Any]) -> None:
        """Forget whom an erasure was about; it is still under way."""
        nobody = orjson.dumps({"refs": [], "receipt": receipt})
        self._connection.call("HSET", self._keys.erasing, receipt["erasure_id"], nobody)

    def end(self, receipt: Mapping[str, Any]) -> None:
        """Keep the receipt of an erasure that is done."""
        self.settle(receipt)
        self._connection.call("HDEL", self._keys.erasing, receipt["erasure_id"])

    def receipt(self, erasure_id: str) -> dict[str, Any] | None:
        """Return one receipt, None when there is none of this id."""
        held = self._connection.call("HGET", self._keys.erasures, erasure_id)
        return orjson.loads(held) if held else None

    def receipt_of(self, mark: bytes) -> dict[str, Any] | None:
        """Return the newest receipt that has this mark."""
        erasure_id = self._connection.call("HGET", self._keys.erasures_by_mark, mark.hex())
        return self.receipt(erasure_id.decode()) if erasure_id else None

    def receipts(self) -> list[dict[str, Any]]:
        """Return all receipts, the newest first."""
        held = self._connection.call("HVALS", self._keys.erasures)
        return sorted(map(orjson.loads, held), key=lambda each: (-each["asked_at"], each["erasure_id"]))

    def request(self, shopper_id: str, now: float) -> dict[str, Any]:
        """Return a shopper's wish to be erased as it was first told, for the shop to carry out."""
        wish = {"request_id": f"w_{secrets.token_hex(8)}", "shopper_id": shopper_id, "asked_at": now}
        name = shopper_id.encode("utf-8", "surrogatepass")
        wishes = self._keys.erasure_requests
        _, held = self._connection.many(
            [("HSETNX", wishes, name, orjson.dumps(wish)), ("HGET", wishes, name)]
        )
        return orjson.loads(held)

    def requests(self) -> list[dict[str, Any]]:
        """Return who asks to be erased, the one who has waited longest first."""
        held = self._connection.call("HVALS", self._keys.erasure_requests)
        return sorted(map(orjson.loads, held), key=lambda wish: (wish["asked_at"], wish["request_id"]))

    def forget_requests(self, shopper_ids: Collection[str]) -> int:
        """Forget these shoppers' wishes; return how many there were."""
        names = [shopper_id.encode("utf-8", "surrogatepass") for shopper_id in shopper_ids]
        return self._connection.call("HDEL", self._keys.erasure_requests, *names) if names else 0

    def _where(self, ref: str) -> str:
        return self._keys.erased(self._keys.shard(Shopper.from_ref(ref).id))


def _pairs(found: Any) -> Iterable[tuple[bytes, bytes]]:
    """A hash comes as a flat list or a mapping, depending on the protocol spoken."""
    return found.items() if isinstance(found, dict) else zip(found[::2], found[1::2], strict=True)
