"""The shop's use ideas: what can be done with what one has (contract, section 7)."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, g

from api.answers import answer
from api.auth import merchant, opens, storefront
from api.bodies import parse, raw_body, valid
from api.doors import Doors
from api.lines import by_line, is_lines
from api.offers import identity, same_id
from api.schemas.documents import ListInQuery
from api.schemas.uses import UseIdeaDocument
from plugin.errors import NotFound
from plugin.listing import listed
from plugin.uses.doubtful import Doubtful
from plugin.uses.ideas import Ideas
from plugin.uses.writing import delete_idea, put_ideas

doors = Doors("uses", __name__, description="What can be done with what one has")

IDEA = UseIdeaDocument()


@doors.get("/v1/use-ideas")
@opens("secret")
@doors.arguments(ListInQuery, location="query")
def ideas(asked: dict[str, Any]) -> Response:
    """List the shop's use ideas."""
    items, following = listed(_held().by_id, asked["cursor"], asked["limit"])
    return answer({"items": list(map(orjson.loads, items)), "next": following})


@doors.post("/v1/use-ideas")
@opens("secret")
def write_ideas() -> Response:
    """Add or change use ideas: one document, or NDJSON with one document a line and one result for each."""
    if is_lines():
        return by_line(
            lambda document: valid(IDEA, document),
            lambda good: put_ideas(merchant(), g.caller.shop.shop_id, good),
            Doubtful(g.caller.shop.catalogue).doubts,
        )
    return _written(valid(IDEA, parse(raw_body())))


@doors.get("/v1/use-ideas/<identity:use_id>")
@opens("secret")
def idea(use_id: str) -> Response:
    """Answer one use idea."""
    found = _held().by_id.get(identity(use_id))
    if found is None:
        raise NotFound(f"There is no use idea {identity(use_id)!r}.")
    return answer(orjson.loads(found))


@doors.put("/v1/use-ideas/<identity:use_id>")
@opens("secret")
@doors.arguments(UseIdeaDocument)
def set_idea(written: dict[str, Any], use_id: str) -> Response:
    """Write one use idea whole; what the document leaves out is forgotten."""
    same_id(written["use_id"], identity(use_id), "use_id")
    return _written(written)


@doors.delete("/v1/use-ideas/<identity:use_id>")
@opens("secret")
def remove_idea(use_id: str) -> Response:
    """Take a use idea away."""
    delete_idea(merchant(), g.caller.shop.shop_id, identity(use_id))
    return Response(status=204)


def _held() -> Ideas:
    return storefront().shops.view(g.caller.shop.shop_id).ideas


def _written(written: dict[str, Any]) -> Response:
    _, new = put_ideas(merchant(), g.caller.shop.shop_id, [written])
    doubts = Doubtful(g.caller.shop.catalogue).doubts(written)
    return answer({**written, "warnings": doubts} if doubts else written, 201 if new else 200)
