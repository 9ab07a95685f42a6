"""`rapport train` and `recommend`."""

from __future__ import annotations

import time
from typing import Any, BinaryIO

import click
import orjson

from api.cli.as_of import as_of_option, moment_asked
from api.cli.judged import tell_training
from api.cli.output import as_json, bar, machine, of_shop, open_shops
from api.model_views import judged_view
from api.stepping_back import stepping_back
from plugin import asking, training
from plugin.storefront import Storefront


@click.command()
@of_shop
@as_of_option
@click.option("--publish", is_flag=True, help="Serve it even if judged worse, or if it is of the past.")
@click.option("--force", is_flag=True, help="With --publish: even if nothing was bought before that moment.")
@click.option("--step-back", is_flag=True, help="Leave processor and memory to whoever answers.")
@as_json
def train(
    shop_id: str, as_of: str | None, publish: bool, force: bool, step_back: bool, as_json: bool
) -> None:
    """Learn a model, judge it on the most recent days, and publish it or keep it back.

    It is kept back when it answers worse than the model in service, or saw far less history. Exit code 0
    whenever it was learned, whatever was decided.
    """
    with stepping_back(step_back), open_shops() as shops, bar("Learning", 1.0, as_json) as tell:
        shops.store.existing(shop_id)
        now = time.time()
        report = training.train(
            shops,
            shop_id,
            now=now,
            as_of=moment_asked(shops, shop_id, as_of, now),
            publish=publish,
            force=force,
            threads=1 if step_back else None,
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
        before = moment_asked(shops, shop_id, as_of, time.time())
        for answer in asking.answer_queries(front, shop_id, lines, before):
            out.write(orjson.dumps(answer) + b"\n")
            answered += 1
            if answered % 100 == 0:
                tell(completed=answered)
    if as_json:
        machine({"answered": answered})
    else:
        click.echo(f"{answered:,} queries answered.")


def _query(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
