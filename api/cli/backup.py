"""`rapport export shop` and `rapport import shop`: backup and restore of a whole shop."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from api import __version__
from api.cli.output import as_json, bar, machine, of_shop, open_shops
from api.moments import moment
from plugin import backup
from plugin.backup import Backup


@click.command("shop")
@of_shop
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="A new FILE.tar.zst, or a new folder.",
)
@as_json
def export_shop(shop_id: str, out: Path, as_json: bool) -> None:
    """Write a whole shop to a file or folder, from which `rapport import shop` brings it back.

    The shop goes on serving meanwhile. The file holds personal data and the shop's signing keys: it is
    readable by its owner alone, and has to stay so.
    """
    with open_shops() as shops, bar("Folding", None, as_json) as tell:
        made = backup.export_shop(
            shops, shop_id, out, version=__version__, now=time.time(), progress=_teller(tell)
        )
    _say(f"Shop {made.shop} is in {out}", made, as_json)


@click.command("shop")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, path_type=Path))
@as_json
def import_shop(source: Path, as_json: bool) -> None:
    """Bring back a whole shop that `rapport export shop` wrote, under its id and with the keys it had.

    Where there is no shop of its id. Shoppers erased on this node since then stay erased.
    """
    with open_shops() as shops, bar("Reading the backup", None, as_json) as tell:
        made = backup.import_shop(shops, source, now=time.time, progress=_teller(tell))
    _say(f"Shop {made.shop} is back as of {moment(made.made_at)}", made, as_json)


def _teller(tell: Any) -> backup.Progress:
    return lambda stage, done, total: tell(description=stage, completed=done, total=total)


def _say(what: str, made: Backup, as_json: bool) -> None:
    if as_json:
        machine({**made.as_dict(), "made_at": moment(made.made_at)})
        return
    click.echo(
        f"{what}: {made.keys:,} keys of the store, {made.rows:,} rows of history, "
        f"{made.undelivered:,} not yet in it, model {made.model or '(none)'}, {made.bytes:,} bytes."
    )
