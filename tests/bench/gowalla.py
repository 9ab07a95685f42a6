"""Row 4 of the benchmarks, Gowalla with the split that the field publishes on: products new to the shopper.

Run with ``.venv/bin/python -m tests.bench.gowalla [--json] [--shoppers N]``; the data is looked for in
``RAPPORT_BENCH_DATA`` or beside the repository in ``../shared/data``. The set has no times and no order:
each shopper's training pairs are one order, all at one moment, and the engine finds by itself that there is
no recent past to learn weights from. Ranking is over all products through the door that serves; the ideal of
NDCG is over min(20, relevant). Each method runs in a process of its own, whose minutes and peak memory are
told.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.cards import Cards
from recommender.histories import Histories
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.question import Question
from tests.bench.rows import TableRow

CUTOFF = 20
NOW = 86_400.0
METHODS = ("rapport", "implicit ALS", "implicit cosine")

#: What others reach on this split (R@20, N@20), as the project's benchmark table gives it.
REFERENCES = {
    "LightGCN": (0.182, 0.155),
    "EASE": (0.177, 0.147),
    "GF-CF": (0.185, 0.152),
    "UltraGCN": (0.186, 0.158),
    "SimpleX": (0.187, 0.156),
}

#: measure, its standard error, and the levels set for it
LEVELS = (("recall@20", "recall se", 0.193, 0.200), ("ndcg@20", "ndcg se", 0.160, 0.165))


def data_folder() -> Path | None:
    """Where the two files lie, or None."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("RAPPORT_BENCH_DATA") or beside)
    return folder if (folder / "gowalla-test.parquet").exists() else None


def load(folder: Path) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Shoppers by products (0/1), what was learned from and what is to be foreseen."""
    pairs = {
        part: pq.read_table(folder / f"gowalla-{part}.parquet", columns=["user", "item"])
        for part in ("train", "test")
    }
    columns = {part: [table[name].to_numpy() for name in ("user", "item")] for part, table in pairs.items()}
    shape = tuple(int(max(each[axis].max() for each in columns.values())) + 1 for axis in (0, 1))
    train, test = (
        sparse.csr_matrix((np.ones(len(user), np.float32), (user, item)), shape=shape)
        for user, item in columns.values()
    )
    return train, test


def interactions_of(train: sparse.csr_matrix) -> Interactions:
    """The training pairs as a shop's history: one order a shopper, all at one moment."""
    whose = np.repeat(np.arange(train.shape[0]), np.diff(train.indptr))
    shoppers = np.char.mod("s%05d", whose)
    return Interactions.from_columns(
        order_ids=np.char.mod("o%05d", whose),
        shopper_ids=shoppers,
        product_ids=np.char.mod("p%05d", train.indices),
        quantities=np.ones(train.nnz),
        times=np.full(train.nnz, NOW - 1.0),
    )


def ours(train: sparse.csr_matrix, asked: np.ndarray) -> tuple[np.ndarray, dict[str, float]]:
    """The answers of a model with default settings (rows, -1 where a list is short), and the seconds."""
    history = interactions_of(train)
    started = time.perf_counter()
    model = Model.fit(history, Cards.none(), as_of=NOW)
    learned = time.perf_counter()
    histories, answers = Histories(history), np.full((len(asked), CUTOFF), -1)
    row_of = {name: row for row, name in enumerate(history.shopper_ids)}
    for place, shopper in enumerate(asked.tolist()):
        name = f"s{shopper:05}"
        past = histories.bought(row_of[name], NOW) if name in row_of else ()
        found = model.suggest(
            Question("for-you", bought=past, now=NOW, limit=CUTOFF, shopper_id=name, fallback=())
        )
        answers[place, : len(found)] = [int(each.product_id[1:]) for each in found]
    return answers, {"learning": learned - started, "answering": time.perf_counter() - learned}


def theirs(method: str, train: sparse.csr_matrix, asked: np.ndarray) -> tuple[np.ndarray, dict[str, float]]:
    """The answers of one of implicit's models, with 64 factors or 100 neighbours, else as it comes."""
    from implicit.cpu.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import CosineRecommender

    made = {
        "implicit ALS": lambda: AlternatingLeastSquares(factors=64, random_state=0, num_threads=1),
        "implicit cosine": lambda: CosineRecommender(K=100, num_threads=1),
    }
    model = made[method]()
    started = time.perf_counter()
    with threadpool_limits(1):
        model.fit(train, show_progress=False)
        learned = time.perf_counter()
        answers, _ = model.recommend(asked, train[asked], N=CUTOFF, filter_already_liked_items=True)
    return answers, {"learning": learned - started, "answering": time.perf_counter() - learned}


