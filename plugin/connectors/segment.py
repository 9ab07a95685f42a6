"""Segment-shaped documents turned into activities: the language every door for activity speaks.

This is the hot path of the service, so documents are checked here by hand, field by field, with the same
care a schema would take; every refusal says which field and what would be right.
"""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from plugin import money
from plugin.activity import KINDS, ORDER_KINDS, Activity, Line, Shopper, Trust
from plugin.connectors.return_reasons import reasons_by_line
from plugin.store.keys import digest
from plugin.trust.agents import says_automatic

TYPES = {
    "identify": "identified",
    "page": "page",
    "screen": "page",
    "alias": "aliased",
    "group": "grouped",
}
LONGEST_ID = 128
LONGEST_NAME = 500
LARGEST_EVENT = 32 * 1024
LARGEST_QUANTITY = 1_000_000
MOST_LINES = 5_000
DEEPEST = 32  # levels of objects and lists in one event; the store's encoder goes no deeper than 254
NESTED = (dict, list)
PRICED = (int, float, str)
DISMISSALS = ("have_it", "not_for_me", "too_dear", "never")
OWNERSHIPS = ("have", "no_longer", "plenty", "out")
NEED_A_PRODUCT = frozenset({"viewed", "carted", "uncarted", "corrected", "used"})
PRODUCT_IDS = ("product_id", "item_id", "sku")  # as Segment, Google Analytics and some shops call it
FAR_AHEAD_S = 300.0  # a clock further ahead than this is taken to be wrong
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
SAYS_PRODUCTS = ("products", "items", "product_id", "item_id", "sku")
LINE_FIELDS = frozenset(
    "products items product_id item_id sku quantity price name item_name "
    "order_id transaction_id currency".split()
)


@dataclass(frozen=True, slots=True)
class Rejected(Exception):
    """One event that cannot be used: a stable code, where, and what would be right."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: how far it is trusted, and the shopper its token proves, if any.

    `prove` returns the shopper that an event's own token (`context.shopperToken`) proves, None for one that
    is merely expired, and raises `Rejected` for a wrong one. `automatic` says whether the sender calls itself
    a program (a crawler, a monitor): what it looks at is kept and teaches nothing.
    """

    trust: Trust
    currency: str
    proven: str | None = None
    prove: Callable[[str], str | None] | None = None
    automatic: bool = False


def read_document(document: Any, sender: Sender, received_at: float, type_: str | None = None) -> Activity:
    """Return the activity that a Segment document tells of.

    Raises `Rejected` for a document that cannot be used.
    """
    if not isinstance(document, dict):
        raise Rejected("invalid", "An event must be a JSON object.")
    _bounded(document)
    kind, event = _kind(document, type_)
    properties = _properties(document)
    if kind == "basket" and not any(name in properties for name in SAYS_PRODUCTS):
        kind = "other"  # a look at the basket that does not say what lies in it leaves it as it is
    context = _mapping(document, "context")
    at = _time(document, received_at)
    currency = _currency(properties, sender.currency)
    shopper = _shopper(document, context, sender, kind)
    return Activity(  # in the order of its fields: naming them costs as much as reading two of them
        _message_id(document, at),
        kind,
        event,
        at,
        received_at,
        sender.trust,
        shopper,
        _lines(properties, currency, kind),
        _order_id(properties, kind),
        currency,
        _optional_id(properties, "session_id"),
        _visitor(document, kind) if shopper is not None and shopper.known else None,
        _rest(document, properties, kind) | _noticed(document, context, sender, at),
    )


def _noticed(
    document: Mapping[str, Any], context: Mapping[str, Any], sender: Sender, at: float
) -> dict[str, Any]:
    """What is noticed at the door: a browser that says it is none, and how far a clock was off (seconds)."""
    noticed: dict[str, Any] = {}
    name = context.get("userAgent")
    if sender.trust == "browser" and (sender.automatic or (isinstance(name, str) and says_automatic(name))):
        noticed["automatic"] = True  # the name itself is nobody's business
    said = _moment(document, "timestamp")
    if said is not None and abs(said - at) > FAR_AHEAD_S:
        noticed["clock_off"] = round(said - at)
    return noticed


