"""How long it takes to hold what a shopper has against a shop's use ideas (`-m tests.bench.matching`).

By number of ideas, for shoppers who own 500 products of 100,000. `matched` is the matching alone, `answered`
the whole list: matched, judged, what is missing chosen, reasons told. Beside them two floors of the same run:
`one_idea`, the same answer from a shop with a single idea, and `plainly`, going through the ideas one by one.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import orjson

from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Product
from plugin.gather import Scene
from plugin.placements import Placement
from plugin.shelves import fill
from plugin.shop import Shop, ShopSettings
from plugin.shopper import Profile, fold
from plugin.uses.matching import Reader, matching_of
from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.model import Model

PRODUCTS, OWNED, SHOPPERS = 100_000, 500, 20
DAY, NOW = 86_400.0, 1_790_000_000.0
CATEGORIES = [f"Part {a} > Shelf {b} > Box {c}" for a in range(10) for b in range(10) for c in range(10)]
USES = Placement("uses", ("new-uses",))


def shop_of(ideas: int, seed: int = 1) -> Shop:
    """A shop of 100,000 products and so many ideas: two to five needs, half products, else what they are."""
    dice = random.Random(seed)
    shop = Shop("bench")
    shop.settings = ShopSettings("bench", "Bench")
    for n in range(PRODUCTS):
        attributes = {"colour": f"c{n % 40}", "material": f"m{n % 97}"}
        shop.catalogue.put(
            Product(
                f"p{n}",
                f"Product {n}",
                price=100 + n,
                category=dice.choice(CATEGORIES),
                attributes=attributes,
            )
        )
    shop.newest = shop.catalogue.newest_first()
    for n in range(ideas):
        needs = [{"any": [_want(dice) for _ in range(dice.randint(1, 3))]} for _ in range(dice.randint(2, 5))]
        document = {"use_id": f"u{n}", "title": f"Idea {n}", "needs": needs, "state": "live"}
        shop.ideas.put(f"u{n}", orjson.dumps(document))
    return shop


def _want(dice: random.Random) -> dict[str, Any]:
    kind = dice.random()
    if kind < 0.5:
        return {"product_id": f"p{dice.randrange(PRODUCTS)}"}
    if kind < 0.9:
        return {"category": dice.choice(CATEGORIES)}
    return {"attribute": "material", "is": f"m{dice.randrange(97)}"}


def somebody(seed: int) -> Profile:
    """A shopper who has 500 products, bought over three years."""
    dice = random.Random(seed)
    things = dice.sample(range(PRODUCTS), OWNED)
    orders = [
        Activity(
            *(f"m{n}", "bought", "bought", at := NOW - dice.random() * 1000 * DAY, at, "shop", Shopper("s")),
            lines=tuple(Line(f"p{each}", 1, 100) for each in things[n : n + 10]),
            order_id=f"o{n}",
        )
        for n in range(0, OWNED, 10)
    ]
    return fold(Profile(), orders)


def timed(ask: Callable[[int], object], rounds: int) -> dict[str, float]:
    """Return the middle and the worst of a hundred (milliseconds) over some rounds of all shoppers.

    `cpu_ms` is the middle of the processor's own time, which other work on the machine lengthens less.
    """
    took, worked = [], []
    for turn in range(rounds * SHOPPERS):
        started, begun = time.perf_counter(), time.thread_time()
        ask(turn % SHOPPERS)
        worked.append((time.thread_time() - begun) * 1e3)
        took.append((time.perf_counter() - started) * 1e3)
    took.sort()
    figures = {
        "median_ms": median(took),
        "p99_ms": took[int(0.99 * (len(took) - 1))],
        "cpu_ms": median(worked),
    }
    return {name: round(value, 3) for name, value in figures.items()}


def plainly(shop: Shop, products: list[str]) -> int:
    """Return how many ideas are complete, found by going through all of them."""
    owned = [shop.catalogue.by_id[each] for each in products]
    ids = {each.product_id for each in owned}
    places = {(name,) for each in owned for name in each.path} | {each.path for each in owned}
    traits = {(name, value) for each in owned for name, value in each.attributes.items()}

    def met(want: Any) -> bool:
        if want.kind == "product":
            return want.name in ids
        if want.kind == "category":
            return tuple(part.title() for part in want.name.split(" > ")) in places
        return (want.name, want.value) in traits

    return sum(all(any(map(met, need)) for need in idea.needs) for idea in shop.ideas)


def measure(ideas: int, rounds: int) -> dict[str, Any]:
    """Return what matching takes with so many ideas."""
    shop = shop_of(ideas)
    model = Model.fit(Interactions.from_columns(), Cards.none(), as_of=0.0)
    people = [somebody(seed) for seed in range(SHOPPERS)]
    scenes = [Scene(shop, model, Shopper("s"), profile, NOW) for profile in people]
    weights = [dict.fromkeys(scene.remembered_owned, 1.0) for scene in scenes]
    matching, reader = matching_of(shop.ideas), Reader(frozenset({"en"}))
    started = time.perf_counter()
    matching.parts()
    built = time.perf_counter() - started

    def match(turn: int) -> object:
        return matching.matched(weights[turn], shop.catalogue, reader, 100)

    def answer(turn: int) -> object:
        scene = Scene(shop, model, Shopper("s"), people[turn], NOW)
        scene.__dict__["owned"] = scenes[turn].owned  # worked out for every shelf, whatever is asked
        return fill(scene, USES, (), 10)

    cold = timed(match, 1)
    found = matching.matched(weights[0], shop.catalogue, reader, 100)
    started = time.perf_counter()
    plainly(shop, list(weights[0]))
    return {
        "ideas": ideas,
        "built_s": round(built, 3),
        "complete": len(found.complete),
        "lacking": len(found.lacking),
        "first_meeting": cold,
        "plainly_ms": round((time.perf_counter() - started) * 1e3, 1),
        "matched": timed(match, rounds),
        "answered": timed(answer, rounds),
    }


def main() -> None:
    """Measure by number of ideas."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ideas", type=int, nargs="+", default=[1, 1_000, 10_000, 100_000])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    found = [measure(ideas, asked.rounds) for ideas in asked.ideas]
    if asked.json:
        sys.stdout.write(json.dumps({"products": PRODUCTS, "owned": OWNED, "by_ideas": found}) + "\n")
        return
    for each in found:
        sys.stdout.write(json.dumps(each) + "\n")


if __name__ == "__main__":
    main()
