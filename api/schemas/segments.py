"""A segment as a merchant writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, pre_load

from api.schemas.conditions import WhenSchema, bounded
from api.schemas.strict import StrictSchema, Words, id_field


class SegmentDocument(StrictSchema):
    """A named condition on shoppers."""

    segment = id_field(required=True)
    title = Words(200, allow_none=True)
    when = fields.Nested(WhenSchema, required=True)

    @pre_load
    def _bounded(self, data: Any, **kwargs: Any) -> Any:
        if isinstance(data, Mapping):
            try:
                bounded(data.get("when"))
            except ValidationError as wrong:
                raise ValidationError({"when": wrong.messages}) from None
        return data
