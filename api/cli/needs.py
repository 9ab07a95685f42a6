"""`rapport needs` and `rapport signals`: what is needed again, and who is about to look elsewhere."""

from __future__ import annotations

import click

from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from api.need_views import needs_view, signal_view
from api.schemas.needs import LONGEST_WINDOW, USUAL_WINDOW
from plugin.activity import Shopper
from plugin.errors import NotFound
from plugin.needs.needed import needed
from plugin.needs.signals import every_signal
from plugin.storefront import Storefront, Visitor

WINDOW = click.IntRange(1, LONGEST_WINDOW)


@click.command()
@of_shop
@click.option("--shopper", "shopper_id", required=True, metavar="ID", help="Whose needs.")
@click.option("--days", type=WINDOW, default=USUAL_WINDOW, show_default=True, help="How far ahead.")
@as_json
def needs(shop_id: str, shopper_id: str, days: int, as_json: bool) -> None:
    """List what a shopper needs in the coming days, earliest first, with the time it lies in and why."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        shops.view(shop_id, fresh=True)
        scene = Storefront(shops).scene(shop_id, Visitor(Shopper(shopper_id), trusted=True))
        if not scene.profile.events:
            raise NotFound(f"Nothing is known of a shopper {shopper_id!r}.")
        told = needs_view(scene, needed(scene, days), days)
    if as_json:
        machine(told)
        return
    rows = [
        [
            each["name"] or each["product_id"],
            each["kind"],
            _day(each["due_at"]),
            f"{_day(each['due_from'])} to {_day(each['due_until'])}" if each["due_from"] else "",
            "" if each["chance"] is None else f"{each['chance']:.2f}",
            each["reason"]["text"],
        ]
        for each in told["needs"]
    ]
    table(f"Needs of {shopper_id}", ["product", "kind", "due", "80 of 100", "chance", "why"], rows)


@click.command()
@of_shop
@as_json
def signals(shop_id: str, as_json: bool) -> None:
    """List who bought here regularly and no longer does, by category, with what shows it."""
    with open_shops() as shops, bar("Looking at shoppers", None, quiet=as_json) as tell:
        shops.store.existing(shop_id)
        shops.view(shop_id, fresh=True)
        told = []
        for each in every_signal(Storefront(shops), shop_id):
            told.append(signal_view(each))
            tell(completed=len(told), description="Signals found")
    if as_json:
        machine({"signals": told})
        return
    rows = [
        [
            each["shopper_id"],
            each["category"],
            each["kind"],
            f"{each['chance']:.3f}",
            f"{each['evidence']['purchases']} times, every {each['evidence']['usual_days']:g} days",
            _day(each["evidence"]["last_bought"]),
        ]
        for each in told
    ]
    table(f"Signals of {shop_id}", ["shopper", "category", "kind", "chance", "bought", "last"], rows)


def _day(moment: str | None) -> str:
    return (moment or "")[:10]
