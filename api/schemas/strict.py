"""The manners of every document at the door: what is unknown is named, text is clean, numbers are numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

AN_AMOUNT = 'Must be a plain decimal in quotes, such as "40.00".'
AMOUNT = re.compile(r"^\d{1,12}(\.\d{1,3})?$")
NO_CONTROL = re.compile(r"^[^\x00-\x1f\x7f-\x9f]*$")
LANGUAGE = re.compile(r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")


class StrictSchema(Schema):
    """A schema that names what it knows when it is given something else."""

    class Meta:
        unknown = RAISE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = ", ".join(self.fields)
        unknown = f"Not known here. Known: {known}." if known else "Nothing is known here."
        shape = "Must be an object." if known else "Must be an empty object, {}."
        self.error_messages = {**self.error_messages, "unknown": unknown, "type": shape}


class Characters(validate.Length):
    """How many characters a text may have, and what is said of one that has others."""

    message_min = "Must have at least {min} characters."
    message_max = "Must have at most {max} characters."
    message_all = "Must have {min} to {max} characters."


class Entries(validate.Length):
    """How many entries a list or an object may have, and what is said of one that has others."""

    message_min = "Must have at least {min} entries."
    message_max = "Must have at most {max} entries."
    message_all = "Must have {min} to {max} entries."


def id_field(**kwargs: Any) -> fields.String:
    """Return a field for one of the shop's own ids: 1 to 128 characters, no control characters."""
    return text_field(128, **kwargs)


def text_field(longest: int, **kwargs: Any) -> fields.String:
    """Return a field for words without control characters."""
    checks = [
        Characters(1, longest),
        validate.Regexp(NO_CONTROL, error="Must not hold control characters."),
    ]
    return fields.String(validate=checks, **kwargs)


def amount_field(lowest: int = 0, **kwargs: Any) -> fields.String:
    """Return a field for money as a merchant writes it: a plain decimal string in the shop's currency."""
    checks: list[Any] = [_amount]
    if lowest:
        checks.append(_above_zero)
    said: dict[str, Any] = {"invalid": AN_AMOUNT}
    about = {"example": "40.00", "pattern": AMOUNT.pattern}
    return fields.String(validate=checks, metadata=about, error_messages=said, **kwargs)


def number_field(low: float, high: float, *, above: bool = False, **kwargs: Any) -> fields.Field:
    """Return a field for a number within bounds; text is no number here."""
    lowest = f"above {low}, to" if above else f"from {low} to"
    error = f"Must be a number {lowest} {high}."
    within = validate.Range(low, high, min_inclusive=not above, error=error)
    return _Number(validate=within, error_messages={"invalid": error[:-1] + ", without quotes."}, **kwargs)


def whole_field(low: int, high: int, **kwargs: Any) -> fields.Field:
    """Return a field for a whole number within bounds."""
    error = f"Must be a whole number from {low} to {high}."
    within = validate.Range(low, high, error=error)
    said: dict[str, Any] = {"invalid": error[:-1] + ", without quotes."}
    return _Whole(strict=True, validate=within, error_messages=said, **kwargs)


def whole_in_query(low: int, high: int, **kwargs: Any) -> fields.Integer:
    """Return a field for a whole number within bounds in an address, where every number is a text."""
    error = f"Must be a whole number from {low} to {high}."
    return fields.Integer(
        validate=validate.Range(low, high, error=error), error_messages={"invalid": error}, **kwargs
    )


def yes_or_no(**kwargs: Any) -> fields.Field:
    """Return a field for true or false; a word that sounds like one is none."""
    return _YesOrNo(**kwargs)


class _YesOrNo(fields.Boolean):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class _Number(fields.Float):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        super()._deserialize(value, *args, **kwargs)
        return value


class _Whole(fields.Integer):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, *args, **kwargs)


class Words(fields.Field):
    """A sentence: one text, or an object of language to text."""

    def __init__(self, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        by_language = {"type": "object", "additionalProperties": {"type": "string"}}
        self.metadata = {"oneOf": [{"type": "string"}, by_language], **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return text_field(self.longest).deserialize(value)
        if not isinstance(value, Mapping) or not value or len(value) > 50:
            raise ValidationError("Must be a text, or an object of language to text.")
        for language, text in value.items():
            if not isinstance(language, str) or not LANGUAGE.match(language):
                raise ValidationError({str(language): ["Not a language."]})
            try:
                text_field(self.longest).deserialize(text)
            except ValidationError as wrong:
                raise ValidationError({language: wrong.messages}) from None
        return dict(value)


class Members(fields.Dict):
    """An object whose members the caller names; what is wrong with one is said at its own place."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as wrong:
            if not isinstance(wrong.messages, Mapping):
                raise
            said = {name: found.get("key") or found["value"] for name, found in wrong.messages.items()}
            raise ValidationError(said) from None


class OneOrMore(fields.Field):
    """A value, or a list of such values."""

    def __init__(self, inner: fields.Field, most: int, *, only_list: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner
        self.listed = fields.List(inner, validate=Entries(1, most))
        self.only_list = only_list

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list) or self.only_list:
            return self.listed.deserialize(value)
        return self.inner.deserialize(value)


class Scalar(fields.Field):
    """A text, a number, true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str | int | float | bool) or len(str(value)) > 500:
            raise ValidationError("Must be a text, a number, true or false.")
        return value


class Instant(fields.Field):
    """A moment, RFC 3339; kept as text, in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "string", "format": "date-time", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            at = datetime.fromisoformat(value)
            if at.tzinfo is None or len(value) < 20:
                raise ValueError
            return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except (TypeError, ValueError, OverflowError):
            raise ValidationError('Must be a moment with its zone, such as "2026-11-01T00:00:00Z".') from None


def _amount(amount: str) -> None:
    if amount.startswith("-") and AMOUNT.match(amount[1:]):
        raise ValidationError(f"Must not be below zero. {AN_AMOUNT}")
    if not AMOUNT.match(amount):
        raise ValidationError(AN_AMOUNT)


def _above_zero(amount: str) -> None:
    if not amount.strip("0."):
        raise ValidationError("Must be above zero.")
