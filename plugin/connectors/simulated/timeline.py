"""All visits of all shoppers as one stream of documents in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plugin.connectors.simulated import documents
from plugin.connectors.simulated.documents import Document, track
from plugin.connectors.simulated.people import Person
from plugin.connectors.simulated.sales import PriceHistory
from plugin.connectors.simulated.visits import Visit

BETWEEN_CLICKS = 37.0
"""Seconds between two things done in one visit."""


@dataclass(frozen=True)
class Moment:
    """One document's time, its sender, and what it says."""

    at: float
    person: Person
    document: Document
    signed_in: bool = True


def number_orders(visits: list[tuple[Person, Visit]]) -> dict[int, str]:
    """The order number of every visit that bought something (by `id`), in the order of time."""
    buying = sorted((visit.at, place) for place, (_, visit) in enumerate(visits) if visit.bought)
    return {id(visits[place][1]): f"BF-{100_001 + n}" for n, (_, place) in enumerate(buying)}


def visit_moments(
    person: Person, visit: Visit, order_id: str | None, prices: PriceHistory, currency: str, first: bool
) -> Iterator[Moment]:
    """What one visit sends. A shopper's first visit introduces them, some only after they looked around."""
    at, signed_in = visit.at, not (first and person.user_id and person.anonymous_id)
    if first and signed_in and person.user_id:
        yield Moment(at, person, documents.identify(person))
    said = []
    if visit.search:
        said.append(track("Products Searched", {"query": visit.search}))
    for card, variant in visit.views:
        cents = prices.cents(card.key, variant.cents, visit.at)
        shown = documents.product_properties(card, variant, cents, currency)
        said.append(track("Product Viewed", shown))
    for line in visit.added:
        said.append(track("Product Added", documents.line_properties(line, currency)))
    for line in visit.removed:
        said.append(track("Product Removed", documents.line_properties(line, currency)))
    for document in said:
        at += BETWEEN_CLICKS
        yield Moment(at, person, document, signed_in)
    if not signed_in:
        at += BETWEEN_CLICKS
        yield Moment(at, person, documents.identify(person))
    if order_id:
        bought = documents.order_properties(order_id, visit.bought, currency)
        yield Moment(at + BETWEEN_CLICKS, person, track("Order Completed", bought))
        yield from _afterwards(person, visit, order_id, currency)


def _afterwards(person: Person, visit: Visit, order_id: str, currency: str) -> Iterator[Moment]:
    for parcel in visit.sent_back:
        sent = documents.refund_properties(order_id, parcel, currency)
        yield Moment(parcel.at, person, track("Order Refunded", sent))
    for place, review in enumerate(visit.reviews, 1):
        said = documents.review_properties(f"{order_id}-r{place}", review)
        yield Moment(review.at, person, track("Product Reviewed", said))


def sent(moment: Moment, message_id: str) -> Document:
    """The moment's document with its sender, its time and its own id."""
    document: Document = {
        **moment.document,
        "messageId": message_id,
        "timestamp": documents.rfc3339(moment.at),
    }
    person = moment.person
    if person.user_id and moment.signed_in:
        document["userId"] = person.user_id
    else:
        document["anonymousId"] = person.anonymous_id
    return document
