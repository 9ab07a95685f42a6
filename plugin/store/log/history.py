"""The log of one shop: written part by part, read with SQL, kept in few files, forgotten in when asked."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from plugin.activity import Activity
from plugin.errors import StoreUnavailable
from plugin.store.durable import UNFINISHED
from plugin.store.log import reading
from plugin.store.log.compaction import next_merge
from plugin.store.log.inventory import Counted, Inventory, look
from plugin.store.log.places import LocalFolder, Place
from plugin.store.log.rewriting import Rewriting, StillOurs
from plugin.store.log.rows import activity_of, rows_of

DAY_S = 86_400
# Theirs, or telling of nothing but who they are.
OF_THEM = """
shopper IN (SELECT unnest($refs))
OR (kind = 'aliased' AND json_extract_string(properties, '$.previous_id') IN (SELECT unnest($ids)))
OR (kind IN ('joined', 'split') AND list_has_any(json_extract_string(properties, '$.*'), $refs))
"""
# What somebody else did at a number of theirs stays that person's, without the number.
AT_THEIR_NUMBER = "visitor IN (SELECT unnest($visitors))"
WITHOUT_NUMBER = f"CASE WHEN {AT_THEIR_NUMBER} THEN NULL ELSE visitor END AS visitor"


class Log:
    """The Parquet history of one shop. One writer at a time: hold the shop's lease for all but reading."""

    def __init__(self, place: Place | Path) -> None:
        self.place: Place = LocalFolder(place) if isinstance(place, Path) else place

    def write(self, part: int, entries: Sequence[tuple[str, Activity]]) -> None:
        """Write the entries of one part, durably; writing a part again replaces it by the same.

        `entries` are pairs of the stream position and the activity. Two writers of the same part do not
        disturb each other: each finishes a file of its own and then moves it into place.
        """
        self._clear_away(part)
        by_day: dict[int, list[tuple[str, Activity]]] = {}
        for position, activity in entries:
            by_day.setdefault(int(activity.received_at // DAY_S), []).append((position, activity))
        for day, of_day in by_day.items():
            with self.place.writing(f"day={_day(day * DAY_S)}/part-{part:012d}.parquet") as path:
                pq.write_table(rows_of(of_day), path, compression="zstd")

    def _clear_away(self, part: int) -> None:
        """Remove what writers of earlier parts left when they were ended; those parts are settled."""
        left = [name for name in self.place.names() if "/part-" in name and name.endswith(UNFINISHED)]
        self.place.remove(name for name in left if int(name.partition("/part-")[2].partition(".")[0]) < part)

    @property
    def files(self) -> list[str]:
        """The names of the files that make up the history, oldest day first."""
        return look(self.place).counting

    @property
    def through(self) -> int:
        """The newest part that the inventory speaks of; a part may be written under a greater number only."""
        return look(self.place).inventory.through

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Return what DuckDB answers to `sql` over the table `log`, in bounded memory."""
        return reading.answer(self.place, sql, parameters)

    def activities(
        self, where: str = "true", parameters: Mapping[str, Any] | None = None
    ) -> Iterator[Activity]:
        """Yield the activities that match an SQL condition on the columns, in time order."""
        sql = f"SELECT * FROM log WHERE {where} ORDER BY happened_at, entry, line"
        rows: list[dict[str, Any]] = []
        for batch in reading.batches(self.place, sql, parameters, 20_000):
            for row in batch.to_pylist():
                if rows and rows[0]["entry"] != row["entry"]:
                    yield activity_of(rows)
                    rows = []
                rows.append(row)
        if rows:
            yield activity_of(rows)

    def tidy(self, settled: int, now: float, still_ours: StillOurs = lambda: True) -> int:
        """Make one file of many small ones; return how many those were, 0 when all is well.

        `settled` is the newest part that nobody writes any more.
        """
        change = Rewriting(self.place, settled, still_ours)
        merged = next_merge(change.files, _day(now))
        if merged:
            change.replace(merged, sum(file.rows for file in merged))
        if merged or change.leftovers:
            change.settle()
        return len(merged)

    def forget(self, refs: Collection[str], settled: int, still_ours: StillOurs = lambda: True) -> int:
        """Remove every row of these shoppers, and every row that tells of nothing but who they are.

        Of what others did at their numbers the numbers are taken out. Returns how many rows that were. Their
        bytes are gone from the log's folder when this returns. Raises `StoreUnavailable` when the lease was
        lost meanwhile: then it is to be done again.
        """
        of_them = {"refs": list(refs), "ids": [ref[2:] for ref in refs]}
        at_number = {"visitors": [ref[2:] for ref in refs if ref.startswith("a:")]}
        change = Rewriting(self.place, settled, still_ours)
        gone = change.holding(OF_THEM, of_them)
        told = change.holding(f"({OF_THEM}) IS NOT TRUE AND {AT_THEIR_NUMBER}", {**of_them, **at_number})
        for file in {**gone, **told}:
            change.replace(
                [file], file.rows - gone.get(file, 0), OF_THEM, {**of_them, **at_number}, WITHOUT_NUMBER
            )
        return self._settled(change, [*gone.values(), *told.values()])

    def expire(self, before: Mapping[str, float], settled: int, still_ours: StillOurs = lambda: True) -> int:
        """Remove what is older than its kind is kept; return how many rows those were.

        `before` says for each kind of activity the moment (epoch seconds) before which it is removed. Kinds
        it does not name are kept for ever. Raises as `forget` does.
        """
        kinds, moments = list(before), [before[kind] for kind in before]
        too_old = "happened_at < list_extract($moments, list_position($kinds, kind))"
        return self._rewrite(too_old, {"kinds": kinds, "moments": moments}, settled, still_ours)

    def copy_to(self, folder: Path, settled: int) -> int:
        """Have the files of the log in `folder` too; return how many rows they have."""
        counted = Rewriting(self.place, settled, lambda: True).files
        for file in counted:
            self.place.fetch(file.name, folder / file.name)
        return sum(file.rows for file in counted)

    def bring_back(self, folder: Path, through: int) -> None:
        """Make the log of the files in `folder`, which `copy_to` wrote, where there is no log yet.

        `through` is the newest part that the shop's archive has settled. Raises `StoreUnavailable` when
        another process was quicker.
        """
        files = []
        for path in sorted(folder.glob("day=*/*.parquet")):
            name = f"{path.parent.name}/rows-{1:012d}-{uuid.uuid4().hex[:8]}.parquet"
            with self.place.writing(name) as target:
                shutil.copyfile(path, target)
            files.append(Counted(name, pq.read_metadata(path).num_rows))
        inventory = Inventory(1, through, tuple(files))
        if not self.place.create(inventory.name, inventory.to_bytes()):
            raise StoreUnavailable("Another process is bringing back this log.")

    def _rewrite(self, without: str, parameters: dict[str, Any], settled: int, still_ours: StillOurs) -> int:
        """Write those files anew that hold such rows, without them; return how many rows went."""
        change = Rewriting(self.place, settled, still_ours)
        holding = change.holding(without, parameters)
        for file, rows in holding.items():
            change.replace([file], file.rows - rows, without, parameters)
        return self._settled(change, list(holding.values()))

    @staticmethod
    def _settled(change: Rewriting, rows: Sequence[int]) -> int:
        """Have a change count; return the sum of its rows."""
        if (rows or change.leftovers) and not change.settle():
            raise StoreUnavailable("Another process took over the work of this shop; do it again.")
        return sum(rows)


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
