"""Giving a gift: one for an order, within the offer's limits, and known to the shopper from then on.

How often an offer may be given counts when a gift is given, its money when it is used. The order's record is
written first, then the place is taken, then the shopper is told; whatever breaks off goes on where it was
when it is sent again, and none of it happens twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import orjson

from plugin.activity import Activity, Shopper
from plugin.errors import RapportError, Refused
from plugin.gifts.books import book_of_giving
from plugin.gifts.gift import Gift
from plugin.offers.offer import Offer
from plugin.redemptions.desk import new_taker
from plugin.redemptions.periods import period_name
from plugin.redemptions.redemption import CANCELLED, COMMITTED, RETURNED, Redemption
from plugin.redemptions.refusals import AT_WORK, no_room
from plugin.shop import Shop
from plugin.shopper.gifts import GIVEN
from plugin.store.gifts import gift_id_of
from plugin.store.ledger import NONE, Room, Use
from plugin.store.memory import ShopMemory
from plugin.store.redemptions import KEPT_S

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What an order chose, for whom (a mark that names nobody), and whether all of it is done."""

    offer_id: str
    shopper: str
    at: float
    ends: float
    redemption_id: str
    taker: str
    done: bool = False

    def to_bytes(self) -> bytes:
        """Return the choice as the store keeps it."""
        return orjson.dumps(asdict(self))


def earned_by(memory: ShopMemory, order_id: str, shopper: Shopper, now: float) -> list[Redemption]:
    """Return the redemptions of an order that are this shopper's and earned gifts, unless they came back."""
    mark = memory.shopper_mark(shopper.ref)
    bodies = memory.redemptions.many(memory.redemptions.of_orders([order_id])[0])
    found = [Redemption.from_bytes(body) for body in bodies if body]
    return [
        held
        for held in found
        if held.shopper == mark and held.state == COMMITTED and held.told(now) not in (CANCELLED, RETURNED)
    ]


def chosen(memory: ShopMemory, order_id: str, shopper: Shopper) -> Gift | None:
    """Return the gift that an order of this shopper chose already; None where there is none of theirs."""
    gift_id = gift_id_of(order_id)
    body = memory.gifts.get(gift_id)
    if not body:
        return None
    choice = Choice(**orjson.loads(body))
    theirs = choice.done and choice.shopper == memory.shopper_mark(shopper.ref)
    return _gift(gift_id, order_id, choice) if theirs else None


def give(
    memory: ShopMemory,
    shop: Shop,
    offer: Offer,
    shopper: Shopper,
    order_id: str,
    now: float,
    redemption_id: str = "",
) -> Gift:
    """Return the gift of an order once the shopper has it; asked again, the same one.

    Whether the order earned it was judged before. Raises `Refused` where the order chose something else, it
    is another shopper's, or the shopper was erased, `LimitReached` where the offer was given as often as it
    may be.
    """
    if not memory.not_erased([shopper]):
        raise Refused("Nothing is kept of this shopper any more, and so no gift either.")
    gift_id, mark = gift_id_of(order_id), memory.shopper_mark(shopper.ref)
    body = memory.gifts.get(gift_id)
    ends = now + (offer.gift_days or 0) * DAY_S
    choice = Choice(offer.offer_id, mark, now, ends, redemption_id, new_taker())
    if body:
        held = Choice(**orjson.loads(body))
        if held.shopper != mark:
            raise Refused("The gift of this order was given to another shopper.")
        if held.offer_id != offer.offer_id:
            raise Refused(f"This order chose offer {held.offer_id!r} already.")
        if held.done:
            return _gift(gift_id, order_id, held)
        choice = replace(held, taker=choice.taker)
    _swap(memory, gift_id, body, choice.to_bytes())
    full = _take(memory, shop, offer, gift_id, choice, now)
    if full:
        _swap(memory, gift_id, choice.to_bytes(), b"")
        raise no_room(offer.offer_id, full)
    gift = _gift(gift_id, order_id, choice)
    memory.activities.append([_told(gift, shopper)], now)
    _swap(memory, gift_id, choice.to_bytes(), replace(choice, done=True).to_bytes())
    return gift


def gift_offers(shop: Shop, offer_ids: Sequence[str]) -> list[Offer]:
    """Return those offers among these that can still be chosen as gifts."""
    offers = (shop.offers.get(offer_id) for offer_id in offer_ids)
    return [offer for offer in offers if offer is not None and offer.state == "live" and offer.gift_days]


def _take(memory: ShopMemory, shop: Shop, offer: Offer, gift_id: str, choice: Choice, now: float) -> str:
    limits = offer.limits
    period = period_name(limits.period, choice.at, shop.settings.timezone) if limits.period else NONE
    use = Use(book_of_giving(offer.offer_id), 0, choice.shopper, period)
    room = Room(limits.total, limits.per_shopper, limits.per_period)
    return memory.ledger.keep(use, room, gift_id, choice.taker, now + KEPT_S, now)


def _gift(gift_id: str, order_id: str, choice: Choice) -> Gift:
    return Gift(gift_id, choice.offer_id, order_id, choice.at, choice.ends, choice.redemption_id)


def _told(gift: Gift, shopper: Shopper) -> Activity:
    said = {
        "gift_id": gift.gift_id,
        "offer_id": gift.offer_id,
        "order_id": gift.order_id,
        "at": gift.given_at,
        "until": gift.ends,
        "redemption_id": gift.redemption_id,
    }
    name = f"gift:{gift.gift_id}"
    return Activity(name, GIVEN, name, gift.given_at, gift.given_at, "shop", shopper, properties=said)


def _swap(memory: ShopMemory, gift_id: str, before: bytes, after: bytes) -> None:
    if not memory.gifts.swap(gift_id, before, after):
        raise RapportError(AT_WORK, code="idempotency_running", retry_after=1)
