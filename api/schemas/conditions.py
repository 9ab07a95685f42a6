"""Conditions and benefits at the door: each schema is built from what it declares of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.schemas.strict import (
    Characters,
    Entries,
    OneOrMore,
    Scalar,
    StrictSchema,
    Words,
    amount_field,
    id_field,
    number_field,
    text_field,
    whole_field,
)
from plugin.offers import arguments as kinds
from plugin.offers.arguments import Declared, arguments
from plugin.offers.benefits import BENEFITS
from plugin.offers.conditions import OCCASION_CONDITIONS, PRODUCT_CONDITIONS, Table

DEEPEST = 8
MOST_CONDITIONS = 200
COMBINING = ("all", "any", "not")
INNER = ("basket", "contains", "where")  # the way to a condition inside a condition
CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
ADDRESS = re.compile(r"^(https?://[^\s\x00-\x1f]+|/(?!/)[^\s\x00-\x1f]*)$")


class Contains(fields.Field):
    """An id, a list of ids, or an object that names a product or category and how many."""

    def __init__(self, declared: type[Declared], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ids = OneOrMore(id_field(), 100)
        ids = {"type": "array", "items": {"type": "string"}}
        named = {"type": "object", "description": "product_id, category or where, and quantity"}
        self.metadata = {"oneOf": [{"type": "string"}, ids, named], **self.metadata}
        self.declared = declared

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str | list):
            return self.ids.deserialize(value)
        return schema_of(self.declared)().load(value)


def field_for(kind: kinds.Kind, *, required: bool) -> fields.Field:
    """Return the field that takes what an argument of this kind may be."""
    given: dict[str, Any] = {"required": required, "allow_none": not required}
    match kind:
        case kinds.Amount(lowest):
            return amount_field(lowest, **given)
        case kinds.Whole(low, high):
            return whole_field(low, high, **given)
        case kinds.Percent(above_zero):
            return number_field(0, 100, above=above_zero, **given)
        case kinds.Share():
            return number_field(0, 1, **given)
        case kinds.Text(longest):
            return text_field(longest, **given)
        case kinds.Texts(choices, most, only_list):
            one = fields.String(validate=validate.OneOf(choices)) if choices else text_field(500)
            return OneOrMore(one, most, only_list=only_list, **given)
        case kinds.ByName(most, longest):
            texts = OneOrMore(text_field(longest), 50)
            return fields.Dict(keys=text_field(longest), values=texts, validate=Entries(1, most), **given)
        case kinds.Scalar():
            return OneOrMore(Scalar(), 100, **given)
        case kinds.Clock():
            check = validate.Regexp(CLOCK, error='Must be a time of day, such as "18:30".')
            return fields.String(validate=check, **given)
        case kinds.Words(longest):
            return Words(longest, **given)
        case kinds.Address(longest):
            checks = [
                Characters(1, longest),
                validate.Regexp(ADDRESS, error="Must be an http(s) address, or a path within the shop."),
            ]
            return fields.String(validate=checks, **given)
        case kinds.Where():
            return fields.Nested(lambda: WhereSchema(), **given)
        case kinds.Nested(declared, shorthand):
            return Contains(declared, **given) if shorthand else fields.Nested(schema_of(declared), **given)
    raise TypeError(kind)


class _DeclaredSchema(StrictSchema):
    """What one declared condition, benefit or group takes."""

    declared: type[Declared]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.fields:
            takes = ", ".join(self.fields)
            self.error_messages = {**self.error_messages, "type": f"Must be an object of {takes}."}

    @validates_schema(skip_on_field_errors=True)
    def _together(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        given = {name for name, value in data.items() if value is not None}
        one_of, not_both, some_of = self.declared.one_of, self.declared.not_both, self.declared.some_of
        if one_of and len(given.intersection(one_of)) != 1:
            raise ValidationError(f"Exactly one of {', '.join(one_of)} is needed.")
        if len(given.intersection(not_both)) > 1:
            raise ValidationError(f"Only one of {', '.join(not_both)} can be given.")
        if some_of and not given.intersection(some_of):
            raise ValidationError(f"At least one of {', '.join(some_of)} is needed.")
        if {"at_least", "at_most"} <= given and _number(data["at_least"]) > _number(data["at_most"]):
            raise ValidationError("at_least is above at_most: nothing lies between.", "at_least")


def _number(given: Any) -> Decimal:
    """What a bound comes to; one that is none is refused at its own place, and equal to any here."""
    try:
        return Decimal(str(given))
    except ArithmeticError:
        return Decimal(0)


_SCHEMAS: dict[type[Declared], type[Schema]] = {}


def schema_of(declared: type[Declared]) -> type[Schema]:
    """Return the schema of one condition, benefit or group, from its own declaration."""
    if declared not in _SCHEMAS:
        takes = {held.name: field_for(held.kind, required=held.required) for held in arguments(declared)}
        schema = _DeclaredSchema.from_dict(dict(takes), name=f"Offer{declared.__name__}")
        schema.declared = declared  # type: ignore[attr-defined]
        _SCHEMAS[declared] = schema
    return _SCHEMAS[declared]


class _ExactlyOne(StrictSchema):
    """An object with exactly one name in it."""

    @validates_schema(skip_on_field_errors=True)
    def _one(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if sum(value is not None for value in data.values()) != 1:
            raise ValidationError(f"Exactly one of {', '.join(self.fields)} is needed.")


def _condition_schema(table: Table, name: str) -> type[Schema]:
    own: list[type[Schema]] = []

    def again() -> Schema:
        return own[0]()

    several = Entries(1, MOST_CONDITIONS)
    takes: dict[str, fields.Field] = {
        "all": fields.List(fields.Nested(again), validate=several),
        "any": fields.List(fields.Nested(again), validate=several),
        "not": fields.Nested(again),
    }
    takes |= {key: fields.Nested(schema_of(condition)) for key, condition in table.items()}
    own.append(_ExactlyOne.from_dict(takes, name=name))
    return own[0]


WhenSchema = _condition_schema(OCCASION_CONDITIONS, "When")
"""A condition on occasions."""

WhereSchema = _condition_schema(PRODUCT_CONDITIONS, "Where")
"""A condition on products, for placements, boosts and filters."""

GivesSchema = _ExactlyOne.from_dict(
    {name: fields.Nested(schema_of(benefit)) for name, benefit in BENEFITS.items()}, name="Gives"
)
"""What an offer gives."""


class ConditionField(fields.Nested):
    """A whole condition, looked at for its depth and length before anything walks into it."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        _demand_bounded(value)
        return super()._deserialize(value, *args, **kwargs)


def _demand_bounded(condition: Any) -> None:
    """Check that a condition, as it came, is not too deep and not too long, before anything walks into it.

    Raises `ValidationError`.
    """
    waiting, seen = [(condition, 1)], 0
    while waiting:
        held, depth = waiting.pop()
        if isinstance(held, list):
            waiting.extend((part, depth) for part in held)
            seen += len(held)
        elif isinstance(held, Mapping):
            deeper = [held[name] for name in COMBINING if name in held]
            if deeper and depth >= DEEPEST:
                raise ValidationError(f"Conditions are at most {DEEPEST} deep.")
            waiting.extend((part, depth + 1) for part in deeper)
            waiting.extend((held[name], depth) for name in INNER if name in held)
        if seen > MOST_CONDITIONS:
            raise ValidationError(f"There are at most {MOST_CONDITIONS} conditions in one rule.")
