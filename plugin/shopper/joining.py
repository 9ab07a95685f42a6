"""How the joinings of identities, and their undoing, are remembered; what they join stays as it is.

A joining has a name of its own and is undone once, for good. So news of it may come in any order and again.
"""

from __future__ import annotations

from plugin.activity import Activity
from plugin.shopper.facts import least, most
from plugin.shopper.profile import Join, Profile

KINDS = frozenset({"joined", "split"})


def joined(profile: Profile, activity: Activity) -> None:
    """Remember that something is part of this identity, or that this one is part of another."""
    for joins, name, ref in _said(profile, activity):
        held = joins.setdefault(name, Join(ref, activity.at))
        held.since = least(held.since, activity.at)


def split(profile: Profile, activity: Activity) -> None:
    """Remember that a joining is undone."""
    for joins, name, ref in _said(profile, activity):
        held = joins.setdefault(name, Join(ref))
        held.until = most(held.until, activity.at)
        profile.parts.pop(ref, None)


def holding(joins: dict[str, Join]) -> dict[str, Join]:
    """Return the joinings that are not undone."""
    return {name: join for name, join in joins.items() if join.until is None}


def _said(profile: Profile, activity: Activity) -> list[tuple[dict[str, Join], str, str]]:
    name = activity.properties.get("merge_id")
    found = []
    for word, joins in (("part", profile.joined), ("into", profile.into)):
        ref = activity.properties.get(word)
        if isinstance(name, str) and isinstance(ref, str):
            # A visitor's number is joined to a shopper once at most: its own name is name enough.
            found.append((joins, ref if ref.startswith("a:") else name, ref))
    return found
