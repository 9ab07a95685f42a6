"""The one judgement about offers: which are granted on an occasion, which nearly, which not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from plugin.offers.afterwards import afterwards
from plugin.offers.changes import NOTHING, Change, Unlock
from plugin.offers.conditions.condition import unmet
from plugin.offers.floor import cut_back
from plugin.offers.holdout import holds_out
from plugin.offers.live import LiveOffers, Sight
from plugin.offers.occasion import Occasion, Promise, Used
from plugin.offers.offer import BY_GAIN, Offer
from plugin.offers.pacing import line, reached_at
from plugin.offers.smallest import READY, Plan, smallest, unlock
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

UNUSED = Used()
CODE_ALONE = Plan(NOTHING.with_code())
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


def evaluate(offers: Sequence[Offer], occasion: Occasion) -> list[Verdict]:
    """Return the verdict on every offer: granted ones first, then nearly granted, then refused.

    Within each, by priority and id; the order in which offers are given makes no difference. Offers of one
    group are combined, and what is granted is applied in the order `fixed_price`, `buy_x_get_y`,
    `free_product`, `percent_off`, `amount_off`, `free_shipping`, each on what the former left, rounded half
    up once; then the shop's floor cuts back, last applied first.
    """
    verdicts = _each_alone(offers, occasion)
    # Most are refused, whatever becomes of the others.
    rows = [row for row, verdict in enumerate(verdicts) if verdict.verdict != REFUSED]
    alone = together = [verdicts[row] for row in rows]
    beaten = _beaten([v.offer for v in alone if v.applies], occasion)
    if beaten:
        together = [
            Verdict(v.offer, REFUSED, "another_applies") if v.offer_id in beaten else v for v in alone
        ]
    granted = [v.offer for v in together if v.applies]
    if granted and occasion.basket:
        taken = _applied(granted, occasion)
        spent = [offer for offer in granted if _passes_budget(offer, taken, occasion)]
        if spent:
            return evaluate(offers, _without_budget(spent, taken, occasion))
        together = [_priced(v, *taken[v.offer_id], occasion) if v.offer_id in taken else v for v in together]
    for row, verdict in zip(rows, _nearly(together, alone, occasion), strict=True):
        verdicts[row] = verdict
    return [verdict for kind in VERDICTS for verdict in verdicts if verdict.verdict == kind]


def discount_alone(offer: Offer, occasion: Occasion) -> int:
    """Return what one offer would take off the basket if it were the only one, floor applied."""
    if not offer.gives.pays or not occasion.basket:
        return 0
    off = taken_off(offer, occasion, occasion.totals)
    left = [total - less for total, less in zip(occasion.totals, off, strict=True)]
    cut_back([off], left, occasion.least)
    return sum(off)


def _each_alone(offers: Sequence[Offer], occasion: Occasion) -> list[Verdict]:
    """The verdict on each offer by itself, in order of rank."""
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
    if (reason := _spent(offer, occasion)) is not None:
        return replace(_refused(offer, reason, occasion), promise=promise)
    return Verdict(offer, GRANTED, promise.reason, promise=promise)


def _refused(offer: Offer, reason: str, occasion: Occasion) -> Verdict:
    opens_at = offer.starts if reason == "not_yet" else None
    if reason == "paced":
        used = occasion.used.get(offer.offer_id, UNUSED)
        opens_at = used.reopens or _reopens(offer, used.spent + 1)
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
    return _spent(offer, occasion)


def _spent(offer: Offer, occasion: Occasion) -> str | None:
    """Whether the budget has nothing left: at all, or by now."""
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


def _reopens(offer: Offer, money: int) -> float | None:
    """When a paced budget will have given so much."""
    if offer.starts is None or offer.ends is None or not offer.limits.budget:
        return None
    return reached_at(offer.limits.budget, offer.starts, offer.ends, money)


def _standing(offer: Offer, occasion: Occasion, sight: Sight | None) -> tuple[str, Plan | None]:
    """What is still missing (nothing, a plan, or None for never), and the reason's name."""
    needs_code = _needs_code(offer, occasion)
    if offer.when.holds(occasion) if sight is None else not sight.missing:
        return ("code_needed", CODE_ALONE) if needs_code else ("granted", READY)
    if sight is None:
        reason, ways = unmet(offer.when, occasion).name, offer.when.ways(occasion)
    else:
        reason, ways = sight.missing, sight.ways()
    if needs_code:
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


