"""Reading what was posted: sizes bounded before anything is parsed, gzip inflated no further than allowed."""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import Any

import orjson
from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import HTTPException

from api.errors import pointers
from plugin.errors import Invalid, TooLarge, Unreadable

LARGEST_BODY = 500 * 1024
LARGEST_INFLATED = 4 * 1024 * 1024
MOST_READ_AWAY = 16 * 1024 * 1024
DEEPEST = 64  # levels of objects and lists in a document


def raw_body(largest: int = LARGEST_BODY, inflated: int = LARGEST_INFLATED) -> bytes:
    """Return the posted bytes, inflated where they were gzipped. Raises `TooLarge` or `Unreadable`."""
    if (request.content_length or 0) > largest:
        raise TooLarge(f"The body has {request.content_length} bytes; at most {largest}.")
    data = request.stream.read(largest + 1)
    if len(data) > largest:
        raise TooLarge(f"The body has more than {largest} bytes.")
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "identity":
        return data
    if encoding != "gzip":
        raise Unreadable(f"Content-Encoding {encoding!r} is not known; gzip is.")
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(data, inflated + 1)
    except zlib.error:
        raise Unreadable("The body says it is gzip, but it is not.") from None
    if len(unpacked) > inflated:
        raise TooLarge(f"The body inflates to more than {inflated} bytes.")
    if not unpacking.eof:
        raise Unreadable("The gzip body ends too soon.")
    return unpacked


def read_to_the_end() -> None:
    """Read what a refused request still sends, within reason.

    A server that answers before it has read everything closes the connection, and a caller that is still
    writing, or sends its next request on it, meets a reset in place of the answer.
    """
    left = MOST_READ_AWAY
    with suppress(HTTPException, OSError):
        while left > 0 and (read := request.stream.read(64 * 1024)):
            left -= len(read)


def shallow(document: Any) -> Any:
    """Return a document that is no deeper than any of ours; whatever walks it later may recurse.

    Raises `Unreadable` for a deeper one.
    """
    level = [document]
    for _ in range(DEEPEST + 1):
        level = [
            part
            for held in level
            if isinstance(held, dict | list)
            for part in (held.values() if isinstance(held, dict) else held)
        ]
        if not level:
            return document
    raise Unreadable(f"The document is more than {DEEPEST} levels deep.")


def parse(data: bytes) -> Any:
    """Return the value that some JSON bytes say."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"The body is not JSON: {error}.") from None


def valid(schema: Schema, document: Any) -> Any:
    """Return a document as the schema reads it. Raises `Invalid` with a pointer for every fault."""
    if not isinstance(document, dict):
        raise Invalid(
            "The document must be a JSON object.", errors=[{"pointer": "", "detail": "Not an object."}]
        )
    try:
        return schema.load(shallow(document))
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
        faults = list(pointers(messages))
        first = faults[0]
        raise Invalid(f"{first['pointer'] or '/'}: {first['detail']}", errors=faults) from None
