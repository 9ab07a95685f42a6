"""The shop's models: listed, shown, compared, and put into service."""

from __future__ import annotations

from typing import Any

from flask import Response, g
from marshmallow import Schema, fields, validate

from api.answers import answer
from api.auth import merchant, opens, storefront
from api.doors import Doors
from api.model_views import comparison_view, model_view
from api.schemas.strict import StrictSchema, yes_or_no
from plugin.models.comparing import compare_versions
from plugin.models.going_back import to_go_back_to
from plugin.models.publishing import publish_by_hand
from plugin.reports import model_of, models_of

doors = Doors("models", __name__, description="Trained models: versions, how they were judged, which serves")


class PairInQuery(Schema):
    """Two versions to be compared."""

    a = fields.String(required=True, validate=validate.Length(min=1, max=128))
    b = fields.String(required=True, validate=validate.Length(min=1, max=128))


class PublishAsked(StrictSchema):
    """How a model is put into service; the body may be left out."""

    may_be_left_out = True

    force = yes_or_no(load_default=False, metadata={"description": "also one that has seen no order"})


class RollbackAsked(StrictSchema):
    """Nothing further is asked for; the body may be left out."""

    may_be_left_out = True


@doors.get("/v1/models")
@opens("secret")
def models() -> Response:
    """List the shop's models, newest first."""
    found = models_of(storefront().shops, g.caller.shop)
    return answer({"items": [model_view(each) for each in found], "next": None})


@doors.get("/v1/models/compare")
@opens("secret")
@doors.arguments(PairInQuery, location="query")
def compare(asked: dict[str, Any]) -> Response:
    """Compare two models: what they learned from, how they are set and judged, how alike they answer."""
    found = compare_versions(storefront().shops, g.caller.shop.shop_id, asked["a"], asked["b"])
    return answer(comparison_view(found))


@doors.get("/v1/models/<version>")
@opens("secret")
def model(version: str) -> Response:
    """Answer one model, with how it is set and how long its training took."""
    return answer(model_view(model_of(storefront().shops, g.caller.shop, version)))


@doors.post("/v1/models/<version>/publish")
@opens("secret")
@doors.arguments(PublishAsked, required=False)
def publish(asked: dict[str, Any], version: str) -> Response:
    """Put a model into service, an earlier one too; one that does not load is refused."""
    shop_id = g.caller.shop.shop_id
    before = publish_by_hand(merchant(), shop_id, version, force=asked["force"])
    return answer({"version": version, "before": before})


@doors.post("/v1/models/rollback")
@opens("secret")
@doors.arguments(RollbackAsked, required=False)
def rollback(asked: dict[str, Any]) -> Response:
    """Go back to the newest whole model before the one in service, or past a damaged one to any whole one."""
    shop_id = g.caller.shop.shop_id
    version = to_go_back_to(storefront().shops, shop_id)
    return answer({"version": version, "before": publish_by_hand(merchant(), shop_id, version)})
