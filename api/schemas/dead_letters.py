"""What is asked of the list of dead letters."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.strict import Entries, StrictSchema, text_field, whole_field

MOST = 500


class Correction(StrictSchema):
    """A document to be read in place of what was sent."""

    id = text_field(64, required=True)
    document = fields.Raw(required=True, metadata={"type": "object"})


class Replay(StrictSchema):
    """Which letters are read again: these ids, these corrected ones, or the next of the list."""

    ids = fields.List(text_field(64), load_default=None, validate=Entries(max=MOST))
    corrected = fields.List(fields.Nested(Correction), load_default=None, validate=Entries(max=MOST))
    cursor = text_field(64, load_default=None)
    limit = whole_field(1, MOST, load_default=MOST)
