"""Rows 1 and 3 of the benchmarks on Online Retail: complete the basket, and products new to the shopper.

Run with ``.venv/bin/python -m tests.bench.online_retail [--json]``; the data is looked for in
``RAPPORT_BENCH_DATA`` or beside the repository in ``../shared/data``. Everything is learned strictly before
2011-10-01; ranking is over all products through the same door that serves; the plain methods run in the
same process on the same cases.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from recommender.cards import Cards
from recommender.evaluation.cases import Case, basket_cases, discovery_cases
from recommender.evaluation.evaluate import CUTOFFS, Judge, Row, answers_of, figures
from recommender.evaluation.metrics import Market
from recommender.interactions import Interactions
from recommender.model import Model
from tests.bench.references import ease
from tests.bench.rows import TableRow, peak_gib

FILE = "online-retail.parquet"
CUT = float(np.datetime64("2011-10-01", "s").astype(np.int64))

#: What others reach by the same protocol, as the project's benchmark table gives it.
REFERENCES = {
    "complete the basket": {"popularity": 0.032, "raw counts": 0.176, "cosine": 0.299, "EASE": 0.338},
    "new to the shopper": {"popularity": 0.034, "implicit ALS": 0.086, "EASE": 0.095},
}


def data_file() -> Path | None:
    """Where the data lies, or None."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("RAPPORT_BENCH_DATA") or beside)
    return folder / FILE if (folder / FILE).exists() else None


def clean_rows(path: Path) -> dict[str, np.ndarray]:
    """The 396,337 clean lines: customer known, quantity and price above 0, code starting with five digits."""
    table = pq.read_table(path)
    clean = pc.and_(
        pc.and_(pc.is_valid(table["CustomerID"]), pc.match_substring_regex(table["StockCode"], r"^\d{5}")),
        pc.and_(pc.greater(table["Quantity"], 0), pc.greater(table["UnitPrice"], 0)),
    )
    table = table.filter(clean)
    return {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}


def load(path: Path) -> tuple[Interactions, Cards]:
    """The clean lines as a history, and a card per product."""
    column = clean_rows(path)
    times = column["InvoiceDate"].astype("datetime64[s]").astype(np.int64).astype(np.float64)
    interactions = Interactions.from_columns(
        order_ids=column["InvoiceNo"],
        shopper_ids=column["CustomerID"],
        product_ids=column["StockCode"],
        quantities=column["Quantity"],
        times=times,
    )
    return interactions, _cards(column, times)


def _cards(column: dict[str, np.ndarray], times: np.ndarray) -> Cards:
    """A card per product as its first line has it, so that nothing later is known."""
    first: dict[str, int] = {}
    for line in np.argsort(times, kind="stable").tolist():
        first.setdefault(column["StockCode"][line], line)
    ids, lines = sorted(first), [first[each] for each in sorted(first)]
    return Cards.from_columns(
        ids,
        names=[str(column["Description"][line] or "") for line in lines],
        prices=column["UnitPrice"][lines],
        first_seen=times[lines],
    )


def run(path: Path) -> dict[str, Any]:
    """Both rows, with the time and memory they took."""
    started = time.perf_counter()
    interactions, cards = load(path)
    loaded = time.perf_counter()
    model = Model.fit(interactions, cards, as_of=CUT)
    fitted, peak = time.perf_counter(), peak_gib()
    baskets = basket_cases(interactions, CUT, np.inf, seed=0)
    past = interactions.before(CUT)
    basket_rows = _judged(model, past, "complements", baskets)
    basket_rows.insert(1, _strangers(model, interactions))
    discoveries = discovery_cases(interactions, CUT, np.inf)
    discovery_rows = _judged(model, past, "for-you", discoveries)
    judged = time.perf_counter()
    minutes = (fitted - loaded + basket_rows[0].seconds + discovery_rows[0].seconds) / 60
    return {
        "lines": len(cards and interactions.orders),
        "products known": len(model.product_ids),
        "lessons": {name: count for name, count in model.counts.items() if name.startswith("lessons")},
        "tasks": [
            _task("complete the basket", len(baskets), basket_rows),
            _task("new to the shopper", len(discoveries), discovery_rows),
        ],
        "minutes": {
            "loading": (loaded - started) / 60,
            "learning": (fitted - loaded) / 60,
            "judging": (judged - fitted) / 60,
        },
        "peak_gib": peak,
        "table": _table(basket_rows, discovery_rows, minutes, peak),
    }


