"""How long activity is kept, kind by kind, as the shop has set it; what is older is let go of every day.

Orders are kept for ever unless the shop says otherwise; then what was sent back of them goes with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from plugin.activity import IDENTITY_KINDS, KINDS, ORDER_KINDS
from plugin.shopper import Profile, impressions
from plugin.shopper.older import beside, settle
from plugin.shopper.profile import Past
from plugin.shops import Shops
from plugin.store.archive import Archive
from plugin.store.upkeep import Upkeep, renewed

DAY_S = 86400.0
LONGEST_DAYS = 36_500
DUE_EVERY_S = DAY_S
# What can be given a time: everything shoppers do. Words on consent, wishes and joinings hold until they are
# replaced, undone or erased.
RETAINED = tuple(
    sorted({*KINDS.values(), *IDENTITY_KINDS, "page", "other", "bought"} - (ORDER_KINDS - {"bought"}))
)
LOOKS = ("viewed", "clicked")


def moments(retention: Mapping[str, int], now: float) -> dict[str, float]:
    """Return for each kind that has a time the moment (epoch seconds) before which it is let go."""
    before = {kind: now - days * DAY_S for kind, days in retention.items()}
    if "bought" in before:
        before |= dict.fromkeys(ORDER_KINDS, before["bought"])
    return before


def aged(profile: Profile, before: Mapping[str, float]) -> bool:
    """Take out of a profile what is older than its kind is kept; return whether anything was.

    Looks are remembered without telling views from clicks: they go with the kind that is kept longer.
    """
    size = _size(profile)
    if all(kind in before for kind in LOOKS):
        oldest = min(before[kind] for kind in LOOKS)
        profile.viewed = {product: at for product, at in profile.viewed.items() if at >= oldest}
    if "shown" in before:
        profile.shown = impressions.since(profile.shown, before["shown"])
        profile.uses_shown = impressions.since(profile.uses_shown, before["shown"])
    profile.uses_opened = _after(profile.uses_opened, before.get("clicked"))
    profile.uses_tried = _after(profile.uses_tried, before.get("tried"))
    profile.uses_refused = _since(profile.uses_refused, before.get("dismissed"))
    profile.steps = [step for step in profile.steps if step[0] >= before.get(step[2], 0.0)]
    profile.dismissed = _since(profile.dismissed, before.get("dismissed"))
    profile.corrected = _since(profile.corrected, before.get("corrected"))
    profile.used = _since(profile.used, before.get("used"))
    profile.traits = _since(profile.traits, before.get("identified"))
    if "bought" in before:
        _age_orders(profile, before["bought"])
    for part in profile.parts.values():
        _age_part(part, before)
    return _size(profile) != size


def _since(facts: dict[str, list[Any]], oldest: float | None) -> dict[str, list[Any]]:
    """The facts told since a moment; each ends in its time."""
    if oldest is None:
        return facts
    return {name: said for name, said in facts.items() if said[-1] >= oldest}


def _after(moments: dict[str, float], oldest: float | None) -> dict[str, float]:
    """What happened since a moment."""
    return moments if oldest is None else {name: at for name, at in moments.items() if at >= oldest}


def _age_orders(profile: Profile, oldest: float) -> None:
    profile.orders = {key: order for key, order in profile.orders.items() if order.dated >= oldest}
    profile.claims = {key: claim for key, claim in profile.claims.items() if claim.dated >= oldest}
    older = beside(profile)
    if older is None:  # it was not read along; what is stored is seen to every day
        return
    older.orders = {key: order for key, order in older.orders.items() if order.dated >= oldest}
    if all(sums[3] < oldest for sums in older.settled.products.values()):
        older.settled = Past()
    settle(profile)


def _age_part(part: list[Any], before: Mapping[str, float]) -> None:
    """What a visitor's number brought with it, kept as facts: `[until, facts]`."""
    if part[1]:
        visitor = Profile.from_facts(orjson.loads(orjson.dumps(part[1])))
        if aged(visitor, before):
            part[1] = visitor.facts()


def _size(profile: Profile) -> tuple[int, ...]:
    facts = (
        profile.viewed,
        profile.steps,
        profile.dismissed,
        profile.corrected,
        profile.used,
        profile.traits,
        profile.uses_opened,
        profile.uses_tried,
        profile.uses_refused,
    )
    parts = sum(len(orjson.dumps(part[1])) for part in profile.parts.values())
    showings = sum(map(len, (*profile.shown.values(), *profile.uses_shown.values())))
    return (*map(len, facts), showings, len(profile.orders), len(profile.claims), profile.past.orders, parts)


class Retention:
    """Letting go of what is too old, once a day and shop."""

    def __init__(self, shops: Shops, clock: Callable[[], float]) -> None:
        self._shops = shops
        self._clock = clock
        self._done_at: dict[str, float] = {}

    def step(self, shop_id: str, archive: Archive, *, now_please: bool = False) -> int:
        """Let go of what is too old in the log and in profiles, if that is due; return how much that was."""
        last = self._done_at.get(shop_id)
        if not now_please and last is not None and 0 <= self._clock() - last < DUE_EVERY_S:
            return 0
        now = self._clock()
        gone = self._let_go(shop_id, archive, now)
        self._done_at[shop_id] = now  # only now: what was cut short is due again
        return gone

    def _let_go(self, shop_id: str, archive: Archive, now: float) -> int:
        retention = self._shops.view(shop_id).settings.retention
        if not retention:
            return 0
        memory, before = self._shops.memory(shop_id), moments(retention, now)
        with renewed(archive):
            gone = Upkeep(archive, memory.log).expire(before)
            return gone + memory.everybody.change(lambda profile: aged(profile, before), lambda stored: True)
