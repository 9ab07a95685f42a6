"""Reductions that the shop's own past prices contradict."""

from __future__ import annotations

from plugin import money
from plugin.doctor.finding import Check, Found, Patient, named
from plugin.prices.checking import UNPROVEN, Doubt, doubts_of_reductions
from plugin.shop_window import reduced_with_prices


def false_reductions(patient: Patient) -> Found | None:
    """Products called reduced that are not, or are by less than is said."""
    settings = patient.shop.settings

    def told(doubt: Doubt) -> str:
        amounts = (doubt.product.price, doubt.claim.prior)
        stated, lowest = (money.decimal_text(each or 0, settings.currency) for each in amounts)
        return f"{doubt.product.product_id}: reduced from {stated}, it says, and cost {lowest} shortly before"

    called = reduced_with_prices(patient.memory.documents, patient.shop.catalogue)
    doubts = doubts_of_reductions(called, settings.timezone)
    return named(told(doubt) for doubt in doubts if doubt.code != UNPROVEN)


CHECKS = (
    Check(
        "reduction_false",
        "warning",
        "Products are called reduced from a price that was not their lowest of the last 30 days",
        "Cards strike the lowest price instead, or none; where the shop's own pages strike the other, EU "
        "law (98/6/EC, Article 6a) is broken.",
        "`rapport prices check --shop SHOP` lists them; set `price` to what it cost before, or leave "
        "`sale_price` out.",
        false_reductions,
    ),
)
