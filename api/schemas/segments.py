"""A segment as a merchant writes it."""

from __future__ import annotations

from api.schemas.conditions import ConditionField, WhenSchema
from api.schemas.strict import StrictSchema, Words, id_field


class SegmentDocument(StrictSchema):
    """A named condition on shoppers."""

    segment = id_field(required=True)
    title = Words(200, allow_none=True)
    when = ConditionField(WhenSchema, required=True)
