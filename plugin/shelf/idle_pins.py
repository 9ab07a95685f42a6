"""Pins of a placement that have no effect, and why: for the shop's own people."""

from __future__ import annotations

from datetime import UTC, datetime

from plugin.placements import Pin, Placement


def idle_pin(placement: Placement, product_id: str, limit: int, now: float) -> str | None:
    """Return why a product's pin has not its place on a shelf of `limit`, None where it has no such pin.

    A pin that holds and still is not shown is kept away by what keeps the product itself away.
    """
    pin = next((each for each in placement.pins if each.product_id == product_id), None)
    if pin is None:
        return None
    if pin.until is not None and pin.until <= now:
        return f"It was pinned at place {pin.position} until {_moment(pin.until)}, which has passed."
    if pin.position > limit:
        return f"It is pinned at place {pin.position}, and the shelf has {limit} places."
    if rivals := _before(placement, pin, now):
        return f"It is pinned at place {pin.position}, after {', '.join(rivals)}, which goes first there."
    return f"It is pinned at place {pin.position}, and no pin goes past what keeps the product away."


def _before(placement: Placement, pin: Pin, now: float) -> list[str]:
    """The products pinned at the same place before this one."""
    held = [each for each in placement.pins_at(now, pin.position) if each.position == pin.position]
    return [each.product_id for each in held[: held.index(pin)]]


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
