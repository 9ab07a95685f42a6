"""A product's prices over time and what may be said of them, as documents."""

from __future__ import annotations

from typing import Any

from api.moments import moment
from plugin.catalog import Product
from plugin.money import as_document
from plugin.prices.checking import Doubt
from plugin.prices.claims import SENTENCES, Claim
from plugin.prices.keeping import claim_on


def prices_view(product: Product, currency: str, zone: str) -> dict[str, Any]:
    """Return what a product cost and costs, the oldest change first, and what may be said of it today."""
    return {
        "product_id": product.product_id,
        "price": as_document(product.price_now, currency),
        **claim_view(claim_on(product, zone), currency),
        "changes": [
            {
                "at": moment(change.at),
                "price": as_document(change.price, currency),
                "sale_price": as_document(change.sale_price, currency),
            }
            for change in product.prices
        ],
    }


def claim_view(claim: Claim, currency: str) -> dict[str, Any]:
    """Return what may be said of a price: what may be struck, what is saved, and why that or nothing."""
    return {
        "was": as_document(claim.was, currency),
        "percent_saved": claim.percent,
        "prior_price": as_document(claim.prior, currency),
        "reduced_since": moment(claim.began),
        "looked_from": moment(claim.looked_from),
        "reason": claim.reason,
        "sentence": SENTENCES[claim.reason],
    }


def doubt_view(doubt: Doubt, currency: str) -> dict[str, Any]:
    """Return a reduction that the shop's own prices do not bear out."""
    return {
        "product_id": doubt.product.product_id,
        "name": doubt.product.name,
        "code": doubt.code,
        "stated": as_document(doubt.product.price, currency),
        "price": as_document(doubt.product.price_now, currency),
        **claim_view(doubt.claim, currency),
    }
