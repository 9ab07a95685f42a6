"""Ids that stand for more than one person, for none, or for a program."""

from __future__ import annotations

from plugin.doctor.finding import Check, Found, Patient, found_in
from plugin.trust.behaviour import behaviours
from plugin.trust.judging import judge

SHARED_BY = 3  # shoppers seen under one visitor's number; two may well share a telephone
VISITORS_OF_ONE = 40
NO_NAMES = (
    "undefined null none nan anonymous guest unknown test user 0 -1 [object object] {{user_id}} n/a".split()
)

SHARED = """
SELECT visitor, count(DISTINCT shopper) AS shoppers, max(happened_at) AS moment FROM recent
WHERE visitor IS NOT NULL AND shopper LIKE 'u:%' GROUP BY visitor
HAVING count(DISTINCT shopper) >= $shared ORDER BY shoppers DESC, visitor
"""

MANY_VISITORS = """
SELECT shopper, count(DISTINCT visitor) AS visitors, max(happened_at) AS moment FROM recent
WHERE visitor IS NOT NULL AND shopper LIKE 'u:%' GROUP BY shopper
HAVING count(DISTINCT visitor) >= $many ORDER BY visitors DESC, shopper
"""

PLACEHOLDERS = """
SELECT shopper, count(*) AS events, max(happened_at) AS moment FROM recent
WHERE shopper IS NOT NULL AND list_contains($names, lower(substr(shopper, 3))) AND line = 0
GROUP BY shopper ORDER BY events DESC, shopper
"""

SOMEBODY_KNOWN = """
SELECT count(*) FILTER (line = 0) AS events, count(*) FILTER (shopper LIKE 'u:%') AS known,
    max(happened_at) AS moment
FROM recent WHERE trust = 'browser'
"""
ENOUGH_EVENTS = 200


def shared_numbers(patient: Patient) -> Found | None:
    """Visitor ids under which several shoppers were seen."""
    rows = patient.ask(SHARED, shared=SHARED_BY)
    return found_in(rows, lambda row: f"{row['visitor']}: {row['shoppers']} shoppers")


def many_visitors(patient: Patient) -> Found | None:
    """Shoppers who were seen under very many visitor ids."""
    rows = patient.ask(MANY_VISITORS, many=VISITORS_OF_ONE)
    return found_in(rows, lambda row: f"{row['shopper'][2:]}: {row['visitors']} visitor ids")


def placeholders(patient: Patient) -> Found | None:
    """Ids that are the name of a missing value."""
    rows = patient.ask(PLACEHOLDERS, names=[name.replace("_", " ") for name in NO_NAMES] + NO_NAMES)
    return found_in(rows, lambda row: f"{row['shopper'][2:]!r}: {row['events']:,} events")


def nobody_known(patient: Patient) -> Found | None:
    """Browsers that never say who is logged in."""
    told = patient.ask(SOMEBODY_KNOWN)[0]
    if told["events"] < ENOUGH_EVENTS or told["known"]:
        return None
    return Found(told["events"], (), None, told["moment"])


def programs(patient: Patient) -> Found | None:
    """Visitors and shoppers who behave like programs."""
    words = patient.shop.trust_words
    found = []
    for ref, behaviour in behaviours(patient.memory.log, patient.now + 1).items():
        judged = judge(behaviour)
        if judged.automatic and ref not in words:
            why = ", ".join(judged.reasons)
            found.append({"ref": ref, "events": behaviour.events, "why": why, "moment": None})
    return found_in(found, lambda row: f"{row['ref'][2:]}: {row['events']:,} events ({row['why']})")


CHECKS = (
    Check(
        "visitor_shared",
        "error",
        "One visitor id is used by several people",
        "Only the first one's looks are joined to them; the others begin with nothing.",
        "Call `rapport.reset()` (or your SDK's `reset()`) at logout, and never write one `anonymousId` into "
        "the page for everybody.",
        shared_numbers,
    ),
    Check(
        "shopper_of_many_visitors",
        "warning",
        "One shopper id was seen under very many visitor ids",
        "It may be a shared account, or a `userId` that is the same for everybody.",
        "Send each person's own id as `userId`, and keep the `anonymousId` over pages.",
        many_visitors,
    ),
    Check(
        "id_placeholder",
        "error",
        "Ids are the name of a missing value",
        "Everybody without an id becomes one shopper with one history.",
        "Leave `userId` out while nobody is logged in.",
        placeholders,
    ),
    Check(
        "nobody_logged_in",
        "warning",
        "Browsers never say who is logged in",
        "Everything stays with visitors; no relationship begins.",
        "Give the page a shopper token (`data-token-url`) and call `identify` at login.",
        nobody_known,
    ),
    Check(
        "programs",
        "note",
        "Some visitors behave like programs",
        "What they do is kept and teaches nothing.",
        "`rapport trust show --shop SHOP`; `rapport trust say ID person --shop SHOP` for whoever is one.",
        programs,
    ),
)
