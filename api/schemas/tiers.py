"""Tier ladders at the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.schemas.strict import Entries, StrictSchema, Words, amount_field, id_field, number_field, whole_field
from plugin.tiers.ladder import BASES


class _TierFields(StrictSchema):
    tier = id_field(required=True)
    title = Words(200, allow_none=True)
    from_quantile = number_field(0, 1, above=True, allow_none=True)


TierSchema: type[Schema] = _TierFields.from_dict({"from": amount_field(1, allow_none=True)}, name="Tier")
"""One tier, as a merchant writes it."""


class TierLadderSchema(StrictSchema):
    """A whole ladder, lowest tier first. What loads is the same document, checked and with defaults."""

    basis = fields.String(
        validate=validate.OneOf(BASES, error="Tiers are measured by {choices} in this version."),
        load_default="rfm",
    )
    window_days = whole_field(1, 3650, load_default=365)
    grace_days = whole_field(0, 3650, load_default=30)
    hysteresis = number_field(0, 0.5, load_default=0.05)
    tiers = fields.List(fields.Nested(TierSchema), required=True, validate=Entries(1, 20))

    @validates_schema(skip_on_field_errors=True)
    def _climbable(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        wanted, other = ("from_quantile", "from") if data["basis"] == "rfm" else ("from", "from_quantile")
        for at, tier in enumerate(data["tiers"]):
            if tier.get(other) is not None:
                _wrong(at, other, f"A ladder by {data['basis']} has {wanted}, not {other}.")
            if at and tier.get(wanted) is None:
                _wrong(at, wanted, f"A tier above the lowest needs {wanted}.")
            if not at and tier.get(wanted) is not None:
                _wrong(at, wanted, "The lowest tier is everybody's: it has no threshold.")


def _wrong(at: int, name: str, detail: str) -> None:
    raise ValidationError({"tiers": {at: {name: [detail]}}})
