"""Row 2 of the benchmarks on Online Retail: half of a basket is hidden, the shopper is known.

Run with ``.venv/bin/python -m tests.bench.half_baskets [--json]``. Everything is learned strictly before
2011-11-09. Of each later invoice with at least four products sold before, a random half of those (seed 7) is
hidden; recall counts against at most ten. Ranking is over all products, through the door that serves; EASE
and the plain methods run in the same process on the same cases.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from recommender.evaluation.cases import Case
from recommender.evaluation.evaluate import Judge
from recommender.evaluation.metrics import Market, hits_of, ndcg, recall
from recommender.histories import Histories, orders_of
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.question import Question
from tests.bench.online_retail import FILE, data_file, load
from tests.bench.references import ease
from tests.bench.rows import TableRow, peak_gib

CUT = float(np.datetime64("2011-11-09", "s").astype(np.int64))
LEAST_KNOWN, SEED, CUTOFF = 4, 7, 10
LEVELS = {"recall": (0.345, 0.36), "ndcg": (0.348, 0.365)}


def half_basket_cases(interactions: Interactions, as_of: float) -> list[Case]:
    """The later invoices, half of their products that were sold before ``as_of`` hidden."""
    rng, histories, ids = np.random.default_rng(SEED), Histories(interactions), interactions.product_ids
    sold = np.zeros(interactions.product_count, bool)
    sold[interactions.before(as_of).orders.product] = True
    found = []
    for shopper, moment, products in orders_of(interactions.since(as_of).orders, (LEAST_KNOWN, 10**6)):
        known = products[sold[products]]
        if len(known) < LEAST_KNOWN:
            continue
        mixed = rng.permutation(known)
        hidden, basket = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
        question = Question(
            "complements",
            basket=tuple(ids[row] for row in basket),
            bought=histories.bought(shopper, moment),
            now=moment,
            shopper_id=interactions.shopper_ids[shopper],
        )
        found.append(Case(question, frozenset(hidden.tolist()), basket, frozenset(basket.tolist())))
    return found


def run(path: Path) -> dict[str, Any]:
    """The figures of ours, EASE and the plain methods, with time and memory."""
    interactions, cards = load(path)
    started = time.perf_counter()
    model = Model.fit(interactions, cards, as_of=CUT)
    learned, peak = time.perf_counter() - started, peak_gib()
    past, cases = interactions.before(CUT), half_basket_cases(interactions, CUT)
    judge = Judge(past, cases, Market.of(past))
    judge.hear_model(model)
    judge.hear_others("complements", ease)
    figures = {each.method: _figures(cases, each.answers) for each in judge.answered}
    return {"cases": len(cases), "figures": figures, "table": _table(figures, learned / 60, peak)}


def _figures(cases: list[Case], answers: list[list[int]]) -> dict[str, float]:
    wanted = np.array([len(case.right) for case in cases])
    hits = hits_of([case.right for case in cases], answers)
    return {
        "recall": float(recall(hits, np.minimum(wanted, CUTOFF), CUTOFF).mean()),
        "ndcg": float(ndcg(hits, wanted, CUTOFF).mean()),
    }


def _table(figures: dict[str, dict[str, float]], minutes: float, peak: float) -> list[dict[str, Any]]:
    ours, *others = figures
    found = []
    for measure, (reach, aim) in LEVELS.items():
        best = max(others, key=lambda name: figures[name][measure])
        line = TableRow(
            row="2",
            task=f"half of the basket, shopper known: {'R' if measure == 'recall' else 'N'}@{CUTOFF}",
            ours=figures[ours][measure],
            reference=figures[best][measure],
            reference_name=best,
            floor=figures["popularity"][measure],
            floor_name="popularity",
            reach=reach,
            aim=aim,
            minutes=minutes,
            peak_gib=peak,
        )
        found.append(line.as_dict())
    return found


def main() -> int:
    """Prints the figures, or with ``--json`` all of them as JSON; 1 when the data is not there."""
    parser = argparse.ArgumentParser(description="Row 2 on Online Retail")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    arguments = parser.parse_args()
    path = data_file()
    if path is None:
        sys.stderr.write(f"{FILE} is neither in RAPPORT_BENCH_DATA nor in ../shared/data: nothing measured\n")
        return 1
    result = run(path)
    if arguments.json:
        sys.stdout.write(json.dumps(result, indent=1) + "\n")
        return 0
    sys.stdout.write(f"{result['cases']} cases, half of each basket hidden\n")
    for name, each in result["figures"].items():
        sys.stdout.write(f"{name:28} R@10 {each['recall']:.4f}  N@10 {each['ndcg']:.4f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
