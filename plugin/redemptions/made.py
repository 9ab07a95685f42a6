"""Codes made in bulk for an offer: shown once, and kept as marks."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from plugin.errors import NotFound, Refused
from plugin.merchant import Merchant
from plugin.redemptions.codes import compared, new_codes


def make_codes(
    merchant: Merchant,
    shop_id: str,
    offer_id: str,
    count: int,
    prefix: str = "",
    uses: int = 1,
    until: float | None = None,
) -> list[str]:
    """Return new codes of an offer, each good for so many uses until a moment (epoch seconds, None: no end).

    From then on the offer opens by one of its codes only. Nobody can be told them again. Raises `NotFound`
    where there is no such offer, `Refused` for a gift.
    """
    shops = merchant.shops
    offer = shops.view(shop_id, fresh=True).offers.get(offer_id)
    if offer is None:
        raise NotFound(f"There is no offer rule {offer_id!r}.")
    if offer.gift_days:
        raise Refused("A gift for the next visit is earned at a checkout and opens by no code.")
    if not shops.store.settle_erasure_key():
        raise Refused("The erasure key of this installation was replaced; bring it back (docs/privacy.md).")
    codes = list(new_codes(count, prefix.upper()))
    memory = shops.memory(shop_id)
    memory.codes.add(map(compared, codes), offer_id, uses, until)
    memory.documents.put({f"codes/{offer_id}": orjson.dumps({"made_at": merchant.clock()})})
    shops.view(shop_id, fresh=True)
    merchant.audit(shop_id, "codes.made", offer_id=offer_id, count=count, uses=uses)
    return codes


def revoke_codes(merchant: Merchant, shop_id: str, offer_id: str, codes: Sequence[str] | None) -> int:
    """Return how many codes of an offer open nothing any more: these, or all that were made for it (None).

    What was reserved or committed with one stays. The offer still opens by a code only. Raises `NotFound`
    where there is no such offer.
    """
    if offer_id not in merchant.shops.view(shop_id, fresh=True).offers:
        raise NotFound(f"There is no offer rule {offer_id!r}.")
    memory = merchant.shops.memory(shop_id)
    named = None if codes is None else [compared(code) for code in codes]
    gone = memory.codes.revoke(offer_id, named)
    merchant.audit(shop_id, "codes.revoked", offer_id=offer_id, count=gone)
    return gone
