"""What a merchant writes about the shop and its products (contract, section 7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from api.schemas.signin import PROVIDER, ProviderDocument
from api.schemas.strict import (
    Characters,
    Entries,
    Members,
    OneOrMore,
    StrictSchema,
    id_field,
    number_field,
    text_field,
    whole_field,
    whole_in_query,
    yes_or_no,
)
from plugin.catalog import AVAILABILITIES
from plugin.money import CURRENCY
from plugin.rights.retention import LONGEST_DAYS, RETAINED

LONGEST_TEXT = 5_000
WEB = validate.URL(schemes={"http", "https"}, require_tld=False)


class Price(fields.Field):
    """A price as a merchant writes it: a decimal string, or an object with amount and currency."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str | None]:
        currency = None
        if isinstance(value, dict):
            if set(value) - {"amount", "currency"} or "amount" not in value:
                raise ValidationError('A price is {"amount": "2.55", "currency": "GBP"}.')
            currency, value = value.get("currency"), value["amount"]
            if currency is not None and not (isinstance(currency, str) and CURRENCY.match(currency)):
                raise ValidationError("The currency must be an ISO 4217 code such as EUR.")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError('A price is a decimal such as "2.55".')
        try:
            amount = Decimal(str(value))
        except ArithmeticError:
            raise ValidationError('A price is a decimal such as "2.55".') from None
        if not amount.is_finite() or amount < 0 or amount > 10**12:
            raise ValidationError("A price is a decimal from 0 to 1,000,000,000,000.")
        return {"amount": str(amount), "currency": currency}


class LocaleTexts(StrictSchema):
    """A product's words in one language."""

    name = text_field(500)
    url = fields.String(validate=[Characters(max=2000), WEB])


class ProductDocument(StrictSchema):
    """One product of the catalogue."""

    product_id = id_field(required=True)
    name = fields.String(load_default="", validate=Characters(max=500))
    url = fields.String(load_default=None, allow_none=True, validate=[Characters(max=2000), WEB])
    image_url = fields.String(load_default=None, allow_none=True, validate=[Characters(max=2000), WEB])
    price = Price(load_default=None, allow_none=True)
    sale_price = Price(load_default=None, allow_none=True)
    cost = Price(load_default=None, allow_none=True)
    category = fields.String(load_default=None, allow_none=True, validate=Characters(max=500))
    brand = fields.String(load_default=None, allow_none=True, validate=Characters(max=200))
    availability = fields.String(load_default="in_stock", validate=validate.OneOf(AVAILABILITIES))
    group_id = id_field(load_default=None, allow_none=True)
    durable = yes_or_no(load_default=None, allow_none=True)
    lifetime_days = whole_field(1, 36_500, load_default=None, allow_none=True)
    attributes = fields.Dict(keys=fields.String(), load_default=dict, validate=Entries(max=100))
    sensitive = yes_or_no(load_default=False)
    hidden = yes_or_no(load_default=False)
    locales = Members(
        keys=fields.String(validate=Characters(max=35)),
        values=fields.Nested(LocaleTexts),
        load_default=dict,
        validate=Entries(max=50),
    )

    @validates_schema
    def _is_small(self, data: dict[str, Any], **kwargs: Any) -> None:
        if len(str(data.get("attributes"))) > LONGEST_TEXT:
            raise ValidationError("The attributes are too long together.", "attributes")


def _outside(text: str) -> None:
    """Raise `ValidationError` unless this may be fetched: https, and no password that could be read back."""
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValidationError("Must be an https address without a user and password.")


class FeedDocument(StrictSchema):
    """A product feed that is fetched by itself."""

    url = fields.String(
        required=True,
        validate=[
            Characters(max=2000),
            validate.URL(schemes={"https"}, error="Must be an https address of a file of products."),
            _outside,
        ],
    )
    every_hours = whole_field(1, 744, load_default=24)
    replace = yes_or_no(load_default=True)


class TrainingDocument(StrictSchema):
    """When a shop's model is trained again by itself; null is as it is by default, 0 hours is never."""

    every_hours = whole_field(0, 744, allow_none=True)
    least_new_orders = whole_field(1, 1_000_000, allow_none=True)


class SettingsChange(StrictSchema):
    """What may be changed of a shop's settings; what is left out stays."""

    name = fields.String(validate=Characters(min=1, max=200))
    currency = fields.String(
        validate=validate.Regexp(CURRENCY, error="Must be an ISO 4217 code such as EUR.")
    )
    locale = fields.String(validate=Characters(min=2, max=35))
    timezone = fields.String(validate=Characters(max=64))
    origins = fields.List(
        fields.String(
            validate=validate.Regexp(
                r"^https?://[^/\s?#@]+$", error="An origin is scheme, host and port: https://shop.example."
            )
        ),
        validate=Entries(max=100),
    )
    jwks_url = fields.String(allow_none=True, validate=[Characters(max=2000), WEB, _outside])
    margin_floor = number_field(0, 100)
    largest_discount = number_field(0, 100)
    exclude_reduced = yes_or_no()
    consent_default = fields.String(validate=validate.OneOf(["yes", "ask"]))
    retention = Members(
        keys=fields.String(validate=validate.OneOf(RETAINED)),
        values=whole_field(1, LONGEST_DAYS, allow_none=True),
    )
    training = fields.Nested(TrainingDocument)
    webhook_secrets = Members(
        keys=fields.String(validate=validate.OneOf(["shopify", "woocommerce"])),
        values=OneOrMore(fields.String(validate=Characters(min=8, max=500)), 5, allow_none=True),
    )
    feeds = fields.List(fields.Nested(FeedDocument), validate=Entries(max=20))
    oidc = Members(
        keys=fields.String(validate=PROVIDER),
        values=fields.Nested(ProviderDocument, allow_none=True),
        validate=Entries(max=20),
    )
    believed_traits = fields.List(fields.String(validate=Characters(max=100)), validate=Entries(max=50))
    sensitive_categories = fields.List(text_field(500), validate=Entries(max=100))

    @pre_load
    def _unfold(self, data: Any, **kwargs: Any) -> Any:
        """`webhook_secrets.shopify` and `oidc.NAME` are set one at a time."""
        if not isinstance(data, dict):
            return data
        unfolded: dict[str, Any] = {}
        for name, value in data.items():
            outer, dot, inner = str(name).partition(".")
            if dot and outer in ("webhook_secrets", "oidc", "retention", "training"):
                unfolded.setdefault(outer, {})[inner] = value
            else:
                unfolded[name] = value
        return unfolded

    @validates_schema
    def _zone_exists(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "timezone" in data and data["timezone"] not in available_timezones():
            raise ValidationError("There is no such time zone; Europe/Berlin is one.", "timezone")


class ListInQuery(Schema):
    """Which part of a long list."""

    limit = whole_in_query(1, 1000, load_default=100)
    cursor = id_field(load_default=None)
