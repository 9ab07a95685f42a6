"""Tables in files, CSV or Parquet, as rows of text: whatever wrote them, they read the same."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from plugin.errors import NotFound, Unreadable

DELIMITERS = ",;\t"
ROWS_AT_ONCE = 32_768
Row = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Table:
    """One file of rows. `columns` are its headings; `total` is how many rows to expect, None if unknown.

    `encoding` and `delimiter` are None for Parquet, which needs neither.
    """

    path: Path
    columns: tuple[str, ...]
    total: int | None
    encoding: str | None = None
    delimiter: str | None = None

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield each row with its number, as text; the heading of a CSV is row 1.

        Every row ends with one None more than there are columns, which is what an absent column points at.
        A row of a CSV with too few or too many fields comes without it, as long as it is written.
        """
        return self._parquet_rows() if self.delimiter is None else self._delimited_rows()

    def fits(self, row: Row) -> bool:
        """Whether a row has a field for every column."""
        return len(row) == len(self.columns) + 1 and row[-1] is None

    def as_written(self, row: Row) -> list[str | None]:
        """Return a row's own fields, without the None that `rows` adds."""
        return list(row[:-1] if self.fits(row) else row)

    def named(self, row: Row) -> dict[str, str | None]:
        """Return a row's own fields under their headings; fields beyond the headings are numbered."""
        extra = [f"field {place + 1}" for place in range(len(self.columns), len(row))]
        return dict(zip([*self.columns, *extra], row, strict=False))

    def _delimited_rows(self) -> Iterator[tuple[int, Row]]:
        width = len(self.columns)
        with self.path.open("r", encoding=self.encoding, newline="") as lines:
            reader = csv.reader(lines, delimiter=self.delimiter or ",")
            try:
                for row_number, row in enumerate(reader, start=1):
                    if row_number == 1 or not row:
                        continue
                    while len(row) > width and not row[-1]:
                        row.pop()
                    if len(row) == width:
                        row.append(None)  # type: ignore[arg-type]
                    yield row_number, row
            except csv.Error as error:
                raise Unreadable(f"{self.path} cannot be read at line {reader.line_num}: {error}") from None

    def _parquet_rows(self) -> Iterator[tuple[int, Row]]:
        row_number = 0
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
                    columns = [_as_text(column) for column in batch.columns]
                    for row in zip(*columns, repeat(None, batch.num_rows), strict=True):
                        row_number += 1
                        yield row_number, row
        except (pa.ArrowException, OSError) as error:
            raise Unreadable(f"{self.path} is damaged after row {row_number}: {error}") from None


def open_table(path: Path) -> Table:
    """Return the table in a file, its format found by what it holds, not by how it is called.

    Text is UTF-8, with or without a mark at its start, UTF-16 with one, else Windows-1252.
    Raises `NotFound`, or `Unreadable` for a file that is neither text nor Parquet, or is empty.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PAR1":
                return _open_parquet(path)
            file.seek(0)
            encoding, lines = text_encoding(file, path)
        heading, delimiter = _heading(path, encoding)
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except IsADirectoryError:
        raise Unreadable(f"{path} is a folder") from None
    except csv.Error as error:
        raise Unreadable(f"the heading of {path} cannot be read: {error}") from None
    return Table(path, heading, max(0, lines - 1), encoding, delimiter)


def text_encoding(file: IO[bytes], path: Path) -> tuple[str, int]:
    """Return how a file's text is encoded and how many lines it has, read through once.

    Raises `Unreadable` when its bytes are text in none of the encodings known.
    """
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        lines, last = 0, ""
        try:
            while chunk := file.read(1 << 20):
                text = decoder.decode(chunk)
                lines += text.count("\n")
                last = text[-1:] or last
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding, lines + (last not in ("", "\n"))
    raise Unreadable(f"{path} is neither UTF-8 nor Windows-1252 text")


def _heading(path: Path, encoding: str) -> tuple[tuple[str, ...], str]:
    with path.open("r", encoding=encoding, newline="") as lines:
        first = next((line for line in lines), "")
        if "\x00" in first:
            raise Unreadable(f"{path} is neither a text table nor Parquet")
        lines.seek(0)
        best: tuple[list[str], str] = ([], ",")
        for delimiter in DELIMITERS:
            lines.seek(0)
            row = next(csv.reader(lines, delimiter=delimiter), [])
            if len(row) > len(best[0]):
                best = (row, delimiter)
    columns, delimiter = best
    if not any(column.strip() for column in columns):
        raise Unreadable(f"{path} has no heading in its first line")
    return tuple(column.strip() for column in columns), delimiter


def _open_parquet(path: Path) -> Table:
    try:
        with pq.ParquetFile(path) as file:
            return Table(path, tuple(file.schema_arrow.names), file.metadata.num_rows)
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"{path} is a damaged Parquet file: {error}") from None


def _as_text(column: pa.Array) -> list[str | None]:
    kind = column.type
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)  # a gap, as pandas writes it
    elif pa.types.is_timestamp(kind) and kind.tz is not None:
        column = column.cast(pa.timestamp(kind.unit, "UTC"))
    try:
        return column.cast(pa.string()).to_pylist()
    except pa.ArrowException:
        return [None if value is None else str(value) for value in column.to_pylist()]
