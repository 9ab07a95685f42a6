"""Moments that the merchant declared of a product: how long it lasts, its warranty, its season.

How long it lasts is `lifetime_days`. A warranty is the attribute `warranty` ("2 years", "6 months", "90
days"), a season the attribute `season` ("spring", "winter", or a month as in "04").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from plugin.catalog import Product
from plugin.ownership import Owned

DAY = 86_400.0
DAYS_IN = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
WARRANTY = re.compile(r"(\d{1,3})\s*(day|week|month|year)s?", re.IGNORECASE)
MONTH_OF = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that is due for a product by its own nature: `replace`, `warranty_ends` or `season`."""

    kind: str
    at: float


def declared(product: Product, owned: Owned, now: float) -> Iterator[Moment]:
    """Yield the moments of one owned product, as its newest purchase and its merchant have them."""
    if not owned.there or not owned.times:
        return
    if product.lifetime_days and product.durable is True:
        yield Moment("replace", owned.last_at + product.lifetime_days * DAY)
    elif product.lifetime_days and owned.runs_out_at is not None:
        yield Moment("replace", owned.runs_out_at)
    if (days := warranty_days(product.attributes)) is not None:
        yield Moment("warranty_ends", owned.last_at + days * DAY)
    if (month := season_month(product.attributes)) is not None:
        yield Moment("season", _next_start(month, now))


def warranty_days(attributes: dict[str, Any]) -> float | None:
    """Return how many days a warranty lasts; None where none is told or it cannot be read."""
    found = WARRANTY.search(str(attributes.get("warranty", "")))
    return int(found[1]) * DAYS_IN[found[2].lower()] if found else None


def season_month(attributes: dict[str, Any]) -> int | None:
    """Return the month (1 to 12) in which a product's season begins; None where none is told."""
    told = str(attributes.get("season", "")).strip().casefold()
    if told.isdigit() and 1 <= int(told) <= 12:
        return int(told)
    return MONTH_OF.get(told)


def _next_start(month: int, now: float) -> float:
    """The first day (UTC) of that month, this year or next, whichever comes next."""
    today = datetime.fromtimestamp(now, UTC)
    year = today.year + (today.month > month or (today.month == month and today.day > 1))
    return datetime(year, month, 1, tzinfo=UTC).timestamp()
