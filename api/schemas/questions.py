"""What may be asked of the suggestion doors."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields

from api.schemas.strict import Entries, StrictSchema, id_field, text_field, whole_field, whole_in_query
from plugin.placements import LARGEST_LIMIT

CHANNEL = {"description": "where the shopper meets the shop (web, app, till): with the secret key"}
MOST_IDS = 500
MOST_SLOTS = 40


def ids_field(**kwargs: Any) -> fields.List:
    """Return a field for several of the shop's own ids."""
    return fields.List(id_field(), validate=Entries(max=MOST_IDS), **kwargs)


class InQuery(Schema):
    """What every question in an address may carry; numbers come as text there."""

    limit = whole_in_query(1, LARGEST_LIMIT, load_default=None)
    product = ids_field(load_default=list, metadata={"description": "the page's products, as looked at"})
    basket = ids_field(load_default=None, metadata={"description": "what lies in the basket"})
    locale = text_field(35, load_default=None)
    currency = text_field(3, load_default=None)
    shopper = id_field(load_default=None, metadata={"description": "with the secret key: for whom"})


class AskedInQuery(InQuery):
    """One list of suggestions."""

    kind = text_field(100, required=True, metadata={"description": "a kind, or a placement of the shop"})


class PageInQuery(InQuery):
    """Several placements of one page, by name."""

    names = text_field(
        2000, load_default=None, metadata={"description": "placement names, separated by commas"}
    )
    cursor = id_field(load_default=None, metadata={"description": "without names: where the list goes on"})


class ExplainInQuery(AskedInQuery):
    """One list of suggestions, and the product it is asked about."""

    candidate = id_field(required=True, metadata={"description": "why this one, or why not"})


class OffersInQuery(Schema):
    """The offers of one shopper."""

    basket = ids_field(load_default=None)
    locale = text_field(35, load_default=None)
    currency = text_field(3, load_default=None)
    shopper = id_field(load_default=None)
    channel = text_field(64, load_default=None, metadata=CHANNEL)


class Asked(StrictSchema):
    """One list of suggestions, in a body."""

    kind = text_field(100, required=True)
    product = ids_field(load_default=list)
    basket = ids_field(load_default=None, allow_none=True)
    limit = whole_field(1, LARGEST_LIMIT, load_default=None, allow_none=True)
    locale = text_field(35, load_default=None, allow_none=True)
    currency = text_field(3, load_default=None, allow_none=True)
    shopper = id_field(load_default=None, allow_none=True)


class AskedSlot(StrictSchema):
    """One slot of a page."""

    name = text_field(100, required=True)
    product = ids_field(load_default=list)
    limit = whole_field(1, LARGEST_LIMIT, load_default=None, allow_none=True)


class Slots(fields.Dict):
    """The slots by the names the page gives them; a fault is told at the slot's own place."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, *args, **kwargs)
        except ValidationError as wrong:
            if not isinstance(wrong.messages, dict):
                raise
            flat = {name: held.get("value", held.get("key", held)) for name, held in wrong.messages.items()}
            raise ValidationError(flat) from None


class AskedPage(StrictSchema):
    """A page whose slots differ."""

    slots = Slots(
        keys=text_field(100),
        values=fields.Nested(AskedSlot),
        required=True,
        validate=Entries(max=MOST_SLOTS),
    )
    basket = ids_field(load_default=None, allow_none=True)
    locale = text_field(35, load_default=None, allow_none=True)
    currency = text_field(3, load_default=None, allow_none=True)
    shopper = id_field(load_default=None, allow_none=True)
