"""Orders that are told twice, never confirmed, or do not add up."""

from __future__ import annotations

from plugin.doctor.finding import Check, Found, Patient, found_in

SOON_S = 600.0
WAITED_S = 900.0

SAME_PURCHASE = """
, orders AS (
    SELECT order_id, shopper, trust, min(happened_at) AS moment,
        string_agg(product_id || ' x ' || quantity, ', ' ORDER BY product_id, quantity) AS bought
    FROM recent WHERE kind = 'bought' AND order_id IS NOT NULL AND shopper IS NOT NULL
    GROUP BY order_id, shopper, trust),
paired AS (
    SELECT *, lag(order_id) OVER mine AS before, moment - lag(moment) OVER mine AS pause FROM orders
    WINDOW mine AS (PARTITION BY shopper, trust, bought ORDER BY moment, order_id))
SELECT * FROM paired WHERE pause <= $soon AND order_id != before ORDER BY moment DESC
"""

UNCONFIRMED = """
, claims AS (
    SELECT order_id, min(happened_at) AS moment FROM recent
    WHERE kind = 'bought' AND trust = 'browser' AND order_id IS NOT NULL GROUP BY order_id),
confirmed AS (SELECT DISTINCT order_id FROM log WHERE trust = 'shop' AND kind IN ('bought', 'rebought'))
SELECT * FROM claims ANTI JOIN confirmed USING (order_id), marks
WHERE moment < now - $waited OR NOT EXISTS (FROM confirmed) ORDER BY moment DESC
"""

TWO_OWNERS = """
SELECT order_id, count(DISTINCT shopper) AS owners, min(happened_at) AS moment FROM recent
WHERE kind IN ('bought', 'rebought', 'returned', 'cancelled') AND order_id IS NOT NULL AND shopper LIKE 'u:%'
GROUP BY order_id HAVING count(DISTINCT shopper) > 1 ORDER BY moment DESC
"""

WITHOUT_PRICE = """
SELECT order_id, min(happened_at) AS moment FROM recent
WHERE kind IN ('bought', 'rebought') AND trust = 'shop' AND product_id IS NOT NULL AND price IS NULL
    AND (currency IS NULL OR currency = $currency)
GROUP BY order_id ORDER BY moment DESC
"""

NEVER_BOUGHT = """
, known AS (SELECT DISTINCT order_id FROM log WHERE trust = 'shop' AND kind IN ('bought', 'rebought'))
SELECT order_id, min(happened_at) AS moment FROM recent ANTI JOIN known USING (order_id)
WHERE trust = 'shop' AND kind IN ('returned', 'cancelled') AND order_id IS NOT NULL
GROUP BY order_id ORDER BY moment DESC
"""


def same_purchase(patient: Patient) -> Found | None:
    """Two orders of one shopper with the same products within ten minutes."""
    rows = patient.ask(SAME_PURCHASE, soon=SOON_S)
    return found_in(rows, lambda row: f"{row['before']} and {row['order_id']} ({row['bought']})")


def unconfirmed(patient: Patient) -> Found | None:
    """Orders that only browsers tell of."""
    return found_in(patient.ask(UNCONFIRMED, waited=WAITED_S), lambda row: str(row["order_id"]))


def two_owners(patient: Patient) -> Found | None:
    """One order id told of for several shoppers."""
    return found_in(patient.ask(TWO_OWNERS), lambda row: f"{row['order_id']}: {row['owners']} shoppers")


def without_price(patient: Patient) -> Found | None:
    """Orders with a line that has no price."""
    rows = patient.ask(WITHOUT_PRICE, currency=patient.shop.settings.currency)
    return found_in(rows, lambda row: str(row["order_id"]))


def never_bought(patient: Patient) -> Found | None:
    """Refunds and cancellations of orders that were never told of."""
    return found_in(patient.ask(NEVER_BOUGHT), lambda row: str(row["order_id"]))


CHECKS = (
    Check(
        "purchase_fired_twice",
        "error",
        "The same purchase is told twice under different order ids",
        "Value, tiers and ownership count it twice.",
        "Send `order_id` as your shop numbers the order, the same on every reload of the thank-you page.",
        same_purchase,
    ),
    Check(
        "purchase_not_confirmed",
        "error",
        "Browsers report orders that your server never confirms",
        "They count for nothing: no value, no tier, no ownership, no learning.",
        "Send `Order Completed` from your server with the secret key, connect the platform's webhook, or run "
        "`rapport import orders`.",
        unconfirmed,
    ),
    Check(
        "order_of_two_shoppers",
        "error",
        "One order id is told of for several shoppers",
        "Only the first has it; the other misses what they bought.",
        "Never start order numbers again; put the year or the shop in front of them.",
        two_owners,
    ),
    Check(
        "order_without_price",
        "warning",
        "Orders have lines without a price",
        "They add nothing to what a shopper is worth.",
        "Send `price` for one piece with every product of `Order Completed`.",
        without_price,
    ),
    Check(
        "return_without_order",
        "warning",
        "Refunds or cancellations name orders that are not known",
        "They take nothing back, and the shopper seems to own what was returned.",
        "Import the older orders with `rapport import orders`, and send the order's own `order_id`.",
        never_bought,
    ),
)
