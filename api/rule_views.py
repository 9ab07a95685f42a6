"""Offer rules as documents: a rule, its versions, what changed, a preview, for every door and command."""

from __future__ import annotations

from typing import Any

from api.moments import moment
from plugin.errors import Invalid
from plugin.offers.differences import differences
from plugin.offers.lint.finding import ERROR, Finding
from plugin.offers.offer import Offer
from plugin.offers.rulebook import RuleVersion
from plugin.offers.sentences import Teller, rule_sentence
from plugin.shop import Shop


def rule_view(offer: Offer, shop: Shop) -> dict[str, Any]:
    """Return a rule as its merchant reads it: the document, its version, and the whole as a sentence."""
    return {**offer.to_document(), "sentence": rule_sentence(offer, shop_teller(shop))}


def shop_teller(shop: Shop) -> Teller:
    """Return what speaks to the merchant of a shop, in the shop's own language."""
    return Teller.of_shop(shop)


def versions_diff(before: RuleVersion, after: RuleVersion, shop: Shop) -> dict[str, Any]:
    """Return what changed from one version of a rule to another: `changes` by place, both as sentences."""
    return {
        "from": before.version,
        "to": after.version,
        "changes": list(differences(_whole(before, shop), _whole(after, shop))),
        "sentences": {"from": version_sentence(before, shop), "to": version_sentence(after, shop)},
    }


def version_sentence(held: RuleVersion, shop: Shop) -> str | None:
    """Return a version as a sentence; None for a deletion, and where it does not fit the shop any more."""
    rule = _offer(held, shop)
    return None if rule is None else rule_sentence(rule, shop_teller(shop))


def _offer(held: RuleVersion, shop: Shop) -> Offer | None:
    """The rule that a version is; None for a deletion, and where it does not fit the shop any more."""
    if held.document is None:
        return None
    try:
        return Offer.from_document(held.document, shop.settings.currency, held.version)
    except Invalid:  # of a rule that was deleted before the shop's currency was settled
        return None


def _whole(held: RuleVersion, shop: Shop) -> dict[str, Any]:
    """The document with what was left out filled in, so that only what means something else is a change."""
    rule = _offer(held, shop)
    if rule is None:
        return dict(held.document or {})
    return {name: value for name, value in rule.to_document().items() if name != "version"}


def version_view(held: RuleVersion, shop: Shop) -> dict[str, Any]:
    """Return one version of a rule without its document: who wrote it and when, and what it says."""
    return {
        "version": held.version,
        "at": moment(held.at),
        "who": held.who,
        "did": held.did,
        "reverted_to": held.reverted_to,
        "sentence": version_sentence(held, shop),
    }


def findings_view(findings: list[Finding], rules: int) -> dict[str, Any]:
    """Return what was found in how many rules, and how much of it is wrong for sure."""
    errors = sum(each.severity == ERROR for each in findings)
    return {
        "rules": rules,
        "errors": errors,
        "warnings": len(findings) - errors,
        "findings": [each.as_dict() for each in findings],
    }
