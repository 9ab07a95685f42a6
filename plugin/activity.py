"""Activities: the one shape of everything a shopper does, whatever door it came by."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import orjson

Trust = Literal["browser", "shop"]

KINDS: dict[str, str] = {
    # Segment's e-commerce vocabulary, version 2
    "Product Viewed": "viewed",
    "Product Clicked": "clicked",
    "Product Added": "carted",
    "Product Removed": "uncarted",
    "Product Added to Wishlist": "wished",
    "Product Removed from Wishlist": "unwished",
    "Product Reviewed": "reviewed",
    "Product Shared": "shared",
    "Products Searched": "searched",
    "Product List Viewed": "listed",
    "Cart Viewed": "basket",
    "Checkout Started": "basket",
    "Coupon Entered": "coupon",
    "Coupon Applied": "coupon",
    "Coupon Denied": "coupon",
    "Coupon Removed": "coupon",
    "Promotion Viewed": "promotion",
    "Promotion Clicked": "promotion",
    "Order Completed": "bought",
    "Order Updated": "rebought",
    "Order Refunded": "returned",
    "Order Cancelled": "cancelled",
    # Google Analytics 4
    "view_item": "viewed",
    "select_item": "clicked",
    "add_to_cart": "carted",
    "remove_from_cart": "uncarted",
    "add_to_wishlist": "wished",
    "search": "searched",
    "view_search_results": "searched",
    "view_item_list": "listed",
    "view_cart": "basket",
    "begin_checkout": "basket",
    "add_shipping_info": "basket",
    "add_payment_info": "basket",
    "view_promotion": "promotion",
    "select_promotion": "promotion",
    "purchase": "bought",
    "refund": "returned",
    # ours
    "Suggestion Shown": "shown",
    "Suggestion Clicked": "clicked",
    "Suggestion Dismissed": "dismissed",
    "Ownership Corrected": "corrected",
    "Product Used": "used",
    "Use Tried": "tried",
}
ORDER_KINDS = frozenset({"bought", "rebought", "returned", "refunded", "cancelled"})  # refunded: only money
IDENTITY_KINDS = frozenset({"identified", "aliased", "grouped"})


@dataclass(frozen=True, slots=True)
class Line:
    """One product within an activity: how many, at what price each (minor units), under what name."""

    product_id: str
    quantity: int = 1
    price: int | None = None
    name: str | None = None
    recommendation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Shopper:
    """Whom an activity belongs to: a known shopper, or a visitor who is only a number so far."""

    id: str
    known: bool = True

    @property
    def ref(self) -> str:
        """The shopper as keys and logs write it: `u:` for the shop's own ids, `a:` for visitors."""
        return ("u:" if self.known else "a:") + self.id

    @classmethod
    def from_ref(cls, ref: str) -> Shopper:
        """Return the shopper that `ref` was written for."""
        return cls(ref[2:], ref.startswith("u:"))


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing a shopper did. Times are epoch seconds (UTC); money is minor units of `currency`."""

    message_id: str
    kind: str
    event: str
    at: float
    received_at: float
    trust: Trust
    shopper: Shopper | None
    lines: tuple[Line, ...] = ()
    order_id: str | None = None
    currency: str | None = None
    visit: str | None = None
    visitor: str | None = None  # the number under which a known shopper was seen when this was done
    properties: dict[str, Any] = field(default_factory=dict)

    def priced_in(self, currency: str) -> Activity:
        """Return the activity as a shop of this currency counts it.

        Nobody here knows what another currency was worth that day, so a price in one is no price.
        """
        if self.currency in (None, currency) or all(line.price is None for line in self.lines):
            return self
        return replace(self, lines=tuple(replace(line, price=None) for line in self.lines))

    def dated(self, at: float) -> Activity:
        """Return the activity as having happened at another moment."""
        return Activity(  # in the order of the fields; `replace` takes three times as long
            self.message_id,
            self.kind,
            self.event,
            at,
            self.received_at,
            self.trust,
            self.shopper,
            self.lines,
            self.order_id,
            self.currency,
            self.visit,
            self.visitor,
            self.properties,
        )

    def to_bytes(self) -> bytes:
        """Return the activity as the store keeps it: compact JSON, absent fields left out."""
        document: dict[str, Any] = {
            "id": self.message_id,
            "kind": self.kind,
            "event": self.event,
            "at": self.at,
            "got": self.received_at,
            "trust": self.trust,
        }
        if self.shopper is not None:
            document["who"] = self.shopper.ref
        if self.lines:
            document["lines"] = [
                _trimmed([line.product_id, line.quantity, line.price, line.name, line.recommendation_id])
                for line in self.lines
            ]
        if self.order_id:
            document["order"] = self.order_id
        if self.currency:
            document["currency"] = self.currency
        if self.visit:
            document["visit"] = self.visit
        if self.visitor:
            document["anon"] = self.visitor
        if self.properties:
            document["more"] = self.properties
        return orjson.dumps(document)

    @classmethod
    def from_bytes(cls, data: bytes | str) -> Activity:
        """Return the activity that `to_bytes` wrote."""
        document = orjson.loads(data)
        told = document.get
        who, lines = told("who"), told("lines")
        # In the order of the fields: naming them would cost a tenth of the worker's time.
        return cls(
            document["id"],
            document["kind"],
            document["event"],
            document["at"],
            document["got"],
            document["trust"],
            Shopper.from_ref(who) if who else None,
            tuple([Line(*line) for line in lines]) if lines else (),
            told("order"),
            told("currency"),
            told("visit"),
            told("anon"),
            told("more", {}),
        )


def _trimmed(values: list[Any]) -> list[Any]:
    while values and values[-1] is None:
        values.pop()
    return values
