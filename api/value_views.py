"""What shoppers are worth, as documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from api.moments import moment
from plugin.gather import Scene
from plugin.money import as_document
from plugin.shop import Shop

if TYPE_CHECKING:
    from plugin.value.shop_value import Band

DAY = 86_400.0


def value_view(scene: Scene) -> dict[str, Any]:
    """Return what a shopper was worth so far and what is expected of them, with from what and when."""
    figures, currency, expected = scene.figures, scene.shop.settings.currency, scene.expected
    recency = None if figures.last_at is None else round((scene.now - figures.last_at) / DAY, 2)
    told: dict[str, Any] = {
        "recency_days": recency,
        "frequency": figures.orders,
        "monetary": as_document(figures.spent, currency),
        "expected_orders": None,
        "expected_spend": None,
        "expected_profit": None,
        "still_customer": None,
        "above": None,
        "ahead_days": None,
        "as_of": None,
        "from_buyers": None,
    }
    value = scene.shop.value
    if expected is not None and value is not None and value.foresight is not None:
        told |= {
            "expected_orders": round(expected.orders, 3),
            "expected_spend": as_document(expected.spend, currency),
            "expected_profit": as_document(expected.profit, currency),
            "still_customer": round(expected.still_customer, 4),
            "above": None if expected.place is None else round(expected.place, 4),
            "ahead_days": round(value.foresight.ahead),
            "as_of": moment(value.as_of),
            "from_buyers": value.buyers,
        }
    return told


def value_ladder_view(shop: Shop) -> dict[str, Any]:
    """Return who is worth what in ten bands, best first; no bands where there is too little to say."""
    value, currency = shop.value, shop.settings.currency
    bands = [] if value is None else _bands_view(value.bands, currency)
    foresight = value.foresight if value is not None else None
    return {
        "as_of": moment(value.as_of) if value is not None else None,
        "from_buyers": value.buyers if value is not None else None,
        "ahead_days": round(foresight.ahead) if foresight is not None else None,
        "learned": None if foresight is None else {
            "orders": foresight.learned.trees_ is not None,
            "rank": foresight.learned.ranker_ is not None,
            **foresight.learned.judged_,
        },
        "margin": None if value is None or value.margin is None else round(value.margin, 4),
        "bands": bands,
    }  # fmt: skip


def _bands_view(bands: Sequence[Band], currency: str) -> list[dict[str, Any]]:
    whole = sum((band.spend or 0.0) * band.buyers for band in bands)
    return [
        {
            "band": place,
            "buyers": band.buyers,
            "expected_orders": round(band.orders, 3),
            "expected_spend": None if band.spend is None else as_document(round(band.spend), currency),
            "share_of_spend": round((band.spend or 0.0) * band.buyers / whole, 4) if whole else None,
            "still_customer": round(band.still_customer, 4),
        }
        for place, band in enumerate(bands, start=1)
    ]
