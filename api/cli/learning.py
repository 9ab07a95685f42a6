"""`rapport train`, `recommend`, `evaluate` and `models`."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import click
import orjson

from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from api.moments import moment
from plugin import asking, training
from plugin.errors import Refused
from plugin.merchant import Merchant
from plugin.placements import KINDS
from plugin.reports import models_of
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
@as_json
def train(shop_id: str, as_of: str | None, publish: bool, as_json: bool) -> None:
    """Learn a model, judge it on the most recent days, and publish it or keep it back."""
    with open_shops() as shops, bar("Learning", 1.0, as_json) as tell:
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
        machine(report.as_dict())
        return
    click.echo(
        f"Model {report.version}: {'in service' if report.published else 'not in service'}; {report.reason}."
    )
    click.echo(
        f"Learned from {report.orders:,} orders and {report.views:,} views of {report.products:,} products "
        f"by {report.shoppers:,} shoppers."
    )


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


@click.group()
def models() -> None:
    """List a shop's models, or go back to an earlier one."""


@models.command("list")
@of_shop
@as_json
def list_(shop_id: str, as_json: bool) -> None:
    """List the versions there are, newest first."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        found = models_of(shops, shops.view(shop_id))
    if as_json:
        machine([{**each, "marked_as_of": moment(each["marked_as_of"])} for each in found])
        return
    table("Models", ["version", "state", "hit rate", "popularity"], [_row(each) for each in found])


@models.command()
@of_shop
@click.argument("version", required=False)
def rollback(shop_id: str, version: str | None) -> None:
    """Serve an earlier version: the one named, else the one before that in service."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        wanted = version or _before(shops, shop_id)
        training.publish_version(shops, shop_id, wanted)
        Merchant(shops, time.time).audit(shop_id, "model.rolled_back", version=wanted)
    click.echo(f"Model {wanted} is in service.")


def _before(shops: Shops, shop_id: str) -> str:
    view = shops.view(shop_id, fresh=True)
    kept = [
        each["version"] for each in models_of(shops, view) if not each["marked_as_of"] and not each["damaged"]
    ]
    older = [each for each in kept if view.model_version is None or each < view.model_version]
    if not older:
        raise Refused("There is no earlier version to go back to.")
    return older[0]


def _row(model: dict[str, Any]) -> tuple[str, ...]:
    state = "in service" if model["serving"] else moment(model["marked_as_of"]) or "kept"
    judged = model["judged"]
    if not judged:
        return model["version"], state, "-", "-"
    return model["version"], state, f"{judged['ours']:.3f}", f"{judged['floor']:.3f}"


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
