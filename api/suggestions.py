"""Suggestions out: one list, or everything a page shows (contract, section 5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from api.answers import answer
from api.auth import merchant, opens, storefront, visitor
from api.doors import Doors
from api.errors import problem
from api.explained import explanation_view
from api.offers import identity, same_currency, same_id
from api.preferences import preferences_slot
from api.schemas.placements import PlacementDocument
from api.schemas.questions import (
    MOST_SLOTS,
    Asked,
    AskedInQuery,
    AskedPage,
    ExplainInQuery,
    PageInQuery,
)
from api.tier_views import tier_view
from api.views import offers_view, recommendation_view
from plugin.doubts import doubts_of_placement
from plugin.errors import Invalid, NotFound
from plugin.listing import listed
from plugin.placements import Placement, built_in, no_placement
from plugin.storefront import Page, Recommendation, Slot, Visitor

LISTED = 100

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


@doors.get("/v1/recommendations/explain")
@opens("secret")
@doors.arguments(ExplainInQuery, location="query")
def explain(asked: dict[str, Any]) -> Response:
    """Answer why a product is in a list, or why it is not."""
    slot = Slot(asked["kind"], tuple(asked["product"]), asked["limit"])
    _demand_placement(slot.name)
    scene, explained = storefront().explain(
        g.caller.shop.shop_id, _visitor(asked), slot, asked["candidate"], asked["basket"]
    )
    return answer(explanation_view(scene, slot.name, explained))


@doors.get("/v1/placements")
@opens("publishable", "secret")
@doors.arguments(PageInQuery, location="query")
def placements(asked: dict[str, Any]) -> Response:
    """Answer several placements of one page in one go; without names, the shop's own placements listed."""
    if asked["names"] is None:
        return _own_placements(asked)
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
    held = g.caller.shop.placements.get(name) or built_in(name)
    if held is None:
        raise NotFound(no_placement(name))
    return answer(_placement_view(held))


@doors.put("/v1/placements/<identity:name>")
@opens("secret")
@doors.arguments(PlacementDocument)
def set_placement(written: dict[str, Any], name: str) -> Response:
    """Set a placement up."""
    same_id(written["placement"], name := identity(name), "placement")
    if built_in(name) is not None or name in ("offers", "tier", "preferences"):
        detail = f"{name!r} is built in; give yours a name of its own."
        raise Invalid(f"/placement: {detail}", errors=[{"pointer": "/placement", "detail": detail}])
    view = _placement_view(merchant().set_placement(g.caller.shop.shop_id, written))
    doubts = doubts_of_placement(written, g.caller.shop.catalogue, storefront().clock())
    return answer({**view, "warnings": doubts} if doubts else view)


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
        raise _no_placement(slot.name) from None
    return answer(recommendation_view(scene, answered))


def _demand_placement(name: str) -> None:
    if name not in g.caller.shop.placements and built_in(name) is None:
        raise _no_placement(name)


def _no_placement(name: str) -> Invalid:
    detail = no_placement(name)
    where = {"pointer": "/kind"} if request.method == "POST" else {"parameter": "kind"}
    return Invalid(detail, errors=[{**where, "detail": detail}])


def _own_placements(asked: dict[str, Any]) -> Response:
    if not g.caller.trusted:
        detail = "Name the placements of the page; only the shop's server is told which there are."
        raise Invalid(detail, errors=[{"parameter": "names", "detail": detail}])
    shop = storefront().shops.view(g.caller.shop.shop_id, fresh=True)
    items, following = listed(shop.placements, asked["cursor"], asked["limit"] or LISTED)
    return answer({"items": [_placement_view(held) for held in items], "next": following})


def _placement_view(placement: Placement) -> dict[str, Any]:
    """Return a placement as the merchant wrote it, or what a built-in one is made of."""
    if placement.document:
        return placement.document
    kinds, limit = list(placement.kinds), placement.limit
    return {"placement": placement.name, "kinds": kinds, "limit": limit, "built_in": True}


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
