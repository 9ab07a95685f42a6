"""Times as every door writes them."""

from __future__ import annotations

from datetime import UTC, datetime

EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC) for year in (1900, 2200))
"""Between which a shop can be asked about: the days around it can be told in every zone."""


def moment(at: float | None) -> str | None:
    """Return a time as RFC 3339, UTC, to the second."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
