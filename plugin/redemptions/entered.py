"""What codes entered at a checkout open, and how far limited offers are used up: gathered before judging."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from plugin.gather import Scene
from plugin.gifts.books import book_of_giving
from plugin.gifts.waiting import not_over, promised
from plugin.offers.occasion import Used, code_key
from plugin.offers.offer import Offer
from plugin.redemptions.codes import compared
from plugin.redemptions.periods import period_name
from plugin.store.codes import CodeRecord
from plugin.store.ledger import NONE, Asked, Counts
from plugin.store.memory import ShopMemory


@dataclass(frozen=True, slots=True)
class Code:
    """One code as it was entered, whether it opens anything now, and its record if it was made one by one."""

    text: str
    usable: bool
    record: CodeRecord | None = None


def with_limits(memory: ShopMemory, scene: Scene) -> Scene:
    """Return the scene with how far its limited offers are used up, and what the codes entered open.

    A shop without limits, asked without codes by a shopper without gifts, costs no further call to the store.
    """
    records = memory.codes.find([compared(code) for code in scene.codes]) if scene.codes else []
    made: dict[str, list[str]] = {}
    for record in records:
        if record is not None:
            made.setdefault(record.offer_id, []).append(record.mark)
    gifts = not_over(scene)
    for gift in gifts:
        made.setdefault(gift.offer_id, []).append(gift.mark)
    offers = [offer for offer in scene.shop.live_offers if offer.limits.any or offer.offer_id in made]
    if not offers and not scene.codes:
        return scene
    told = _told(memory, scene, offers, made)
    codes = _codes(scene, records, told, made)
    used_up = {
        mark
        for offer in offers
        for mark, count in zip(made.get(offer.offer_id, ()), told[offer.offer_id].codes, strict=True)
        if count
    }
    gifts = [gift for gift in gifts if gift.offer_id in told]
    return replace(
        scene,
        used={offer.offer_id: _used(offer, told) for offer in offers},
        entered=codes,
        opened=frozenset(code.record.offer_id for code in codes if code.usable and code.record),
        promised=promised(memory, scene, gifts, used_up) if gifts else {},
    )


def _told(
    memory: ShopMemory, scene: Scene, offers: Sequence[Offer], made: dict[str, list[str]]
) -> dict[str, Counts]:
    """What the books of these offers say, and of gifts the books of their giving, by the name of the book."""
    shopper = shopper_of(memory, scene)
    asked = [
        Asked(offer.offer_id, shopper, period_of(offer, scene), tuple(made.get(offer.offer_id, ())))
        for offer in offers
    ]
    asked += [
        Asked(book_of_giving(offer.offer_id), shopper, period_of(offer, scene))
        for offer in offers
        if offer.gift_days
    ]
    return dict(zip((each.offer_id for each in asked), memory.ledger.counts(asked, scene.now), strict=True))


def _used(offer: Offer, told: dict[str, Counts]) -> Used:
    """How far an offer is used up; a gift's times count as it is given, its money as it is used."""
    own = told[offer.offer_id]
    times = told.get(book_of_giving(offer.offer_id), own)
    return Used(times.total, times.shopper, own.money, times.period)


def shopper_of(memory: ShopMemory, scene: Scene) -> str:
    """Return the mark that limits for one shopper count by; a guest has none but that of a signed offer."""
    return memory.shopper_mark(scene.shopper.ref) if scene.shopper is not None else scene.bearer


def period_of(offer: Offer, scene: Scene) -> str:
    """Return in which period a use of the offer counts now, where it is limited by one."""
    period = offer.limits.period
    return period_name(period, scene.now, scene.shop.settings.timezone) if period else NONE


def _codes(
    scene: Scene,
    records: Sequence[CodeRecord | None],
    told: dict[str, Counts],
    made: dict[str, list[str]],
) -> tuple[Code, ...]:
    open_now = {offer.offer_id: offer for offer in scene.shop.live_offers if _open(offer, scene.now)}
    general = {offer.code for offer in open_now.values() if offer.code is not None}
    codes = []
    for text, record in zip(scene.codes, records, strict=True):
        usable = code_key(text) in general
        if record is not None and record.offer_id in open_now and not usable:
            uses = told[record.offer_id].codes[made[record.offer_id].index(record.mark)]
            usable = uses < record.uses and (record.until is None or scene.now < record.until)
        codes.append(Code(text, usable, record))
    return tuple(codes)


def _open(offer: Offer, now: float) -> bool:
    return (offer.starts is None or now >= offer.starts) and (offer.ends is None or now < offer.ends)


def unusable(codes: Iterable[Code]) -> list[int]:
    """Return the places of the codes that open nothing."""
    return [at for at, code in enumerate(codes) if not code.usable]
