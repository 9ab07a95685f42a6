"""A small shop's desk for the tests of redemptions: its offers, its baskets, its books."""

from __future__ import annotations

import itertools
from typing import Any

from plugin.offers.offer import Offer
from plugin.redemptions.desk import Desk, new_taker
from plugin.redemptions.redemption import RESERVING, Given, RedeemedLine, Redemption
from plugin.store.ledger import Asked, Counts, Ledger
from plugin.store.memory import ShopMemory

NOW = 1_700_000_000.0
HOLD = 900.0
numbers = itertools.count(1)


def offer(offer_id: str, **limits: Any) -> Offer:
    """An offer with these limits; what it gives is said by the redemptions themselves."""
    document = {"offer_id": offer_id, "state": "live", "gives": {"free_shipping": {}}, "limits": limits}
    return Offer.from_document(document, "EUR")


def desk(memory: ShopMemory, *offers: Offer, ledger: Ledger | None = None) -> Desk:
    return Desk(memory.redemptions, ledger or memory.ledger, {each.offer_id: each for each in offers})


def basket(*given: Given, shopper: str = "s1", now: float = NOW, **fields: Any) -> Redemption:
    """Three mugs at 9.99 and one pan at 40.00, with what offers gave."""
    held: dict[str, Any] = {
        "redemption_id": f"d_{next(numbers)}",
        "asked": "as asked",
        "state": RESERVING,
        "taker": new_taker(),
        "until": now + HOLD,
        "currency": "EUR",
        "shopper": shopper,
        "lines": (RedeemedLine("mug", 3, 999), RedeemedLine("pan", 1, 4000)),
        "given": given,
    }
    return Redemption(**{**held, **fields})


def off(offer_id: str, mugs: int = 0, pan: int = 0, **fields: Any) -> Given:
    """What an offer takes off the two lines."""
    return Given(offer_id, {at: amount for at, amount in enumerate((mugs, pan)) if amount}, **fields)


def counts(memory: ShopMemory, offer_id: str, now: float, shopper: str = "s1", code: str = "-") -> Counts:
    return memory.ledger.counts([Asked(offer_id, shopper, codes=(code,))], now)[0]
