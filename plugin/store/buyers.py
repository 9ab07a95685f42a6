"""Whose an order is: what platforms later say of an order by its number alone reaches the one who bought it.

A refund may overtake its order. It then waits, on disk, until somebody tells of the order; after 90 days
nobody will, and there is nothing it could take back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plugin.activity import Activity, Shopper
from plugin.store.connection import Call, Connection, script
from plugin.store.keys import ShopKeys, digest

BUCKETS = 256  # per shard: small enough hashes stay in their compact form up to two million orders
MOST_WAITING = 50  # documents about one order that nobody has told of
WAITS_S = 90 * 86400
WAITS_NOW, WAITED_ALREADY = 2, 3


@dataclass(frozen=True, slots=True)
class Addressed:
    """Activities with the shopper they belong to: `ready` by their row; the rest waits, or waited before."""

    ready: Mapping[int, Activity]
    waits_now: frozenset[int]


class Buyers:
    """The buyers of one shop's orders, and what is said too early of orders to come."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def addressed(self, activities: Sequence[Activity]) -> Addressed:
        """Return the activities, those about an order of somebody's with that shopper.

        A refund or cancellation of an order that nobody has told of yet waits for it, on disk.
        """
        rows = [i for i, activity in enumerate(activities) if _lacks_its_buyer(activity)]
        if not rows:
            return Addressed(dict(enumerate(activities)), frozenset())
        told_beside = {a.order_id: a.shopper for a in activities if _names_a_buyer(a)}
        asked = [i for i in rows if activities[i].order_id not in told_beside]
        answers = self._connection.durably([self._find_call(activities[i]) for i in asked])
        found = {i: told_beside.get(activities[i].order_id) for i in rows}
        waits: dict[int, int] = {}
        for i, (state, *held) in zip(asked, answers, strict=True):
            found[i] = (
                Shopper.from_ref(held[0].decode("utf-8", "surrogatepass")) if held and held[0] else None
            )
            if state in (WAITS_NOW, WAITED_ALREADY):
                waits[i] = state
        ready = {
            i: replace(activity, shopper=found[i]) if found.get(i) else activity
            for i, activity in enumerate(activities)
            if i not in waits
        }
        return Addressed(ready, frozenset(i for i, state in waits.items() if state == WAITS_NOW))

    def name(self, activities: Sequence[Activity]) -> list[Activity]:
        """Remember the buyers that kept activities tell of; return what waited for their orders."""
        telling = {activity.order_id or "": activity for activity in activities if _names_a_buyer(activity)}
        for activity in activities:  # an update of an order by nobody, of which nothing else is known
            if _lacks_its_buyer(activity) and activity.lines and activity.kind == "rebought":
                telling.setdefault(activity.order_id or "", activity)
        calls = [self._name_call(order_id, activity.shopper) for order_id, activity in telling.items()]
        early: list[Activity] = []
        for activity, answer in zip(telling.values(), self._connection.many(calls), strict=True):
            documents = list(answer.values()) if isinstance(answer, Mapping) else answer[1::2]
            waited = [Activity.from_bytes(document) for document in documents]
            early += [replace(each, shopper=activity.shopper) for each in waited]
        return early

    def arrived(self, early: Sequence[Activity]) -> None:
        """Have what waited, and is kept now with its shopper, wait no longer."""
        self._connection.many([("HDEL", self._early(each.order_id or ""), _mark(each)) for each in early])

    def forget(self, shopper: Shopper) -> int:
        """Forget which orders are a shopper's; return how many those were."""
        ref = shopper.ref.encode("utf-8", "surrogatepass")
        forgotten = 0
        for key in self._connection.scan(f"{{{self._keys.shop}:*}}:buyers:*"):
            held = self._connection.call("HGETALL", key)
            pairs = held.items() if isinstance(held, Mapping) else zip(held[::2], held[1::2], strict=True)
            theirs = [order for order, buyer in pairs if buyer == ref]
            if theirs:
                forgotten += self._connection.call("HDEL", key, *theirs)
        return forgotten

    def _find_call(self, activity: Activity) -> Call:
        order_id = activity.order_id or ""
        waiting = [_mark(activity), activity.to_bytes()] if _may_wait(activity) else []
        keys = [self._bucket(order_id), self._early(order_id)]
        return script("find_buyer", keys, digest(order_id), MOST_WAITING, WAITS_S, *waiting)

    def _name_call(self, order_id: str, shopper: Shopper | None) -> Call:
        ref = shopper.ref.encode("utf-8", "surrogatepass") if shopper else b""
        return script("name_buyer", [self._bucket(order_id), self._early(order_id)], digest(order_id), ref)

    def _bucket(self, order_id: str) -> str:
        bucket = int.from_bytes(digest(order_id, size=2)) % BUCKETS
        return self._keys.of_shard(self._keys.shard(order_id), f"buyers:{bucket}")

    def _early(self, order_id: str) -> str:
        return self._keys.of_shard(self._keys.shard(order_id), f"early:{digest(order_id).hex()}")


def _names_a_buyer(activity: Activity) -> bool:
    """Whether an activity tells whose an order is: it was made, or changed by somebody known."""
    if activity.trust != "shop" or not activity.order_id:
        return False
    return activity.kind == "bought" or (activity.kind == "rebought" and activity.shopper is not None)


def _lacks_its_buyer(activity: Activity) -> bool:
    return (
        activity.trust == "shop"
        and bool(activity.order_id)
        and activity.shopper is None
        and activity.kind in ("rebought", "returned", "refunded", "cancelled")
    )


def _may_wait(activity: Activity) -> bool:
    """Whether an activity means nothing without its order; an update with lines is an order by itself."""
    return activity.kind != "rebought" or not activity.lines


def _mark(activity: Activity) -> bytes:
    return digest(activity.trust, activity.message_id)
