"""The widgets' files, open to every page: they hold nothing of anybody."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, request
from rcssmin import cssmin
from rjsmin import jsmin

doors = Blueprint("widgets", __name__)

FOLDER = Path(__file__).resolve().parents[1] / "widgets"
TYPES = {".js": "text/javascript", ".css": "text/css"}
SMALLER = {".js": jsmin, ".css": cssmin}
FILES = {path.name: path for path in FOLDER.iterdir() if path.suffix in TYPES}


@doors.get("/widgets/v1/<name>")
def file(name: str) -> Response:
    """Return one file of the widgets, small where the browser takes it so."""
    path = FILES.get(name)
    if path is None:
        abort(404, "There is no such file among the widgets.")
    plain, packed, mark = _read(path, path.stat().st_mtime_ns)
    small = "gzip" in request.accept_encodings
    response = Response(packed if small else plain, content_type=f"{TYPES[path.suffix]}; charset=utf-8")
    if small:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(mark + ("-gzip" if small else ""))
    response.cache_control.public = True
    response.cache_control.max_age = 300
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request)
    return response


@lru_cache(maxsize=64)
def _read(path: Path, changed_at: int) -> tuple[bytes, bytes, str]:
    """A file without its comments, the same packed, and what tells one state of it from another.

    Read again when it changed.
    """
    plain = as_served(path)
    return plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:16]


def as_served(path: Path) -> bytes:
    """Return what of a file is sent: all of it but its comments and most of the space between words."""
    return SMALLER[path.suffix](path.read_text(encoding="utf-8")).encode()
