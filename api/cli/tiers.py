"""`rapport tiers`: the ladder, and what another one would do."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click
import orjson

from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from plugin.errors import Invalid, Unreadable

PATH = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def tiers() -> None:
    """Show the tier ladder, and try another one without changing anything."""


@tiers.command()
@of_shop
@as_json
def show(shop_id: str, as_json: bool) -> None:
    """Show the shop's tier ladder."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        shop = shops.view(shop_id, fresh=True)
        document = shop.ladder.to_document(shop.settings.currency)
    if as_json:
        machine(document)
        return
    rows = [
        [tier["tier"], str(tier.get("from_quantile") or tier.get("from") or tier.get("when") or "everybody")]
        for tier in document["tiers"]
    ]
    kept = f"kept within {document['hysteresis']} and {document['grace_days']} days longer"
    title = f"By {document['basis']} within {document['window_days']} days; {kept}"
    table(title, ["tier", "from"], rows)


@tiers.command()
@click.argument("file", type=PATH)
@of_shop
@as_json
def preview(file: Path, shop_id: str, as_json: bool) -> None:
    """Tell who would stand where on the ladder in FILE (JSON), and how many would flip by noise alone.

    Nothing is changed. Of more than 2,000 shoppers as many are looked at, always the same ones, and counts
    are scaled up.
    """
    from plugin.tiers.preview import preview as previewed

    document = _read(file)
    with open_shops() as shops:
        shops.store.existing(shop_id)
        with bar("Looking at shoppers", None, quiet=as_json) as tell:
            told = previewed(
                shops, shop_id, document, time.time(), lambda done, of: tell(completed=done, total=of)
            )
    if as_json:
        machine(told)
        return
    _show(told)


def _read(file: Path) -> dict[str, Any]:
    """Return a ladder from a file, checked as at the door."""
    from marshmallow import ValidationError

    from api.schemas.tiers import TierLadderSchema

    try:
        document = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as wrong:
        raise Unreadable(f"{file} is no JSON: {wrong}.") from None
    try:
        return TierLadderSchema().load(document)
    except ValidationError as wrong:
        raise Invalid(f"{file} is no ladder: {wrong.messages}.") from None


def _show(told: dict[str, Any]) -> None:
    now = {each["tier"]: each["shoppers"] for each in told["now"]}
    proposed = {each["tier"]: each["shoppers"] for each in told["proposed"]}
    rows = [
        [tier, str(now.get(tier, "")), str(proposed.get(tier, ""))]
        for tier in dict.fromkeys([*now, *proposed])
    ]
    title = f"{told['shoppers']} shoppers, {told['looked_at']} of them looked at"
    table(title, ["tier", "stand there now", "would, by figures"], rows)
    if told["too_few_buyers"]:
        click.echo("There are too few buyers for quantiles to mean anything: everybody would stand lowest.")
    if (flips := told["flips"]) is not None:
        for name, words in (("as_written", "as written"), ("without_protection", "without protection")):
            each = flips[name]
            click.echo(
                f"{100 * flips['noise']:.0f} % noise over {flips['weeks']} weeks, {words}: "
                f"{each['up']} rise, {each['down']} fall, {each['both']} do both."
            )
    if told["warning"]:
        click.echo(told["warning"])
