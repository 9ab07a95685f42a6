"""Rules looked through before anybody is given them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plugin.errors import Invalid
from plugin.offers.lint.alone import faults_alone
from plugin.offers.lint.finding import ERROR, SEVERITIES, Finding
from plugin.offers.lint.priced import below_the_floor
from plugin.offers.lint.shown import Shown
from plugin.offers.lint.together import faults_between
from plugin.offers.offer import Offer
from plugin.shop import Shop

LOOKED_AT = ("live", "draft")


def lint(rules: Sequence[Offer], shop: Shop, now: float) -> list[Finding]:
    """Return what looks wrong with these rules, errors first, then by rule.

    Each is held against the shop's own live rules and drafts as well; one that is looked through stands in
    for the shop's rule of its id. `now` in epoch seconds.
    """
    looked_through = {rule.offer_id for rule in rules}
    standing = [held for held in rules_looked_at(shop) if held.offer_id not in looked_through]
    beside = sorted((*standing, *rules), key=lambda rule: rule.offer_id)
    shown = Shown(shop)
    found = [finding for rule in rules for finding in _faults(rule, beside, shown, shop, now)]
    return sorted(found, key=lambda each: (SEVERITIES.index(each.severity), each.offer_id, each.code))


def rules_looked_at(shop: Shop) -> list[Offer]:
    """Return the shop's live rules and drafts, by id."""
    return [rule for _, rule in sorted(shop.offers.items()) if rule.state in LOOKED_AT]


def not_a_rule(document: Mapping[str, Any], wrong: Invalid) -> list[Finding]:
    """Return as findings why a document cannot be written as a rule at all."""
    offer_id = document.get("offer_id")
    told = wrong.errors or [{"pointer": "", "detail": wrong.detail}]
    return [
        Finding(
            "invalid",
            ERROR,
            offer_id if isinstance(offer_id, str) else "",
            each.get("pointer", ""),
            each["detail"],
            "Put it right; as it is, it cannot be written.",
        )
        for each in told
    ]


def _faults(rule: Offer, beside: Sequence[Offer], shown: Shown, shop: Shop, now: float) -> Iterable[Finding]:
    yield from faults_alone(rule, shown, shop, now)
    yield from below_the_floor(rule, shown, shop)
    yield from faults_between(rule, beside, shop)
