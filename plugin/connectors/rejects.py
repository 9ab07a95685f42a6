"""Rows of a file that could not be used: counted by reason, and written beside the file to be put right."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import orjson

from plugin.errors import Refused

Row = Mapping[str, Any]


class Unusable(ValueError):
    """A row or value that cannot be used: `reason` is the stable name it is counted under."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Rejects:
    """The unusable rows of one import, by reason in `counts`, on disk in the files that `written` lists.

    Rows of a table go to `<file>.rejected.csv` with their own columns after `row, reason, detail`, so that
    the file, put right, can be imported as it is. Documents go to `<file>.rejected.ndjson`. A file is opened
    with its first row and takes the place of the one an earlier import left. `fallback` is the folder used
    where the file's own cannot be written; without one, `Refused` names the folder.
    """

    def __init__(self, fallback: Path | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._fallback = fallback
        self._open: dict[Path, TextIO] = {}
        self._write: dict[Path, Callable[[int, str, str, Row], None]] = {}
        self._handed: tuple[Callable[..., None], Path, int, Row] | None = None

    @property
    def written(self) -> list[Path]:
        """The files that hold rejected rows, in the order they were begun."""
        return [Path(out.name) for out in self._open.values()]

    @property
    def total(self) -> int:
        """How many rows were rejected, for whatever reason."""
        return self.counts.total()

    def add_row(self, file: Path, row: int, reason: str, detail: str, values: Row) -> None:
        """Keep a row of a table. `row` counts as a spreadsheet shows it: the heading of a CSV is row 1."""
        if file not in self._write:
            self._write[file] = self._begin_table(file, list(values))
        self._keep(file, row, reason, detail, values)

    def add_document(self, file: Path, row: int, reason: str, detail: str, values: Row) -> None:
        """Keep a document, or the text that should have been one; `row` is its line, or its place in XML."""
        if file not in self._write:
            out = self._begin(file, ".rejected.ndjson")
            self._write[file] = lambda *rejected: _write_document(out, *rejected)
        self._keep(file, row, reason, detail, values)

    def hand_over(self, add: Callable[..., None], file: Path, row: int, values: Row) -> None:
        """Remember the row that a reader is about to yield, so that `refuse` can speak of it."""
        self._handed = (add, file, row, values)

    def refuse(self, reason: str, detail: str) -> None:
        """Reject the row a reader yielded last: its words were readable, but the shop cannot take them."""
        if self._handed is None:
            raise ValueError("no row was handed over yet")
        add, file, row, values = self._handed
        add(file, row, reason, detail, values)

    def close(self) -> None:
        """Finish the files."""
        for out in self._open.values():
            out.close()

    def __enter__(self) -> Rejects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _keep(self, file: Path, row: int, reason: str, detail: str, values: Row) -> None:
        self.counts[reason] += 1
        self._write[file](row, reason, detail, values)

    def _begin_table(self, file: Path, columns: list[str]) -> Callable[[int, str, str, Row], None]:
        writer = csv.writer(self._begin(file, ".rejected.csv"))
        own = [column for column in columns if column not in ("row", "reason", "detail")]
        writer.writerow(["row", "reason", "detail", *own])
        return lambda row, reason, detail, values: writer.writerow(
            [row, reason, detail, *(values.get(column) for column in own)]
        )

    def _begin(self, file: Path, ending: str) -> TextIO:
        for folder in (file.parent, self._fallback):
            if folder is None:
                continue
            try:
                out = (folder / (file.name + ending)).open("w", encoding="utf-8", newline="")
            except OSError:
                continue
            self._open[file] = out
            return out
        raise Refused(
            f"{file.name} has rows that cannot be used, and the folder {file.parent.absolute()} cannot be "
            "written to keep them; make it writable, or import a copy of the file from another folder"
        )


def _write_document(out: TextIO, row: int, reason: str, detail: str, values: Row) -> None:
    rejected = {"row": row, "reason": reason, "detail": detail, **values}
    out.write(orjson.dumps(rejected, default=str).decode() + "\n")