def _needs_code(offer: Offer, occasion: Occasion) -> bool:
    """Whether it opens by a code that was not entered: the rule's own, or one of those made for it."""
    if offer.code is None and offer.offer_id not in occasion.coded:
        return False
    return offer.code not in occasion.entered and offer.offer_id not in occasion.opened


def _nearly(verdicts: list[Verdict], alone: list[Verdict], occasion: Occasion) -> list[Verdict]:
    """The verdicts, with those refused that another offer would beat even if they were unlocked.

    `alone` are the same from before offers met: what is beaten now may be in the way then.
    """
    groups: dict[str, list[Verdict]] = {}
    for verdict in alone:
        if verdict.offer.group is not None and (verdict.verdict == ALMOST or verdict.applies):
            groups.setdefault(verdict.offer.group, []).append(verdict)
    beaten = {
        verdict.offer_id
        for members in groups.values()
        if len(members) > 1
        for verdict in members
        if verdict.verdict == ALMOST and _beaten_then(verdict, members, occasion)
    }
    if not beaten:
        return verdicts
    return [Verdict(v.offer, REFUSED, "another_applies") if v.offer_id in beaten else v for v in verdicts]


def _beaten_then(verdict: Verdict, members: Sequence[Verdict], occasion: Occasion) -> bool:
    """Whether an offer gives way to others of its group on the occasion that its own plan brings about."""
    plan, rivals = verdict.plan, [held for held in members if _may_beat(held, verdict)]
    if plan is None or not rivals:
        return False
    then = afterwards(plan, occasion, verdict.offer_id)
    open_then = [
        held.offer
        for held in rivals
        if held.promise is not None or (not _needs_code(held.offer, then) and held.offer.when.holds(then))
    ]
    return verdict.offer_id in _beaten([*open_then, verdict.offer], then)


def _may_beat(rival: Verdict, verdict: Verdict) -> bool:
    """Whether one offer could take another's place: by how they combine, and with no larger change."""
    if rival is verdict or (rival.offer.combine == "stack"):
        return False
    if rival.offer.combine == "best" and verdict.offer.combine != "best":
        return False
    return rival.plan is None or (verdict.plan is not None and rival.plan.measure <= verdict.plan.measure)


def _held_out(offer: Offer, occasion: Occasion) -> bool:
    return offer.offer_id not in occasion.coded and holds_out(offer, occasion.shopper_key)


def _beaten(granted: Iterable[Offer], occasion: Occasion) -> set[str]:
    """The ids of granted offers that give way to another one of their group."""
    groups: dict[str, list[Offer]] = {}
    for offer in granted:
        if offer.group is not None:
            groups.setdefault(offer.group, []).append(offer)
    beaten: set[str] = set()
    for members in groups.values():
        alone = [offer for offer in members if offer.combine == "exclusive"]
        rivals = alone or [offer for offer in members if offer.combine == "best"]
        losers = _losers(rivals, occasion)
        if alone:
            losers += [offer for offer in members if offer.combine != "exclusive"]
        beaten.update(offer.offer_id for offer in losers)
    return beaten


def _losers(rivals: list[Offer], occasion: Occasion) -> list[Offer]:
    """All but the best: the largest discount on this basket, ties by priority and id.

    Where all are to be chosen by what they bring, and that is known of all, it is the largest gain instead.
    While the basket is empty there is no discount to compare, so only offers that give the same thing on
    the same products are weighed against each other; the rest stay, until there is something to take off.
    """
    if len(rivals) < 2:
        return []
    if all(offer.choose == BY_GAIN and offer.offer_id in occasion.gains for offer in rivals):
        return sorted(rivals, key=lambda offer: (-occasion.gains[offer.offer_id], *offer.rank))[1:]
    if occasion.basket:
        worst_last = sorted(rivals, key=lambda offer: (-discount_alone(offer, occasion), *offer.rank))
        return worst_last[1:]
    best: dict[tuple[Any, ...], Offer] = {}
    by_size = sorted(rivals, key=lambda offer: (-offer.gives.size, *offer.rank))
    for offer in by_size:
        best.setdefault((offer.gives.name, *offer.gives.scope), offer)
    return [offer for offer in rivals if offer not in best.values()]


