"""A door: a blueprint whose inputs our own body reader reads, and the published document describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import flask_smorest
from flask import Request
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.routing import BaseConverter

from api.bodies import parse, raw_body, shallow


class Reader(FlaskParser):
    """Reads JSON bodies with sizes bounded and gzip understood; a missing or broken body is said so."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Return the posted document; none at all is an empty one where the schema says so.

        Raises `Unreadable`, saying at which byte, when it is no JSON.
        """
        raw = raw_body()
        if not raw and getattr(schema, "may_be_left_out", False):
            return {}
        return shallow(parse(raw))


class Doors(flask_smorest.Blueprint):
    """Some doors of one resource."""

    ARGUMENTS_PARSER = Reader()

    def arguments(self, schema: type[Schema] | Schema, **kwargs: Any) -> Callable[[Any], Any]:
        """Have a view take what a schema reads. The schema is built here, once, and not for every request."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **kwargs)


class Identity(BaseConverter):
    """One of the shop's own ids at the end of a path: anything, slashes included (contract, section 9)."""

    regex = ".+"
    part_isolating = False
    weight = 300


def described(view: Any, extra: Mapping[str, Any]) -> None:
    """Add to what the published document says of a view."""
    apidoc = dict(getattr(view, "_apidoc", {}))
    apidoc["manual_doc"] = {**apidoc.get("manual_doc", {}), **extra}
    view._apidoc = apidoc
