"""Exact division of money: rounded once, and shared so that the parts add up to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm


def half_up(amount: Fraction) -> int:
    """Return an amount in whole minor units, half a unit rounded up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def shared(total: int, wished: Sequence[Fraction | int], most: Sequence[int]) -> list[int]:
    """Return `total` minor units shared over lines in proportion to what each was wished, never above `most`.

    By largest remainder (Hamilton's method): every line gets the whole units of its share, and what is left
    goes one by one to the largest fractions, the earlier line first among equals. The parts add up to
    `total` exactly, or to the sum of `most` where that is less.
    """
    of = lcm(*(wish.denominator for wish in wished))
    weights = [wish.numerator * (of // wish.denominator) for wish in wished]
    whole = sum(weights)
    if not whole or total <= 0:
        return [0] * len(wished)
    parts = [min(weight * total // whole, limit) for weight, limit in zip(weights, most, strict=True)]
    left = total - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda at: (parts[at] * whole - weights[at] * total, at))
    while left > 0:
        open_lines = [at for at in by_remainder if wished[at] and parts[at] < most[at]]
        if not open_lines:
            break
        for at in open_lines[:left]:
            parts[at] += 1
        left -= len(open_lines[:left])
    return parts
