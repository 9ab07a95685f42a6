"""How training grows with a shop: 1, 5 and 20 million generated purchases, with time and peak memory.

Run with ``.venv/bin/python -m tests.bench.training_size [--json] [--lines N ...] [--threads 2] [--part NAME
...]``. The
histories are made from a seed: a year of orders of about five lines, products sold by a long tail, shoppers
who stay mostly within one of 300 tastes. Each size runs in a process of its own. With ``--part`` only these
learned parts are fitted, once each, and told apart; without, a whole model is, with all that it learns twice:
what it weighs by included. Processor minutes are of all threads together.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from recommender.cards import Cards
from recommender.interactions import Interactions, OrderLines
from recommender.model import Model
from recommender.parts import Parts
from tests.bench.gowalla import peak_gib

DAY = 86_400.0
SIZES = (1_000_000, 5_000_000, 20_000_000)
TASTES = 300
LINES_OF_A_SHOPPER, LINES_OF_AN_ORDER, LINES_OF_A_PRODUCT = 50, 5, 200
OUT_OF_TASTE = 0.3


def history(lines: int, seed: int = 0) -> Interactions:
    """So many order lines of a year, written straight into rows; the ids are the rows' numbers."""
    rng = np.random.default_rng(seed)
    shoppers, products = max(20, lines // LINES_OF_A_SHOPPER), max(20, lines // LINES_OF_A_PRODUCT)
    orders = max(1, lines // LINES_OF_AN_ORDER)
    weight = rng.pareto(1.2, shoppers) + 0.2
    whose = np.sort(rng.choice(shoppers, orders, p=weight / weight.sum())).astype(np.int32)
    time_of = rng.random(orders) * 365 * DAY
    by_time = np.argsort(time_of, kind="stable")
    whose, time_of = rng.permutation(whose)[by_time], time_of[by_time]
    order = np.sort(rng.integers(0, orders, lines)).astype(np.int32)
    shopper = whose[order]
    product = _products(rng, shopper, shoppers, products)
    return replace(
        Interactions.from_columns(),
        orders=_each_once(order, shopper, product, time_of[order], products),
        product_ids=tuple(f"p{row:08}" for row in range(products)),
        shopper_ids=tuple(f"s{row:08}" for row in range(shoppers)),
        order_count=orders,
    )


def _products(rng: np.random.Generator, shopper: np.ndarray, shoppers: int, products: int) -> np.ndarray:
    """A product per line: by a long tail, mostly within the shopper's taste."""
    tastes = min(TASTES, max(1, products // 20))
    of_a_taste = products // tastes
    taste = rng.integers(0, tastes, shoppers)[shopper]
    taste = np.where(rng.random(len(shopper)) < OUT_OF_TASTE, rng.integers(0, tastes, len(shopper)), taste)
    # The more even the draw's logarithm, the longer the tail: rank r sells about as 1 / r.
    rank = np.floor(np.exp(rng.random(len(shopper)) * np.log(of_a_taste + 1.0))).astype(np.int64) - 1
    return (np.clip(rank, 0, of_a_taste - 1) * tastes + taste).astype(np.int32)


def _each_once(
    order: np.ndarray, shopper: np.ndarray, product: np.ndarray, when: np.ndarray, products: int
) -> OrderLines:
    _, first = np.unique(order.astype(np.int64) * products + product, return_index=True)
    return OrderLines(
        order[first], shopper[first], product[first], np.ones(len(first), np.float32), when[first]
    )


def measure(lines: int, names: list[str], threads: int) -> dict[str, Any]:
    """The seconds that each stage took and the peak memory of this process."""
    started = time.perf_counter()
    past = history(lines)
    made, before = time.perf_counter(), peak_gib()
    seconds: dict[str, float] = {}
    worked = time.process_time()
    if names:
        _fit_parts(past, names, seconds)
    else:
        _fit_model(past, seconds, threads)
    return {
        "threads": threads,
        "processor minutes": (time.process_time() - worked) / 60,
        "lines": len(past.orders),
        "products": past.product_count,
        "shoppers": len(past.shopper_ids),
        "seconds making": made - started,
        "minutes learning": sum(seconds.values()) / 60,
        "peak gib": peak_gib(),
        "peak gib before learning": before,
        "seconds": seconds,
    }


def _fit_parts(past: Interactions, names: list[str], seconds: dict[str, float]) -> None:
    parts, cards = dict(Parts.unfitted().named()), Cards.none().over(past.product_ids)
    with threadpool_limits(1):
        for name in names:
            started = time.perf_counter()
            parts[name].fit(past, cards, as_of=366 * DAY)
            seconds[name] = time.perf_counter() - started


def _fit_model(past: Interactions, seconds: dict[str, float], threads: int) -> None:
    stages: list[tuple[str, float]] = []
    Model.fit(
        past,
        Cards.none(),
        as_of=366 * DAY,
        threads=threads,
        progress=lambda stage, share: stages.append((stage, time.perf_counter())),
    )
    for (name, start), (_, end) in pairwise(stages):
        seconds[name] = seconds.get(name, 0.0) + end - start


def as_table(rows: list[dict[str, Any]]) -> str:
    """The result as a Markdown table, and below it where the time went."""
    head = ("lines", "products", "shoppers", "minutes learning", "processor minutes", "peak GiB")
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for row in rows:
        lines.append(
            f"| {row['lines']:,} | {row['products']:,} | {row['shoppers']:,} "
            f"| {row['minutes learning']:.2f} | {row['processor minutes']:.2f} | {row['peak gib']:.2f} |"
        )
    for row in rows:
        spent = sorted(row["seconds"].items(), key=lambda each: -each[1])
        lines.append(f"\n{row['lines']:,}: " + ", ".join(f"{name} {value:.0f} s" for name, value in spent))
    return "\n".join(lines)


def main() -> int:
    """Prints the table, or with ``--json`` the figures."""
    parser = argparse.ArgumentParser(description="Training time and memory by size")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--lines", type=int, nargs="+", default=list(SIZES), help="how many purchases")
    parser.add_argument("--part", nargs="+", default=[], help="only these learned parts")
    parser.add_argument("--threads", type=int, default=2, help="how many learn at once")
    parser.add_argument("--here", action="store_true", help="the first size, in this process, as JSON")
    arguments = parser.parse_args()
    if arguments.here:
        sys.stdout.write(json.dumps(measure(arguments.lines[0], arguments.part, arguments.threads)) + "\n")
        return 0
    rows = []
    for lines in arguments.lines:
        words = ["--here", "--lines", str(lines), "--threads", str(arguments.threads)]
        words += ["--part", *arguments.part] if arguments.part else []
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.training_size", *words], stdout=subprocess.PIPE, check=True
        )
        rows.append(json.loads(done.stdout))
    sys.stdout.write((json.dumps(rows, indent=1) if arguments.json else as_table(rows)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
