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
from plugin.errors import NotFound
from plugin.money import as_document
from plugin.offers.funding import Funders, split
from plugin.redemptions.statement import FOR_EVER, Statement, statement

doors = Doors("funding", __name__, description="What partners bear of what offers give")


@doors.get("/v1/offer-rules/<identity:offer_id>/funding")
@opens("secret")
@doors.arguments(StatementInQuery, location="query")
def funding(asked: dict[str, Any], offer_id: str) -> Response:
    """Answer what each partner owes for a time: what was given in it, less what came back in it."""
    shop = g.caller.shop
    if identity(offer_id) not in shop.offers:
        raise NotFound(f"There is no offer rule {identity(offer_id)!r}.")
    since, until = (each.timestamp() if each else None for each in (asked["since"], asked["until"]))
    memory = storefront().shops.memory(shop.shop_id)
    found = statement(memory, identity(offer_id), since or 0.0, FOR_EVER if until is None else until)
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