def _kind(document: Mapping[str, Any], type_: str | None) -> tuple[str, str]:
    type_ = type_ or document.get("type") or ("track" if "event" in document else None)
    if isinstance(type_, str) and type_ in TYPES:
        return TYPES[type_], str(document.get("name") or type_)[:LONGEST_NAME]
    if type_ != "track":
        raise Rejected("invalid", f"/type is {type_!r}; it must be track, {', '.join(TYPES)}.")
    event = document.get("event")
    if not isinstance(event, str) or not event.strip() or len(event) > LONGEST_NAME:
        raise Rejected("invalid", "/event must be the event's name, a string of at most 500 characters.")
    return KINDS.get(event, "other"), event


def _properties(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the event says; of a document out of Google's data layer, what stands under `ecommerce`."""
    properties = _mapping(document, "properties")
    if isinstance(inner := properties.get("ecommerce"), dict):
        properties = {**{name: value for name, value in properties.items() if name != "ecommerce"}, **inner}
    return properties


def _shopper(
    document: Mapping[str, Any], context: Mapping[str, Any], sender: Sender, kind: str
) -> Shopper | None:
    user, visitor = _optional_id(document, "userId"), _optional_id(document, "anonymousId")
    if sender.trust == "shop":
        if (named := user or sender.proven) is not None:
            return Shopper(named)
    else:
        proven = sender.proven
        if (token := context.get("shopperToken")) is not None and sender.prove is not None:
            proven = sender.prove(token) if isinstance(token, str) else sender.prove("")
        if proven is not None and user is not None and user != proven:
            raise Rejected("token_invalid", "/userId is not the shopper that the token proves.")
        if proven is not None:
            return Shopper(proven)
    if visitor is not None:
        return Shopper(visitor, known=False)
    if sender.trust == "shop" and kind in ORDER_KINDS:
        return None  # a guest's order: it teaches what goes with what and belongs to nobody
    if user is not None:
        raise Rejected("token_invalid", "/userId needs a valid shopper token, or an anonymousId beside it.")
    raise Rejected("invalid", "An event needs a /userId or an /anonymousId.")


def _visitor(document: Mapping[str, Any], kind: str) -> str | None:
    """The number under which a known shopper was seen: what was done under it is theirs too."""
    if kind == "aliased" and (previous := _optional_id(document, "previousId")) is not None:
        return previous
    return _optional_id(document, "anonymousId")


def _message_id(document: Mapping[str, Any], at: float) -> str:
    given = _optional_id(document, "messageId")
    if given is not None:
        return given
    if "timestamp" in document or "originalTimestamp" in document:
        # The same event of the same moment sent again is the same event, with or without an id of its own.
        content = {name: document[name] for name in document if name not in ("sentAt", "context", "writeKey")}
        return "content:" + digest(orjson.dumps(content, option=orjson.OPT_SORT_KEYS).hex()).hex()
    return "given:" + uuid.uuid4().hex


def _time(document: Mapping[str, Any], received_at: float) -> float:
    """When it happened: by the sender's clock, set right by how far that clock was off when it sent.

    A document that has `originalTimestamp` beside its `timestamp` was set right by a server before us.
    """
    at = _moment(document, "timestamp")
    original, sent = _moment(document, "originalTimestamp"), _moment(document, "sentAt")
    if at is None:
        at = original if original is None or sent is None else received_at - max(0.0, sent - original)
    elif original is None and sent is not None and abs(sent - received_at) > FAR_AHEAD_S:
        at = received_at - max(0.0, sent - at)
    if at is None or not 0 <= at <= received_at + FAR_AHEAD_S:
        return received_at  # before 1970, or well ahead: that clock knows nothing
    return min(at, received_at)


def _moment(document: Mapping[str, Any], name: str) -> float | None:
    text = document.get(name)
    if text is None:
        return None
    at = _instant(text) if isinstance(text, str) else None
    if at is not None:
        return at
    raise Rejected("invalid", f"/{name} must be an RFC 3339 time such as 2026-11-22T09:30:00Z.")


@lru_cache(maxsize=4_096)  # what comes in one batch often says the same time, and each event asks twice
def _instant(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.timestamp() if moment.tzinfo else _as_utc(moment)
    except (ValueError, OverflowError):
        return None


def _as_utc(moment: datetime) -> float:
    return (moment - datetime(1970, 1, 1)).total_seconds()


def _lines(properties: Mapping[str, Any], currency: str, kind: str) -> tuple[Line, ...]:
    said_as = "products" if "products" in properties else "items"
    given = properties.get(said_as)
    if given is None:
        if any(properties.get(name) is not None for name in PRODUCT_IDS):
            return (_line(properties, currency, None, 0),)
        if kind in NEED_A_PRODUCT:
            raise Rejected("invalid", "/properties/product_id is missing.")
        _demand_a_subject(properties, kind)
        return ()
    if not isinstance(given, list):
        raise Rejected("invalid", f"/properties/{said_as} must be a list of products.")
    if len(given) > MOST_LINES:
        raise Rejected("too_large", f"/properties/{said_as} has {len(given)} lines; at most {MOST_LINES}.")
    if not given:
        _demand_a_subject(properties, kind)
    return tuple([_line(line, currency, said_as, n) for n, line in enumerate(given)])


def _demand_a_subject(properties: Mapping[str, Any], kind: str) -> None:
    """Refuse a word about no product that is about no use either, and would change nothing."""
    if kind == "dismissed" and properties.get("use_id") in (None, ""):
        raise Rejected("invalid", "/properties must say what was dismissed: a product_id, or a use_id.")


def _line(line: Any, currency: str, said_as: str | None, n: int) -> Line:
    """Return one product of an event: the n-th of the list that is said as so, or what the event is about."""
    try:
        return _read_line(line, currency)
    except Rejected as refusal:
        where = "/properties" if said_as is None else f"/properties/{said_as}/{n}"
        detail = refusal.detail
        if said_as == "items" and detail == "/product_id is missing.":
            detail = "/item_id is missing."
        raise Rejected(refusal.code, where + detail) from None


def _read_line(line: Any, currency: str) -> Line:
    """Return one product as a document tells of it. Raises `Rejected` with the place inside it."""
    if not isinstance(line, dict):
        raise Rejected("invalid", " must be an object.")
    said = line.get
    for told in PRODUCT_IDS:
        if (product_id := said(told)) is not None:
            break
    else:
        raise Rejected("invalid", "/product_id is missing.")
    name = said("name", said("item_name"))
    return Line(
        _optional_id(line, told) or identity(product_id, f"/{told}"),
        _quantity(said("quantity")),
        _price(said("price"), currency),
        name[:LONGEST_NAME] if isinstance(name, str) and name else None,
        _optional_id(line, "recommendation_id"),
    )


def identity(value: Any, where: str) -> str:
    """Return an id as the shop writes it. Raises `Rejected` for what cannot be one."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    fits = isinstance(value, str) and 0 < len(value) <= LONGEST_ID
    # What is printable holds no control character: nearly every id is, and that is known sooner.
    if fits and (value.isprintable() or not CONTROL.search(value)):
        return value
    raise Rejected("invalid", f"{where} must be an id of 1 to 128 characters without control characters.")


def _optional_id(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    if value is None or value == "":
        return None
    # Nearly every id is a short text that can be printed: that is known without asking further.
    if isinstance(value, str) and len(value) <= LONGEST_ID and value.isprintable():
        return value
    return identity(value, f"/{name}")


def _quantity(value: Any) -> int:
    if value is None:
        return 1
    if isinstance(value, str):
        value = int(value) if len(value) < 10 and value.isascii() and value.isdigit() else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_QUANTITY:
        raise Rejected("invalid", f"/quantity must be a whole number from 1 to {LARGEST_QUANTITY}.")
    return value


def _price(value: Any, currency: str) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, PRICED):
        raise Rejected("invalid", "/price must be a number.")
    try:
        price = (
            money.minor_units(value, currency) if not isinstance(value, float) or math.isfinite(value) else -1
        )
    except ValueError:
        price = -1
    if price < 0:
        raise Rejected("invalid", "/price must be a number of at least 0.")
    return price


def _order_id(properties: Mapping[str, Any], kind: str) -> str | None:
    given = properties.get("order_id", properties.get("transaction_id"))
    if given is None or given == "":
        if kind in ORDER_KINDS:
            raise Rejected("invalid", "/properties/order_id is missing; an order is known by it.")
        return None
    return identity(given, "/properties/order_id")


def _currency(properties: Mapping[str, Any], currency: str) -> str:
    given = properties.get("currency")
    if given is None:
        return currency
    if not isinstance(given, str) or not money.CURRENCY.match(given.upper()):
        raise Rejected("invalid", "/properties/currency must be an ISO 4217 code such as EUR.")
    return given.upper()


def _rest(document: Mapping[str, Any], properties: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """What else was said, for the timeline; tokens and keys never get this far."""
    rest = {name: value for name, value in properties.items() if name not in LINE_FIELDS}
    if (check := SAID.get(kind)) is not None:
        check(rest)
    if kind == "returned" and isinstance(given := properties.get("products", properties.get("items")), list):
        rest |= reasons_by_line(given)
    if kind == "identified":
        rest["traits"] = _mapping(document, "traits")
    if kind == "aliased" and (previous := _optional_id(document, "previousId")):
        rest["previous_id"] = previous
    return rest


def _about_a_use(said: dict[str, Any]) -> None:
    if (use_id := _optional_id(said, "use_id")) is None:
        said.pop("use_id", None)
    else:
        said["use_id"] = use_id  # a number is an id too, and is kept as the text that ids are


def _dismissal(said: dict[str, Any]) -> None:
    _one_of(said, "reason", DISMISSALS)
    _about_a_use(said)


def _trial(said: dict[str, Any]) -> None:
    _about_a_use(said)
    if "use_id" not in said:
        raise Rejected("invalid", "/properties/use_id is missing.")


def _correction(said: dict[str, Any]) -> None:
    if said.get("state") is None:
        raise Rejected("invalid", f"/properties/state is missing; it is one of {', '.join(OWNERSHIPS)}.")
    _one_of(said, "state", OWNERSHIPS)


def _refund(said: dict[str, Any]) -> None:
    _optional_id(said, "refund_id")


def _one_of(said: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> None:
    value = said.get(name)
    if value is not None and value not in choices:
        raise Rejected("invalid", f"/properties/{name} must be one of {', '.join(choices)}.")


# What is said beside the products and changes a shopper's state: checked here, so that folding never fails.
SAID: dict[str, Callable[[dict[str, Any]], None]] = {
    "shown": _about_a_use,
    "clicked": _about_a_use,
    "dismissed": _dismissal,
    "tried": _trial,
    "corrected": _correction,
    "returned": _refund,
}


def _bounded(document: dict[str, Any]) -> None:
    """Refuse what is nested deeper than anything the service writes can be."""
    level: list[Any] = [part for part in document.values() if isinstance(part, NESTED)]
    for _ in range(DEEPEST):
        if not level:
            return
        level = [
            part
            for held in level
            for part in (held.values() if isinstance(held, dict) else held)
            if isinstance(part, NESTED)
        ]
    raise Rejected("too_large", f"An event is at most {DEEPEST} levels deep.")


def _mapping(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Rejected("invalid", f"/{name} must be an object.")
    return value
