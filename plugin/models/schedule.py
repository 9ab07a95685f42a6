"""When a shop's model is trained again by itself. Pure: moments in, moments out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EVERY_HOURS = 24
LEAST_NEW_ORDERS = 20
FIRST_AFTER_S = 900.0  # a shop that was just opened is still being filled
AGAIN_AFTER_S = 900.0  # after a failure; each further one doubles it, up to the shop's own rhythm
SPREAD = 0.1  # of the wait: so much later at most, each shop by a share of its own
PATIENCE = 7  # rhythms after which any new order at all is enough
WORDLESS_AFTER_S = 120.0  # a training said to run that nobody carries out any more


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a shop's model is trained (seconds, 0 for never), and how many new orders it takes."""

    every_s: float
    least_new_orders: int

    @classmethod
    def of(cls, settings: Mapping[str, int]) -> Rhythm:
        """Return the rhythm of a shop's settings; what they leave open is daily, for 20 new orders."""
        hours = settings.get("every_hours", EVERY_HOURS)
        return cls(hours * 3600.0, settings.get("least_new_orders", LEAST_NEW_ORDERS))


def due_at(shop_id: str, rhythm: Rhythm, last: Mapping[str, Any], opened_at: float) -> float | None:
    """Return the moment from which a shop is to be trained if there is enough to learn, None for never.

    `last` is what came of the newest training (empty without one), `opened_at` when the shop was opened.
    """
    if not rhythm.every_s:
        return None
    if not last:
        return opened_at + FIRST_AFTER_S * (1.0 + _share(shop_id))
    failures = last.get("failures", 0)
    wait = rhythm.every_s
    if failures:
        wait = min(wait, AGAIN_AFTER_S * 2.0 ** min(failures - 1, 20))
    return last["at"] + wait * (1.0 + SPREAD * _share(shop_id))


def is_enough(new_orders: int, rhythm: Rhythm, waited_s: float) -> bool:
    """Whether so many orders since the newest training are worth another one."""
    return new_orders >= rhythm.least_new_orders or (new_orders > 0 and waited_s >= PATIENCE * rhythm.every_s)


def begun(last: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Return what is said of a training that begins."""
    kept = {name: last[name] for name in ("version", "learned_at") if name in last}
    return {**kept, "outcome": "running", "at": now, "failures": last.get("failures", 0), "detail": ""}


def failed(last: Mapping[str, Any], now: float, detail: str) -> dict[str, Any]:
    """Return what is said of a training that failed."""
    return {
        **begun(last, now),
        "outcome": "failed",
        "failures": last.get("failures", 0) + 1,
        "detail": detail,
    }


def ended_without_a_word(last: Mapping[str, Any], now: float, is_held: bool) -> bool:
    """Whether a training that is said to run has died together with whoever started it."""
    return last.get("outcome") == "running" and not is_held and now - last["at"] > WORDLESS_AFTER_S


def _share(shop_id: str) -> float:
    """A number from 0 to 1 that is always the same for a shop and another for the next."""
    return int.from_bytes(hashlib.blake2b(shop_id.encode(), digest_size=4).digest()) / 2**32
