"""How a training, and what came of judging it, are told to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from api.cli.output import table
from api.moments import moment

if TYPE_CHECKING:
    from plugin.training import TrainingReport

OTHERS = ("in service", "popularity", "trending")
SHORTEST_S = 0.05


def tell_training(report: TrainingReport) -> None:
    """Print what was learned from, how it was judged, what took how long, and what was decided and why."""
    click.echo(
        f"Learned from {report.orders:,} orders and {report.views:,} views of {report.products:,} products "
        f"by {report.shoppers:,} shoppers."
    )
    if report.lessons:
        told = ", ".join(f"{kind} {count:,}" for kind, count in report.lessons.items())
        click.echo(f"Weights were learned from questions of the most recent days: {told}.")
    if report.judged:
        tell_judged(report.judged)
    tell_seconds(report.seconds)
    if report.note:
        click.echo(f"{report.note[0].upper()}{report.note[1:]}.")
    state = "is in service" if report.published else "is not in service"
    click.echo(f"Model {report.version} {state}: {report.reason}.")
    if not report.published and report.before:
        click.echo(f"Model {report.before} goes on serving.")


def tell_judged(judged: Mapping[str, Any]) -> None:
    """Print how each kind was answered by us and by the others, on the same questions."""
    rows = [
        (
            kind["kind"],
            kind["cases"],
            f"{kind['ours']:.3f}",
            *(_other(kind["others"], name) for name in OTHERS),
        )
        for kind in judged["kinds"]
    ]
    days = (judged["until"] - judged["since"]) / 86400
    title = (
        f"Judged on the {days:.1f} days from {moment(judged['since'])}, by a model that has not seen them: "
        f"{judged['measure']}"
    )
    click.echo(title)
    table("", ["kind", "questions", "ours", *OTHERS], rows)
    asked = judged["in_service"] is not None
    click.echo(f"In service: {judged['beside']}{', asked the same' if asked else ''}.")


def tell_seconds(seconds: Mapping[str, float]) -> None:
    """Print which stages took how long, the longest first."""
    told = [
        (name, round(taken, 1))
        for name, taken in sorted(seconds.items(), key=lambda each: -each[1])
        if taken >= SHORTEST_S
    ]
    if told:
        table("Seconds", ["stage", "seconds"], told)


def _other(others: Mapping[str, Any], name: str) -> str:
    if name not in others:
        return "-"
    found = others[name]
    return f"{found['mean']:.3f} ({found['difference']:+.3f} ± {found['error']:.3f})"
