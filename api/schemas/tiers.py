"""Tier ladders at the door, tiers set by hand, and points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.schemas.conditions import ConditionField, WhenSchema
from api.schemas.strict import (
    Entries,
    Instant,
    StrictSchema,
    Words,
    amount_field,
    id_field,
    number_field,
    text_field,
    whole_field,
    yes_or_no,
)
from plugin.tiers.ladder import BASES
from plugin.tiers.ladder_document import THRESHOLDS, wanted

MOST_POINTS = 1_000_000_000
MOST_POINTS_PER_UNIT = 1_000_000
MOST_SERVICES = 30


def _services() -> fields.List:
    return fields.List(Words(300), validate=Entries(max=MOST_SERVICES))


class _TierFields(StrictSchema):
    tier = id_field(required=True)
    title = Words(200, allow_none=True)
    from_quantile = number_field(0, 1, above=True, allow_none=True)
    when = ConditionField(
        WhenSchema, allow_none=True, metadata={"description": "by `rule`: what stands the shopper here"}
    )
    adds = _services()


TierSchema: type[Schema] = _TierFields.from_dict({"from": amount_field(1, allow_none=True)}, name="Tier")
"""One tier, as a merchant writes it."""


class ServicesSchema(StrictSchema):
    """What is served whatever the tier."""

    everyone = _services()


class TierLadderSchema(StrictSchema):
    """A whole ladder, lowest tier first. What loads is the same document, checked and with defaults."""

    basis = fields.String(
        validate=validate.OneOf(BASES, error="Tiers are measured by {choices}."),
        load_default="rfm",
    )
    window_days = whole_field(1, 3650, load_default=365)
    grace_days = whole_field(0, 3650, load_default=30)
    hysteresis = number_field(0, 0.5, load_default=0.05)
    points_per_unit = amount_field(1)
    services = fields.Nested(ServicesSchema)
    tiers = fields.List(fields.Nested(TierSchema), required=True, validate=Entries(1, 20))

    @validates_schema(skip_on_field_errors=True)
    def _climbable(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        own = wanted(data["basis"])
        if float(data.get("points_per_unit") or 0) > MOST_POINTS_PER_UNIT:
            raise ValidationError(f"Must be at most {MOST_POINTS_PER_UNIT}.", "points_per_unit")
        if data["basis"] != "points" and data.get("points_per_unit") is not None:
            raise ValidationError(f"A ladder by {data['basis']} counts no points.", "points_per_unit")
        for at, tier in enumerate(data["tiers"]):
            for other in THRESHOLDS:
                if other != own and tier.get(other) is not None:
                    _wrong(at, other, f"A ladder by {data['basis']} has {own}, not {other}.")
            if at and tier.get(own) is None:
                _wrong(at, own, f"A tier above the lowest needs {own}.")
            if not at and tier.get(own) is not None:
                _wrong(at, own, "The lowest tier is everybody's: it has no threshold.")
            if data["basis"] == "points" and "." in (tier.get("from") or ""):
                _wrong(at, "from", "Points are whole.")


class TierByHandSchema(StrictSchema):
    """A tier set by hand."""

    tier = id_field(required=True)
    reason = text_field(500, required=True, metadata={"description": "why; kept in the shopper's history"})
    until = Instant(load_default=None, allow_none=True, metadata={"description": "none: until taken back"})
    exact = yes_or_no(
        load_default=False,
        metadata={"description": "false: the least they stand in; true: that tier, whatever figures say"},
    )


class PointsSchema(StrictSchema):
    """Points given for anything but spending, or taken."""

    points = whole_field(-MOST_POINTS, MOST_POINTS, required=True)
    reason = text_field(500, required=True)
    id = id_field(
        required=True, metadata={"description": "the shop's own: each counts once for the shopper, for ever"}
    )

    @validates_schema(skip_on_field_errors=True)
    def _some(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if data["points"] == 0:
            raise ValidationError("Must not be 0: that gives and takes nothing.", "points")


def _wrong(at: int, name: str, detail: str) -> None:
    raise ValidationError({"tiers": {at: {name: [detail]}}})
