"""The past of a shop as the models see it: the log up to a moment, put into columns.

An order counts once, by the document that came first; later versions replace its lines, and make it where
nothing else tells of it; what was cancelled or sent back is taken out. What browsers claim to have bought
teaches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from plugin import money
from plugin.activity import Activity, Shopper
from plugin.catalog import Catalogue, Product
from plugin.identity.past import as_persons, counting, persons_before
from plugin.ownership import Figures
from plugin.shopper import Profile, fold
from plugin.store.log import Log
from plugin.trust.teachers import MOST_LOOKS_A_DAY, MOST_ORDERS, Teachers
from recommender.cards import Cards
from recommender.interactions import Interactions

VISIT_GAP_S = 1800

_ORDER_LINES = """
WITH trusted AS (SELECT * FROM log WHERE trust = 'shop' AND happened_at < $before AND order_id IS NOT NULL),
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
    SELECT DISTINCT order_id FROM trusted
    WHERE kind = 'cancelled' OR (kind = 'returned' AND product_id IS NULL)),
refunds AS (
    SELECT order_id, product_id, quantity, entry, coalesce(
        json_extract_string(first_value(properties) OVER whole, '$.refund_id'), message_id) AS refund_id
    FROM trusted WHERE kind = 'returned' AND product_id IS NOT NULL
    WINDOW whole AS (PARTITION BY entry ORDER BY line)),
counted AS (SELECT order_id, refund_id, min(entry) AS entry FROM refunds GROUP BY ALL),
back AS (
    SELECT order_id, product_id, sum(quantity) AS quantity
    FROM refunds JOIN counted USING (order_id, refund_id, entry) GROUP BY ALL),
lines AS (
    SELECT t.order_id, any_value(coalesce(m.shopper, t.shopper)) AS shopper, t.product_id,
        sum(t.quantity) AS quantity, max(m.ordered_at) AS ordered_at,
        sum(t.quantity * coalesce(t.price, 0)) / greatest(sum(t.quantity), 1) AS price
    FROM trusted t JOIN made m USING (order_id) LEFT JOIN newest n USING (order_id)
    WHERE t.entry = coalesce(n.entry, m.entry) AND t.product_id IS NOT NULL
    GROUP BY t.order_id, t.product_id)
SELECT l.order_id, l.shopper, l.product_id, l.quantity - coalesce(b.quantity, 0) AS quantity,
    l.ordered_at, l.price
FROM lines l LEFT JOIN back b USING (order_id, product_id) ANTI JOIN gone USING (order_id)
WHERE l.quantity > coalesce(b.quantity, 0)
"""

ORDER_LINES = as_persons(_ORDER_LINES)

# One shopper's newest orders teach; who buys for a living does not teach for all the others.
LEARNED_ORDERS = f"""
SELECT * FROM ({ORDER_LINES})
QUALIFY shopper IS NULL
    OR dense_rank() OVER (PARTITION BY shopper ORDER BY ordered_at DESC, order_id) <= $most
"""

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
SELECT shopper, product_id, happened_at FROM taught
WHERE kind = 'dismissed' AND product_id IS NOT NULL AND shopper IS NOT NULL AND happened_at < $before
"""

FIGURES = f"""
WITH kept AS ({ORDER_LINES})
SELECT shopper, count(DISTINCT order_id) AS orders, sum(quantity * price) AS spent,
    min(ordered_at) AS first_at, max(ordered_at) AS last_at
FROM kept WHERE shopper LIKE 'u:%' AND ordered_at > $since GROUP BY shopper
"""

KNOWN_FROM_ORDERS = """
SELECT product_id, arg_max(name, happened_at) FILTER (name IS NOT NULL) AS name,
    arg_max(price, happened_at) FILTER (price > 0) AS price,
    min(happened_at) AS first_seen, max(happened_at) AS updated_at
FROM log
WHERE trust = 'shop' AND kind IN ('bought', 'rebought') AND product_id IS NOT NULL AND happened_at < $before
GROUP BY product_id
"""

CATALOGUE_BEFORE = """
SELECT product_id, arg_max(properties, happened_at) AS document FROM log
WHERE kind = 'product' AND happened_at < $before GROUP BY product_id
"""


