"""Rows 5 and 6 of the benchmarks: the next basket on Ta-Feng and on Online Retail.

Run with ``.venv/bin/python -m tests.bench.next_basket [--json]``, with
``--only tafeng`` or ``online-retail`` for one, and ``--days back`` or ``on``.
The data is looked for in ``RAPPORT_BENCH_DATA`` or beside the repository in ``../shared/data``. Learned from
the histories alone, as a live shop must: no shopper's target basket is seen, nobody else's either. Ta-Feng's
file has no dates: its baskets lie a day apart, counted ``back`` from one last day, or ``on`` from one first.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from recommender.cards import Cards
from recommender.histories import Histories
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.question import Question
from tests.bench import online_retail
from tests.bench.next_basket_references import PUBLISHED, frequency, tifu_knn
from tests.bench.rows import TableRow, peak_gib

TAFENG = "tafeng.parquet"
DAY = 86400.0
FIRST_DAY = float(np.datetime64("2020-01-01", "s").astype(np.int64))
FOLDS, CUTOFF, LEAST_DAYS = 5, 10, 4
AS_BEFORE = "own frequency, ties by popularity"

Answers = list[list[int]]


@dataclass(frozen=True)
class Task:
    """Histories without any target, and for some shoppers (rows) the target and the moment to be asked at."""

    name: str
    history: Interactions
    cards: Cards
    as_of: float
    shoppers: np.ndarray
    asked_at: np.ndarray
    right: list[np.ndarray]


def tafeng(path: Path, days: str) -> Task:
    """All baskets but each shopper's last, which is the target."""
    table = pq.read_table(path)
    shopper, basket, product = (
        table[name].to_numpy().astype(np.int64) for name in ("shopper", "basket", "product")
    )
    last = np.full(shopper.max() + 1, -1)
    np.maximum.at(last, shopper, basket)
    target = basket == last[shopper]
    end = FIRST_DAY + DAY * last.max()
    times = end - DAY * (last[shopper] - basket) if days == "back" else FIRST_DAY + DAY * basket
    kept = ~target
    history = Interactions.from_columns(
        order_ids=[f"{s}-{b}" for s, b in zip(shopper[kept], basket[kept], strict=True)],
        shopper_ids=shopper[kept].astype(str),
        product_ids=product[kept].astype(str),
        quantities=np.ones(int(kept.sum())),
        times=times[kept],
    )
    return _task("Ta-Feng", history, Cards.none(), end, shopper[target], product[target], end)


