"""How activities stand in the log: one row per line, and one for an activity without products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pyarrow as pa

from plugin.activity import Activity, Line, Shopper

SCHEMA = pa.schema(
    [
        ("entry", pa.string()),
        ("line", pa.int32()),
        ("kind", pa.string()),
        ("event", pa.string()),
        ("happened_at", pa.float64()),
        ("received_at", pa.float64()),
        ("trust", pa.string()),
        ("shopper", pa.string()),
        ("visitor", pa.string()),
        ("visit", pa.string()),
        ("order_id", pa.string()),
        ("product_id", pa.string()),
        ("quantity", pa.int64()),
        ("price", pa.int64()),
        ("currency", pa.string()),
        ("name", pa.string()),
        ("recommendation_id", pa.string()),
        ("message_id", pa.string()),
        ("properties", pa.string()),
    ]
)
NO_LINE = Line(None, None)  # type: ignore[arg-type]  # an activity without products has one empty row


def rows_of(entries: Sequence[tuple[str, Activity]]) -> pa.Table:
    """Return the rows of some activities, each with the stream position it came from."""
    rows = [
        (
            entry,
            number,
            activity.kind,
            activity.event,
            activity.at,
            activity.received_at,
            activity.trust,
            activity.shopper.ref if activity.shopper else None,
            activity.visitor,
            activity.visit,
            activity.order_id,
            line.product_id,
            line.quantity,
            line.price,
            activity.currency,
            line.name,
            line.recommendation_id,
            activity.message_id,
            orjson.dumps(activity.properties).decode() if not number and activity.properties else None,
        )
        for entry, activity in entries
        for number, line in enumerate(activity.lines or (NO_LINE,))
    ]
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def activity_of(rows: Sequence[dict[str, Any]]) -> Activity:
    """Return the activity that stands in these rows (all of one entry, in the order of their lines)."""
    first = rows[0]
    return Activity(
        message_id=first["message_id"],
        kind=first["kind"],
        event=first["event"],
        at=first["happened_at"],
        received_at=first["received_at"],
        trust=first["trust"],
        shopper=Shopper.from_ref(first["shopper"]) if first["shopper"] else None,
        lines=tuple(
            Line(row["product_id"], row["quantity"], row["price"], row["name"], row["recommendation_id"])
            for row in rows
            if row["product_id"] is not None
        ),
        order_id=first["order_id"],
        currency=first["currency"],
        visit=first["visit"],
        visitor=first["visitor"],
        properties=orjson.loads(first["properties"]) if first["properties"] else {},
    )
