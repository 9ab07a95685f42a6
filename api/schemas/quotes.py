"""A basket as a shop's checkout hands it over, to be priced with its offers."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.questions import CHANNEL
from api.schemas.strict import Entries, StrictSchema, amount_field, id_field, text_field, whole_field

MOST_LINES = 1_000
MOST_CODES = 20
LONGEST_TOKEN = 4_096


class QuotedLine(StrictSchema):
    """One line of the basket; a price is believed only with the secret key."""

    product_id = id_field(required=True)
    quantity = whole_field(1, 10_000, load_default=1)
    unit_price = amount_field(load_default=None, allow_none=True)


class QuotedBasket(StrictSchema):
    """The basket."""

    lines = fields.List(fields.Nested(QuotedLine), required=True, validate=Entries(min=1, max=MOST_LINES))
    currency = text_field(3, load_default=None, allow_none=True)


class QuoteSchema(StrictSchema):
    """What a basket comes to for whom."""

    shopper = id_field(load_default=None, allow_none=True)
    basket = fields.Nested(QuotedBasket, required=True)
    codes = fields.List(text_field(64), load_default=list, validate=Entries(max=MOST_CODES))
    tokens = fields.List(
        text_field(LONGEST_TOKEN),
        load_default=list,
        validate=Entries(max=MOST_CODES),
        metadata={"description": "signed offers that were brought along"},
    )
    locale = text_field(35, load_default=None, allow_none=True)
    channel = text_field(64, load_default=None, allow_none=True, metadata=CHANNEL)
