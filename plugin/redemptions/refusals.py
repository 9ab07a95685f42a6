"""What redemptions refuse, in the words that a checkout is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugin.errors import CodeUnusable, Invalid, LimitReached, RapportError, Refused
from plugin.gifts.gift import GIFT
from plugin.offers.budgets import budget_by
from plugin.offers.offer import Offer
from plugin.redemptions.redemption import Given, Redemption

AT_WORK = "Another request is at work on this redemption; send it again in a moment."


def no_room_for(given: Given, offer: Offer | None, full: str, now: float) -> RapportError:
    """Return the refusal for what an offer gave, where its book has no room: `full` is what is used up."""
    if full == "code" and given.promised == GIFT:
        detail = f"The gift of offer {given.offer_id!r} was used before."
        return LimitReached(detail, errors=[{"offer_id": given.offer_id, "detail": detail}])
    if full == "budget" and offer is not None and budget_by(offer, now) < (offer.limits.budget or 0):
        detail = f"The budget of offer {given.offer_id!r} is paced and has too little left for now."
        errors = [{"offer_id": given.offer_id, "detail": detail, "reason": "paced"}]
        return LimitReached(detail, code="budget_reached", errors=errors)
    return no_room(given.offer_id, full)


def no_room(offer_id: str, full: str) -> RapportError:
    """Return the refusal for an offer that has no room left."""
    if full == "code":
        return code_unusable()
    if full == "done":
        return Refused("What this redemption gave was given back for good; reserve a new one.")
    if full == "budget":
        detail = f"The budget of offer {offer_id!r} has too little left for this."
        return LimitReached(detail, code="budget_reached", errors=[{"offer_id": offer_id, "detail": detail}])
    whose = {"total": "in all", "shopper": "for this shopper", "period": "for now"}[full]
    detail = f"Offer {offer_id!r} is used up {whose}."
    return LimitReached(detail, errors=[{"offer_id": offer_id, "detail": detail}])


def code_unusable(places: Sequence[int] = (), where: str = "codes") -> CodeUnusable:
    """Return the one answer for a code, or a token, that opens nothing, whatever the reason."""
    detail = "This code cannot be used."
    return CodeUnusable(detail, errors=[{"pointer": f"/{where}/{at}", "detail": detail} for at in places])


def demand_pieces(held: Redemption, lines: Mapping[int, int]) -> None:
    """Raise `Invalid` for a line that is not there, or for more pieces than are left of it."""
    told = [0] * len(held.lines)
    for returned in held.returns.values():
        for at, pieces in returned.items():
            told[at] += pieces
    for at, pieces in lines.items():
        if at >= len(held.lines):
            raise _wrong(f"The redemption has no line {at}; the last is {len(held.lines) - 1}.")
        left = held.lines[at].quantity - told[at]
        if pieces > left:
            raise _wrong(f"Of line {at} only {left} can still come back.")


def _wrong(detail: str) -> Invalid:
    return Invalid(detail, errors=[{"pointer": "/lines", "detail": detail}])
