"""`rapport prices`: whether what the shop calls reduced is."""

from __future__ import annotations

import click

from api.cli.output import as_json, machine, of_shop, open_shops, table
from api.price_views import doubt_view
from plugin.prices.checking import NOT_CHEAPER, OVERSTATED, UNPROVEN, doubts_of_reductions
from plugin.shop_window import reduced_with_prices

MEANING = {
    NOT_CHEAPER: "as cheap or cheaper before",
    OVERSTATED: "measured by too high a price",
    UNPROVEN: "no price before is known",
}


@click.group()
def prices() -> None:
    """Prices: whether what the shop calls reduced is."""


@prices.command()
@of_shop
@as_json
def check(shop_id: str, as_json: bool) -> None:
    """List the products whose sale price their own past prices do not bear out.

    The measure is the lowest price of the thirty days before the reduction. Where that says otherwise than
    the feed, cards strike the honest price or none.
    """
    with open_shops() as shops:
        shops.store.existing(shop_id)
        shop = shops.view(shop_id, fresh=True)
        currency = shop.settings.currency
        called = reduced_with_prices(shops.memory(shop_id).documents, shop.catalogue)
        doubts = doubts_of_reductions(called, shop.settings.timezone)
        told = [doubt_view(doubt, currency) for doubt in doubts]
        reduced = sum(product.was is not None for product in shop.catalogue)
    if as_json:
        machine({"shop_id": shop_id, "currency": currency, "reduced": reduced, "doubts": told})
        return
    if told:
        rows = [
            [
                each["product_id"],
                each["stated"]["amount"],
                each["price"]["amount"],
                (each["prior_price"] or {}).get("amount", ""),
                MEANING[each["code"]],
            ]
            for each in told
        ]
        columns = ["product", "stated", "now", "lowest in 30 days", "what is wrong"]
        table(f"{len(told)} reductions that past prices do not bear out, in {currency}", columns, rows)
    click.echo(f"{reduced} products are shown as reduced; {len(told)} more or otherwise by the feed.")
