"""How an activity changes what the shop remembers of a shopper: the one fold that door and worker share."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.activity import Activity
from plugin.shopper import barred, browsing, gifts, ideas, impressions, joining, older, orders, tiers, words
from plugin.shopper.facts import least, most
from plugin.shopper.profile import Profile


def fold(profile: Profile, activities: Iterable[Activity]) -> Profile:
    """Return the profile after these activities. The given profile is used up: it is changed in place."""
    for activity in activities:
        if activity.kind in joining.KINDS:  # says who is who, and is nothing that a shopper did
            JOINING[activity.kind](profile, activity)
            continue
        if activity.kind in TOLD_ABOUT:  # says where a shopper stands, and is no doing of theirs either
            TOLD_ABOUT[activity.kind](profile, activity)
            continue
        if (at := round(activity.at, 3)) != activity.at:  # what is kept for ever is kept to the millisecond
            activity = activity.dated(at)
        profile.events += 1
        profile.first_at = least(profile.first_at, activity.at)
        profile.last_at = most(profile.last_at, activity.at)
        if activity.visitor is not None:
            words.seen_as(profile, activity.visitor, activity.at)
        change = CHANGES.get(activity.kind)
        if change is not None:
            change(profile, activity)
        if activity.kind in ideas.DONE:
            ideas.heard(profile, activity)
    older.settle(profile)
    barred.cut(profile)
    return profile


TOLD_ABOUT = {**tiers.TAKING, **gifts.TAKING}
JOINING = {"joined": joining.joined, "split": joining.split}

CHANGES = {
    "viewed": browsing.viewed,
    "clicked": browsing.viewed,
    "shown": impressions.shown,
    "carted": browsing.basket_step,
    "uncarted": browsing.basket_step,
    "basket": browsing.basket_step,
    "bought": orders.bought,
    "rebought": orders.rebought,
    "returned": orders.returned,
    "cancelled": orders.cancelled,
    "dismissed": words.dismissed,
    "corrected": words.corrected,
    "used": words.used,
    "identified": words.identified,
    "preferred": words.preferred,
    "consented": words.consented,
    "signed_in": words.signed_in,
}
