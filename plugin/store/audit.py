"""What was changed in a shop, by whom and when, as a chain: each entry's hash covers the entry before it.

Whoever changes, removes or swaps an entry breaks every hash behind it. Whoever can write to the store could
reckon the whole chain anew; against that helps only a hash noted elsewhere, which `verify` takes.

An entry never names a shopper or quotes what was written, as it outlives both: it says which keys, rules,
settings were touched, under their own ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys

PAGE = 1_000
ONCE_AN_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Entry:
    """One link: who (`key 1f2e...`, `command line`, an e-mail of the console) did what, at which moment."""

    number: int
    at: float
    who: str
    did: str
    what: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a chain is whole: how many entries it has, its newest hash, and what is wrong if not."""

    whole: bool
    entries: int
    head: str
    fault: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as a document."""
        return asdict(self)


class Audit:
    """The audit chain of one shop."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._chain = f"{{{keys.shop}}}:audit"
        self._head = f"{{{keys.shop}}}:audit-head"
        self._said = f"{{{keys.shop}}}:audit-said:"

    def add(self, at: float, who: str, did: str, what: Mapping[str, Any] | None = None) -> Entry:
        """Return the entry that was added; it is on disk."""
        while True:  # whoever was overtaken goes behind the other; somebody got on, so this ends
            before, number = self._newest()
            body = _body(number + 1, at, who, did, what or {})
            after = _hash(before, body)
            if self._connection.call(*script("append_audit", [self._chain, self._head], before, after, body)):
                return Entry(number + 1, at, who, did, what or {}, after)

    def add_once_an_hour(
        self, name: str, at: float, who: str, did: str, what: Mapping[str, Any] | None = None
    ) -> Entry | None:
        """Add an entry unless one of this name was added within the hour; for what can happen in floods."""
        if self._connection.call("SET", self._said + name, b"", "NX", "EX", ONCE_AN_HOUR_S):
            return self.add(at, who, did, what)
        return None

    def newest(self, most: int) -> list[Entry]:
        """Return the newest entries, the newest first."""
        found = self._connection.call("XREVRANGE", self._chain, "+", "-", "COUNT", most)
        return [_entry(fields) for _, fields in found]

    def verify(self, noted: str | None = None) -> Verdict:
        """Return whether every entry stands as it was written, none is missing, and none was added behind it.

        With `noted`, a hash that was written down elsewhere, also whether the chain still has it.
        """
        before, count, met = "", 0, noted is None
        for fields in self._all():
            count += 1
            after = fields[b"h"].decode()
            if _hash(before, fields[b"d"]) != after or orjson.loads(fields[b"d"])["number"] != count:
                fault = f"Entry {count} is not as it was written, or one before it is missing."
                return Verdict(False, count, before, fault)
            before, met = after, met or after == noted
        if (self._connection.call("GET", self._head) or b"").decode() != before:
            return Verdict(False, count, before, f"Entries after {count} are missing.")
        if not met:
            return Verdict(False, count, before, "The noted hash is not in the chain: it was written anew.")
        return Verdict(True, count, before)

    def _newest(self) -> tuple[str, int]:
        head, newest = self._connection.many(
            [("GET", self._head), ("XREVRANGE", self._chain, "+", "-", "COUNT", 1)]
        )
        number = orjson.loads(newest[0][1][b"d"])["number"] if newest else 0
        return (head or b"").decode(), number

    def _all(self) -> Iterator[dict[bytes, bytes]]:
        start = "-"
        while found := self._connection.call("XRANGE", self._chain, start, "+", "COUNT", PAGE):
            yield from (fields for _, fields in found)
            start = f"({found[-1][0].decode()}"


def _body(number: int, at: float, who: str, did: str, what: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"number": number, "at": at, "who": who, "did": did, "what": dict(what)})


def _hash(before: str, body: bytes) -> str:
    return hashlib.sha256(before.encode() + b"\n" + body).hexdigest()


def _entry(fields: Mapping[bytes, bytes]) -> Entry:
    return Entry(**orjson.loads(fields[b"d"]), hash=fields[b"h"].decode())
