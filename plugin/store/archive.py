"""From the streams to the log, exactly once, and only then is a stream shortened.

A part is planned before it is written: the plan (which stretch of which stream) is kept in the store, the
file is written and flushed, and one write settles the plan. Whoever finds an unsettled plan carries it out
again; it names the same file with the same entries.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
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
LEASE_MS = 5_000  # how long the work of a shop rests when its worker is killed


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

    def write_part(self, learn: Callable[[list[Activity]], None] | None = None) -> int:
        """Move one part from the streams to the log and shorten the streams; return how much it held.

        Entries not yet folded into profiles stay in their stream. 0 means the log has everything. `learn` is
        called with the part once it is written and before that is settled, so at least once for every part.
        """
        held, state = self._state()
        if state["plan"] is None:
            plan = self._plan(state["done"])
            if not plan:
                self._shorten(state["done"])  # what a killed worker had settled but not yet cut off
                return 0
            planned = self._swap_state(held, {**state, "plan": plan})
            if planned is None:
                return 0  # another worker was quicker
            held, state = planned, {**state, "plan": plan}
        entries = self._entries([Stretch(*piece) for piece in state["plan"]])
        if self._connection.call("GET", self._keys.archive) != held:
            return 0  # settled by another worker meanwhile, so the streams may have been cut under us
        part = state["part"] + 1
        self._log.write(part, entries)
        if learn is not None:
            learn([activity for _, activity in entries])
        done = {**state["done"], **{key: last for key, _, last in state["plan"]}}
        if self._swap_state(held, {"part": part, "plan": None, "done": done}) is None:
            return 0
        self._shorten({key: last for key, _, last in state["plan"]})
        return len(entries)

    def _entries(self, stretches: Sequence[Stretch]) -> list[tuple[str, Activity]]:
        answers = self._connection.many([("XRANGE", s.key, s.first, s.last) for s in stretches])
        return [
            (f"{stretch.key.split(':stream')[0]}{entry_id.decode()}", Activity.from_bytes(fields[b"d"]))
            for stretch, found in zip(stretches, answers, strict=True)
            for entry_id, fields in found
        ]

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

    def _shorten(self, done: Mapping[str, str]) -> None:
        self._connection.many([("XTRIM", key, "MINID", _after(last)) for key, last in done.items()])

    def _state(self) -> tuple[bytes, dict[str, Any]]:
        held = self._connection.call("GET", self._keys.archive) or b""
        return held, orjson.loads(held) if held else {"part": 0, "plan": None, "done": {}}

    def _swap_state(self, before: bytes, state: dict[str, Any]) -> bytes | None:
        """Keep a new state if the old one still stands and return its bytes; None when it does not.

        A lease can run out under a worker that is stopped for long; this is what keeps such a worker from
        writing over what its successor has settled.
        """
        after = orjson.dumps(state)
        changed = self._connection.call(*script("swap_value", [self._keys.archive], before, after))
        return after if changed else None


def _text(answer: bytes | None) -> str | None:
    return answer.decode() if answer is not None else None


def _after(entry_id: str | None) -> str:
    """Return the smallest stream position behind this one, as XRANGE takes it."""
    if entry_id is None:
        return "-"
    time, number = entry_id.split("-")
    return f"{time}-{int(number) + 1}"
