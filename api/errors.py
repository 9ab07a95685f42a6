"""Every refusal becomes a problem document (RFC 9457), here and nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from plugin.errors import RapportError, place_of

log = logging.getLogger(__name__)

STATUS = {
    "unauthenticated": 401,
    "token_invalid": 401,
    "token_expired": 401,
    "forbidden": 403,
    "origin_not_allowed": 403,
    "secret_key_in_browser": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "unreadable": 400,
    "invalid": 422,
    "refused": 409,
    "limit_reached": 409,
    "budget_reached": 409,
    "code_unusable": 409,
    "stale": 412,
    "too_large": 413,
    "rate_limited": 429,
    "store_unsafe": 503,
    "store_unavailable": 503,
    "idempotency_mismatch": 422,
    "idempotency_running": 409,
    "internal": 500,
}
TITLES = {
    400: "This body cannot be used",
    401: "Who is calling is not known",
    403: "Not allowed",
    404: "Not found",
    405: "This door takes another method",
    409: "Not possible as things are",
    412: "Not the newest version",
    413: "Too large",
    415: "This content cannot be read",
    422: "Read, but not valid",
    429: "Too many calls",
    500: "Our fault",
    503: "The store is not available",
}
PLAINLY = {
    "Missing data for required field.": "Is missing.",
    "Field may not be null.": "Must not be null.",
    "Not a valid string.": "Must be a text.",
    "Not a valid mapping type.": "Must be an object.",
    "Not a valid list.": "Must be a list.",
    "Not a valid boolean.": "Must be true or false.",
    "Not a valid number.": "Must be a number.",
    "Not a valid integer.": "Must be a whole number.",
    "Invalid input type.": "Must be an object.",
}  # what the schemas' library says on its own, as what would be right
CODES_BY_STATUS = {
    400: "unreadable",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    412: "stale",
    413: "too_large",
    415: "unreadable",
    422: "invalid",
    429: "rate_limited",
}


def problem(
    code: str,
    detail: str,
    *,
    status: int | None = None,
    errors: list[dict[str, Any]] | None = None,
    retry_after: int | None = None,
    **further: Any,
) -> Response:
    """Return a problem document with the status that belongs to its code; `further` are members beside it."""
    status = status or STATUS.get(code, 400)
    body: dict[str, Any] = {
        "type": f"https://rapport.example/problems/{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": detail,
        "message": detail,
        **further,
    }
    if errors:
        body["errors"] = errors
    response = Response(
        orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE), status, mimetype="application/problem+json"
    )
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="rapport"'
    return response


def translate(app: Flask) -> None:
    """Have every error of the app answered as a problem document."""
    app.register_error_handler(RapportError, _from_rapport)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(Exception, _from_bug)


def _from_rapport(error: RapportError) -> Response:
    return problem(error.code, error.detail, errors=error.errors, retry_after=error.retry_after)


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    code = CODES_BY_STATUS.get(status, "invalid" if status < 500 else "internal")
    messages = getattr(error, "data", {}).get("messages") if getattr(error, "data", None) else None
    if messages:
        found = list(input_errors(messages))
        return problem("invalid", _summary(found), status=422, errors=found)
    allowed = next((value for name, value in error.get_headers() if name == "Allow"), None)
    response = problem(code, _said_of(error, allowed), status=status)
    if allowed:
        response.headers["Allow"] = allowed
    return response


def _said_of(error: HTTPException, allowed: str | None) -> str:
    """Say what would be right, where the web layer only says what is wrong."""
    if error.description == NotFound.description:
        return "There is nothing at this address; /v1/docs lists every door."
    if allowed and error.description == MethodNotAllowed.description:
        return f"{request.method} is not for this address; it takes {allowed}."
    return error.description or TITLES.get(error.code or 500, "Error")


def _from_bug(error: Exception) -> Response:
    log.error("a request failed: %s", place_of(error))
    return problem("internal", "Something went wrong on our side; it has been logged.", status=500)


def input_errors(messages: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield `{"pointer" | "parameter", "detail"}` for the nested messages a schema gives.

    The outermost level may name where the input stood (`json`, `query`), as the web layer does.
    """
    for location, nested in messages.items():
        if location in ("query", "headers", "files", "form") and isinstance(nested, Mapping):
            for name, texts in nested.items():
                yield {"parameter": name, "detail": _sentence(texts)}
        elif location == "json" and isinstance(nested, Mapping):
            yield from pointers(nested)
        else:
            yield from pointers({location: nested})


def pointers(messages: Mapping[Any, Any], path: str = "") -> Iterator[dict[str, Any]]:
    """Yield one error per leaf of a schema's messages, with its JSON pointer."""
    for name, nested in messages.items():
        here = path if name == "_schema" else f"{path}/{str(name).replace('~', '~0').replace('/', '~1')}"
        if isinstance(nested, Mapping):
            yield from pointers(nested, here)
        else:
            yield {"pointer": here, "detail": _sentence(nested)}


def _sentence(texts: Any) -> str:
    if isinstance(texts, list | tuple):
        return " ".join(PLAINLY.get(str(text), str(text)) for text in texts)
    if isinstance(texts, Mapping):
        return " ".join(error["detail"] for error in pointers(texts))
    return PLAINLY.get(str(texts), str(texts))


def _summary(errors: list[dict[str, Any]]) -> str:
    first = errors[0] if errors else {"detail": "The input is not valid."}
    where = first.get("pointer") or first.get("parameter") or ""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{where}: {first['detail']}{more}" if where else f"{first['detail']}{more}"
