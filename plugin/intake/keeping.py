"""Keeping what was told, with whatever of it belongs to the buyer of an order sent there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plugin.activity import Activity
from plugin.identity.joining import join_visitors
from plugin.store.activities import Outcome
from plugin.store.memory import ShopMemory


def keep(memory: ShopMemory, activities: Sequence[Activity], now: float, **how: Any) -> list[Outcome]:
    """Return what became of each activity, all of it on disk.

    What names an order but no shopper (a platform's refund, a cancellation) goes to whoever bought it; one
    that came before its order waits for it and counts as kept. A visitor's number that a shopper was proven
    beside becomes the shopper's, if it is nobody's yet. `how` is handed to `Activities.append`.
    """
    activities = memory.without_the_erased(activities)
    outcomes = _kept(memory, activities, now, **how)
    join_visitors(memory, activities, outcomes, now)
    return outcomes


def _kept(memory: ShopMemory, activities: Sequence[Activity], now: float, **how: Any) -> list[Outcome]:
    if not any(activity.trust == "shop" and activity.order_id for activity in activities):
        return memory.activities.append(activities, now, **how)
    addressed = memory.buyers.addressed(activities)
    rows, ready = list(addressed.ready), list(addressed.ready.values())
    outcomes = [Outcome.NEW if i in addressed.waits_now else Outcome.REPEATED for i in range(len(activities))]
    for row, outcome in zip(rows, memory.activities.append(ready, now, **how), strict=True):
        outcomes[row] = outcome
    kept = [addressed.ready[row] for row in rows if outcomes[row] is not Outcome.WITHHELD]
    early = memory.buyers.name(kept)
    if early:
        memory.activities.append(early, now, **how)
        memory.buyers.arrived(early)
    return outcomes
