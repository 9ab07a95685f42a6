"""Suggestions out: one list, or everything a page shows (contract, section 5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import merchant, opens, storefront, visitor
from api.doors import Doors
from api.errors import problem
from api.offers import identity, same_currency, same_id
from api.preferences import preferences_slot
from api.schemas.documents import PlacementDocument
from api.schemas.questions import MOST_SLOTS, Asked, AskedInQuery, AskedPage, PageInQuery
from api.views import offers_view, recommendation_view, tier_view
from plugin.errors import Invalid, NotFound
from plugin.placements import KINDS, built_in
from plugin.storefront import Page, Recommendation, Slot, Visitor

doors = Doors("suggestions", __name__, description="What completes, what is alike, what comes next")


@doors.get("/v1/recommendations")
@opens("publishable", "secret")
@doors.arguments(AskedInQuery, location="query")
def recommendations(asked: dict[str, Any]) -> Response:
    """Answer one list of suggestions."""
    return _one_list(asked)


@doors.post("/v1/recommendations")
@opens("publishable", "secret")
@doors.arguments(Asked)
def recommendations_posted(asked: dict[str, Any]) -> Response:
    """Answer one list of suggestions; the same fields in a body, for long lists."""
    return _one_list(asked)


@doors.get("/v1/placements")
@opens("publishable", "secret")
@doors.arguments(PageInQuery, location="query")
def placements(asked: dict[str, Any]) -> Response:
    """Answer several placements of one page in one go."""
    products = tuple(asked["product"])
    names = [name.strip() for name in asked["names"].split(",") if name.strip()]
    if len(names) > MOST_SLOTS:
        detail = f"A page has {MOST_SLOTS} placements at most."
        raise Invalid(detail, errors=[{"parameter": "names", "detail": detail}])
    slots = {name: Slot(name, products, asked["limit"]) for name in names}
    return _page(slots, asked)


@doors.post("/v1/placements")
@opens("publishable", "secret")
@doors.arguments(AskedPage)
def placements_posted(asked: dict[str, Any]) -> Response:
    """Answer a page whose slots differ in one go; nothing is shown twice on it."""
    slots = {
        key: Slot(slot["name"], tuple(slot["product"]), slot["limit"]) for key, slot in asked["slots"].items()
    }
    return _page(slots, asked)


@doors.get("/v1/placements/<identity:name>")
@opens("secret")
def placement(name: str) -> Response:
    """Answer how a placement is set up."""
    name = identity(name)
    held = g.caller.shop.placements.get(name)
    if held is not None:
        return answer(held.document)
    if (born := built_in(name)) is not None:
        return answer(
            {"placement": born.name, "kinds": list(born.kinds), "limit": born.limit, "built_in": True}
        )
    raise NotFound(f"There is no placement {name!r}.")


@doors.put("/v1/placements/<identity:name>")
@opens("secret")
@doors.arguments(PlacementDocument)
def set_placement(written: dict[str, Any], name: str) -> Response:
    """Set a placement up."""
    same_id(written["placement"], name := identity(name), "placement")
    if built_in(name) is not None or name in ("offers", "tier", "preferences"):
        detail = f"{name!r} is built in; give yours a name of its own."
        raise Invalid(f"/placement: {detail}", errors=[{"pointer": "/placement", "detail": detail}])
    merchant().set_placement(g.caller.shop.shop_id, written)
    return answer(written)


@doors.delete("/v1/placements/<identity:name>")
@opens("secret")
def delete_placement(name: str) -> Response:
    """Take a placement away."""
    merchant().delete_placement(g.caller.shop.shop_id, identity(name))
    return Response(status=204)


def _one_list(asked: dict[str, Any]) -> Response:
    who = _visitor(asked)
    slot = Slot(asked["kind"], tuple(asked["product"]), asked["limit"])
    try:
        scene, answered = storefront().recommend(g.caller.shop.shop_id, who, slot, asked["basket"])
    except NotFound:
        detail = f"There is no kind or placement {slot.name!r}; kinds are {', '.join(KINDS)}."
        raise Invalid(detail, errors=[{"parameter": "kind", "detail": detail}]) from None
    return answer(recommendation_view(scene, answered))


def _page(slots: dict[str, Slot], asked: dict[str, Any]) -> Response:
    page = storefront().page(g.caller.shop.shop_id, _visitor(asked), slots, asked["basket"])
    return answer({"placements": {key: _slot_view(page, slot.name, key) for key, slot in slots.items()}})


def _slot_view(page: Page, name: str, key: str) -> dict[str, Any]:
    answered = page.answers[key]
    if name == "tier":
        return tier_view(page.scene)
    if name == "preferences":
        return preferences_slot(page.scene)
    if isinstance(answered, NotFound):
        return {"error": problem(answered.code, answered.detail).get_json()}
    if isinstance(answered, Recommendation):
        return recommendation_view(page.scene, answered)
    return offers_view(page.scene, answered)


def _visitor(asked: dict[str, Any]) -> Visitor:
    same_currency(asked["currency"])
    return visitor(asked["shopper"], asked["locale"])
