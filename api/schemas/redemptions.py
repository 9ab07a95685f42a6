"""What a checkout and the shop's server say of redemptions, and what they are answered."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.schemas.answered import MOMENT, TEXT, TEXT_OR_NULL, TOLD, Json, list_of, named, or_null, thing
from api.schemas.gifts import FUNDING
from api.schemas.quotes import MOST_LINES, QuoteSchema
from api.schemas.strict import Entries, Instant, StrictSchema, id_field, text_field, whole_field
from plugin.redemptions.codes import LONGEST_PREFIX, MOST_AT_ONCE
from plugin.redemptions.redemption import TOLD as STATES

HOLD_S = 900
LONGEST_HOLD_S = 86_400
USED_UP = ("refuse", "leave_out")


class RedemptionSchema(QuoteSchema):
    """A basket to redeem offers for."""

    hold_seconds = whole_field(1, LONGEST_HOLD_S, load_default=HOLD_S)
    used_up = fields.String(
        validate=validate.OneOf(USED_UP),
        load_default="refuse",
        metadata={"description": "what becomes of the whole where an offer it would get is used up"},
    )


class CommitSchema(StrictSchema):
    """Which order a redemption became, and which gift for the next visit its shopper chose."""

    order_id = id_field(required=True)
    gift = id_field(
        load_default=None,
        allow_none=True,
        metadata={"description": "one of the `gifts` that the checkout earned; needs `shopper`"},
    )
    shopper = id_field(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _whose(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("gift") is not None and data.get("shopper") is None:
            raise ValidationError("Name the shopper whose gift it is.", "shopper")


class NothingSchema(StrictSchema):
    """Nothing has to be said."""

    may_be_left_out = True


class ReturnedLine(StrictSchema):
    """Pieces of one line that came back."""

    line = whole_field(0, MOST_LINES - 1, required=True)
    quantity = whole_field(1, 10_000, required=True)


class ReturnSchema(StrictSchema):
    """What came back."""

    lines = fields.List(fields.Nested(ReturnedLine), required=True, validate=Entries(min=1, max=MOST_LINES))


class CodesSchema(StrictSchema):
    """How many codes to make for an offer, and what each is good for."""

    count = whole_field(1, MOST_AT_ONCE, required=True)
    prefix = fields.String(
        load_default="",
        validate=validate.Regexp(
            rf"^[A-Za-z0-9]{{0,{LONGEST_PREFIX}}}$",
            error=f"Must have at most {LONGEST_PREFIX} letters and digits, A to Z and 0 to 9.",
        ),
    )
    uses = whole_field(1, 10**6, load_default=1)
    until = Instant(load_default=None, allow_none=True)


class RevokeSchema(StrictSchema):
    """Which codes are to open nothing any more."""

    codes = fields.List(text_field(64), load_default=list, validate=Entries(max=1_000))
    all = fields.Boolean(load_default=False, truthy={True}, falsy={False})

    @validates_schema(skip_on_field_errors=True)
    def _either(self, data: dict[str, Any], **kwargs: Any) -> None:
        if bool(data["codes"]) == data["all"]:
            raise ValidationError("Name the codes, or say that all are meant.", "codes")


COUNT: Json = {"type": "integer", "minimum": 0}
CODES: Json = {
    **list_of(thing({"code": TEXT, "usable": {"type": "boolean"}})),
    "description": "each code that was given, and whether it opens anything; why not is not told",
}
REDEEMED: Json = {
    "redemption_id": TEXT,
    "state": {"type": "string", "enum": list(STATES)},
    "expires_at": {**MOMENT, "description": "when it gives back by itself; null once it does not"},
    "order_id": TEXT_OR_NULL,
    "subtotal": named("Money"),
    "discounts": list_of(
        thing({"line": COUNT, "product_id": TEXT, "offer_id": TEXT, "amount": named("Money")})
    ),
    "total": named("Money"),
    "free_shipping": {"type": "boolean"},
    "lines": list_of(
        thing(
            {
                "line": COUNT,
                "product_id": TEXT,
                "quantity": COUNT,
                "unit_price": named("Money"),
                "returned": COUNT,
            }
        )
    ),
    "refund": {**named("Money"), "description": "what is due for all that came back"},
    "gifts": {**list_of(TEXT), "description": "the offers that this checkout earned for the next visit"},
    "funding": FUNDING,
}
SHAPES: dict[str, Json] = {
    "Redemption": thing(REDEEMED),
    "Committed": thing(
        REDEEMED,
        {
            "gift": or_null("Gift"),
            "gift_refused": {
                **or_null("GiftRefused"),
                "description": "why the gift was not given; the order stands all the same",
            },
        },
    ),
    "GiftRefused": thing({"code": TEXT, "detail": TEXT}),
    "RevokedCodes": thing({"offer_id": TEXT, "revoked": COUNT}),
    "Redeemed": thing({**REDEEMED, "verdicts": list_of(TOLD), "codes": CODES}),
    "MadeCodes": thing(
        {
            "offer_id": TEXT,
            "count": COUNT,
            "uses": COUNT,
            "until": MOMENT,
            "codes": {**list_of(TEXT), "description": "told this once; only their marks are kept"},
        }
    ),
}
ONE = "/v1/redemptions/{redemption_id}"
ANSWERS: dict[tuple[str, str], dict[str, str | None]] = {
    ("post", "/v1/redemptions"): {"201": "Redeemed"},
    ("get", ONE): {"200": "Redemption"},
    ("post", f"{ONE}/commit"): {"200": "Committed"},
    ("post", f"{ONE}/reopen"): {"200": "Redemption"},
    ("post", "/v1/offer-rules/{offer_id}/codes/revoke"): {"200": "RevokedCodes"},
    ("post", f"{ONE}/release"): {"200": "Redemption"},
    ("post", f"{ONE}/return"): {"200": "Redemption"},
    ("post", "/v1/offer-rules/{offer_id}/codes"): {"201": "MadeCodes"},
}
