"""What can be wrong between rules: one never gets a chance, two open by one code, two are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.offers.benefits import Pieces
from plugin.offers.lint.finding import ERROR, WARNING, Finding
from plugin.offers.lint.reasoning import follows
from plugin.offers.offer import BY_DISCOUNT, Offer
from plugin.shop import Shop
from plugin.tiers.ladder import in_language


def faults_between(rule: Offer, others: Sequence[Offer], shop: Shop) -> Iterator[Finding]:
    """Yield what is wrong with a rule because of the others, each fault with the first of them that shows it.

    Of two alike, the later by id is named.
    """
    told: set[tuple[str, str]] = set()
    for other in others:
        if other.offer_id == rule.offer_id or not _meet(rule, other):
            continue
        severity = WARNING if other.holdout else ERROR
        rivals = rule.group is not None and rule.group == other.group
        if rivals and ("shadowed", severity) not in told and shadows(other, rule, shop):
            detail = f"Wherever it could be given, {other.offer_id!r} of its group is given instead of it"
            held_out = (
                f", but for the {other.holdout:.0%} whom that is held back from" if other.holdout else ""
            )
            fix = "Give it a group of its own, or narrow the conditions of the other."
            told.add(("shadowed", severity))
            yield Finding("shadowed", severity, rule.offer_id, "/group", f"{detail}{held_out}.", fix)
        for found in _alike(rule, other, shop):
            if (found.code, found.severity) not in told:
                told.add((found.code, found.severity))
                yield found


def _alike(rule: Offer, other: Offer, shop: Shop) -> Iterator[Finding]:
    """What two rules have in common that they should not."""
    if rule.code is not None and rule.code == other.code:
        detail = f"The same code opens {other.offer_id!r}."
        fix = "Give each its own code, unless both are meant to open."
        yield Finding("code_taken", WARNING, rule.offer_id, "/code", detail, fix)
    if rule.offer_id < other.offer_id:
        return
    if _same(rule, other):
        detail = f"It asks and gives the same as {other.offer_id!r}."
        yield Finding("duplicate", WARNING, rule.offer_id, "", detail, "Keep one of the two.")
    elif (title := _title(rule, shop)) and title == _title(other, shop):
        detail = f"{other.offer_id!r} has the same title; shoppers cannot tell them apart."
        yield Finding("same_title", WARNING, rule.offer_id, "/title", detail, "Give it a title of its own.")


def shadows(winner: Offer, rule: Offer, shop: Shop) -> bool:
    """Return whether it is proven that one rule is granted, and wins, wherever the other could be granted.

    The winner must be there whenever the other is: no narrower window, nothing that uses it up, or asks for a
    code; whom it is held back from is left out of account. Then it wins as an `exclusive`, or among the
    `best` by giving at least as much of the same.
    """
    if winner.limits.any or winner.gift_days or winner.choose != BY_DISCOUNT:
        return False
    if winner.offer_id in shop.coded or (winner.code is not None and winner.code != rule.code):
        return False
    if winner.state != "live" and rule.state == "live":
        return False
    if rule.gift_days:
        return False  # what is for the next visit does not compete for this basket
    if not _covers(winner, rule) or not _as_welcome(winner, rule) or not _wins(winner, rule):
        return False
    return follows(winner.when, rule.when, shop)


def _wins(winner: Offer, rule: Offer) -> bool:
    """Whether it is the one that is given where both are granted."""
    if winner.combine == "exclusive" and rule.combine != "exclusive":
        return True
    return winner.combine == rule.combine and rule.combine != "stack" and _gives_more(winner, rule)


def _gives_more(winner: Offer, rule: Offer) -> bool:
    """Whether it gives at least as much of the same, and wins where both give as much."""
    one, other = winner.gives, rule.gives
    same = (one.name, one.scope, winner.exclude_reduced) == (other.name, other.scope, rule.exclude_reduced)
    return same and one.size >= other.size and winner.rank < rule.rank


def _covers(winner: Offer, rule: Offer) -> bool:
    starts = winner.starts is None or (rule.starts is not None and winner.starts <= rule.starts)
    ends = winner.ends is None or (rule.ends is not None and winner.ends >= rule.ends)
    return starts and ends


def _as_welcome(winner: Offer, rule: Offer) -> bool:
    """Whether nobody avoids what the winner is about who does not avoid what the other is about."""
    one, other = winner.gives, rule.gives
    unscoped = isinstance(one, Pieces) and one.everything
    return (
        unscoped
        or one.name in ("free_shipping", "message")
        or (one.name, one.scope) == (other.name, other.scope)
    )


def _meet(rule: Offer, other: Offer) -> bool:
    """Whether there is a time at which both stand."""
    return (rule.starts is None or other.ends is None or rule.starts < other.ends) and (
        other.starts is None or rule.ends is None or other.starts < rule.ends
    )


def _same(rule: Offer, other: Offer) -> bool:
    return (rule.when, rule.gives, rule.code, rule.group, rule.combine) == (
        other.when,
        other.gives,
        other.code,
        other.group,
        other.combine,
    )


def _title(rule: Offer, shop: Shop) -> str:
    return (in_language(rule.title, shop.settings.locale) or "").strip().casefold()
