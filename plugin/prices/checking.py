"""What the shop calls reduced and its own prices contradict: for the merchant's list and for the doctor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plugin.catalog import Product
from plugin.prices.claims import Claim
from plugin.prices.keeping import claim_on

NOT_CHEAPER, OVERSTATED, UNPROVEN = "not_cheaper", "overstated", "unproven"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reduction that the shop announces and its prices do not bear out.

    `not_cheaper`: it was as cheap or cheaper in the thirty days before, so it may not be called reduced at
    all. `overstated`: it is reduced, but the price it is measured by was not the lowest of those days.
    `unproven`: nothing is known of the prices before; right or wrong, it is not struck here.
    """

    product: Product
    claim: Claim
    code: str


def doubts_of_reductions(products: Iterable[Product], zone: str) -> list[Doubt]:
    """Return the reductions in the shop window that its own prices do not bear out, by product id."""
    found = []
    for product in sorted(products, key=lambda product: product.product_id):
        if product.hidden or product.price is None or product.source != "merchant":
            continue
        claim = claim_on(product, zone)
        code = {"no_saving": NOT_CHEAPER, "unknown_before": UNPROVEN, "known_too_short": UNPROVEN}.get(
            claim.reason
        )
        if claim.was is not None and product.price > claim.was:
            code = OVERSTATED
        if code is not None:
            found.append(Doubt(product, claim, code))
    return found
