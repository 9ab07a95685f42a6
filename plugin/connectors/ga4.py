"""Bodies of Google Analytics' Measurement Protocol, turned into the documents every door for activity reads.

The names of its events and the shape of their items are understood wherever activity comes in (`segment`);
here is only what stands around them: who, when, and the list of events.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

MICROSECONDS = 1_000_000


def is_protocol_body(body: dict[str, Any]) -> bool:
    """Whether a posted body is one of the Measurement Protocol's, and not a batch of documents."""
    return "batch" not in body and isinstance(body.get("events"), list)


def as_documents(body: dict[str, Any]) -> list[Any]:
    """Return the events of a body as documents, in order: `client_id` is the visitor, `user_id` the shopper.

    A time (`timestamp_micros`, microseconds since 1970) of the event goes before the body's; one that is no
    number is left for the reader to refuse. `user_data` and `user_properties` are not read. An event that is
    no object is passed on as it is, to be refused in its place.
    """
    return [_document(body, event) if isinstance(event, dict) else event for event in body["events"]]


def _document(body: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": "track",
        "event": event.get("name"),
        "properties": event.get("params"),
    }
    for ours, theirs in (("userId", "user_id"), ("anonymousId", "client_id")):
        if body.get(theirs) is not None:
            document[ours] = body[theirs]
    micros = event.get("timestamp_micros", body.get("timestamp_micros"))
    if micros is not None:
        document["timestamp"] = _time(micros)
    if "context" in body:
        document["context"] = body["context"]
    return document


def _time(micros: Any) -> Any:
    """The time as text; what is no time stays as it is."""
    try:
        at = datetime.fromtimestamp(int(micros) / MICROSECONDS, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return str(micros)
    return at.isoformat()
