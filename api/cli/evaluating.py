"""`rapport evaluate`: how well a shop is answered, as tables, JSON and a page."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from api.cli.as_of import as_of_option, moment_asked
from api.cli.evaluated import tell_report
from api.cli.output import as_json, bar, machine, of_shop, open_shops
from plugin.errors import Refused
from plugin.evaluating import KINDS as EVALUATED
from plugin.evaluating import MOST_CASES, Asked, evaluate_shop
from plugin.peers import Peers
from plugin.placements import KINDS

ALL = "all"


@click.command()
@of_shop
@click.option("--kind", type=click.Choice([*KINDS, ALL]), default="complements", show_default=True)
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=30,
    show_default=True,
    help="How many days are asked about.",
)
@as_of_option
@click.option(
    "--most",
    type=click.IntRange(1),
    default=MOST_CASES,
    show_default=True,
    help="Ask at most so many cases of a kind, drawn at random.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Draws what is hidden.")
@click.option("--peers", is_flag=True, help="Also run implicit's own models, and irspack's where installed.")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write a page with pictures to this file.",
)
@as_json
def evaluate(
    shop_id: str,
    kind: str,
    days: int,
    as_of: str | None,
    most: int,
    seed: int,
    peers: bool,
    html: Path | None,
    as_json: bool,
) -> None:
    """Say how well a kind is answered beside the baselines: time split, full ranking.

    What was before the cut is learned, what came in the days after it is asked. Every product competes. Plain
    methods answer the same cases; a difference counts only where chance does not explain it.
    """
    if html is not None and not html.absolute().parent.is_dir():
        raise Refused(f"There is no folder {html.absolute().parent} to write {html.name} into.")
    beside = Peers(seed=seed) if peers else None
    with open_shops() as shops, bar("Evaluating", 1.0, as_json) as tell:
        shops.store.existing(shop_id)
        now = time.time()
        asked = Asked(
            kinds=EVALUATED if kind == ALL else (kind,),
            days=days,
            as_of=moment_asked(shops, shop_id, as_of, now),
            most=most,
            seed=seed,
            peers=beside,
        )
        reports = evaluate_shop(
            shops,
            shop_id,
            asked,
            now=now,
            progress=lambda stage, share: tell(description=stage.capitalize(), completed=share),
        )
        name = shops.view(shop_id).settings.name
    found = [report.as_dict() for report in reports]
    if html is not None:
        _write_page(html, name, found)
    if as_json:
        machine(found[0] if kind != ALL else {"reports": found})
        return
    for report in found:
        tell_report(report)
    for peer, why in (beside.failed if beside else {}).items():
        click.echo(f"{peer} could not answer: {why}", err=True)
    if html is not None:
        click.echo(f"Written to {html}.")


def _write_page(html: Path, name: str, found: list[dict[str, Any]]) -> None:
    from api.evaluation_page.page import evaluation_page  # matplotlib takes a second to come in

    html.write_text(evaluation_page(name, found, time.time()), encoding="utf-8")
