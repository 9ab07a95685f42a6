"""A preview of offers as a document: the verdicts, and of each condition whether it holds."""

from __future__ import annotations

from typing import Any

from api.moments import moment
from api.views import verdict_view
from plugin.gather import Scene
from plugin.offers.offer import Offer
from plugin.offers.previewing import reasons_why
from plugin.offers.sentences import Teller, condition_phrase


def preview_view(scene: Scene) -> dict[str, Any]:
    """Return what a shopper would be told of every rule, and of each of its conditions whether it holds."""
    teller = Teller.of(scene.occasion)
    offers = []
    for verdict in scene.verdicts:
        why = [
            {
                "pointer": pointer,
                "condition": condition.name,
                "holds": holds,
                "sentence": condition_phrase(condition, teller),
            }
            for pointer, condition, holds in reasons_why(verdict.offer, scene.occasion)
        ]
        offers.append({**verdict_view(scene, verdict), "state": _own_state(verdict.offer), "why": why})
    return {
        "at": moment(scene.now),
        "shopper": scene.shopper.id if scene.shopper else None,
        "tier": scene.place.tier if scene.place else None,
        "offers": offers,
    }


def _own_state(rule: Offer) -> str:
    """The state that a rule has in its document, whatever it was looked at as."""
    return str(rule.document.get("state") or "draft")
