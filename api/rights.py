"""People's rights: to have what is known of them, and to have it erased (contract, section 8)."""

from __future__ import annotations

from typing import Any

from flask import Response, g
from werkzeug.datastructures import Headers

from api.answers import answer
from api.auth import merchant, opens, storefront
from api.doors import Doors
from api.dossier import dossier
from api.moments import moment
from api.naming import named_shopper, oneself
from api.offers import identity
from api.receipts import receipt_view
from api.schemas.documents import ListInQuery
from plugin.errors import Invalid, NotFound, Refused
from plugin.listing import listed
from plugin.rights.erasing import Erasing
from plugin.store.memory import ShopMemory

doors = Doors("rights", __name__, description="What is known of a person, and its erasure")

DAY_S = 86400.0
ANSWERED_WITHIN_DAYS = 30  # the month that the General Data Protection Regulation gives (article 12, 3)
# Addresses below a shopper's: an erasure must not take one of them for a shopper's id.
BELOW_A_SHOPPER = ("consent", "export", "preferences", "timeline", "erasure-request", "answers")


@doors.get("/v1/shoppers/<identity:shopper_id>/export")
@opens("secret")
def export(shopper_id: str) -> Response:
    """Answer everything known of a shopper, or of a visitor, as one JSON document."""
    pieces = dossier(storefront(), g.caller.shop.shop_id, named_shopper(shopper_id))
    headers = Headers({"Content-Disposition": 'attachment; filename="shopper.json"'})
    headers["Cache-Control"] = "private, no-store"
    return Response(pieces, mimetype="application/json", headers=headers)


@doors.delete("/v1/shoppers/<identity:shopper_id>")
@opens("secret")
def erase(shopper_id: str) -> Response:
    """Erase a shopper: at once from every answer, within minutes from all that is kept. It is not undone."""
    if shopper_id.rpartition("/")[2] in BELOW_A_SHOPPER:
        detail = "Erasing takes the shopper's own address; an id that is written so goes by `-` and `?id=`."
        raise Invalid(detail, errors=[{"parameter": "shopper_id", "detail": detail}])
    receipt = _erasing().ask(g.caller.shop.shop_id, named_shopper(shopper_id), "shop")
    merchant().audit(g.caller.shop.shop_id, "shopper.erased", erasure_id=receipt["erasure_id"])
    return answer({"erasure_id": receipt["erasure_id"], "state": receipt["state"]}, 202)


@doors.post("/v1/shoppers/me/erasure-request")
@opens("publishable")
def ask_to_be_erased() -> Response:
    """Take a shopper's wish to be erased; the shop sees it and carries it out."""
    shopper = oneself()
    if not _memory().not_erased([shopper]):
        raise Refused("This shopper is erased already; nothing of them is kept.")
    wish = _memory().erased.request(shopper.id, storefront().clock())
    return answer(_wish_view(wish), 202)


@doors.get("/v1/erasure-requests")
@opens("secret")
@doors.arguments(ListInQuery, location="query")
def wishes(asked: dict[str, Any]) -> Response:
    """List who asks to be erased; erasing them takes them off the list."""
    held = {f"{wish['asked_at']:017.3f}~{wish['request_id']}": wish for wish in _memory().erased.requests()}
    items, following = listed(held, asked["cursor"], asked["limit"])
    shown = [{**_wish_view(wish), "shopper_id": wish["shopper_id"]} for wish in items]
    return answer({"items": shown, "next": following})


@doors.delete("/v1/erasure-requests/<identity:request_id>")
@opens("secret")
def turn_down(request_id: str) -> Response:
    """Take a wish off the list without erasing anybody, where the law lets the shop, or the shopper asks."""
    request_id = identity(request_id)
    erased = _memory().erased
    named = [wish["shopper_id"] for wish in erased.requests() if wish["request_id"] == request_id]
    if not erased.forget_requests(named):
        raise NotFound(f"There is no erasure request {request_id!r}.")
    merchant().audit(g.caller.shop.shop_id, "erasure_request.turned_down", request_id=request_id)
    return Response(status=204)


@doors.get("/v1/erasures")
@opens("secret")
@doors.arguments(ListInQuery, location="query")
def erasures(asked: dict[str, Any]) -> Response:
    """List the receipts of erasures, the oldest first."""
    receipts = _erasing().receipts(g.caller.shop.shop_id)
    held = {f"{receipt['asked_at']:017.3f}~{receipt['erasure_id']}": receipt for receipt in receipts}
    items, following = listed(held, asked["cursor"], asked["limit"])
    return answer({"items": [receipt_view(receipt) for receipt in items], "next": following})


@doors.get("/v1/erasures/<identity:erasure_id>")
@opens("secret")
def erasure(erasure_id: str) -> Response:
    """Answer the receipt of an erasure: what was removed where, and when. It names nobody."""
    return answer(receipt_view(_erasing().receipt(g.caller.shop.shop_id, identity(erasure_id))))


def _wish_view(wish: dict[str, Any]) -> dict[str, Any]:
    due = wish["asked_at"] + ANSWERED_WITHIN_DAYS * DAY_S
    return {
        "request_id": wish["request_id"],
        "state": "waiting",
        "asked_at": moment(wish["asked_at"]),
        "due_by": moment(due),
    }


def _erasing() -> Erasing:
    return Erasing(storefront().shops, storefront().clock)


def _memory() -> ShopMemory:
    return storefront().shops.memory(g.caller.shop.shop_id)
