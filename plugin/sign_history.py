"""What a shop's log tells besides orders: looks, visits, what was waved away, carried, wished, ignored.

`{taught}` stands for the rows of those who teach, with a shopper's joined identities as one person.
"""

from __future__ import annotations

# Whoever looks at more in a day than a person does says no more by it. `{taught}` are the rows that teach.
VIEWS = """
WITH taught AS ({taught}),
looks AS (
    SELECT shopper, product_id, happened_at, visit,
        happened_at - lag(happened_at) OVER (PARTITION BY shopper ORDER BY happened_at) AS pause
    FROM taught WHERE kind IN ('viewed', 'clicked') AND product_id IS NOT NULL AND shopper IS NOT NULL
        AND happened_at < $before
    WINDOW this_day AS (PARTITION BY shopper, floor(happened_at / 86400) ORDER BY happened_at)
    QUALIFY row_number() OVER this_day <= $most),
visits AS (
    SELECT *, sum(CASE WHEN pause > $gap THEN 1 ELSE 0 END)
        OVER (PARTITION BY shopper ORDER BY happened_at ROWS UNBOUNDED PRECEDING) AS number FROM looks)
SELECT shopper || '/' || coalesce(visit, CAST(number AS VARCHAR)) AS visit, shopper, product_id, happened_at
FROM visits
"""

DISMISSALS = """
WITH taught AS ({taught})
SELECT shopper, product_id, happened_at,
    json_extract_string(first_value(properties) OVER (PARTITION BY entry ORDER BY line), '$.reason') AS why
FROM taught
WHERE kind = 'dismissed' AND product_id IS NOT NULL AND shopper IS NOT NULL AND happened_at < $before
"""

# Carried and wished, as often as a person does in a day.
SIGNS = """
WITH taught AS ({taught})
SELECT kind, shopper, product_id, happened_at, 1.0 AS amount FROM taught
WHERE kind IN ('carted', 'uncarted', 'wished', 'unwished') AND product_id IS NOT NULL
    AND shopper IS NOT NULL AND happened_at < $before
WINDOW this_day AS (PARTITION BY shopper, floor(happened_at / 86400) ORDER BY happened_at)
QUALIFY row_number() OVER this_day <= $most
"""

# What was shown and not clicked, summed by week. A slot up to the last one clicked was surely looked at (the
# cascade of Craswell et al. 2008); beyond it less surely the further on, by the discount that NDCG takes.
IGNORED = """
WITH taught AS ({taught}),
told AS (
    SELECT kind, shopper, product_id, happened_at, recommendation_id,
        coalesce(try_cast(json_extract_string(properties, '$.position') AS DOUBLE), 1) AS position
    FROM taught WHERE kind IN ('shown', 'clicked') AND recommendation_id IS NOT NULL
        AND product_id IS NOT NULL AND shopper IS NOT NULL AND happened_at < $before),
clicked AS (
    SELECT shopper, recommendation_id, max(position) AS furthest, list(product_id) AS products
    FROM told WHERE kind = 'clicked' GROUP BY ALL),
ignored AS (
    SELECT shopper, product_id, happened_at,
        CASE WHEN position <= furthest THEN 1.0 ELSE 1.0 / log2(1.0 + greatest(position, 1.0)) END AS amount
    FROM told LEFT JOIN clicked USING (shopper, recommendation_id)
    WHERE kind = 'shown' AND NOT coalesce(list_contains(clicked.products, product_id), false)
    WINDOW this_day AS (PARTITION BY shopper, floor(happened_at / 86400) ORDER BY happened_at)
    QUALIFY row_number() OVER this_day <= $most)
SELECT 'ignored' AS kind, shopper, product_id, max(happened_at) AS happened_at, sum(amount) AS amount
FROM ignored GROUP BY shopper, product_id, floor(happened_at / 604800)
"""
