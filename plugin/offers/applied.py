"""What granted offers take off a basket, in their order, down to the shop's floor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plugin.offers.floor import cut_back
from plugin.offers.occasion import Occasion
from plugin.offers.offer import Offer
from plugin.offers.verdict import GRANTED, REFUSED, Verdict


def discount_alone(offer: Offer, occasion: Occasion) -> int:
    """Return what one offer would take off the basket if it were the only one, floor applied."""
    if not offer.gives.pays or not occasion.basket:
        return 0
    off = taken_off(offer, occasion, occasion.totals)
    left = [total - less for total, less in zip(occasion.totals, off, strict=True)]
    cut_back([off], left, occasion.least)
    return sum(off)


def applied(granted: Iterable[Offer], occasion: Occasion) -> dict[str, tuple[list[int], bool]]:
    """Return what each offer takes off each line after all were applied, and whether the floor cut it."""
    left: Sequence[int] = occasion.totals
    in_order = sorted(granted, key=lambda offer: (offer.gives.order, *offer.rank))
    paying = [offer for offer in in_order if offer.gives.pays]
    taken: list[list[int]] = []
    for offer in paying:
        off = taken_off(offer, occasion, left)
        left = [rest - less for rest, less in zip(left, off, strict=True)]
        taken.append(off)
    cut = cut_back(taken, list(left), occasion.least)
    return {offer.offer_id: (off, was_cut) for offer, off, was_cut in zip(paying, taken, cut, strict=True)}


def taken_off(offer: Offer, occasion: Occasion, left: Sequence[int]) -> list[int]:
    """Return what an offer takes off each line, floor aside; nothing off reduced ones, if they are left out.

    What is left out takes no part in the benefit at all, so it does not count as bought for it either.
    """
    if not leaves_out_reduced(offer, occasion) or not any(occasion.reduced):
        return offer.gives.off(occasion, left)
    full = [rest for rest, reduced in zip(left, occasion.reduced, strict=True) if not reduced]
    off = iter(offer.gives.off(occasion.at_full_price, full))
    return [0 if reduced else next(off) for reduced in occasion.reduced]


def leaves_out_reduced(offer: Offer, occasion: Occasion) -> bool:
    """Return whether an offer leaves out what is reduced already: as it says, else as the shop does."""
    return occasion.exclude_reduced if offer.exclude_reduced is None else offer.exclude_reduced


def priced(verdict: Verdict, off: list[int], was_cut: bool, occasion: Occasion) -> Verdict:
    """Return a granted verdict with its discounts; refused where the floor, or an earlier sale, left none."""
    if was_cut and not any(off):
        return Verdict(verdict.offer, REFUSED, "floor")
    if not any(off) and _all_reduced(verdict.offer, occasion):
        return Verdict(verdict.offer, REFUSED, "reduced")
    reason = "granted_in_part" if was_cut else verdict.reason
    return Verdict(verdict.offer, GRANTED, reason, tuple(off), promise=verdict.promise)


def _all_reduced(offer: Offer, occasion: Occasion) -> bool:
    """Whether it takes nothing off only because what it is about is reduced already."""
    if not leaves_out_reduced(offer, occasion) or not any(occasion.reduced):
        return False
    return any(offer.gives.off(occasion, occasion.totals))
