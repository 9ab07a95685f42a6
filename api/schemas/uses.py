"""A use idea as a merchant writes it (contract, section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates, validates_schema

from api.schemas.documents import WEB
from api.schemas.strict import (
    LANGUAGE,
    Scalar,
    StrictSchema,
    Words,
    id_field,
    text_field,
    whole_field,
    yes_or_no,
)
from plugin.uses.idea import (
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST_ALTERNATIVES,
    MOST_NEEDS,
    MOST_USED_UP,
    STATES,
)
from plugin.uses.learned import PREFIX

FORMS = ({"product_id"}, {"category"}, {"attribute", "is"})


class _WantFields(StrictSchema):
    """One thing that meets a need: a product, a category, or an attribute with its value."""

    product_id = id_field()
    category = text_field(500)
    attribute = text_field(100)

    @validates_schema(skip_on_field_errors=True)
    def _is_one_thing(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if set(data) not in FORMS:
            raise ValidationError(
                'Must be {"product_id": ...}, {"category": ...} or {"attribute": ..., "is": ...}.'
            )
        if "category" in data and not data["category"].replace(">", "").strip():
            raise ValidationError("A category has a name.", "category")


WantDocument = _WantFields.from_dict({"is": Scalar()}, name="UseWant")


class NeedDocument(StrictSchema):
    """What it takes: any one of these."""

    any = fields.List(
        fields.Nested(WantDocument), required=True, validate=validate.Length(1, MOST_ALTERNATIVES)
    )


class UseIdeaDocument(StrictSchema):
    """A way of using what one has."""

    use_id = id_field(required=True)
    title = Words(LONGEST_TITLE, required=True)
    summary = Words(LONGEST_SUMMARY, allow_none=True)
    url = fields.String(allow_none=True, validate=[validate.Length(max=2000), WEB])
    image_url = fields.String(allow_none=True, validate=[validate.Length(max=2000), WEB])
    needs = fields.List(fields.Nested(NeedDocument), required=True, validate=validate.Length(1, MOST_NEEDS))
    optional = fields.List(fields.Nested(NeedDocument), validate=validate.Length(max=MOST_NEEDS))
    uses_up = fields.List(id_field(), validate=validate.Length(max=MOST_USED_UP))
    minutes = whole_field(1, 100_000, allow_none=True)
    level = text_field(50, allow_none=True)
    locale = fields.String(
        allow_none=True,
        validate=[validate.Length(2, 35), validate.Regexp(LANGUAGE, error="Must be a language, such as de.")],
        metadata={"description": "the language it is written in; without one it is for every reader"},
    )
    state = fields.String(load_default="live", validate=validate.OneOf(STATES))

    @validates("use_id")
    def _is_no_context(self, value: str, **kwargs: Any) -> None:
        if value.startswith(PREFIX):
            raise ValidationError(f"Must not begin with {PREFIX!r}: such ids are those of learned contexts.")


class ContextChange(StrictSchema):
    """What a merchant says of a learned context; what is left out stays as it is."""

    title = Words(LONGEST_TITLE, allow_none=True)
    hidden = yes_or_no()
    merged_into = id_field(allow_none=True)
