"""How long it takes to replay a rule over the orders of a large shop.

`python -m tests.bench.replaying --lines 1000000 --json` makes the log itself: shoppers with habits, guests,
returns, products of ten categories of which four in five tell their cost. Measured is the whole replay, from
the files of the log to the figures, for three rules: the contract's own example; one that knows no condition
and takes something off every line; and one for the first order.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import orjson

from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Product
from plugin.history import figures_between
from plugin.offers.offer import Offer
from plugin.offers.replay.figures import replay_figures
from plugin.offers.replay.replaying import Question, replay
from plugin.shop import Shop, ShopSettings
from plugin.store.log import Log
from plugin.tiers.standing import take_standing

DAY = 86_400.0
END = 1_760_000_000.0
DAYS = 540
PRODUCTS = 400
LINES_AN_ORDER = 5
ORDERS_A_SHOPPER = 12
CATEGORIES = ("Coffee", "Tea", "Cups", "Pots", "Honey", "Cake", "Books", "Lamps", "Toys", "Ink")
RULES: dict[str, dict[str, Any]] = {
    "the contract's example": {
        "when": {
            "all": [
                {"tier": {"at_least": "gold"}},
                {"bought": {"category": "Coffee", "within_days": 90}},
                {"basket": {"subtotal_at_least": "40.00"}},
            ]
        },
        "gives": {"percent_off": {"percent": 10, "category": "Coffee", "at_most": "15.00"}},
        "limits": {"total": 50_000, "per_shopper": 5, "budget": "100000.00"},
    },
    "every order, every line": {"gives": {"percent_off": {"percent": 10}}},
    "first order": {"when": {"first_order": {}}, "gives": {"amount_off": {"amount": "5.00"}}},
}


def a_shop() -> Shop:
    """Return a shop of 400 products, most of which tell their cost."""
    shop = Shop("large")
    shop.settings = ShopSettings("large", "Large", currency="EUR", timezone="Europe/Berlin")
    for number in range(PRODUCTS):
        price = 300 + 37 * number % 4_700
        category = CATEGORIES[number % len(CATEGORIES)]
        cost = price * 6 // 10 if number % 5 else None
        shop.catalogue.put(
            Product(f"p{number}", f"Thing {number}", price=price, cost=cost, category=category)
        )
    return shop


def orders_of(shop: Shop, lines: int, seed: int) -> Iterator[Activity]:
    """Yield orders of so many lines in all, by shoppers who keep to what they know, and what came back."""
    random = np.random.default_rng(seed)
    orders = lines // LINES_AN_ORDER
    shoppers = max(1, orders // ORDERS_A_SHOPPER)
    prices = [product.price for product in shop.catalogue]
    at = np.sort(END - random.random(orders) * DAYS * DAY)
    who = np.where(random.random(orders) < 0.1, -1, (shoppers * random.random(orders) ** 1.5).astype(int))
    sizes = random.integers(1, 2 * LINES_AN_ORDER, orders)
    back = random.random(orders) < 0.03
    for number in range(orders):
        habit = 0 if who[number] < 0 else int(who[number]) * 7 % PRODUCTS
        picked = (habit + (random.random(sizes[number]) ** 3 * PRODUCTS).astype(int)) % PRODUCTS
        shopper = None if who[number] < 0 else Shopper(f"s{who[number]}")
        bought = tuple(Line(f"p{p}", 1 + int(p) % 3, prices[p]) for p in dict.fromkeys(picked.tolist()))
        moment, order = float(at[number]), f"o{number}"
        yield Activity(f"m{number}", "bought", "Order Completed", moment, END, "shop", shopper, bought, order)
        if back[number] and shopper is not None and moment + DAY < END:
            moment += DAY
            gone = bought[:1]
            yield Activity(
                f"r{number}", "returned", "Order Refunded", moment, END, "shop", shopper, gone, order
            )


def write(log: Log, activities: Iterator[Activity]) -> None:
    """Write the activities as the worker does, part by part."""
    part, waiting = 0, []
    for number, activity in enumerate(activities):
        waiting.append((f"{{large:0}}{number:012d}-0", activity))
        if len(waiting) == 20_000:
            part += 1
            log.write(part, waiting)
            waiting = []
    if waiting:
        log.write(part + 1, waiting)
    while log.tidy(part + 1, END + 10 * DAY):
        pass


@click.command()
@click.option("--lines", default=1_000_000, show_default=True)
@click.option("--processes", default=min(2, os.cpu_count() or 1), show_default=True)
@click.option("--seed", default=6, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(lines: int, processes: int, seed: int, as_json: bool) -> None:
    """Make a log, replay three rules over it, and say how long each took."""
    told: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        shop, log = a_shop(), Log(Path(folder))
        write(log, orders_of(shop, lines, seed))
        shop.standing = take_standing(figures_between(log, END - 365 * DAY, END), END)
        for name, written in RULES.items():
            document = {"offer_id": "replayed", "state": "live", "holdout": 0.05, **written}
            begun = time.perf_counter()
            found = replay(
                shop,
                log,
                Offer.from_document(document, "EUR"),
                Question(END - 365 * DAY, END),
                processes=processes,
            )
            judged = time.perf_counter()
            figures = replay_figures(found)
            told.append(
                {
                    "rule": name,
                    "order_lines": len(found.past.product),
                    "orders": len(found.past),
                    "given": figures["given"]["orders"],
                    "seconds": round(time.perf_counter() - begun, 2),
                    "of_which_figures": round(time.perf_counter() - judged, 2),
                }
            )
    if as_json:
        click.echo(orjson.dumps({"processes": processes, "replays": told}).decode())
        return
    for each in told:
        click.echo(
            f"{each['rule']}: {each['seconds']} s, given on {each['given']:,} of {each['orders']:,} orders"
        )


if __name__ == "__main__":
    main()
