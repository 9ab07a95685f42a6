"""Rows 8 and 9 of the benchmarks: what shoppers will buy and spend, on CDNOW and on Online Retail.

Run with ``.venv/bin/python -m tests.bench.worth [--json]``; the data is looked for in ``RAPPORT_BENCH_DATA``
or beside the repository in ``../shared/data``. Row 8: the 2,357 sampled customers of CDNOW, purchases of 39
weeks (to 1997-09-30) to learn from, how often each buys in the 39 weeks after (days with a purchase).
Row 9: what each shopper of Online Retail spends from 2011-10-01 on, ranked by what was seen before.

``--earlier`` asks the same with everything ending where the test part begins: what the model is made of was
chosen there. The published models are fitted in the same run and on the same cases.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from scipy.stats import rankdata, spearmanr

from recommender.worth.bg_nbd import BetaGeometric
from recommender.worth.gamma_gamma import GammaGamma
from recommender.worth.learned import Learned
from recommender.worth.purchases import Models, Purchases, seen_at
from tests.bench.online_retail import CUT, clean_rows, data_file
from tests.bench.rows import TableRow, peak_gib

SAMPLE = "cdnow-sample.parquet"
FIRST_DAY = float(np.datetime64("1997-01-01", "D").astype(np.int64))
WEEK = 7.0
CALIBRATION_DAYS = 39 * WEEK
RETAIL_CUT = CUT / 86400.0
RETAIL_AHEAD = 70.0  # days from the cut to the end of the data
DRAWS = 200


def cdnow(folder: Path) -> Purchases:
    """The sample's purchases, days counted from 1997-01-01."""
    table = pq.read_table(folder / SAMPLE)
    _, buyer = np.unique(table["customer"].to_numpy(zero_copy_only=False), return_inverse=True)
    day = table["date"].to_numpy().astype("datetime64[D]").astype(np.int64) - FIRST_DAY
    return Purchases.of(buyer, day, table["value"].to_numpy())


def retail(path: Path) -> Purchases:
    """The clean lines of Online Retail, days since 1970."""
    column = clean_rows(path)
    _, buyer = np.unique(column["CustomerID"], return_inverse=True)
    day = column["InvoiceDate"].astype("datetime64[D]").astype(np.int64)
    return Purchases.of(buyer, day, column["Quantity"] * column["UnitPrice"])


def published(purchases: Purchases, until: float) -> dict[str, dict[str, float]]:
    """Both models on the calibration as it was published: in weeks, ages up to the last day that is seen, and
    spending on repeated purchases alone.
    """
    _, seen = seen_at(purchases, until, until)
    age = seen.age / WEEK
    buys = BetaGeometric().fit(seen.frequency, seen.recency / WEEK, age)
    again = seen.frequency > 0
    first = purchases.spent[np.append(True, np.diff(purchases.buyer) != 0)]
    mean = (seen.spent - first)[again] / seen.frequency[again]
    spends = GammaGamma().fit(seen.frequency[again], mean)
    return {
        "BG/NBD": {
            "log-likelihood": buys.log_likelihood_,
            "r": buys.r_, "alpha": buys.alpha_, "a": buys.a_, "b": buys.b_,
        },
        "Gamma-Gamma": {
            "log-likelihood": spends.log_likelihood_, "p": spends.p_, "q": spends.q_, "v": spends.v_,
        },
    }  # fmt: skip


def how_often(purchases: Purchases, now: float, ahead: float) -> dict[str, Any]:
    """Row 8: the error and the correlation of expected purchases, ours and the published model's."""
    started = time.perf_counter()
    learned = Learned(ahead).fit(purchases.within(-np.inf, now), now)
    rows, seen = seen_at(purchases, now, ahead)
    models = Models.learned(seen)
    assert models is not None
    ours = learned.orders(seen, models)
    minutes = (time.perf_counter() - started) / 60
    plain = BetaGeometric().fit(seen.frequency, seen.recency, seen.age)
    reference = plain.expected(ahead, seen.frequency, seen.recency, seen.age)
    came = purchases.within(now, now + ahead).counts()[rows].astype(np.float64)
    return {
        "customers": len(rows),
        "chosen by": learned.judged_,
        "rapport": figures(ours, came),
        "BG/NBD": figures(reference, came),
        "as often as before": figures(seen.frequency * ahead / np.maximum(seen.age, 1.0), came),
        "nearer than BG/NBD, of 200 draws of customers": _wins(ours, reference, came),
        "minutes": minutes,
    }


def figures(expected: np.ndarray, came: np.ndarray) -> dict[str, float]:
    """The root mean squared error and the correlation."""
    error = float(np.sqrt(np.mean((expected - came) ** 2)))
    return {"RMSE": error, "correlation": float(np.corrcoef(expected, came)[0, 1])}


