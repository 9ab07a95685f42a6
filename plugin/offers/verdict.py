"""What became of one offer on an occasion, and every reason there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from plugin.offers.changes import Unlock
from plugin.offers.occasion import Promise
from plugin.offers.offer import Offer
from plugin.offers.smallest import Plan, unlock
from plugin.tiers.standing import Place

GRANTED, ALMOST, REFUSED = "granted", "almost", "refused"
VERDICTS = (GRANTED, ALMOST, REFUSED)
REASONS = (
    "granted",
    "granted_in_part",
    "gift",
    "signed",
    "next_visit",
    "gift_waiting",
    "shopper_needed",
    "not_live",
    "not_yet",
    "over",
    "other_currency",
    "limit_reached",
    "budget_reached",
    "paced",
    "held_out",
    "no_gain",
    "code_needed",
    "another_applies",
    "avoided",
    "floor",
    "reduced",
    "tier",
    "value",
    "segment",
    "first_order",
    "order_count",
    "spent",
    "win_back",
    "bought",
    "owned",
    "due",
    "basket",
    "locale",
    "currency",
    "channel",
    "time",
    "share",
    "birthday",
    "anniversary",
    "prefers",
    "any",
    "not",
)
"""Every reason there is: how it was granted, what stood against it, or the condition that does not hold."""
NEXT_VISIT = "next_visit"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one offer on an occasion.

    `discounts` is what it takes off each basket line, minor units, floor applied; empty unless granted.
    `plan` is the smallest change that would grant it, for `almost` alone, and `unlock` the same as it is
    told to a shopper who stands at `place`. `granted_in_part` is the reason where the shop's price floor left
    less than the offer says; `floor` where it left nothing. `next_visit` is granted too, and takes nothing
    off this basket: whoever buys it may choose the gift. `opens_at` is when something refused opens by
    itself, where that is known (epoch seconds).
    """

    offer: Offer
    verdict: str
    reason: str
    discounts: tuple[int, ...] = ()
    held_out: bool = False
    promise: Promise | None = None
    opens_at: float | None = None
    plan: Plan | None = None
    place: Place | None = field(default=None, compare=False, repr=False)

    @property
    def offer_id(self) -> str:
        return self.offer.offer_id

    @property
    def unlock(self) -> Unlock | None:
        """The smallest change that would grant it, step by step; None unless it is nearly granted."""
        return unlock(self.plan, self.place) if self.plan is not None else None

    @property
    def benefit(self) -> Any:
        """What the offer gives, as its document says it."""
        return self.offer.benefit

    @property
    def ends_at(self) -> float | None:
        """Until when it stands (epoch seconds); None for no end."""
        return self.promise.ends if self.promise else self.offer.ends

    @property
    def applies(self) -> bool:
        """Whether it is granted for this basket, not for the next visit."""
        return self.verdict == GRANTED and self.reason != NEXT_VISIT

    @property
    def shown(self) -> bool:
        """Whether a shopper may see it: granted or nearly so."""
        return self.verdict != REFUSED
