"""What platforms ask for the people of a shop: kept until it is done, naming nobody any longer than that."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson

from plugin.store.documents import Documents

REQUEST = "privacy-request/"


def privacy_requests(documents: Documents) -> list[dict[str, Any]]:
    """Return what platforms asked for people of a shop and is not done yet, the oldest first."""
    found = [request for _, _, request in _all(documents) if request["state"] == "open"]
    return sorted(found, key=lambda each: each["asked_at"])


def requests_for(documents: Documents, shopper_ids: Collection[str]) -> list[dict[str, Any]]:
    """Return what platforms asked for these shoppers, the oldest first."""
    found = [request for _, _, request in _all(documents) if request["shopper"] in shopper_ids]
    return sorted(found, key=lambda each: each["asked_at"])


def unname_requests(documents: Documents, shopper_ids: Collection[str]) -> int:
    """Have no request name these shoppers any more, as they are erased; return how many did."""
    changes: dict[str, tuple[bytes | None, bytes | None]] = {}
    for name, body, request in _all(documents):
        if request["shopper"] in shopper_ids:
            changes[name] = (body, orjson.dumps({**request, "shopper": None, "state": "erased"}))
    overtaken = documents.swap_many(changes)
    return len(changes) + (unname_requests(documents, shopper_ids) if overtaken else 0)


def _all(documents: Documents) -> list[tuple[str, bytes, dict[str, Any]]]:
    bodies = documents.changes_since(0).bodies
    return [
        (name, body, orjson.loads(body)) for name, body in bodies.items() if name.startswith(REQUEST) and body
    ]
