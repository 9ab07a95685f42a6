"""Facts in Parquet files: written and read batch by batch, and readable with any tool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from plugin.store.backup.facts import Fact, Name

SCHEMA = pa.schema(
    [
        ("shard", pa.int32()),
        ("name", pa.binary()),
        ("kind", pa.string()),
        ("expires", pa.int64()),
        ("item", pa.binary()),
        ("field", pa.binary()),
        ("value", pa.binary()),
        ("score", pa.float64()),
    ]
)
ROWS = 10_000
BYTES = 16 * 1024 * 1024


def write_facts(path: Path, facts: Iterable[Fact]) -> int:
    """Write facts to a file; return of how many keys they are."""
    keys, before, size = 0, None, 0
    rows: list[Fact] = []
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for fact in facts:
            keys += fact.name != before
            before = fact.name
            rows.append(fact)
            size += len(fact.value or b"")
            if len(rows) >= ROWS or size >= BYTES:
                writer.write_table(_table(rows))
                rows, size = [], 0
        writer.write_table(_table(rows))
    return keys


def read_facts(path: Path) -> Iterator[Fact]:
    """Yield the facts of a file, in the order they were written."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS):
            for shard, name, *rest in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield Fact(Name(shard, name), *rest)


def _table(rows: list[Fact]) -> pa.Table:
    columns = zip(*((*fact.name, *fact[1:]) for fact in rows), strict=True) if rows else [[]] * len(SCHEMA)
    return pa.table(
        [pa.array(list(column), field.type) for column, field in zip(columns, SCHEMA, strict=True)],
        schema=SCHEMA,
    )
