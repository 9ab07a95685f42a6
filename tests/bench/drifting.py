"""What the signals that a shopper may look elsewhere are worth: in the simulated shop and on Online Retail.

Run with ``.venv/bin/python -m tests.bench.drifting [--json]``. At each of several moments everything is
learned strictly before it, and every shopper with a habit (a product bought at least three times, in a
category with others of its kind) is judged. In the simulated shop the truth is planted: who has left for good
by then. A false alarm is a signal for somebody who has not. On Online Retail (one category: the shop) it is
counted how many with a signal, and how many of all with a habit, buy nothing of their habits in the next 60
days.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from plugin.connectors.simulated import simulate
from recommender.cards import Cards
from recommender.drifting import LEAST_GAPS, drifts
from recommender.interactions import Interactions
from recommender.rhythm import Rhythm, purchases_of
from recommender.runs import DAY, Purchases, Runs
from tests.bench.online_retail import data_file, load
from tests.bench.rhythm import SIMULATED_UNTIL, history_of

SEEDS = (7, 8)
MOMENTS_BEFORE_THE_END = (150.0, 120.0, 90.0, 60.0)
RETAIL_MOMENTS = ("2011-06-01", "2011-07-01", "2011-08-01", "2011-09-01", "2011-10-01")
AHEAD_DAYS = 60.0


def judged(
    history: Interactions, cards: Cards, moment: float, category_of: Mapping[int, str]
) -> dict[tuple[int, str], tuple[bool, bool]]:
    """Of each shopper (row) and category with a habit at that moment: whether there is a signal, and whether
    they buy in the category in the next days.
    """
    rhythm = Rhythm().fit(history, cards, as_of=moment)
    known = purchases_of(history.before(moment))
    runs = rhythm.runs(known)
    habits = runs.where(runs.newest & (runs.gaps >= LEAST_GAPS))
    found: dict[tuple[int, str], tuple[bool, bool]] = {}
    later = _buys_later(history, moment, category_of)
    order = np.argsort(known.shopper, kind="stable")
    ends = np.searchsorted(known.shopper[order], np.arange(len(history.shopper_ids) + 1))
    for shopper in np.unique(habits.shopper):
        mine = order[ends[shopper] : ends[shopper + 1]]
        columns = (known.shopper, known.product, known.time, known.amount)
        own = Purchases(*(column[mine] for column in columns))
        signalled = {each.category for each in drifts(rhythm, own, category_of, {}, moment)}
        for category in _categories(habits, int(shopper), category_of):
            pair = (int(shopper), category)
            found[pair] = (category in signalled, pair in later)
    return found


def _categories(habits: Runs, shopper: int, category_of: Mapping[int, str]) -> set[str]:
    return {category_of[int(row)] for row in habits.product[habits.shopper == shopper]} - {""}


def _buys_later(history: Interactions, moment: float, category_of: Mapping[int, str]) -> set[tuple[int, str]]:
    later = purchases_of(history.since(moment).before(moment + AHEAD_DAYS * DAY))
    pairs = zip(later.shopper.tolist(), later.product.tolist(), strict=True)
    return {(shopper, category_of[product]) for shopper, product in pairs}


def simulated(seed: int) -> dict[str, float]:
    """How many signals are false alarms in the simulated shop, and what they foretell."""
    world = simulate(seed, until=SIMULATED_UNTIL)
    history, cards = history_of(world)
    left = {person.user_id: person.left for person, _ in world._visits if person.user_id}
    category_of = dict(enumerate(cards.categories))
    told: list[tuple[bool, bool, bool]] = []
    for days in MOMENTS_BEFORE_THE_END:
        moment = SIMULATED_UNTIL.timestamp() - days * DAY
        for (shopper, _), (signal, buys) in judged(history, cards, moment, category_of).items():
            told.append((signal, buys, left[history.shopper_ids[shopper]] > moment))
    signal, buys, stays = (np.array(column) for column in zip(*told, strict=True))
    return {
        "habits judged": len(signal),
        "signals": int(signal.sum()),
        "false alarms, of those who have not left": float(signal[stays].mean()),
        "signalled, of those who have left": float(signal[~stays].mean()),
        **_foretold(signal, buys),
    }


def _foretold(signal: np.ndarray, buys: np.ndarray) -> dict[str, float]:
    return {
        "bought nothing there in the next 60 days, with a signal": float(1.0 - buys[signal].mean()),
        "the same, of all habits": float(1.0 - buys.mean()),
        "the same, without a signal": float(1.0 - buys[~signal].mean()),
    }


def retail(path: Path) -> dict[str, float]:
    """What signals foretell on Online Retail, over all moments."""
    history, cards = load(path)
    category_of = dict.fromkeys(range(history.product_count), "the shop")
    told: list[tuple[bool, bool]] = []
    for day in RETAIL_MOMENTS:
        moment = float(np.datetime64(day, "s").astype(np.int64))
        told += judged(history, cards, moment, category_of).values()
    signal, buys = (np.array(column) for column in zip(*told, strict=True))
    return {"habits judged": len(signal), "signals": int(signal.sum()), **_foretold(signal, buys)}


def main() -> int:
    """Prints what the signals are worth, or with ``--json`` all figures."""
    parser = argparse.ArgumentParser(description="What signals of drifting away are worth")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    arguments = parser.parse_args()
    found: dict[str, Any] = {f"simulated shop, seed {seed}": simulated(seed) for seed in SEEDS}
    path = data_file()
    if path is not None:
        found["online-retail"] = retail(path)
    if arguments.json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
        return 0
    for name, figures in found.items():
        sys.stdout.write(f"{name}\n")
        for what, figure in figures.items():
            sys.stdout.write(f"  {what:58} {figure:.3f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
