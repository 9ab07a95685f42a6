"""Taking in what shoppers say of themselves: kept like all activity, and in the next answer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plugin.activity import Activity, Shopper
from plugin.errors import Forbidden, Unauthenticated
from plugin.gather import Scene
from plugin.shopper import Profile
from plugin.store.activities import Outcome
from plugin.wishes.preferences import facts, message_id_of, said_by
from plugin.wishes.questionnaire import Said, what_answers_say

if TYPE_CHECKING:
    from plugin.storefront import Storefront, Visitor


def prefer(
    front: Storefront, shop_id: str, who: Visitor, patch: Mapping[str, Any], key: str | None = None
) -> Scene:
    """Return how everything stands after a patch of a shopper's preferences, which is on disk.

    `key` is the caller's own name of this change: the same sent again under it is taken once. Raises
    `Forbidden` where nothing of the shopper is kept.
    """
    shopper = _somebody(who)
    profile = front.scene(shop_id, who).profile
    said = facts(patch)
    message_id = _message_id("preferred", shopper, key, said)
    _keep(front, shop_id, who, [said_by(shopper, said, profile, front.clock(), message_id)])
    return front.scene(shop_id, who)


def answer_questions(
    front: Storefront, shop_id: str, who: Visitor, answers: Mapping[str, Any], key: str | None = None
) -> Scene:
    """Return how everything stands after answers to the shop's questionnaire, which are on disk.

    Raises `Invalid` with a pointer for an answer that the questionnaire does not have, `Forbidden` where
    nothing of the shopper is kept.
    """
    shopper = _somebody(who)
    scene = front.scene(shop_id, who)
    said = what_answers_say(scene.shop.questionnaire, answers, scene.preferences)
    activities = _activities(said, shopper, scene.profile, front.clock(), key)
    _keep(front, shop_id, who, activities)
    return front.scene(shop_id, who)


def _activities(
    said: Said, shopper: Shopper, profile: Profile, now: float, key: str | None
) -> list[Activity]:
    preferred = said_by(shopper, said.facts, profile, now, _message_id("answered", shopper, key, said.facts))
    if not said.traits:
        return [preferred]
    told = replace(
        preferred,
        message_id=_message_id("told", shopper, key, said.traits),
        kind="identified",
        event="Questions Answered",
        properties={"traits": dict(said.traits)},
    )
    return [preferred, told]


def _keep(front: Storefront, shop_id: str, who: Visitor, activities: list[Activity]) -> None:
    if who.gpc:
        raise Forbidden("The request asks not to be followed (`Sec-GPC: 1`), so nothing of it is kept.")
    # Where no profile is wanted a trait may be withheld; what is said outright is kept, unless nothing is.
    if front.record(shop_id, activities)[0] is Outcome.WITHHELD:
        raise Forbidden("Nothing of this shopper is kept any more.")


def _somebody(who: Visitor) -> Shopper:
    if who.shopper is None or not who.shopper.known:
        raise Unauthenticated("Who you are is not known; bring a shopper token in `Rapport-Shopper`.")
    return who.shopper


def _message_id(kind: str, shopper: Shopper, key: str | None, said: Mapping[str, Any]) -> str:
    return message_id_of(kind, shopper, key, said) if key else f"{kind}:{uuid.uuid4().hex}"
