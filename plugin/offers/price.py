"""What a basket comes to with the offers of an occasion, and what one card costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.catalog import Product
from plugin.offers.applied import taken_off
from plugin.offers.benefits import AmountOff, FixedPrice, PercentOff
from plugin.offers.evaluate import evaluate
from plugin.offers.occasion import BasketLine, Occasion
from plugin.offers.offer import Offer
from plugin.offers.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Discount:
    """What one offer takes off one basket line, in minor units."""

    line: int
    product_id: str
    offer_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A basket with its offers: before, what is taken off where, and what is to be paid (minor units).

    `subtotal` less all `discounts` is `total`, to the unit. Delivery is not in it; `free_shipping` says
    whether a granted offer covers it.
    """

    subtotal: int
    discounts: tuple[Discount, ...]
    total: int
    verdicts: tuple[Verdict, ...]
    free_shipping: bool = False


@dataclass(frozen=True, slots=True)
class CardOffer:
    """The one offer a product's card shows: its verdict, the price before, and the price with it."""

    verdict: Verdict
    before: int
    price: int


def quote(offers: Sequence[Offer], occasion: Occasion) -> Quote:
    """Return what the occasion's basket comes to with these offers. Changes nothing anywhere."""
    verdicts = evaluate(offers, occasion)
    discounts = sorted(
        (
            Discount(at, line.product_id, verdict.offer_id, verdict.discounts[at])
            for verdict in verdicts
            if verdict.discounts
            for at, line in enumerate(occasion.basket)
            if verdict.discounts[at]
        ),
        key=lambda discount: (discount.line, discount.offer_id),
    )
    return Quote(
        subtotal=occasion.subtotal,
        discounts=tuple(discounts),
        total=occasion.subtotal - sum(discount.amount for discount in discounts),
        verdicts=tuple(verdicts),
        free_shipping=any(v.applies and v.offer.gives.name == "free_shipping" for v in verdicts),
    )


def offer_for(product: Product, verdicts: Sequence[Verdict], occasion: Occasion) -> CardOffer | None:
    """Return the granted offer that makes one piece of this product cheapest, with the price after it.

    Only offers on single products count: a percentage, a fixed price, an amount off certain products.
    Ties by priority, then id. None where no granted offer makes the product cheaper, or it has no price.
    """
    before = product.price_now
    if before is None:
        return None
    one = occasion.changed(basket=(BasketLine(product.product_id, 1, before),))
    most = before - sum(one.least)
    cheaper = (
        (min(most, taken_off(verdict.offer, one, [before])[0]), verdict)
        for verdict in verdicts
        if verdict.applies and _on_one_product(verdict.offer)
    )
    found = [(off, verdict) for off, verdict in cheaper if off > 0]
    if not found:
        return None
    off, verdict = min(found, key=lambda held: (-held[0], held[1].offer.rank))
    return CardOffer(verdict, before, before - off)


def _on_one_product(offer: Offer) -> bool:
    gives = offer.gives
    if isinstance(gives, AmountOff):
        return not gives.everything
    return isinstance(gives, PercentOff | FixedPrice)
