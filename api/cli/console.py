"""`rapport console`: letting people into the console."""

from __future__ import annotations

import os
import time

import click

from api.cli.output import as_json, machine, of_shop, open_shops
from plugin.errors import Refused
from plugin.merchant import Merchant
from plugin.shops import Shops

INVITED_FOR_S = 24 * 3600


@click.group()
def console() -> None:
    """Let people into the merchant's console."""


@console.command()
@click.argument("email")
@of_shop
@click.option("--role", type=click.Choice(["owner", "editor", "viewer"]), default="owner", show_default=True)
@click.option("--url", default=None, help="Where the service is reached; default http://127.0.0.1:PORT.")
@as_json
def invite(email: str, shop_id: str, role: str, url: str | None, as_json: bool) -> None:
    """Print a link that opens the console once, within a day.

    EMAIL is who comes in, as the console and the record of changes name them; nothing is sent to it.
    """
    if "@" not in email.strip("@"):
        raise Refused(f"{email!r} is not an e-mail address.")
    with open_shops() as shops:
        shops.store.existing(shop_id)
        link = login_link(
            shops, shop_id, email, role, url or f"http://127.0.0.1:{os.environ.get('PORT', '8080')}"
        )
        Merchant(shops, time.time).audit(shop_id, "console.invited", role=role)
    if as_json:
        machine({"url": link, "email": email, "role": role})
    else:
        click.echo(link)


def login_link(shops: Shops, shop_id: str, email: str, role: str, url: str) -> str:
    """Return a link that opens the console of a shop once."""
    ticket = shops.memory(shop_id).tickets.issue("login", {"email": email, "role": role}, INVITED_FOR_S)
    return f"{url.rstrip('/')}/console/login?shop={shop_id}&ticket={ticket}"
