"""Past activity from files: Segment-shaped documents, one a line, as exports and warehouses write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from plugin.connectors.ndjson import json_lines
from plugin.connectors.rejects import Rejects

LARGEST_EVENT = 32 * 1024
LARGEST_BATCH = 4 * 1024 * 1024
LINES_AT_ONCE = 5_000


def read_activity(
    paths: Sequence[Path], *, rejects: Rejects, progress: Callable[[int, int | None], None] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield every event of the files, in their order, as the document it was written as.

    A line is one event, or `{"batch": [events]}` as it was posted; the `context` of a batch is said again by
    each event that has none of its own. `sentAt` is left out: how far a clock was off shows against the
    moment of arrival, which was long ago. An event over 32 KB goes to `rejects` (`too_large`), so does what
    is no JSON object. After each event `rejects.refuse` speaks of it. `progress` is told how many lines were
    read; how many there are is not known before.
    """
    seen = 0
    for path in paths:
        for row, size, document in json_lines(path, rejects, longest=LARGEST_BATCH):
            seen += 1
            if progress and seen % LINES_AT_ONCE == 0:
                progress(seen, None)
            batch = document.get("batch")
            if isinstance(batch, list):
                yield from _events(path, row, document, batch, rejects)
            else:
                yield from _event(path, row, document, size, rejects)
    if progress:
        progress(seen, seen)


def _events(
    path: Path, row: int, document: dict[str, Any], batch: list[Any], rejects: Rejects
) -> Iterator[dict[str, Any]]:
    shared = {"context": document["context"]} if "context" in document else {}
    for place, event in enumerate(batch):
        if isinstance(event, dict):
            yield from _event(path, row, {**shared, **event}, len(orjson.dumps(event)), rejects)
        else:
            detail = f"event {place} of the batch is not an object"
            rejects.add_document(path, row, "not_an_object", detail, {"document": event})


def _event(
    path: Path, row: int, document: dict[str, Any], size: int, rejects: Rejects
) -> Iterator[dict[str, Any]]:
    if size > LARGEST_EVENT:
        detail = f"the event has {size} bytes, {LARGEST_EVENT} are allowed"
        rejects.add_document(path, row, "too_large", detail, {"document": document})
        return
    rejects.hand_over(rejects.add_document, path, row, {"document": document})
    yield {name: value for name, value in document.items() if name != "sentAt"}
