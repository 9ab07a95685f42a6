"""A money budget spread evenly over an offer's window, so that it is not gone on the first morning.

At a moment the offer may have given the share of its budget that its window has behind it, and a hundredth
of the budget more, so that the first shopper does not find it empty. The line only ever rises: who reckons it
a moment before the book is looked at has reckoned too little, never too much.
"""

from __future__ import annotations

from fractions import Fraction

EVEN = "even"
PACINGS = (EVEN,)
HEAD_START = Fraction(1, 100)


def line(budget: int, starts: float, ends: float, now: float) -> int:
    """Return how much of a budget may have been given by now, in minor units: never more than the whole."""
    elapsed = Fraction(max(now, starts)) - Fraction(starts)
    return min(budget, int(budget * (elapsed / (Fraction(ends) - Fraction(starts)) + HEAD_START)))


def reached_at(budget: int, starts: float, ends: float, money: int) -> float:
    """Return when the line is at `money` (epoch seconds, to the whole second after), for up to the budget."""
    share = Fraction(money, budget) - HEAD_START
    moment = Fraction(starts) + (Fraction(ends) - Fraction(starts)) * max(share, Fraction(0))
    return float(-(-moment // 1))
