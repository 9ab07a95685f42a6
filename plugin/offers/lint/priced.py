"""What a rule promises and the shop's price floor does not leave."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from plugin.catalog import Product, category_keys
from plugin.money import decimal_text
from plugin.offers.benefits import AmountOff, BuyXGetY, FixedPrice, FreeProduct, PercentOff, Pieces
from plugin.offers.floor import floor_price
from plugin.offers.lint.finding import WARNING, Finding
from plugin.offers.offer import Offer
from plugin.shop import Shop

TOLD = 3


def below_the_floor(rule: Offer, shop: Shop) -> Iterator[Finding]:
    """Yield where a rule takes off more than the shop's floor can leave, with the products that show it."""
    short: list[tuple[Product, str]] = []
    meant = _meant(rule, shop)
    for product, price in meant:
        room = price - _floor(product, price, shop)
        wanted = _wanted(rule, price)
        if wanted is not None and wanted > room:
            short.append((product, decimal_text(room, shop.settings.currency)))
    if not short:
        return
    named = "; ".join(f"{p.name or p.product_id} leaves {room} at most" for p, room in short[:TOLD])
    further = f"; and {len(short) - TOLD} more" if len(short) > TOLD else ""
    of = f"{len(short)} of {len(meant)} products it is about"
    detail = f"The price floor of the shop leaves less than it promises, for {of}: {named}{further}."
    fix = "Promise less, leave those products out, or change `margin_floor` or `largest_discount`."
    yield Finding("below_floor", WARNING, rule.offer_id, f"/gives/{rule.gives.name}", detail, fix)


def _floor(product: Product, price: int, shop: Shop) -> int:
    settings = shop.settings
    return floor_price(product, price, settings.margin_floor, settings.largest_discount)


def _meant(rule: Offer, shop: Shop) -> list[tuple[Product, int]]:
    """The products that may be in a basket and that the benefit is about, with their price today."""
    gives = rule.gives
    sold = [(p, p.price_now) for p in shop.catalogue if not p.hidden and p.price_now is not None]
    if isinstance(gives, FixedPrice | FreeProduct):
        return [(p, price) for p, price in sold if p.product_id == gives.product_id]
    pieces = gives.get if isinstance(gives, BuyXGetY) else gives
    if not isinstance(pieces, Pieces):
        return []
    if pieces.products is not None:
        return [(p, price) for p, price in sold if p.product_id in pieces.products]
    if pieces.category is not None:
        return [(p, price) for p, price in sold if pieces.key in category_keys(p)]
    return sold


def _wanted(rule: Offer, price: int) -> Fraction | int | None:
    """What it takes off one piece of this price; None where that depends on the basket."""
    gives = rule.gives
    if isinstance(gives, PercentOff):
        most = price if gives.at_most is None else gives.at_most
        return min(price * gives.percent, Fraction(most))
    if isinstance(gives, FixedPrice):
        return price - gives.price
    if isinstance(gives, FreeProduct):
        return price
    if isinstance(gives, BuyXGetY) and not _also_bought(gives):
        return price * gives.get.percent
    if isinstance(gives, AmountOff) and gives.products is not None and len(gives.products) == 1:
        return min(price, gives.amount)
    return None


def _also_bought(gives: BuyXGetY) -> bool:
    """Whether what is got may lie on one line with what is bought, which bears the floor together."""
    return (gives.buy.products, gives.buy.category) == (gives.get.products, gives.get.category)
