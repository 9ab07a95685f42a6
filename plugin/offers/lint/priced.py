"""What a rule promises and the shop's price floor does not leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from plugin.catalog import category_keys
from plugin.money import decimal_text
from plugin.offers.benefits import AmountOff, BuyXGetY, FixedPrice, FreeProduct, PercentOff, Pieces
from plugin.offers.lint.finding import WARNING, Finding
from plugin.offers.lint.shown import Priced, Shown
from plugin.offers.offer import Offer
from plugin.shop import Shop

TOLD = 3


def below_the_floor(rule: Offer, shown: Shown, shop: Shop) -> Iterator[Finding]:
    """Yield where a rule takes off more than the shop's floor can leave, with the products that show it."""
    meant = _meant(rule, shown)
    wanted = _wanted(rule)
    if wanted is None:
        return
    short = [each for each in meant if wanted(each.price, each.room)]
    if not short:
        return
    named = "; ".join(
        f"{p.name or p.product_id} leaves {decimal_text(room, shop.settings.currency)} at most"
        for p, _, room in short[:TOLD]
    )
    further = f"; and {len(short) - TOLD} more" if len(short) > TOLD else ""
    of = f"{len(short)} of {len(meant)} products it is about"
    detail = f"The price floor of the shop leaves less than it promises, for {of}: {named}{further}."
    fix = "Promise less, leave those products out, or change `margin_floor` or `largest_discount`."
    yield Finding("below_floor", WARNING, rule.offer_id, f"/gives/{rule.gives.name}", detail, fix)


def _meant(rule: Offer, shown: Shown) -> list[Priced]:
    """The products that may be in a basket and that the benefit is about, with their price today."""
    gives, sold = rule.gives, shown.priced
    if isinstance(gives, FixedPrice | FreeProduct):
        return [each for each in sold if each.product.product_id == gives.product_id]
    pieces = gives.get if isinstance(gives, BuyXGetY) else gives
    if not isinstance(pieces, Pieces):
        return []
    if pieces.products is not None:
        named = frozenset(pieces.products)
        return [each for each in sold if each.product.product_id in named]
    if pieces.category is not None:
        return [each for each in sold if pieces.key in category_keys(each.product)]
    return sold


def _wanted(rule: Offer) -> Callable[[int, int], bool] | None:
    """Whether it takes more off one piece of a price than there is room; None where the basket decides."""
    gives = rule.gives
    if isinstance(gives, PercentOff):
        part, of = gives.percent.as_integer_ratio()
        most = gives.at_most
        return lambda price, room: price * part > room * of and (most is None or most > room)
    if isinstance(gives, FixedPrice):
        fixed = gives.price
        return lambda price, room: price - fixed > room
    if isinstance(gives, FreeProduct):
        return lambda price, room: price > room
    if isinstance(gives, BuyXGetY) and not _also_bought(gives):
        got, of_it = gives.get.percent.as_integer_ratio()
        return lambda price, room: price * got > room * of_it
    if isinstance(gives, AmountOff) and gives.products is not None and len(gives.products) == 1:
        amount = gives.amount
        return lambda price, room: min(price, amount) > room
    return None


def _also_bought(gives: BuyXGetY) -> bool:
    """Whether what is got may lie on one line with what is bought, which bears the floor together."""
    return (gives.buy.products, gives.buy.category) == (gives.get.products, gives.get.category)
