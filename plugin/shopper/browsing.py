"""How looking and filling the basket change a profile."""

from __future__ import annotations

from plugin.activity import Activity
from plugin.shopper.profile import Profile

VIEWS_KEPT = 20
BASKET_KEPT = 60


def viewed(profile: Profile, activity: Activity) -> None:
    for line in activity.lines:
        if activity.at >= profile.viewed.get(line.product_id, 0.0):
            profile.viewed[line.product_id] = activity.at
    if len(profile.viewed) > VIEWS_KEPT:
        newest = sorted(profile.viewed.items(), key=lambda item: (-item[1], item[0]))[:VIEWS_KEPT]
        profile.viewed = dict(newest)


def basket_step(profile: Profile, activity: Activity) -> None:
    lines = [[line.product_id, line.quantity] for line in activity.lines]
    profile.steps.append([activity.at, activity.message_id, activity.kind, lines])
    profile.steps.sort()
    del profile.steps[:-BASKET_KEPT]
