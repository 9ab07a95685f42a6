"""Row 7 of the benchmarks: when a product runs out, on Online Retail.

Run with ``.venv/bin/python -m tests.bench.rhythm [--json]``; the data is looked for in ``RAPPORT_BENCH_DATA``
or beside the repository in ``../shared/data``. From 2011-08-01 until sixty days before the end, each purchase
(one a day) of a product that the shopper bought for at least the third time asks: in how many days again? The
error is that of min(days, 60), over all, bought again or not. Learned strictly before 2011-08-01; the own
purchases up to the one that asks are known, as they are to a live shop.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recommender.interactions import Interactions
from recommender.rhythm import Rhythm
from tests.bench.online_retail import data_file, load
from tests.bench.rows import TableRow, peak_gib

DAY = 86400.0
CUT = float(np.datetime64("2011-08-01", "s").astype(np.int64))
HORIZON, LEAST = 60.0, 3


@dataclass(frozen=True)
class Decisions:
    """One value per purchase that asks: the product row, the own gaps in days so far, the days that it took
    (``HORIZON`` where longer or never).
    """

    product: np.ndarray
    gaps: list[np.ndarray]
    took: np.ndarray


def decisions(history: Interactions) -> Decisions:
    """Every purchase that asks, by shopper, product and day."""
    lines = history.orders
    day = np.floor(lines.time / DAY).astype(np.int64)
    rows = np.unique(np.stack([lines.shopper.astype(np.int64), lines.product.astype(np.int64), day]), axis=1)
    starts = np.flatnonzero(np.any(np.diff(rows[:2], axis=1, prepend=-1) != 0, axis=0))
    end = int(rows[2].max())
    products: list[int] = []
    gaps: list[np.ndarray] = []
    took: list[float] = []
    for start, stop in zip(starts, np.append(starts[1:], rows.shape[1]), strict=True):
        days = rows[2, start:stop]
        for place in range(LEAST - 1, len(days)):
            if CUT / DAY <= days[place] <= end - HORIZON:
                later = days[place + 1] - days[place] if place + 1 < len(days) else HORIZON
                products.append(int(rows[1, start]))
                gaps.append(np.diff(days[: place + 1]).astype(np.float64))
                took.append(min(float(later), HORIZON))
    return Decisions(np.array(products), gaps, np.array(took))


def run(path: Path) -> dict[str, Any]:
    """The mean error of each method in days, with minutes and memory."""
    history, cards = load(path)
    asked = decisions(history)
    started = time.perf_counter()
    rhythm = Rhythm().fit(history, cards, as_of=CUT)
    logs = np.array([np.log(each).mean() for each in asked.gaps])
    counts = np.array([float(len(each)) for each in asked.gaps])
    expected = rhythm.expect(asked.product, counts, logs).gap_days
    minutes = (time.perf_counter() - started) / 60
    guesses = {
        "rapport": expected,
        "own median gap": np.array([np.median(each) for each in asked.gaps]),
        "own mean gap": np.array([each.mean() for each in asked.gaps]),
        "never within sixty days": np.full(len(asked.took), HORIZON),
    }
    errors = {name: float(_error(each, asked).mean()) for name, each in guesses.items()}
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
        minutes=minutes,
        peak_gib=peak_gib(),
    )
    return {
        "decisions": len(asked.took),
        "bought again within sixty days": float(np.mean(asked.took < HORIZON)),
        "mean error, days": errors,
        "table": [row.as_dict()],
    }


def _error(guess: np.ndarray, asked: Decisions) -> np.ndarray:
    return np.abs(np.minimum(guess, HORIZON) - asked.took)


def main() -> int:
    """Prints the errors, or with ``--json`` all figures; 1 when the data is not there."""
    parser = argparse.ArgumentParser(description="Row 7: when it runs out")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    arguments = parser.parse_args()
    path = data_file()
    if path is None:
        sys.stderr.write(
            "the data is neither in RAPPORT_BENCH_DATA nor in ../shared/data: nothing measured\n"
        )
        return 1
    result = run(path)
    if arguments.json:
        sys.stdout.write(json.dumps(result, indent=1) + "\n")
        return 0
    sys.stdout.write(f"{result['decisions']} decisions\n")
    for name, days in result["mean error, days"].items():
        sys.stdout.write(f"{name:26} {days:6.2f} days\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
