"""Activity in: the Segment HTTP tracking API (contract, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, request

from api.answers import answer
from api.auth import Caller, authenticate, gpc, key_in_header, key_sets, storefront, token_shopper
from api.bodies import parse, raw_body
from api.errors import problem
from api.limits import token_failed
from api.tokens import TokenExpired, proven_shopper
from plugin.activity import Activity
from plugin.connectors import ga4
from plugin.connectors.segment import LARGEST_EVENT, Rejected, Sender, read_document
from plugin.errors import Forbidden, Invalid, TokenInvalid, TooLarge
from plugin.intake.dead_letters import rejected_letter
from plugin.intake.unusable import keepable
from plugin.shop import Shop
from plugin.store.activities import Outcome
from plugin.store.dead_letters import Letter
from plugin.trust.agents import says_automatic

doors = Blueprint("activity", __name__)

MOST_EVENTS = 2_500
MOST_ERRORS = 100
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
BATCHES = ("batch", "import", "b")


@doors.post("/v1/<any(track, identify, page, screen, alias, group, t, i, p, a, g):door>")
def single(door: str) -> Response:
    """Take one event."""
    caller, document = _posted()
    return _record(caller, [document], SINGLE[door])


@doors.post("/v1/<any(batch, import, b):door>")
def batch(door: str) -> Response:
    """Take many events: `{"batch": [...]}`, or a body of Google's Measurement Protocol."""
    caller, document = _posted()
    events = ga4.as_documents(document) if ga4.is_protocol_body(document) else document.get("batch")
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
    caller = _publishable(key)
    return answer(
        {"integrations": {"Segment.io": {"apiKey": caller.key.text, "apiHost": f"{request.host}/v1"}}}
    )


@doors.get("/sourceConfig/")
def rudderstack_settings() -> Response:
    """Tell RudderStack's browser SDK that its source is on and has no other destinations."""
    caller = _publishable(request.args.get("writeKey") or key_in_header())
    source = {"id": caller.shop.shop_id, "name": caller.shop.settings.name, "enabled": True, "config": {}}
    return answer({"source": {**source, "writeKey": caller.key.text, "destinations": []}})


def _publishable(key: str | None) -> Caller:
    """Who fetches an SDK's settings; a secret key has no business in an address or a browser."""
    caller = authenticate(key)
    if caller.trusted:
        raise Forbidden("An SDK's settings are fetched with the publishable key.")
    return caller


def _posted() -> tuple[Caller, dict[str, Any]]:
    """Return who posts and what: by the header before anything is read, else by the `writeKey` in the body.

    The `writeKey` is taken out at once.
    """
    caller = authenticate() if key_in_header() else None
    document = parse(raw_body())
    if not isinstance(document, dict):
        fault = "The body must be a JSON object."
        raise Invalid(fault, errors=[{"pointer": "", "detail": fault}])
    in_body = document.pop("writeKey", None)
    return caller or authenticate(in_body if isinstance(in_body, str) else None), document


@dataclass(slots=True)
class _Posted:
    """What was posted, read: what is to be kept, what is refused and why, and what may be kept as a letter.

    `withheld` counts what was read, is answered like the rest, and is kept nowhere: its sender asks not to
    be followed.
    """

    activities: list[Activity] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    withheld: int = 0


def _record(caller: Caller, documents: list[Any], type_: str | None) -> Response:
    now = storefront().clock()
    posted = _read_all(documents, _sender(caller, now), now, type_)
    if not posted.activities and not posted.withheld:
        return _nothing_usable(posted.rejected, alone=type_ is not None)
    outcomes = storefront().record(caller.shop.shop_id, posted.activities) if posted.activities else []
    if posted.letters:
        _put_aside(caller.shop, posted.letters, now)
    return _told(posted, outcomes)


