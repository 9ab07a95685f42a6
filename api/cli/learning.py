"""`rapport train`, `recommend` and `evaluate`."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import click
import orjson

from api.cli.judged import tell_training
from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from api.model_views import judged_view
from api.moments import moment
from api.stepping_back import stepping_back
from plugin import asking, training
from plugin.errors import Refused
from plugin.placements import KINDS
from plugin.shops import Shops
from plugin.storefront import Storefront

as_of_option = click.option(
    "--as-of",
    "as_of",
    default=None,
    metavar="TIME",
    help="A date or an RFC 3339 time: only what was before it is seen.",
)


@click.command()
@of_shop
@as_of_option
@click.option("--publish", is_flag=True, help="Serve it even if judged worse, or if it is of the past.")
@click.option("--step-back", is_flag=True, help="Leave processor and memory to whoever answers.")
@as_json
def train(shop_id: str, as_of: str | None, publish: bool, step_back: bool, as_json: bool) -> None:
    """Learn a model, judge it on the most recent days, and publish it or keep it back.

    It is kept back when it answers worse than the model in service, or saw far less history. Exit code 0
    whenever it was learned, whatever was decided.
    """
    with stepping_back(step_back), open_shops() as shops, bar("Learning", 1.0, as_json) as tell:
        shops.store.existing(shop_id)
        report = training.train(
            shops,
            shop_id,
            now=time.time(),
            as_of=_moment(shops, shop_id, as_of),
            publish=publish,
            progress=lambda stage, share: tell(description=stage.capitalize(), completed=share),
        )
    if as_json:
        judged = judged_view(report.judged) if report.judged else None
        machine({**report.as_dict(), "judged": judged})
    else:
        tell_training(report)


@click.command()
@of_shop
@click.option("--queries", type=click.File("rb"), required=True, help="NDJSON, one query a line.")
@click.option("--out", type=click.File("wb"), required=True, help="NDJSON, one answer a line, in order.")
@as_of_option
@as_json
def recommend(shop_id: str, queries: BinaryIO, out: BinaryIO, as_of: str | None, as_json: bool) -> None:
    """Answer many queries by the serving path."""
    with open_shops() as shops, bar("Answering", None, as_json) as tell:
        shops.store.existing(shop_id)
        lines = (_query(line) for line in queries if line.strip())
        answered = 0
        front = Storefront(shops)
        for answer in asking.answer_queries(front, shop_id, lines, _moment(shops, shop_id, as_of)):
            out.write(orjson.dumps(answer) + b"\n")
            answered += 1
            if answered % 100 == 0:
                tell(completed=answered)
    if as_json:
        machine({"answered": answered})
    else:
        click.echo(f"{answered:,} queries answered.")


@click.command()
@of_shop
@click.option("--kind", type=click.Choice(KINDS), default="complements", show_default=True)
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=30,
    show_default=True,
    help="How many days are asked about.",
)
@as_of_option
@as_json
def evaluate(shop_id: str, kind: str, days: int, as_of: str | None, as_json: bool) -> None:
    """Say how well a kind is answered beside the baselines: time split, full ranking."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        wanted = _moment(shops, shop_id, as_of)
        try:
            report = training.evaluate(shops, shop_id, kind=kind, days=days, now=time.time(), as_of=wanted)
        except ValueError as error:
            raise Refused(str(error)) from None
    if not report.cases:
        raise Refused(
            f"There is nothing to ask about {kind} in the {days} days after {moment(report.as_of)}."
        )
    body = report.as_dict()
    if as_json:
        machine(body)
        return
    rows = [
        (
            row.method,
            *(
                f"{figure:.3f}"
                for figure in (row.hr[10], row.recall[10], row.recall[20], row.ndcg[10], row.coverage[10])
            ),
        )
        for row in report.rows
    ]
    title = f"{kind}: {report.cases:,} cases, learned before {moment(report.as_of)}"
    table(title, ["method", "HR@10", "recall@10", "recall@20", "NDCG@10", "coverage@10"], rows)


def _query(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _moment(shops: Shops, shop_id: str, text: str | None) -> float | None:
    """Read --as-of; a time without a zone is the shop's."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"--as-of {text!r} is not a date or an RFC 3339 time.") from None
    zone = ZoneInfo(shops.view(shop_id).settings.timezone)
    return (read if read.tzinfo else read.replace(tzinfo=zone)).timestamp()
