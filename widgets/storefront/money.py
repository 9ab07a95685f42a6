"""Prices on the shop's pages: whole minor units inside, a sign and two digits for the reader."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
DIGITS = {"JPY": 0, "KWD": 3}


def minor(amount: str | int | float, currency: str) -> int:
    """Return an amount in minor units: "12.90" EUR is 1290."""
    scaled = Decimal(str(amount)).scaleb(DIGITS.get(currency, 2))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def plain(units: int, currency: str) -> str:
    """Return minor units as the decimal text of documents: 1290 EUR is "12.90"."""
    places = DIGITS.get(currency, 2)
    return f"{Decimal(units).scaleb(-places):.{places}f}"


def price_text(units: int, currency: str) -> str:
    """Return minor units as a reader sees them: "€1,290.00", or "CHF 12.90" where no sign is known."""
    places = DIGITS.get(currency, 2)
    figure = f"{Decimal(units).scaleb(-places):,.{places}f}"
    return f"{SIGNS[currency]}{figure}" if currency in SIGNS else f"{currency} {figure}"
