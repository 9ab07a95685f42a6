"""What the shop's own people say of a shopper's tier: set by hand with a reason, and points given."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from plugin.activity import Activity, Shopper
from plugin.errors import Invalid, NotFound, RapportError, Refused
from plugin.store.activities import Outcome
from plugin.store.keys import digest
from plugin.tiers.keeping import look_at
from plugin.tiers.recorded import ByHand, by_hand

if TYPE_CHECKING:
    from plugin.storefront import Storefront


def set_tier(front: Storefront, shop_id: str, shopper: Shopper, word: ByHand) -> bool:
    """Set a shopper's tier by hand; return whether that was new. It holds from the very next answer on.

    Raises `Invalid` for a tier the ladder does not have or an end that has passed, `Refused` for somebody
    who was erased.
    """
    ladder = front.shops.view(shop_id, fresh=True).ladder
    if ladder.rank(word.tier) is None:
        names = ", ".join(tier.tier for tier in ladder.tiers)
        raise _invalid("tier", f"There is no tier {word.tier!r}; there are {names}.")
    now = front.clock()
    if word.until is not None and word.until <= now:
        raise _invalid("until", "This has passed already; leave it out for a tier without an end.")
    held = by_hand(front.shops.memory(shop_id).gather(shopper)[1], ladder, now)
    if held is not None and _means(held) == _means(word):
        return False
    said = {"tier": word.tier, "reason": word.reason, "by": word.by, "until": word.until, "exact": word.exact}
    _tell(
        front, shop_id, _activity(shopper, "tier_set", "Tier Set", f"tier-set:{uuid.uuid4().hex}", now, said)
    )
    return True


def unset_tier(front: Storefront, shop_id: str, shopper: Shopper, by: str) -> None:
    """Take back a tier set by hand: the figures' own counts again, from the very next answer on.

    Raises `NotFound` where none is set.
    """
    now, view = front.clock(), front.shops.view(shop_id, fresh=True)
    if by_hand(front.shops.memory(shop_id).gather(shopper)[1], view.ladder, now) is None:
        raise NotFound("No tier is set by hand for this shopper.")
    said = {"tier": None, "by": by}
    _tell(
        front,
        shop_id,
        _activity(shopper, "tier_set", "Tier Unset", f"tier-set:{uuid.uuid4().hex}", now, said),
    )


def give_points(
    front: Storefront, shop_id: str, shopper: Shopper, points: int, reason: str, given_id: str
) -> bool:
    """Give a shopper points, or take some; return whether they were counted: each id counts once, for ever.

    Raises `Refused` for somebody who was erased.
    """
    now = front.clock()
    said = {"points": points, "reason": reason, "points_id": given_id}
    name = f"points:{digest(shopper.ref, given_id).hex()}"
    activity = _activity(shopper, "points", "Points Given" if points > 0 else "Points Taken", name, now, said)
    return _tell(front, shop_id, activity) is Outcome.NEW


def _tell(front: Storefront, shop_id: str, activity: Activity) -> Outcome:
    assert activity.shopper is not None
    if not front.shops.memory(shop_id).not_erased([activity.shopper]):
        raise Refused("Nothing is kept of this shopper any more, and so no tier or points either.")
    (outcome,) = front.record(shop_id, [activity])
    with suppress(RapportError):  # it is kept; what it changes is recorded by the background work too
        look_at(front.shops, shop_id, [activity.shopper], front.clock())
    return outcome


def _activity(
    shopper: Shopper, kind: str, event: str, name: str, now: float, said: dict[str, Any]
) -> Activity:
    return Activity(name, kind, event, now, now, "shop", shopper, properties=said)


def _means(word: ByHand) -> tuple[Any, ...]:
    return word.tier, word.reason, word.until, word.exact


def _invalid(field: str, detail: str) -> Invalid:
    return Invalid(f"/{field}: {detail}", errors=[{"pointer": f"/{field}", "detail": detail}])
