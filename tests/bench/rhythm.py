"""Row 7 of the benchmarks: when a product runs out, on Online Retail and in the simulated shop.

Run with ``.venv/bin/python -m tests.bench.rhythm [--json]``; the data is looked for in ``RAPPORT_BENCH_DATA``
or beside the repository in ``../shared/data``. From 2011-08-01 until sixty days before the end, each purchase
(one a day) of a product that the shopper bought for at least the third time asks: in how many days again? The
error is that of min(days, 60), over all, bought again or not. Learned strictly before 2011-08-01; the own
purchases up to the one that asks are known, as they are to a live shop.

``--floors`` tells what the floor on being needed again is worth in the simulated shop.
``--earlier`` asks the same of four earlier cuts whose sixty days end before 2011-08-01: what the model is
made of was chosen there. In the simulated shop the interval of each purchase of the last 120 days is held
against the planted time: the share of the planted curve that lies in it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from math import erf
from pathlib import Path
from typing import Any

import numpy as np

from plugin.connectors.simulated import simulate
from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.needs import AT_LEAST_DUE, LONG_OVERDUE
from recommender.rhythm import Rhythm, purchases_of
from recommender.runs import Runs
from tests.bench.online_retail import data_file, load
from tests.bench.rows import TableRow, peak_gib

DAY = 86400.0
CUT = float(np.datetime64("2011-08-01", "s").astype(np.int64))
HORIZON, LEAST = 60.0, 3
EARLIER = (123, 108, 95, 78)  # days before the cut
SEEDS = (7, 8, 9)
FLOORS = (0.0, 0.02, 0.05, 0.1, 0.2)
HELD_BACK_DAYS = 120.0
SIMULATED_UNTIL = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Decisions:
    """One value per purchase that asks: what its run told, the own median and mean gap in days, the days that
    it took (``HORIZON`` where longer or never), the days themselves (infinite for never).
    """

    runs: Runs
    median: np.ndarray
    mean: np.ndarray
    took: np.ndarray
    days: np.ndarray


def decisions(runs: Runs, since: float, until: float) -> Decisions:
    """Every purchase within these days (both ends in) that is at least the third of its run."""
    day = np.floor(runs.time / DAY)
    begins = np.flatnonzero(np.append(True, runs.newest[:-1]))
    place = np.arange(len(day)) - begins[np.cumsum(runs.newest) - runs.newest]
    asking = np.flatnonzero((place >= LEAST - 1) & (day >= since) & (day <= until))
    gaps = [np.diff(day[at - place[at] : at + 1]) for at in asking]
    return Decisions(
        runs=runs.where(asking),
        median=np.array([np.median(each) for each in gaps]),
        mean=np.array([each.mean() for each in gaps]),
        took=np.minimum(runs.took[asking], HORIZON),
        days=runs.took[asking],
    )


def measured(history: Interactions, cards: Cards, cut: float, until: float) -> dict[str, Any]:
    """The mean error of each method in days, what the interval held, and the minutes it took."""
    started = time.perf_counter()
    rhythm = Rhythm().fit(history, cards, as_of=cut)
    asked = decisions(rhythm.runs(purchases_of(history)), cut / DAY, until)
    expected = rhythm.expect(asked.runs)
    guess = expected.return_days
    minutes = (time.perf_counter() - started) / 60
    guesses = {
        "rapport": guess,
        "own median gap": asked.median,
        "own mean gap": asked.mean,
        "never within sixty days": np.full(len(asked.took), HORIZON),
    }
    back = np.isfinite(asked.days)
    held = (asked.days >= expected.early_days) & (asked.days <= expected.late_days)
    return {
        "decisions": len(asked.took),
        "bought again within sixty days": float(np.mean(asked.took < HORIZON)),
        "mean error, days": {
            name: float(np.abs(np.minimum(each, HORIZON) - asked.took).mean())
            for name, each in guesses.items()
        },
        "80 % interval, of those bought again": float(held[back].mean()),
        "minutes": minutes,
    }


def planted(seed: int) -> dict[str, float]:
    """What the 80 % intervals of the simulated shop hold of the planted times, and by own gaps known."""
    world = simulate(seed, until=SIMULATED_UNTIL)
    history, cards = history_of(world)
    cut = SIMULATED_UNTIL.timestamp() - HELD_BACK_DAYS * DAY
    rhythm = Rhythm().fit(history, cards, as_of=cut)
    runs = rhythm.runs(purchases_of(history))
    own, sigma = world.truth["rhythms"]["shoppers"], world.truth["rhythms"]["gap_sigma"]
    lasts = np.array(
        [
            own.get(history.shopper_ids[who], {}).get(history.product_ids[what], np.nan)
            for who, what in zip(runs.shopper, runs.product, strict=True)
        ]
    )
    asking = (runs.time >= cut) & np.isfinite(lasts)
    mine = runs.where(asking)
    expected = rhythm.expect(mine)
    pieces = np.exp(mine.amount - rhythm.log_size_[mine.product])
    middle = lasts[asking] * pieces
    ends = (np.log(each / middle) / sigma for each in (expected.late_days, expected.early_days))
    late, early = (np.array([0.5 * (1.0 + erf(each / 2**0.5)) for each in end]) for end in ends)
    share, told = late - early, expected.known
    by_gaps = {
        name: float(share[mine.gaps == gaps if gaps < 2 else mine.gaps >= 2].mean())
        for gaps, name in enumerate(("no own gap", "one own gap", "two own gaps or more"))
    }
    return {"purchases": len(share), "all": float(share.mean()), "told": float(share[told].mean()), **by_gaps}


def floors(seed: int) -> list[dict[str, float]]:
    """What is due in the simulated shop at each floor on being needed again: how much of it, the share of it
    bought within sixty days, and the share of all that was bought which the floor keeps.
    """
    history, cards = history_of(simulate(seed, until=SIMULATED_UNTIL))
    cut = SIMULATED_UNTIL.timestamp() - HELD_BACK_DAYS * DAY
    rhythm = Rhythm().fit(history, cards, as_of=cut)
    runs = rhythm.runs(purchases_of(history.before(cut)))
    runs = runs.where(runs.newest)
    expected, age = rhythm.expect(runs), (cut - runs.time) / DAY
    gap, again = expected.gap_days, expected.again(age)
    due = expected.known & (age >= AT_LEAST_DUE * gap) & (age <= LONG_OVERDUE * gap)
    later = purchases_of(history)
    soon = (later.time >= cut) & (later.time < cut + HORIZON * DAY)
    bought = set(zip(later.shopper[soon], rhythm.family_[later.product[soon]], strict=True))
    right = np.array([each in bought for each in zip(runs.shopper, runs.family, strict=True)])
    return [
        {
            "floor": floor,
            "due": int((due & (again >= floor)).sum()),
            "bought within sixty days": round(float(right[due & (again >= floor)].mean()), 3),
            "of all bought": round(float(right[due & (again >= floor)].sum() / right[due].sum()), 3),
        }
        for floor in FLOORS
    ]


def history_of(world: Any) -> tuple[Interactions, Cards]:
    """The orders and the cards of a simulated shop, over one numbering."""
    rows = [
        (
            activity["properties"]["order_id"],
            activity.get("userId"),
            line["product_id"],
            line["quantity"],
            datetime.fromisoformat(activity["timestamp"]).timestamp(),
        )
        for activity in world.activities()
        if activity.get("event") == "Order Completed"
        for line in activity["properties"]["products"]
    ]
    names = ("order_ids", "shopper_ids", "product_ids", "quantities", "times")
    history = Interactions.from_columns(**dict(zip(names, zip(*rows, strict=True), strict=True)))
    known = world.products
    cards = Cards.from_columns(
        [each["product_id"] for each in known],
        names=[each["name"] for each in known],
        categories=[each["category"] for each in known],
        group_ids=[each["group_id"] for each in known],
    )
    ids = tuple(sorted({*cards.product_ids, *history.product_ids}))
    return history.over(ids), cards.over(ids)


def run(path: Path) -> dict[str, Any]:
    """All figures of the row."""
    history, cards = load(path)
    end = float(np.floor(history.orders.time.max() / DAY))
    found = measured(history, cards, CUT, end - HORIZON)
    errors = found["mean error, days"]
    own = errors["own median gap"]
    row = TableRow(
        row="7",
        task="when it runs out: days below the error of the own median gap",
        ours=own - errors["rapport"],
        reference=0.0,
        reference_name="own median gap",
        floor=own - errors["own mean gap"],
        floor_name="own mean gap",
        reach=0.12 * own,
        aim=0.20 * own,
        minutes=found["minutes"],
        peak_gib=peak_gib(),
    )
    simulated = {f"seed {seed}": planted(seed) for seed in SEEDS}
    return {**found, "80 % intervals, simulated shop": simulated, "table": [row.as_dict()]}


def earlier(path: Path) -> list[dict[str, Any]]:
    """The same at earlier cuts, none of which sees anything from 2011-08-01 on."""
    history, cards = load(path)
    past = history.before(CUT)
    return [measured(past, cards, CUT - days * DAY, CUT / DAY - HORIZON) for days in EARLIER]


def main() -> int:
    """Prints the errors, or with ``--json`` all figures; 1 when the data is not there."""
    parser = argparse.ArgumentParser(description="Row 7: when it runs out")
    parser.add_argument("--floors", action="store_true", help="what a floor on being needed again is worth")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--earlier", action="store_true", help="at the earlier cuts that choices are made on")
    arguments = parser.parse_args()
    if arguments.floors:
        for seed in SEEDS[:2]:
            for line in floors(seed):
                sys.stdout.write(json.dumps({"seed": seed, **line}) + "\n")
        return 0
    path = data_file()
    if path is None:
        sys.stderr.write(
            "the data is neither in RAPPORT_BENCH_DATA nor in ../shared/data: nothing measured\n"
        )
        return 1
    results = earlier(path) if arguments.earlier else [run(path)]
    if arguments.json:
        sys.stdout.write(json.dumps(results if arguments.earlier else results[0], indent=1) + "\n")
        return 0
    for result in results:
        sys.stdout.write(f"{result['decisions']} decisions\n")
        for name, days in result["mean error, days"].items():
            sys.stdout.write(f"{name:26} {days:6.2f} days\n")
        held = result["80 % interval, of those bought again"]
        sys.stdout.write(f"80 % interval held of those bought again {held:.3f}\n")
        for seed, shares in result.get("80 % intervals, simulated shop", {}).items():
            told = ", ".join(f"{name} {share:.3f}" for name, share in shares.items() if name != "purchases")
            sys.stdout.write(f"simulated shop, {seed}: held of the planted times: {told}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
