"""The past of a shop as the models see it: the log up to a moment, put into columns.

How orders are read stands in `order_history`, all else that shoppers did in `sign_history`. What browsers
claim to have bought teaches nothing.
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
from plugin.connectors.return_reasons import reason_of
from plugin.identity.past import as_persons, counting, persons_before
from plugin.order_history import LEARNED_ORDERS, ORDER_LINES, REASONS_GIVEN, RETURNS
from plugin.ownership import Figures
from plugin.shopper import Profile, fold
from plugin.sign_history import DISMISSALS, IGNORED, SIGNS, VIEWS
from plugin.store.log import Log
from plugin.trust.teachers import MOST_LOOKS_A_DAY, MOST_ORDERS, Teachers
from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.signs import STILL_WANTED

VISIT_GAP_S = 1800

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
    """Return what the shop's shoppers did strictly before a moment, as the models read it.

    Whoever objects to being learned from is not in it: `readable` says who may be. `teachers` says whose
    looks, signs and dismissals are people's; None takes everybody's.
    """
    from_whom = readable or Readable()
    taught, whose = (teachers or Teachers()).of("log")
    taught = as_persons(taught)  # whose a look was, before whose it has become
    told = {"before": before, **whose}
    most = {**told, "most": MOST_LOOKS_A_DAY}

    def read(sql: str, parameters: dict[str, Any]) -> pa.Table:
        return log.query(*from_whom.among(sql.format(taught=taught), parameters))

    reasons = _texts(log.query(REASONS_GIVEN, {"before": before}), "why")
    wanted = [why for why in reasons if reason_of(why) in STILL_WANTED]
    learned = {"before": before, "most": MOST_ORDERS, "still_wanted": wanted}
    orders = log.query(*from_whom.among(LEARNED_ORDERS, learned))
    returns = log.query(*from_whom.among(RETURNS, {"before": before}))
    views = read(VIEWS, {**most, "gap": VISIT_GAP_S})
    dismissals = read(DISMISSALS, told)
    signs = pa.concat_tables([read(SIGNS, most), read(IGNORED, most)], promote_options="permissive")
    return Interactions.from_columns(
        order_ids=_texts(orders, "order_id"),
        shopper_ids=_texts(orders, "shopper"),
        product_ids=_texts(orders, "product_id"),
        quantities=_floats(orders, "quantity"),
        times=_floats(orders, "ordered_at"),
        kept=orders.column("kept").to_numpy(zero_copy_only=False),
        view_visits=_texts(views, "visit"),
        view_shoppers=_texts(views, "shopper"),
        view_products=_texts(views, "product_id"),
        view_times=_floats(views, "happened_at"),
        dismissed_shoppers=_texts(dismissals, "shopper"),
        dismissed_products=_texts(dismissals, "product_id"),
        dismissed_times=_floats(dismissals, "happened_at"),
        dismissed_reasons=_texts(dismissals, "why"),
        sign_kinds=_texts(signs, "kind"),
        sign_shoppers=_texts(signs, "shopper"),
        sign_products=_texts(signs, "product_id"),
        sign_times=_floats(signs, "happened_at"),
        sign_amounts=_floats(signs, "amount"),
        returned_shoppers=_texts(returns, "shopper"),
        returned_products=_texts(returns, "product_id"),
        returned_times=_floats(returns, "happened_at"),
        returned_reasons=[why and reason_of(why) for why in _texts(returns, "why")],
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
