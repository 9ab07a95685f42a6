"""A shop with one offer, and shoppers of whom it is known whether the offer moves them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Product
from plugin.merchant import Merchant
from plugin.offers.holdout import holds_out
from plugin.offers.offer import Offer
from plugin.offers.rulebook import write_rule
from plugin.shop import ShopSettings
from plugin.shops import Shops

DAY = 86_400.0
LIVE_SINCE = 1_700_000_000.0
NOW = LIVE_SINCE + 120 * DAY
PRICE, OFF, COST = 10_000, 1_000, 5_000
RULE = {"offer_id": "spring", "state": "live", "gives": {"percent_off": {"percent": 10}}, "holdout": 0.3}


@dataclass(frozen=True)
class Experiment:
    """The shop, the rule, and how many of each kind of shopper came in."""

    shops: Shops
    shop_id: str
    offer: Offer

    def arm(self, ref: str) -> bool:
        return not holds_out(self.offer, f"{self.shop_id}/{ref}")


def experiment(
    shops: Shops,
    shoppers: int,
    effect: float,
    *,
    seed: int = 0,
    anyway: float = 0.3,
    visits: bool = True,
    rule: dict[str, Any] | None = None,
    name: str = "Experiment",
) -> Experiment:
    """Shoppers of whom ``anyway`` order, and the loyal (every other one) ``effect`` more often if offered.

    Who orders with the offer pays a tenth less. Everybody visits on a day of the first 60 after the rule is
    live; the loyal ordered four times before, the others once.
    """
    merchant = Merchant(shops, lambda: LIVE_SINCE)
    shop_id = f"experiment-{name.lower().replace(' ', '-')}"  # the same in every run: arms are drawn by it
    documents = shops.store.add_shop(shop_id).documents
    documents.put({"settings": ShopSettings(shop_id, name).to_bytes()})
    merchant.put_products(shop_id, [Product("pan", name="Pan", price=PRICE, cost=COST, category="Kitchen")])
    offer, _ = write_rule(merchant, shop_id, {**RULE, **(rule or {})})
    held = Experiment(shops, shop_id, offer)
    chance = random.Random(seed)
    activities: list[Activity] = []
    for number in range(shoppers):
        who, loyal = Shopper(f"{number}"), is_loyal(number)
        for before in range(4 if loyal else 1):
            activities.append(_order(who, f"before-{before}", LIVE_SINCE - (20 + 40 * before) * DAY, PRICE))
        at = LIVE_SINCE + chance.random() * 60 * DAY
        if visits:
            activities.append(_look(who, at))
            activities.append(_look(who, at + DAY))
        offered = held.arm(who.ref)
        if chance.random() < anyway + effect * offered * loyal:
            after = at if visits else LIVE_SINCE
            activities.append(_order(who, "after", after + 2 * DAY, PRICE - OFF * offered))
    activities.sort(key=lambda each: each.at)
    shops.memory(shop_id).log.write(1, [(f"1-{n}", each) for n, each in enumerate(activities)])
    return held


def is_loyal(number: int) -> bool:
    return number % 2 == 0


def _order(who: Shopper, name: str, at: float, price: int) -> Activity:
    order_id = f"{who.id}-{name}"
    return Activity(
        order_id, "bought", "Order Completed", at, at, "shop", who, (Line("pan", 1, price),), order_id
    )


def _look(who: Shopper, at: float) -> Activity:
    name = f"look-{who.id}-{at}"
    return Activity(name, "viewed", "Product Viewed", at, at, "shop", who, (Line("pan"),))
