"""The gifts a shopper was given for a next visit, as facts that settle alike in whatever order they come."""

from __future__ import annotations

from typing import Any

from plugin.activity import Activity
from plugin.shopper.facts import canonical
from plugin.shopper.profile import Profile

GIFTS_KEPT = 20
GIVEN = "gift"


def given(profile: Profile, activity: Activity) -> None:
    """Remember a gift: [offer, order that earned it, when, until when, redemption it was chosen with]."""
    told = activity.properties
    if activity.trust != "shop" or not isinstance(told.get("gift_id"), str):
        return
    gift = [told.get(name) for name in ("offer_id", "order_id", "at", "until", "redemption_id")]
    _add(profile, told["gift_id"], gift)
    _keep(profile)


def together(own: Profile, part: Profile) -> None:
    """Add the gifts of a part to those of the whole."""
    for gift_id, gift in part.gifts.items():
        _add(own, gift_id, gift)
    _keep(own)


def _add(profile: Profile, gift_id: str, gift: list[Any]) -> None:
    held = profile.gifts.get(gift_id)
    if held is None or canonical(gift) < canonical(held):  # told twice and differently: always the same one
        profile.gifts[gift_id] = gift


def _keep(profile: Profile) -> None:
    if len(profile.gifts) > GIFTS_KEPT:
        newest = sorted(profile.gifts.items(), key=lambda item: (-item[1][2], item[0]))[:GIFTS_KEPT]
        profile.gifts = dict(newest)


TAKING = {GIVEN: given}
"""What is told about a shopper, and is nothing that the shopper did."""
