"""`rapport value`: who is worth what, in ten bands."""

from __future__ import annotations

import time

import click

from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from api.value_views import value_ladder_view
from plugin.worker import refresh_value


@click.command()
@of_shop
@click.option("--fresh", is_flag=True, help="Learn it anew from the log first.")
@as_json
def value(shop_id: str, fresh: bool, as_json: bool) -> None:
    """Tell what the shop's buyers are expected to bring in the coming year, in ten bands of equally many.

    The background work learns it several times a day; `--fresh` does so now.
    """
    with open_shops() as shops:
        shops.store.existing(shop_id)
        if fresh or shops.view(shop_id, fresh=True).value is None:
            with bar("Learning what shoppers are worth", 1, quiet=as_json) as tell:
                tell(completed=0)
                refresh_value(shops, shop_id, time.time())
        told = value_ladder_view(shops.view(shop_id, fresh=True))
    if as_json:
        machine(told)
        return
    if not told["bands"]:
        click.echo(
            f"There is too little to say: {told['from_buyers'] or 0} buyers are known, and it takes at least "
            "20, ten of whom bought again.",
        )
        return
    rows = [
        [
            each["band"],
            each["buyers"],
            f"{each['expected_orders']:.2f}",
            (each["expected_spend"] or {}).get("amount", ""),
            "" if each["share_of_spend"] is None else f"{100 * each['share_of_spend']:.0f} %",
            f"{each['still_customer']:.2f}",
        ]
        for each in told["bands"]
    ]
    title = f"{told['ahead_days']} days ahead, from {told['from_buyers']} buyers on {told['as_of'][:10]}"
    columns = ["band", "buyers", "orders each", "spend each", "of all", "still customers"]
    table(title, columns, rows)
