"""Many documents in one body: one a line, one result for each (NDJSON)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from flask import Response, request

from api.bodies import parse, raw_body
from plugin.doubts import Doubt
from plugin.errors import RapportError, TooLarge

NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
LARGEST_LIST = 4 * 1024 * 1024
MOST_LINES = 10_000
T = TypeVar("T")


def is_lines() -> bool:
    """Whether what is posted are lines of documents."""
    return request.mimetype in NDJSON


def by_line(
    read: Callable[[Any], T],
    keep: Callable[[list[T]], object],
    doubts: Callable[[T], list[Doubt]] = lambda good: [],
) -> Response:
    """Answer one result per line, in order; good lines are kept whatever the others are.

    `doubts` says what of a good line looks like a slip: the line's `warnings`.
    """
    lines = [line for line in raw_body(LARGEST_LIST, LARGEST_LIST).split(b"\n") if line.strip()]
    if len(lines) > MOST_LINES:
        raise TooLarge(f"At most {MOST_LINES} lines at once; these are {len(lines)}.")
    results: list[dict[str, Any]] = []
    good: list[T] = []
    for index, line in enumerate(lines):
        try:
            good.append(read(parse(line)))
            warnings = doubts(good[-1])
            result = {"index": index, "status": 200, "code": "ok"}
            results.append({**result, "warnings": warnings} if warnings else result)
        except RapportError as error:
            status = 400 if error.code == "unreadable" else 422
            results.append({"index": index, "status": status, "code": error.code, "detail": error.detail})
    keep(good)
    body = b"".join(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE) for result in results)
    return Response(body, mimetype="application/x-ndjson")
