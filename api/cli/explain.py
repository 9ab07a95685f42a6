"""`rapport explain`: why a product is suggested, or why not."""

from __future__ import annotations

import click

from api.cli.output import as_json, machine, of_shop, open_shops, table
from api.explained import explanation_view
from plugin.activity import Shopper
from plugin.errors import Refused
from plugin.explaining import Explanation
from plugin.placements import LARGEST_LIMIT, built_in, no_placement
from plugin.storefront import Slot, Storefront, Visitor


@click.command()
@of_shop
@click.option("--kind", required=True, metavar="KIND", help="A kind, or a placement of the shop.")
@click.option("--candidate", required=True, metavar="ID", help="The product that is asked about.")
@click.option("--product", "products", multiple=True, metavar="ID", help="The page's products.")
@click.option("--basket", multiple=True, metavar="ID", help="What lies in the basket.")
@click.option("--shopper", "shopper_id", default=None, metavar="ID", help="For whom.")
@click.option("--limit", type=click.IntRange(1, LARGEST_LIMIT), default=None, help="How many are shown.")
@as_json
def explain(
    shop_id: str,
    kind: str,
    candidate: str,
    products: tuple[str, ...],
    basket: tuple[str, ...],
    shopper_id: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Say why a product is in a list of suggestions, or why not: the filter, or its rank and the gap."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        shop = shops.view(shop_id, fresh=True)
        if kind not in shop.placements and built_in(kind) is None:
            raise Refused(no_placement(kind))
        who = Visitor(Shopper(shopper_id) if shopper_id else None, trusted=True)
        slot = Slot(kind, products, limit)
        scene, explained = Storefront(shops).explain(shop_id, who, slot, candidate, basket or None)
        if as_json:
            machine(explanation_view(scene, kind, explained))
            return
    _say(explained)


def _say(explained: Explanation) -> None:
    product = explained.product
    click.echo(
        f"{product.name or product.product_id} ({product.product_id}), {explained.kind}: {explained.why}"
    )
    if explained.rule:
        click.echo(f"The shop's rule: {explained.rule}.")
    if explained.reason is not None and explained.code not in ("shown", "variant_shown"):
        click.echo(f"What speaks for it: {explained.reason.text}.")
    standing = explained.standing
    if standing is None:
        return
    if standing.gap is not None and explained.position is None:
        click.echo(f"The last one shown has {standing.gap:.2f} times its odds.")
    for name, factor in standing.moved.items():
        click.echo(f"Moved by {name}: odds times {factor:.2f}.")
    rows = [(term.name, term.code, f"{term.adds:+.4f}", term.product_id or "") for term in standing.terms]
    table(f"Score {standing.score:.4f} on the rung {standing.rung}", ["term", "reason", "adds", "from"], rows)
