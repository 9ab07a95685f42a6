"""The shop's segments: conditions on shoppers, named once and used in many rules."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import merchant, opens
from api.doors import Doors
from api.offers import identity, same_id
from api.schemas.documents import ListInQuery
from api.schemas.segments import SegmentDocument
from plugin.errors import NotFound
from plugin.listing import listed
from plugin.offers.segment import Segment
from plugin.offers.segmenting import delete_segment, put_segment
from plugin.offers.sentences import Teller, segment_sentence

doors = Doors("segments", __name__, description="Conditions on shoppers, named once and used in many rules")

ONE = "/v1/segments/<identity:segment>"


@doors.get("/v1/segments")
@opens("secret")
@doors.arguments(ListInQuery, location="query")
def segments(asked: dict[str, Any]) -> Response:
    """List the shop's segments."""
    items, following = listed(g.caller.shop.segments, asked["cursor"], asked["limit"])
    return answer({"items": list(map(_view, items)), "next": following})


@doors.get(ONE)
@opens("secret")
def segment(segment: str) -> Response:
    """Answer one segment."""
    found = g.caller.shop.segments.get(identity(segment))
    if found is None:
        raise NotFound(f"There is no segment {identity(segment)!r}.")
    return answer(_view(found))


@doors.put(ONE)
@opens("secret")
@doors.arguments(SegmentDocument)
def set_segment(written: dict[str, Any], segment: str) -> Response:
    """Write a segment under its name; every rule that speaks of it follows at once."""
    same_id(written["segment"], identity(segment), "segment")
    held, new = put_segment(merchant(), g.caller.shop.shop_id, written)
    return answer(_view(held), 201 if new else 200)


@doors.delete(ONE)
@opens("secret")
def remove_segment(segment: str) -> Response:
    """Take a segment away; refused while a rule, a tier or another segment speaks of it."""
    delete_segment(merchant(), g.caller.shop.shop_id, identity(segment))
    return Response(status=204)


def _view(segment: Segment) -> dict[str, Any]:
    sentence = segment_sentence(segment, Teller.of_shop(g.caller.shop))
    return {"title": None, **segment.document, "sentence": sentence}
