"""A small shop with a past, and the slow way of knowing what was known then: folding everything anew."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Product
from plugin.gather import Scene
from plugin.offers.evaluate import evaluate
from plugin.offers.occasion import BasketLine, Occasion, Used
from plugin.offers.offer import Offer
from plugin.offers.replay.judging import Counts, gives
from plugin.offers.verdict import Verdict
from plugin.shop import Shop, ShopSettings
from plugin.shop_window import history_of
from plugin.shopper import Profile, fold
from plugin.store.log import Log
from plugin.tiers.ladder import TierLadder
from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.model import Model

DAY = 86_400.0
BEGIN = 1_750_000_000.0
END = BEGIN + 300 * DAY
UNTRAINED = Model.fit(Interactions.from_columns(), Cards.none(), as_of=0.0)
WHO = [Shopper(name) for name in ("ann", "ben", "cem", "dot", "eve")]
LADDER = {
    "basis": "spend",
    "tiers": [{"tier": "bronze"}, {"tier": "silver", "from": "60.00"}, {"tier": "gold", "from": "150.00"}],
}
COFFEE = {"category": "Coffee", "quantity": 1}
RULES: dict[str, dict[str, Any]] = {
    "all": {"gives": {"percent_off": {"percent": 10}}, "holdout": 0.3},
    "tier": {
        "when": {"tier": {"at_least": "silver"}},
        "gives": {"percent_off": {"percent": 15, "category": "Coffee", "at_most": "3.00"}},
    },
    "bought": {
        "when": {"bought": {"category": "Coffee", "within_days": 60}},
        "gives": {"amount_off": {"amount": "2.00"}},
    },
    "often": {
        "when": {
            "all": [
                {"bought": {"product_id": "tea", "at_least": 2}},
                {"not": {"owned": {"product_id": "pot"}}},
            ]
        },
        "gives": {"percent_off": {"percent": 20}},
    },
    "owned": {"when": {"owned": {"product_id": "mug"}}, "gives": {"free_shipping": {}}},
    "first": {
        "when": {"first_order": {}},
        "gives": {"amount_off": {"amount": "5.00"}},
        "limits": {"total": 3},
    },
    "each": {"gives": {"percent_off": {"percent": 5}}, "limits": {"per_shopper": 2, "budget": "9.00"}},
    "weekly": {
        "gives": {"amount_off": {"amount": "1.00"}},
        "limits": {"per_period": {"times": 1, "period": "week"}},
    },
    "birthday": {"when": {"birthday": {"within_days": 20}}, "gives": {"percent_off": {"percent": 10}}},
    "anniversary": {"when": {"anniversary": {"within_days": 30}}, "gives": {"percent_off": {"percent": 10}}},
    "hours": {
        "when": {"time": {"days": ["sat", "sun"], "from": "08:00", "until": "20:00"}},
        "gives": {"fixed_price": {"product_id": "mug", "price": "1.00"}},
    },
    "share": {"when": {"share": {"percent": 50}}, "gives": {"percent_off": {"percent": 10}}},
    "basket": {
        "when": {"any": [{"basket": {"subtotal_at_least": "30.00"}}, {"basket": {"contains": "mug"}}]},
        "gives": {
            "buy_x_get_y": {
                "buy": {"category": "Coffee", "quantity": 1},
                "get": {"products": ["mug"], "quantity": 1},
            }
        },
    },
    "changed": {"when": {"bought": {"product_id": "tea"}}, "gives": {"percent_off": {"percent": 10}}},
    "code": {"code": "TEA", "gives": {"percent_off": {"percent": 30}}},
    "avoided": {"gives": {"percent_off": {"percent": 10, "category": "Tea"}}},
    "likes": {"when": {"prefers": {"likes": "Tea"}}, "gives": {"percent_off": {"percent": 10}}},
    "win_back": {
        "when": {"win_back": {"quiet_days_at_least": 40}},
        "gives": {"amount_off": {"amount": "3.00"}},
    },
    "spent": {
        "when": {
            "all": [{"spent": {"at_least": "50.00", "within_days": 90}}, {"order_count": {"at_most": 6}}]
        },
        "gives": {"percent_off": {"percent": 10}},
    },
    "due": {
        "when": {"due": {"category": "Coffee", "within_days": 10}},
        "gives": {"percent_off": {"percent": 10, "category": "Coffee"}},
    },
    "paced": {
        "from": "2025-06-01T00:00:00Z",
        "until": "2027-01-01T00:00:00Z",
        "gives": {"percent_off": {"percent": 10}},
        "limits": {"budget": "40.00", "pacing": "even"},
    },
}


@dataclass
class PastWorld:
    """A shop, what happened in it, and the log that tells it."""

    shop: Shop
    activities: list[Activity] = field(default_factory=list)

    def orders(self) -> list[Activity]:
        """The orders in the order of time."""
        return sorted((each for each in self.activities if each.kind == "bought"), key=lambda each: each.at)

    def written(self, folder: Path) -> Log:
        """The log of all that happened."""
        log = Log(folder)
        log.write(1, [(f"{{s:0}}{n:06d}-0", each) for n, each in enumerate(self.activities)])
        return log

    def occasion(self, order: Activity, used: dict[str, Used], *, ever: bool = False) -> Occasion:
        """The occasion of an order, everything known of its shopper folded anew.

        With `ever` everything that is ever told of them, whenever it happened.
        """
        theirs = [
            each for each in self.activities if each.shopper == order.shopper and each.kind != "product"
        ]
        known = [each for each in theirs if ever or each.at < order.at]
        shop = copy.copy(self.shop)
        shop.catalogue = copy.copy(shop.catalogue)
        shop.catalogue._products = {**shop.catalogue._products, **self._then(order.at)}
        coupon = order.properties.get("coupon")
        return Scene(
            shop=shop,
            model=UNTRAINED,
            shopper=order.shopper,
            profile=fold(Profile(), known) if order.shopper else Profile(),
            now=order.at,
            trusted=True,
            given_basket=tuple(
                BasketLine(line.product_id, line.quantity, line.price or 0) for line in order.lines
            ),
            codes=(coupon,) if coupon else (),
            used=used,
        ).occasion

    def verdicts(self, rules: list[Offer], *, ever: bool = False) -> list[tuple[str, list[Verdict]]]:
        """The verdicts on every order, one after the other, limits counted."""
        counts, told = Counts(self.shop.settings.timezone), []
        for order in self.orders():
            key = order.shopper.ref if order.shopper else None
            verdicts = evaluate(rules, self.occasion(order, counts.used(rules, key, order.at), ever=ever))
            for verdict in verdicts:
                if gives(verdict):
                    counts.count(verdict, key, order.at)
            told.append((order.order_id or "", verdicts))
        return told

    def _then(self, now: float) -> dict[str, Product]:
        told = [each for each in self.activities if each.kind == "product" and each.at <= now]
        return {
            each.properties["product_id"]: Product(**each.properties)
            for each in sorted(told, key=lambda e: e.at)
        }


def a_world(seed: int, orders: int = 40) -> PastWorld:
    """Return a world of five shoppers and guests, with everything that can happen to an order."""
    random, shop = Random(seed), Shop("past")
    shop.settings = ShopSettings("past", "Past", currency="EUR", timezone="Europe/Berlin")
    shop.ladder = TierLadder.from_document(LADDER, "EUR")
    world = PastWorld(shop)
    kinds = {"coffee": "Coffee", "beans": "Coffee", "tea": "Tea", "mug": "Cups", "pot": "Pots"}
    for number, (product_id, category) in enumerate(kinds.items()):
        product = Product(
            product_id, product_id.title(), price=500 + 400 * number, cost=300, category=category
        )
        shop.catalogue.put(product)
        world.activities.append(history_of(product, BEGIN - DAY, BEGIN - DAY))
    dearer = Product("beans", "Beans", price=950, cost=900, category="Tea")  # and no longer coffee
    world.activities.append(history_of(dearer, BEGIN + 150 * DAY, BEGIN + 150 * DAY))
    shop.catalogue.put(dearer)
    for number in range(orders):
        _order(world, random, number, list(kinds))
    for who in WHO:
        _words(world, random, who)
    return world


def _order(world: PastWorld, random: Random, number: int, products: list[str]) -> None:
    at = BEGIN + random.random() * 300 * DAY
    who = None if random.random() < 0.1 else random.choice(WHO)
    picked = random.sample(products, random.randint(1, 3))
    lines = tuple(Line(each, random.randint(1, 3), random.choice((400, 999, 1500))) for each in picked)
    coupon = {"coupon": "tea"} if random.random() < 0.3 else {}
    tell(world, "bought", at, who, lines, f"o{number}", **coupon)
    what, later = random.random(), at + random.random() * 20 * DAY
    if who is None or what > 0.4:
        return
    if what < 0.1:
        tell(world, "cancelled", later, who, (), f"o{number}")
    elif what < 0.2:
        tell(world, "rebought", later, who, (Line("tea", 1, 999),), f"o{number}")
    else:
        tell(world, "returned", later, who, lines[:1], f"o{number}", refund_id=f"r{number}")


def _words(world: PastWorld, random: Random, who: Shopper) -> None:
    at = BEGIN + random.random() * 200 * DAY
    day = f"1990-{random.randint(1, 12):02d}-15"
    tell(world, "identified", at, who, (), None, traits={"birthday": day})
    said = random.choice(({"avoids": ["Tea"]}, {"likes": ["Tea"]}, {}))
    tell(world, "preferred", at + DAY, who, (), None, **said)
    tell(world, "used", at + 30 * DAY, who, (Line("mug", 1),), None)
    if random.random() < 0.5:
        tell(world, "corrected", at + 40 * DAY, who, (Line("mug", 1),), None, state="out")


def tell(
    world: PastWorld,
    kind: str,
    at: float,
    who: Shopper | None,
    lines: Any,
    order: str | None,
    **properties: Any,
) -> None:
    """Have something happen."""
    name = f"m{len(world.activities):05d}"
    world.activities.append(
        Activity(name, kind, kind, at, at, "shop", who, lines, order, "EUR", properties=properties)
    )


def rule_of(name: str) -> Offer:
    """Return one of the rules, live."""
    return Offer.from_document({"offer_id": name, "state": "live", "holdout": 0, **RULES[name]}, "EUR")
