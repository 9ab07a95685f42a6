"""Refunds and cancellations that arrive as activity give back what their order's redemptions took."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from plugin.activity import Activity
from plugin.redemptions.redeeming import desk_of
from plugin.shop import Shop
from plugin.store.memory import ShopMemory
from plugin.store.redemptions import REFUNDS_KEPT_S

COMES_BACK = frozenset({"returned", "cancelled"})


def heed(memory: ShopMemory, shop: Shop, activities: Sequence[Activity], now: float) -> None:
    """Count what came back of orders that redeemed something. Each refund counts once, however often told.

    A refund that names no lines is the whole order, as everywhere.
    """
    told = [
        activity
        for activity in activities
        if activity.kind in COMES_BACK and activity.trust == "shop" and activity.order_id
    ]
    if not told:
        return
    refunds = [(activity.order_id or "", _refund_id(activity), _products(activity)) for activity in told]
    if shop.offers:  # before it is looked: who becomes part of an order later asks what came back of it
        recent = [now - activity.at < REFUNDS_KEPT_S for activity in told]  # not what an import brings along
        memory.redemptions.note_refunds(list(compress(refunds, recent)))
    desk = desk_of(memory, shop)
    of_orders = memory.redemptions.of_orders([order_id for order_id, _, _ in refunds])
    for (order_id, refund_id, products), redemptions in zip(refunds, of_orders, strict=True):
        for redemption_id in redemptions:
            desk.refunded(redemption_id, order_id, refund_id, products, now)


def _refund_id(activity: Activity) -> str:
    return str(activity.properties.get("refund_id") or activity.message_id)


def _products(activity: Activity) -> dict[str, int] | None:
    if activity.kind == "cancelled" or not activity.lines:
        return None
    pieces: dict[str, int] = {}
    for line in activity.lines:
        pieces[line.product_id] = pieces.get(line.product_id, 0) + line.quantity
    return pieces
