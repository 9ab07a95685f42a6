"""Activity in: the Segment HTTP tracking API (contract, section 4)."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, g, request

from api.answers import answer
from api.auth import Caller, authenticate, key_in_header, storefront
from api.bodies import parse, raw_body
from api.errors import problem
from api.tokens import TokenExpired, proven_shopper
from plugin.activity import Activity
from plugin.connectors.segment import LARGEST_EVENT, Rejected, Sender, read_document
from plugin.errors import Invalid, TokenInvalid, TooLarge
from plugin.shop import Shop

doors = Blueprint("activity", __name__)

MOST_EVENTS = 2_500
SINGLE = {
    "track": "track",
    "t": "track",
    "identify": "identify",
    "i": "identify",
    "page": "page",
    "p": "page",
    "screen": "screen",
    "alias": "alias",
    "a": "alias",
    "group": "group",
    "g": "group",
}


@doors.post("/v1/<any(track, identify, page, screen, alias, group, t, i, p, a, g):door>")
def single(door: str) -> Response:
    """Take one event."""
    document = parse(raw_body())
    if not isinstance(document, dict):
        raise Invalid(
            "The event must be a JSON object.", errors=[{"pointer": "", "detail": "Not an object."}]
        )
    caller = _caller(document)
    if len(orjson.dumps(document)) > LARGEST_EVENT:
        raise TooLarge(f"An event may have {LARGEST_EVENT} bytes at most.")
    return _record(caller, [document], SINGLE[door])


@doors.post("/v1/<any(batch, import, b):door>")
def batch(door: str) -> Response:
    """Take many events: `{"batch": [...]}`."""
    document = parse(raw_body())
    if not isinstance(document, dict):
        raise Invalid(
            'The body must be {"batch": [...]}.', errors=[{"pointer": "", "detail": "Not an object."}]
        )
    caller = _caller(document)
    events = document.get("batch")
    if not isinstance(events, list):
        detail = "A list of events is missing."
        raise Invalid(f"/batch: {detail}", errors=[{"pointer": "/batch", "detail": detail}])
    if len(events) > MOST_EVENTS:
        raise TooLarge(f"A batch may have {MOST_EVENTS} events at most; this one has {len(events)}.")
    sent_at = document.get("sentAt")
    if sent_at is not None:
        events = [{"sentAt": sent_at, **event} if isinstance(event, dict) else event for event in events]
    return _record(caller, events, None)


@doors.get("/v1/projects/<key>/settings")
def segment_settings(key: str) -> Response:
    """Tell Segment's browser SDK that there is one destination: this service."""
    caller = authenticate(key)
    return answer(
        {"integrations": {"Segment.io": {"apiKey": caller.key.text, "apiHost": f"{request.host}/v1"}}}
    )


@doors.get("/sourceConfig/")
def rudderstack_settings() -> Response:
    """Tell RudderStack's browser SDK that its source is on and has no other destinations."""
    caller = authenticate(request.args.get("writeKey") or key_in_header())
    source = {"id": caller.shop.shop_id, "name": caller.shop.settings.name, "enabled": True, "config": {}}
    return answer({"source": {**source, "writeKey": caller.key.text, "destinations": []}})


def _caller(document: dict[str, Any]) -> Caller:
    """Who posts: by the header, or by the `writeKey` in the body, which is taken out at once."""
    in_body = document.pop("writeKey", None)
    if key_in_header():
        return authenticate()
    return authenticate(in_body if isinstance(in_body, str) else None)


def _record(caller: Caller, documents: list[Any], type_: str | None) -> Response:
    now = storefront().clock()
    sender = _sender(caller, now)
    activities: list[Activity] = []
    rejected: list[dict[str, Any]] = []
    for index, document in enumerate(documents):
        try:
            activities.append(_read(document, sender, now, type_))
        except Rejected as refusal:
            rejected.append({"index": index, "code": refusal.code, "detail": refusal.detail})
    if not activities:
        return _nothing_usable(rejected)
    fresh = storefront().record(caller.shop.shop_id, activities)
    body = {
        "success": True,
        "accepted": len(activities),
        "duplicates": len(fresh) - sum(fresh),
        "rejected": rejected,
    }
    response = answer(body)
    if storefront().shops.store.settings.durability != "always":
        response.headers["Rapport-Durability"] = storefront().shops.store.settings.durability
    return response


def _read(document: Any, sender: Sender, now: float, type_: str | None) -> Activity:
    if isinstance(document, dict):
        document.pop("writeKey", None)
        if len(orjson.dumps(document)) > LARGEST_EVENT:
            raise Rejected("too_large", f"An event may have {LARGEST_EVENT} bytes at most.")
    return read_document(document, sender, now, type_)


def _sender(caller: Caller, now: float) -> Sender:
    """How far this caller is trusted, and whom its token proves.

    A token that is merely expired proves nobody: the event stays with its anonymous id.
    """
    currency = caller.shop.settings.currency
    if caller.trusted:
        return Sender("shop", currency)
    header = request.headers.get("Rapport-Shopper")
    proven = None
    if header is not None:
        proven = proven_shopper(header, caller.shop, now)
    return Sender("browser", currency, proven, _prover(caller.shop, now))


def _prover(shop: Shop, now: float) -> Any:
    seen: dict[str, str | None | Rejected] = {}

    def prove(token: str) -> str | None:
        if token not in seen:
            try:
                seen[token] = proven_shopper(token, shop, now)
            except TokenExpired:
                seen[token] = None
            except TokenInvalid as error:
                seen[token] = Rejected("token_invalid", error.detail)
        found = seen[token]
        if isinstance(found, Rejected):
            raise found
        return found

    return prove


def _nothing_usable(rejected: list[dict[str, Any]]) -> Response:
    if rejected and all(item["code"] == "too_large" for item in rejected):
        return problem("too_large", rejected[0]["detail"])
    errors = [
        {"pointer": f"/batch/{item['index']}" if len(rejected) > 1 else "", "detail": item["detail"]}
        for item in rejected[:100]
    ]
    detail = rejected[0]["detail"] if rejected else "There is no event in it."
    response = problem("nothing_usable", f"Nothing in it can be used: {detail}", errors=errors)
    g.rejected = rejected
    return response
