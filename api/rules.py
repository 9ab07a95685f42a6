"""The rules behind the offers, and every version they had (contract, section 6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from api.answers import answer
from api.auth import merchant, opens
from api.doors import Doors
from api.offers import identity, same_id
from api.rule_views import rule_view, version_view, versions_diff
from api.schemas.documents import ListInQuery
from api.schemas.offers import OfferSchema
from api.schemas.rules import DiffInQuery, RevertSchema
from plugin.errors import NotFound
from plugin.listing import listed
from plugin.offers.offer import Offer
from plugin.offers.rulebook import (
    Expected,
    delete_rule,
    revert_rule,
    rule_version,
    rule_versions,
    write_rule,
)

doors = Doors("offer rules", __name__, description="The rules behind the offers, and their versions")

ONE = "/v1/offer-rules/<identity:offer_id>"


@doors.get("/v1/offer-rules")
@opens("secret")
@doors.arguments(ListInQuery, location="query")
def rules(asked: dict[str, Any]) -> Response:
    """List the shop's offer rules."""
    items, following = listed(g.caller.shop.offers, asked["cursor"], asked["limit"])
    return answer({"items": [rule_view(offer, g.caller.shop) for offer in items], "next": following})


@doors.post("/v1/offer-rules")
@opens("secret")
@doors.arguments(OfferSchema)
def new_rule(written: dict[str, Any]) -> Response:
    """Write an offer rule; one of the same id gets a new version."""
    return _written(written)


@doors.get(ONE)
@opens("secret")
def rule(offer_id: str) -> Response:
    """Answer one offer rule."""
    offer = g.caller.shop.offers.get(identity(offer_id))
    if offer is None:
        raise NotFound(f"There is no offer rule {identity(offer_id)!r}.")
    return _rule_answer(offer, 200)


@doors.put(ONE)
@opens("secret")
@doors.arguments(OfferSchema)
def set_rule(written: dict[str, Any], offer_id: str) -> Response:
    """Write an offer rule under its id; `If-Match` with its version refuses to overwrite another's change."""
    same_id(written["offer_id"], identity(offer_id), "offer_id")
    return _written(written)


@doors.delete(ONE)
@opens("secret")
def remove_rule(offer_id: str) -> Response:
    """Take an offer rule away. Its versions stay for 400 days, and any of them can be brought back."""
    delete_rule(merchant(), g.caller.shop.shop_id, identity(offer_id), _if_match())
    return Response(status=204)


@doors.get(f"{ONE}/versions")
@opens("secret")
def versions(offer_id: str) -> Response:
    """List what a rule was: who wrote which version and when, the newest first, with its sentence."""
    kept = rule_versions(merchant(), g.caller.shop.shop_id, identity(offer_id))
    return answer({"items": [version_view(held, g.caller.shop) for held in kept], "next": None})


@doors.get(f"{ONE}/versions/<int:version>")
@opens("secret")
def version(offer_id: str, version: int) -> Response:
    """Answer one version of a rule with its document; of its deletion the document is null."""
    held = rule_version(merchant(), g.caller.shop.shop_id, identity(offer_id), version)
    return answer({**version_view(held, g.caller.shop), "rule": held.document})


@doors.get(f"{ONE}/diff")
@opens("secret")
@doors.arguments(DiffInQuery, location="query")
def diff(asked: dict[str, Any], offer_id: str) -> Response:
    """Answer what changed between two versions: place by place, and both as sentences."""
    shop_id, offer_id = g.caller.shop.shop_id, identity(offer_id)
    to = asked["to"] or rule_versions(merchant(), shop_id, offer_id)[0].version
    before = rule_version(merchant(), shop_id, offer_id, asked["from"])
    after = rule_version(merchant(), shop_id, offer_id, to)
    return answer({"offer_id": offer_id, **versions_diff(before, after, g.caller.shop)})


@doors.post(f"{ONE}/revert")
@opens("secret")
@doors.arguments(RevertSchema)
def revert(asked: dict[str, Any], offer_id: str) -> Response:
    """Write an earlier version again, as a new one; a rule that was deleted comes back."""
    offer = revert_rule(merchant(), g.caller.shop.shop_id, identity(offer_id), asked["to"], _if_match())
    return _rule_answer(offer, 200)


def _written(written: dict[str, Any]) -> Response:
    offer, is_new = write_rule(merchant(), g.caller.shop.shop_id, written, _if_match())
    return _rule_answer(offer, 201 if is_new else 200)


def _if_match() -> Expected | None:
    """Which versions the caller saw (RFC 9110, section 13.1.1); None when it does not mind."""
    if "If-Match" not in request.headers:
        return None
    given = request.if_match
    return lambda version: bool(version) and given.contains(str(version))


def _rule_answer(offer: Offer, status: int) -> Response:
    response = answer(rule_view(offer, g.caller.shop), status)
    response.headers["ETag"] = f'"{offer.version}"'
    return response
