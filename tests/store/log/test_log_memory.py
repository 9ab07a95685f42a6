"""Reading and merging a log takes no more memory because the log is larger."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from plugin.store.log import SCHEMA
from tests.conftest import ROOT

PROGRAM = """
import json, re, sys
from pathlib import Path
from plugin.store.log import Log, reading, rewriting
reading.BOUNDS = {"memory_limit": sys.argv[2], "threads": 1}
rewriting.ROW_GROUP = 10_000
log = Log(Path(sys.argv[1]))
rows = sum(b.num_rows for b in reading.batches(
    log.place, "SELECT * FROM log ORDER BY happened_at, entry, line", None, 20_000))
merged = log.tidy(1_000_000, 1e10)
# The most this program itself held; what the system counts for a process begins with its parent's.
most = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
print(json.dumps({"rows": rows, "merged": merged, "mib": most / 1024}))
"""


def fill(folder: Path, parts: int, rows: int) -> None:
    """Write parts of random activity, each row with 150 characters of properties that compress badly."""
    chance = np.random.default_rng(7)
    day = folder / "day=2026-01-05"
    day.mkdir(parents=True)
    for number in range(1, parts + 1):
        words = [pa.array(chance.integers(0, 2**63 - 1, rows)).cast(pa.string()) for _ in range(8)]
        entry = pc.binary_join_element_wise("{s:0}", str(number), pa.array(range(rows)).cast("string"), "-")
        columns = {
            "entry": entry,
            "message_id": entry,
            "properties": pc.binary_join_element_wise(*words, " "),
            "line": pa.array(np.zeros(rows, np.int32)),
            "kind": pa.array(["viewed"] * rows),
            "shopper": pa.array(chance.integers(0, 9_999, rows)).cast(pa.string()),
            "happened_at": pa.array(chance.random(rows) * 86_400),
        }
        arrays = [columns.get(field.name, pa.nulls(rows, field.type)) for field in SCHEMA]
        table = pa.table(arrays, schema=SCHEMA)
        pq.write_table(table, day / f"part-{number:012d}.parquet", compression="zstd", row_group_size=5_000)


def peak(folder: Path, parts: int, rows: int, limit: str) -> float:
    """Return the peak memory (MiB) of a process that reads the whole log in time order and merges it."""
    fill(folder, parts, rows)
    command = [sys.executable, "-c", PROGRAM, str(folder), limit]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    told = json.loads(done.stdout)
    assert told["rows"] == parts * rows
    assert told["merged"] == parts
    return told["mib"]


def test_a_log_ten_times_as_large_takes_hardly_more_memory(tmp_path: Path) -> None:
    small = peak(tmp_path / "small", 2, 20_000, "96MB")
    large = peak(tmp_path / "large", 20, 20_000, "96MB")
    assert large < small + 100, (small, large)  # the limit, and little above it


@pytest.mark.slow
def test_a_log_many_times_as_large_as_the_memory_is_read_and_merged(tmp_path: Path) -> None:
    mib = peak(tmp_path, 40, 25_000, "96MB")
    assert mib < 350, mib
