"""The verdict on an offer by itself, before it meets the others of its group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from plugin.offers.afterwards import afterwards
from plugin.offers.budgets import UNUSED, budget_refusal, reopens
from plugin.offers.changes import NOTHING, Change
from plugin.offers.conditions.condition import unmet
from plugin.offers.holdout import holds_out
from plugin.offers.live import LiveOffers, Sight
from plugin.offers.occasion import Occasion
from plugin.offers.offer import BY_GAIN, Offer
from plugin.offers.smallest import READY, Plan, smallest
from plugin.offers.verdict import ALMOST, GRANTED, NEXT_VISIT, REFUSED, Verdict

CODE_ALONE = Plan(NOTHING.with_code())


def each_alone(offers: Sequence[Offer], occasion: Occasion) -> list[Verdict]:
    """Return the verdict on each offer by itself, in order of rank."""
    if not isinstance(offers, LiveOffers):
        return [_alone(occasion, offer) for offer in sorted(offers, key=lambda offer: offer.rank)]
    return offers.judged(occasion, _at_sight, partial(_alone, occasion))


def _at_sight(offer: Offer, reason: str) -> Verdict:
    return Verdict(offer, REFUSED, reason)


def _alone(occasion: Occasion, offer: Offer, sight: Sight | None = None) -> Verdict:
    """The verdict on an offer before it meets the others of its group; `sight` is what is known already."""
    if sight is None:
        if offer.offer_id in occasion.promised:
            return _promised(offer, occasion)
        if (reason := _closed(offer, occasion)) is not None:
            return _refused(offer, reason, occasion)
    if occasion.avoided and offer.gives.shunned(occasion):
        return Verdict(offer, REFUSED, "avoided")
    reason, plan = _standing(offer, occasion, sight)
    if plan is None:
        return Verdict(offer, REFUSED, reason)
    if _held_out(offer, occasion):
        return Verdict(offer, REFUSED, "held_out", held_out=True)
    if offer.choose == BY_GAIN and occasion.gains.get(offer.offer_id, 1.0) <= 0.0:
        return Verdict(offer, REFUSED, "no_gain")
    if offer.gift_days and occasion.shopper is None:
        return Verdict(offer, REFUSED, "shopper_needed")
    if plan is READY:
        return Verdict(offer, GRANTED, NEXT_VISIT if offer.gift_days else "granted")
    return Verdict(offer, ALMOST, reason, plan=plan, place=occasion.place)


def _promised(offer: Offer, occasion: Occasion) -> Verdict:
    """The verdict on an offer that this shopper was promised: its conditions and its window were met then."""
    promise = occasion.promised[offer.offer_id]
    if offer.state != "live":
        return Verdict(offer, REFUSED, "not_live", promise=promise)
    if offer.in_money and offer.currency != occasion.currency:
        return Verdict(offer, REFUSED, "other_currency", promise=promise)
    if occasion.now < promise.opens:
        return Verdict(offer, REFUSED, "gift_waiting", promise=promise, opens_at=promise.opens)
    if (reason := budget_refusal(offer, occasion)) is not None:
        return replace(_refused(offer, reason, occasion), promise=promise)
    return Verdict(offer, GRANTED, promise.reason, promise=promise)


def _refused(offer: Offer, reason: str, occasion: Occasion) -> Verdict:
    opens_at = offer.starts if reason == "not_yet" else None
    if reason == "paced":
        used = occasion.used.get(offer.offer_id, UNUSED)
        opens_at = used.reopens or reopens(offer, used.spent + 1)
    return Verdict(offer, REFUSED, reason, opens_at=opens_at)


def _closed(offer: Offer, occasion: Occasion) -> str | None:
    """Why nobody could be given this offer now, whoever they are; None if it is open."""
    if offer.state != "live":
        return "not_live"
    if offer.starts is not None and occasion.now < offer.starts:
        return "not_yet"
    if offer.ends is not None and occasion.now >= offer.ends:
        return "over"
    if offer.in_money and offer.currency != occasion.currency:
        return "other_currency"
    used, limits = occasion.used.get(offer.offer_id, UNUSED), offer.limits
    if limits.total is not None and used.total >= limits.total:
        return "limit_reached"
    if limits.per_shopper is not None and used.by_shopper >= limits.per_shopper:
        return "limit_reached"
    if limits.per_period is not None and used.in_period >= limits.per_period:
        return "limit_reached"
    return budget_refusal(offer, occasion)


def _standing(offer: Offer, occasion: Occasion, sight: Sight | None) -> tuple[str, Plan | None]:
    """What is still missing (nothing, a plan, or None for never), and the reason's name."""
    coded = needs_code(offer, occasion)
    if offer.when.holds(occasion) if sight is None else not sight.missing:
        return ("code_needed", CODE_ALONE) if coded else ("granted", READY)
    if sight is None:
        reason, ways = unmet(offer.when, occasion).name, offer.when.ways(occasion)
    else:
        reason, ways = sight.missing, sight.ways()
    if coded:
        ways = tuple(way.with_code() for way in ways)
    elif sight is not None and not offer.moved_along and not any(map(_limits_visits, ways)):
        return reason, sight.asked.plan(ways)
    return reason, smallest(ways, occasion, partial(_unlocks, offer, occasion)) if ways else None


def _unlocks(offer: Offer, occasion: Occasion, plan: Plan) -> bool:
    """Whether the offer's conditions would hold once a plan was carried out, whatever else it moves."""
    if not offer.moved_along and not _limits_visits(plan.change):
        return True
    return offer.when.holds(afterwards(plan, occasion, offer.offer_id))


def _limits_visits(change: Change) -> bool:
    """Whether there is only so much room for orders with certain goods, which others may take up."""
    return bool(change.room) and any(part[0] == "visits" for part in change.room)


def needs_code(offer: Offer, occasion: Occasion) -> bool:
    """Return whether it opens by a code that was not entered: the rule's own, or one of those made for it."""
    if offer.code is None and offer.offer_id not in occasion.coded:
        return False
    return offer.code not in occasion.entered and offer.offer_id not in occasion.opened


def _held_out(offer: Offer, occasion: Occasion) -> bool:
    return offer.offer_id not in occasion.coded and holds_out(offer, occasion.shopper_key)
