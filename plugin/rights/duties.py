"""The background work on people's rights: carrying out erasures, obeying words, letting go of what is old."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from plugin.activity import Activity, Shopper
from plugin.errors import RapportError
from plugin.rights.consenting import settle
from plugin.rights.erasing import Erasing
from plugin.rights.retention import Retention
from plugin.shops import Shops
from plugin.store.archive import Archive

log = logging.getLogger(__name__)

RECONCILED_EVERY_S = 60.0
WORDS = frozenset({"consented", "joined", "split"})  # what may change whom the door of activity obeys


class Rights:
    """What the worker does for the rights of a shop's shoppers, under the lease of the shop's work."""

    def __init__(self, shops: Shops, clock: Callable[[], float]) -> None:
        self._shops = shops
        self._clock = clock
        self._reconciled_at: dict[str, float] = {}
        self.erasing = Erasing(shops, clock)
        self.retention = Retention(shops, clock)

    def step(self, shop_id: str, archive: Archive) -> int:
        """Do what is due; return how much was done."""
        last = self._reconciled_at.get(shop_id)
        if last is None or not 0 <= self._clock() - last < RECONCILED_EVERY_S:
            self.erasing.reconcile(shop_id)
            self._reconciled_at[shop_id] = self._clock()
        return self.erasing.step(shop_id, archive) + self.retention.step(shop_id, archive)

    def heed(self, shop_id: str, activities: Iterable[Activity]) -> None:
        """Have the door of activity and the training obey what these activities say, however they came.

        A word on consent is obeyed before it is answered; this is for those that came with a backup, and for
        identities that were joined, or parted, since.
        """
        speakers = {a.shopper for a in activities if a.kind in WORDS and a.shopper is not None}
        memory, settings = self._shops.memory(shop_id), self._shops.view(shop_id).settings
        for shopper in sorted(speakers, key=_ref):
            try:
                profile = memory.gather(shopper)[1]
            except RapportError:
                raise
            except Exception as error:  # nobody else waits for a profile that cannot be read
                log.error("what a shopper allows cannot be read: %s", type(error).__name__)
                continue
            settle(memory, settings, shopper, profile)


def _ref(shopper: Shopper) -> str:
    return shopper.ref
