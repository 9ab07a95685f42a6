"""Row 10 of the benchmarks: who needs the offer, on Hillstrom's randomised e-mail experiment.

Run with ``.venv/bin/python -m tests.bench.uplift [--json]``; the data is looked for in ``RAPPORT_BENCH_DATA``
or beside the repository in ``../shared/data``. The women's e-mail against none, did the customer visit; half
of the customers to learn from and half to be asked about, 20 times; what the e-mail moved among the 30 % of
the asked that a method puts first. The references are fitted in the same run on the same halves.

``--earlier`` shows where choices were made: the men's e-mail, and the learning half of the first split alone,
itself split again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from recommender.uplift.measures import CHOSEN, uplift_among
from recommender.uplift.uplift import Uplift
from tests.bench.online_retail import data_file
from tests.bench.rows import TableRow, peak_gib

FILE = "hillstrom.parquet"
SEEDS = 20
EARLIER_SEEDS = 15
EARLIER_FROM = 1_000  # seeds of other splits than those that are measured
WOMENS = 3

Experiment = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Figures of each customer, who got the e-mail (0 or 1), who visited (0 or 1)."""


def experiment(path: Path, arm: str) -> Experiment:
    """The customers of one arm and of the one that got nothing."""
    table = pq.read_table(path)
    column = {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}
    kept = np.isin(column["segment"], (arm, "No E-Mail"))
    channel, zip_code = column["channel"], column["zip_code"]
    figures = np.column_stack(
        [
            column["recency"],
            np.log(column["history"]),
            column["mens"],
            column["womens"],
            column["newbie"],
            channel == "Phone",
            channel == "Web",
            zip_code == "Surburban",
            zip_code == "Urban",
        ]
    ).astype(np.float64)
    return figures[kept], (column["segment"][kept] == arm).astype(float), column["visit"][kept].astype(float)


def halves(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Whom is learned from and who is asked about."""
    order = np.random.default_rng(seed).permutation(customers)
    return order[: customers // 2], order[customers // 2 :]


def rapport(known: Experiment, asked: np.ndarray, seed: int) -> np.ndarray:
    """Ours, with its own defaults."""
    return Uplift(seed=seed).fit(*known).uplift(asked)


def two_regressions(known: Experiment, asked: np.ndarray, seed: int) -> np.ndarray:
    """The chance to visit with the e-mail less that without, each by a logistic regression."""
    figures, offered, visited = known
    even = StandardScaler().fit(figures)

    def chance(arm: int) -> np.ndarray:
        of_arm = offered == arm
        learned = LogisticRegression(max_iter=300).fit(even.transform(figures[of_arm]), visited[of_arm])
        return learned.predict_proba(even.transform(asked))[:, 1]

    return chance(1) - chance(0)


def bought_womens(known: Experiment, asked: np.ndarray, seed: int) -> np.ndarray:
    """Who bought women's goods before; among them by lot."""
    return asked[:, WOMENS] + 0.5 * np.random.default_rng(seed).random(len(asked))


def by_lot(known: Experiment, asked: np.ndarray, seed: int) -> np.ndarray:
    """Anybody."""
    return np.random.default_rng(seed).random(len(asked))


METHODS: dict[str, Callable[[Experiment, np.ndarray, int], np.ndarray]] = {
    "rapport": rapport,
    "two logistic regressions": two_regressions,
    "bought women's before": bought_womens,
    "by lot": by_lot,
}


def measured(customers: Experiment, seeds: range) -> dict[str, Any]:
    """The uplift among the chosen by each method, mean and spread over the splits; and how ours compares."""
    figures, offered, visited = customers
    found: dict[str, list[float]] = {name: [] for name in METHODS}
    minutes = 0.0
    for seed in seeds:
        learn, ask = halves(len(visited), seed)
        known = (figures[learn], offered[learn], visited[learn])
        for name, method in METHODS.items():
            started = time.perf_counter()
            score = method(known, figures[ask], seed)
            minutes += (time.perf_counter() - started) / 60 if name == "rapport" else 0.0
            found[name].append(uplift_among(score, offered[ask], visited[ask], CHOSEN))
    ours, two = (np.array(found[name]) for name in ("rapport", "two logistic regressions"))
    womens = np.array(found["bought women's before"])
    return {
        "splits": len(seeds),
        "uplift": {name: {"mean": float(np.mean(v)), "sd": float(np.std(v))} for name, v in found.items()},
        "beside two regressions": {
            "more": float(np.mean(ours - two)),
            "standard error of that": float(np.std(ours - two) / np.sqrt(len(seeds))),
            "splits not below": int(np.sum(ours >= two)),
        },
        "beside bought women's": {
            "more": float(np.mean(ours - womens)),
            "splits not below": int(np.sum(ours >= womens)),
        },
        "minutes": minutes / len(seeds),
    }


def table(row: dict[str, Any]) -> list[TableRow]:
    """The line of the benchmark table."""
    uplift = row["uplift"]
    references = ("two logistic regressions", "bought women's before")
    best = max(references, key=lambda name: uplift[name]["mean"])
    return [
        TableRow(
            row="10", task="who needs the offer: uplift among 30 %", ours=uplift["rapport"]["mean"],
            reference=uplift[best]["mean"], reference_name=best, floor=uplift["by lot"]["mean"],
            floor_name="by lot", reach=0.072, aim=0.078, minutes=row["minutes"], peak_gib=peak_gib(),
            spread=uplift["rapport"]["sd"] / np.sqrt(row["splits"]),
        )
    ]  # fmt: skip


def run(path: Path) -> dict[str, Any]:
    """All figures of the row."""
    row = measured(experiment(path, "Womens E-Mail"), range(SEEDS))
    return {"women's e-mail, visit": row, "table": [each.as_dict() for each in table(row)]}


def earlier(path: Path) -> dict[str, Any]:
    """The same where choices were made: another e-mail, and within the first learning half."""
    seeds = range(EARLIER_FROM, EARLIER_FROM + EARLIER_SEEDS)
    women = experiment(path, "Womens E-Mail")
    first, _ = halves(len(women[2]), 0)
    return {
        "men's e-mail": measured(experiment(path, "Mens E-Mail"), seeds),
        "women's e-mail, within the first learning half": measured(
            (women[0][first], women[1][first], women[2][first]), seeds
        ),
    }


def main() -> int:
    """Prints the figures as JSON, which reads well enough; 1 when the data is not there."""
    parser = argparse.ArgumentParser(description="Row 10: who needs the offer")
    parser.add_argument("--json", action="store_true", help="all figures as JSON")
    parser.add_argument("--earlier", action="store_true", help="before the test part: where choices are made")
    arguments = parser.parse_args()
    beside = data_file()
    path = None if beside is None else beside.parent / FILE
    if path is None or not path.exists():
        sys.stderr.write(
            "the data is neither in RAPPORT_BENCH_DATA nor in ../shared/data: nothing measured\n"
        )
        return 1
    found = earlier(path) if arguments.earlier else run(path)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
