"""The published description of the doors: OpenAPI for machines, one plain page for people."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask, Response, render_template_string
from flask_smorest import Api

from api import __version__
from api.activity import SINGLE

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rapport: the API</title><link rel="stylesheet" href="/v1/docs.css"></head><body>
<header><h1>Rapport <small>{{ version }}</small></h1>
<p>Every door of the service. Keys: <code>pk_…</code> opens what a browser may, <code>sk_…</code> everything of its shop.
Machines read <a href="/v1/openapi.json">openapi.json</a>.</p></header>
<nav aria-label="Doors">{% for tag in tags %}<a href="#{{ tag.name }}">{{ tag.name }}</a> {% endfor %}</nav>
<main>{% for tag in tags %}<section id="{{ tag.name }}"><h2>{{ tag.name }}</h2><p>{{ tag.description }}</p>
{% for op in tag.operations %}<article><h3><span class="method">{{ op.method }}</span> <code>{{ op.path }}</code></h3>
<p>{{ op.summary }}</p><p class="keys">Opens with: {{ op.keys }}</p>
{% if op.parameters %}<table><thead><tr><th>Parameter</th><th>In</th><th>What</th></tr></thead><tbody>
{% for p in op.parameters %}<tr><td><code>{{ p.name }}</code>{% if p.required %} (needed){% endif %}</td><td>{{ p.in }}</td>
<td>{{ p.description or p.schema.type or "" }}</td></tr>{% endfor %}</tbody></table>{% endif %}
{% if op.body %}<table><thead><tr><th>Field of the body</th><th>Type</th></tr></thead><tbody>
{% for name, type in op.body %}<tr><td><code>{{ name }}</code></td><td>{{ type }}</td></tr>{% endfor %}</tbody></table>{% endif %}
</article>{% endfor %}</section>{% endfor %}</main></body></html>"""

STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1c1b1a, #eceae6); --soft: light-dark(#6b6863, #a5a19a);
  --line: light-dark(#e4e1db, #35332f); --paper: light-dark(#fff, #171614); --accent: light-dark(#0b6b57, #57c7ab); }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 6rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 small { font-weight: 400; color: var(--soft); } h2 { margin-top: 3rem; } h3 { margin: 2rem 0 .25rem; font-weight: 600; }
a { color: var(--accent); } nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
code { font: .9em ui-monospace, monospace; } .method { color: var(--accent); font-weight: 700; }
.keys { color: var(--soft); margin: 0; } p { margin: .25rem 0; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .9rem; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 500; }
"""

EVENT = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": ["track", "identify", "page", "screen", "alias", "group"]},
        "event": {"type": "string", "maxLength": 500},
        "messageId": {"type": "string", "maxLength": 128},
        "userId": {"type": "string", "maxLength": 128},
        "anonymousId": {"type": "string", "maxLength": 128},
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
        "batch": {"type": "array", "maxItems": 2500, "items": EVENT},
        "sentAt": {"type": "string", "format": "date-time"},
        "writeKey": {"type": "string"},
    },
}
KEPT = {
    "type": "object",
    "required": ["success", "accepted", "duplicates", "rejected"],
    "properties": {
        "success": {"type": "boolean"},
        "accepted": {"type": "integer"},
        "duplicates": {"type": "integer"},
        "rejected": {"type": "array", "items": {"type": "object"}},
    },
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "message"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "message": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
METHODS = ("get", "post", "put", "patch", "delete")


def describe(app: Flask, api: Api) -> None:
    """Add the description's own doors: `/v1/openapi.json` and `/v1/docs`."""
    spec = _document(api)
    machine = orjson.dumps(spec)
    with app.app_context():
        page = render_template_string(PAGE, version=__version__, tags=_tags(spec))

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
        return Response(STYLE, mimetype="text/css")


def _document(api: Api) -> dict[str, Any]:
    spec = api.spec.to_dict()
    components = spec.setdefault("components", {})
    components["securitySchemes"] = {
        "publishable": {"type": "http", "scheme": "bearer", "description": "pk_..., for browsers"},
        "secret": {"type": "http", "scheme": "bearer", "description": "sk_..., for the shop's server"},
    }
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    for door in sorted(SINGLE):
        spec["paths"][f"/v1/{door}"] = {"post": _activity_operation(EVENT, "Take one event.")}
    spec["paths"]["/v1/screen"] = {"post": _activity_operation(EVENT, "Take one event.")}
    for door in ("batch", "import", "b"):
        spec["paths"][f"/v1/{door}"] = {"post": _activity_operation(BATCH, "Take many events.")}
    spec.setdefault("tags", []).append(
        {"name": "activity", "description": "Activity in, as Segment's HTTP tracking API has it"}
    )
    for path in spec["paths"].values():
        for method in METHODS:
            if method in path:
                _complete(path[method])
    return spec


def _activity_operation(body: dict[str, Any], summary: str) -> dict[str, Any]:
    content = {"application/json": {"schema": body}}
    return {
        "tags": ["activity"],
        "summary": summary,
        "security": [{"publishable": []}, {"secret": []}],
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": {"description": "Kept, on disk", "content": {"application/json": {"schema": KEPT}}}
        },
    }


def _complete(operation: dict[str, Any]) -> None:
    """Every operation may answer a problem document; those of the library's own making are replaced."""
    responses = {code: held for code, held in operation.get("responses", {}).items() if code.startswith("2")}
    responses = responses or {"200": {"description": "Done"}}
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    responses["default"] = {"description": "A problem", "content": {"application/problem+json": reference}}
    operation["responses"] = responses


def _tags(spec: dict[str, Any]) -> list[dict[str, Any]]:
    schemas = spec["components"]["schemas"]
    tags = {tag["name"]: {**tag, "operations": []} for tag in spec["tags"]}
    for path, methods in spec["paths"].items():
        for method in METHODS:
            operation = methods.get(method)
            if operation is None:
                continue
            keys = " or ".join(next(iter(held)) for held in operation.get("security", [])) or "no key"
            parameters = [
                p for p in (*methods.get("parameters", ()), *operation.get("parameters", ())) if "name" in p
            ]
            tags[operation["tags"][0]]["operations"].append(
                {
                    "method": method.upper(),
                    "path": path,
                    "summary": operation.get("summary", ""),
                    "keys": keys,
                    "parameters": parameters,
                    "body": _body(operation, schemas),
                }
            )
    return list(tags.values())


def _body(operation: dict[str, Any], schemas: dict[str, Any]) -> list[tuple[str, str]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    return [(name, str(held.get("type", "object"))) for name, held in schema.get("properties", {}).items()]
