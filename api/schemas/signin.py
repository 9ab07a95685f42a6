"""Signing in by a provider: how a shop sets one up, and what begins and ends a sign-in."""

from __future__ import annotations

from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate

from api.schemas.strict import Characters, Entries, Members, StrictSchema, id_field, text_field, yes_or_no
from plugin.signin.returning import ADDRESS, LONGEST

PROVIDER = validate.Regexp(
    r"^[a-z0-9][a-z0-9-]{0,31}\Z", error="A sign-in's name takes a-z, 0-9 and '-', at most 32 characters."
)
SCOPE = validate.Regexp(r"^[!#-\[\]-~]{1,100}\Z", error="A scope is a word in ASCII, such as email.")
CLAIM = validate.Regexp(r"^[A-Za-z0-9_:./-]{1,100}\Z", error="A name takes letters, digits and _:./-.")


def _issuer(text: str) -> None:
    parts = urlsplit(text) if text.isascii() and text.isprintable() else None
    if parts is None or parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValidationError("An issuer is an https address, exactly as the provider writes it.")
    if parts.query or parts.fragment or " " in text:
        raise ValidationError("An issuer has no query and no fragment.")


def _returned_to(text: str) -> None:
    found = ADDRESS.fullmatch(text)
    if found is None or found["query"] is not None:
        raise ValidationError("It must be an origin (https://shop.example), or an address without a query.")


class ProviderDocument(StrictSchema):
    """One provider by which shoppers may sign in."""

    issuer = fields.String(required=True, validate=[Characters(max=500), _issuer])
    client_id = text_field(500, required=True)
    client_secret = fields.String(
        validate=Characters(8, 2_000), metadata={"description": "written, never read back"}
    )
    scopes = fields.List(fields.String(validate=SCOPE), validate=Entries(max=20))
    claims = Members(
        keys=fields.String(validate=CLAIM),
        values=fields.String(validate=CLAIM),
        validate=Entries(max=20),
        metadata={"description": "claim to keep, and the trait to keep it as"},
    )
    return_to = fields.List(
        fields.String(validate=[Characters(max=LONGEST), _returned_to]),
        validate=Entries(max=50),
        metadata={"description": "origins or addresses to come back to; the shop's origins if left out"},
    )


class BeginInQuery(Schema):
    """A sign-in to be begun."""

    takes_more = True  # a link that others pass on gathers names of theirs, and still has to lead in

    return_to = text_field(
        LONGEST, required=True, metadata={"description": "where to come back to; the shop must list it"}
    )
    consent = fields.String(
        load_default="no",
        validate=validate.OneOf(["yes", "no"]),
        metadata={"description": "whether the shopper agreed that the chosen claims are kept"},
    )


class ExchangeSchema(StrictSchema):
    """A one-time code, as the shop's page got it in `rapport_code`."""

    code = text_field(128, required=True)
    shopper = id_field(
        load_default=None,
        allow_none=True,
        metadata={"description": "the shop's own shopper this sign-in shall belong to"},
    )
    consent = yes_or_no(
        load_default=None,
        allow_none=True,
        metadata={"description": "whether the claims may be kept; what the shop's page said if left out"},
    )
