"""The history: Parquet files of a shop, one row per activity line, partitioned by the day they came in."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

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
BOUNDS: dict[str, Any] = {"memory_limit": "2GB", "threads": 2}
# DuckDB draws its progress on standard output, where it would end up in somebody's JSON.
SILENTLY = "SET enable_progress_bar = false"
NO_LINE = Line(None, None)  # type: ignore[arg-type]  # an activity without products has one empty row


class Log:
    """The Parquet history of one shop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, part: int, entries: Sequence[tuple[str, Activity]]) -> None:
        """Write the entries of one part, durably; writing a part again replaces it by the same.

        `entries` are pairs of the stream position and the activity. Two writers of the same part do not
        disturb each other: each finishes a file of its own and then moves it into place.
        """
        self._clear_away(part)
        by_day: dict[str, list[tuple[str, Activity]]] = {}
        for position, activity in entries:
            day = datetime.fromtimestamp(activity.received_at, UTC).strftime("%Y-%m-%d")
            by_day.setdefault(day, []).append((position, activity))
        for day, of_day in by_day.items():
            folder = self.folder / f"day={day}"
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"part-{part:012d}.parquet"
            unfinished = path.with_suffix(f".{uuid.uuid4().hex[:8]}.unfinished")
            pq.write_table(_table(of_day), unfinished, compression="zstd")
            _to_disk(unfinished)
            unfinished.rename(path)
            _to_disk(folder)

    def _clear_away(self, part: int) -> None:
        """Remove what writers of earlier parts left when they were ended; those parts are settled."""
        for left in self.folder.glob("day=*/part-*.unfinished"):
            if int(left.name.removeprefix("part-").split(".")[0]) < part:
                left.unlink(missing_ok=True)

    @property
    def files(self) -> list[str]:
        """The files of the history, oldest part first within a day."""
        return [str(path) for path in sorted(self.folder.glob("day=*/part-*.parquet"))]

    def query(self, sql: str, parameters: dict[str, Any] | None = None) -> pa.Table:
        """Return what DuckDB answers to `sql` over the table `log`, in bounded memory."""
        with duckdb.connect(config=BOUNDS) as database:
            database.execute(SILENTLY)
            files = self.files
            if files:
                database.read_parquet(files).create_view("log")
            else:
                database.register("log", SCHEMA.empty_table())
            return database.sql(sql, params=parameters or None).to_arrow_table()

    def activities(self, where: str = "true", parameters: dict[str, Any] | None = None) -> Iterator[Activity]:
        """Yield the activities that match an SQL condition on the columns, in time order."""
        sql = f"SELECT * FROM log WHERE {where} ORDER BY happened_at, entry, line"
        rows: list[dict[str, Any]] = []
        for batch in self.query(sql, parameters).to_batches(max_chunksize=20_000):
            for row in batch.to_pylist():
                if rows and rows[0]["entry"] != row["entry"]:
                    yield _activity(rows)
                    rows = []
                rows.append(row)
        if rows:
            yield _activity(rows)


def _table(entries: Sequence[tuple[str, Activity]]) -> pa.Table:
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


def _activity(rows: list[dict[str, Any]]) -> Activity:
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
        properties=orjson.loads(first["properties"]) if first["properties"] else {},
    )


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
