"""`rapport audit`: what was changed in a shop, and whether that record stands."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click

from api.cli.output import as_json, machine, of_shop, open_shops, table
from api.moments import moment


@click.group()
def audit() -> None:
    """Show what was changed in a shop by whom, and whether that record is whole."""


@audit.command("list")
@of_shop
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@as_json
def list_(shop_id: str, limit: int, as_json: bool) -> None:
    """List the newest changes, the newest first."""
    with open_shops() as held:
        entries = held.store.existing(shop_id).audit.newest(limit)
    if as_json:
        machine([{**asdict(entry), "at": moment(entry.at)} for entry in entries])
        return
    rows = [(str(e.number), moment(e.at) or "", e.who, e.did, _told(e.what)) for e in entries]
    table("Changes", ["number", "at", "who", "did", "what"], rows)


@audit.command()
@of_shop
@click.option("--head", "noted", help="A hash noted down before; the chain must still have it.")
@as_json
def verify(shop_id: str, noted: str | None, as_json: bool) -> None:
    """Check that no entry was changed or taken out; note the newest hash down to compare with later.

    Without a noted hash this finds what was changed by hand. Whoever can write to the store could reckon the
    whole chain anew; a hash noted elsewhere tells that too. Exit code 1 when the record is not whole.
    """
    with open_shops() as held:
        verdict = held.store.existing(shop_id).audit.verify(noted)
    if as_json:
        machine(verdict.as_dict())
    elif verdict.whole:
        click.echo(f"{verdict.entries} entries, whole. Newest hash: {verdict.head or '(none)'}")
    else:
        click.echo(f"Not whole: {verdict.fault}", err=True)
    sys.exit(0 if verdict.whole else 1)


def _told(what: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in what.items())
