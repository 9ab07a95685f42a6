"""What a merchant does with segments: write, replace, take away; each change is in the audit chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from plugin.errors import NotFound, Refused, TooLarge
from plugin.merchant import Merchant
from plugin.offers.conditions.segment import segments_named
from plugin.offers.segment import Segment, demand_known, demand_no_circle, demand_not_too_deep
from plugin.shop import Shop

MOST_SEGMENTS = 500
TOLD = 5  # of those that use a segment


def put_segment(merchant: Merchant, shop_id: str, document: Mapping[str, Any]) -> tuple[Segment, bool]:
    """Return a segment as it now stands, and whether it is new.

    Raises `Invalid` for one that speaks of itself, of a segment that is not there, or by way of too many
    others; `TooLarge` when the shop would have more than it may.
    """
    shop = merchant.shops.view(shop_id, fresh=True)
    segment = Segment.from_document(document, shop.settings.currency)
    new = segment.segment not in shop.segments
    if new and len(shop.segments) >= MOST_SEGMENTS:
        raise TooLarge(f"A shop has {MOST_SEGMENTS} segments at most.")
    demand_no_circle(segment, shop.segments)
    demand_known(segment.when, shop.segments)
    demand_not_too_deep(segment, shop.segments)
    merchant.shops.put(shop_id, {f"segment/{segment.segment}": orjson.dumps(document)})
    merchant.audit(shop_id, "segment.written", segment=segment.segment, new=new)
    return segment, new


def delete_segment(merchant: Merchant, shop_id: str, name: str) -> None:
    """Take a segment away.

    Raises `NotFound` when there is none of that name, `Refused` while something speaks of it.
    """
    shop = merchant.shops.view(shop_id, fresh=True)
    if name not in shop.segments:
        raise NotFound(f"There is no segment {name!r}.")
    using = list(users_of(name, shop))
    if using:
        more = f" and {len(using) - TOLD} more" if len(using) > TOLD else ""
        raise Refused(f"The segment {name!r} is used by {', '.join(using[:TOLD])}{more}; change these first.")
    merchant.shops.put(shop_id, {f"segment/{name}": None})
    merchant.audit(shop_id, "segment.deleted", segment=name)


def users_of(name: str, shop: Shop) -> Iterator[str]:
    """Yield what speaks of a segment: offer rules in any state, other segments, tiers."""
    for offer_id, offer in sorted(shop.offers.items()):
        if name in segments_named(offer.when):
            yield f"the offer rule {offer_id!r}"
    for other, segment in sorted(shop.segments.items()):
        if other != name and name in segment.named:
            yield f"the segment {other!r}"
    for tier in shop.ladder.tiers:
        if tier.when is not None and name in segments_named(tier.when):
            yield f"the tier {tier.tier!r}"
