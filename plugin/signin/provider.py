"""A provider as the shop set it up, and as it describes itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from plugin.errors import NotFound
from plugin.outside import OutsideRefused
from plugin.shop import ShopSettings

DISCOVERY = "/.well-known/openid-configuration"
LONGEST_ADDRESS = 2_000


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of the shop's: who it is, what the shop is to it, what is kept, where one may return to."""

    name: str
    issuer: str
    client_id: str
    client_secret: str | None = None
    scopes: tuple[str, ...] = ("openid",)
    claims: Mapping[str, str] = field(default_factory=dict)  # claim -> the trait it is kept as
    return_to: tuple[str, ...] = ()  # origins, or whole addresses without a query


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says of itself: its addresses, and how it takes a client's secret."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    secret_in_body: bool = False
    names_itself: bool = False  # its answers must say who it is (RFC 9207)


def provider_of(settings: ShopSettings, name: str) -> Provider:
    """Return the provider of this name. Raises `NotFound` when the shop has none by it."""
    held = settings.oidc.get(name)
    if not held:
        raise NotFound("There is no such sign-in; the shop's setting `oidc` names those there are.")
    return Provider(
        name=name,
        issuer=held["issuer"],
        client_id=held["client_id"],
        client_secret=held.get("client_secret"),
        scopes=tuple(dict.fromkeys(["openid", *held.get("scopes", ())])),
        claims=held.get("claims", {}),
        return_to=tuple(held.get("return_to") or settings.origins),
    )


def discovery_address(issuer: str) -> str:
    """Return where an issuer describes itself (OpenID Connect Discovery 1.0, section 4)."""
    return issuer.rstrip("/") + DISCOVERY


def read_metadata(data: bytes, issuer: str) -> Metadata:
    """Return what an issuer's description says.

    Raises `OutsideRefused` for what is none, is another issuer's, or names an address that is not https.
    """
    held = read_object(data, "description")
    if held.get("issuer") != issuer:
        raise OutsideRefused(f"The description at {issuer} is of another issuer.")
    methods = held.get("token_endpoint_auth_methods_supported")
    known = methods if isinstance(methods, list) else []
    userinfo = held.get("userinfo_endpoint")
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_address(held, "authorization_endpoint"),
        token_endpoint=_address(held, "token_endpoint"),
        jwks_uri=_address(held, "jwks_uri"),
        userinfo_endpoint=None if userinfo is None else _address(held, "userinfo_endpoint"),
        secret_in_body="client_secret_post" in known and "client_secret_basic" not in known,
        names_itself=held.get("authorization_response_iss_parameter_supported") is True,
    )


def read_object(data: bytes, what: str) -> dict[str, Any]:
    """Return a JSON object that a provider answered. Raises `OutsideRefused` for anything else."""
    try:
        held = json.loads(data)
    except (ValueError, RecursionError):
        raise OutsideRefused(f"The provider's {what} is not JSON.") from None
    if not isinstance(held, dict):
        raise OutsideRefused(f"The provider's {what} is not an object.")
    return held


def _address(held: Mapping[str, Any], name: str) -> str:
    address = held.get(name)
    if isinstance(address, str) and len(address) <= LONGEST_ADDRESS and address.isascii():
        try:
            parts = urlsplit(address)
            plain = parts.scheme == "https" and parts.hostname and not parts.username and not parts.fragment
        except ValueError:
            plain = None
        if plain and address.isprintable():
            return address
    raise OutsideRefused(f"The provider's {name} is not a plain https address.")
