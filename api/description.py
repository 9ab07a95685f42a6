"""The published description of the doors: OpenAPI for machines, one plain page for people."""

from __future__ import annotations

from pathlib import Path

import orjson
from flask import Flask, Response, render_template_string
from flask_smorest import Api

from api import __version__
from api.activity import BATCHES, MOST_EVENTS, SINGLE
from api.docs_page import METHODS, sections
from api.schemas.answered import ANSWERS, SHAPES, Json, named
from api.schemas.effects import ANSWERS as EFFECT_ANSWERS
from api.schemas.effects import SHAPES as EFFECT_SHAPES
from api.schemas.erasures import RIGHTS_ANSWERS, RIGHTS_SHAPES
from api.schemas.gifts import ANSWERS as GIFT_ANSWERS
from api.schemas.gifts import SHAPES as GIFT_SHAPES
from api.schemas.needs import ANSWERS as NEEDS_ANSWERS
from api.schemas.needs import SHAPES as NEEDS_SHAPES
from api.schemas.offer_tokens import ANSWERS as TOKEN_ANSWERS
from api.schemas.offer_tokens import SHAPES as TOKEN_SHAPES
from api.schemas.prices import ANSWERS as PRICE_ANSWERS
from api.schemas.prices import SHAPES as PRICE_SHAPES
from api.schemas.redemptions import ANSWERS as REDEMPTION_ANSWERS
from api.schemas.redemptions import SHAPES as REDEMPTION_SHAPES
from api.schemas.rules import ANSWERS as RULE_ANSWERS
from api.schemas.rules import SHAPES as RULE_SHAPES

FOLDER = Path(__file__).parent / "pages"
EVERY_ANSWER = {
    **RIGHTS_ANSWERS,
    **NEEDS_ANSWERS,
    **REDEMPTION_ANSWERS,
    **GIFT_ANSWERS,
    **TOKEN_ANSWERS,
    **RULE_ANSWERS,
    **EFFECT_ANSWERS,
    **PRICE_ANSWERS,
    **ANSWERS,
}
EVERY_SHAPE = {
    **SHAPES,
    **RIGHTS_SHAPES,
    **NEEDS_SHAPES,
    **REDEMPTION_SHAPES,
    **GIFT_SHAPES,
    **TOKEN_SHAPES,
    **RULE_SHAPES,
    **EFFECT_SHAPES,
    **PRICE_SHAPES,
}
EITHER_KEY: list[Json] = [{"publishable": []}, {"secret": []}]

ID = {"type": "string", "maxLength": 128}
EVENT = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": ["track", "identify", "page", "screen", "alias", "group"]},
        "event": {"type": "string", "maxLength": 500},
        "messageId": ID,
        "userId": ID,
        "anonymousId": ID,
        "timestamp": {"type": "string", "format": "date-time"},
        "properties": {"type": "object"},
        "traits": {"type": "object"},
        "context": {"type": "object"},
        "writeKey": {"type": "string"},
    },
}
BATCH = {
    "type": "object",
    "required": ["batch"],
    "properties": {
        "batch": {"type": "array", "maxItems": MOST_EVENTS, "items": named("Event")},
        "sentAt": {"type": "string", "format": "date-time"},
        "writeKey": {"type": "string"},
    },
}
WHO = [
    {
        "in": "header",
        "name": "Rapport-Shopper",
        "description": "the shopper's token, a JWT of the shop",
        "schema": {"type": "string"},
    },
    {
        "in": "header",
        "name": "Rapport-Anonymous",
        "description": "the visitor's anonymous id",
        "schema": ID,
    },
]
VERSION_SEEN = {
    "in": "header",
    "name": "If-Match",
    "description": "the version that was read, as its ETag said; another one is refused with 412",
    "schema": {"type": "string"},
}
ASKED_ONCE = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "any text of your own: the same request with the same key is carried out once, and "
    "for 24 hours answered as the first was, with `Idempotent-Replayed: true`",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
TAKEN_ONCE = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "any text of your own: what is said again under it within a week is taken once",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
BY_QUERY = {
    "in": "query",
    "name": "id",
    "description": "the id, where the address ends in `-`; for ids that cannot be written in a path",
    "schema": ID,
}
VISITOR_BY_QUERY = {
    "in": "query",
    "name": "anonymous_id",
    "description": "a visitor's anonymous id, where the address ends in `-` and no shopper is meant",
    "schema": ID,
}
GPC = {
    "in": "header",
    "name": "Sec-GPC",
    "description": "1 (Global Privacy Control): nothing of this request is kept, and nothing in its answer "
    "is personal, above any consent given",
    "schema": {"type": "string"},
}
OF_LINES = {"/v1/products": "ProductDocument", "/v1/use-ideas": "UseIdeaDocument"}
OF_VISITORS_TOO = ("/consent", "/export", "/needs", "/signals")
REACHED_BY_QUERY = tuple(
    f"/v1/{resource}/{{"
    for resource in (
        (
            "products offer-rules segments redemptions placements use-ideas use-contexts shoppers erasures "
            "erasure-requests"
        ).split()
    )
)
RULES = ("/v1/offer-rules", "/v1/offer-rules/{offer_id}", "/v1/offer-rules/{offer_id}/revert")
FOR_A_SHOPPER = (
    "/v1/recommendations",
    "/v1/recommendations/explain",
    "/v1/placements",
    "/v1/offers",
    "/v1/offers/quote",
    "/v1/redemptions",
    "/v1/gifts",
    "/v1/shoppers/me",
)


