"""Keeping held tiers: what figures changed is recorded, for whoever bought just now and for all once a day.

What is recorded is an activity of the shop's own about the shopper. So it is on disk before it counts, it is
archived, exported, erased, merged and brought back like everything else, and told again it changes nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from plugin.activity import ORDER_KINDS, Activity, Shopper
from plugin.shopper import Profile
from plugin.shopper.tiers import MERGED
from plugin.store.keys import digest
from plugin.store.log import Log
from plugin.tiers.holding import Step, judged
from plugin.tiers.ladder import TierLadder
from plugin.tiers.measure import Measuring
from plugin.tiers.recorded import held, short
from plugin.tiers.standing import Held

if TYPE_CHECKING:
    from plugin.shop import Shop
    from plugin.shops import Shops
    from plugin.store.memory import ShopMemory
    from plugin.storefront import Storefront

log = logging.getLogger(__name__)

HEEDED = ORDER_KINDS | {"points", "joined", "split"}
LATE_S = 2 * 86_400.0  # what was told later than this is history brought along: the daily round sees to it
AT_ONCE = 200
DAY = 86_400.0

NAMED = """
SELECT DISTINCT shopper FROM log
WHERE shopper LIKE 'u:%' AND kind IN ('bought', 'rebought', 'points', 'tiered')
"""


def heed(shops: Shops, shop_id: str, activities: Iterable[Activity], now: float) -> int:
    """Record what these activities changed in the tiers of those who did them; return how much that was."""
    told = [
        activity
        for activity in activities
        if activity.kind in HEEDED
        and activity.trust == "shop"
        and activity.shopper is not None
        and activity.shopper.known
        and abs(now - activity.at) < LATE_S
    ]
    shoppers = list(dict.fromkeys(activity.shopper for activity in told if activity.shopper is not None))
    joined = {
        activity.shopper: Shopper.from_ref(str(part))
        for activity in told
        if activity.kind == "joined"
        and activity.shopper is not None
        and str(part := activity.properties.get("part", "")).startswith("u:")
    }
    return look_at(shops, shop_id, shoppers, now, joined) if shoppers else 0


def look_at(
    shops: Shops,
    shop_id: str,
    shoppers: Sequence[Shopper],
    now: float,
    joined: dict[Shopper, Shopper] | None = None,
) -> int:
    """Record what became of these shoppers' tiers since it was recorded last; return how many changes.

    `joined` are those who were just made one with another, whose tier they are given where it is higher.
    """
    shop, memory = shops.view(shop_id), shops.memory(shop_id)
    measures = Measures(shops, shop, now)
    told: list[Activity] = []
    for shopper, look in zip(shoppers, memory.shoppers.looks(shoppers), strict=True):
        try:
            profile = memory.shoppers.whole(shopper, look)
        except (KeyError, TypeError, ValueError) as error:  # one that cannot be read holds up nobody else
            log.error("a profile cannot be read: %s", type(error).__name__)
            continue
        person = Shopper.from_ref(profile.known_as[0].ref) if profile.known_as else shopper
        asked = measures.of(person, profile)
        before = held(profile, shop.ladder, now)
        part = (joined or {}).get(shopper)
        if part is not None and (better := _better(memory, part, before, shop.ladder, now)) is not None:
            told.append(_joined(person, better, before, now))
            before = replace(better, since=now, at=now)
        told += [_told(person, shop.ladder, step, now) for step in judged(asked, now, before).steps]
    if told:
        memory.activities.append(told, now)
    return len(told)


class Measures:
    """How the shoppers of a shop are measured in the background, by its own ladder or another."""

    def __init__(self, shops: Shops, shop: Shop, now: float, *ladders: TierLadder) -> None:
        self._shop = shop
        self._now = now
        self._front: Storefront | None = None
        if any(ladder.basis in ("value", "rule") for ladder in (shop.ladder, *ladders)):
            from plugin.storefront import Storefront  # loads what learns; no other ladder needs it

            self._front = Storefront(shops, lambda: now)

    def of(self, shopper: Shopper, profile: Profile) -> Measuring:
        """Return how one shopper is measured by the shop's ladder; `replace` it for another one."""
        shop = self._shop
        if self._front is None:
            return Measuring.of(profile, shop.ladder, shop.standing, shop.settings.currency)
        from plugin.storefront import Visitor

        return self._front.staged(shop, Visitor(shopper, trusted=True), profile, now=self._now).measuring


