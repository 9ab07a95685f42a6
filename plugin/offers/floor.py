"""The price below which no rule goes, whatever rules there are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from plugin.catalog import Product


def floor_price(product: Product | None, price: int, margin_floor: float, largest_discount: float) -> int:
    """Return the least a piece sold at `price` may come to after all offers, in minor units.

    Where the product's cost is known, `margin_floor` percent of the price must remain above it; where it is
    not, `largest_discount` percent is the most that is taken off. Rounded up, so that rounding never
    passes it; a price already below its floor stays as it is.
    """
    # In whole numbers throughout: this is asked for every line of every basket.
    if product is not None and product.cost is not None:
        part, of = _share(margin_floor)
        least = -(-(product.cost * of + part * price) // of)
    else:
        part, of = _share(largest_discount)
        least = -(-(of - part) * price // of)
    return min(price, max(0, least))


@lru_cache(maxsize=1024)
def _share(percent: float) -> tuple[int, int]:
    """A percentage as a fraction of one, exactly as it is written."""
    share = Fraction(str(percent)) / 100
    return share.numerator, share.denominator


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
