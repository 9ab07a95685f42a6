"""The orders of a shop's log: what was bought and stayed, what was wanted all the same, what came back.

An order counts once, by the document that came first; later versions replace its lines, and make it where
nothing else tells of it. What was cancelled or sent back is taken out of what shoppers have; what came back
for a reason that is not the shopper's taste (too small, broken, late) goes on teaching.
"""

from __future__ import annotations

from plugin.identity.past import as_persons

# `{wanted}` says of a line that came back whether it was wanted all the same.
_REFUNDS = """
trusted AS (SELECT * FROM log WHERE trust = 'shop' AND happened_at < $before AND order_id IS NOT NULL),
refunds AS (
    SELECT order_id, shopper, product_id, quantity, entry, happened_at, coalesce(
        json_extract_string(first_value(properties) OVER whole, '$.refund_id'), message_id) AS refund_id,
        coalesce(
            json_extract_string(first_value(properties) OVER whole, '$.reasons[' || line || ']'),
            json_extract_string(first_value(properties) OVER whole, '$.reason')) AS why
    FROM trusted WHERE kind = 'returned'
    WINDOW whole AS (PARTITION BY entry ORDER BY line)),
counted AS (
    SELECT order_id, refund_id, min(entry) AS entry FROM refunds WHERE product_id IS NOT NULL GROUP BY ALL)
"""

_ORDER_LINES = (
    "WITH "
    + _REFUNDS
    + """,
makers AS (
    SELECT *, CASE kind WHEN 'bought' THEN (0, received_at, message_id) ELSE (1, happened_at, message_id) END
        AS rank FROM trusted WHERE kind = 'bought' OR (kind = 'rebought' AND product_id IS NOT NULL)),
made AS (
    SELECT order_id, arg_min(entry, rank) AS entry, arg_min(happened_at, rank) AS ordered_at,
        arg_min(shopper, rank) AS shopper
    FROM makers GROUP BY order_id),
newest AS (
    SELECT order_id, arg_max(entry, (happened_at, message_id)) AS entry FROM trusted
    WHERE kind = 'rebought' GROUP BY order_id),
gone AS (
    SELECT order_id, bool_and(wanted) AS wanted FROM (
        SELECT order_id, false AS wanted FROM trusted WHERE kind = 'cancelled'
        UNION ALL SELECT order_id, {wanted} FROM refunds WHERE product_id IS NULL)
    GROUP BY order_id),
back AS (
    SELECT order_id, product_id, sum(quantity) AS quantity,
        coalesce(sum(quantity) FILTER ({wanted}), 0) AS wanted
    FROM refunds JOIN counted USING (order_id, refund_id, entry) WHERE product_id IS NOT NULL GROUP BY ALL),
lines AS (
    SELECT t.order_id, any_value(coalesce(m.shopper, t.shopper)) AS shopper, t.product_id,
        sum(t.quantity) AS quantity, max(m.ordered_at) AS ordered_at,
        sum(t.quantity * coalesce(t.price, 0)) / greatest(sum(t.quantity), 1) AS price
    FROM trusted t JOIN made m USING (order_id) LEFT JOIN newest n USING (order_id)
    WHERE t.entry = coalesce(n.entry, m.entry) AND t.product_id IS NOT NULL
    GROUP BY t.order_id, t.product_id),
told AS (
    SELECT l.order_id, l.shopper, l.product_id, l.ordered_at, l.price,
        CASE WHEN g.order_id IS NULL THEN l.quantity - coalesce(b.quantity, 0) ELSE 0 END AS kept,
        CASE WHEN coalesce(g.wanted, true) THEN l.quantity - greatest(
            coalesce(b.quantity, 0) - coalesce(b.wanted, 0), 0) ELSE 0 END AS wanted
    FROM lines l LEFT JOIN back b USING (order_id, product_id) LEFT JOIN gone g USING (order_id))
"""
)

# What stayed with the shoppers: what was cancelled or sent back, for whatever reason, is not in it.
ORDER_LINES = as_persons(
    _ORDER_LINES.format(wanted="false")
    + "SELECT order_id, shopper, product_id, kept AS quantity, ordered_at, price FROM told WHERE kept > 0"
)

# What was wanted: it stayed, or came back for a reason that is not the shopper's taste.
WANTED_LINES = as_persons(
    _ORDER_LINES.format(wanted="coalesce(why IN (SELECT unnest($still_wanted)), false)")
    + "SELECT order_id, shopper, product_id, wanted AS quantity, ordered_at, kept > 0 AS kept "
    "FROM told WHERE wanted > 0"
)

# One shopper's newest orders teach; who buys for a living does not teach for all the others.
LEARNED_ORDERS = f"""
SELECT * FROM ({WANTED_LINES})
QUALIFY shopper IS NULL
    OR dense_rank() OVER (PARTITION BY shopper ORDER BY ordered_at DESC, order_id) <= $most
"""

REASONS_GIVEN = f"WITH {_REFUNDS} SELECT DISTINCT why FROM refunds WHERE why IS NOT NULL"

# A refund that names no products is of all the lines that its order was made with.
RETURNS = as_persons(
    "WITH "
    + _REFUNDS
    + """,
made AS (
    SELECT DISTINCT order_id, product_id, shopper FROM trusted
    WHERE kind IN ('bought', 'rebought') AND product_id IS NOT NULL),
whole AS (
    SELECT order_id, min(happened_at) AS happened_at, any_value(why) AS why FROM refunds
    WHERE product_id IS NULL GROUP BY order_id)
SELECT coalesce(refunds.shopper, buyers.shopper) AS shopper, refunds.product_id, refunds.happened_at,
    refunds.why
FROM refunds JOIN counted USING (order_id, refund_id, entry)
LEFT JOIN (SELECT order_id, any_value(shopper) AS shopper FROM made GROUP BY order_id) buyers USING (order_id)
WHERE refunds.product_id IS NOT NULL
UNION ALL
SELECT made.shopper, made.product_id, whole.happened_at, whole.why FROM whole JOIN made USING (order_id)
"""
)