def _applied(granted: Iterable[Offer], occasion: Occasion) -> dict[str, tuple[list[int], bool]]:
    """What each offer takes off each line after all have been applied, and whether the floor cut it."""
    left: Sequence[int] = occasion.totals
    in_order = sorted(granted, key=lambda offer: (offer.gives.order, *offer.rank))
    paying = [offer for offer in in_order if offer.gives.pays]
    taken: list[list[int]] = []
    for offer in paying:
        off = taken_off(offer, occasion, left)
        left = [rest - less for rest, less in zip(left, off, strict=True)]
        taken.append(off)
    cut = cut_back(taken, list(left), occasion.least)
    return {offer.offer_id: (off, was_cut) for offer, off, was_cut in zip(paying, taken, cut, strict=True)}


def taken_off(offer: Offer, occasion: Occasion, left: Sequence[int]) -> list[int]:
    """Return what an offer takes off each line, floor aside; nothing off reduced ones, if they are left out.

    What is left out takes no part in the benefit at all, so it does not count as bought for it either.
    """
    if not leaves_out_reduced(offer, occasion) or not any(occasion.reduced):
        return offer.gives.off(occasion, left)
    full = [rest for rest, reduced in zip(left, occasion.reduced, strict=True) if not reduced]
    off = iter(offer.gives.off(occasion.at_full_price, full))
    return [0 if reduced else next(off) for reduced in occasion.reduced]


def leaves_out_reduced(offer: Offer, occasion: Occasion) -> bool:
    """Return whether an offer leaves out what is reduced already: as it says, else as the shop does."""
    return occasion.exclude_reduced if offer.exclude_reduced is None else offer.exclude_reduced


def _passes_budget(offer: Offer, taken: dict[str, tuple[list[int], bool]], occasion: Occasion) -> bool:
    """Whether what it takes off here is more than its budget has left."""
    if offer.limits.budget is None or offer.offer_id not in taken:
        return False
    return _wanted(offer, taken, occasion) > budget_by(offer, occasion.now)


def _wanted(offer: Offer, taken: dict[str, tuple[list[int], bool]], occasion: Occasion) -> int:
    """What an offer would have given in all, with what it takes off here."""
    return occasion.used.get(offer.offer_id, UNUSED).spent + sum(taken[offer.offer_id][0])


def _without_budget(
    spent: Iterable[Offer], taken: dict[str, tuple[list[int], bool]], occasion: Occasion
) -> Occasion:
    """The occasion with these offers' budgets used up, or for now: what is left of one is too little here."""
    used: dict[str, Used] = {}
    for offer in spent:
        held, budget = occasion.used.get(offer.offer_id, UNUSED), offer.limits.budget or 0
        wanted = _wanted(offer, taken, occasion)
        enough_later = offer.limits.pacing is not None and wanted <= budget
        used[offer.offer_id] = (
            replace(held, reopens=_reopens(offer, wanted)) if enough_later else replace(held, spent=budget)
        )
    return occasion.changed(used={**occasion.used, **used})


def _priced(verdict: Verdict, off: list[int], was_cut: bool, occasion: Occasion) -> Verdict:
    if was_cut and not any(off):
        return Verdict(verdict.offer, REFUSED, "floor")
    if not any(off) and _all_reduced(verdict.offer, occasion):
        return Verdict(verdict.offer, REFUSED, "reduced")
    reason = "granted_in_part" if was_cut else verdict.reason
    return Verdict(verdict.offer, GRANTED, reason, tuple(off), promise=verdict.promise)


def _all_reduced(offer: Offer, occasion: Occasion) -> bool:
    """Whether it takes nothing off only because what it is about is reduced already."""
    if not leaves_out_reduced(offer, occasion) or not any(occasion.reduced):
        return False
    return any(offer.gives.off(occasion, occasion.totals))
