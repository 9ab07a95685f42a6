"""A placement as a merchant writes it (contract, section 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.schemas.conditions import ConditionField, WhereSchema
from api.schemas.strict import (
    Entries,
    Instant,
    StrictSchema,
    Words,
    id_field,
    number_field,
    whole_field,
    yes_or_no,
)
from plugin.placements import KINDS, LARGEST_FACTOR, LARGEST_LIMIT, LEAST_FACTOR, MOST_BOOSTS, MOST_PINS

NAME = r"^[a-z0-9][a-z0-9-]{0,63}$"
A_NAME = "Must be 1 to 64 of a-z, 0-9 and hyphens, no hyphen first, such as below-product."


class PinDocument(StrictSchema):
    """A product at a place of its own."""

    product_id = id_field(required=True)
    position = whole_field(1, LARGEST_LIMIT, required=True, metadata={"description": "1 is the first"})
    until = Instant(allow_none=True)


class BoostDocument(StrictSchema):
    """How many times as strong the products stand that a condition means; below 1 they step back."""

    where = ConditionField(WhereSchema, required=True)
    factor = number_field(LEAST_FACTOR, LARGEST_FACTOR, required=True)
    until = Instant(allow_none=True)


class DiversityDocument(StrictSchema):
    """How different the products of a shelf shall be; left out, as many of a brand as half the shelf."""

    weight = number_field(0, 5)
    per_brand = whole_field(1, LARGEST_LIMIT, allow_none=True, metadata={"description": "null: any number"})
    per_category = whole_field(
        1, LARGEST_LIMIT, allow_none=True, metadata={"description": "null: any number"}
    )


class HowDiverse(fields.Nested):
    """What `DiversityDocument` says, or true or false for as usual and not at all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(DiversityDocument, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return value if isinstance(value, bool) else super()._deserialize(value, *args, **kwargs)


class PlacementDocument(StrictSchema):
    """A named slot of the shop."""

    placement = fields.String(required=True, validate=validate.Regexp(NAME, error=A_NAME))
    title = Words(200, allow_none=True)
    kinds = fields.List(
        fields.String(validate=validate.OneOf(KINDS)), required=True, validate=Entries(min=1, max=10)
    )
    limit = whole_field(1, LARGEST_LIMIT, load_default=10)
    where = ConditionField(WhereSchema, allow_none=True)
    pins = fields.List(fields.Nested(PinDocument), validate=Entries(max=MOST_PINS))
    boosts = fields.List(fields.Nested(BoostDocument), validate=Entries(max=MOST_BOOSTS))
    offers = yes_or_no(load_default=True)
    when_little = fields.String(load_default="fill", validate=validate.OneOf(["fill", "stay_short"]))
    floor = number_field(0, 1, metadata={"description": "what is good enough: see docs/suggestions.md"})
    diversity = HowDiverse(allow_none=True)
    fatigue = yes_or_no(allow_none=True)
    explore = yes_or_no(allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _each_once(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A kind asked again finds nothing more, and a product has one place."""
        kinds = data["kinds"]
        twice: dict[str, Any] = {}
        if again := {place: [f"{kind!r} stands before already."] for place, kind in _repeated(kinds)}:
            twice["kinds"] = again
        pinned = [pin["product_id"] for pin in data.get("pins") or ()]
        for place, product_id in _repeated(pinned):
            told = {"product_id": [f"{product_id!r} is pinned already."]}
            twice.setdefault("pins", {})[place] = told
        if twice:
            raise ValidationError(twice)


def _repeated(given: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each entry that is there before, with its place."""
    return ((place, each) for place, each in enumerate(given) if each in given[:place])
