"""All benches in order, and at the end one table: *ours / best reference / floor*.

Run with ``.venv/bin/python -m tests.bench.table [--json] [--only NAME ...] [--keep FOLDER]``. Each bench is a
process of its own and its figures are read from its ``--json``; with ``--keep`` those documents stay in a
folder, and a table can be made of a folder that is there already with ``--from FOLDER``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.bench.rows import TableRow, read_row

#: in the order of the rows; what has no line in the table comes last
ORDER = (
    "online_retail",
    "half_baskets",
    "gowalla",
    "next_basket",
    "worth",
    "uplift",
    "planted_complements",
    "by_command",
    "training_size",
)
BENCHES = tuple(name for name in ORDER if find_spec(f"tests.bench.{name}"))
COLUMNS = ("row", "task", "ours", "best reference", "floor", "reach", "aim", "minutes", "GiB")


def measured(names: list[str], keep: Path | None) -> tuple[list[TableRow], list[str]]:
    """The lines that these benches give, and what went wrong with which."""
    lines, wrong = [], []
    for name in names:
        started = time.perf_counter()
        sys.stderr.write(f"{name} ...\n")
        done = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{name}", "--json"],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        sys.stderr.write(f"{name}: {time.perf_counter() - started:.0f} s\n")
        if done.returncode or not done.stdout.strip():
            wrong.append(f"{name}: ended with {done.returncode}, nothing measured")
            continue
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{name}.json").write_text(done.stdout)
        lines += lines_of(json.loads(done.stdout))
    return lines, wrong


def lines_of(document: Any) -> list[TableRow]:
    """The lines of the table that a bench's document holds; none where it measures something else."""
    return [read_row(each) for each in document.get("table", [])] if isinstance(document, dict) else []


def as_table(lines: list[TableRow]) -> str:
    """The lines in order of their rows, as Markdown."""
    told = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for each in sorted(lines, key=lambda line: line.row):
        spread = "" if each.spread is None else f" ± {each.spread:.3f}"
        cells = (
            each.row,
            each.task,
            f"**{each.ours:.3f}**{spread}",
            _named(each.reference, each.reference_name, "" if each.reference_measured else ", as published"),
            _named(each.floor, each.floor_name),
            _level(each.reach, each.ours),
            _level(each.aim, each.ours),
            f"{each.minutes:.1f}",
            f"{each.peak_gib:.2f}",
        )
        told.append(f"| {' | '.join(cells)} |")
    return "\n".join(told)


def _named(figure: float | None, name: str, more: str = "") -> str:
    return "" if figure is None else f"{figure:.3f} ({name}{more})"


def _level(level: float | None, ours: float) -> str:
    """The level set, and whether ours is there."""
    return "" if level is None else f"{level:g} {'reached' if ours >= level else 'missed'}"


def main() -> int:
    """Runs, prints the table or JSON; 1 when a bench could not be measured."""
    parser = argparse.ArgumentParser(description="Every bench, and one table at the end")
    parser.add_argument("--json", action="store_true", help="the lines as JSON")
    parser.add_argument("--only", action="append", default=[], choices=BENCHES, help="may be repeated")
    parser.add_argument("--keep", type=Path, help="leave each bench's JSON in this folder")
    parser.add_argument("--from", dest="source", type=Path, help="measure nothing: read this folder")
    arguments = parser.parse_args()
    if arguments.source:
        documents = sorted(arguments.source.glob("*.json"))
        lines, wrong = [line for each in documents for line in lines_of(json.loads(each.read_text()))], []
    else:
        lines, wrong = measured(arguments.only or list(BENCHES), arguments.keep)
    told = json.dumps([line.as_dict() for line in lines], indent=1) if arguments.json else as_table(lines)
    sys.stdout.write(told + "\n")
    for each in wrong:
        sys.stderr.write(each + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