def _judged(model: Model, past: Interactions, kind: str, cases: list[Case]) -> list[Row]:
    """Ours, the baselines and EASE on these cases."""
    judge = Judge(past, cases, Market.of(past))
    judge.hear_model(model)
    judge.hear_others(kind, ease)
    return judge.rows()


def _table(baskets: list[Row], discoveries: list[Row], minutes: float, peak: float) -> list[dict[str, Any]]:
    """The lines of the table: ours, the best of what ran beside it, and popularity."""
    lines = (
        ("1", "complete the basket, shopper known: HR@10", baskets, "hr@10", 0.375, 0.40),
        ("1", "complete the basket, shopper not known: HR@10", baskets[1:], "hr@10", 0.34, 0.36),
        ("3", "new to the shopper: R@20", discoveries, "recall@20", 0.118, 0.13),
        ("3", "new to the shopper: N@20", discoveries, "ndcg@20", 0.14, 0.155),
    )
    found = []
    for row, task, rows, measure, reach, aim in lines:
        name, k = measure.split("@")
        figure = {each.method: getattr(each, name)[int(k)] for each in rows}
        references = {method: figure[method] for method in figure if not method.startswith("rapport")}
        best = max(references, key=lambda method: references[method])
        line = TableRow(
            row=row,
            task=task,
            ours=figure[rows[0].method],
            reference=references[best],
            reference_name=best,
            floor=references["popularity"],
            floor_name="popularity",
            reach=reach,
            aim=aim,
            minutes=minutes,
            peak_gib=peak,
            spread=rows[0].standard_error.get(measure),
        )
        found.append(line.as_dict())
    return found


def _strangers(model: Model, interactions: Interactions) -> Row:
    cases = basket_cases(interactions, CUT, np.inf, seed=0, known=False)
    started = time.perf_counter()
    answers = answers_of(model, interactions.product_ids, cases, max(CUTOFFS))
    taken = time.perf_counter() - started
    return figures("rapport, shopper not known", cases, answers, interactions.product_count, taken)


def _task(name: str, cases: int, rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "task": name,
        "cases": cases,
        "references": REFERENCES[name],
        "rows": [asdict(row) for row in rows],
    }


def as_table(result: dict[str, Any]) -> str:
    """The result as a Markdown table per task."""
    lines = []
    for task in result["tasks"]:
        known = ", ".join(f"{name} {value:.3f}" for name, value in task["references"].items())
        lines += [f"{task['task']} ({task['cases']} cases; references: {known})", ""]
        lines += [
            "| method | HR@10 | R@10 | R@20 | N@10 | N@20 | coverage@10 | ms a case |",
            "|---|" + "---|" * 7,
        ]
        for row in task["rows"]:
            values = (row["hr"][10], row["recall"][10], row["recall"][20], row["ndcg"][10], row["ndcg"][20])
            shown = " | ".join(f"{value:.4f}" for value in (*values, row["coverage"][10]))
            lines.append(f"| {row['method']} | {shown} | {1000 * row['seconds'] / task['cases']:.2f} |")
        lines.append("")
    minutes = ", ".join(f"{name} {value:.2f}" for name, value in result["minutes"].items())
    return "\n".join([*lines, f"Minutes: {minutes}. Peak memory {result['peak_gib']:.2f} GiB."])


def main() -> int:
    """Prints the table, or with ``--json`` the figures; 1 when the data is not there."""
    parser = argparse.ArgumentParser(description="Rows 1 and 3 on Online Retail")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    arguments = parser.parse_args()
    path = data_file()
    if path is None:
        sys.stderr.write(f"{FILE} is neither in RAPPORT_BENCH_DATA nor in ../shared/data: nothing measured\n")
        return 1
    result = run(path)
    sys.stdout.write((json.dumps(result, indent=1) if arguments.json else as_table(result)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
