"""Row 11 of the benchmarks: which context do shoppers enter next, on Online Retail by time.

Run with ``.venv/bin/python -m tests.bench.contexts [--json] [--before]``; the data is looked for in
``RAPPORT_BENCH_DATA`` or beside the repository in ``../shared/data``. Contexts are learned strictly before
2011-10-01. A shopper has entered a context who bought two of its ten telling products. A case is a shopper
known before the cut who enters a context afterwards for the first time: who owned at most one of its telling
products, and then buys two that were never owned. Every method names five contexts that were not entered; it
hits when one of them is entered until the end of the data. Ours names only contexts to which something owned
belongs, and fewer than five where there are fewer. With ``--before`` the same is asked of the three months
before the cut (learned before 2011-07-01): there settings were chosen.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from recommender.cards import Cards
from recommender.complements import Complements
from recommender.contexts import Contexts
from recommender.contexts.entering import TERMS
from recommender.interactions import Interactions
from recommender.lists import ItemLists
from tests.bench.online_retail import data_file, load
from tests.bench.rows import TableRow, peak_gib

DAY = 86400.0
NAMED, TELLING, ENOUGH = 5, 10, 2
SEED = 0


def _second(day: str) -> float:
    return float(np.datetime64(day, "s").astype(np.int64))


CUT, BEFORE = (_second("2011-10-01"), _second("2012-01-01")), (_second("2011-07-01"), _second("2011-10-01"))


@dataclass(frozen=True)
class Cases:
    """Shoppers by contexts (bool): what each had entered at the cut, and what for the first time later; what
    they owned (shoppers by products, 0/1) and the rows of the shoppers.
    """

    entered: np.ndarray
    later: np.ndarray
    owned: sparse.csr_matrix
    shoppers: np.ndarray


def owned_in(history: Interactions) -> sparse.csr_matrix:
    """Shoppers by products, 1 where bought."""
    lines = history.orders
    shape = (len(history.shopper_ids), history.product_count)
    found = sparse.csr_matrix((np.ones(len(lines)), (lines.shopper, lines.product)), shape=shape)
    found.data[:] = 1.0
    return found


def cases_of(contexts: Contexts, past: Interactions, future: Interactions) -> Cases:
    """Everybody known before who enters a context later for the first time."""
    telling = sparse.lil_matrix((past.product_count, contexts.count))
    for place in range(contexts.count):
        telling[contexts.products(place)[0][:TELLING], place] = 1.0
    columns = sparse.csr_matrix(telling)
    owned, bought = owned_in(past), owned_in(future)
    new = sparse.csr_matrix(bought - bought.multiply(owned))
    entered = (owned @ columns).toarray() >= ENOUGH
    later = ((new @ columns).toarray() >= ENOUGH) & ~entered
    known = np.diff(owned.indptr) > 0
    shoppers = np.flatnonzero(known & later.any(axis=1))
    return Cases(entered[shoppers], later[shoppers], sparse.csr_matrix(owned[shoppers]), shoppers)


def hits(cases: Cases, named: list[list[int]]) -> np.ndarray:
    """Whether each case's answer (places of contexts) has one that is entered later."""
    return np.array([bool(cases.later[row, each].any()) for row, each in enumerate(named)])


def sold_lately(past: Interactions, contexts: Contexts, cut: float) -> np.ndarray:
    """How much was sold of each context's telling products, halved every two weeks."""
    weight = 0.5 ** ((cut - past.orders.time) / DAY / 14.0)
    sold = np.bincount(past.orders.product, weight, past.product_count)
    return np.array([sold[contexts.products(at)[0][:TELLING]].sum() for at in range(contexts.count)])


def around(contexts: Contexts, past: Interactions, cases: Cases, cut: float) -> list[list[int]]:
    """The contexts around what each shopper owns, the likeliest first, as they are asked when they serve."""
    place = {int(number): at for at, number in enumerate(contexts.ids_)}
    last = np.full((len(past.shopper_ids), past.product_count), -np.inf, np.float64)
    np.maximum.at(last, (past.orders.shopper, past.orders.product), past.orders.time)
    named = []
    for shopper in cases.shoppers:
        rows = np.flatnonzero(np.isfinite(last[shopper]))
        entries = contexts.entries(rows, (cut - last[shopper][rows]) / DAY)
        named.append([place[each.id] for each in entries])
    return named


def ranked(closed: np.ndarray, scores: np.ndarray) -> list[list[int]]:
    """The five best scored of what is not closed; ``scores`` is (contexts,) or (cases, contexts)."""
    open_ = np.where(closed, -np.inf, np.broadcast_to(scores, closed.shape))
    best = np.argsort(-open_, axis=1, kind="stable")[:, :NAMED]
    return [[int(each) for each in row if open_[at, each] > -np.inf] for at, row in enumerate(best)]


