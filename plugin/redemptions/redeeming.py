"""From a checkout's basket to a redemption: judged like a quote, then taken from every offer's book."""

from __future__ import annotations

from dataclasses import dataclass, replace

from plugin.errors import Invalid, LimitReached
from plugin.gather import Scene
from plugin.gifts.gift import GIFT
from plugin.offers.occasion import Occasion, Promise, Used
from plugin.offers.price import Quote, quote
from plugin.offers.verdict import NEXT_VISIT, Verdict
from plugin.redemptions.desk import Desk, new_taker
from plugin.redemptions.entered import period_of, shopper_of, unusable
from plugin.redemptions.redemption import RESERVING, Given, RedeemedLine, Redemption
from plugin.redemptions.refusals import code_unusable
from plugin.shop import Shop
from plugin.store.ledger import NONE
from plugin.store.memory import ShopMemory

MOST_MONEY = 10**13  # minor units a basket may come to: sums over a million of such still fit a counter
FULL = Used(10**18, 10**18, 10**18, 10**18)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a checkout asks: under which id, a fingerprint of it, for how long (seconds), and whether offers
    that are used up are left out, rather than the whole refused. `forged` are the places of tokens that
    open nothing.
    """

    redemption_id: str
    asked: str
    hold_seconds: int
    leave_out: bool
    forged: tuple[int, ...] = ()


def desk_of(memory: ShopMemory, shop: Shop) -> Desk:
    """Return where the shop's offers are redeemed."""
    return Desk(memory.redemptions, memory.ledger, shop.offers)


def redeem(memory: ShopMemory, scene: Scene, wish: Wish) -> tuple[Redemption, Quote]:
    """Return a redemption that holds all its offers, and the quote it was made from.

    Raises `CodeUnusable` for a code that opens nothing, `LimitReached` for an offer that would be granted
    and is used up, unless it is to be left out.
    """
    desk = desk_of(memory, scene.shop)
    known = desk.known(wish.redemption_id, wish.asked)
    if known is not None:
        return desk.reserve(known, scene.now), quote(scene.shop.live_offers, scene.occasion)
    if places := unusable(scene.entered):
        raise code_unusable(places)
    if wish.forged:
        raise code_unusable(wish.forged, "tokens")
    occasion = scene.occasion if wish.leave_out else replace(scene.occasion, used=_used_to_give(scene))
    if occasion.subtotal > MOST_MONEY:
        detail = "The basket comes to more than can be redeemed at once."
        raise Invalid(detail, errors=[{"pointer": "/basket/lines", "detail": detail}])
    while True:
        found = quote(scene.shop.live_offers, occasion)
        try:
            return desk.reserve(_redemption(memory, scene, wish, found), scene.now), found
        except LimitReached as full:
            if not wish.leave_out:
                detail = f'{full.detail} Say "used_up": "leave_out" to have the rest without it.'
                raise LimitReached(detail, code=full.code, errors=full.errors) from None
            occasion = _without(occasion, full.errors[0]["offer_id"])


def _used_to_give(scene: Scene) -> dict[str, Used]:
    """How far gifts are given away: none is earned that is gone, while what applies now is refused aloud."""
    gifts = {offer.offer_id for offer in scene.shop.live_offers if offer.gift_days} - scene.promised.keys()
    return {offer_id: used for offer_id, used in scene.used.items() if offer_id in gifts}


def _without(occasion: Occasion, offer_id: str) -> Occasion:
    promised = {known: promise for known, promise in occasion.promised.items() if known != offer_id}
    return replace(occasion, used={**occasion.used, offer_id: FULL}, promised=promised)


def _redemption(memory: ShopMemory, scene: Scene, wish: Wish, found: Quote) -> Redemption:
    return Redemption(
        redemption_id=wish.redemption_id,
        asked=wish.asked,
        state=RESERVING,
        taker=new_taker(),
        until=scene.now + wish.hold_seconds,
        currency=scene.shop.settings.currency,
        shopper=shopper_of(memory, scene),
        lines=tuple(RedeemedLine(each.product_id, each.quantity, each.unit_price) for each in scene.basket),
        given=tuple(_given(verdict, scene) for verdict in found.verdicts if _gives(verdict)),
        free_shipping=found.free_shipping,
        gifts=tuple(verdict.offer_id for verdict in found.verdicts if verdict.reason == NEXT_VISIT),
    )


def _gives(verdict: Verdict) -> bool:
    """Whether an offer gives this basket anything: words, or a discount on nothing in it, use up none."""
    if not verdict.applies:
        return False
    return any(verdict.discounts) or verdict.offer.gives.name == "free_shipping"


def _given(verdict: Verdict, scene: Scene) -> Given:
    offer = verdict.offer
    record = next(
        (
            code.record
            for code in scene.entered
            if code.usable and code.record is not None and code.record.offer_id == offer.offer_id
        ),
        None,
    )
    by_line = {at: amount for at, amount in enumerate(verdict.discounts) if amount}
    funded = tuple((partner, str(share)) for partner, share in offer.funded_by)
    given = Given(offer.offer_id, by_line, period_of(offer, scene), funded=funded)
    if verdict.promise is not None:
        return _of_promise(given, verdict.promise)
    if record is None:
        return given
    return replace(given, code=record.mark, code_uses=record.uses)


def _of_promise(given: Given, promise: Promise) -> Given:
    """What was promised is used once; a gift counted in its period when it was given.

    The place of a signed offer was held since; its use takes that over.
    """
    once = replace(given, code=promise.mark, code_uses=1, promised=promise.reason)
    return replace(once, period=NONE) if promise.reason == GIFT else replace(once, place=promise.mark)
