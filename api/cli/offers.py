"""`rapport offers`: what a merchant does with offers beside writing their rules."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import click

from api.cli.effects import effect
from api.cli.offer_papers import funding, revoke, verify
from api.cli.output import as_json, machine, of_shop, open_shops, people
from api.cli.rules import RULE_COMMANDS
from plugin.errors import Refused
from plugin.merchant import Merchant
from plugin.redemptions.codes import LONGEST_PREFIX, MOST_AT_ONCE
from plugin.redemptions.made import make_codes

PREFIX_HELP = f"How every code begins: at most {LONGEST_PREFIX} letters and digits."


@click.group()
def offers() -> None:
    """Offers: their rules before and after they go live, and the codes that open them."""


for command in (effect, *RULE_COMMANDS):
    offers.add_command(command)


for command in (funding, revoke, verify):
    offers.add_command(command)


@offers.command()
@of_shop
@click.option("--offer", "offer_id", required=True, metavar="ID", help="Which offer the codes open.")
@click.option("--count", type=click.IntRange(1, MOST_AT_ONCE), required=True, help="How many.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A new CSV file.")
@click.option("--prefix", default="", help=PREFIX_HELP)
@click.option(
    "--uses", type=click.IntRange(1, 10**6), default=1, show_default=True, help="Uses of each code."
)
@as_json
def codes(shop_id: str, offer_id: str, count: int, out: Path, prefix: str, uses: int, as_json: bool) -> None:
    """Make codes for an offer and write them to a file, this once: the store keeps only marks of them."""
    if len(prefix) > LONGEST_PREFIX or not (prefix.isascii() and (prefix.isalnum() or not prefix)):
        raise Refused(f"A prefix has at most {LONGEST_PREFIX} letters and digits.")
    with open_shops() as shops:
        shops.store.existing(shop_id)
        try:
            file = out.open("x", newline="")
        except OSError as error:
            raise Refused(f"{out} cannot be written as a new file: {error.strerror}.") from None
        with file:
            try:
                made = make_codes(Merchant(shops, time.time), shop_id, offer_id, count, prefix, uses)
            except BaseException:
                out.unlink()
                raise
            rows = csv.writer(file)
            rows.writerow(["code", "offer_id", "uses"])
            rows.writerows([code, offer_id, uses] for code in made)
    if as_json:
        machine({"offer_id": offer_id, "count": len(made), "uses": uses, "file": str(out)})
        return
    people.print(
        f"{len(made)} codes for {offer_id} are in {out}. Keep it safe: nobody can be told them again."
    )
