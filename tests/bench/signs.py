"""What looks, carts, fading and the bound on one voice are worth, on the recent past before any test part.

`python -m tests.bench.signs [--json]`: a year and a half of the simulated shop, and Online Retail before
2011-10-01 where its data is at hand. What is learned before the last slice of each is asked about that slice:
taste by the products bought for the first time in it (recall and NDCG at 20 over the whole catalogue),
complements by one product drawn from each order of it (hit rate at 10). These figures chose the weights in
`recommender/liking.py` and `recommender/voices.py`; no test part was looked at.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from plugin.connectors.segment import Sender, read_document
from plugin.connectors.simulated import simulate
from plugin.history import interactions_before
from plugin.store.log import Log
from recommender import liking as liking_module
from recommender import voices as voices_module
from recommender.blending.lessons import BASKET_SIZES, slice_start
from recommender.histories import orders_of
from recommender.interactions import GUEST, Interactions
from recommender.liking import liking
from recommender.local_ridge import local_ridge, weigh_rows
from recommender.voices import voiced_baskets
from tests.bench.online_retail import data_file, load

CUT = datetime(2011, 10, 1, tzinfo=UTC).timestamp()
AT = 20
PLAIN = {"CARTED": 0.0, "WISHED": 0.0, "LOOKED": 0.0}


@contextmanager
def set_to(module: ModuleType, values: dict[str, float]) -> Iterator[None]:
    """While it lasts a module's settings are these."""
    before = {name: getattr(module, name) for name in values}
    vars(module).update(values)
    try:
        yield
    finally:
        vars(module).update(before)


def simulated_shop(shoppers: int = 2000) -> Interactions:
    """The simulated shop's history, through the doors and the log that any shop's history takes."""
    until = datetime(2026, 10, 1, tzinfo=UTC)
    world, sender = simulate(11, until=until, shoppers=shoppers), Sender("shop", "EUR")
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder))
        told = [read_document(each, sender, until.timestamp() + 1) for each in world.activities()]
        for first in range(0, len(told), 20_000):
            some = told[first : first + 20_000]
            log.write(first + 1, [(f"{{s:0}}{first + n}-0", each) for n, each in enumerate(some)])
        return interactions_before(log, until.timestamp() + 10)


def bought(history: Interactions) -> sparse.csr_matrix:
    """Shoppers by products, 1 where bought."""
    lines = history.orders
    known = lines.shopper != GUEST
    shape = (len(history.shopper_ids), history.product_count)
    rows = (np.ones(int(known.sum()), np.float32), (lines.shopper[known], lines.product[known]))
    matrix = sparse.csr_matrix(rows, shape=shape)
    matrix.data[:] = 1.0
    return matrix


def taste(history: Interactions, as_of: float, for_good: float, **weights: float) -> dict[str, float]:
    """Recall and NDCG at 20 of what known shoppers bought for the first time in the last slice."""
    since = slice_start(history, as_of)
    past = history.before(since)
    own, later = bought(past), bought(history.since(since))
    new = sparse.csr_matrix(later - later.multiply(own))
    new.eliminate_zeros()
    with set_to(liking_module, weights):
        profile, learned = (
            liking(past, as_of=since, for_good=0.3),
            liking(past, as_of=since, for_good=for_good),
        )
    for matrix in (profile, learned):
        matrix.data = np.minimum(matrix.data, 1.0)
    ridge = local_ridge(weigh_rows(learned, 0.5), neighbours=50, ridge=5.0)
    asked = np.flatnonzero((np.diff(new.indptr) > 0) & (np.diff(own.indptr) > 0))
    score = np.asarray((profile[asked] @ ridge).todense())
    score[own[asked].nonzero()] = -np.inf
    best = np.argsort(-score, axis=1, kind="stable")[:, :AT]
    hit = np.asarray(new[asked].todense())[np.arange(len(asked))[:, None], best] > 0
    right = np.minimum(np.diff(new.indptr)[asked], AT)
    worth = 1.0 / np.log2(2.0 + np.arange(AT))
    recall, ndcg = hit.sum(axis=1) / right, (hit @ worth) / np.cumsum(worth)[right - 1]
    return {"asked": len(asked), "recall": recall.mean(), "ndcg": ndcg.mean(), "error": _error(recall)}


def complements(history: Interactions, as_of: float, full: float | None) -> dict[str, float]:
    """Hit rate at 10 of one product drawn from each order of the last slice."""
    since, rng = slice_start(history, as_of), np.random.default_rng(0)
    bounds = {} if full is None else {"LEAST_FULL": full, "MOST_FULL": full}
    with set_to(voices_module, bounds):
        weighed = weigh_rows(voiced_baskets(history.before(since)), 0.5)
    ridge = local_ridge(weighed, neighbours=50, ridge=5.0)
    hits = []
    for _, _, products in orders_of(history.since(since).orders, BASKET_SIZES):
        hidden = int(rng.integers(len(products)))
        basket, right = np.delete(products, hidden), products[hidden]
        score = np.asarray(ridge[basket].sum(axis=0)).ravel()
        score[basket] = -np.inf
        hits.append(float(score[right] > 0 and (score > score[right]).sum() < 10))
    return {"asked": len(hits), "hit_rate": float(np.mean(hits)), "error": _error(np.array(hits))}


def _error(values: np.ndarray) -> float:
    return float(values.std() / np.sqrt(len(values)))


def run() -> dict[str, Any]:
    """Every way of learning on every history at hand."""
    shops: dict[str, tuple[Interactions, float]] = {}
    simulated = simulated_shop()
    shops["simulated"] = simulated, float(simulated.orders.time.max()) + 1
    if (path := data_file()) is not None:
        shops["online-retail"] = load(path)[0].before(CUT), CUT
    ways: dict[str, Callable[[Interactions, float], dict[str, float]]] = {
        "taste from purchases alone": lambda h, t: taste(h, t, 1.0, **PLAIN),
        "taste, purchases fading": lambda h, t: taste(h, t, 0.3, **PLAIN),
        "taste from looks and carts too": lambda h, t: taste(h, t, 1.0),
        "taste as it is learned": lambda h, t: taste(h, t, 0.3),
        "complements, every purchase as loud": lambda h, t: complements(h, t, 1e9),
        "complements as they are learned": lambda h, t: complements(h, t, None),
        "complements, one shopper heard once": lambda h, t: complements(h, t, 1.0),
    }
    with threadpool_limits(1):
        return {name: {way: ask(*shop) for way, ask in ways.items()} for name, shop in shops.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    found, lines = run(), []
    for shop, ways in found.items():
        lines.append(shop)
        for way, figures in ways.items():
            told = "  ".join(f"{name} {value:.4g}" for name, value in figures.items())
            lines.append(f"  {way:38} {told}")
    table = "\n".join(lines)
    sys.stdout.write((json.dumps(found) if parser.parse_args().json else table) + "\n")


if __name__ == "__main__":
    main()
