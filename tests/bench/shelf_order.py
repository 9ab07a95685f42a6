"""What the order of a shelf costs and brings on Online Retail, before the cut that the benchmarks test after.

Run with ``.venv/bin/python -m tests.bench.shelf_order [--json]``. Learned before 2011-08-15, asked until
2011-10-01, so that a weight can be chosen here and nothing of the test part is looked at. For each weight of
diversity: HR@10, its difference from none with the standard error of that difference, and how alike the ten
products are to each other. For each band of certainty: how many of the first ten cards are in it, and the
share of them that was right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise
from typing import Any

import numpy as np

from plugin.catalog import Product
from plugin.placements import Diversity
from plugin.shelf.order import ordered
from plugin.shelf.picks import Pick, pick_of
from recommender.evaluation.cases import Case, basket_cases, discovery_cases
from recommender.model import Model
from tests.bench.online_retail import CUT, data_file, load

SINCE = float(np.datetime64("2011-08-15", "s").astype(np.int64))
WEIGHTS = (0.0, 0.1, 0.3, 0.5, 1.0)
BANDS = (0.0, 0.25, 0.75, 0.9, 1.0)
MOST_CASES, SHELF, LOOKED_AT = 1_200, 10, 15


def run() -> dict[str, Any]:
    """The figures of baskets, product pages and products new to the shopper."""
    path = data_file()
    if path is None:
        raise SystemExit("online-retail.parquet is not there: nothing measured")
    interactions, cards = load(path)
    past = interactions.before(CUT)
    model = Model.fit(past, cards, as_of=SINCE)
    baskets = basket_cases(past, SINCE, CUT, seed=0)
    tasks = {
        "baskets": ("complements", baskets),
        "product pages": ("complements", [_page(case) for case in baskets]),
        "new to the shopper": ("for-you", discovery_cases(past, SINCE, CUT)),
    }
    return {
        name: _figures(model, past.product_ids, kind, _drawn(cases)) for name, (kind, cases) in tasks.items()
    }


def _page(case: Case) -> Case:
    """The same case as somebody unknown has it before the page of the basket's last product."""
    return replace(
        case, question=replace(case.question, products=case.question.basket[-1:], basket=(), bought=())
    )


def _drawn(cases: Sequence[Case]) -> list[Case]:
    if len(cases) <= MOST_CASES:
        return list(cases)
    kept = np.random.default_rng(0).choice(len(cases), MOST_CASES, replace=False)
    return [cases[place] for place in sorted(kept)]


def _figures(model: Model, ids: Sequence[str], kind: str, cases: Sequence[Case]) -> dict[str, Any]:
    hits = np.zeros((len(WEIGHTS), len(cases)))
    alike = np.zeros((len(WEIGHTS), len(cases)))
    sure: list[tuple[float, bool]] = []
    for column, case in enumerate(cases):
        right = {ids[row] for row in case.right}
        picks = _picks(model, kind, case, {ids[row] for row in case.barred})
        sure += [(pick.certainty(), pick.product.product_id in right) for pick in picks[:SHELF]]
        for row, weight in enumerate(WEIGHTS):
            shelf = ordered(picks, SHELF, Diversity(weight, None, None), [], model.nearest)
            shown = [pick.product.product_id for pick in shelf]
            hits[row, column] = any(each in right for each in shown)
            alike[row, column] = _likeness(model, shown)
    return {
        "cases": len(cases),
        "weights": [_weight(weight, hits[row], hits[0], alike[row]) for row, weight in enumerate(WEIGHTS)],
        "certainty": list(_bands(np.array(sure))),
    }


def _picks(model: Model, kind: str, case: Case, barred: set[str]) -> list[Pick]:
    question = replace(case.question, take=partial(_free, barred))
    found = islice(model.candidates(question), LOOKED_AT)
    return [pick_of(each, Product(each.product_id), kind, (), {}) for each in found]


def _free(barred: set[str], product_id: str) -> bool:
    return product_id not in barred


def _likeness(model: Model, shown: Sequence[str]) -> float:
    pairs = [model.alike(one).get(other, 0.0) for place, one in enumerate(shown) for other in shown[:place]]
    return float(np.mean(pairs)) if pairs else 0.0


def _weight(weight: float, hits: np.ndarray, without: np.ndarray, alike: np.ndarray) -> dict[str, float]:
    change = hits - without
    return {
        "weight": weight,
        "hr": float(hits.mean()),
        "change": float(change.mean()),
        "se": float(change.std() / np.sqrt(len(change))),
        "alike": float(alike.mean()),
    }


def _bands(sure: np.ndarray) -> Any:
    for low, high in pairwise(BANDS):
        inside = (sure[:, 0] >= low) & ((sure[:, 0] < high) | (high == BANDS[-1]))
        if inside.any():
            share = float(sure[inside, 1].mean())
            yield {"from": low, "to": high, "cards": int(inside.sum()), "right": share}


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description="What the order of a shelf costs and brings")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    wanted = parser.parse_args()
    result = run()
    if wanted.json:
        sys.stdout.write(json.dumps(result, indent=1) + "\n")
        return 0
    for name, figures in result.items():
        sys.stdout.write(f"{name}, {figures['cases']} cases\n")
        for row in figures["weights"]:
            change = f"{row['change']:+.4f} (se {row['se']:.4f})"
            sys.stdout.write(
                f"  weight {row['weight']}: HR@10 {row['hr']:.4f}, {change}, alike {row['alike']:.3f}\n"
            )
        for band in figures["certainty"]:
            cards = f"{band['cards']} cards, right {band['right']:.4f}"
            sys.stdout.write(f"  certainty {band['from']} to {band['to']}: {cards}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