def judged(answers: np.ndarray, test: sparse.csr_matrix, asked: np.ndarray) -> dict[str, float]:
    """Recall and NDCG at 20 over those with anything to foresee, and the standard error of both."""
    gains = 1.0 / np.log2(np.arange(2, CUTOFF + 2))
    ideal = np.cumsum(gains)
    recall, ndcg = np.zeros(len(asked)), np.zeros(len(asked))
    for place, shopper in enumerate(asked.tolist()):
        right = test.indices[test.indptr[shopper] : test.indptr[shopper + 1]]
        hits = np.isin(answers[place], right)
        recall[place] = hits.sum() / len(right)
        ndcg[place] = (gains * hits).sum() / ideal[min(CUTOFF, len(right)) - 1]
    root = np.sqrt(len(asked))
    return {
        "recall@20": float(recall.mean()),
        "ndcg@20": float(ndcg.mean()),
        "recall se": float(recall.std() / root),
        "ndcg se": float(ndcg.std() / root),
    }


def run_one(method: str, folder: Path, shoppers: int | None) -> dict[str, Any]:
    """One method's figures, minutes and peak memory, of this process."""
    train, test = load(folder)
    asked = np.flatnonzero(np.diff(test.indptr))
    if shoppers is not None and shoppers < len(asked):
        asked = np.sort(np.random.default_rng(0).choice(asked, shoppers, replace=False))
    answers, seconds = ours(train, asked) if method == "rapport" else theirs(method, train, asked)
    return {
        "method": method,
        "shoppers": len(asked),
        **judged(answers, test, asked),
        **{f"minutes {name}": value / 60 for name, value in seconds.items()},
        "peak gib": peak_gib(),
    }


def peak_gib() -> float:
    """The most memory that this process has held, by the kernel's own figure."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 2**20
    return float("nan")


def run(shoppers: int | None) -> list[dict[str, Any]]:
    """All methods, one process after the other."""
    return [_in_a_process(method, shoppers) for method in METHODS]


def _in_a_process(method: str, shoppers: int | None) -> dict[str, Any]:
    arguments = ["--method", method, *(() if shoppers is None else ("--shoppers", str(shoppers)))]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.gowalla", *arguments], stdout=subprocess.PIPE, check=True
    )
    return dict(json.loads(done.stdout))


def as_table(rows: list[dict[str, Any]]) -> str:
    """The result as a Markdown table."""
    known = ", ".join(f"{name} {recall:.3f}/{ndcg:.3f}" for name, (recall, ndcg) in REFERENCES.items())
    lines = [
        f"new to the shopper, gowalla ({rows[0]['shoppers']} shoppers; published: {known})",
        "",
        "| method | R@20 | N@20 | se | minutes learning | minutes answering | peak GiB |",
        "|---|" + "---|" * 6,
    ]
    for row in rows:
        lines.append(
            f"| {row['method']} | {row['recall@20']:.4f} | {row['ndcg@20']:.4f} | {row['recall se']:.4f} "
            f"| {row['minutes learning']:.2f} | {row['minutes answering']:.2f} | {row['peak gib']:.2f} |"
        )
    return "\n".join(lines)


def table_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines for the table of all benches: the best reference is a published one, the floor was run here."""
    found = {row["method"]: row for row in rows}
    ours, floor = found["rapport"], found["implicit cosine"]
    lines = []
    for place, (name, spread, reach, aim) in enumerate(LEVELS):
        best = max(REFERENCES, key=lambda method: REFERENCES[method][place])
        line = TableRow(
            row="4",
            task=f"gowalla, new to the shopper: {name}",
            ours=ours[name],
            reference=REFERENCES[best][place],
            reference_name=best,
            floor=floor[name],
            floor_name=floor["method"],
            reach=reach,
            aim=aim,
            minutes=ours["minutes learning"] + ours["minutes answering"],
            peak_gib=ours["peak gib"],
            reference_measured=False,
            spread=ours[spread],
        )
        lines.append(line.as_dict())
    return lines


def main() -> int:
    """Prints the table, or with ``--json`` the figures; 1 when the data is not there."""
    parser = argparse.ArgumentParser(description="Row 4 on Gowalla")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--shoppers", type=int, help="ask for so many shoppers, drawn at random, and not all")
    parser.add_argument("--method", choices=METHODS, help="one method, in this process, as JSON")
    arguments = parser.parse_args()
    folder = data_folder()
    if folder is None:
        sys.stderr.write("gowalla is neither in RAPPORT_BENCH_DATA nor in ../shared/data: nothing measured\n")
        return 1
    if arguments.method:
        sys.stdout.write(json.dumps(run_one(arguments.method, folder, arguments.shoppers)) + "\n")
        return 0
    rows = run(arguments.shoppers)
    told = {"methods": rows, "table": table_of(rows)}
    sys.stdout.write((json.dumps(told, indent=1) if arguments.json else as_table(rows)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
