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
    "hr@10": "a right product among the first ten",
    "recall@20": "of the right products among the first twenty",
}

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
    return "–" if value is None else f"{100 * value:.1f} %"


def headline(report: dict[str, Any]) -> str:
    """Return the result of a kind in a sentence: ours, the best of the others, and how sure that is."""
    measure = ASKED[report["kind"]][0]
    ours, *others = report["rows"]
    said = f"Rapport: {percent(_figure(ours, measure))}{_error(ours, measure)} {MEASURED[measure]}."
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
    until = "the end of the history" if report["until"] is None else day(report["until"])
    some = f"{report['cases']:,}"
    if report["possible"] > report["cases"]:
        some += f" of {report['possible']:,}, drawn at random (seed {report['seed']})"
    beyond = report["unforeseeable"]
    return (
        f"Learned from what was before {day(report['as_of'])}; asked about the time from then to {until}: "
        f"{ASKED[report['kind']][1]} {some} cases. In that time {beyond['shoppers_unknown']:,} of "
        f"{beyond['shoppers']:,} shoppers bought for the first time, {beyond['products_never_sold']:,} of "
        f"{beyond['products']:,} products bought had never been sold before, and "
        f"{beyond['guest_orders']:,} orders were guests'."
    )


def method_rows(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row of cells for each method, ours first."""
    return [_method_row(row, report["cases"]) for row in report["rows"]]


def _method_row(row: dict[str, Any], cases: int) -> dict[str, Any]:
    against = row["against"] or {}
    return {
        "method": row["method"],
        "setting": row["setting"],
        "cells": (
            percent(row["hr"][10]) + _error(row, "hr@10"),
            percent(row["recall"][20]) + _error(row, "recall@20"),
            f"{row['ndcg'][10]:.3f}" + _error(row, "ndcg@10", scale=1.0),
            f"{row['mrr'][10]:.3f}",
            percent(row["coverage"][10]),
            _number(row["novelty"][10]),
            percent(row["head_share"][10]),
            _number(row["miscalibration"][10]),
            f"{1000 * row['seconds'] / max(cases, 1):.1f}",
            "" if row["peak_gib"] is None else f"{row['peak_gib']:.2f}",
        ),
        "verdicts": tuple(
            against[measure]["verdict"] if against else "" for measure in ("hr@10", "recall@20", "ndcg@10")
        ),
    }


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
    return "–" if value is None else f"{value:.2f}"
