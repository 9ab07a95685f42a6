"""What the page about the API shows of the published document: every door, every field, nested ones too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.schemas.answered import Json

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body: its name with those it stands in, its type, and whether it is needed."""

    name: str
    type: str
    needed: bool = False


def sections(spec: Json) -> list[Json]:
    """Return the page's sections, one a tag, with all that is shown of each operation."""
    tags: dict[str, Json] = {tag["name"]: {**tag, "operations": []} for tag in spec["tags"]}
    for path, methods in spec["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                tags[operation["tags"][0]]["operations"].append(_shown(spec, path, method, methods))
    return list(tags.values())


def _shown(spec: Json, path: str, method: str, methods: Json) -> Json:
    operation, schemas = methods[method], spec["components"]["schemas"]
    parameters = [*methods.get("parameters", ()), *operation.get("parameters", ())]
    good: Json = next((held for code, held in operation["responses"].items() if code.startswith("2")), {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "opens_with": " or ".join(next(iter(held)) for held in operation.get("security", [])) or "no key",
        "parameters": [
            {**each, "what": each.get("description") or type_of(each.get("schema", {}), schemas)}
            for each in parameters
            if "name" in each
        ],
        "body": _of_body(operation.get("requestBody", {}), schemas),
        "answer": _of_body(good, schemas),
    }


def _of_body(held: Json, schemas: Json) -> list[Field]:
    schema = held.get("content", {}).get("application/json", {}).get("schema", {})
    return list(fields_of(schema, schemas))


def fields_of(schema: Json, schemas: Json, inside: str = "", met: tuple[str, ...] = ()) -> Iterator[Field]:
    """Yield the fields of a schema, each followed by those nested in it; what holds itself is shown once."""
    name, whole = _resolved(schema, schemas)
    if name in met or len(met) >= DEEPEST:
        return
    needed = whole.get("required", ())
    for each, held in whole.get("properties", {}).items():
        yield Field(inside + each, type_of(held, schemas), each in needed)
        inner, many = (held["items"], "[]") if "items" in held else (held, "")
        yield from fields_of(inner, schemas, f"{inside}{each}{many}.", (*met, name))


def type_of(schema: Json, schemas: Json) -> str:
    """Return a type in a few words: its choices where it has some, else what kind of value it is."""
    _, whole = _resolved(schema, schemas)
    if "enum" in whole:
        return " | ".join(str(choice) for choice in whole["enum"] if choice is not None)
    if "items" in whole:
        return f"list of {type_of(whole['items'], schemas)}"
    said = whole.get("type", "object")
    kinds = [said] if isinstance(said, str) else [kind for kind in said if kind != "null"]
    return " or ".join(kinds)


def _resolved(schema: Json, schemas: Json) -> tuple[str, Json]:
    """The schema a reference leads to, with its name; a choice with null is the other choice."""
    for joint in ("allOf", "anyOf", "oneOf"):
        choices = [each for each in schema.get(joint, ()) if each.get("type") != "null"]
        if len(choices) == 1:
            return _resolved(choices[0], schemas)
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return name, schemas[name]
    return "", schema
