"""What may be said of a price: the prior price, how much is saved, and if nothing may be said, why.

The one place that judges it: cards, shelves, conditions, the doctor and the merchant's own list all read what
stands here. After Directive 98/6/EC, Article 6a, and what the Court made of it in C-330/23: whatever is said
to be saved is reckoned from the prior price.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from plugin.prices.history import DAY, History, run_start, window_start

Reason = Literal["reduced", "not_reduced", "no_saving", "unknown_before", "known_too_short"]

SENTENCES: dict[Reason, str] = {
    "reduced": "It costs less than its lowest price in the thirty days before the reduction.",
    "not_reduced": "The shop announces no reduction.",
    "no_saving": "It was as cheap or cheaper in the thirty days before, so there is no saving to speak of.",
    "unknown_before": "No price from before the reduction is known.",
    "known_too_short": "It was sold before its prices were known, and those reach back too little.",
}
PERISHABLE = "perishable"  # the attribute by which the merchant says that a product goes bad quickly
YES = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class Claim:
    """What may be said of the price that holds now; amounts in minor units, times in epoch seconds.

    `prior` is the lowest price of the time looked at, from `looked_from` to `began`, also where it may not be
    struck because nothing is saved; `was` is it only where it may.
    """

    reason: Reason
    paid: int | None = None
    prior: int | None = None
    began: float | None = None
    looked_from: float | None = None

    @property
    def was(self) -> int | None:
        """The price that may be struck beside the price in force, None where none may."""
        return self.prior if self.reason == "reduced" else None

    @property
    def percent(self) -> int | None:
        """How much is saved, in whole percent of the prior price, never rounded up."""
        return None if self.was is None or self.paid is None else percent_saved(self.was, self.paid)


def claim_of(history: History, market_since: float, zone: str, attributes: dict[str, Any]) -> Claim:
    """Return what may be said of a product's price, from the prices it had.

    `market_since` is when the product was first known to be sold (0: nobody said). One that came less than
    thirty days before the reduction is judged by the time it was there (Article 6a (4)); one that was sold
    before its prices were known waits until thirty days of them are. What goes bad quickly (`perishable` in
    its attributes) is judged by the price right before the reduction alone (Article 6a (3)).
    """
    paid = history[-1].paid if history else None
    start = run_start(history)
    if start is None or paid is None:
        return Claim("not_reduced", paid)
    began = history[start].at
    if str(attributes.get(PERISHABLE, "")).casefold() in YES:
        looked_from = max((held.at for held in history[:start] if held.paid is not None), default=began)
    else:
        looked_from = window_start(history, began, zone)
        known_from = history[0].at
        if looked_from < known_from and 0.0 < market_since < known_from - DAY:
            return Claim("known_too_short", paid, None, began, looked_from)
    prior = lowest(history, looked_from, began)
    if prior is None:
        return Claim("unknown_before", paid, None, began, looked_from)
    return Claim("reduced" if paid < prior else "no_saving", paid, prior, began, looked_from)


def lowest(history: History, since: float, before: float) -> int | None:
    """Return the lowest price in force at any time from `since` until just `before`, None where none was."""
    ends = (*(held.at for held in history[1:]), before)
    prices = [
        held.paid
        for held, end in zip(history, ends, strict=True)
        if held.paid is not None and held.at < before and end > since
    ]
    return min(prices, default=None)


def percent_saved(prior: int, paid: int) -> int:
    """Return how many whole percent of `prior` are saved at `paid`, rounded down: never more than is true."""
    return (prior - paid) * 100 // prior