def online_retail_days(path: Path) -> Task:
    """The clean lines; of shoppers with at least 4 purchase days the last day is the target."""
    whole, cards = online_retail.load(path)
    lines = whole.orders
    day = np.floor(lines.time / DAY).astype(np.int64)
    visits = np.unique(lines.shopper.astype(np.int64) * 10**6 + day)
    days = np.bincount(visits // 10**6, minlength=len(whole.shopper_ids))
    last = np.zeros(len(days), np.int64)
    np.maximum.at(last, lines.shopper, day)
    target = (days[lines.shopper] >= LEAST_DAYS) & (day == last[lines.shopper])
    asked_at = np.full(len(days), np.inf)
    np.minimum.at(asked_at, lines.shopper[target], lines.time[target])
    ids, products = np.array(whole.shopper_ids), np.array(whole.product_ids)
    orders = np.array([f"order {row}" for row in range(whole.order_count)])
    history = Interactions.from_columns(
        order_ids=orders[lines.order[~target]],
        shopper_ids=ids[lines.shopper[~target]],
        product_ids=products[lines.product[~target]],
        quantities=lines.quantity[~target],
        times=lines.time[~target],
    )
    return _task(
        "Online Retail",
        history,
        cards,
        float(lines.time.max()) + DAY,
        ids[lines.shopper[target]],
        products[lines.product[target]],
        dict(zip(ids.tolist(), asked_at.tolist(), strict=True)),
    )


def _task(
    name: str,
    history: Interactions,
    cards: Cards,
    as_of: float,
    shopper: np.ndarray,
    product: np.ndarray,
    asked_at: float | dict[str, float],
) -> Task:
    row_of = {each: row for row, each in enumerate(history.shopper_ids)}
    place = {each: row for row, each in enumerate(history.product_ids)}
    rights: dict[str, list[int]] = {}
    for who, what in zip(shopper.astype(str).tolist(), product.astype(str).tolist(), strict=True):
        rights.setdefault(who, []).append(place.get(what, -1))
    who = [each for each in rights if each in row_of]
    moments = [asked_at[each] if isinstance(asked_at, dict) else asked_at for each in who]
    return Task(
        name,
        history,
        cards,
        as_of,
        np.array([row_of[each] for each in who], np.int64),
        np.array(moments),
        [np.unique(rights[each]) for each in who],
    )


def recalls(task: Task, answers: Answers) -> np.ndarray:
    """The share of each target among the first ten."""
    return np.array(
        [
            np.isin(right, answered[:CUTOFF]).sum() / len(right)
            for right, answered in zip(task.right, answers, strict=True)
        ]
    )


def answers_of(model: Model, task: Task) -> Answers:
    """The model's answers through its serving path."""
    histories = Histories(task.history)
    row_of = {product_id: row for row, product_id in enumerate(task.history.product_ids)}
    found = []
    for shopper, now in zip(task.shoppers.tolist(), task.asked_at.tolist(), strict=True):
        asked = Question("next-basket", bought=histories.bought(shopper, now), now=now, limit=CUTOFF)
        found.append([row_of.get(each.product_id, -1) for each in model.suggest(asked)])
    return found


@dataclass(frozen=True)
class Method:
    """One method's R@10: the mean over five random folds of the shoppers, and the folds' deviation."""

    method: str
    recall: float
    spread: float
    seconds: float


def judged(task: Task, name: str, ask: Callable[[], Answers]) -> Method:
    """What the answers are worth."""
    started = time.perf_counter()
    answers = ask()
    taken = time.perf_counter() - started
    recall = recalls(task, answers)
    folds = np.array_split(np.random.default_rng(0).permutation(len(recall)), FOLDS)
    means = np.array([recall[fold].mean() for fold in folds])
    return Method(name, float(means.mean()), float(means.std(ddof=1)), taken)


def measure(task: Task, tifu: list[str]) -> dict[str, Any]:
    """All methods on one task, with minutes and memory; TIFU-KNN with these published settings."""
    started = time.perf_counter()
    model = Model.fit(task.history, task.cards, as_of=task.as_of)
    fitted = time.perf_counter()
    methods = [judged(task, "rapport", lambda: answers_of(model, task))]
    answered = time.perf_counter()
    peak = peak_gib()
    for ties in (True, False):
        name = AS_BEFORE if ties else "own frequency, then popularity"
        methods.append(judged(task, name, lambda ties=ties: _frequency(task, ties)))
    for each in tifu:
        name = f"TIFU-KNN, settings for {each}"
        methods.append(judged(task, name, lambda each=each: _tifu(task, each)))
    return {
        "task": task.name,
        "shoppers": len(task.shoppers),
        "methods": [asdict(each) for each in methods],
        "lessons": model.counts.get("lessons for next-basket"),
        "chosen_by": model.judged.get("next-basket", {}),
        "minutes": {"learning": (fitted - started) / 60, "answering": (answered - fitted) / 60},
        "ms_per_answer": 1000.0 * (answered - fitted) / max(len(task.shoppers), 1),
        "peak_gib": peak,
    }


def _frequency(task: Task, ties: bool) -> Answers:
    return frequency(task.history, task.shoppers, CUTOFF, ties_by_popularity=ties)


def _tifu(task: Task, settings: str) -> Answers:
    return tifu_knn(task.history, task.shoppers, CUTOFF, PUBLISHED[settings])


def table_row(result: dict[str, Any], row: str, reach: float | None, aim: float | None) -> TableRow:
    """The line of `make bench`; levels left at None are 10 and 20 % above the best reference of the run."""
    ours, *others = result["methods"]
    best = max(others, key=lambda each: each["recall"])
    floor = next(each for each in others if each["method"] == "own frequency, then popularity")
    return TableRow(
        row=row,
        task=f"the next basket on {result['task']}: R@10",
        ours=ours["recall"],
        reference=best["recall"],
        reference_name=best["method"],
        floor=floor["recall"],
        floor_name=floor["method"],
        reach=1.1 * best["recall"] if reach is None else reach,
        aim=1.2 * best["recall"] if aim is None else aim,
        minutes=sum(result["minutes"].values()),
        peak_gib=result["peak_gib"],
        spread=ours["spread"],
    )


def run(only: str | None, days: str) -> dict[str, Any]:
    """Both rows as far as their data is there; each line's memory includes what ran before it."""
    found: dict[str, Any] = {"tasks": [], "table": []}
    retail = online_retail.data_file()
    folder = Path(online_retail.__file__) if retail is None else retail.parent
    if only != "online-retail" and (folder / TAFENG).exists():
        result = measure(tafeng(folder / TAFENG, days), ["Ta-Feng"])
        found["tasks"].append({**result, "days": days})
        found["table"].append(table_row(result, "5", 0.158, 0.165).as_dict())
    if only != "tafeng" and retail is not None:
        result = measure(online_retail_days(retail), list(PUBLISHED))
        found["tasks"].append(result)
        found["table"].append(table_row(result, "6", None, None).as_dict())
    return found


def as_table(result: dict[str, Any]) -> str:
    """The result as a Markdown table per task."""
    lines = []
    for task in result["tasks"]:
        lines += [f"{task['task']}, {task['shoppers']} shoppers", "", "| method | R@10 | sd of a fold | s |"]
        lines.append("|---|---|---|---|")
        lines += [
            f"| {each['method']} | {each['recall']:.4f} | {each['spread']:.4f} | {each['seconds']:.1f} |"
            for each in task["methods"]
        ]
        minutes = ", ".join(f"{name} {value:.2f}" for name, value in task["minutes"].items())
        lines += [
            "",
            f"{task['lessons']} lessons; {task['ms_per_answer']:.2f} ms an answer; minutes: {minutes};"
            f" peak memory {task['peak_gib']:.2f} GiB.",
            "",
        ]
    return "\n".join(lines)


def main() -> int:
    """Prints the tables, or with ``--json`` the figures; 1 when no data is there."""
    parser = argparse.ArgumentParser(description="Rows 5 and 6: the next basket")
    parser.add_argument("--only", choices=("tafeng", "online-retail"))
    parser.add_argument(
        "--days", choices=("back", "on"), default="back", help="how Ta-Feng's baskets get dates"
    )
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    arguments = parser.parse_args()
    result = run(arguments.only, arguments.days)
    if not result["tasks"]:
        sys.stderr.write(
            "the data is neither in RAPPORT_BENCH_DATA nor in ../shared/data: nothing measured\n"
        )
        return 1
    sys.stdout.write((json.dumps(result, indent=1) if arguments.json else as_table(result)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
