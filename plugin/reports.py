"""Figures an owner can look at: what came in by day, and the models the shop has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from plugin.models.versions import BY_WORD, MARKED, Version, version_of, versions
from plugin.shop import Shop
from plugin.shops import Shops
from plugin.store.log import Log

BY_DAY = """
SELECT CAST(floor(happened_at / 86400) AS BIGINT) AS day, count(DISTINCT entry) AS events,
    count(DISTINCT order_id) FILTER (kind = 'bought' AND trust = 'shop') AS orders,
    coalesce(sum(quantity * price) FILTER (kind = 'bought' AND trust = 'shop'), 0) AS revenue
FROM log WHERE kind <> 'product' AND happened_at >= $since AND happened_at < $until GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC) of a shop: activities, trusted orders, and what those came to in minor units."""

    day: date
    events: int
    orders: int
    revenue: int


def activity_by_day(log: Log, now: float, days: int) -> list[Day]:
    """Return the last days up to today, oldest first, days without anything included."""
    today = datetime.fromtimestamp(now, UTC).date()
    first = today - timedelta(days=days - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()
    rows = log.query(BY_DAY, {"since": since, "until": now + 1}).to_pylist()
    found = {date(1970, 1, 1) + timedelta(days=row["day"]): row for row in rows}
    wanted = [first + timedelta(days=number) for number in range(days)]
    return [
        Day(day, found[day]["events"], found[day]["orders"], int(found[day]["revenue"]))
        if day in found
        else Day(day, 0, 0, 0)
        for day in wanted
    ]


def models_of(shops: Shops, shop: Shop) -> list[dict[str, Any]]:
    """Return the shop's models, newest first: when learned, from what, how judged, and which one serves.

    The published one is read whole for it: where it must not serve, it is told as damaged, and as serving
    what serves in its place.
    """
    serving, fault = _in_service(shops, shop)
    return [_told_of(each, shop, serving, fault) for each in versions(shops, shop.shop_id).values()]


def model_of(shops: Shops, shop: Shop, version: str) -> dict[str, Any]:
    """Return one model of the shop, with how it is set and what took how long. Raises `NotFound`."""
    found = version_of(shops, shop.shop_id, version)
    serving, fault = _in_service(shops, shop)
    further = {"settings": found.manifest.get("settings"), "seconds": found.report.get("seconds")}
    return {**_told_of(found, shop, serving, fault), **further}


def _in_service(shops: Shops, shop: Shop) -> tuple[str | None, str | None]:
    """Return the version that really serves, and what is wrong with the published one."""
    model = shops.model(shop)
    refused = shops.refused_model(shop.shop_id) if shop.model_version else None
    return model.version if model else None, refused[1] if refused else None


def _told_of(version: Version, shop: Shop, serving: str | None, fault: str | None) -> dict[str, Any]:
    published = version.version == shop.model_version
    return {
        "version": version.version,
        "serving": version.version == serving,
        "published": published,
        "marked_as_of": version.marked_as_of,
        "trained_at": version.report.get("trained_at"),
        "as_of": version.as_of,
        "fit": version.report.get("fit", True),
        "reason": _reason(version, published),
        "judged": version.report.get("judged"),
        "counts": version.counts or None,
        "damaged": (fault if published else None) or version.damaged,
    }


def _reason(version: Version, published: bool) -> str | None:
    """Return what was said of a version when it was trained, put right where it serves all the same."""
    reason: str | None = version.report.get("reason")
    if not published or reason is None:
        return reason
    if reason == MARKED:
        return f"marked with a moment in the past, and {BY_WORD}"
    return reason if version.report.get("fit", True) else f"{BY_WORD}, although {reason}"
