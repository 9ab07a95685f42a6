"""Bringing a shop's past in: through the same door as everything else, folded and archived on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from plugin.activity import Activity
from plugin.intake.keeping import keep
from plugin.shops import Shops
from plugin.store.activities import Outcome
from plugin.store.safety import demand_safety
from plugin.worker import Worker

BATCH = 500
FOLD_EVERY = 4  # batches between two rounds of folding and archiving, so that the streams stay short


@dataclass(slots=True)
class Imported:
    """What an import came to."""

    read: int = 0
    new: int = 0
    known: int = 0
    withheld: int = 0  # not kept: their shoppers want no profile, or were erased
    by_kind: dict[str, int] = field(default_factory=dict)


def bring_in(
    shops: Shops,
    shop_id: str,
    activities: Iterable[Activity],
    progress: Callable[[Imported], None] | None = None,
) -> Imported:
    """Return what came of keeping these activities; when this returns they are folded and in the log.

    Activities known already (by message or order id) are counted as known and change nothing.
    """
    demand_safety(shops.store.safety())
    memory, settings = shops.memory(shop_id), shops.view(shop_id).settings
    by_default = settings.consent_default == "yes"
    worker = Worker(shops)
    came = Imported()
    source = iter(activities)
    rounds = 0
    while batch := list(islice(source, BATCH)):
        counted = [each.priced_in(settings.currency) for each in batch]
        outcomes = keep(memory, counted, time.time(), profile_by_default=by_default)
        came.read += len(batch)
        came.new += outcomes.count(Outcome.NEW)
        came.known += outcomes.count(Outcome.REPEATED)
        came.withheld += outcomes.count(Outcome.WITHHELD)
        for activity, outcome in zip(batch, outcomes, strict=True):
            if outcome is Outcome.NEW:
                came.by_kind[activity.kind] = came.by_kind.get(activity.kind, 0) + 1
        rounds += 1
        if rounds % FOLD_EVERY == 0:
            worker.step(shop_id)
        if progress:
            progress(came)
    worker.drain(shop_id)
    return came
