"""Asking for a signed offer, and what is answered."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.answered import MOMENT, TEXT, Json, list_of, thing
from api.schemas.quotes import LONGEST_TOKEN, QuotedBasket
from api.schemas.strict import StrictSchema, id_field, text_field, whole_field

DAY_S = 86_400


class OfferTokenSchema(StrictSchema):
    """Which offer is signed for which shopper, and for how long; a basket where its rule asks for one."""

    shopper = id_field(required=True)
    offer_id = id_field(required=True)
    valid_seconds = whole_field(60, 90 * DAY_S, load_default=7 * DAY_S)
    basket = fields.Nested(QuotedBasket, load_default=None, allow_none=True)


class RevokedToken(StrictSchema):
    """The token that is to open nothing any more."""

    token = text_field(LONGEST_TOKEN, required=True)


SHAPES: dict[str, Json] = {
    "SignedOffer": thing(
        {
            "token": TEXT,
            "jti": TEXT,
            "offer_id": TEXT,
            "version": {"type": "integer", "minimum": 1},
            "benefit": {"type": "object"},
            "expires_at": MOMENT,
        }
    ),
    "RevokedToken": thing({"jti": TEXT, "offer_id": TEXT}),
    "KeySet": thing(
        {"keys": list_of(thing({"kty": TEXT, "crv": TEXT, "kid": TEXT, "x": TEXT, "alg": TEXT}))}
    ),
}
ANSWERS: dict[tuple[str, str], dict[str, str | None]] = {
    ("post", "/v1/offers/tokens"): {"201": "SignedOffer"},
    ("post", "/v1/offers/tokens/revoke"): {"200": "RevokedToken"},
    ("get", "/v1/shops/{shop}/jwks"): {"200": "KeySet"},
}
