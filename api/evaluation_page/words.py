"""A report's figures as sentences and table cells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

#: measure each kind is summed up by, and what a case of it asks
ASKED = {
    "complements": ("hr@10", "one product of each later order was hidden: which?"),
    "for-you": ("recall@20", "what did shoppers known before buy for the first time?"),
    "next-basket": ("recall@20", "what was in the next order of shoppers known before?"),
    "buy-again": ("recall@20", "what did shoppers known before buy again?"),
    "also-viewed": ("hr@10", "which product was looked at next?"),
}
MEASURED = {
    "hr@10": "In {} of the cases a right product stands among Rapport's first ten.",
    "recall@20": "Rapport's first twenty hold {} of the right products.",
}

NOTHING = "–"
VERDICTS = {"HR@10": "hr@10", "recall@20": "recall@20", "NDCG@10": "ndcg@10"}

MEANINGS = (
    (
        "HR@k (hit rate)",
        "Share of the cases with at least one right product among the first k. Every product of the shop "
        "competes, none are drawn to make it easier.",
    ),
    ("Recall@k", "Of all right products of a case the share among the first k, averaged over the cases."),
    (
        "NDCG@k",
        "A right product counts 1 / log2(place + 1), over what the best possible list would have had "
        "(Järvelin and Kekäläinen 2002).",
    ),
    ("MRR@k", "1 / place of the first right product, 0 without one (Voorhees 1999)."),
    ("Coverage@k", "Share of the catalogue that stands among the first k of some answer (Ge et al. 2010)."),
    (
        "Novelty@k",
        "Mean of -log2 of the share of buyers who had bought what is shown, in bits: one bit more is half as "
        "well known (Zhou et al. 2010).",
    ),
    ("Head share@k", "Share of the first k places given to the best sold tenth of the products sold."),
    (
        "Miscalibration@k",
        "Divergence (Kullback-Leibler, nats) of the categories bought from those shown; 0 is alike (Steck "
        "2018). Empty where the shop names no categories.",
    ),
    (
        "Calibration error",
        "Mean distance between the stated score and the share that turned out right (Naeini et al. 2015). "
        "Rapport's score orders one answer and is not meant as a probability.",
    ),
    (
        "Better, worse, not told apart",
        "The same cases, method against method; the shoppers drawn anew a thousand times. Better means that "
        "the middle 95 % of the differences lie above 0. No allowance is made for the number of methods.",
    ),
    ("±", "Standard error of the mean, by the same draws: what another sample of shoppers might change."),
)


def day(moment: float) -> str:
    """Return the UTC date of epoch seconds."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


def percent(value: float | None) -> str:
    """Return a share for people; a dash where there is none."""
    return NOTHING if value is None else f"{100 * value:.1f} %"


def headline(report: dict[str, Any]) -> str:
    """Return the result of a kind in a sentence: ours, the best of the others, and how sure that is."""
    measure = ASKED[report["kind"]][0]
    ours, *others = report["rows"]
    said = MEASURED[measure].format(percent(_figure(ours, measure)) + _error(ours, measure))
    if not others:
        return said
    best = max(others, key=lambda row: _figure(row, measure))
    verdict = {"better": "better than", "worse": "worse than", "not told apart": "not told apart from"}[
        best["against"][measure]["verdict"]
    ]
    theirs = percent(_figure(best, measure))
    return f"{said} That is {verdict} the best of the others, {best['method']}: {theirs}."


def what_was_asked(report: dict[str, Any]) -> str:
    """Return what the cases were, how many, and what of that time no past could foresee."""
    return f"{which_time(report)} {which_cases(report)}"


def which_time(report: dict[str, Any]) -> str:
    """Return from what was learned, what time was asked about, and what of it no past could foresee."""
    until = "the end of the history" if report["until"] is None else day(report["until"])
    beyond = report["unforeseeable"]
    return (
        f"Learned from what was before {day(report['as_of'])}; asked about the time from then to {until}. "
        f"In that time {beyond['shoppers_unknown']:,} of {beyond['shoppers']:,} shoppers bought for the "
        f"first time, {beyond['products_never_sold']:,} of {beyond['products']:,} products bought had never "
        f"been sold before; guests made {beyond['guest_orders']:,} orders."
    )


def which_cases(report: dict[str, Any]) -> str:
    """Return what a case of this kind asks, and how many there were."""
    some = f"{report['cases']:,}"
    if report["possible"] > report["cases"]:
        some += f" of {report['possible']:,}, drawn at random (seed {report['seed']})"
    asked = ASKED[report["kind"]][1]
    return f"{asked[0].upper()}{asked[1:]} {some} cases."


def method_table(report: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that say something of some method, and a row of cells for each, ours first."""
    rows = [_cells(row, report["cases"]) for row in report["rows"]]
    columns = [name for name in rows[0] if any(cells[name] != NOTHING for cells in rows)]
    return {
        "columns": columns,
        "rows": [
            {
                "method": row["method"],
                "setting": row["setting"],
                "cells": [(cells[name], _verdict(row, VERDICTS.get(name))) for name in columns],
            }
            for row, cells in zip(report["rows"], rows, strict=True)
        ],
    }


def _cells(row: dict[str, Any], cases: int) -> dict[str, str]:
    return {
        "HR@10": percent(row["hr"][10]) + _error(row, "hr@10"),
        "recall@20": percent(row["recall"][20]) + _error(row, "recall@20"),
        "NDCG@10": f"{row['ndcg'][10]:.3f}" + _error(row, "ndcg@10", scale=1.0),
        "MRR@10": f"{row['mrr'][10]:.3f}",
        "coverage": percent(row["coverage"][10]),
        "novelty": _number(row["novelty"][10]),
        "head share": percent(row["head_share"][10]),
        "miscalibration": _number(row["miscalibration"][10]),
        "ms a case": f"{1000 * row['seconds'] / max(cases, 1):.1f}",
        "GiB": _number(row["peak_gib"]),
    }


def _verdict(row: dict[str, Any], measure: str | None) -> str:
    if measure is None or not row["against"]:
        return ""
    return str(row["against"][measure]["verdict"])


def product_rows(report: dict[str, Any]) -> dict[str, Any] | None:
    """Return how often what was right was found, by how often it had been sold before; None without."""
    bands = [each for each in report["segments"] if each["of"] == "product"]
    methods = [row["method"] for row in report["rows"]]
    if not bands:
        return None
    rows = [
        (
            band["band"],
            f"{band['cases']:,}",
            *(percent(band["figures"][name]["found@10"]) for name in methods),
        )
        for band in bands
    ]
    return {"columns": ("orders before", "right products", *methods), "rows": rows}


def _figure(row: dict[str, Any], measure: str) -> float:
    name, k = measure.split("@")
    return float(row[name][int(k)])


def _error(row: dict[str, Any], measure: str, scale: float = 100.0) -> str:
    error = row["standard_error"].get(measure)
    if error is None:
        return ""
    return f" ± {scale * error:.1f}" if scale == 100.0 else f" ± {error:.3f}"


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"
