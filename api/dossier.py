"""Everything known of one shopper as one readable JSON document, made piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import orjson

from api.moments import moment
from api.shopper_views import identities_view, known_view, ownership_view
from api.tier_views import tier_history_view, tier_view
from api.value_views import value_view
from plugin.activity import Activity, Line, Shopper
from plugin.errors import NotFound
from plugin.gather import Scene
from plugin.gifts.gift import gifts_of
from plugin.identity.identities import identities
from plugin.intake.privacy_requests import requests_for
from plugin.intake.unusable import whose
from plugin.known import known
from plugin.money import as_document
from plugin.rights.consent import consent_view
from plugin.rights.consenting import refs_of
from plugin.rights.erased_ids import is_kept_beside
from plugin.shopper import Order, Profile
from plugin.store.dead_letters import Letter
from plugin.store.memory import ShopMemory
from plugin.store.timeline import END_OF_TIME, Place
from plugin.storefront import Storefront, Visitor

PAGE = 500  # activities read at once
MODELS = "Models learn from all shoppers together and hold nothing about any single one."


def dossier(front: Storefront, shop_id: str, shopper: Shopper) -> Iterator[bytes]:
    """Return everything known of a shopper as the pieces of one JSON document, activities newest first.

    Raises `NotFound`, before the first piece, for somebody of whom nothing is known.
    """
    memory = front.shops.memory(shop_id)
    scene = front.scene(shop_id, Visitor(shopper, trusted=True))
    shown = memory.not_erased(map(Shopper.from_ref, refs_of(scene.profile, shopper)))
    refs = {each.ref for each in shown}
    pages = _pages(memory, refs)
    first = next(pages, [])
    if scene.profile == Profile() and not first and not is_kept_beside(memory, refs):
        raise NotFound(f"Nothing is known of a shopper {shopper.id!r}.")
    return _pieces(_facts(scene, shopper, memory, refs), chain([first], pages), scene)


def _pieces(facts: dict[str, Any], pages: Iterator[list[Activity]], scene: Scene) -> Iterator[bytes]:
    yield orjson.dumps(facts, option=orjson.OPT_INDENT_2)[:-2] + b',\n  "activities": ['
    separator = b"\n"
    for page in pages:
        for activity in page:
            said = activity_view(activity, scene.shop.settings.currency)
            yield separator + orjson.dumps(said, option=orjson.OPT_INDENT_2).replace(b"\n", b"\n    ")
            separator = b",\n"
    yield b"\n  ]\n}\n"


def _facts(scene: Scene, shopper: Shopper, memory: ShopMemory, refs: set[str]) -> dict[str, Any]:
    profile, settings = scene.profile, scene.shop.settings
    figures = scene.figures
    ids = sorted(ref[2:] for ref in refs if Shopper.from_ref(ref).known)
    return {
        "shop_id": memory.shop,
        "shopper_id": shopper.id if shopper.known else None,
        "anonymous_id": None if shopper.known else shopper.id,
        "exported_at": moment(scene.now),
        "first_seen": moment(profile.first_at),
        "last_seen": moment(profile.last_at),
        "identities": identities_view(identities(profile, shopper.ref)),
        "seen_under": {number: moment(at) for number, at in profile.seen_as.items()},
        "sign_ins": [
            {"provider": link.provider, "iss": link.iss, "sub": link.sub, "since": moment(link.since)}
            for known_id in ids
            for link in memory.sign_ins.of(known_id)
        ],
        "consent": consent_view(profile, settings),
        "consent_said": {by: _dated(said) for by, said in profile.consent.items()},
        "preferences": _dated(profile.preferences),
        "traits": _dated(profile.traits),
        "tier": tier_view(scene),
        "tier_history": tier_history_view(scene),
        "points_given": {_day(day): points for day, points in profile.points.items()},
        "value": {
            "orders": figures.orders,
            "spent": as_document(figures.spent, settings.currency),
            "first_order": moment(figures.first_at),
            "last_order": moment(figures.last_at),
            "expected": {
                name: told
                for name, told in value_view(scene).items()
                if name not in ("recency_days", "frequency", "monetary")
            },
        },
        "ownership": ownership_view(scene),
        "orders": {name: _order_view(order, settings.currency) for name, order in profile.orders.items()},
        "claims": {name: _order_view(order, settings.currency) for name, order in profile.claims.items()},
        "looked_at": {product: moment(at) for product, at in profile.viewed.items()},
        "shown": {product: [moment(at) for at in held] for product, held in profile.shown.items()},
        "basket_steps": [
            {"at": moment(at), "kind": kind, "products": [{"product_id": p, "quantity": q} for p, q in lines]}
            for at, _, kind, lines in profile.steps
        ],
        "waved_away": _dated(profile.dismissed, "reason"),
        "gifts": [
            {
                "gift_id": gift.gift_id,
                "offer_id": gift.offer_id,
                "order_id": gift.order_id,
                "given_at": moment(gift.given_at),
                "expires_at": moment(gift.ends),
            }
            for gift in gifts_of(profile)
        ],
        "use_ideas": {
            "shown": {use_id: list(map(moment, held)) for use_id, held in profile.uses_shown.items()},
            "opened": {use_id: moment(at) for use_id, at in profile.uses_opened.items()},
            "tried": {use_id: moment(at) for use_id, at in profile.uses_tried.items()},
            "waved_away": _dated(profile.uses_refused, "reason"),
        },
        "corrected": _dated(profile.corrected, "state"),
        "used": _dated(profile.used, "quantity"),
        "known": known_view(known(profile, scene.owned, scene.shop.catalogue)),
        "erasure_requested": [
            moment(wish["asked_at"]) for wish in memory.erased.requests() if wish["shopper_id"] in ids
        ],
        "asked_by_platforms": [
            {"platform": each["platform"], "wants": each["wants"], "asked_at": moment(each["asked_at"])}
            for each in requests_for(memory.documents, ids)
        ],
        "called": {ref[2:]: word for ref, word in scene.shop.trust_words.items() if ref in refs},
        "dead_letters": [
            _letter_view(letter) for letter in memory.dead_letters.all() if _about(letter, refs)
        ],
        "models": MODELS,
    }


def activity_view(activity: Activity, currency: str) -> dict[str, Any]:
    """Return one activity with everything that was kept of it; what it does not have is left out."""
    document = {
        "at": moment(activity.at),
        "received_at": moment(activity.received_at),
        "kind": activity.kind,
        "event": activity.event,
        "trust": activity.trust,
        "message_id": activity.message_id,
        "shopper_id": activity.shopper.id if activity.shopper and activity.shopper.known else None,
        "anonymous_id": activity.visitor
        or (activity.shopper.id if activity.shopper and not activity.shopper.known else None),
        "order_id": activity.order_id,
        "visit": activity.visit,
        "products": [_line_view(line, activity.currency or currency) for line in activity.lines],
        "said": activity.properties,
    }
    return {name: value for name, value in document.items() if value not in (None, [], {})}


def _line_view(line: Line, currency: str) -> dict[str, Any]:
    document = {
        "product_id": line.product_id,
        "name": line.name,
        "quantity": line.quantity,
        "price": as_document(line.price, currency),
        "recommendation_id": line.recommendation_id,
    }
    return {name: value for name, value in document.items() if value is not None}


def _order_view(order: Order, currency: str) -> dict[str, Any]:
    return {
        "at": moment(order.at),
        "products": [
            {"product_id": product, "quantity": quantity, "price": as_document(price, currency)}
            for product, (quantity, price, *_) in order.lines.items()
        ],
        "returned": order.returned,
        "cancelled": order.cancelled,
    }


def _day(day: str) -> str:
    """A day since 1970, as a date."""
    return (moment(int(day) * 86_400.0) or "")[:10]


def _dated(facts: dict[str, list[Any]], name: str = "value") -> dict[str, Any]:
    """Facts as `[value, ..., at]` with their names: each says when it was told."""
    return {fact: {name: value, "at": moment(at)} for fact, (value, *_, at) in facts.items()}


def _about(letter: Letter, refs: set[str]) -> bool:
    if letter.entry is None:
        return whose(letter) in refs
    try:
        shopper = Activity.from_bytes(letter.entry).shopper
    except Exception:  # nobody can say whose it is
        return False
    return shopper is not None and shopper.ref in refs


def _letter_view(letter: Letter) -> dict[str, Any]:
    return {
        "at": moment(letter.at),
        "code": letter.code,
        "detail": letter.detail,
        "said": letter.shown(),
    }


def _pages(memory: ShopMemory, refs: set[str]) -> Iterator[list[Activity]]:
    """What was done under these references, newest first, a page at a time."""
    before: Place | None = END_OF_TIME
    shoppers = [Shopper.from_ref(ref) for ref in sorted(refs)]
    while before is not None:
        entries, before = memory.timeline.newest(shoppers, PAGE, before)
        if entries:
            yield [entry.activity for entry in entries]
