"""Codes made in bulk for an offer: shown once, and kept as marks."""

from __future__ import annotations

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
    where there is no such offer.
    """
    shops = merchant.shops
    if offer_id not in shops.view(shop_id, fresh=True).offers:
        raise NotFound(f"There is no offer rule {offer_id!r}.")
    if not shops.store.settle_erasure_key():
        raise Refused("The erasure key of this installation was replaced; bring it back (docs/privacy.md).")
    codes = list(new_codes(count, prefix.upper()))
    memory = shops.memory(shop_id)
    memory.codes.add(map(compared, codes), offer_id, uses, until)
    memory.documents.put({f"codes/{offer_id}": orjson.dumps({"made_at": merchant.clock()})})
    shops.view(shop_id, fresh=True)
    merchant.audit(shop_id, "codes.made", offer_id=offer_id, count=count, uses=uses)
    return codes
