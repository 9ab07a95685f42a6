"""`rapport offers effect`: what an offer brings beyond what would have come anyway."""

from __future__ import annotations

import time

import click

from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from plugin.errors import NotFound
from plugin.worker import Worker


@click.command()
@click.argument("offer_id", metavar="OFFER")
@of_shop
@click.option("--fresh/--last", default=True, help="Measure it now, or tell what was measured last.")
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    help="Within how many days of coming in orders count (28); nothing is kept of another number.",
)
@as_json
def effect(offer_id: str, shop_id: str, fresh: bool, days: int | None, as_json: bool) -> None:
    """Tell what OFFER brings: shoppers who were offered it beside those held out, with how sure that is."""
    from api.effect_views import effect_view  # learning is loaded only where it is asked for
    from plugin.uplift.measuring import DAYS, known_effect, measured, refresh_effect

    now = time.time()
    with open_shops() as shops:
        shops.store.existing(shop_id)
        shop = shops.view(shop_id, fresh=True)
        offer = shop.offers.get(offer_id)
        if offer is None:
            raise NotFound(f"There is no offer rule {offer_id!r}.")
        with bar("Looking at who came and who ordered", 1, quiet=as_json) as tell:
            tell(completed=0)
            if fresh or days is not None:
                Worker(shops).drain(shop_id)  # what came in just now counts too
            if days is not None and days != DAYS:
                found = measured(shops, shop_id, offer, now, days)
            elif fresh:
                found = refresh_effect(shops, shop_id, offer_id, now)
            else:
                found = known_effect(shops, shop_id, offer, now)
        told = effect_view(found, shop.settings.currency)
    if as_json:
        machine(told)
        return
    click.echo(told["sentence"])
    if told["ordered"] is None:
        return
    rows = [["ordered", *(f"{100 * told['ordered'][name]:.1f} %" for name in PARTS)]]
    for name, title in (("paid", "paid"), ("left_above_cost", "left above cost")):
        if told[name] is not None:
            rows.append([title, *(told[name][part]["amount"] for part in PARTS)])
    title = f"{told['offered']} offered, {told['held_out']} held out, since {told['since'][:10]}"
    table(title, ["a shopper", "offered", "held out", "more", "from", "to"], rows)
    if told["differs_between_shoppers"] is not None:
        differs = "differs" if told["differs_between_shoppers"] else "is not seen to differ"
        click.echo(f"It {differs} between shoppers.")


PARTS = ("offered", "held_out", "more", "low", "high")