def _read_all(documents: list[Any], sender: Sender, now: float, type_: str | None) -> _Posted:
    posted, followed = _Posted(), not gpc()
    for index, document in enumerate(documents):
        keep = followed and not _asks_not_to_be_followed(document)
        try:
            activity = _read(document, sender, now, type_)
        except Rejected as refusal:
            posted.rejected.append({"index": index, "code": refusal.code, "detail": refusal.detail})
            letter = rejected_letter(document, sender, refusal, now) if keep else None
            if letter is not None:
                posted.letters.append(letter)
            continue
        if keep:
            posted.activities.append(activity)
        else:
            posted.withheld += 1
    return posted


def _read(document: Any, sender: Sender, now: float, type_: str | None) -> Activity:
    if isinstance(document, dict):
        document.pop("writeKey", None)
    if _size(document) > LARGEST_EVENT:
        raise Rejected("too_large", f"An event may have {LARGEST_EVENT} bytes at most.")
    return read_document(document, sender, now, type_)


def _put_aside(shop: Shop, letters: list[Letter], now: float) -> None:
    """Keep what cannot be used, as far as it may be kept."""
    shops = storefront().shops
    memory, erased = shops.memory(shop.shop_id), partial(shops.store.erasures.erased, shop.shop_id)
    memory.dead_letters.bury(keepable(letters, memory, shop.settings, erased), now)


def _told(posted: _Posted, outcomes: Sequence[Outcome]) -> Response:
    body = {
        "success": True,
        "accepted": len(posted.activities) + posted.withheld,
        "duplicates": outcomes.count(Outcome.REPEATED),
        "rejected": posted.rejected,
    }
    if withheld := posted.withheld + outcomes.count(Outcome.WITHHELD):
        body["withheld"] = withheld
    response = answer(body)
    if storefront().shops.store.settings.durability != "always":
        response.headers["Rapport-Durability"] = storefront().shops.store.settings.durability
    return response


def _asks_not_to_be_followed(document: Any) -> bool:
    """Whether one event carries the signal itself: `context.gpc`, for what is sent later or by a server."""
    context = document.get("context") if isinstance(document, dict) else None
    return isinstance(context, dict) and context.get("gpc") is True


def _sender(caller: Caller, now: float) -> Sender:
    """How far this caller is trusted, and whom its token proves.

    A token that is merely expired proves nobody: the event stays with its anonymous id.
    """
    currency = caller.shop.settings.currency
    proven = token_shopper(caller.shop, now)
    if caller.trusted:
        return Sender("shop", currency, proven)
    automatic = says_automatic(request.headers.get("User-Agent"))
    return Sender("browser", currency, proven, _prover(caller.shop, now), automatic)


def _prover(shop: Shop, now: float) -> Any:
    seen: dict[str, str | Rejected | None] = {}

    def prove(token: str) -> str | None:
        if token not in seen:
            try:
                seen[token] = proven_shopper(token, shop, now, key_sets())
            except TokenExpired:
                seen[token] = None
            except TokenInvalid as error:
                token_failed(shop.shop_id, now)
                seen[token] = Rejected("token_invalid", error.detail)
        found = seen[token]
        if isinstance(found, Rejected):
            raise found
        return found

    return prove


def _size(document: Any) -> int:
    """How many bytes an event has, without the key that came with it; or what stands in an event's place."""
    try:
        return len(orjson.dumps(document))
    except orjson.JSONEncodeError:
        raise Rejected("too_large", "The event is nested too deeply.") from None


def _pointer(detail: str) -> str:
    """The place inside an event that a refusal begins with: "/event must be ..." is about `/event`."""
    first = detail.split(" ", 1)[0]
    return first if first.startswith("/") else ""


def _nothing_usable(rejected: list[dict[str, Any]], *, alone: bool) -> Response:
    """Say why nothing was kept: 413 for one event that is too large, else 400 with every item's reason."""
    if alone and rejected[0]["code"] == "too_large":
        return problem("too_large", rejected[0]["detail"])
    errors = [
        {
            "pointer": ("" if alone else f"/batch/{item['index']}") + _pointer(item["detail"]),
            "detail": item["detail"],
        }
        for item in rejected[:MOST_ERRORS]
    ]
    detail = rejected[0]["detail"] if rejected else "There is no event in it."
    return problem(
        "invalid", f"Nothing in it can be used: {detail}", status=400, errors=errors, rejected=rejected
    )
