"""The widgets' files, open to every page: they hold nothing of anybody."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, send_file

doors = Blueprint("widgets", __name__)

FOLDER = Path(__file__).resolve().parents[1] / "widgets"
TYPES = {".js": "text/javascript", ".css": "text/css"}


@doors.get("/widgets/v1/<name>")
def file(name: str) -> Response:
    """Return one file of the widgets."""
    path = FOLDER / name
    if path.parent != FOLDER or path.suffix not in TYPES or not path.is_file():
        abort(404, "There is no such file among the widgets.")
    response = send_file(path, mimetype=TYPES[path.suffix], conditional=True, max_age=300)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
