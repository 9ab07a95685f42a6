"""What a shopper did with use ideas (shown, opened, tried, refused), bounded, in whatever order it came."""

from __future__ import annotations

from plugin.activity import Activity
from plugin.shopper.facts import newer, newest
from plugin.shopper.impressions import since
from plugin.shopper.profile import Profile
from plugin.shopper.words import reason_of

SHOWN_KEPT = 60  # the newest showings, of all ideas together
OPENED_KEPT = 50
TRIED_KEPT = 100
REFUSED_KEPT = 200


def heard(profile: Profile, activity: Activity) -> None:
    """Remember what was done with the idea that an activity names, if it names one."""
    use_id = activity.properties.get("use_id")
    if isinstance(use_id, str) and use_id:
        DONE[activity.kind](profile, use_id, activity)


def _shown(profile: Profile, use_id: str, activity: Activity) -> None:
    held = profile.uses_shown.setdefault(use_id, [])
    if (at := int(activity.at)) not in held:
        held.append(at)
        held.sort()
    keep(profile)


def _opened(profile: Profile, use_id: str, activity: Activity) -> None:
    profile.uses_opened[use_id] = max(profile.uses_opened.get(use_id, activity.at), activity.at)
    keep(profile)


def _tried(profile: Profile, use_id: str, activity: Activity) -> None:
    profile.uses_tried[use_id] = max(profile.uses_tried.get(use_id, activity.at), activity.at)
    keep(profile)


def _refused(profile: Profile, use_id: str, activity: Activity) -> None:
    reason = reason_of(activity)
    if reason == "have_it" and activity.lines:
        return  # said of the product that the idea lacks, not of the idea
    profile.uses_refused[use_id] = newer(profile.uses_refused.get(use_id), [reason, activity.at])
    keep(profile)


def keep(profile: Profile) -> None:
    """Keep of each what came last."""
    profile.uses_opened = _latest(profile.uses_opened, OPENED_KEPT)
    profile.uses_tried = _latest(profile.uses_tried, TRIED_KEPT)
    profile.uses_refused = newest(profile.uses_refused, REFUSED_KEPT)
    if sum(map(len, profile.uses_shown.values())) > SHOWN_KEPT:
        showings = sorted((at, use_id) for use_id, held in profile.uses_shown.items() for at in held)
        profile.uses_shown = {}
        for at, use_id in showings[-SHOWN_KEPT:]:
            profile.uses_shown.setdefault(use_id, []).append(at)


def together(own: Profile, part: Profile) -> None:
    """Take in what another identity of the same person did with ideas."""
    for use_id, told in part.uses_shown.items():
        own.uses_shown[use_id] = sorted({*own.uses_shown.get(use_id, ()), *told})
    for held, others in ((own.uses_opened, part.uses_opened), (own.uses_tried, part.uses_tried)):
        for use_id, at in others.items():
            held[use_id] = max(held.get(use_id, at), at)
    for use_id, said in part.uses_refused.items():
        own.uses_refused[use_id] = newer(own.uses_refused.get(use_id), said)
    keep(own)


def cut(profile: Profile, until: float) -> None:
    """Take out everything up to a moment (epoch seconds)."""
    profile.uses_shown = since(profile.uses_shown, until)
    profile.uses_opened = {use_id: at for use_id, at in profile.uses_opened.items() if at > until}
    profile.uses_tried = {use_id: at for use_id, at in profile.uses_tried.items() if at > until}
    profile.uses_refused = {use_id: said for use_id, said in profile.uses_refused.items() if said[1] > until}


def _latest(held: dict[str, float], most: int) -> dict[str, float]:
    if len(held) <= most:
        return held
    return dict(sorted(held.items(), key=lambda item: (-item[1], item[0]))[:most])


DONE = {"shown": _shown, "clicked": _opened, "dismissed": _refused, "tried": _tried}
