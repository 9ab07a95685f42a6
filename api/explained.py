"""Why a product is shown, or why not, as a document (contract, section 5)."""

from __future__ import annotations

from typing import Any

from plugin.explaining import Explanation, Standing
from plugin.gather import Scene
from plugin.reasons import Told


def explanation_view(scene: Scene, name: str, explained: Explanation) -> dict[str, Any]:
    """Return an explanation; for the shop's own server only."""
    product = explained.product
    body: dict[str, Any] = {
        "candidate": {"product_id": product.product_id, "name": product.text("name", scene.locale)},
        "shown": explained.code == "shown",
        "code": explained.code,
        "why": explained.why,
        "rule": explained.rule,
        "pin": explained.pin,
        "kind": explained.kind,
        "position": explained.position,
        "rank": explained.rank,
        "reason": _reason_view(explained.reason),
        "standing": _standing_view(explained.standing),
        "model_version": scene.model.version if scene.shop.model_version else None,
    }
    if name != explained.kind:
        body["placement"] = name
    if explained.shown is not None:
        body["rung"] = explained.shown.rung
        if explained.code == "variant_shown":
            body["instead"] = explained.shown.product.product_id
    return body


def _reason_view(told: Told | None) -> dict[str, Any] | None:
    if told is None:
        return None
    evidence = {"product_id": told.product_id, "count": told.count}
    return {
        "code": told.code,
        "text": told.text,
        "evidence": {name: value for name, value in evidence.items() if value is not None} or None,
    }


def _standing_view(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {
        "rung": standing.rung,
        "score": round(standing.score, 6),
        "last_shown": None if standing.last_shown is None else round(standing.last_shown, 6),
        "gap": None if standing.gap is None else round(standing.gap, 3),
        "certainty": round(standing.certainty, 3),
        "terms": [
            {
                "term": term.name,
                "reason": term.code,
                "adds": round(term.adds, 4),
                "product_id": term.product_id,
            }
            for term in standing.terms
        ],
        "moved": [{"by": name, "factor": round(factor, 3)} for name, factor in standing.moved.items()],
    }
