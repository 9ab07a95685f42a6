"""Which day, week or month a limit counts in, by the shop's own clock."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def period_name(period: str, now: float, zone: str) -> str:
    """Return the name of the `day`, `week` (ISO 8601) or `month` that a moment lies in."""
    local = datetime.fromtimestamp(now, ZoneInfo(zone))
    if period == "week":
        year, week, _ = local.isocalendar()
        return f"{year:04}-W{week:02}"
    return f"{local:%Y-%m-%d}" if period == "day" else f"{local:%Y-%m}"
