"""What an offer's partners owe for a time: what its redemptions gave in it, less what came back in it.

Every redemption keeps by its own journal what it still gave from which moment on. So statements of times that
follow each other add up to the statement of all of it, to the unit, and a return counts when it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from plugin.offers.funding import split
from plugin.redemptions.redemption import COMMITTED, REOPENING, Redemption
from plugin.store.memory import ShopMemory

AT_ONCE = 500
FOR_EVER = float("inf")


@dataclass(slots=True)
class Statement:
    """What one offer gave in a time, in minor units: in all, and of it what each partner bears.

    `redemptions` is of how many anything counts in it. A time in which more came back than was given is below
    zero.
    """

    offer_id: str
    given: int = 0
    partners: dict[str, int] = field(default_factory=dict)
    redemptions: int = 0

    @property
    def shop(self) -> int:
        """What the shop bears itself."""
        return self.given - sum(self.partners.values())

    def add(self, held: Redemption, since: float, until: float) -> None:
        """Count what a redemption gave of the offer from `since` until before `until` (epoch seconds)."""
        if not any(since <= at < until for at, _ in held.journal):
            return
        before, after = held.given_at(since), held.given_at(until)
        for given, then, now in zip(held.given, before, after, strict=True):
            if given.offer_id != self.offer_id:
                continue
            self.redemptions += 1
            self.given += now - then
            parts = zip(split(now, given.funders), split(then, given.funders), strict=True)
            for (partner, _), (more, less) in zip(given.funders, parts, strict=True):
                self.partners[partner] = self.partners.get(partner, 0) + more - less


def statement(memory: ShopMemory, offer_id: str, since: float = 0.0, until: float = FOR_EVER) -> Statement:
    """Return what an offer's partners owe for the time from `since` until before `until` (epoch seconds).

    Redemptions are known for 400 days after their last change.
    """
    found = Statement(offer_id)
    for held in _committed(memory, set(memory.ledger.redemptions(offer_id))):
        found.add(held, since, until)
    found.partners = dict(sorted(found.partners.items()))
    return found


def _committed(memory: ShopMemory, redemption_ids: Iterable[str]) -> Iterator[Redemption]:
    in_order = sorted(redemption_ids)
    for start in range(0, len(in_order), AT_ONCE):
        for body in memory.redemptions.many(in_order[start : start + AT_ONCE]):
            held = Redemption.from_bytes(body) if body else None
            if held is not None and held.state in (COMMITTED, REOPENING):
                yield held
