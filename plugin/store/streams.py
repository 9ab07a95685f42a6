"""Reading streams: entries as they were written, and each document made an activity once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plugin.activity import Activity
from plugin.store.connection import Connection

Entry = tuple[bytes, bytes]
MOST_HELD = 50_000  # activities that are kept at hand; more of them are read again when they come again


def entries(
    connection: Connection, ranges: Sequence[tuple[str, str, str]], count: int | None = None
) -> list[list[Entry]]:
    """Return the entries of some ranges (key, first, last) of streams: their positions and documents.

    `count` is how many of each are read at most.
    """
    most = () if count is None else ("COUNT", count)
    found = connection.many([("XRANGE", *each, *most) for each in ranges], bare=True)
    return [[(entry[0], _document(entry[1])) for entry in stream] for stream in found]


def _document(fields: Any) -> bytes:
    """Return an entry's document, from a flat list or a mapping, as the way to the store has it."""
    if isinstance(fields, Mapping):
        return fields.get(b"d", b"")
    if len(fields) == 2 and fields[0] == b"d":
        return fields[1]
    return dict(zip(fields[::2], fields[1::2], strict=False)).get(b"d", b"")


class Reader:
    """Reads activities, each once as far as there is room.

    A stream, the short list of a shopper and a part of the log hold the very same bytes, and whoever hands on
    from one to the other would read each three times.
    """

    def __init__(self) -> None:
        self._held: dict[bytes, Activity] = {}

    def __call__(self, document: bytes) -> Activity:
        """Return the activity that was written so. Raises whatever reading it raises."""
        held = self._held.get(document)
        if held is None:
            held = Activity.from_bytes(document)
            if len(self._held) < MOST_HELD:
                self._held[document] = held
        return held

    def forget(self) -> None:
        """Keep nothing at hand any more."""
        self._held.clear()
