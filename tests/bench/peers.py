"""Others of the field on the same cases as we: rows 1 and 3 on Online Retail, with time and memory.

Run with ``.venv/bin/python -m tests.bench.peers [--json] [--tune] [--python INTERPRETER ...]``. implicit is
always at hand; irspack comes with ``make peers`` into ``.venv-peers``, RecTools, which wants an older numpy
than ours, into ``.venv-rectools``. Whose library is in none of these is left out. Each runs in a process of
its own, on one thread, with its library's own settings and, with ``--tune``, also with the best of a few
others on the last four weeks before the cut.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from plugin.peers import HERE, Peers, installed
from recommender.evaluation.cases import basket_cases, discovery_cases
from recommender.evaluation.evaluate import Judge
from recommender.evaluation.metrics import Market
from recommender.model import Model
from tests.bench.online_retail import CUT, FILE, data_file, load
from tests.bench.rows import peak_gib

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = (ROOT / ".venv-peers/bin/python", ROOT / ".venv-rectools/bin/python")


def run(path: Path, pythons: list[Path], *, tune: bool, only: list[str]) -> dict[str, Any]:
    """Both rows: ours, the baselines, and every peer that is installed."""
    interactions, cards = load(path)
    started = time.perf_counter()
    model = Model.fit(interactions, cards, as_of=CUT)
    learned_in = time.perf_counter() - started
    ours_alone = peak_gib()
    past = interactions.before(CUT)
    tasks = []
    for name, kind, cases in (
        ("complete the basket", "complements", basket_cases(interactions, CUT, np.inf, seed=0)),
        ("new to the shopper", "for-you", discovery_cases(interactions, CUT, np.inf)),
    ):
        judge, peers = Judge(past, cases, Market.of(past, cards)), Peers(pythons, tune=tune, only=only)
        judge.hear_model(model)
        judge.answered[0] = replace(judge.answered[0], learned_in=learned_in, peak_gib=ours_alone)
        judge.hear_others(kind, peers, lambda peer: sys.stderr.write(f"{peer}\n"))
        rows = [asdict(row) for row in judge.rows()]
        tasks.append({"task": name, "cases": len(cases), "rows": rows, "failed": peers.failed})
    return {"peers": {name: _version(name, at) for name, at in installed(pythons).items()}, "tasks": tasks}


def _version(name: str, python: Path) -> str:
    library = name.split()[0].lower()
    asked = f"import importlib.metadata; print(importlib.metadata.version({library!r}))"
    return subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout.strip()


def as_table(result: dict[str, Any]) -> str:
    """The result as a Markdown table per task, best first by what the task is judged by."""
    lines = []
    for task in result["tasks"]:
        kind, k = ("hr", 10) if task["task"] == "complete the basket" else ("recall", 20)
        lines += [f"{task['task']} ({task['cases']} cases)", ""]
        columns = "HR@10 | R@20 | N@10 | N@20 | coverage@10 | ours against it | learn s | answer ms | GiB"
        lines += [f"| method | {columns} |", "|---|" + "---|" * 9]
        for row in sorted(task["rows"], key=lambda each: -each[kind][k]):
            lines.append(_line(row, "hr@10" if kind == "hr" else "recall@20", task["cases"]))
        lines += ["", *(f"{name} failed: {why}" for name, why in task["failed"].items()), ""]
    return "\n".join(lines)


def _line(row: dict[str, Any], measure: str, cases: int) -> str:
    cells = [row["hr"][10], row["recall"][20], row["ndcg"][10], row["ndcg"][20], row["coverage"][10]]
    verdict = row["against"][measure]["verdict"] if row["against"] else ""
    learned = "" if row["learned_in"] is None else f"{row['learned_in']:.1f}"
    peak = "" if row["peak_gib"] is None else f"{row['peak_gib']:.2f}"
    tuned = f" ({row['setting']})" if row["method"].endswith("tuned") else ""
    shown = " | ".join(f"{cell:.4f}" for cell in cells)
    milliseconds = f"{1000 * row['seconds'] / cases:.2f}"
    return f"| {row['method']}{tuned} | {shown} | {verdict} | {learned} | {milliseconds} | {peak} |"


def main() -> int:
    """Prints the tables, or with ``--json`` the figures; 1 when the data is not there."""
    parser = argparse.ArgumentParser(description="Others of the field on rows 1 and 3")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--tune", action="store_true", help="also each peer's best of a few settings")
    parser.add_argument("--python", type=Path, action="append", default=[], help="an interpreter with peers")
    parser.add_argument("--only", action="append", default=[], help="the name of a peer; may be repeated")
    arguments = parser.parse_args()
    path = data_file()
    if path is None:
        sys.stderr.write(f"{FILE} is neither in RAPPORT_BENCH_DATA nor in ../shared/data: nothing measured\n")
        return 1
    pythons = [HERE, *(each for each in (*arguments.python, *ENVIRONMENTS) if each.exists())]
    result = run(path, pythons, tune=arguments.tune, only=arguments.only)
    sys.stdout.write((json.dumps(result, indent=1) if arguments.json else as_table(result)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
