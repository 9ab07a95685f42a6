"""Prices and currencies that do not fit the catalogue."""

from __future__ import annotations

from typing import Any

from plugin import money
from plugin.doctor.finding import Check, Found, Patient, found_in, named

PRICES = """
SELECT product_id, price, kind, happened_at AS moment, shopper FROM recent
WHERE price IS NOT NULL AND price > 0 AND product_id IS NOT NULL
    AND kind IN ('viewed', 'clicked', 'carted', 'basket', 'bought', 'rebought')
    AND (currency IS NULL OR currency = $currency)
QUALIFY row_number() OVER (PARTITION BY product_id, price ORDER BY happened_at DESC) = 1 ORDER BY moment DESC
"""

CURRENCIES = """
SELECT currency, count(*) AS events, min(happened_at) AS moment, max(happened_at) AS last_at FROM recent
WHERE line = 0 AND currency IS NOT NULL AND currency != $currency AND kind != 'product'
GROUP BY currency ORDER BY events DESC
"""


def strange_prices(patient: Patient) -> Found | None:
    """Prices above the catalogue's, or below half of its lowest: beyond what a discount explains."""
    currency = patient.shop.settings.currency
    strange = []
    for row in patient.ask(PRICES, currency=currency):
        product = patient.shop.catalogue.get(row["product_id"])
        if product is None or product.price is None or product.price_now is None:
            continue
        if product.source != "merchant" or row["moment"] < product.updated_at:
            continue
        if row["price"] > product.price * 1.01 + 1 or row["price"] * 2 < product.price_now:
            strange.append({**row, "known": product.price})

    def example(row: dict[str, Any]) -> str:
        told, known = (money.decimal_text(row[name], currency) for name in ("price", "known"))
        return f"{row['product_id']}: told {told}, in the catalogue {known} {currency}"

    return found_in(strange, example)


def strange_currencies(patient: Patient) -> Found | None:
    """Events in another currency than the shop's."""
    rows = patient.ask(CURRENCIES, currency=patient.shop.settings.currency)
    if not rows:
        return None
    return Found(
        sum(row["events"] for row in rows),
        tuple(f"{row['events']:,} events in {row['currency']}" for row in rows[:5]),
        min(row["moment"] for row in rows),
        max(row["last_at"] for row in rows),
    )


def sale_above_price(patient: Patient) -> Found | None:
    """Products whose sale price is not below their price."""
    return named(
        product.product_id
        for product in patient.shop.catalogue
        if product.sale_price is not None and product.price is not None and product.sale_price > product.price
    )


def cost_above_price(patient: Patient) -> Found | None:
    """Products that cost the shop more than they bring."""
    return named(
        product.product_id
        for product in patient.shop.catalogue
        if product.cost is not None and product.price is not None and product.cost > product.price
    )


CHECKS = (
    Check(
        "price_mismatch",
        "error",
        "Events tell prices that the catalogue does not explain",
        "What shoppers are worth is counted wrongly, often a hundredfold.",
        "Send `price` for one piece in the currency's main unit (19.99, not 1999), and keep the catalogue's "
        "prices up to date.",
        strange_prices,
    ),
    Check(
        "currency_mismatch",
        "error",
        "Events tell prices in another currency than the shop's",
        "Their prices count for nothing: nobody here knows what that currency was worth on the day.",
        "Send amounts in the shop's currency with `currency`, or run one shop for each currency.",
        strange_currencies,
    ),
    Check(
        "sale_above_price",
        "warning",
        "Products have a sale price above their price",
        "The sale price is passed over.",
        "Correct `sale_price` in the feed, or leave it out when nothing is reduced.",
        sale_above_price,
    ),
    Check(
        "cost_above_price",
        "warning",
        "Products cost more than they bring",
        "The margin floor lets no offer touch them.",
        "Correct `cost` (for one piece, without tax as the price is) or the price.",
        cost_above_price,
    ),
)