def describe(app: Flask, api: Api) -> None:
    """Add the description's own doors: `/v1/openapi.json` and `/v1/docs`."""
    spec = _document(api)
    machine = orjson.dumps(spec)
    with app.app_context():
        page = render_template_string(
            (FOLDER / "docs.html").read_text(), version=__version__, tags=sections(spec)
        )
    style_sheet = (FOLDER / "docs.css").read_bytes()

    @app.get("/v1/openapi.json")
    def openapi() -> Response:
        return Response(machine, mimetype="application/json")

    @app.get("/v1/docs")
    def human() -> Response:
        response = Response(page, mimetype="text/html")
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; base-uri 'none'"
        return response

    @app.get("/v1/docs.css")
    def style() -> Response:
        return Response(style_sheet, mimetype="text/css")


def _document(api: Api) -> Json:
    spec = api.spec.to_dict()
    components = spec.setdefault("components", {})
    components["securitySchemes"] = {
        "publishable": {"type": "http", "scheme": "bearer", "description": "pk_..., for browsers"},
        "secret": {"type": "http", "scheme": "bearer", "description": "sk_..., for the shop's server"},
    }
    shapes = EVERY_SHAPE
    components.setdefault("schemas", {}).update({**shapes, "Event": EVENT, "Batch": BATCH})
    paths = spec["paths"]
    for door in sorted(SINGLE):
        paths[f"/v1/{door}"] = {"post": _activity(named("Event"), "Take one event.")}
    for door in BATCHES:
        paths[f"/v1/{door}"] = {"post": _activity(named("Batch"), "Take many events.")}
    paths.update(_further())
    spec.setdefault("tags", []).extend(
        [
            {"name": "activity", "description": "Activity in, as Segment's HTTP tracking API has it"},
            {"name": "health", "description": "Whether the service lives, and may be relied on"},
        ]
    )
    for path, methods in paths.items():
        for method in METHODS:
            if method in methods:
                _complete(path, method, methods[method])
    return spec


def _activity(body: Json, summary: str) -> Json:
    content = {kind: {"schema": body} for kind in ("application/json", "text/plain")}
    return {
        "tags": ["activity"],
        "summary": summary,
        "security": EITHER_KEY,
        "parameters": WHO[:1],
        "requestBody": {"required": True, "content": content},
        "responses": {"200": _answered("Kept, on disk", "Kept")},
    }


def _further() -> Json:
    """The doors that read nothing a schema describes."""
    key = {"in": "path", "name": "key", "required": True, "schema": {"type": "string"}}
    write_key = {"in": "query", "name": "writeKey", "schema": {"type": "string"}}
    ready = {
        "200": _answered("The store is safe and every published model loads", "Readiness"),
        "503": _answered("Not ready; the checks say why", "Readiness"),
    }
    return {
        "/v1/projects/{key}/settings": {
            "get": _reading("activity", "Answer what Segment's browser SDK fetches first.", "Settled", [key])
        },
        "/sourceConfig/": {
            "get": _reading(
                "activity", "Answer what RudderStack's SDK fetches first.", "Settled", [write_key]
            )
        },
        "/healthz": {"get": _reading("health", "Say that the process answers.", "Health", [])},
        "/readyz": {
            "get": {**_reading("health", "Say whether all is well.", "Readiness", []), "responses": ready}
        },
    }


def _reading(tag: str, summary: str, shape: str, parameters: list[Json]) -> Json:
    return {
        "tags": [tag],
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": _answered("Done", shape)},
    }


def _answered(description: str, shape: str | None) -> Json:
    if shape is None:
        return {"description": description}
    return {"description": description, "content": {"application/json": {"schema": named(shape)}}}


def _complete(path: str, method: str, operation: Json) -> None:
    """Say what an operation answers: its own shapes, else a problem document (never the library's own)."""
    shapes = EVERY_ANSWER.get((method, path))
    if shapes is None:
        responses = {code: held for code, held in operation["responses"].items() if code != "default"}
    else:
        responses = {code: _answered("Done", shape) for code, shape in shapes.items()}
    problem = {"application/problem+json": {"schema": named("Problem")}}
    operation["responses"] = {**responses, "default": {"description": "A problem", "content": problem}}
    parameters = operation.setdefault("parameters", [])
    if method == "post" and "activity" not in operation["tags"]:
        parameters.append(ASKED_ONCE)
    if method == "patch" and path.endswith("/preferences"):
        parameters.append(TAKEN_ONCE)
    if path in FOR_A_SHOPPER or path.startswith("/v1/shoppers/me/"):
        parameters.extend(WHO)
    if path in RULES and method in ("post", "put", "delete"):
        parameters.append(VERSION_SEEN)
    if path.startswith(REACHED_BY_QUERY):
        parameters.append(BY_QUERY)
    if path.startswith("/v1/shoppers/{") and (method == "delete" or path.endswith(OF_VISITORS_TOO)):
        parameters.append(VISITOR_BY_QUERY)
    if "activity" in operation["tags"] or path in FOR_A_SHOPPER:
        parameters.append(GPC)
    if method == "post" and (document := OF_LINES.get(path)) is not None:
        _describe_lines(operation, document)


def _describe_lines(operation: Json, document: str) -> None:
    """A document comes alone, or many at once with a line and a result each."""
    lines = {"type": "string", "description": "one such document a line"}
    results = {
        "type": "string",
        "description": "one result a line: index, status, code; of use ideas also warnings",
    }
    operation["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {"schema": named(document)},
            "application/x-ndjson": {"schema": lines},
        },
    }
    operation["responses"]["200"]["content"]["application/x-ndjson"] = {"schema": results}
