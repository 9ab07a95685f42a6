"""Who is never offered something, who always is, and for whom a rule may choose: drawn once, for ever.

The draw knows the rule's id and the shopper, nothing else: not the version of the rule, not its share of
shoppers, not what other rules drew. A larger share holds out the same shoppers and some more.
"""

from __future__ import annotations

from plugin.offers.occasion import drawn
from plugin.offers.offer import Offer


def holds_out(offer: Offer, shopper_key: str | None) -> bool:
    """Return whether a shopper is of the stable share who are not offered it."""
    return bool(offer.holdout) and shopper_key is not None and _place(offer, shopper_key) < offer.holdout


def is_tried(offer: Offer, shopper_key: str) -> bool:
    """Return whether a shopper is of as many others who are offered it whatever it is expected to bring.

    Without them a rule that chooses for itself would never meet those whom it once gave up.
    """
    return bool(offer.holdout) and offer.holdout <= _place(offer, shopper_key) < 2 * offer.holdout


def _place(offer: Offer, shopper_key: str) -> float:
    return drawn(f"holdout:{offer.offer_id}", shopper_key)
