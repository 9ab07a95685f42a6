"""How words change a profile: waved away, corrected, used up, told of oneself, wished, allowed."""

from __future__ import annotations

from typing import Any

from plugin.activity import Activity
from plugin.shopper import barred, older, uses
from plugin.shopper.facts import canonical, newer, newest
from plugin.shopper.profile import Profile

DISMISSED_KEPT = 200
TRAITS_KEPT = 50
SINGLE_KEPT = 150
VISITORS_KEPT = 20
SIGN_INS_KEPT = 20
LONGEST_TRAIT = 1_000  # bytes of a trait's value as JSON; longer ones are not kept

REASONS = frozenset({"have_it", "not_for_me", "too_dear", "never"})
STATES = frozenset({"have", "no_longer", "plenty", "out"})
NOTHING_IS_LEFT = frozenset({"no_longer", "out"})


def dismissed(profile: Profile, activity: Activity) -> None:
    reason = reason_of(activity)
    for line in activity.lines:
        held = profile.dismissed.get(line.product_id)
        profile.dismissed[line.product_id] = newer(held, [reason, activity.at])
    profile.dismissed = newest(profile.dismissed, DISMISSED_KEPT)


def reason_of(activity: Activity) -> str:
    """Return why something was waved away; who gives no reason of ours does not like it."""
    given = activity.properties.get("reason")
    return given if isinstance(given, str) and given in REASONS else "not_for_me"


def corrected(profile: Profile, activity: Activity) -> None:
    state = activity.properties.get("state")
    if not isinstance(state, str) or state not in STATES:
        return
    for line in activity.lines:
        held = profile.corrected.get(line.product_id)
        profile.corrected[line.product_id] = newer(held, [state, activity.at])
        if state in NOTHING_IS_LEFT:
            _uses(profile, line.product_id, activity.at, uses.NOTHING_LEFT)
    profile.corrected = newest(profile.corrected, DISMISSED_KEPT)


def used(profile: Profile, activity: Activity) -> None:
    for line in activity.lines:
        _uses(profile, line.product_id, activity.at, line.quantity)


def _uses(profile: Profile, product_id: str, at: float, pieces: int) -> None:
    held = profile.used.get(product_id)
    if held is None and (apart := older.beside(profile)) is not None:
        held = apart.used.pop(product_id, None)
    profile.used[product_id] = uses.used_at(held, at, pieces)


def identified(profile: Profile, activity: Activity) -> None:
    for name, value in activity.properties.get("traits", {}).items():
        if len(name) + len(canonical(value)) <= LONGEST_TRAIT:
            profile.traits[name] = newer(profile.traits.get(name), [value, activity.at])
    profile.traits = newest(profile.traits, TRAITS_KEPT)


def preferred(profile: Profile, activity: Activity) -> None:
    """Keep what a shopper wishes, each wish by itself: the word said last counts."""
    for name, value in activity.properties.items():
        profile.preferences[name] = newer(profile.preferences.get(name), [value, activity.at])
    keep_preferences(profile)


def keep_preferences(profile: Profile) -> None:
    """Keep the single sizes and answers that were said last; what is avoided is never among those dropped."""
    single = {name: fact for name, fact in profile.preferences.items() if "." in name}
    if len(single) > SINGLE_KEPT:
        kept = newest(single, SINGLE_KEPT)
        profile.preferences = {
            name: fact for name, fact in profile.preferences.items() if name in kept or name not in single
        }


def consented(profile: Profile, activity: Activity) -> None:
    """Keep what a shopper allows, the shopper's own word apart from what the shop says of it."""
    by = "shop" if activity.properties.get("by") == "shop" else "shopper"
    said = profile.consent.setdefault(by, {})
    for name in ("personalise", "profile", "contact"):
        if (word := activity.properties.get(name)) in ("yes", "no"):
            said[name] = newer(said.get(name), [word, activity.at])
    barred.heard(profile, activity)


def signed_in(profile: Profile, activity: Activity) -> None:
    """Keep which sign-ins are this shopper's, since when, and what the shop chose to know from them."""
    said = activity.properties
    identity = f"{said.get('iss')} {said.get('sub')}"
    provider = said.get("provider")
    signs_in(profile, identity, [provider if isinstance(provider, str) else "", activity.at])
    for name, value in said.get("claims", {}).items():
        if len(name) + len(canonical(value)) <= LONGEST_TRAIT:
            profile.traits[name] = newer(profile.traits.get(name), [value, activity.at])
    profile.traits = newest(profile.traits, TRAITS_KEPT)


def signs_in(profile: Profile, identity: str, first: list[Any]) -> None:
    """Keep since when a sign-in is this shopper's, and by which provider first; the oldest sign-ins stay."""
    held = profile.sign_ins.get(identity)
    if held is None or (first[1], first[0]) < (held[1], held[0]):
        profile.sign_ins[identity] = first
    if len(profile.sign_ins) > SIGN_INS_KEPT:
        oldest_first = sorted(profile.sign_ins.items(), key=lambda item: (item[1][1], item[0]))
        profile.sign_ins = dict(oldest_first[:SIGN_INS_KEPT])


def seen_as(profile: Profile, visitor: str, at: float) -> None:
    """Keep that this shopper was seen under a visitor's number; the newest numbers are kept."""
    profile.seen_as[visitor] = max(profile.seen_as.get(visitor, at), at)
    keep_visitors(profile)


def keep_visitors(profile: Profile) -> None:
    """Keep the visitor's numbers that were seen last."""
    if len(profile.seen_as) > VISITORS_KEPT:
        newest_first = sorted(profile.seen_as.items(), key=lambda item: (-item[1], item[0]))
        profile.seen_as = dict(newest_first[:VISITORS_KEPT])
