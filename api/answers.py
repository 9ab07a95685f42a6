"""Answers as JSON, by one encoder."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response


def answer(body: Any, status: int = 200) -> Response:
    """Return a JSON answer that no cache keeps."""
    response = Response(
        orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE), status, mimetype="application/json"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
