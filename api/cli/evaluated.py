"""How an evaluation is told to people."""

from __future__ import annotations

from typing import Any

import click

from api.cli.output import table
from api.evaluation_page.words import ASKED, headline, percent, product_rows, what_was_asked

COLUMNS = ("HR@10", "recall@20", "NDCG@10", "MRR@10", "coverage", "novelty", "head")


def tell_report(report: dict[str, Any]) -> None:
    """Print a kind: what was asked, every method's figures, and the same by how much was known."""
    click.echo(f"{report['kind']}: {headline(report)}")
    click.echo(what_was_asked(report))
    table("", ["method", *COLUMNS, "ours is"], [_cells(report, row) for row in report["rows"]])
    _tell_past_orders(report)
    found = product_rows(report)
    if found:
        table("Found among the first ten, by how often it was sold", found["columns"], found["rows"])
    click.echo()


def _cells(report: dict[str, Any], row: dict[str, Any]) -> tuple[str, ...]:
    measure = ASKED[report["kind"]][0]
    error = row["standard_error"][measure]
    spread = "" if error is None else f" ± {100 * error:.1f}"
    first, second = percent(row["hr"][10]), percent(row["recall"][20])
    novelty = row["novelty"][10]
    return (
        row["method"],
        first + spread if measure == "hr@10" else first,
        second + spread if measure == "recall@20" else second,
        f"{row['ndcg'][10]:.3f}",
        f"{row['mrr'][10]:.3f}",
        percent(row["coverage"][10]),
        "–" if novelty is None else f"{novelty:.1f}",
        percent(row["head_share"][10]),
        row["against"][measure]["verdict"] if row["against"] else "",
    )


def _tell_past_orders(report: dict[str, Any]) -> None:
    bands = [each for each in report["segments"] if each["of"] == "shopper"]
    bands = ([report["newcomers"]] if report["newcomers"] else []) + bands
    methods = [row["method"] for row in report["rows"]]
    rows = [
        (
            band["band"],
            f"{band['cases']:,}",
            *(percent(band["figures"].get(name, {}).get("hr@10")) for name in methods),
        )
        for band in bands
    ]
    table("HR@10 by how many orders the shopper had made", ["orders", "cases", *methods], rows)
