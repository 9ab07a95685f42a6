"""A tool shop so small that every right answer is known, with a history written by rules."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.model import Model

DAY = 86400.0
DAYS = 400

#: product: (name, category, price, group)
PRODUCTS: dict[str, tuple[str, str, float, str | None]] = {
    "drill": ("Cordless drill", "Tools > Power", 129.0, None),
    "bits": ("Wood bits, set", "Tools > Bits", 19.0, None),
    "plugs": ("Wall plugs", "Fixing > Plugs", 6.0, None),
    "hammer": ("Claw hammer", "Tools > Hand", 24.0, None),
    "nails": ("Steel nails", "Fixing > Nails", 4.0, None),
    "tape": ("Masking tape", "Paint > Tape", 3.0, None),
    "roast-dark": ("Dark roast coffee", "Break room > Coffee", 9.0, None),
    "roast-light": ("Light roast coffee", "Break room > Coffee", 9.0, None),
    "filters": ("Coffee filters", "Break room > Coffee", 3.0, None),
    "mug-red": ("Mug, red", "Break room > Mugs", 7.0, "mug"),
    "mug-blue": ("Mug, blue", "Break room > Mugs", 7.0, "mug"),
    "candle-red": ("Candle, red", "Gifts > Candles", 5.0, None),
    "candle-pink": ("Candle, pink", "Gifts > Candles", 5.0, None),
    "vase": ("Glass vase", "Gifts > Vases", 15.0, None),
    "unsold": ("Hammer, heavy claw", "Tools > Hand", 35.0, None),
}


@dataclass
class Ledger:
    """What happened, written line by line, and turned into a history at the end."""

    orders: list[tuple[str, str | None, str, float, float]] = field(default_factory=list)
    views: list[tuple[str, str | None, str, float]] = field(default_factory=list)

    def buy(self, shopper: str | None, day: float, *products: str) -> None:
        order = f"o{len(self.orders)}"
        self.orders += [(order, shopper, product, 1.0, day * DAY) for product in products]

    def look(self, shopper: str | None, day: float, *products: str) -> None:
        visit = f"v{len(self.views)}"
        self.views += [
            (visit, shopper, product, day * DAY + 60.0 * place) for place, product in enumerate(products)
        ]

    def history(self) -> Interactions:
        orders = list(zip(*self.orders, strict=True)) or [()] * 5
        views = list(zip(*self.views, strict=True)) or [()] * 4
        return Interactions.from_columns(
            order_ids=orders[0],
            shopper_ids=orders[1],
            product_ids=orders[2],
            quantities=orders[3],
            times=orders[4],
            view_visits=views[0],
            view_shoppers=views[1],
            view_products=views[2],
            view_times=views[3],
        )


def write_ledger(seed: int = 0) -> Ledger:
    """A year of the tool shop: builders, coffee drinkers and givers, with tape in a third of all baskets."""
    rng, ledger = np.random.default_rng(seed), Ledger()

    def with_tape(*products: str) -> tuple[str, ...]:
        return (*products, "tape") if rng.random() < 0.35 else products

    for builder in range(60):
        start, name = float(rng.uniform(0, DAYS - 80)), f"builder{builder}"
        ledger.look(name, start, "drill", "bits")
        ledger.look(name, start + 25, "hammer", "nails")
        ledger.buy(name, start, *with_tape("drill", "plugs") if rng.random() < 0.3 else with_tape("drill"))
        ledger.buy(name, start + rng.uniform(2, 20), *with_tape("bits"))
        ledger.buy(name, start + rng.uniform(30, 60), *with_tape("hammer", "nails"))
    for drinker in range(60):
        start, name = float(rng.uniform(0, 60)), f"drinker{drinker}"
        roast, other = ("roast-dark", "roast-light") if drinker % 2 else ("roast-light", "roast-dark")
        for cup in range(9):
            day = start + 30.0 * cup + rng.uniform(-2, 2)
            if cup < 3:
                ledger.look(name, day, roast, other)
            ledger.buy(name, day, *with_tape(roast, "filters") if rng.random() < 0.6 else with_tape(roast))
        if rng.random() < 0.5:
            ledger.buy(name, start + 10, "mug-red" if drinker % 3 else "mug-blue")
    for giver in range(40):
        day = float(rng.uniform(0, DAYS))
        ledger.look(None, day, "candle-red", "vase")
        ledger.buy(None if giver % 2 else f"giver{giver}", day, *with_tape("candle-red", "candle-pink"))
    for other in range(40):
        ledger.buy(f"other{other}", float(rng.uniform(0, DAYS)), *with_tape("vase"))
    for both in range(8):
        ledger.buy(f"mugs{both}", float(rng.uniform(0, DAYS)), "mug-red", "mug-blue")
    return ledger


def write_cards() -> Cards:
    """The tool shop's window; the heavy hammer came last and was never sold."""
    columns = list(zip(*PRODUCTS.values(), strict=True))
    return Cards.from_columns(
        list(PRODUCTS),
        names=columns[0],
        categories=columns[1],
        prices=columns[2],
        group_ids=columns[3],
        first_seen=[(DAYS - 5) * DAY if product == "unsold" else 0.0 for product in PRODUCTS],
    )


@pytest.fixture(scope="session")
def history() -> Interactions:
    return write_ledger().history()


@pytest.fixture(scope="session")
def cards() -> Cards:
    return write_cards()


@pytest.fixture(scope="session")
def now() -> float:
    return (DAYS + 1) * DAY


@pytest.fixture(scope="session")
def model(history: Interactions, cards: Cards, now: float) -> Model:
    return Model.fit(history, cards, as_of=now)
