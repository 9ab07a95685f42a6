"""How words on a shopper's tier, and points given, are remembered: what was recorded, newest last, bounded.

A tier follows from figures, but holding one outlasts them for a while. So each change of the tier that
figures gave is told once, as an activity of the shop's own, and so is each tier set by hand. Being facts with
a moment of their own, they settle alike in whatever order they come, and are rebuilt from the log.
"""

from __future__ import annotations

from typing import Any

from plugin.activity import Activity
from plugin.shopper.facts import canonical
from plugin.shopper.profile import Profile

RISEN, FALLEN, MERGED = "risen", "fallen", "merged"
BELOW, BACK = "below", "back"
SET, UNSET = "set", "unset"
BY_FIGURES = frozenset({RISEN, FALLEN, MERGED})
BY_HAND = frozenset({SET, UNSET})
CHANGES_KEPT = 4
BY_HAND_KEPT = 3
POINT_DAYS_KEPT = 1_100
DAY = 86_400

Record = list[Any]
"""When (epoch seconds), how, which tier, from which, and why (see `plugin.tiers.recorded`)."""


def tiered(profile: Profile, activity: Activity) -> None:
    """Remember that figures changed the tier, or stopped or began again to carry it."""
    told = activity.properties
    how = told.get("how")
    if how in BY_FIGURES:
        profile.tiers.append(_record(activity, how, told.get("tier"), told.get("from"), told.get("short")))
    elif how in (BELOW, BACK):
        profile.tiers.append(_record(activity, how, told.get("tier")))
    keep(profile)


def set_by_hand(profile: Profile, activity: Activity) -> None:
    """Remember a tier that was set by hand, or that it no longer is."""
    told = activity.properties
    tier = told.get("tier")
    why = [told.get("reason"), told.get("by"), told.get("until"), bool(told.get("exact"))]
    profile.tiers.append(_record(activity, UNSET if tier is None else SET, tier, None, why))
    keep(profile)


def pointed(profile: Profile, activity: Activity) -> None:
    """Add points to the day on which they were given."""
    points = activity.properties.get("points")
    if activity.trust == "shop" and isinstance(points, int):
        _add(profile, str(int(activity.at // DAY)), points)
        _keep_points(profile)


def together(own: Profile, part: Profile) -> None:
    """Add what is remembered of a part to what is remembered of the whole."""
    if part.tiers:
        own.tiers += part.tiers
        keep(own)
    for day, points in part.points.items():
        _add(own, day, points)
    _keep_points(own)


def keep(profile: Profile) -> None:
    """Leave the newest changes, the newest by hand, and the newest word on whether figures still carry."""
    once = {canonical(record): record for record in profile.tiers}
    newest = sorted(once.values(), key=lambda record: (-record[0], canonical(record)))
    room = {**dict.fromkeys(BY_FIGURES, "figures"), **dict.fromkeys(BY_HAND, "hand")}
    left = {"figures": CHANGES_KEPT, "hand": BY_HAND_KEPT}
    kept = []
    for record in newest:
        kind = room.get(record[1], record[1])
        left.setdefault(kind, 1)
        if left[kind] > 0:
            kept.append(record)
        left[kind] -= 1
    profile.tiers = kept[::-1]


def _record(activity: Activity, how: str, *told: Any) -> Record:
    # People may take back a word within the second; figures change by the day.
    at = int(activity.at * 1000) / 1000 if how in BY_HAND else int(activity.at)
    record = [at, how, *told]
    while record[-1] is None:
        record.pop()
    return record


def _add(profile: Profile, day: str, points: int) -> None:
    held = profile.points.get(day, 0) + points
    if held:
        profile.points[day] = held
    else:
        profile.points.pop(day, None)


def _keep_points(profile: Profile) -> None:
    if len(profile.points) > POINT_DAYS_KEPT:
        days = sorted(profile.points, key=int)[-POINT_DAYS_KEPT:]
        profile.points = {day: profile.points[day] for day in days}


TAKING = {"tiered": tiered, "tier_set": set_by_hand, "points": pointed}
"""What is told about a shopper, and is nothing that the shopper did."""
