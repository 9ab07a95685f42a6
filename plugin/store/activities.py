"""Taking activities in: one atomic script per shard a batch touches, answered when all are on disk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from plugin.activity import Activity
from plugin.store.connection import Call, Connection, script
from plugin.store.keys import SEEN_BUCKETS, SEEN_WEEK, ShopKeys, digest

HIGH_WATER = 200_000  # entries a shard's stream may hold before the door says "later"

# Which kinds count once for ever by an id of the shop's own, and which id that is.
ONCE = {
    "bought": lambda activity: activity.order_id,
    "returned": lambda activity: activity.properties.get("refund_id"),
    "cancelled": lambda activity: activity.order_id,
}


class Activities:
    """The door of one shop's stream."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def append(self, activities: Sequence[Activity], now: float) -> list[bool]:
        """Keep a batch and return, for each activity, whether it was new.

        All of them are on disk when this returns. A message id counts once a week, an order, refund or
        cancellation once for ever, each within its level of trust. Raises `StoreUnavailable`: then nothing is
        promised, and sending the same batch again is safe.
        """
        fresh = self._claim_orders(activities)
        claimed = [activity for activity, ours in zip(activities, fresh, strict=True) if ours]
        by_shard: dict[int, list[int]] = defaultdict(list)
        for i, activity in enumerate(activities):
            if fresh[i]:
                by_shard[self._shard(activity)].append(i)
        commands = [
            self._append_call(shard, [activities[i] for i in rows], now) for shard, rows in by_shard.items()
        ]
        for rows, answer in zip(by_shard.values(), self._connection.many(commands), strict=True):
            for i, mark in zip(rows, answer.decode(), strict=True):
                fresh[i] = mark == "1"
        # What was seen before is confirmed too: it is on disk, and the run that put it there may have ended
        # before it could say so.
        self._confirm_orders(claimed)
        return fresh

    def _shard(self, activity: Activity) -> int:
        if activity.shopper is not None:
            return self._keys.shard(activity.shopper.id)
        return self._keys.shard(activity.order_id or activity.message_id)

    def _append_call(self, shard: int, activities: list[Activity], now: float) -> Call:
        keys, week = self._keys, int(now // SEEN_WEEK)
        args: list[str | bytes | int] = [HIGH_WATER, 2 * SEEN_WEEK]
        for activity in activities:
            mark = digest(activity.trust, activity.message_id)
            shopper = activity.shopper.ref if activity.shopper else ""
            args += [
                mark,
                mark[0] % SEEN_BUCKETS,
                shopper.encode("utf-8", "surrogatepass"),
                activity.to_bytes(),
            ]
        prefixes = [
            keys.stream(shard),
            keys.seen(shard, week),
            keys.seen(shard, week - 1),
            keys.pending(shard),
        ]
        return script("append", prefixes, *args)

    def _claim_orders(self, activities: Sequence[Activity]) -> list[bool]:
        fresh = [True] * len(activities)
        by_bucket = self._order_marks(activities)
        commands = [
            script("claim_orders", [bucket], *(part for _, mark, owner in marks for part in (mark, owner)))
            for bucket, marks in by_bucket.items()
        ]
        for marks, answer in zip(by_bucket.values(), self._connection.many(commands), strict=True):
            first: dict[bytes, bytes] = {}  # within one batch the first document makes the order
            for (i, mark, owner), go in zip(marks, answer.decode(), strict=True):
                fresh[i] = go == "1" and first.setdefault(mark, owner) == owner
        return fresh

    def _confirm_orders(self, activities: Sequence[Activity]) -> None:
        commands = [
            script("confirm_orders", [bucket], *(part for _, mark, owner in marks for part in (mark, owner)))
            for bucket, marks in self._order_marks(activities).items()
        ]
        self._connection.many(commands)

    def _order_marks(self, activities: Sequence[Activity]) -> dict[str, list[tuple[int, bytes, bytes]]]:
        by_bucket: dict[str, list[tuple[int, bytes, bytes]]] = defaultdict(list)
        for i, activity in enumerate(activities):
            once = ONCE.get(activity.kind)
            identity = once(activity) if once else None
            if not activity.order_id or not identity:
                continue
            _, bucket = self._keys.orders(activity.order_id)
            mark = digest(activity.trust, activity.kind, activity.order_id, str(identity))
            owner = digest(activity.trust, activity.message_id, size=6)
            by_bucket[bucket].append((i, mark, owner))
        return by_bucket
