"""Reading a log with DuckDB: in bounded memory, and undisturbed by files being replaced meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from plugin.store.log.inventory import look
from plugin.store.log.places import Place
from plugin.store.log.rows import SCHEMA
from plugin.store.scratch import scratch

BOUNDS: dict[str, Any] = {"memory_limit": "2GB", "threads": 2}
# DuckDB draws its progress on standard output, where it would end up in somebody's JSON.
SILENTLY = "SET enable_progress_bar = false"
LOOKS = 20
Parameters = Mapping[str, Any] | None


@contextmanager
def database(place: Place) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a DuckDB that keeps within its bounds: what does not fit goes to disk meanwhile."""
    with (
        scratch(place.room) as room,
        duckdb.connect(config={**BOUNDS, "temp_directory": str(room)}) as connection,
    ):
        connection.execute(SILENTLY)
        yield connection


def show(
    connection: duckdb.DuckDBPyConnection, place: Place, names: Sequence[str], *, filename: bool = False
) -> None:
    """Let a DuckDB see some files as the table `log`; a column that older files lack is empty there."""
    if not names:
        connection.register("log", SCHEMA.empty_table())
        return
    rows = connection.read_parquet(place.addresses(connection, names), union_by_name=True, filename=filename)
    missing = [field.name for field in SCHEMA if field.name not in rows.columns]
    added = "".join(f", CAST(NULL AS VARCHAR) AS {name}" for name in missing)
    (rows.project(f"*{added}") if missing else rows).create_view("log")


def answer(place: Place, sql: str, parameters: Parameters = None) -> pa.Table:
    """Return what DuckDB answers to `sql` over the table `log`."""
    return next(_answers(place, sql, parameters, None))


def batches(place: Place, sql: str, parameters: Parameters, rows: int) -> Iterator[pa.RecordBatch]:
    """Yield the answer in batches. `sql` must sort: then all files are read before the first batch comes."""
    yield from _answers(place, sql, parameters, rows)


def _answers(place: Place, sql: str, parameters: Parameters, rows: int | None) -> Iterator[Any]:
    """Yield the answer whole, or in batches of so many rows.

    A file may be replaced between looking and reading. Then it is looked again; nothing was answered yet.
    """
    for attempt in range(LOOKS):
        found = look(place)
        begun = False
        try:
            with database(place) as connection:
                show(connection, place, found.counting)
                relation = connection.sql(sql, params=dict(parameters) if parameters else None)
                if rows is None:
                    yield relation.to_arrow_table()
                    return
                for batch in relation.to_arrow_reader(rows):
                    begun = True
                    yield batch
                return
        except (duckdb.Error, pa.ArrowException, OSError):
            same = look(place).inventory.generation == found.inventory.generation
            if begun or same or attempt + 1 == LOOKS:
                raise
