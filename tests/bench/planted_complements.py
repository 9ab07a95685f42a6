"""How many of the simulated shop's planted complements are found (`-m tests.bench.planted_complements`)."""

from __future__ import annotations

import json
import sys
import time
from statistics import fmean

from plugin.connectors.simulated import World
from plugin.storefront import Slot, Storefront, Visitor
from tests.bench.planted import asked_for, trained_shops
from tests.bench.rows import TableRow, peak_gib


def precision(front: Storefront, shop_id: str, world: World, k: int = 5, kind: str = "complements") -> float:
    """Return the share of the first k answers for every anchor that were planted for it."""
    group = {each["product_id"]: each.get("group_id") or each["product_id"] for each in world.products}
    right = asked = 0
    for anchor, complements in world.truth["complements"].items():
        wanted = {group[each] for each in complements}
        slot = Slot(kind, (anchor,), k)
        _, answered = front.recommend(shop_id, Visitor(trusted=True), slot)
        right += sum(group[shown.product.product_id] in wanted for shown in answered.shelf.shown)
        asked += k
    return right / asked


def main() -> None:
    """Fill, train and ask one simulated shop per seed."""
    asked, started = asked_for(__doc__), time.perf_counter()
    found, floor = {}, {}
    for seed, shops, shop_id, world in trained_shops(asked.seeds):
        front = Storefront(shops)
        found[seed] = precision(front, shop_id, world)
        floor[seed] = precision(front, shop_id, world, kind="trending")
    if asked.json:
        line = TableRow(
            row="planted",
            task="the simulated shop's planted complements: precision@5",
            ours=fmean(found.values()),
            reference=None,
            reference_name="",
            floor=fmean(floor.values()),
            floor_name="trending",
            reach=0.8,
            aim=None,
            minutes=(time.perf_counter() - started) / 60,
            peak_gib=peak_gib(),
        )
        told = {"precision_at_5": found, "trending_at_5": floor, "table": [line.as_dict()]}
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        for seed, share in found.items():
            sys.stdout.write(f"seed {seed}: precision@5 {share:.3f}\n")


if __name__ == "__main__":
    main()
