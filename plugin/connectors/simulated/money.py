"""Prices in the shop's currency, as documents write them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

DIGITS = {"BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3, "VND": 0}
"""Digits after the point where they are not two (ISO 4217)."""

LEVELS = {"CLP": 1000, "ISK": 150, "JPY": 160, "KRW": 1500, "NOK": 12, "SEK": 11, "VND": 27000}
"""Rough price levels beside the euro, so that a coffee never costs ten yen; not exchange rates."""


@cache
def minor_units(cents: int, currency: str) -> int:
    """A table price (euro cents) as whole minor units of `currency`."""
    scale = Decimal(10) ** DIGITS.get(currency, 2) / 100 * LEVELS.get(currency, 1)
    return int((cents * scale).quantize(Decimal(1), ROUND_HALF_UP))


def decimal_text(minor: int, currency: str) -> str:
    """Minor units as the decimal string of a product document: 255 GBP is `2.55`, 255 JPY is `255`."""
    digits = DIGITS.get(currency, 2)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def number(minor: int, currency: str) -> float | int:
    """Minor units as the plain JSON number that e-commerce events carry."""
    digits = DIGITS.get(currency, 2)
    return round(minor / 10**digits, digits) if digits else minor
