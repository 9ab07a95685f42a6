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
    keep_views(profile)


def keep_views(profile: Profile) -> None:
    """Keep the products that were looked at last."""
    if len(profile.viewed) > VIEWS_KEPT:
        newest = sorted(profile.viewed.items(), key=lambda item: (-item[1], item[0]))[:VIEWS_KEPT]
        profile.viewed = dict(newest)


def basket_step(profile: Profile, activity: Activity) -> None:
    lines = [[line.product_id, line.quantity] for line in activity.lines]
    step = [activity.at, activity.message_id, activity.kind, lines]
    if step not in profile.steps:
        profile.steps.append(step)
    keep_steps(profile)


def keep_steps(profile: Profile) -> None:
    """Keep the last steps that were taken with the basket."""
    profile.steps.sort()
    del profile.steps[:-BASKET_KEPT]
