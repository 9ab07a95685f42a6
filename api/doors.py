"""A door: a blueprint whose inputs our own body reader reads, and the published document describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import flask_smorest
from flask import Request
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser
from werkzeug.routing import BaseConverter

from api.bodies import parse, raw_body, shallow
from plugin.errors import Invalid

IN_PLACE_OF_PATH = frozenset({"id", "anonymous_id"})  # what an address that ends in `-` means


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

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Return what an address asks. Raises `Invalid` for what the door does not know, or is told twice.

        A name misspelt would else be a question nobody asked, answered as if it were the caller's.
        """
        known = {
            field.data_key or name: isinstance(field, fields.List) for name, field in schema.fields.items()
        }
        errors = []
        for name in () if getattr(schema, "takes_more", False) else req.args:
            if name not in known and not (req.view_args and name in IN_PLACE_OF_PATH):
                errors.append({"parameter": name, "detail": f"Not known here. Known: {', '.join(known)}."})
            elif len(req.args.getlist(name)) > 1 and not known.get(name):
                errors.append({"parameter": name, "detail": "Stands more than once; give it once."})
        if errors:
            raise Invalid(f"{errors[0]['parameter']}: {errors[0]['detail']}", errors=errors)
        return super().load_querystring(req, schema)


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
