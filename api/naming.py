"""Which shopper a call is about: the one whose token it brings, or the one its address names."""

from __future__ import annotations

from flask import request

from api.auth import visitor
from api.offers import identity as addressed
from plugin.activity import Shopper
from plugin.connectors.segment import Rejected, identity
from plugin.errors import Invalid, Unauthenticated

ANONYMOUS = "anonymous_id"


def oneself() -> Shopper:
    """Return the shopper whose token this is. Raises `Unauthenticated` without one."""
    shopper = visitor(None).shopper
    if shopper is None or not shopper.known:
        raise Unauthenticated("Who you are is not known; bring a shopper token in `Rapport-Shopper`.")
    return shopper


def named_shopper(in_path: str) -> Shopper:
    """Return whom an address names: the path's id, or for `-` the query's `id`, or its `anonymous_id`.

    Raises `Invalid` for what cannot be an id, and for `me`, which in a path is nobody's.
    """
    if in_path == "me":
        detail = "In a path `me` is whoever brings a token; an id of that name goes by `-` and `?id=me`."
        raise Invalid(detail, errors=[{"parameter": "shopper_id", "detail": detail}])
    visitor_number = request.args.get(ANONYMOUS) if in_path == "-" else None
    text = visitor_number or addressed(in_path)
    try:
        return Shopper(identity(text, "the id"), known=visitor_number is None)
    except Rejected as rejected:
        parameter = ANONYMOUS if visitor_number else "id"
        raise Invalid(rejected.detail, errors=[{"parameter": parameter, "detail": rejected.detail}]) from None
