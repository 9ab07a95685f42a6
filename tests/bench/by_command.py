"""Online Retail through the command line, as a shop would: import, train, recommend, evaluate, with times.

Run with ``.venv/bin/python -m tests.bench.by_command [--json]``. The whole untouched file is imported;
the model is marked 2011-10-01. The later invoices of 2 to 30 products each hide one product (seed 0) and
are asked as ``complements``, with the shopper and without; later first purchases as ``for-you``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from recommender.evaluation.cases import Case, basket_cases, discovery_cases
from recommender.interactions import Interactions
from tests.bench.online_retail import CUT, data_file, load

COLUMNS = (
    "order_id=InvoiceNo,product_id=StockCode,shopper_id=CustomerID,quantity=Quantity,"
    "price=UnitPrice,ordered_at=InvoiceDate,name=Description"
)
AS_OF = "2011-10-01"


class Commands:
    """Runs `rapport` in one data folder and keeps the seconds each command took."""

    def __init__(self, folder: Path) -> None:
        self.seconds: dict[str, float] = {}
        self._folder = folder
        self._environment = {**os.environ, "RAPPORT_DATA": str(folder / "data")}

    def run(self, name: str, *arguments: str) -> Any:
        """Return the JSON that one command printed."""
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments, "--json"],
            env={**self._environment, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
            cwd=self._folder,
            stdout=subprocess.PIPE,
            check=True,
        )
        self.seconds[name] = round(time.perf_counter() - started, 1)
        return json.loads(done.stdout)


def run(path: Path) -> dict[str, Any]:
    """Return what each command took and what the answers were worth."""
    interactions, _ = load(path)
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as name:
        folder = Path(name)
        commands = Commands(folder)
        made = commands.run(
            "create", "shops", "create", "Online Retail", "--currency", "GBP", "--timezone", "Europe/London"
        )
        shop = ("--shop", made["shop_id"])
        imported = commands.run("import", "import", "orders", str(path), *shop, "--map", COLUMNS)
        trained = commands.run("train", "train", *shop, "--as-of", AS_OF)
        judged = commands.run("evaluate", "evaluate", *shop, "--as-of", AS_OF, "--days", "70")
        found = {}
        for task, queries, right in _tasks(interactions):
            asked, answered = folder / "asked.ndjson", folder / "answered.ndjson"
            asked.write_text("".join(json.dumps(query) + "\n" for query in queries))
            commands.run(
                task, "recommend", *shop, "--queries", str(asked), "--out", str(answered), "--as-of", AS_OF
            )
            found[task] = _figures(answered, right)
    return {
        "imported": imported,
        "learned_from": trained["orders"],
        "evaluate": judged["rows"],
        "recommend": found,
        "seconds": commands.seconds,
        "import_train_evaluate": round(
            sum(commands.seconds[each] for each in ("import", "train", "evaluate")), 1
        ),
    }


def _tasks(interactions: Interactions) -> list[tuple[str, list[dict[str, Any]], list[set[str]]]]:
    baskets = basket_cases(interactions, CUT, np.inf, 0)
    discoveries = discovery_cases(interactions, CUT, np.inf)
    ids = interactions.product_ids
    known = [_query(case, "complements", 10, shopper=True) for case in baskets]
    strangers = [_query(case, "complements", 10, shopper=False) for case in baskets]
    new = [_query(case, "for-you", 20, shopper=True) for case in discoveries]
    right = [{ids[row] for row in case.right} for case in baskets]
    return [
        ("complements, shopper known", known, right),
        ("complements, shopper not known", strangers, right),
        ("for-you", new, [{ids[row] for row in case.right} for case in discoveries]),
    ]


def _query(case: Case, kind: str, limit: int, *, shopper: bool) -> dict[str, Any]:
    query: dict[str, Any] = {"kind": kind, "basket": list(case.question.basket), "limit": limit}
    if shopper:
        query["shopper"] = case.question.shopper_id
    return query


def _figures(answers: Path, right: list[set[str]]) -> dict[str, float]:
    """Hit rate and recall at the limit, NDCG with the ideal over as many as there are right ones."""
    hits = recall = ndcg = 0.0
    lines = answers.read_text().splitlines()
    for line, wanted in zip(lines, right, strict=True):
        shown = [each["product_id"] for each in json.loads(line)["products"]]
        found = np.array([each in wanted for each in shown], bool)
        gains = 1.0 / np.log2(np.arange(2, len(shown) + 2))
        ideal = 1.0 / np.log2(np.arange(2, min(len(wanted), 20) + 2))
        hits += found.any()
        recall += found.sum() / len(wanted)
        ndcg += gains[found].sum() / ideal.sum()
    count = len(lines)
    return {
        "queries": count,
        "hit_rate": round(float(hits) / count, 4),
        "recall": round(float(recall) / count, 4),
        "ndcg": round(float(ndcg) / count, 4),
    }


def main() -> int:
    """Run, and print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    path = data_file()
    if path is None:
        sys.stderr.write("skipped: online-retail.parquet is not there (RAPPORT_BENCH_DATA)\n")
        return 0
    result = run(path)
    if asked.json:
        sys.stdout.write(json.dumps(result) + "\n")
        return 0
    for task, row in result["recommend"].items():
        sys.stdout.write(f"{task:32} {row}\n")
    for row in result["evaluate"]:
        sys.stdout.write(f"evaluate: {row['method']:28} HR@10 {row['hr']['10']:.3f}\n")
    sys.stdout.write(f"seconds: {result['seconds']}\n")
    sys.stdout.write(f"import, train and evaluate together: {result['import_train_evaluate']} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
