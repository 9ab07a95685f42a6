"""A shopper's place as the document that leaves the service."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from plugin.money import as_document
from plugin.tiers.ladder import in_language
from plugin.tiers.standing import Place


def place_document(place: Place, currency: str, locale: str | None) -> dict[str, Any]:
    """Return a place as it is answered: the tier, the way to the next, and when it falls."""
    progress = place.progress
    if progress is not None:
        missing = dict(progress["missing"])
        if "amount" in missing:
            missing.update(as_document(missing["amount"], currency) or {})
        progress = {**progress, "title": in_language(progress["title"], locale), "missing": missing}
    falls_on = None
    if place.falls_on is not None:
        falls_on = datetime.fromtimestamp(place.falls_on, UTC).date().isoformat()
    return {
        "tier": place.tier,
        "title": in_language(place.title, locale),
        "progress": progress,
        "falls_on": falls_on,
    }
