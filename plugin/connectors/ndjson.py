"""Files of JSON documents, one a line, plain or packed with gzip."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from plugin.connectors.rejects import Rejects
from plugin.errors import NotFound, Unreadable

BOM = b"\xef\xbb\xbf"
SHOWN = 2_000


def json_lines(path: Path, rejects: Rejects, *, longest: int) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yield the line number, the size in bytes and the document of each line; empty lines are passed over.

    Lines of more than `longest` bytes, lines that are no JSON and those that are no object go to `rejects`
    (`too_large`, `unreadable`, `not_an_object`). Raises `NotFound`, or `Unreadable` for a damaged gzip file.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            with gzip.open(file) if packed else file as lines:
                for row, line, whole in _bounded(lines, longest):
                    document = _document(path, row, line, whole, longest, rejects)
                    if document is not None:
                        yield row, len(line), document
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except IsADirectoryError:
        raise Unreadable(f"{path} is a folder") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unreadable(f"{path} is a damaged gzip file: {error}") from None


def _bounded(lines: BinaryIO | gzip.GzipFile, longest: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield each line that says something, with its number; a line too long only as far as it is read."""
    row = 0
    while line := lines.readline(longest + 1):
        row += 1
        whole = len(line) <= longest or line.endswith(b"\n")
        rest = line
        while not rest.endswith(b"\n") and (rest := lines.readline(longest + 1)):
            pass
        if row == 1:
            line = line.removeprefix(BOM)
        if line := line.strip():
            yield row, line, whole


def _document(
    path: Path, row: int, line: bytes, whole: bool, longest: int, rejects: Rejects
) -> dict[str, Any] | None:
    if not whole:
        detail = f"the line has more than {longest} bytes"
        rejects.add_document(path, row, "too_large", detail, {"text": _shown(line)})
        return None
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        rejects.add_document(path, row, "unreadable", str(error), {"text": _shown(line)})
        return None
    if not isinstance(document, dict):
        detail = "the line is JSON, but not an object"
        rejects.add_document(path, row, "not_an_object", detail, {"document": document})
        return None
    return document


def _shown(line: bytes) -> str:
    return (
        line.decode(errors="replace")
        if len(line) <= SHOWN
        else line[:SHOWN].decode(errors="replace") + " ..."
    )
