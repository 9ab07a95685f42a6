"""`rapport export shopper` and `rapport erase`: what is known of one person, and its erasure."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from api.dossier import dossier
from api.moments import moment
from api.receipts import receipt_view
from plugin.activity import Shopper
from plugin.errors import RapportError, Refused
from plugin.merchant import Merchant
from plugin.rights.erasing import DONE, STEPS, Erasing
from plugin.shops import Shops
from plugin.storefront import Storefront
from plugin.worker import Worker

PATIENCE_S = 600.0
ASK_AGAIN_S = 0.1

a_visitor = click.option("--anonymous", is_flag=True, help="ID is a visitor's anonymous id, no shopper's.")


@click.command("shopper")
@click.argument("shopper_id", metavar="ID")
@of_shop
@a_visitor
@click.option("--out", type=click.Path(path_type=Path), help="A new file; without it, standard output.")
def export_shopper(shopper_id: str, shop_id: str, anonymous: bool, out: Path | None) -> None:
    """Write everything known of one shopper as one JSON document."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        pieces = dossier(Storefront(shops), shop_id, Shopper(shopper_id, not anonymous))
        if out is None:
            for piece in pieces:
                sys.stdout.buffer.write(piece)
            return
        if out.exists():
            raise Refused(f"{out} is there already; name a new file.")
        with open(out, "xb", opener=_private) as file:
            file.writelines(pieces)
    click.echo(f"Everything known of {shopper_id} is in {out}.")


@click.group("erase")
def erase() -> None:
    """Erase a shopper from everything that is kept, and look at what erasures came to."""


@erase.command("shopper")
@click.argument("shopper_id", metavar="ID")
@of_shop
@a_visitor
@as_json
def erase_shopper(shopper_id: str, shop_id: str, anonymous: bool, as_json: bool) -> None:
    """Erase a shopper with every identity that is theirs, and wait until it is done. There is no way back.

    Whatever comes in their name afterwards is dropped, and a backup that is brought back leaves them out.
    """
    with open_shops() as shops, bar("Erasing", len(STEPS), as_json) as tell:
        shops.store.existing(shop_id)
        erasing = Erasing(shops, time.time)
        asked = erasing.ask(shop_id, Shopper(shopper_id, not anonymous), "command line")
        Merchant(shops, time.time).audit(shop_id, "shopper.erased", erasure_id=asked["erasure_id"])
        receipt = _waited_for(shops, shop_id, erasing, asked["erasure_id"], tell)
    _say_receipt(receipt, as_json)


@erase.command("list")
@of_shop
@as_json
def list_erasures(shop_id: str, as_json: bool) -> None:
    """List the receipts of erasures, the newest first. They name nobody."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        receipts = [receipt_view(receipt) for receipt in Erasing(shops, time.time).receipts(shop_id)]
    if as_json:
        machine(receipts)
        return
    rows = [(each["erasure_id"], each["state"], each["asked_at"], each["by"]) for each in receipts]
    table("Erasures", ("erasure", "state", "asked at", "by"), rows)


@erase.command("lift")
@click.argument("shopper_id", metavar="ID")
@of_shop
@a_visitor
@as_json
def lift(shopper_id: str, shop_id: str, anonymous: bool, as_json: bool) -> None:
    """Let somebody be known again who was erased, from nothing: they came back and want to be."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        lifted = Erasing(shops, time.time).lift(shop_id, Shopper(shopper_id, not anonymous))
        if lifted:
            Merchant(shops, time.time).audit(shop_id, "erasure.lifted")
    if as_json:
        machine({"lifted": lifted})
    else:
        click.echo("May be known again." if lifted else "Was not erased; nothing is changed.")


@erase.command("new-key")
@click.confirmation_option(prompt="The erased may come back with old backups then. Go on?")
@as_json
def new_key(as_json: bool) -> None:
    """Go on with the erasure key there is, where the one that marks were made with is lost.

    Nobody can tell any more whom those marks mean: activity and backups of the erased are let in again.
    """
    with open_shops() as shops:
        shops.store.adopt_erasure_key()
    if as_json:
        machine({"adopted": True})
    else:
        click.echo("The erasure key of this node is the one from now on.")


def _waited_for(shops: Shops, shop_id: str, erasing: Erasing, erasure_id: str, tell: Any) -> dict[str, Any]:
    """Do the work, beside whoever else does it, until the erasure is done."""
    worker, patience = Worker(shops), time.monotonic() + PATIENCE_S
    while True:
        receipt = erasing.receipt(shop_id, erasure_id)
        tell(
            completed=len(receipt["steps"]), description=f"Erasing: {Erasing.waiting_for(receipt) or 'done'}"
        )
        if receipt["state"] == DONE:
            return receipt
        if time.monotonic() > patience:
            raise RapportError(
                f"Erasure {erasure_id} still waits for its step {Erasing.waiting_for(receipt)!r}; it goes on "
                f"with the next `rapport work` or `rapport serve`."
            )
        if not worker.step(shop_id):
            time.sleep(ASK_AGAIN_S)


def _say_receipt(receipt: dict[str, Any], as_json: bool) -> None:
    if as_json:
        machine(receipt_view(receipt))
        return
    rows = [(step["step"], step["removed"], moment(step["at"])) for step in receipt["steps"]]
    table(f"Erasure {receipt['erasure_id']}: {receipt['state']}", ("step", "removed", "at"), rows)


def _private(path: str, flags: int) -> int:
    """Personal data is for its owner's eyes."""
    return os.open(path, flags, 0o600)
