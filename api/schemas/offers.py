"""Offer documents at the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.schemas.conditions import ConditionField, GivesSchema, WhenSchema
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
from plugin.errors import Invalid
from plugin.offers.funding import read_funders
from plugin.offers.offer import (
    BY_DISCOUNT,
    BY_GAIN,
    CHOICES,
    COMBINES,
    PACING_NEEDS,
    PERIODS,
    PUBLISHED_NEEDS,
    STATES,
    needs_a_tier,
    promised_as,
)
from plugin.offers.pacing import PACINGS


class PerPeriodSchema(StrictSchema):
    """How often an offer may be given within each day, week or month of the shop's own clock."""

    times = whole_field(1, 10**9, required=True)
    period = fields.String(validate=validate.OneOf(PERIODS), required=True)


class LimitsSchema(StrictSchema):
    """How often, and for how much, an offer may be given."""

    total = whole_field(1, 10**9, allow_none=True)
    per_shopper = whole_field(1, 10**6, allow_none=True)
    budget = amount_field(1, allow_none=True)
    per_period = fields.Nested(PerPeriodSchema, allow_none=True)
    pacing = fields.String(
        validate=validate.OneOf(PACINGS),
        allow_none=True,
        metadata={"description": "the budget is spread over the window; needs `from`, `until`, `budget`"},
    )


class FunderSchema(StrictSchema):
    """Who bears part of what an offer costs."""

    partner = text_field(128, required=True)
    share = number_field(0, 1, above=True, required=True)


class GiftSchema(StrictSchema):
    """A next-visit gift: earned at one checkout, good from the next visit on for so many days."""

    valid_days = whole_field(1, 365, required=True)


class _OfferFields(StrictSchema):
    offer_id = id_field(required=True)
    title = Words(200, allow_none=True)
    state = fields.String(validate=validate.OneOf(STATES), load_default="draft")
    when = ConditionField(WhenSchema, allow_none=True)
    gives = fields.Nested(GivesSchema, required=True)
    group = text_field(128, allow_none=True)
    combine = fields.String(validate=validate.OneOf(COMBINES), load_default="best")
    limits = fields.Nested(LimitsSchema, allow_none=True)
    code = text_field(64, allow_none=True)
    holdout = number_field(0, 0.5, allow_none=True)
    funded_by = fields.List(fields.Nested(FunderSchema), validate=Entries(max=10))
    priority = whole_field(-1000, 1000, load_default=0)
    gift = fields.Nested(GiftSchema, allow_none=True)
    published = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={"description": "a benefit of a tier that shoppers were told of: held back from nobody"},
    )
    choose = fields.String(
        validate=validate.OneOf(CHOICES),
        load_default=BY_DISCOUNT,
        metadata={"description": "among rivals the largest discount, or what is expected to bring most"},
    )
    exclude_reduced = yes_or_no(allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _promised(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        promised = promised_as(data)
        if data.get("holdout") and promised:
            raise ValidationError(f"{promised} is held back from nobody.", "holdout")
        if data.get("choose") == BY_GAIN and promised:
            raise ValidationError(f"{promised} is given whatever it brings.", "choose")
        if data.get("published") and not needs_a_tier(data.get("when")):
            raise ValidationError(PUBLISHED_NEEDS, "published")
        try:
            read_funders(data.get("funded_by") or ())
        except Invalid as wrong:
            raise ValidationError(wrong.errors[0]["detail"], "funded_by") from None
        limits = data.get("limits") or {}
        if limits.get("pacing") and not (data.get("from") and data.get("until") and limits.get("budget")):
            raise ValidationError({"pacing": [PACING_NEEDS]}, "limits")


OfferSchema = _OfferFields.from_dict(
    {"from": Instant(allow_none=True), "until": Instant(allow_none=True)}, name="Offer"
)
"""A whole offer, as a merchant writes it. What loads is the same document, checked and with defaults."""
