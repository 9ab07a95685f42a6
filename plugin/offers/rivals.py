"""Offers of one group against each other: which give way, now and once something is unlocked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from plugin.offers.afterwards import afterwards
from plugin.offers.alone import needs_code
from plugin.offers.applied import discount_alone
from plugin.offers.occasion import Occasion
from plugin.offers.offer import BY_GAIN, Offer
from plugin.offers.verdict import ALMOST, REFUSED, Verdict


def beaten(granted: Iterable[Offer], occasion: Occasion) -> set[str]:
    """Return the ids of granted offers that give way to another one of their group."""
    groups: dict[str, list[Offer]] = {}
    for offer in granted:
        if offer.group is not None:
            groups.setdefault(offer.group, []).append(offer)
    giving_way: set[str] = set()
    for members in groups.values():
        alone = [offer for offer in members if offer.combine == "exclusive"]
        rivals = alone or [offer for offer in members if offer.combine == "best"]
        losers = _losers(rivals, occasion)
        if alone:
            losers += [offer for offer in members if offer.combine != "exclusive"]
        giving_way.update(offer.offer_id for offer in losers)
    return giving_way


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


def nearly(verdicts: list[Verdict], alone: list[Verdict], occasion: Occasion) -> list[Verdict]:
    """Return the verdicts, with those refused that another offer would beat even if they were unlocked.

    `alone` are the same from before offers met: what is beaten now may be in the way then.
    """
    groups: dict[str, list[Verdict]] = {}
    for verdict in alone:
        if verdict.offer.group is not None and (verdict.verdict == ALMOST or verdict.applies):
            groups.setdefault(verdict.offer.group, []).append(verdict)
    losers = {
        verdict.offer_id
        for members in groups.values()
        if len(members) > 1
        for verdict in members
        if verdict.verdict == ALMOST and _beaten_then(verdict, members, occasion)
    }
    if not losers:
        return verdicts
    return [Verdict(v.offer, REFUSED, "another_applies") if v.offer_id in losers else v for v in verdicts]


def _beaten_then(verdict: Verdict, members: Sequence[Verdict], occasion: Occasion) -> bool:
    """Whether an offer gives way to others of its group on the occasion that its own plan brings about."""
    plan, rivals = verdict.plan, [held for held in members if _may_beat(held, verdict)]
    if plan is None or not rivals:
        return False
    then = afterwards(plan, occasion, verdict.offer_id)
    open_then = [
        held.offer
        for held in rivals
        if held.promise is not None or (not needs_code(held.offer, then) and held.offer.when.holds(then))
    ]
    return verdict.offer_id in beaten([*open_then, verdict.offer], then)


def _may_beat(rival: Verdict, verdict: Verdict) -> bool:
    """Whether one offer could take another's place: by how they combine, and with no larger change."""
    if rival is verdict or (rival.offer.combine == "stack"):
        return False
    if rival.offer.combine == "best" and verdict.offer.combine != "best":
        return False
    return rival.plan is None or (verdict.plan is not None and rival.plan.measure <= verdict.plan.measure)
