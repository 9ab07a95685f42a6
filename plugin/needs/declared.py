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
from plugin.ownership import NEVER, Owned

DAY = 86_400.0
DAYS_IN = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
WARRANTY = re.compile(r"(\d{1,3})\s*(day|week|month|year)s?", re.IGNORECASE)
MONTH_OF = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that is due for a product by its own nature: `replace`, `warranty_ends` or `season`.

    `until` (epoch seconds) is how long it stays told once it is due; None for what is over by then.
    """

    kind: str
    at: float
    until: float | None = None

    def is_told(self, now: float, ends: float) -> bool:
        """Whether it falls into a window, or is overdue and still told."""
        return self.at <= ends and now <= (self.at if self.until is None else self.until)


def declared(product: Product, owned: Owned, now: float, said_at: float = NEVER) -> Iterator[Moment]:
    """Yield the moments of one owned product, as its newest purchase and its merchant have them.

    `said_at` is when the shopper last said how it stands: what was due by then is settled by that.
    """
    if not owned.times:
        return
    if (replaced := _replaced_at(product, owned)) is not None and replaced > said_at:
        # After as long again it was got elsewhere or is not missed: nothing is known of it any more.
        yield Moment("replace", replaced, replaced + (product.lifetime_days or 0) * DAY)
    if not owned.there:
        return
    if (days := warranty_days(product.attributes)) is not None:
        yield Moment("warranty_ends", owned.last_at + days * DAY)
    if (month := season_month(product.attributes)) is not None:
        yield Moment("season", _next_start(month, now))


def _replaced_at(product: Product, owned: Owned) -> float | None:
    """When it has lasted as long as it is made to; None where nothing is told or somebody spoke of it."""
    if not product.lifetime_days:
        return None
    if product.durable is True:
        return owned.last_at + product.lifetime_days * DAY if owned.there else None
    return owned.ran_out_at if owned.runs_out_at is None else owned.runs_out_at


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
