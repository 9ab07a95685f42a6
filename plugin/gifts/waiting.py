"""Which gifts wait for a shopper: not used, not over, and not taken back with the order that earned them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from plugin.gather import Scene
from plugin.gifts.gift import Gift, gifts_of, opens_at
from plugin.offers.occasion import Promise
from plugin.redemptions.redemption import CANCELLED, RETURNED, Redemption
from plugin.store.ledger import Asked
from plugin.store.memory import ShopMemory

WAITING, OPEN, USED, OVER, TAKEN_BACK = "waiting", "open", "used", "expired", "cancelled"
STATES = (WAITING, OPEN, USED, OVER, TAKEN_BACK)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a gift stands, and from when on it can be used (epoch seconds)."""

    gift: Gift
    state: str
    opens: float


def not_over(scene: Scene) -> list[Gift]:
    """Return the shopper's gifts that can still be used by the time, oldest first."""
    return [gift for gift in gifts_of(scene.profile) if scene.now < gift.ends]


def taken_back(memory: ShopMemory, scene: Scene, gifts: Iterable[Gift]) -> set[str]:
    """Return the ids of gifts whose order came back whole.

    The redemption it was chosen with knows best, as it hears of every way in which things come back and of
    a cancellation that was taken back; without one it is the order itself.
    """
    gifts = list(gifts)
    with_redemption = [gift for gift in gifts if gift.redemption_id]
    bodies = memory.redemptions.many([gift.redemption_id for gift in with_redemption])
    gone = set()
    for gift, body in zip(with_redemption, bodies, strict=True):
        if body and Redemption.from_bytes(body).told(scene.now) in (CANCELLED, RETURNED):
            gone.add(gift.gift_id)
    for gift in gifts:
        order = None if gift.redemption_id else scene.profile.orders.get(gift.order_id)
        if order is not None and order.lines and not order.kept():
            gone.add(gift.gift_id)
    return gone


def promised(
    memory: ShopMemory, scene: Scene, gifts: Iterable[Gift], used: Collection[str]
) -> Mapping[str, Promise]:
    """Return what waits for the shopper, by offer: of one offer the gift that opens first.

    `used` are the marks of gifts that were used.
    """
    waiting = [gift for gift in gifts if gift.mark not in used]
    gone = taken_back(memory, scene, waiting)
    found: dict[str, Promise] = {}
    for gift in waiting:
        if gift.gift_id not in gone:
            promise = gift.promise(opens_at(gift, scene.profile, scene.now, scene.shop.settings.timezone))
            held = found.get(gift.offer_id)
            if held is None or (promise.opens, promise.ends) < (held.opens, held.ends):
                found[gift.offer_id] = promise
    return found


def standings(memory: ShopMemory, scene: Scene) -> list[Standing]:
    """Return how every gift of the shopper stands that is remembered, oldest first."""
    gifts = gifts_of(scene.profile)
    asked = [Asked(gift.offer_id, codes=(gift.mark,)) for gift in gifts]
    counts = memory.ledger.counts(asked, scene.now)
    used = {gift.gift_id for gift, told in zip(gifts, counts, strict=True) if told.codes[0]}
    gone = taken_back(memory, scene, gifts)
    found = []
    for gift in gifts:
        opens = opens_at(gift, scene.profile, scene.now, scene.shop.settings.timezone)
        state = OPEN if scene.now >= opens else WAITING
        if gift.gift_id in used:
            state = USED
        elif gift.gift_id in gone:
            state = TAKEN_BACK
        elif scene.now >= gift.ends:
            state = OVER
        found.append(Standing(gift, state, opens))
    return found