@dataclass(frozen=True, slots=True)
class Readable:
    """From whom models may learn: from everybody but `refs`, or with `only`, from nobody but them.

    Guests are in neither: an order of nobody's says nothing about anybody.
    """

    refs: frozenset[str] = frozenset()
    only: bool = False

    def among(self, sql: str, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return a query without the rows of those who may not be read."""
        if not self.refs and not self.only:
            return sql, parameters
        allowed = "shopper IS NULL OR (shopper IN (SELECT unnest($refs))) = $only"
        return f"SELECT * FROM ({sql}) WHERE {allowed}", {
            **parameters,
            "refs": sorted(self.refs),
            "only": self.only,
        }


def interactions_before(
    log: Log, before: float, readable: Readable | None = None, teachers: Teachers | None = None
) -> Interactions:
    """Return what the shop's shoppers bought, looked at and waved away strictly before a moment.

    Whoever objects to being learned from is not in it: `readable` says who may be. `teachers` says whose
    looks and dismissals are people's; None takes everybody's.
    """
    from_whom = readable or Readable()
    taught, whose = (teachers or Teachers()).of("log")
    taught = as_persons(taught)  # whose a look was, before whose it has become
    orders = log.query(*from_whom.among(LEARNED_ORDERS, {"before": before, "most": MOST_ORDERS}))
    looks = {"before": before, "gap": VISIT_GAP_S, "most": MOST_LOOKS_A_DAY, **whose}
    views = log.query(*from_whom.among(VIEWS.format(taught=taught), looks))
    dismissals = log.query(*from_whom.among(DISMISSALS.format(taught=taught), {"before": before, **whose}))
    return Interactions.from_columns(
        order_ids=_texts(orders, "order_id"),
        shopper_ids=_texts(orders, "shopper"),
        product_ids=_texts(orders, "product_id"),
        quantities=_floats(orders, "quantity"),
        times=_floats(orders, "ordered_at"),
        view_visits=_texts(views, "visit"),
        view_shoppers=_texts(views, "shopper"),
        view_products=_texts(views, "product_id"),
        view_times=_floats(views, "happened_at"),
        dismissed_shoppers=_texts(dismissals, "shopper"),
        dismissed_products=_texts(dismissals, "product_id"),
        dismissed_times=_floats(dismissals, "happened_at"),
    )


def cards_of(catalogue: Iterable[Product], currency: str) -> Cards:
    """Return the shop window as the models see it; hidden products teach nothing."""
    products = [product for product in catalogue if not product.hidden]
    scale = 10.0 ** money.digits(currency)
    return Cards.from_columns(
        [p.product_id for p in products],
        names=[p.name for p in products],
        categories=[p.category for p in products],
        brands=[p.brand for p in products],
        prices=[None if p.price is None else p.price / scale for p in products],
        group_ids=[p.group_id for p in products],
        first_seen=[p.first_seen for p in products],
    )


def known_from_orders(log: Log, before: float) -> list[Product]:
    """Return the products that trusted orders named before a moment, with their last name and price."""
    rows = log.query(KNOWN_FROM_ORDERS, {"before": before}).to_pylist()
    return [
        Product(
            row["product_id"],
            name=row["name"] or row["product_id"],
            price=row["price"],
            source="orders",
            first_seen=row["first_seen"],
            updated_at=row["updated_at"],
        )
        for row in rows
    ]


def catalogue_before(log: Log, before: float, today: Catalogue) -> Catalogue:
    """Return the catalogue as it was known before a moment: what was bought or written down by then.

    A product that only orders named by then keeps their name and price, and takes from today's catalogue
    what describes it and does not change with time: its group of variants and whether it lasts.
    """
    catalogue = Catalogue()
    for product in known_from_orders(log, before):
        now = today.get(product.product_id)
        if now is not None:
            product = replace(
                product, group_id=now.group_id, durable=now.durable, lifetime_days=now.lifetime_days
            )
        catalogue.put(product)
    for row in log.query(CATALOGUE_BEFORE, {"before": before}).to_pylist():
        catalogue.put(Product(**orjson.loads(row["document"])))
    return catalogue


def figures_between(log: Log, since: float, before: float) -> list[Figures]:
    """Return orders, spending, first and last purchase of every known shopper who bought in that time."""
    return [
        Figures(row["orders"], round(row["spent"] or 0), row["first_at"], row["last_at"])
        for row in log.query(FIGURES, {"before": before, "since": since}).to_pylist()
    ]


def profiles_before(log: Log, shoppers: Iterable[Shopper], before: float) -> dict[str, Profile]:
    """Return what was known of these shoppers before a moment, by their reference; nobody is left out."""
    wanted = sorted({shopper.ref for shopper in shoppers})
    profiles = {ref: Profile() for ref in wanted}
    if not wanted:
        return profiles
    person_of, members = persons_before(log, wanted, before)
    refs = sorted({ref for person in person_of.values() for ref in members[person]})
    found = log.activities(
        "list_contains($refs, shopper) AND happened_at < $before", {"refs": refs, "before": before}
    )
    by_ref: dict[str, list[Activity]] = {}
    for activity in found:
        by_ref.setdefault(activity.shopper.ref if activity.shopper else "", []).append(activity)
    for ref, person in person_of.items():
        theirs = [activity for member in members[person] for activity in by_ref.get(member, ())]
        profiles[ref] = fold(Profile(), counting(theirs))
    return profiles


def _texts(table: pa.Table, name: str) -> Any:
    return table.column(name).to_numpy(zero_copy_only=False)


def _floats(table: pa.Table, name: str) -> np.ndarray:
    return np.asarray(table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
