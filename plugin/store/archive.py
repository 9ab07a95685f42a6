"""From the streams to the log, exactly once, and only then is a stream shortened.

A part is planned before it is written: the plan (which stretch of which stream) is kept in the store, the
file is written and flushed, and one write settles the plan. Whoever finds an unsettled plan carries it out
again; it names the same file with the same entries.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from plugin.activity import Activity, Shopper
from plugin.store.connection import Connection, script
from plugin.store.dead_letters import DeadLetters, failed
from plugin.store.keys import ShopKeys
from plugin.store.log import Log
from plugin.store.log.rows import rows_of
from plugin.store.shoppers import Shoppers
from plugin.store.streams import Entry, Reader, entries

log = logging.getLogger(__name__)

PART = 20_000  # entries a part takes at most
STREAM_PART = 2_000  # entries taken from one stream at a time
STREAMS_AT_ONCE = 8
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
        self._reader = Reader()
        self._shoppers = Shoppers(connection, keys, self._reader)
        self._dead_letters = DeadLetters(connection, keys)
        self.holder = uuid.uuid4().hex
        self._streams = [keys.stream(shard) for shard in range(keys.shards)]
        self._next = 0  # the shard that folding goes on with, when there is more than can be taken at once
        self._next_planned = 0  # ... and the stream that the next part begins with

    def hold(self) -> bool:
        """Take or renew the right to work on this shop; False while another process has it."""
        return bool(self._connection.call(*script("lease", [self._keys.worker], self.holder, LEASE_MS)))

    def let_go(self) -> None:
        """Give the right back."""
        self._connection.call(*script("release", [self._keys.worker], self.holder))

    def apply(self) -> int:
        """Fold what is new in the streams into profiles; return how many entries were looked at.

        About a part's worth at a time: 0 means that nothing is new in any stream.
        """
        shards = [(self._next + turn) % self._keys.shards for turn in range(self._keys.shards)]
        cursors = self._connection.many([("GET", self._keys.applied(shard)) for shard in shards])
        begins = [_after(_text(cursor)) for cursor in cursors]
        looked_at = 0
        for first in range(0, len(shards), STREAMS_AT_ONCE):
            some = slice(first, first + STREAMS_AT_ONCE)
            looked_at += self._fold(shards[some], begins[some])
            if looked_at >= PART:
                self._next = (shards[some][-1] + 1) % self._keys.shards
                break
        return looked_at

    def _fold(self, shards: Sequence[int], begins: Sequence[str]) -> int:
        """Fold a stretch of each of these streams into profiles; return how many entries they had."""
        ranges = [(self._streams[shard], begin, "+") for shard, begin in zip(shards, begins, strict=True)]
        stretches = entries(self._connection, ranges, STREAM_PART)
        shoppers: dict[str, Shopper] = {}
        for shard, stretch in zip(shards, stretches, strict=True):
            activities, unread = self._decoded(stretch)
            self._bury(shard, unread)
            shoppers.update((a.shopper.ref, a.shopper) for _, a in activities if a.shopper is not None)
        self._shoppers.apply_pending(list(shoppers.values()))
        self._connection.many(
            [
                script("move_cursor", [self._keys.applied(shard)], stretch[-1][0])
                for shard, stretch in zip(shards, stretches, strict=True)
                if stretch
            ]
        )
        return sum(map(len, stretches))

    def waiting(self) -> int:
        """Return how many entries are not in the log yet."""
        lengths = self._connection.many([("XLEN", key) for key in (*self._streams, self._keys.history)])
        return sum(lengths)

    def settled(self) -> tuple[int, bool]:
        """Return the newest part of the log that nobody writes any more, and whether none is half written."""
        _, state = self._state()
        return state["part"], state["plan"] is None

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
            # A store that lost its past counts from one again, and a log would take such parts for old ones.
            state = {**state, "plan": plan, "part": max(state["part"], self._log.through)}
            planned = self._swap_state(held, state)
            if planned is None:
                return 0  # another worker was quicker
            held = planned
        planned_entries = self._entries([Stretch(*piece) for piece in state["plan"]])
        if self._connection.call("GET", self._keys.archive) != held:
            return 0  # settled by another worker meanwhile, so the streams may have been cut under us
        part = state["part"] + 1
        written = self._write(part, planned_entries)
        self._reader.forget()
        if learn is not None:
            learn([activity for _, activity in written])
        done = {**state["done"], **{key: last for key, _, last in state["plan"]}}
        if self._swap_state(held, {"part": part, "plan": None, "done": done}) is None:
            return 0
        self._shorten({key: last for key, _, last in state["plan"]})
        return len(written)

    def _entries(self, stretches: Sequence[Stretch]) -> list[tuple[str, Activity]]:
        answers = entries(self._connection, [(s.key, s.first, s.last) for s in stretches])
        planned: list[tuple[str, Activity]] = []
        for stretch, found in zip(stretches, answers, strict=True):
            activities, unread = self._decoded(found)
            if stretch.key == self._keys.history:  # what a shard's stream has was buried when it was folded
                self._bury(None, unread)
            begins = stretch.key.split(":stream")[0]
            planned += [(begins + position.decode(), activity) for position, activity in activities]
        return planned

    def _write(self, part: int, planned: list[tuple[str, Activity]]) -> list[tuple[str, Activity]]:
        """Write a part and return what it holds; what the log has no room for in its columns is buried."""
        try:
            self._log.write(part, planned)
            return planned
        except OSError:  # the disk, not an entry
            raise
        except Exception as error:
            log.warning("a part of the log cannot be written as it is: %s", type(error).__name__)
        good = []
        for position, activity in planned:
            try:
                rows_of([(position, activity)])
                good.append((position, activity))
            except Exception as error:
                shard = self._keys.shard(activity.shopper.id) if activity.shopper else 0
                letter = failed("write", shard, activity.to_bytes(), activity.received_at, error)
                self._dead_letters.bury([letter], activity.received_at)
        self._log.write(part, good)
        return good

    def _decoded(
        self, stretch: Sequence[Entry]
    ) -> tuple[list[tuple[bytes, Activity]], list[tuple[float, bytes, Exception]]]:
        """Return some entries' activities with their positions, and what is none: when, what and why."""
        activities, unread = [], []
        for position, document in stretch:
            try:
                activities.append((position, self._reader(document)))
            except Exception as error:
                unread.append((int(position.split(b"-")[0]) / 1000, document, error))
        return activities, unread

    def _bury(self, shard: int | None, unread: Sequence[tuple[float, bytes, Exception]]) -> None:
        letters = [failed("log", shard, entry, at, error) for at, entry, error in unread]
        if letters:
            log.warning("%d entries cannot be read and are dead letters now", len(letters))
            self._dead_letters.bury(letters, max(letter.at for letter in letters))

    def _plan(self, done: dict[str, str]) -> list[tuple[str, str, str]]:
        """Choose the stretches of the next part: what is folded and not yet in the log."""
        cursors = self._connection.many([("GET", self._keys.applied(s)) for s in range(self._keys.shards)])
        wanted = [
            (key, cursor.decode())
            for key, cursor in zip(self._streams, cursors, strict=True)
            if cursor is not None
        ]
        wanted.append((self._keys.history, "+"))
        # Each part begins where the last one ended, so that no stream waits for ever behind busier ones.
        begin = self._next_planned % len(wanted)
        wanted = wanted[begin:] + wanted[:begin]
        plan, size = [], 0
        for first in range(0, len(wanted), STREAMS_AT_ONCE):
            some = wanted[first : first + STREAMS_AT_ONCE]
            ranges = [(key, _after(done.get(key)), last) for key, last in some]
            for (key, _), stretch in zip(some, entries(self._connection, ranges, STREAM_PART), strict=True):
                if stretch:
                    plan.append((key, stretch[0][0].decode(), stretch[-1][0].decode()))
                    size += len(stretch)
            if size >= PART:
                self._next_planned = begin + first + len(some)
                break
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
