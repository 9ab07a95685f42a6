"""Refunds and cancellations that arrive as activity give back what their order's redemptions took."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.activity import Activity
from plugin.redemptions.redeeming import desk_of
from plugin.shop import Shop
from plugin.store.memory import ShopMemory

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
    desk = desk_of(memory, shop)
    of_orders = memory.redemptions.of_orders([activity.order_id or "" for activity in told])
    for activity, redemptions in zip(told, of_orders, strict=True):
        refund_id = str(activity.properties.get("refund_id") or activity.message_id)
        for redemption_id in redemptions:
            desk.refunded(redemption_id, activity.order_id or "", refund_id, _products(activity), now)


def _products(activity: Activity) -> dict[str, int] | None:
    if activity.kind == "cancelled" or not activity.lines:
        return None
    pieces: dict[str, int] = {}
    for line in activity.lines:
        pieces[line.product_id] = pieces.get(line.product_id, 0) + line.quantity
    return pieces
