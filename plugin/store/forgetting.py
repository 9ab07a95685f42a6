"""Taking shoppers out of a shop's store: their keys, their entries in the streams, and what files still hold.

What a stream's trimming and the store's append-only file leave behind is taken out too: a stream is written
anew, and the file is rewritten from what is there now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import redis

from plugin.activity import Activity, Shopper
from plugin.store.connection import Call, Connection, script
from plugin.store.keys import ShopKeys

LONGEST_REWRITTEN = 20_000  # entries; a longer stream is waited for, the worker shortens it
PAGE = 1_000
DELETED_AT_ONCE = 500


class Forgetting:
    """What can be taken out of one shop's store for good."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def at_once(self, refs: Iterable[str]) -> int:
        """Remove what answers are made of: profiles, and what waits to go into them; return how many."""
        removed = self._connection.many(
            [
                ("DEL", prefix + ref)
                for ref in refs
                for shard in (self._shard(ref),)
                for prefix in (self._keys.profile(shard), self._keys.pending(shard))
            ]
        )
        return sum(removed)

    def keys_of(self, refs: Collection[str]) -> int:
        """Remove every key that is named after one of these shoppers; return how many those were."""
        names = {ref.encode("utf-8", "surrogatepass") for ref in refs}
        found: list[bytes] = []
        for key in self._connection.scan(f"{{{self._keys.shop}:*"):
            _, _, name = key.partition(b"}:")
            if name.partition(b":")[2] in names:
                found.append(key)
        removed = 0
        for start in range(0, len(found), DELETED_AT_ONCE):
            batch = found[start : start + DELETED_AT_ONCE]
            removed += sum(self._connection.many([("DEL", key) for key in batch]))
        return removed

    def entries(self, refs: Collection[str], left_of: Callable[[Activity], Activity | None]) -> int | None:
        """Write the streams anew with what `left_of` leaves of their entries; return how many it changed.

        It returns None for an entry that goes, else the activity that stays; one that is changed is changed
        where it waits for its shopper too. The streams of these shoppers are written anew in any case. None
        means that one of them is too long for that just now; it is to be tried again when the worker has
        shortened it.
        """
        changed, own = 0, {self._shard(ref) for ref in refs}
        for shard in range(self._keys.shards):
            stream = self._keys.stream(shard)
            changes = [
                (place, before, activity, left)
                for place, before, activity in self._entries(stream)
                if (left := left_of(activity)) is not activity
            ]
            if not changes and shard not in own:
                continue
            if self._connection.call("XLEN", stream) > LONGEST_REWRITTEN:
                return None
            self._connection.many(
                [
                    self._change_call(shard, activity, before, left)
                    for _, before, activity, left in changes
                    if left is not None
                ]
            )
            scratch = self._keys.of_shard(shard, "stream-rewritten")
            written = [
                part for place, *_, left in changes for part in (place, left.to_bytes() if left else b"")
            ]
            changed += self._connection.call(*script("rewrite_stream", [stream, scratch], *written))
        return changed

    def _change_call(self, shard: int, activity: Activity, before: bytes, after: Activity) -> Call:
        """The command that changes an activity where it waits to be folded."""
        who = activity.shopper.ref if activity.shopper else ""
        return script("change_pending", [self._keys.pending(shard) + who], before, after.to_bytes())

    def begin_rewriting(self) -> dict[str, str]:
        """Have every server rewrite its append-only file; return which run of which server was asked.

        A server that is busy with it already, or keeps no such file, is left out.
        """
        asked = {}
        for node in self._connection.nodes():
            about = node.info()
            if not about.get("aof_enabled"):
                continue
            try:
                node.execute_command("BGREWRITEAOF")
                node.execute_command("SLOWLOG", "RESET")  # slow commands are kept word for word
            except redis.exceptions.ResponseError:
                continue
            asked[_address(node)] = str(about["run_id"])
        return asked

    def rewritten(self, asked: dict[str, str]) -> bool | None:
        """Whether every server has rewritten its file since it was asked.

        None when one has failed, was started again meanwhile, or was not asked: it is to be asked again.
        """
        for node in self._connection.nodes():
            about = node.info()
            if not about.get("aof_enabled"):
                continue
            if asked.get(_address(node)) != about["run_id"]:
                return None
            if about["aof_rewrite_in_progress"] or about["aof_rewrite_scheduled"]:
                return False
            if about["aof_last_bgrewrite_status"] != "ok":
                return None
        return True

    def _entries(self, stream: str) -> Iterable[tuple[bytes, bytes, Activity]]:
        after = "-"
        while found := self._connection.call("XRANGE", stream, after, "+", "COUNT", PAGE):
            for place, fields in found:
                try:
                    yield place, fields[b"d"], Activity.from_bytes(fields[b"d"])
                except Exception:  # what cannot be read is a dead letter soon, and looked through there
                    continue
            after = f"({found[-1][0].decode()}"

    def _shard(self, ref: str) -> int:
        return self._keys.shard(Shopper.from_ref(ref).id)


def _address(node: Any) -> str:
    options = node.connection_pool.connection_kwargs
    return str(options.get("path") or f"{options.get('host')}:{options.get('port')}")
