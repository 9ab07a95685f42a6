"""Changing what lies in a log: new files are written aside, made to count all at once, the old ones removed.

Whoever is ended at any step leaves a log in which every row counts once: before the new inventory is there
the old files count, after it the new ones, and what is left over of either is removed the next time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from plugin.errors import RapportError
from plugin.store.log.inventory import Counted, Inventory, look
from plugin.store.log.places import Place
from plugin.store.log.reading import database, show
from plugin.store.log.rows import SCHEMA

ROW_GROUP = 50_000  # rows that a look at their statistics can pass over
SORTED = "ORDER BY shopper NULLS LAST, happened_at, entry, line"
COLUMNS = ", ".join(SCHEMA.names)
StillOurs = Callable[[], bool]


class Rewriting:
    """One change of a log. Hold the shop's lease: `still_ours` is asked before the change comes to count."""

    def __init__(self, place: Place, settled: int, still_ours: StillOurs) -> None:
        self._place = place
        self._still_ours = still_ours
        self._settled = settled
        self._found = look(place)
        self._gone: set[str] = set()
        self._written: list[Counted] = []
        parts = self._found.settled_parts(settled)
        self.files: list[Counted] = [*self._found.inventory.files, *self._counted(parts)]

    @property
    def leftovers(self) -> bool:
        """Whether ended writers have left something behind."""
        return bool(self._found.leftovers(self._next(self.files)))

    def _next(self, files: Sequence[Counted]) -> Inventory:
        before = self._found.inventory
        return Inventory(before.generation + 1, max(before.through, self._settled), tuple(sorted(files)))

    def _counted(self, names: Sequence[str]) -> list[Counted]:
        if not names:
            return []
        with database(self._place) as connection:
            addresses = self._place.addresses(connection, names)
            rows = connection.execute(
                "SELECT file_name, num_rows FROM parquet_file_metadata($files)", {"files": addresses}
            ).fetchall()
        by_end = {_end(address): count for address, count in rows}
        return [Counted(name, by_end[name]) for name in names]

    def holding(self, where: str, parameters: dict[str, Any]) -> dict[Counted, int]:
        """Return which files hold rows of this kind, and how many."""
        if not self.files:
            return {}
        with database(self._place) as connection:
            show(connection, self._place, [file.name for file in self.files], filename=True)
            rows = connection.execute(
                f"SELECT filename, count(*) FROM log WHERE ({where}) IS TRUE GROUP BY filename", parameters
            ).fetchall()
        by_end = {_end(address): count for address, count in rows}
        return {file: by_end[file.name] for file in self.files if file.name in by_end}

    def replace(
        self,
        files: Sequence[Counted],
        rows: int,
        without: str = "false",
        parameters: Any = None,
        changed: str | None = None,
    ) -> None:
        """Write one file, sorted by shopper and time, in the place of some of one day; it counts later.

        `without` says which rows to leave out, `changed` is a column as it is from now on (`... AS name`);
        `rows` is how many must be left, or nothing is replaced.
        Raises `RapportError` when they are not.
        """
        self._gone.update(file.name for file in files)
        if not rows:
            return
        generation = self._found.inventory.generation + 1
        name = f"day={files[0].day}/rows-{generation:012d}-{uuid.uuid4().hex[:8]}.parquet"
        with self._place.writing(name) as path:
            written = self._copy([file.name for file in files], str(path), without, parameters or {}, changed)
            if written != rows:
                raise RapportError(f"{rows} rows of the log were to be written anew, and {written} were.")
        self._written.append(Counted(name, rows))

    def _copy(
        self, names: Sequence[str], path: str, without: str, parameters: dict[str, Any], changed: str | None
    ) -> int:
        target = path.replace("'", "''")
        columns = f"* REPLACE ({changed})" if changed else "*"
        left = f"SELECT {columns} FROM log WHERE ({without}) IS NOT TRUE"
        with database(self._place) as connection:
            show(connection, self._place, names)
            (written,) = connection.execute(
                f"COPY (SELECT {COLUMNS} FROM ({left}) {SORTED}) TO '{target}' "
                f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})",
                parameters,
            ).fetchone() or (0,)
        return written

    def settle(self) -> bool:
        """Make what was written count, and remove what no longer does; False when somebody was quicker."""
        inventory = self._next(
            [*(file for file in self.files if file.name not in self._gone), *self._written]
        )
        if not self._still_ours() or not self._place.create(inventory.name, inventory.to_bytes()):
            self.give_up()
            return False
        # Read anew: what counts for nothing now, the old files among it, can never count again.
        found = look(self._place)
        self._place.remove(found.leftovers(found.inventory))
        return True

    def give_up(self) -> None:
        """Remove what was written and will not count."""
        self._place.remove(file.name for file in self._written)


def _end(address: str) -> str:
    """The name of a file, from the address that DuckDB knows it by."""
    folder, _, name = address.rpartition("/")
    return f"{folder.rpartition('/')[2]}/{name}"
