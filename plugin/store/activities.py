"""Taking activities in: one script for a batch (on a cluster one per shard), answered when all is on disk."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import chain

from plugin.activity import ORDER_KINDS, Activity
from plugin.errors import StoreUnavailable
from plugin.store.connection import Call, Connection, script
from plugin.store.keys import MARK, SEEN_BUCKETS, SEEN_WEEK, ShopKeys, digest

HIGH_WATER = 200_000  # entries a shard's stream may hold before the door says "later"
CLAIM_MS = 1_000  # how long an order waits for a writer that died while keeping it
CLAIM_PATIENCE_S = 1.5  # how long a second document of an order waits for the first
CLAIM_LOOK_S = 0.01
AT_ONCE = 250  # activities one script takes, about: everybody else waits for the store that long

# Which kinds count once for ever by an id of the shop's own, and which id that is.
ONCE: dict[str, Callable[[Activity], object]] = {
    "bought": lambda activity: activity.order_id,
    "returned": lambda activity: activity.properties.get("refund_id"),
    "refunded": lambda activity: activity.properties.get("refund_id"),
    "cancelled": lambda activity: activity.order_id,
    "points": lambda activity: activity.properties.get("points_id"),
}
# What the shop itself reports is kept of a shopper who wants no profile: orders for returns, limits and tier,
# and what shoppers say of themselves, the word on consent first of all.
KEPT_WITHOUT_CONSENT = ORDER_KINDS | {
    *("consented", "preferred", "signed_in", "joined", "split"),
    *("tiered", "tier_set", "points", "gift"),
}

ErasureMark = Callable[[str], bytes]


class Outcome(IntEnum):
    """What became of one activity: seen before, new, or not kept because its shopper does not want that."""

    REPEATED = 0
    NEW = 1
    WITHHELD = 2


OUTCOMES = {"0": Outcome.REPEATED, "1": Outcome.NEW, "-": Outcome.WITHHELD}


def head(mark: bytes, shard: int, bucket: int, anyway: bool, erased: bytes) -> bytes:
    """Return what the script reads of an activity beside its shopper and its document, in one piece.

    The id's mark, which of the call's shards it belongs to, the bucket the id lies in, whether it is kept
    without consent, the shopper's mark among the erased (empty where nobody is).
    """
    return mark + bytes((shard, bucket, anyway)) + erased


def nobody_is_erased(ref: str) -> bytes:
    """Return no mark: of an installation that has erased nobody and so has no key to mark with."""
    return b""


@dataclass(frozen=True, slots=True)
class _Claim:
    """One document that would make an order (refund, cancellation): its row, and where its id is kept."""

    row: int
    bucket: str
    prefix: str
    mark: bytes
    owner: bytes

    def asking(self) -> tuple[bytes, bytes]:
        return self.mark, self.owner

    def settling(self, kept: bool) -> tuple[bytes, bytes, int]:
        return self.mark, self.owner, int(kept)


class Activities:
    """The door of one shop's stream.

    `erasure_mark` returns, for a shopper's reference, the keyed hash under which the erased are remembered.
    """

    def __init__(
        self, connection: Connection, keys: ShopKeys, erasure_mark: ErasureMark = nobody_is_erased
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._erasure_mark = erasure_mark

    def append(
        self, activities: Sequence[Activity], now: float, *, profile_by_default: bool = True
    ) -> list[Outcome]:
        """Keep a batch and return what became of each activity.

        All that is kept is on disk when this returns. A message id counts once a week, an order, refund or
        cancellation once for ever, each within its level of trust. `profile_by_default` says whether activity
        of shoppers without a word on it may be kept. Raises `StoreUnavailable`: then nothing is promised, and
        sending the same batch again is safe.
        """
        outcomes = [Outcome.NEW] * len(activities)
        orders = self._order_marks(activities)
        first: dict[bytes, _Claim] = {}
        for claim in orders:
            first.setdefault(claim.mark, claim)
        made = self._claim_orders(list(first.values()))
        for claim in orders:
            if claim.mark in made or first[claim.mark].owner != claim.owner:
                outcomes[claim.row] = Outcome.REPEATED
        by_shard: dict[int, list[int]] = defaultdict(list)
        for i, activity in enumerate(activities):
            if outcomes[i]:
                by_shard[self._shard(activity)].append(i)
        calls = list(self._calls(by_shard))
        answers = self._connection.durably(
            [self._append_call(call, activities, now, profile_by_default) for call in calls]
        )
        for call, answer in zip(calls, answers, strict=True):
            for i, mark in zip(chain.from_iterable(call.values()), answer.decode(), strict=True):
                outcomes[i] = OUTCOMES[mark]
        # What was seen before is confirmed too: it is on disk, and the run that put it there may have ended
        # before it could say so.
        self._confirm_orders(list(first.values()), outcomes)
        return outcomes

    def remember(self, activities: Sequence[Activity], now: float) -> None:
        """Count these as seen: they are in the streams already, brought back from a backup."""
        ids: dict[int, list[bytes | int]] = defaultdict(list)
        for activity in activities:
            mark = digest(activity.trust, activity.message_id, size=MARK + 1)
            ids[self._shard(activity)] += [mark[:MARK], mark[MARK] % SEEN_BUCKETS]
        week = int(now // SEEN_WEEK)
        self._connection.durably(
            [
                script("remember_ids", [self._keys.seen(shard, week)], 2 * SEEN_WEEK, *marks)
                for shard, marks in ids.items()
            ]
        )
        self._confirm_orders(self._order_marks(activities), [Outcome.NEW] * len(activities))

    def _shard(self, activity: Activity) -> int:
        if activity.shopper is not None:
            return self._keys.shard(activity.shopper.id)
        return self._keys.shard(activity.order_id or activity.message_id)

    def _calls(self, by_shard: Mapping[int, list[int]]) -> Iterator[dict[int, list[int]]]:
        """Yield the shards that one script takes, each with its rows: as few scripts as a store allows."""
        call: dict[int, list[int]] = {}
        size = 0
        for shard, rows in by_shard.items():
            call[shard] = rows
            size += len(rows)
            if size >= AT_ONCE or self._connection.clustered:
                yield call
                call, size = {}, 0
        if call:
            yield call

    def _append_call(
        self,
        rows_of: Mapping[int, list[int]],
        activities: Sequence[Activity],
        now: float,
        profile_by_default: bool,
    ) -> Call:
        args: list[str | bytes | int] = [HIGH_WATER, 2 * SEEN_WEEK, "y" if profile_by_default else "n"]
        names: list[str] = []
        week = int(now // SEEN_WEEK)
        for place, (shard, rows) in enumerate(rows_of.items()):
            names += self._names(shard, week)
            for i in rows:
                args += self._written(activities[i], place)
        return script("append", names, *args)

    def _written(self, activity: Activity, shard: int) -> tuple[bytes, bytes, bytes]:
        """Return what the script takes of an activity: its head, its shopper, its document."""
        mark = digest(activity.trust, activity.message_id, size=MARK + 1)
        anyway = activity.trust == "shop" and activity.kind in KEPT_WITHOUT_CONSENT
        who = activity.shopper.ref if activity.shopper else ""
        erased = self._erasure_mark(who) if who else b""
        return (
            head(mark[:MARK], shard, mark[MARK] % SEEN_BUCKETS, anyway, erased),
            who.encode("utf-8", "surrogatepass"),
            activity.to_bytes(),
        )

    @lru_cache(maxsize=2_048)  # noqa: B019  # as many as there are shards, for as long as the shop is known
    def _names(self, shard: int, week: int) -> tuple[str, ...]:
        """Return the keys of one shard, spelled once and not for every batch."""
        keys = self._keys
        return (
            keys.stream(shard),
            keys.seen(shard, week),
            keys.seen(shard, week - 1),
            keys.pending(shard),
            keys.consent(shard),
            keys.erased(shard),
        )

    def _order_marks(self, activities: Sequence[Activity]) -> list[_Claim]:
        claims = []
        for i, activity in enumerate(activities):
            once = ONCE.get(activity.kind)
            identity = once(activity) if once else None
            about = activity.order_id
            if activity.kind == "points" and activity.shopper is not None:  # their ids are the shopper's own
                about = activity.shopper.ref
            if not about or not identity:
                continue
            shard, bucket = self._keys.orders(about)
            mark = digest(activity.trust, activity.kind, about, str(identity), size=MARK)
            owner = digest(activity.trust, activity.message_id, size=6)
            claims.append(_Claim(i, bucket, self._keys.claims(shard), mark, owner))
        return claims

    def _claim_orders(self, asked: list[_Claim]) -> set[bytes]:
        """Claim orders for the documents that would make them; return the marks of those made already."""
        made: set[bytes] = set()
        patience = time.monotonic() + CLAIM_PATIENCE_S
        while asked:
            answers = self._claim(asked)
            made |= {claim.mark for claim, answer in answers if answer == "0"}
            asked = [claim for claim, answer in answers if answer == "?"]
            if asked and time.monotonic() > patience:
                raise StoreUnavailable(
                    "Another document of the same order is being kept just now; sending again is safe.",
                    retry_after=1,
                )
            if asked:
                time.sleep(CLAIM_LOOK_S)
        return made

    def _claim(self, claims: Sequence[_Claim]) -> list[tuple[_Claim, str]]:
        """Ask once; return each claim with what the store answered to it."""
        by_bucket = _by_bucket(claims)
        commands = [
            script("claim_orders", where, CLAIM_MS, *(part for each in held for part in each.asking()))
            for where, held in by_bucket.items()
        ]
        answers = self._connection.many(commands)
        return [
            (claim, mark)
            for held, answer in zip(by_bucket.values(), answers, strict=True)
            for claim, mark in zip(held, answer.decode(), strict=True)
        ]

    def _confirm_orders(self, claims: Sequence[_Claim], outcomes: Sequence[Outcome]) -> None:
        commands = []
        for where, held in _by_bucket(claims).items():
            settled = [each.settling(outcomes[each.row] is not Outcome.WITHHELD) for each in held]
            commands.append(script("confirm_orders", where, *(part for each in settled for part in each)))
        self._connection.durably(commands)


def _by_bucket(claims: Sequence[_Claim]) -> dict[tuple[str, str], list[_Claim]]:
    found: dict[tuple[str, str], list[_Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.bucket, claim.prefix].append(claim)
    return found
