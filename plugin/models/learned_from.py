"""What a training learns from: the shop's history and its window, and how much of both there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.history import Readable, cards_of, catalogue_before, interactions_before
from plugin.shops import Shops
from plugin.trust.teachers import teachers_before
from recommender.cards import Cards
from recommender.interactions import Interactions

# Of everybody, whether models may learn from them or not: a shop whose shoppers object has lost no history.
SEEN = """
SELECT count(DISTINCT order_id) AS orders, max(happened_at) AS newest FROM log
WHERE kind = 'bought' AND trust = 'shop' AND order_id IS NOT NULL AND happened_at < $before
"""
NEW_ORDERS = """
SELECT count(DISTINCT order_id) AS orders FROM log
WHERE kind = 'bought' AND trust = 'shop' AND order_id IS NOT NULL AND received_at >= $since
"""


@dataclass(frozen=True, slots=True)
class Material:
    """The history before a moment and the shop window of then; `orders_in_log` counts everybody's orders."""

    interactions: Interactions
    cards: Cards
    before: float
    orders_in_log: int


def material_before(shops: Shops, shop_id: str, before: float, *, as_of: float | None) -> Material:
    """Return what a model of everything strictly before a moment learns from.

    With `as_of` the shop window is that of then, else today's.
    """
    memory, view = shops.memory(shop_id), shops.view(shop_id, fresh=True)
    catalogue = view.catalogue if as_of is None else catalogue_before(memory.log, before, view.catalogue)
    seen = memory.log.query(SEEN, {"before": before}).to_pylist()[0]
    return Material(
        learned_from(shops, shop_id, before),
        cards_of(catalogue, view.settings.currency),
        before,
        int(seen["orders"] or 0),
    )


def learned_from(shops: Shops, shop_id: str, before: float) -> Interactions:
    """Return what the shop's models learn from: people's activity, of those who do not object."""
    log = shops.memory(shop_id).log
    teachers = teachers_before(log, before, shops.view(shop_id, fresh=True).trust_words)
    return interactions_before(log, before, readable_by_models(shops, shop_id), teachers)


def readable_by_models(shops: Shops, shop_id: str) -> Readable:
    """Return from whom a shop's models may learn now, whatever moment they are to know the shop at.

    Where the shop has its shoppers asked, that is who said yes; else everybody who did not say no.
    """
    objecting, agreeing = shops.memory(shop_id).consents.learned_from()
    if shops.view(shop_id).settings.consent_default == "yes":
        return Readable(frozenset(objecting))
    return Readable(frozenset(agreeing), only=True)


def new_orders(shops: Shops, shop_id: str, since: float) -> int:
    """Return how many orders the log has got since a moment (epoch seconds), whenever they were made."""
    found: list[dict[str, Any]] = shops.memory(shop_id).log.query(NEW_ORDERS, {"since": since}).to_pylist()
    return int(found[0]["orders"] or 0)
