"""What the shop knows of a shopper (contract, section 8)."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import Caller, opens, storefront, visitor
from api.doors import Doors
from api.moments import moment
from api.naming import named_shopper
from api.offers import identity
from api.schemas.shoppers import TimelineInQuery
from api.shopper_views import identities_view, known_view, ownership_view, timeline_view
from api.tier_views import tier_history_view, tier_view
from api.value_views import value_view
from plugin.activity import Shopper
from plugin.errors import Invalid, NotFound, Unauthenticated
from plugin.gather import Scene
from plugin.identity.identities import identities
from plugin.known import known
from plugin.rights.consent import consent_view
from plugin.store.timeline import END_OF_TIME, Entry, Place
from plugin.storefront import Visitor
from plugin.timeline import place_of_cursor

doors = Doors("shoppers", __name__, description="What the shop knows of a shopper")

FIRST_PAGE = 20  # entries of the timeline that come along with everything else


@doors.get("/v1/shoppers/me")
@opens("publishable")
def me() -> Response:
    """Answer what the shop knows of the shopper whose token this is."""
    who = visitor(None)
    if who.shopper is None or not who.shopper.known:
        raise Unauthenticated("Who you are is not known; bring a shopper token in `Rapport-Shopper`.")
    scene = storefront().scene(g.caller.shop.shop_id, who)
    tier = tier_view(scene)
    return answer(
        {
            "shopper_id": who.shopper.id,
            "tier": tier,
            "progress": tier["progress"],
            "preferences": scene.preferences.to_document(),
            "ownership": ownership_view(scene),
            "consent": consent_view(scene.profile, scene.shop.settings, scene.gpc),
        }
    )


@doors.get("/v1/shoppers/<identity:shopper_id>")
@opens("secret")
def shopper(shopper_id: str) -> Response:
    """Answer everything the shop knows of one shopper, and why."""
    scene = _scene_of(identity(shopper_id))
    entries, following = timeline_of(scene, FIRST_PAGE, END_OF_TIME)
    if not scene.profile.events and not entries:
        raise _unknown(scene)
    profile, settings = scene.profile, scene.shop.settings
    return answer(
        {
            "shopper_id": scene.shopper.id if scene.shopper else None,
            "identities": identities_view(identities_of(scene)),
            "tier": {**tier_view(scene), "history": tier_history_view(scene)},
            "value": value_view(scene),
            "ownership": ownership_view(scene),
            "preferences": scene.preferences.to_document(),
            "consent": consent_view(profile, settings),
            "known": known_view(known(profile, scene.owned, scene.shop.catalogue)),
            "timeline": timeline_view(entries, following, scene),
            "first_seen": moment(profile.first_at),
            "last_seen": moment(profile.last_at),
        }
    )


@doors.get("/v1/shoppers/<identity:shopper_id>/timeline")
@opens("secret")
@doors.arguments(TimelineInQuery, location="query")
def timeline(asked: dict[str, Any], shopper_id: str) -> Response:
    """Answer what one shopper did, newest first, and what each of it did to what is known."""
    before = END_OF_TIME
    if asked["cursor"] is not None:
        given = place_of_cursor(asked["cursor"])
        if given is None:
            detail = "This is no place in a timeline; hand `next` of the page before back as it was."
            raise Invalid(detail, errors=[{"parameter": "cursor", "detail": detail}])
        before = given
    named = named_shopper(shopper_id)
    scene = storefront().scene(g.caller.shop.shop_id, Visitor(named, trusted=True))
    entries, following = timeline_of(scene, asked["limit"], before)
    if not entries and not scene.profile.events:
        raise _unknown(scene)
    return answer(timeline_view(entries, following, scene))


def _scene_of(shopper_id: str) -> Scene:
    caller: Caller = g.caller
    return storefront().scene(caller.shop.shop_id, Visitor(Shopper(shopper_id), trusted=True))


def identities_of(scene: Scene) -> list[dict[str, Any]]:
    """Return the identities that are the shopper of a scene."""
    assert scene.shopper is not None
    return identities(scene.profile, scene.shopper.ref)


def timeline_of(scene: Scene, limit: int, before: Place) -> tuple[list[Entry], Place | None]:
    """Return a page of what every identity of a shopper did, newest first, and where to go on.

    What was done after signing in at a provider was done as the shopper.
    """
    everybody = [
        Shopper(each["id"], known=each["kind"] == "user")
        for each in identities_of(scene)
        if each["kind"] in ("user", "anonymous")
    ]
    memory = storefront().shops.memory(scene.shop.shop_id)
    return memory.timeline.newest(memory.not_erased(everybody), limit, before)


def _unknown(scene: Scene) -> NotFound:
    return NotFound(f"Nothing is known of a shopper {scene.shopper.id if scene.shopper else None!r}.")
