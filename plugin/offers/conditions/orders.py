"""Conditions on a shopper's orders: the first, how many, what they came to, how long ago the last was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.offers.arguments import Amount, Whole, argument
from plugin.offers.changes import NOTHING, Change, Part
from plugin.offers.conditions.condition import Condition
from plugin.offers.occasion import Occasion

DAY = 86_400.0
FEWEST_FOR_RHYTHM = 3


@dataclass(frozen=True)
class FirstOrder(Condition[Occasion]):
    """No order yet that the shop itself reported."""

    name = "first_order"

    def holds(self, subject: Occasion) -> bool:
        return subject.figures.orders == 0

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        """It is the first order for as long as no other comes before it."""
        if self.holds(occasion) != wanted:
            return ()
        return (Change(room={"orders": 0}),) if wanted else (NOTHING,)


@dataclass(frozen=True)
class OrderCount(Condition[Occasion]):
    """So many orders so far that the shop itself reported, both bounds included; cancelled ones left out."""

    name = "order_count"
    movable = True
    some_of = ("at_least", "at_most")
    at_least: int | None = argument(Whole(0, 10_000))
    at_most: int | None = argument(Whole(0, 10_000))

    def holds(self, subject: Occasion) -> bool:
        return self._low <= subject.figures.orders <= self._high

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        """Further orders, for a shopper who has ordered before; a stranger is not meant."""
        count = occasion.figures.orders
        most: dict[Part, int] = {} if self.at_most is None else {"orders": self._high - count}
        if wanted:
            if count > self._high or (count < self._low and not count):
                return ()
            missing = max(0, self._low - count)
            return (Change(orders=missing, room=most),) if missing or most else (NOTHING,)
        below = (Change(room={"orders": self._low - 1 - count}),) if count < self._low else ()
        if count > self._high:
            return (NOTHING,)
        if not most or not count:
            return below
        return (*below, Change(orders=self._high + 1 - count))

    @property
    def _low(self) -> int:
        return self.at_least or 0

    @property
    def _high(self) -> int:
        return 1_000_000_000 if self.at_most is None else self.at_most

    def says(self) -> tuple[str, dict[str, Any]]:
        if self.at_most is None:
            return "order_count.at_least", {"count": self._low}
        one = ".one" if self.at_most == 1 else ""
        if not self._low:
            return f"order_count.at_most{one}", {"count": self.at_most}
        if self._low == self.at_most:
            return f"order_count.is{one}", {"count": self.at_most}
        return "order_count.between", {"low": self._low, "count": self.at_most}


@dataclass(frozen=True)
class Spent(Condition[Occasion]):
    """Spent so much in orders that the shop itself reported, what came back left out; in all, or lately.

    Within days, only orders that are remembered one by one count: of very many the oldest are left out.
    """

    name = "spent"
    movable = True
    at_least: int = argument(Amount(lowest=1), required=True, default=0)
    within_days: int | None = argument(Whole(1, 3650))

    def holds(self, subject: Occasion) -> bool:
        return subject.spent_within(self.within_days) >= self.at_least

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        """Further spending, for a shopper who has spent something; a stranger is not meant."""
        spent = occasion.spent_within(self.within_days)
        if not wanted:
            room = self.at_least - 1 - spent
            return (Change(room={"spend": room}),) if room >= 0 else ()
        if spent >= self.at_least:
            return (NOTHING,)
        return (Change(spend=self.at_least - spent),) if spent > 0 else ()

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"amount": self.at_least, "days": self.within_days}


@dataclass(frozen=True)
class WinBack(Condition[Occasion]):
    """A buyer who has gone quiet: no order for so many days, or for so many times their own usual gap.

    The usual gap is the mean of those between their orders, and known from three orders on; who has fewer
    is not meant by it. Both, where both are given. Somebody who never ordered is not meant.
    """

    name = "win_back"
    movable = True
    some_of = ("quiet_days_at_least", "quiet_gaps_at_least")
    quiet_days_at_least: int | None = argument(Whole(1, 3650))
    quiet_gaps_at_least: int | None = argument(Whole(1, 50))

    def holds(self, subject: Occasion) -> bool:
        figures = subject.figures
        if not figures.orders or figures.last_at is None:
            return False
        quiet = subject.now - figures.last_at
        if self.quiet_days_at_least is not None and quiet < self.quiet_days_at_least * DAY:
            return False
        if self.quiet_gaps_at_least is None:
            return True
        if figures.orders < FEWEST_FOR_RHYTHM or figures.first_at is None:
            return False
        usual = (figures.last_at - figures.first_at) / (figures.orders - 1)
        return usual > 0 and quiet >= self.quiet_gaps_at_least * usual

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        """It holds for as long as no further order is asked for, and one ends it."""
        holds = self.holds(occasion)
        if wanted:
            return (Change(room={"orders": 0}),) if holds else ()
        return (Change(orders=1),) if holds else (NOTHING,)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"days": self.quiet_days_at_least, "count": self.quiet_gaps_at_least}
