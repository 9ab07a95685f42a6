"""How long activity is kept, kind by kind, as the shop has set it; what is older is let go of every day.

Orders are kept for ever unless the shop says otherwise; then what was sent back of them goes with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugin.activity import IDENTITY_KINDS, KINDS, ORDER_KINDS
from plugin.shopper import Profile
from plugin.shops import Shops
from plugin.store.archive import Archive
from plugin.store.upkeep import Upkeep

DAY_S = 86400.0
LONGEST_DAYS = 36_500
DUE_EVERY_S = DAY_S
# What can be given a time: everything shoppers do. Words on consent, wishes and joinings hold until they are
# replaced, undone or erased.
RETAINED = tuple(
    sorted({*KINDS.values(), *IDENTITY_KINDS, "page", "other", "bought"} - (ORDER_KINDS - {"bought"}))
)
STEPS = ("carted", "uncarted", "basket")
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
    profile.steps = [step for step in profile.steps if step[0] >= before.get(step[2], 0.0)]
    for name, facts in (("dismissed", profile.dismissed), ("corrected", profile.corrected)):
        oldest = before.get(name, 0.0)
        setattr(profile, name, {key: said for key, said in facts.items() if said[1] >= oldest})
    if "identified" in before:
        oldest = before["identified"]
        profile.traits = {name: said for name, said in profile.traits.items() if said[1] >= oldest}
    if "bought" in before:
        _age_orders(profile, before["bought"])
    return _size(profile) != size


def _age_orders(profile: Profile, oldest: float) -> None:
    profile.orders = {
        key: order for key, order in profile.orders.items() if (order.at or order.touched) >= oldest
    }
    profile.claims = {key: claim for key, claim in profile.claims.items() if (claim.at or 0.0) >= oldest}


def _size(profile: Profile) -> tuple[int, ...]:
    facts = (profile.viewed, profile.steps, profile.dismissed, profile.corrected, profile.traits)
    return (*map(len, facts), len(profile.orders), len(profile.claims))


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
        self._done_at[shop_id] = self._clock()
        retention = self._shops.view(shop_id).settings.retention
        if not retention:
            return 0
        memory, before = self._shops.memory(shop_id), moments(retention, self._clock())
        return Upkeep(archive, memory.log).expire(before)
