"""How many of the simulated shop's planted contexts are found, and answered to its shoppers.

`-m tests.bench.planted_contexts`. No use idea is written; orders are all there is to learn from. *Found*:
each planted context is held against the learned one that is most like it; the share of its first five
products that were planted there. *Answered*: a context suggested to a shopper (five are asked for) is right
when what opens it and the owned product that its reason names were planted in one and the same context;
*near* when that context is, besides, among those close to the shopper's heart, beside contexts at random and
those most shoppers are in.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Mapping
from statistics import fmean

from plugin.activity import Shopper
from plugin.connectors.simulated import World
from plugin.storefront import Slot, Storefront, Visitor
from plugin.uses.learned import contexts_of
from tests.bench.planted import UNTIL, asked_for, trained_shops
from tests.bench.rows import TableRow, peak_gib

K = 5


def measured(front: Storefront, shop_id: str, world: World) -> dict[str, float]:
    """Return the shares of what was found and answered, and of how many."""
    shop = front.shops.view(shop_id, fresh=True)
    planted = {name: set(products) for name, products in world.truth["contexts"].items()}
    learned = {
        each.use_id: list(each.products) for each in contexts_of(shop, front.shops.model(shop)).values()
    }
    meant = {use_id: _meant(products[:K], planted) for use_id, products in learned.items()}
    popular, dice = list(meant.values())[:K], random.Random(0)
    right: list[bool] = []
    near: list[bool] = []
    floors: dict[str, list[bool]] = {"popular": [], "at random": []}
    asked = answered = 0
    for who, close in world.truth["tastes"].items():
        _, found = front.recommend(shop_id, Visitor(Shopper(who), trusted=True), Slot("new-uses", (), K))
        uses = found.shelf.uses
        asked, answered = asked + 1, answered + bool(uses)
        for use in uses:
            named = {str(use.reason.product_id), *(product.product_id for product in use.missing)}
            within = {name for name, products in planted.items() if named <= products}
            right.append(bool(within))
            near.append(not within.isdisjoint(close))
        drawn = dice.sample(sorted(meant), K)
        floors["popular"] += [name in close for name in popular[: len(uses)]]
        floors["at random"] += [meant[each] in close for each in drawn[: len(uses)]]
    return {
        "contexts": len(learned),
        "planted": len(planted),
        "found": fmean(_found(products, learned) for products in planted.values()),
        "right": fmean(right or [0]),
        "near": fmean(near or [0]),
        **{name: fmean(each or [0]) for name, each in floors.items()},
        "answers": len(right),
        "shoppers answered": answered,
        "shoppers asked": asked,
    }


def _meant(first: list[str], planted: Mapping[str, set[str]]) -> str:
    return max(planted, key=lambda name: len(planted[name].intersection(first)))


def _found(products: set[str], learned: Mapping[str, list[str]]) -> float:
    return max((len(products.intersection(each[:K])) / K for each in learned.values()), default=0.0)


def main() -> None:
    """Fill, train and ask one simulated shop per seed."""
    asked, started = asked_for(__doc__), time.perf_counter()
    found = {
        seed: measured(Storefront(shops, UNTIL.timestamp), shop_id, world)
        for seed, shops, shop_id, world in trained_shops(asked.seeds)
    }
    if asked.json:
        line = TableRow(
            row="planted",
            task="the simulated shop's planted contexts: precision@5",
            ours=fmean(each["right"] for each in found.values()),
            reference=None,
            reference_name="",
            floor=fmean(each["at random"] for each in found.values()),
            floor_name="contexts at random, near",
            reach=0.9,
            aim=0.95,
            minutes=(time.perf_counter() - started) / 60,
            peak_gib=peak_gib(),
        )
        sys.stdout.write(json.dumps({"seeds": found, "table": [line.as_dict()]}) + "\n")
        return
    for seed, each in found.items():
        told = ", ".join(f"{name} {value:.3f}" for name, value in each.items())
        sys.stdout.write(f"seed {seed}: {told}\n")


if __name__ == "__main__":
    main()