def _wins(ours: np.ndarray, other: np.ndarray, came: np.ndarray) -> float:
    """The share of draws of customers, with repeats, in which ours has the smaller error."""
    random = np.random.default_rng(0)
    better = (other - came) ** 2 - (ours - came) ** 2
    return float(np.mean([better[random.integers(0, len(came), len(came))].sum() > 0 for _ in range(DRAWS)]))


def by_rank(purchases: Purchases, now: float, ahead: float) -> dict[str, Any]:
    """Row 9: Spearman's correlation of each ranking with what was spent afterwards."""
    started = time.perf_counter()
    learned = Learned(ahead).fit(purchases.within(-np.inf, now), now)
    rows, seen = seen_at(purchases, now, ahead)
    models = Models.learned(seen)
    assert models is not None
    ours = learned.rank_score(seen, models)
    minutes = (time.perf_counter() - started) / 60
    spent = purchases.within(now, now + ahead).sums()[rows]
    recency = seen.recency - seen.age
    ranks = {
        "rapport": ours,
        "BG/NBD times Gamma-Gamma": models.orders(seen, ahead) * models.mean(seen),
        "recency": recency,
        "frequency": seen.days,
        "monetary": seen.spent,
        "RFM rank sum": rankdata(recency) + rankdata(seen.days) + rankdata(seen.spent),
    }
    random = np.random.default_rng(0)
    draws = [random.integers(0, len(spent), len(spent)) for _ in range(DRAWS)]
    return {
        "shoppers": len(rows),
        "chosen by": learned.judged_,
        "Spearman": {name: _spearman(score, spent) for name, score in ranks.items()},
        "standard error": float(np.std([_spearman(ours[draw], spent[draw]) for draw in draws])),
        "minutes": minutes,
    }


def _spearman(score: np.ndarray, spent: np.ndarray) -> float:
    return float(spearmanr(score, spent).statistic)


def table(row_8: dict[str, Any], row_9: dict[str, Any]) -> list[TableRow]:
    """The lines of the benchmark table; the error with a minus, so that more is better."""
    ours, plain, floor = (row_8[name] for name in ("rapport", "BG/NBD", "as often as before"))
    rank = row_9["Spearman"]
    took = {"minutes": row_8["minutes"], "peak_gib": peak_gib()}
    names = {"reference_name": "BG/NBD", "floor_name": "as often as before"}
    return [
        TableRow(
            row="8", task="value: purchases of 39 weeks, minus the RMSE", ours=-ours["RMSE"],
            reference=-plain["RMSE"], floor=-floor["RMSE"], reach=-1.605, aim=-1.595, **names, **took,
        ),
        TableRow(
            row="8", task="value: purchases of 39 weeks, correlation", ours=ours["correlation"],
            reference=plain["correlation"], floor=floor["correlation"], reach=0.630, aim=0.635,
            **names, **took,
        ),
        TableRow(
            row="9", task="value by rank: spending, Spearman", ours=rank["rapport"],
            reference=rank["RFM rank sum"], reference_name="RFM rank sum", floor=rank["recency"],
            floor_name="recency", reach=0.510, aim=0.53, minutes=row_9["minutes"], peak_gib=peak_gib(),
            spread=row_9["standard error"],
        ),
    ]  # fmt: skip


def run(path: Path) -> dict[str, Any]:
    """All figures of both rows."""
    sample, shop = cdnow(path.parent), retail(path)
    row_8 = how_often(sample, CALIBRATION_DAYS, CALIBRATION_DAYS)
    row_9 = by_rank(shop, RETAIL_CUT, RETAIL_AHEAD)
    return {
        "as published": published(sample, CALIBRATION_DAYS),
        "CDNOW": row_8,
        "Online Retail": row_9,
        "table": [each.as_dict() for each in table(row_8, row_9)],
    }


def earlier(path: Path) -> dict[str, Any]:
    """The same with everything ending where the test part begins."""
    sample = cdnow(path.parent).within(0.0, CALIBRATION_DAYS)
    shop = retail(path).within(0.0, RETAIL_CUT)
    return {
        "CDNOW, 26 weeks and 13": how_often(sample, 26 * WEEK, 13 * WEEK),
        "Online Retail, 70 days before": by_rank(shop, RETAIL_CUT - RETAIL_AHEAD, RETAIL_AHEAD),
    }


def main() -> int:
    """Prints the figures as JSON, which reads well enough; 1 when the data is not there."""
    parser = argparse.ArgumentParser(description="Rows 8 and 9: what shoppers are worth")
    parser.add_argument("--json", action="store_true", help="all figures as JSON")
    parser.add_argument("--earlier", action="store_true", help="before the test part: where choices are made")
    arguments = parser.parse_args()
    path = data_file()
    if path is None or not (path.parent / SAMPLE).exists():
        sys.stderr.write(
            "the data is neither in RAPPORT_BENCH_DATA nor in ../shared/data: nothing measured\n"
        )
        return 1
    found = earlier(path) if arguments.earlier else run(path)
    if arguments.json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
        return 0
    for name, value in found.items():
        if name != "table":
            sys.stdout.write(f"{name}: {json.dumps(value, indent=1)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
