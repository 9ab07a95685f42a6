"""What is said of a shopper at the doors: preferences, answers, and the shop's own questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.schemas.strict import (
    Entries,
    Members,
    StrictSchema,
    Words,
    id_field,
    text_field,
    whole_in_query,
    yes_or_no,
)
from plugin.wishes.preferences import HOW_OFTEN
from plugin.wishes.questionnaire import CHOOSING, KINDS, LONGEST_ANSWER

MOST_WISHES = 100
LONGEST_WISH = 200
MOST_SIZES = 30
LONGEST_SIZE = 60
LARGEST = 16 * 1024  # bytes of one patch as JSON
MOST_QUESTIONS = 50
MOST_CHOICES = 50
LARGEST_QUESTIONNAIRE = 200 * 1024


class Size(fields.Field):
    """A size as people write it: "42", "M", 42; null forgets it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": ["string", "number"], "maxLength": LONGEST_SIZE, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("A size is a text or a number.")
        return str(text_field(LONGEST_SIZE).deserialize(str(value)))


def wishes_field(example: str, description: str, *, names: bool = False) -> fields.List:
    """Return a field for a list of wishes; null forgets it. With `names` each must name something."""
    one = text_field(LONGEST_WISH)
    if names:
        one.validators.append(_names_something)
    return fields.List(
        one,
        validate=Entries(max=MOST_WISHES),
        allow_none=True,
        metadata={"example": [example], "description": description},
    )


def _names_something(text: str) -> None:
    """Refuse a like or an avoid that can mean no product, as what it compares with says."""
    kind, colon, rest = (part.strip() for part in text.partition(":"))
    name, equals, value = (part.strip() for part in rest.partition("="))
    if colon and not rest:
        raise ValidationError(f"Names nothing after {kind + ':'!r}; {AS_IN}.")
    if (colon and not kind) or not text.strip():
        raise ValidationError(f"Names nothing; {AS_IN}.")
    if kind.casefold() == "attribute" and equals and not (name and value):
        raise ValidationError("An attribute has a name and a value, as in attribute:contains=nuts.")


class _Preferences(StrictSchema):
    @validates_schema(skip_on_field_errors=True)
    def _is_small(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if len(orjson.dumps(data)) > LARGEST:
            raise ValidationError(f"Preferences have at most {LARGEST} bytes at once.")


AS_IN = "category:Kitchen > Pans, brand:Acme or a bare word do"
NAMED = "what it may name: docs/shoppers.md"
PATCH: dict[str, fields.Field] = {
    "likes": wishes_field("category:Kitchen > Pans", NAMED, names=True),
    "avoids": wishes_field("attribute:contains=nuts", f"never shown or offered; {NAMED}", names=True),
    "sizes": Members(
        keys=text_field(LONGEST_SIZE),
        values=Size(allow_none=True),
        validate=Entries(max=MOST_SIZES),
        allow_none=True,
        metadata={"example": {"shoes": "42"}, "description": "each by itself; null forgets one"},
    ),
    "for": wishes_field("my daughter, 6", "for whom they buy"),
    "aims": wishes_field("cook more often", "what they want to get to"),
    "channels": wishes_field("email", "how they want to be reached"),
    "how_often": fields.String(
        allow_none=True,
        validate=validate.OneOf(HOW_OFTEN),
        metadata={"description": "how often they want to hear"},
    ),
    "plain_feed": yes_or_no(
        allow_none=True, metadata={"description": "suggestions from the page alone, nothing personal"}
    ),
}
PreferencesPatch: type[Schema] = _Preferences.from_dict(dict(PATCH), name="PreferencesPatch")
"""A change of what a shopper says of themselves: what is left out stays, null forgets."""

PreferencesRow: type[Schema] = _Preferences.from_dict(
    {"shopper_id": id_field(required=True), "at": text_field(64, allow_none=True), **PATCH},
    name="PreferencesRow",
)
"""The same as a row of a file: whose it is, and when it was said."""

Sets: type[Schema] = _Preferences.from_dict(
    {
        **{name: wishes_field("", "added", names=True) for name in ("likes", "avoids")},
        **{name: wishes_field("", "added") for name in ("for", "aims", "channels")},
        "sizes": Members(keys=text_field(LONGEST_SIZE), values=Size(), validate=Entries(max=MOST_SIZES)),
        "how_often": fields.String(validate=validate.OneOf(HOW_OFTEN)),
        "plain_feed": yes_or_no(),
    },
    name="ChoiceSets",
)
"""What a choice sets: preferences that are added, or take the place of what was said."""


class ChoiceDocument(StrictSchema):
    """One answer that can be chosen."""

    id = id_field(required=True)
    text = Words(200, required=True)
    sets = fields.Nested(Sets, load_default=dict)


class _Question(StrictSchema):
    question_id = id_field(required=True)
    text = Words(500, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    choices = fields.List(
        fields.Nested(ChoiceDocument), load_default=list, validate=Entries(max=MOST_CHOICES)
    )

    @validates_schema(skip_on_field_errors=True)
    def _fits_its_kind(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        ids = [choice["id"] for choice in data["choices"]]
        if len(set(ids)) < len(ids):
            raise ValidationError("Two choices have the same id.", "choices")
        if bool(ids) != (data["kind"] in CHOOSING):
            raise ValidationError(
                "`one` and `several` need choices, `text` and `number` have none.", "choices"
            )


QuestionDocument: type[Schema] = _Question.from_dict(
    {
        "as": text_field(
            100, load_default=None, allow_none=True, metadata={"description": "the trait it is kept as"}
        )
    },
    name="QuestionDocument",
)
"""One question of the shop's own."""


class QuestionnaireDocument(StrictSchema):
    """The shop's own questions, in the order they are asked."""

    questions = fields.List(
        fields.Nested(QuestionDocument), required=True, validate=Entries(max=MOST_QUESTIONS)
    )

    @validates_schema(skip_on_field_errors=True)
    def _each_once(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        ids = [question["question_id"] for question in data["questions"]]
        if len(set(ids)) < len(ids):
            raise ValidationError("Two questions have the same id.", "questions")
        if len(orjson.dumps(data)) > LARGEST_QUESTIONNAIRE:
            raise ValidationError(f"A questionnaire has at most {LARGEST_QUESTIONNAIRE} bytes.", "questions")


class Answer(fields.Field):
    """An answer: the id of a choice, several of them, a text, a number; null takes it back."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)
        choices = {"type": "array", "items": {"type": "string"}, "maxItems": MOST_CHOICES}
        self.metadata = {"oneOf": [{"type": ["string", "number", "null"]}, choices], **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list):
            return fields.List(id_field(), validate=Entries(max=MOST_CHOICES)).deserialize(value)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("A choice's id, a list of them, a text or a number.")
        return text_field(LONGEST_ANSWER).deserialize(value) if isinstance(value, str) else value


class Answers(StrictSchema):
    """Answers to the shop's questions, by question."""

    answers = Members(
        keys=id_field(),
        values=Answer(),
        required=True,
        validate=Entries(min=1, max=MOST_QUESTIONS),
    )
    shopper = id_field(
        load_default=None, allow_none=True, metadata={"description": "with the secret key: whose answers"}
    )


class InLocale(Schema):
    """Which language to answer in."""

    locale = text_field(35, load_default=None)


class TimelineInQuery(Schema):
    """Which part of a timeline."""

    limit = whole_in_query(1, 100, load_default=50)
    cursor = text_field(400, load_default=None)
