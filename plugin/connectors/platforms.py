"""What every shop platform's connector is asked and answers: one delivery in, what it tells out.

A connector is one file that ends in its `CONNECTOR`. It fetches nothing and keeps nothing; whoever calls it
keeps what it tells.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from plugin import money
from plugin.activity import Activity, Line, Shopper
from plugin.connectors.foreign import moment, text

LONGEST_NAME = 500
FAR_AHEAD_S = 300.0  # a clock further ahead than this is taken to be wrong
EVENTS = {"bought": "Order Completed", "rebought": "Order Updated", "cancelled": "Order Cancelled"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One authentic message of a platform. `in_catalogue` says whether the shop has a product of an id."""

    topic: str
    body: Mapping[str, Any]
    received_at: float
    currency: str
    in_catalogue: Callable[[str], bool] = lambda _: False
    site: str | None = None  # the host name under which the platform shows the shop's products


@dataclass(frozen=True, slots=True)
class ProductTold:
    """What a platform says of one product at a moment (epoch seconds), in the shape of `/v1/products`.

    Only what it says is in the document; the rest of a product that is known stays.
    """

    document: dict[str, Any]
    at: float


@dataclass(frozen=True, slots=True)
class FamilyTold:
    """Which products of one platform product there are at a moment; the shop shows no others of it."""

    product_id: str
    kept: frozenset[str]
    at: float


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """What a platform asks for on behalf of a person (`shopper`), or of the whole shop (None)."""

    wants: Literal["erasure", "export"]
    shopper: str | None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What one delivery tells. `ignored` says why nothing of it is used."""

    activities: tuple[Activity, ...] = ()
    products: tuple[ProductTold, ...] = ()
    family: FamilyTold | None = None
    privacy: PrivacyRequest | None = None
    uninstalled: bool = False
    ignored: str | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    """One platform: how its messages prove themselves, what they are about, and how they are read."""

    name: str
    signed_in: str
    topic_in: str
    read: Callable[[Delivery], Told]
    site_in: str | None = None
    after_uninstalling: frozenset[str] = frozenset()  # topics that still arrive when the shop has left
    is_ping: Callable[[bytes], bool] = field(default=lambda _: False)


def signature(secret: str, body: bytes) -> bytes:
    """Return what the platforms sign a body with: HMAC-SHA256 under the shared secret, in base64."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())


def is_authentic(secrets: Iterable[str], body: bytes, given: str) -> bool:
    """Whether a body was signed with one of the secrets; takes the same time whichever it is, or none."""
    claimed = given.strip().encode("utf-8", "surrogatepass")
    authentic = False
    for secret in secrets:
        authentic |= hmac.compare_digest(signature(secret, body), claimed)
    return authentic


def product_of_line(sku: str | None, variant: str | None, product: str | None, told: Delivery) -> str | None:
    """Return the id a line's product goes by here: its SKU if the catalogue has it, else variant or product.

    What the platform has deleted has neither; it goes by its SKU whatever the catalogue knows.
    """
    if sku is not None and told.in_catalogue(sku):
        return sku
    return variant or product or sku


def lines_of(product_id: str, quantity: int, total: int | None, name: str | None) -> list[Line]:
    """Return pieces that cost `total` minor units together, as lines whose sum is exactly that."""
    name = name[:LONGEST_NAME] if name else None
    if total is None:
        return [Line(product_id, quantity, None, name)]
    each, dearer = divmod(max(0, total), quantity)
    split = ((dearer, each + 1), (quantity - dearer, each))
    return [Line(product_id, pieces, price, name) for pieces, price in split if pieces]


def happened(told: Delivery, *moments: Any) -> float:
    """Return the first of these that is a time, in epoch seconds; when the message came, where none is."""
    at = next((found for each in moments if (found := moment(each)) is not None), told.received_at)
    return at if at <= told.received_at + FAR_AHEAD_S else told.received_at


def amount(minor: int | None, currency: str) -> dict[str, str]:
    """Return an amount that is not nothing as a document has it."""
    return {} if minor is None else {"amount": money.decimal_text(minor, currency), "currency": currency}


def currency_of(told: Delivery) -> str:
    """Return the currency that a message counts in; the shop's own where it names none."""
    code = told.body.get("currency")
    return code if isinstance(code, str) and len(code) == 3 and code.isupper() else told.currency


@dataclass(frozen=True, slots=True)
class Orders:
    """How one platform's orders are told of: its name, and our names for what is kept beside them."""

    platform: str
    beside: Mapping[str, str]  # our name to the message's

    def said(
        self,
        told: Delivery,
        kind: str,
        mark: str,
        at: float,
        order_id: str,
        who: Shopper | None,
        lines: tuple[Line, ...] = (),
        more: Mapping[str, Any] | None = None,
    ) -> Activity:
        """Return what the platform itself reports of an order, which is trusted like the shop's server."""
        beside = {ours: text(told.body.get(theirs), 50) for ours, theirs in self.beside.items()}
        further = {"platform": self.platform, **beside, **(more or {})}
        return Activity(
            message_id=f"{self.platform}:{mark}",
            kind=kind,
            event=EVENTS.get(kind, "Order Refunded"),
            at=at,
            received_at=told.received_at,
            trust="shop",
            shopper=who,
            lines=lines,
            order_id=order_id,
            currency=currency_of(told),
            properties={name: value for name, value in further.items() if value is not None},
        )


def trait_activity(
    told: Delivery, platform: str, customer: str, at: float, traits: Mapping[str, Any]
) -> Activity:
    """Return what a platform says of one of its customers."""
    return Activity(
        message_id=f"{platform}:customer:{customer}:{at}",
        kind="identified",
        event="identify",
        at=at,
        received_at=told.received_at,
        trust="shop",
        shopper=Shopper(customer),
        properties={"traits": {name: value for name, value in traits.items() if value is not None}},
    )
