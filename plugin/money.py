"""Money as the shop counts it: whole minor units inside, decimal text at the doors.

Digits after the point follow ISO 4217: most currencies have two, a few have none or three.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

WITHOUT_DIGITS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
THREE_DIGITS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
CURRENCY = re.compile(r"^[A-Z]{3}$")
LARGEST = 10**15


def digits(currency: str) -> int:
    """Return how many digits a currency has after the point."""
    if currency in WITHOUT_DIGITS:
        return 0
    return 3 if currency in THREE_DIGITS else 2


@lru_cache(maxsize=8_192, typed=True)  # a shop's prices come again and again
def minor_units(amount: str | int | float | Decimal, currency: str) -> int:
    """Return an amount in whole minor units ("2.55" GBP is 255), half a unit rounded up.

    Raises `ValueError` for what is not a finite number or larger than any price.
    """
    try:
        value = Decimal(str(amount).strip())
    except InvalidOperation:
        raise ValueError(f"{amount!r} is not an amount") from None
    if not value.is_finite() or abs(value) > LARGEST:
        raise ValueError(f"{amount!r} is not an amount")
    return int(value.scaleb(digits(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def decimal_text(minor: int, currency: str) -> str:
    """Return minor units as the decimal text a reader expects (255 GBP is "2.55", 255 JPY is "255")."""
    places = digits(currency)
    if places == 0:
        return str(minor)
    sign = "-" if minor < 0 else ""
    whole, rest = divmod(abs(minor), 10**places)
    return f"{sign}{whole}.{rest:0{places}d}"


def as_document(minor: int | None, currency: str) -> dict[str, str] | None:
    """Return `{"amount": "2.55", "currency": "GBP"}`, or None where there is no amount."""
    return None if minor is None else {"amount": decimal_text(minor, currency), "currency": currency}
