"""What is known of a shopper, as documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.moments import moment
from plugin.gather import Scene
from plugin.known import Fact
from plugin.store.timeline import Entry, Place
from plugin.timeline import cursor_of, lines_view, why

DAY = 86_400.0


def ownership_view(scene: Scene) -> list[dict[str, Any]]:
    """Return what the shopper has or had, bought last first."""
    held = sorted(scene.owned.values(), key=lambda owned: (-owned.last_at, owned.product_id))
    return [
        {
            "product_id": owned.product_id,
            "quantity": owned.quantity,
            "since": moment(owned.since),
            "state": owned.state,
            "age_days": round(max(0.0, scene.now - owned.since) / DAY, 2),
            "last_bought": moment(owned.last_at) if owned.times else None,
            "durable": owned.durable,
            "estimated": owned.estimated,
            "runs_out_at": moment(owned.runs_out_at),
        }
        for owned in held
    ]


def identities_view(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the identities that are one shopper, each with since when."""
    return [{**each, "since": moment(each["since"])} for each in found]


def known_view(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Return what is known, each fact with what it rests on."""
    return [
        {
            "what": fact.what,
            "because": [
                {"what": ground.what, "id": ground.id, "at": moment(ground.at)} for ground in fact.because
            ],
        }
        for fact in facts
    ]


def timeline_view(entries: Iterable[Entry], following: Place | None, scene: Scene) -> dict[str, Any]:
    """Return one page of a timeline."""
    return {
        "items": [_entry_view(entry, scene) for entry in entries],
        "next": cursor_of(following) if following else None,
    }


def _entry_view(entry: Entry, scene: Scene) -> dict[str, Any]:
    activity = entry.activity
    word = scene.shop.trust_words.get(activity.shopper.ref) if activity.shopper else None
    return {
        "at": moment(activity.at),
        "received_at": moment(activity.received_at),
        "kind": activity.kind,
        "event": activity.event,
        "trust": activity.trust,
        "message_id": activity.message_id,
        "products": lines_view(activity),
        "order_id": activity.order_id,
        "under": _under(entry),
        "why": why(activity, scene.profile, word),
    }


def _under(entry: Entry) -> dict[str, str] | None:
    """The identity it came under."""
    shopper = entry.activity.shopper
    return None if shopper is None else {"kind": "user" if shopper.known else "anonymous", "id": shopper.id}
