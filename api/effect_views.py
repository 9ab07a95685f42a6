"""What was found about an offer's effect, as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.moments import moment
from plugin.money import as_document
from plugin.uplift.telling import sentence

if TYPE_CHECKING:
    from plugin.uplift.effect import Effect


def effect_view(effect: Effect, currency: str) -> dict[str, Any]:
    """Return an effect for its merchant: what was compared, how it differs, how sure that is."""
    learned = effect.learned
    gained = effect.gained
    total = None if gained is None else [round(each * effect.offered) for each in (gained.low, gained.high)]
    return {
        "offer_id": effect.offer_id,
        "state": effect.state,
        "why": effect.why,
        "sentence": sentence(effect, currency),
        "as_of": moment(effect.as_of),
        "since": moment(effect.since),
        "until": moment(effect.until),
        "version": effect.version,
        "days": effect.days,
        "counted_by": effect.by,
        "offered": effect.offered,
        "held_out": effect.held_out,
        "shoppers_needed": effect.needed,
        "ordered": _shares(effect.ordered),
        "paid": _money(effect.paid, currency),
        "left_above_cost": _money(effect.left, currency),
        "gained_in_all": total and {
            "low": as_document(total[0], currency),
            "high": as_document(total[1], currency),
        },
        "differs_between_shoppers": None if learned is None else bool(learned.model.is_found_),
        "evidence": None if learned is None else round(learned.model.evidence_, 3),
    }  # fmt: skip


def _shares(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    told = {name: round(getattr(found, name), 6) for name in ("offered", "held_out", "more", "low", "high")}
    return {**told, "likely": round(found.likely, 4)}


def _money(found: Any, currency: str) -> dict[str, Any] | None:
    if found is None:
        return None
    names = ("offered", "held_out", "more", "low", "high")
    told: dict[str, Any] = {name: as_document(round(getattr(found, name)), currency) for name in names}
    return {**told, "likely": round(found.likely, 4)}
