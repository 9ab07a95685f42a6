"""A gift that a shopper was given, and from when on it can be used: from the next visit on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from plugin.offers.occasion import Promise
from plugin.shopper import Profile

VISIT_IS_OVER_S = 1_800.0  # half an hour without a sign: where web analytics ends a visit, too
GIFT = "gift"


@dataclass(frozen=True, slots=True)
class Gift:
    """One gift: of which offer, earned by which order, given when and good until when (epoch seconds).

    `redemption_id` is the redemption it was chosen with, empty where there was none.
    """

    gift_id: str
    offer_id: str
    order_id: str
    given_at: float
    ends: float
    redemption_id: str

    @property
    def mark(self) -> str:
        """What its one use counts by in the offer's book."""
        return f"gift:{self.gift_id}"

    def promise(self, opens: float) -> Promise:
        """Return what it promises, from a moment on."""
        return Promise(GIFT, self.mark, opens, self.ends)


def gifts_of(profile: Profile) -> list[Gift]:
    """Return every gift that is remembered of a shopper, oldest first."""
    found = [Gift(gift_id, *gift) for gift_id, gift in profile.gifts.items()]
    return sorted(found, key=lambda gift: (gift.given_at, gift.gift_id))


def opens_at(gift: Gift, profile: Profile, now: float, zone: str) -> float:
    """Return when a gift opens: with the next visit, at the latest with the next day on the shop's clock.

    The visit in which it was given is over half an hour after its last sign of life.
    """
    last = gift.given_at
    for moment in sorted(_signs(profile, gift.given_at, now)):
        if moment - last >= VISIT_IS_OVER_S:
            break
        last = moment
    return min(last + VISIT_IS_OVER_S, _next_day(gift.given_at, zone), gift.ends)


def _signs(profile: Profile, after: float, until: float) -> Iterator[float]:
    """The moments at which the shopper is remembered to have done something."""
    steps = (step[0] for step in profile.steps)
    shown = (at for moments in profile.shown.values() for at in moments)
    orders = (order.at for order in profile.orders.values() if order.at is not None)
    for moments in (profile.viewed.values(), steps, shown, orders):
        yield from (moment for moment in moments if after < moment <= until)


def _next_day(moment: float, zone: str) -> float:
    clock = ZoneInfo(zone)
    tomorrow = datetime.fromtimestamp(moment, clock).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), clock).timestamp()
