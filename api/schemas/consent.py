"""A word on consent, as shoppers and shops say it (contract, section 8)."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.schemas.strict import StrictSchema
from plugin.rights.consent import THINGS


def _yes_or_no(about: str) -> fields.String:
    right = 'Must be "yes" or "no".'
    return fields.String(
        validate=validate.OneOf(["yes", "no"], error=right),
        error_messages={"invalid": right},
        metadata={"description": about},
    )


class ConsentDocument(StrictSchema):
    """What is allowed; what it does not name stays as it was said before."""

    personalise = _yes_or_no("suggestions from what is remembered; no: from the page and basket alone")
    profile = _yes_or_no("browsing is kept and learned from; no: it is dropped, and orders teach nothing")
    contact = _yes_or_no("the shop may write to the shopper")

    @validates_schema
    def _says_something(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data:
            raise ValidationError(f"Say yes or no to at least one of {', '.join(THINGS)}.")