def complement_scores(lists: ItemLists, cases: Cases, contexts: Contexts) -> np.ndarray:
    """How much of each context's telling products a shelf of complements of all that is owned would show."""
    products = cases.owned.shape[1]
    near = sparse.csr_matrix((lists.scores, lists.products, lists.starts), shape=(products, products))
    shelf = cases.owned @ near
    shelf = sparse.csr_matrix(shelf - shelf.multiply(cases.owned))
    told = sparse.lil_matrix((products, contexts.count))
    for place in range(contexts.count):
        told[contexts.products(place)[0][:TELLING], place] = 1.0
    return (shelf @ sparse.csr_matrix(told)).toarray()


def plain_scores(
    past: Interactions, cards: Cards, cut: float, cases: Cases, contexts: Contexts
) -> dict[str, np.ndarray]:
    """What the plain methods score each context by: (contexts,) or (cases, contexts)."""
    complements = Complements().fit(past, cards, as_of=cut)
    return {
        "popular": np.asarray(contexts.entered_),
        "popular lately": np.asarray(contexts.lately_),
        "sold lately": sold_lately(past, contexts, cut),
        "complement shelf, joins the basket": complement_scores(complements.together_, cases, contexts),
        "complement shelf, goes with": complement_scores(complements.goes_with_, cases, contexts),
        "chance": np.random.default_rng(SEED).random(cases.entered.shape),
    }


def run(path: Path, span: tuple[float, float]) -> dict[str, Any]:
    """The hit rates of all methods on one span, with sizes, minutes and memory."""
    history, cards = load(path)
    ids = tuple(sorted({*history.met(), *cards.product_ids}))
    history, cards = history.over(ids), cards.over(ids)
    cut, until = span
    past, future = history.before(cut), history.since(cut).before(until)
    started = time.perf_counter()
    contexts = Contexts().fit(past, cards, as_of=cut)
    cases = cases_of(contexts, past, future)
    likely = around(contexts, past, cases, cut)
    minutes = (time.perf_counter() - started) / 60
    named = [each[:NAMED] for each in likely]
    plain = plain_scores(past, cards, cut, cases, contexts)
    found = {"rapport": hits(cases, named)}
    found |= {name: hits(cases, ranked(cases.entered, each)) for name, each in plain.items()}
    far = np.ones(cases.entered.shape, bool)
    for row, places in enumerate(likely):
        far[row, places] = False
    near = {"rapport": found["rapport"]}
    near |= {name: hits(cases, ranked(far, each)) for name, each in plain.items()}
    rates = {name: float(each.mean()) for name, each in found.items()}
    lesser = {name: rate for name, rate in rates.items() if name not in ("rapport", "chance")}
    best = max(lesser, key=lambda name: lesser[name])
    row = TableRow(
        row="11",
        task="new uses: hit rate@5 of contexts entered for the first time",
        ours=rates["rapport"],
        reference=rates[best],
        reference_name=best,
        floor=rates["popular"],
        floor_name="popular",
        reach=1.5 * rates["popular"],
        aim=2.0 * rates["popular"],
        minutes=minutes,
        peak_gib=peak_gib(),
        spread=float(found["rapport"].std() / np.sqrt(len(cases.shoppers))),
    )
    return {
        "contexts": contexts.count,
        "cases": len(cases.shoppers),
        "entered later, mean": float(cases.later.sum(axis=1).mean()),
        "named by ours, mean": float(np.mean([len(each) for each in named])),
        "around what is owned, mean": float(np.mean([len(each) for each in likely])),
        "seed": SEED,
        "hit rate@5": rates,
        "hit rate@5, all naming only what is around": {
            name: float(each.mean()) for name, each in near.items()
        },
        "times popularity": rates["rapport"] / rates["popular"] if rates["popular"] else None,
        "weights": dict(zip(TERMS, contexts.weights_.tolist(), strict=True)),
        "table": [row.as_dict()],
    }


def main() -> int:
    """Prints the hit rates, or with ``--json`` all figures; 1 when the data is not there."""
    parser = argparse.ArgumentParser(description="Row 11: the context that is entered next")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--before", action="store_true", help="on the months before the cut")
    arguments = parser.parse_args()
    path = data_file()
    if path is None:
        sys.stderr.write(
            "the data is neither in RAPPORT_BENCH_DATA nor in ../shared/data: nothing measured\n"
        )
        return 1
    result = run(path, BEFORE if arguments.before else CUT)
    if arguments.json:
        sys.stdout.write(json.dumps(result, indent=1) + "\n")
        return 0
    sys.stdout.write(f"{result['contexts']} contexts, {result['cases']} shoppers\n")
    for name, rate in result["hit rate@5"].items():
        sys.stdout.write(f"{name:20} {rate:.3f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
