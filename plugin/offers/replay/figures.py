"""What a replay comes to: how many would have been given the rule, what it would have taken off, beside whom.

Nothing here says that the rule would have caused a sale, or kept one: all these orders were made without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from plugin.money import as_document
from plugin.offers.offer import Offer
from plugin.offers.replay.candidates import Candidates
from plugin.offers.replay.judging import Judge, gives
from plugin.offers.replay.past_orders import NOBODY
from plugin.offers.replay.replaying import GIVEN, Given, Replayed, as_if_live, then_of
from plugin.offers.verdict import GRANTED
from plugin.redemptions.periods import period_name

MOST_LOOKED_AT = 500
RULES_TIMES_ORDERS = 20_000
QUARTER = 900.0
BOTH, INSTEAD, GIVES_WAY = range(3)

NOTES = {
    "not_caused": "These orders were made without the rule. It would have been given on them; whether it "
    "would have brought any order, nobody can tell from the past. Only a hold-out can.",
    "as_today": "Settings, the tier ladder, the shop's standing and who belongs together are taken as they "
    "are today; products and prices as the log has them then.",
    "language": "Which language, channel or page an order came by is not in the log: the shop's own "
    "language is taken, and no channel.",
    "codes": "A code counts as entered where the order's own document names it (`coupon`).",
    "codes_known": "Everybody is taken to know its code.",
    "free_shipping": "What free delivery costs is not known here; it counts as nothing.",
    "looked_at": "By tier and beside other rules: a part of the orders, spread evenly over the time, was "
    "looked at.",
    "limits": "Its limits are counted as it goes along, from nothing used at the beginning.",
    "next_visit": "What is given for the next visit is not followed there; it counts as nothing.",
}


def replay_figures(found: Replayed, others: Iterable[Offer] = ()) -> dict[str, Any]:
    """Return a replay as a document, money as every door writes it. `others` are the other live rules."""
    given, currency = found.reached, found.shop.settings.currency

    def money(minor: int) -> Any:
        return as_document(minor, currency)

    shoppers = {each.ref for each in given if each.ref != NOBODY}
    asked = {int(ref) for ref in np.unique(found.past.ref[found.asked])} - {NOBODY}
    beside = _beside(found, given, list(others), money)
    discount = sum(each.discount for each in given)
    known, cost = sum(each.known for each in given), sum(each.cost for each in given)
    off = sum(each.known_discount for each in given)
    subtotal = sum(each.subtotal for each in given)
    return {
        "offer_id": found.rule.offer_id,
        "since": _moment(found.question.since),
        "until": _moment(found.question.until),
        "orders": len(found.asked),
        "shoppers": len(asked),
        "given": {
            "orders": len(given),
            "shoppers": len(shoppers),
            "guest_orders": sum(each.ref == NOBODY for each in given),
            "share_of_orders": _share(len(given), len(found.asked)),
            "share_of_shoppers": _share(len(shoppers), len(asked)),
        },
        "not_given": _counted(each.reason for each in found.given if each.reason != GIVEN),
        "subtotal": money(subtotal),
        "discount": money(discount),
        "discount_an_order": money(round(discount / len(given))) if given else None,
        "margin": {
            "known_share": _share(known, subtotal),
            "before": money(known - cost),
            "after": money(known - cost - off),
        },
        "by_week": _by_week(given, found.shop.settings.timezone, money),
        **beside,
        "notes": _notes(found, len(given), beside["looked_at"]),
    }


def _beside(found: Replayed, given: list[Given], live: list[Offer], money: Any) -> dict[str, Any]:
    """In which tier those shoppers stood, and what became of the rule among the shop's other live rules.

    Of the other rules no limit is counted: each could still be given.
    """
    others = [other for other in live if other.offer_id != found.rule.offer_id]
    most = min(MOST_LOOKED_AT, max(50, RULES_TIMES_ORDERS // (1 + len(others))))
    spread = [given[len(given) * number // most] for number in range(most)] if len(given) > most else given
    rules = (found.rule, *(as_if_live(other) for other in others))
    among = Candidates(found.past, found.shop.catalogue, found.written)
    asked, opens, model = found.question, found.opens, found.model
    then = then_of(found.shop, rules, found.past, found.written, among, asked, opens, model)
    judge = Judge(replace(then, past=found.past.listed()))
    tiers: dict[str | None, list[int]] = {}
    met: dict[str, list[int]] = {other.offer_id: [0, 0, 0] for other in others}
    discounts = {each.order: each.discount for each in spread}
    for judged in judge.judged(sorted(discounts)):
        place = judged.occasion.place
        tiers.setdefault(place.tier if place else None, []).append(discounts[judged.order])
        by_id = {verdict.offer_id: verdict for verdict in judged.verdicts}
        own = by_id.pop(found.rule.offer_id)
        for offer_id, verdict in by_id.items():
            same_group = verdict.offer.group is not None and verdict.offer.group == found.rule.group
            if verdict.verdict == GRANTED and (gives(verdict) or not verdict.offer.gives.pays):
                met[offer_id][BOTH if own.verdict == GRANTED else INSTEAD] += 1
            elif same_group and verdict.reason == "another_applies" and own.verdict == GRANTED:
                met[offer_id][GIVES_WAY] += 1
    return {
        "looked_at": len(spread),
        "by_tier": [
            {
                "tier": tier,
                "orders": len(offs),
                "discount": as_document(sum(offs), found.shop.settings.currency),
            }
            for tier, offs in sorted(tiers.items(), key=lambda item: (-len(item[1]), item[0] or ""))
        ],
        "beside": [
            {"offer_id": offer_id, "both_given": both, "given_instead": instead, "gives_way": way}
            for offer_id, (both, instead, way) in sorted(met.items())
            if both or instead or way
        ],
    }


def _by_week(given: list[Given], zone: str, money: Any) -> list[dict[str, Any]]:
    weeks: dict[str, list[int]] = {}
    named: dict[float, str] = {}
    for each in given:
        quarter = each.at // QUARTER * QUARTER  # no zone's midnight lies within one
        if quarter not in named:
            named[quarter] = period_name("week", quarter, zone)
        weeks.setdefault(named[quarter], []).append(each.discount)
    return [
        {"week": week, "orders": len(offs), "discount": money(sum(offs))}
        for week, offs in sorted(weeks.items())
    ]


def _notes(found: Replayed, given: int, looked_at: int) -> list[dict[str, str]]:
    rule, question = found.rule, found.question
    opens_by_code = rule.code is not None or rule.offer_id in found.shop.coded
    told = ["not_caused", "as_today", "language"]
    if opens_by_code:
        told.append("codes_known" if question.everybody_has_codes else "codes")
    if rule.limits.any:
        told.append("limits")
    if rule.gives.name == "free_shipping":
        told.append("free_shipping")
    if rule.gift_days:
        told.append("next_visit")
    if looked_at < given:
        told.append("looked_at")
    return [{"code": code, "text": NOTES[code]} for code in told]


def _counted(reasons: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for reason in reasons:
        counts[reason] = counts.get(reason, 0) + 1
    return counts


def _share(part: int, of: int) -> float | None:
    return round(part / of, 4) if of else None


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
