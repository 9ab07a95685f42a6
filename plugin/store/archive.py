"""From the streams to the log, exactly once, and only then is a stream shortened.

A part is planned before it is written: the plan (which stretch of which stream) is kept in the store, the
file is written and flushed, and one write settles the plan. Whoever finds an unsettled plan carries it out
again; it names the same file with the same entries.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from plugin.activity import Activity
from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys
from plugin.store.log import Log
from plugin.store.shoppers import Shoppers

PART = 20_000  # entries a part takes at most
STREAM_PART = 2_000  # entries taken from one stream at a time
LEASE_MS = 15_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of one stream, both ends included."""

    key: str
    first: str
    last: str


class Archive:
    """The hand-over of one shop's streams to profiles and log. Hold the lease while calling anything else."""

    def __init__(self, connection: Connection, keys: ShopKeys, log: Log) -> None:
        self._connection = connection
        self._keys = keys
        self._log = log
        self._shoppers = Shoppers(connection, keys)
        self.holder = uuid.uuid4().hex
        self._streams = [keys.stream(shard) for shard in range(keys.shards)]

    def hold(self) -> bool:
        """Take or renew the right to work on this shop; False while another process has it."""
        return bool(self._connection.call(*script("lease", [self._keys.worker], self.holder, LEASE_MS)))

    def let_go(self) -> None:
        """Give the right back."""
        self._connection.call(*script("release", [self._keys.worker], self.holder))

    def apply(self) -> int:
        """Fold the newest stretch of every stream into profiles; return how many entries were looked at."""
        shards = range(self._keys.shards)
        cursors = self._connection.many([("GET", self._keys.applied(shard)) for shard in shards])
        stretches = self._connection.many(
            [
                ("XRANGE", self._keys.stream(shard), _after(_text(cursors[shard])), "+", "COUNT", STREAM_PART)
                for shard in shards
            ]
        )
        looked_at, moved = 0, []
        for shard, entries in zip(shards, stretches, strict=True):
            if not entries:
                continue
            activities = [Activity.from_bytes(fields[b"d"]) for _, fields in entries]
            shoppers = {a.shopper.ref: a.shopper for a in activities if a.shopper is not None}
            self._shoppers.apply_pending(list(shoppers.values()))
            moved.append(("SET", self._keys.applied(shard), entries[-1][0]))
            looked_at += len(entries)
        self._connection.many(moved)
        return looked_at

    def waiting(self) -> int:
        """Return how many entries are not in the log yet."""
        lengths = self._connection.many([("XLEN", key) for key in (*self._streams, self._keys.history)])
        return sum(lengths)

    def write_part(self) -> list[Activity]:
        """Move one part from the streams to the log and shorten the streams; return what it held.

        Entries not yet folded into profiles stay in their stream. An empty list means the log has everything.
        """
        state = self._state()
        plan = state["plan"] or self._plan(state["done"])
        if not plan:
            return []
        part = state["part"] + 1
        self._keep_state({**state, "plan": plan})
        stretches = [Stretch(*piece) for piece in plan]
        answers = self._connection.many([("XRANGE", s.key, s.first, s.last) for s in stretches])
        entries = [
            (f"{stretch.key.split(':stream')[0]}{entry_id.decode()}", Activity.from_bytes(fields[b"d"]))
            for stretch, found in zip(stretches, answers, strict=True)
            for entry_id, fields in found
        ]
        self._log.write(part, entries)
        done = {**state["done"], **{stretch.key: stretch.last for stretch in stretches}}
        self._keep_state({"part": part, "plan": None, "done": done})
        self._shorten(stretches)
        return [activity for _, activity in entries]

    def _plan(self, done: dict[str, str]) -> list[tuple[str, str, str]]:
        """Choose the stretches of the next part: what is folded and not yet in the log."""
        cursors = self._connection.many([("GET", self._keys.applied(s)) for s in range(self._keys.shards)])
        wanted = [
            (key, cursor.decode())
            for key, cursor in zip(self._streams, cursors, strict=True)
            if cursor is not None
        ]
        wanted.append((self._keys.history, "+"))
        found = self._connection.many(
            [("XRANGE", key, _after(done.get(key)), last, "COUNT", STREAM_PART) for key, last in wanted]
        )
        plan, size = [], 0
        for (key, _), entries in zip(wanted, found, strict=True):
            if entries and size < PART:
                plan.append((key, entries[0][0].decode(), entries[-1][0].decode()))
                size += len(entries)
        return plan

    def _shorten(self, stretches: Sequence[Stretch]) -> None:
        self._connection.many([("XTRIM", s.key, "MINID", _after(s.last)) for s in stretches])

    def _state(self) -> dict[str, Any]:
        held = self._connection.call("GET", self._keys.archive)
        return orjson.loads(held) if held else {"part": 0, "plan": None, "done": {}}

    def _keep_state(self, state: dict[str, Any]) -> None:
        self._connection.call("SET", self._keys.archive, orjson.dumps(state))


def _text(answer: bytes | None) -> str | None:
    return answer.decode() if answer is not None else None


def _after(entry_id: str | None) -> str:
    """Return the smallest stream position behind this one, as XRANGE takes it."""
    if entry_id is None:
        return "-"
    time, number = entry_id.split("-")
    return f"{time}-{int(number) + 1}"
