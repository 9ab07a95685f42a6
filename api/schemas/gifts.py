"""Choosing a gift for the next visit, and what is answered."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validates_schema

from api.schemas.answered import MOMENT, TEXT, TEXT_OR_NULL, Json, list_of, named, thing
from api.schemas.quotes import QuotedBasket
from api.schemas.rules import InReach, epoch
from api.schemas.strict import StrictSchema, id_field, text_field
from plugin.gifts.waiting import STATES


class GiftsInQuery(Schema):
    """Whose gifts, and for which order one may be chosen."""

    shopper = id_field(load_default=None)
    order_id = id_field(load_default=None)
    locale = text_field(35, load_default=None)


class ChosenGift(StrictSchema):
    """Which gift an order chooses. The basket is for an order that redeemed nothing; secret key only."""

    offer_id = id_field(required=True)
    order_id = id_field(required=True)
    shopper = id_field(load_default=None, allow_none=True)
    basket = fields.Nested(QuotedBasket, load_default=None, allow_none=True)
    locale = text_field(35, load_default=None, allow_none=True)


class StatementInQuery(Schema):
    """For which time, from `since` on until before `until`."""

    since = InReach(load_default=None)
    until = InReach(load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def _forward(self, data: dict[str, str | None], **kwargs: object) -> None:
        since, until = epoch(data.get("since")), epoch(data.get("until"))
        if since is not None and until is not None and until <= since:
            raise ValidationError("The time ends before it begins.", "until")


GIFT: Json = thing(
    {
        "gift_id": TEXT,
        "offer_id": TEXT,
        "order_id": TEXT,
        "title": TEXT_OR_NULL,
        "sentence": TEXT_OR_NULL,
        "benefit": {"type": ["object", "null"], "description": "null where the rule is gone"},
        "state": {"type": "string", "enum": list(STATES)},
        "given_at": MOMENT,
        "opens_at": {**MOMENT, "description": "with the next visit, at the latest with the next day"},
        "expires_at": MOMENT,
    }
)
CHOICE: Json = thing(
    {"offer_id": TEXT, "title": TEXT_OR_NULL, "sentence": TEXT, "benefit": {"type": "object"}}
)
FUNDING: Json = {
    **list_of(thing({"offer_id": TEXT, "partner": TEXT, "amount": named("Money")})),
    "description": "what partners bear of what is taken off; the rest is the shop's",
}
SHAPES: dict[str, Json] = {
    "Gift": GIFT,
    "Gifts": thing(
        {
            "gifts": list_of(named("Gift")),
            "choose": {**list_of(CHOICE), "description": "what the order that was asked about may choose"},
        }
    ),
    "Statement": thing(
        {
            "offer_id": TEXT,
            "since": MOMENT,
            "until": MOMENT,
            "redemptions": {"type": "integer", "minimum": 0},
            "given": named("Money"),
            "partners": list_of(thing({"partner": TEXT, "amount": named("Money")})),
            "shop": {**named("Money"), "description": "what is left for the shop to bear"},
        }
    ),
}
ANSWERS: dict[tuple[str, str], dict[str, str | None]] = {
    ("get", "/v1/gifts"): {"200": "Gifts"},
    ("post", "/v1/gifts"): {"201": "Gift"},
    ("get", "/v1/offer-rules/{offer_id}/funding"): {"200": "Statement"},
}
