"""One shopper while the past goes by: what was known of them at each moment, worked out only when asked.

Moments are to be asked for in order, so that every activity is folded once. Three profiles of one shopper can
grow side by side, each by the one fold there is (`plugin/shopper`): the whole one; one whose orders are a sum
of money each, for what asks about orders and not about products; and one with nothing but the products that
the rules ask about. What nobody reads is never made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from plugin.activity import Activity, Line
from plugin.offers.replay.past_orders import NO_PRICE, PastOrders
from plugin.shopper import Profile, fold
from plugin.shopper.older import ORDERS_KEPT

OF_PRODUCTS = frozenset({"used", "corrected", "returned"})
Waiting = list[tuple[float, Callable[[], Activity]]]


class Growing:
    """A profile that takes in what happened as moments go by."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = sorted(waiting, key=lambda each: each[0])
        self._profile = Profile()
        self._done = 0

    def before(self, now: float) -> Profile:
        """Return the profile of all that happened strictly before a moment. Read it, and change nothing."""
        waiting, upto = self._waiting, self._done
        while upto < len(waiting) and waiting[upto][0] < now:
            upto += 1
        if upto > self._done:
            news = [make() for _, make in waiting[self._done : upto]]
            self._profile, self._done = fold(self._profile, news), upto
        return self._profile


class PastShopper:
    """What was known of one person; `first` to `end` are their orders, `others` all else that is told.

    `meant` are the products of which the rules ask what was bought, None if they may ask for any.
    """

    def __init__(
        self,
        past: PastOrders,
        first: int,
        end: int,
        others: Sequence[Activity],
        meant: frozenset[str] | None,
    ) -> None:
        self._past, self._first, self._end = past, first, end
        self._others = others
        replaced = any(each.kind == "rebought" for each in others)
        self._meant = meant if not replaced and end - first <= ORDERS_KEPT else None
        self.said_wishes = any(each.kind == "preferred" for each in others)
        self._whole: Growing | None = None
        self._sums: Growing | None = None
        self._products: Growing | None = None

    def whole(self, now: float) -> Profile:
        """Everything that was known before a moment."""
        if self._whole is None:
            self._whole = Growing([*self._orders(self._as_it_was), *_told(self._others)])
        return self._whole.before(now)

    def without_products(self, now: float) -> Profile:
        """The same for whoever does not ask which products were bought."""
        if self._sums is None:
            self._sums = Growing([*self._orders(self._as_a_sum), *_told(self._others)])
        return self._sums.before(now)

    def with_meant_products(self, now: float) -> Profile:
        """The same for whoever asks for nothing but some products."""
        if self._meant is None:  # or of a long history, which is bounded as a whole
            return self.whole(now)
        if self._products is None:
            others = map(self._of_meant, self._others)
            told = _told([each for each in others if each is not None])
            self._products = Growing([*self._orders(self._as_meant), *told])
        return self._products.before(now)

    def _orders(self, make: Callable[[int], Callable[[], Activity] | None]) -> Waiting:
        orders = range(self._first, self._end)
        return [
            (at, made)
            for order, at in zip(orders, self._past.at[self._first : self._end], strict=True)
            if (made := make(order)) is not None
        ]

    def _as_it_was(self, order: int) -> Callable[[], Activity]:
        return lambda: self._past.activity(order, self._past.lines_of(order))

    def _as_a_sum(self, order: int) -> Callable[[], Activity]:
        past = self._past
        if past.changed[order]:
            return self._as_it_was(order)

        def made() -> Activity:
            paid = sum(
                past.quantity[at] * past.price[at]
                for at in past.lines_of(order)
                if past.price[at] != NO_PRICE
            )
            return past.made_of(order, (Line("", 1, int(paid)),))

        return made

    def _as_meant(self, order: int) -> Callable[[], Activity] | None:
        past, meant = self._past, self._meant or ()
        lines = [at for at in past.lines_of(order) if past.product_ids[past.product[at]] in meant]
        return (lambda: past.activity(order, lines)) if lines else None

    def _of_meant(self, other: Activity) -> Activity | None:
        """What an activity says of the products that are asked for; None where that is nothing."""
        if other.kind == "cancelled" or (other.kind == "returned" and not other.lines):
            return other  # it is about a whole order
        if other.kind not in OF_PRODUCTS:
            return None
        lines = tuple(line for line in other.lines if line.product_id in (self._meant or ()))
        return replace(other, lines=lines) if lines else None


def _told(others: Sequence[Activity]) -> Waiting:
    return [(each.at, lambda each=each: each) for each in others]  # type: ignore[misc]