def _better(
    memory: ShopMemory, part: Shopper, before: Held | None, ladder: TierLadder, now: float
) -> Held | None:
    """The tier that somebody held who is now part of a shopper, where it is the higher one."""
    theirs = held(memory.shoppers.read_alone(part), ladder, now)
    own = (ladder.rank(before.tier) if before is not None else 0) or 0
    return theirs if theirs is not None and (ladder.rank(theirs.tier) or 0) > own else None


def _joined(shopper: Shopper, better: Held, before: Held | None, now: float) -> Activity:
    told = {"how": MERGED, "tier": better.tier, "from": before.tier if before is not None else None}
    return _activity(shopper, now, now, {**told, "short": []})


def _told(shopper: Shopper, ladder: TierLadder, step: Step, now: float) -> Activity:
    """A change as an activity, with all its inputs: figures, standing and ladder."""
    told: dict[str, Any] = {
        "how": step.how,
        "tier": step.tier,
        "from": step.before,
        "short": short(step.measure.why, step.measure.value, step.needed),
        "why": step.measure.why,
        "ladder": {
            "basis": ladder.basis,
            "window_days": ladder.window_days,
            "grace_days": ladder.grace_days,
            "hysteresis": ladder.hysteresis,
            "tiers": {tier.tier: tier.threshold for tier in ladder.tiers},
        },
    }
    return _activity(shopper, step.at, now, told)


def _activity(shopper: Shopper, at: float, now: float, told: dict[str, Any]) -> Activity:
    # One name for one change, so that whoever judges it again tells it in vain.
    name = digest(shopper.ref, str(int(at)), told["how"], told["tier"]).hex()
    return Activity(f"tiered:{name}", "tiered", "Tier Changed", at, now, "shop", shopper, properties=told)


class Rounds:
    """The daily round over everybody of a shop, some shoppers at a time."""

    def __init__(self, shops: Shops, now: Callable[[], float] = time.time) -> None:
        self._shops = shops
        self._now = now
        self._waiting: dict[str, Iterator[Shopper]] = {}
        self._began: dict[str, tuple[float, Any]] = {}

    def step(self, shop_id: str) -> int:
        """Look at the next of a shop's shoppers, if a round is due; return how many changes were recorded.

        A round is due once a day, and at once for another ladder or when quantiles begin to mean something.
        """
        if shop_id not in self._waiting:
            shop = self._shops.view(shop_id)
            speaks = shop.standing is not None and shop.standing.speaks
            ground = (shop.ladder, shop.ladder.set_at, speaks)
            began, before = self._began.get(shop_id, (float("-inf"), None))
            if ground == before and 0 <= self._now() - began < DAY:
                return 0
            self._began[shop_id] = (self._now(), ground)
            if shop.ladder.basis == "rfm" and not speaks:
                return 0  # everybody stands lowest, and whoever was recorded higher waits for a standing
            self._waiting[shop_id] = _named(self._shops.memory(shop_id).log)
        some = list(islice(self._waiting[shop_id], AT_ONCE))
        if not some:
            del self._waiting[shop_id]
            return 0
        return look_at(self._shops, shop_id, some, self._now())


def _named(history: Log) -> Iterator[Shopper]:
    """Everybody who has bought, been given points, or stood in a tier above the lowest."""
    for ref in history.query(NAMED).column("shopper"):
        yield Shopper.from_ref(ref.as_py())
