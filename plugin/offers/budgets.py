"""What an offer's budget has left: in all, by now where it is paced, and for one more basket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from plugin.offers.occasion import Occasion, Used
from plugin.offers.offer import Offer
from plugin.offers.pacing import line, reached_at

UNUSED = Used()
Taken = Mapping[str, tuple[list[int], bool]]
"""What offers take off each line of a basket, by their ids, and whether the floor cut it."""


def budget_refusal(offer: Offer, occasion: Occasion) -> str | None:
    """Return why the budget gives nothing: it has nothing left at all, or by now; None if it does."""
    used, budget = occasion.used.get(offer.offer_id, UNUSED), offer.limits.budget
    if budget is None:
        return None
    if used.spent >= budget:
        return "budget_reached"
    if used.reopens is not None or used.spent >= budget_by(offer, occasion.now):
        return "paced"
    return None


def budget_by(offer: Offer, now: float) -> int:
    """Return how much of its budget an offer may have given by now: all of it, unless it is paced."""
    budget, starts, ends = offer.limits.budget or 0, offer.starts, offer.ends
    if offer.limits.pacing is None or starts is None or ends is None:
        return budget
    return line(budget, starts, ends, now)


def reopens(offer: Offer, money: int) -> float | None:
    """Return when a paced budget will have given so much (epoch seconds); None where that is not known."""
    if offer.starts is None or offer.ends is None or not offer.limits.budget:
        return None
    return reached_at(offer.limits.budget, offer.starts, offer.ends, money)


def passes_budget(offer: Offer, taken: Taken, occasion: Occasion) -> bool:
    """Return whether what it takes off here is more than its budget has left."""
    if offer.limits.budget is None or offer.offer_id not in taken:
        return False
    return _wanted(offer, taken, occasion) > budget_by(offer, occasion.now)


def _wanted(offer: Offer, taken: Taken, occasion: Occasion) -> int:
    """What an offer would have given in all, with what it takes off here."""
    return occasion.used.get(offer.offer_id, UNUSED).spent + sum(taken[offer.offer_id][0])


def without_budget(overdrawn: Iterable[Offer], taken: Taken, occasion: Occasion) -> Occasion:
    """Return the occasion with budgets used up, for good or for now, that have too little left for it."""
    used: dict[str, Used] = {}
    for offer in overdrawn:
        held, budget = occasion.used.get(offer.offer_id, UNUSED), offer.limits.budget or 0
        wanted = _wanted(offer, taken, occasion)
        enough_later = offer.limits.pacing is not None and wanted <= budget
        used[offer.offer_id] = (
            replace(held, reopens=reopens(offer, wanted)) if enough_later else replace(held, spent=budget)
        )
    return occasion.changed(used={**occasion.used, **used})
