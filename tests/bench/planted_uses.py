"""How many of the simulated shop's planted use ideas are found for its shoppers.

`-m tests.bench.planted_uses`. The ideas are imported from a file and answered by the serving path. An
answered idea is right when all that the truth file says it needs was bought, but for what it says is missing:
held against the orders of the simulated world in a second, plain way. How many belong to a context that is
close to the shopper's heart is told apart: people own things outside of those, too.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from api.cli.uses import bring_ideas
from plugin.activity import Shopper
from plugin.catalog import Catalogue, Product
from plugin.connectors.simulated import World
from plugin.shops import Shops
from plugin.storefront import Slot, Storefront, Visitor
from tests.bench.planted import UNTIL, asked_for, trained_shops
from tests.bench.rows import TableRow, peak_gib

K = 5


@dataclass
class Found:
    """Shares of the first five answers, over all shoppers with at least one."""

    right: list[bool] = field(default_factory=list)
    complete: list[bool] = field(default_factory=list)
    popular_right: list[bool] = field(default_factory=list)
    random_right: list[bool] = field(default_factory=list)
    near: list[bool] = field(default_factory=list)
    popular_near: list[bool] = field(default_factory=list)
    random_near: list[bool] = field(default_factory=list)
    shoppers: int = 0
    asked: int = 0

    def figures(self) -> dict[str, float]:
        """Return every share, and of how many answers."""
        shares = [name for name, held in vars(self).items() if isinstance(held, list)]
        counted = {"answers": len(self.right), "shoppers": self.shoppers, "asked": self.asked}
        return {**{name: fmean(getattr(self, name) or [0]) for name in shares}, **counted}


def measured(front: Storefront, shop_id: str, world: World, seed: int = 0) -> Found:
    """Return how many of the answered ideas were planted for who is shown them."""
    truth, found, dice = world.truth, Found(), random.Random(seed)
    catalogue = front.shops.view(shop_id, fresh=True).catalogue
    ideas = {idea["use_id"]: idea for idea in truth["ideas"]}
    bought = _bought(world)
    complete = Counter(
        use_id
        for things in bought.values()
        for use_id, idea in ideas.items()
        if not _lacking(idea, things, catalogue)
    )
    popular = [use_id for use_id, _ in complete.most_common(K)]
    for who, contexts in truth["tastes"].items():
        found.asked += 1
        visitor = Visitor(Shopper(who), trusted=True)
        _, answered = front.recommend(shop_id, visitor, Slot("new-uses", (), K))
        uses = [use for use in answered.shelf.uses if use.use_id in ideas]  # contexts are measured elsewhere
        found.shoppers += bool(uses)
        for use in uses:
            near = truth["idea_contexts"][use.use_id] in contexts
            things = bought.get(who, set())
            lacking = _lacking(ideas[use.use_id], things, catalogue)
            # What was bought and is used up since is missing too: the world's orders do not tell that.
            true = all(any(_meets(need, product, catalogue) for product in use.missing) for need in lacking)
            found.near.append(near)
            found.right.append(true)
            found.complete.append(not use.missing)
        for listed, right, near_too in (
            (popular, found.popular_right, found.popular_near),
            (dice.sample(sorted(ideas), K), found.random_right, found.random_near),
        ):
            for use_id in listed[: len(uses)]:
                right.append(len(_lacking(ideas[use_id], bought.get(who, set()), catalogue)) < 2)
                near_too.append(truth["idea_contexts"][use_id] in contexts)
    return found


def _bought(world: World) -> dict[str, set[str]]:
    """Everything each shopper bought, as the world tells it."""
    bought: dict[str, set[str]] = {}
    for document in world.activities():
        if document.get("event") == "Order Completed" and (who := document.get("userId")):
            lines = document["properties"]["products"]
            bought.setdefault(str(who), set()).update(line["product_id"] for line in lines)
    return bought


def _lacking(idea: Mapping[str, Any], things: set[str], catalogue: Catalogue) -> list[Mapping[str, Any]]:
    products = [product for each in things if (product := catalogue.get(each)) is not None]
    return [need for need in idea["needs"] if not any(_meets(need, each, catalogue) for each in products)]


def _meets(need: Mapping[str, Any], product: Product, catalogue: Catalogue) -> bool:
    for want in need["any"]:
        if "product_id" in want and catalogue.group_of(want["product_id"]) == product.group:
            return True
        if "category" in want and product.in_category(want["category"]):
            return True
        if "attribute" in want and str(product.attributes.get(want["attribute"])) == str(want["is"]):
            return True
    return False


def _import_ideas(shops: Shops, shop_id: str, world: World, folder: Path) -> None:
    """Bring the planted ideas in from a file, as a merchant does."""
    file = folder / f"{shop_id}.ndjson"
    file.write_text("\n".join(map(json.dumps, world.truth["ideas"])))
    bring_ideas(shops, shop_id, file)


def main() -> None:
    """Fill, train and ask one simulated shop per seed."""
    asked, started = asked_for(__doc__), time.perf_counter()
    found = {
        seed: measured(Storefront(shops, UNTIL.timestamp), shop_id, world).figures()
        for seed, shops, shop_id, world in trained_shops(asked.seeds, _import_ideas)
    }
    if asked.json:
        line = TableRow(
            row="planted",
            task="the simulated shop's planted use ideas: precision@5",
            ours=fmean(each["right"] for each in found.values()),
            reference=fmean(each["random_right"] for each in found.values()),
            reference_name="ideas at random",
            floor=fmean(each["popular_right"] for each in found.values()),
            floor_name="most often complete",
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
