"""Receipts of erasures, as documents."""

from __future__ import annotations

from typing import Any

from api.moments import moment
from plugin.rights.erasing import Erasing


def receipt_view(receipt: dict[str, Any]) -> dict[str, Any]:
    """Return a receipt as a document."""
    return {
        "erasure_id": receipt["erasure_id"],
        "state": receipt["state"],
        "asked_at": moment(receipt["asked_at"]),
        "finished_at": moment(receipt["finished_at"]),
        "by": receipt["by"],
        "marks": receipt["marks"],
        "steps": [{**step, "at": moment(step["at"])} for step in receipt["steps"]],
        "waiting_for": Erasing.waiting_for(receipt),
    }
