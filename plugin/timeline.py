"""What each activity did to what is known of its shopper, in a sentence for the shop's own people."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from plugin.activity import Activity, Shopper
from plugin.shopper import Profile
from plugin.store.timeline import Place

Sentence = Callable[[Activity, Profile], str]

STATES = {"have": "still there", "plenty": "plenty left", "no_longer": "no longer there", "out": "used up"}
TEACHES_NOTHING = "kept here, and teaches nothing"


def why(activity: Activity, profile: Profile, word: str | None = None) -> str:
    """Return what an activity did to what is known, as the profile stands now.

    `word` is the merchant's on whoever did it, if there is one: `person` or `automatic`.
    """
    tell = SENTENCES.get(activity.kind)
    told = TEACHES_NOTHING if tell is None else tell(activity, profile)
    if activity.trust == "shop" or word == "person":
        return told
    if word == "automatic":
        return f"{told}; kept apart from what models learn: the shop says this is a program"
    if activity.properties.get("automatic") is True:
        return f"{told}; kept apart from what models learn: the sender says it is a program"
    return told


def cursor_of(place: Place) -> str:
    """Return a place in the timeline as a text to hand back."""
    at, position = place
    return f"{at!r}~{position}"


def place_of_cursor(cursor: str) -> Place | None:
    """Return the place a text names, None when it names none."""
    moment, mark, position = cursor.partition("~")
    try:
        at = float(moment)
    except ValueError:
        return None
    return (at, position) if mark and position and math.isfinite(at) else None


def _bought(activity: Activity, profile: Profile) -> str:
    order_id = activity.order_id or activity.message_id
    made = profile.orders.get(order_id)
    confirmed = order_id in profile.confirmed or (made is not None and made.at is not None)
    if activity.trust == "browser":
        if confirmed:
            return f"a claim; the shop confirmed order {order_id}, and that is what counts"
        return f"a claim until the shop confirms order {order_id}"
    if made is None:
        return "counts as bought; the order is among the older ones, of which the sums are kept"
    if made.cancelled:
        return "counted as bought until the order was cancelled"
    return "counts as bought" if made.kept() else "counted as bought until everything was sent back"


def _rebought(activity: Activity, profile: Profile) -> str:
    if activity.trust == "browser":
        return "a browser's word; only the shop changes an order"
    return f"says what is in order {activity.order_id} from then on"


def _returned(activity: Activity, profile: Profile) -> str:
    if activity.trust == "browser":
        return "a browser's word; only the shop takes an order back"
    what = f"{len(activity.lines)} of its products" if activity.lines else "all of it"
    return f"sent back: {what} no longer counts as bought (order {activity.order_id})"


def _refunded(activity: Activity, profile: Profile) -> str:
    return "money given back; nothing came back, so it still counts as bought"


def _cancelled(activity: Activity, profile: Profile) -> str:
    if activity.trust == "browser":
        return "a browser's word; only the shop cancels an order"
    return f"order {activity.order_id} no longer counts as bought"


def _viewed(activity: Activity, profile: Profile) -> str:
    remembered = any(line.product_id in profile.viewed for line in activity.lines)
    return "remembered as looked at" if remembered else "looked at; newer looks have taken its place"


def _basket(activity: Activity, profile: Profile) -> str:
    remembered = any(step[1] == activity.message_id for step in profile.steps)
    return "says what lies in the basket" if remembered else "an earlier step of the basket"


def _dismissed(activity: Activity, profile: Profile) -> str:
    reason = str(activity.properties.get("reason") or "not_for_me").replace("_", " ")
    return f"waved away ({reason}): not suggested again"


def _corrected(activity: Activity, profile: Profile) -> str:
    state = STATES.get(str(activity.properties.get("state")), "unknown")
    newer = any(
        profile.corrected.get(line.product_id, [None, activity.at])[1] > activity.at
        for line in activity.lines
    )
    return f"the shopper's word: {state}" + ("; a newer word has taken its place" if newer else "")


def _used(activity: Activity, profile: Profile) -> str:
    pieces = sum(line.quantity for line in activity.lines)
    return f"{pieces} used up: as many fewer are there, unless it lasts"


def _identified(activity: Activity, profile: Profile) -> str:
    traits = activity.properties.get("traits")
    names = sorted(traits) if isinstance(traits, Mapping) else []
    return f"said of themselves: {', '.join(names)}" if names else "nothing was said"


def _preferred(activity: Activity, profile: Profile) -> str:
    said = activity.properties
    kept = sorted(name for name, value in said.items() if value is not None)
    gone = sorted(name for name, value in said.items() if value is None)
    parts = [f"prefers by own word: {', '.join(kept)}"] if kept else []
    parts += [f"taken back: {', '.join(gone)}"] if gone else []
    return "; ".join(parts) or "nothing was said"


def _consented(activity: Activity, profile: Profile) -> str:
    by = "the shop" if activity.properties.get("by") == "shop" else "the shopper"
    words = [f"{name} {activity.properties[name]}" for name in ("personalise", "profile", "contact")
             if name in activity.properties]  # fmt: skip
    return f"allowed by {by}: {', '.join(words)}" if words else TEACHES_NOTHING


def _signed_in(activity: Activity, profile: Profile) -> str:
    return f"signed in with {activity.properties.get('provider')}: a further identity of this shopper"


def _joining(activity: Activity, profile: Profile) -> str:
    said = activity.properties
    other = said.get("part") or said.get("into")
    named = Shopper.from_ref(other) if isinstance(other, str) else None
    what = "nobody" if named is None else f"{'shopper' if named.known else 'visitor'} {named.id}"
    if activity.kind == "split":
        return f"apart from {what} again: merge {said.get('merge_id')} was undone"
    return f"one with {what} by merge {said.get('merge_id')}"


def _said(sentence: str) -> Sentence:
    return lambda activity, profile: sentence


def _tiered(activity: Activity, profile: Profile) -> str:
    told = activity.properties
    tier = told.get("tier")
    says = {
        "risen": f"rose from {told.get('from')} to {tier}",
        "fallen": f"fell from {told.get('from')} to {tier}",
        "merged": f"stands in {tier}, as one of those who are this shopper did",
        "below": f"the figures no longer carry {tier}; its grace begins",
        "back": f"the figures carry {tier} again",
    }
    return says.get(str(told.get("how")), TEACHES_NOTHING)


def _set_by_hand(activity: Activity, profile: Profile) -> str:
    tier = activity.properties.get("tier")
    return "what was set by hand is taken back" if tier is None else f"set to {tier} by hand"


def _points(activity: Activity, profile: Profile) -> str:
    points = activity.properties.get("points")
    return f"{points} points, which count where the ladder goes by points"


SENTENCES: dict[str, Sentence] = {
    "bought": _bought,
    "rebought": _rebought,
    "returned": _returned,
    "refunded": _refunded,
    "cancelled": _cancelled,
    "viewed": _viewed,
    "clicked": _viewed,
    "carted": _basket,
    "uncarted": _basket,
    "basket": _basket,
    "dismissed": _dismissed,
    "corrected": _corrected,
    "used": _used,
    "identified": _identified,
    "preferred": _preferred,
    "consented": _consented,
    "signed_in": _signed_in,
    "joined": _joining,
    "split": _joining,
    "shown": _said("shown; what is shown often and not looked at steps back for a while"),
    "tried": _said("a use that was tried; it steps back for others, and others are shown it sooner"),
    "tiered": _tiered,
    "tier_set": _set_by_hand,
    "points": _points,
    "gift": _said("given for the next visit; it waits there until it is used or over"),
    "aliased": _said("another number of the same visitor"),
}
"""What is said of each kind. Any other kind is kept and teaches nothing."""


def lines_view(activity: Activity) -> list[dict[str, Any]]:
    """Return the products of an activity, each with how many and, where told, its name."""
    return [
        {"product_id": line.product_id, "quantity": line.quantity, "name": line.name}
        for line in activity.lines
    ]
