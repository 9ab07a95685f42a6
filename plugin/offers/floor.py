"""The price below which no rule goes, whatever rules there are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from plugin.catalog import Product


def floor_price(product: Product | None, price: int, margin_floor: float, largest_discount: float) -> int:
    """Return the least a piece sold at `price` may come to after all offers, in minor units.

    Where the product's cost is known, `margin_floor` percent of the price must remain above it; where it is
    not, `largest_discount` percent is the most that is taken off. Rounded up, so that rounding never
    passes it; a price already below its floor stays as it is.
    """
    if product is not None and product.cost is not None:
        least = Fraction(product.cost) + Fraction(str(margin_floor)) / 100 * price
    else:
        least = (1 - Fraction(str(largest_discount)) / 100) * price
    return min(price, max(0, ceil(least)))


def cut_back(taken: Sequence[list[int]], left: list[int], least: Sequence[int]) -> list[bool]:
    """Give back what went below the floor, the last applied first; return which offers were cut.

    `taken` holds what each offer takes off each line, in the order applied; it and `left` are changed.
    """
    cut = [False] * len(taken)
    for at, (rest, floor) in enumerate(zip(left, least, strict=True)):
        missing = floor - rest
        for number in reversed(range(len(taken))):
            if missing <= 0:
                break
            back = min(missing, taken[number][at])
            taken[number][at] -= back
            left[at] += back
            missing -= back
            cut[number] = cut[number] or back > 0
    return cut
