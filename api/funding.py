"""What the partners who fund an offer owe for a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import opens, storefront
from api.doors import Doors
from api.moments import moment
from api.offers import identity
from api.schemas.gifts import StatementInQuery
from api.schemas.rules import epoch
from plugin.errors import Invalid, NotFound
from plugin.money import as_document
from plugin.offers.funding import Funders, split
from plugin.redemptions.statement import FOR_EVER, Statement, statement

doors = Doors("funding", __name__, description="What partners bear of what offers give")

MOST_USES = 50_000  # redemptions that a request may add up; more takes the command line


@doors.get("/v1/offer-rules/<identity:offer_id>/funding")
@opens("secret")
@doors.arguments(StatementInQuery, location="query")
def funding(asked: dict[str, Any], offer_id: str) -> Response:
    """Answer what each partner owes for a time: what was given in it, less what came back in it."""
    shop, offer = g.caller.shop, identity(offer_id)
    memory = storefront().shops.memory(shop.shop_id)
    uses = memory.ledger.size(offer)
    if offer not in shop.offers and not uses:
        raise NotFound(f"There is no offer rule {offer!r}, and nothing is known of one.")
    if uses > MOST_USES:
        detail = (
            f"Offer {offer!r} has {uses:,} uses, and a request adds up {MOST_USES:,} at most; "
            "`rapport offers funding` on the command line adds up all of them."
        )
        raise Invalid(detail, errors=[{"parameter": "offer_id", "detail": detail}])
    since, until = epoch(asked["since"]), epoch(asked["until"])
    found = statement(memory, offer, since or 0.0, FOR_EVER if until is None else until)
    return answer(statement_view(found, shop.settings.currency, since, until))


def statement_view(
    found: Statement, currency: str, since: float | None, until: float | None
) -> dict[str, Any]:
    """Return a statement as it is told."""
    return {
        "offer_id": found.offer_id,
        "since": moment(since),
        "until": moment(until),
        "redemptions": found.redemptions,
        "given": as_document(found.given, currency),
        "partners": [
            {"partner": partner, "amount": as_document(amount, currency)}
            for partner, amount in found.partners.items()
        ],
        "shop": as_document(found.shop, currency),
    }


def funding_view(given: Iterable[tuple[str, int, Funders]], currency: str) -> list[dict[str, Any]]:
    """Return what each partner bears of what offers take off: offer, money, and who funds it."""
    return [
        {"offer_id": offer_id, "partner": partner, "amount": as_document(amount, currency)}
        for offer_id, money, funders in given
        for (partner, _), amount in zip(funders, split(money, funders), strict=True)
    ]
