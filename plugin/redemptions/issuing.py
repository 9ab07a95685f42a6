"""Offers signed for a shopper: issued within their limits, redeemed once, taken back where need be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import orjson

from plugin.errors import NotFound, Refused
from plugin.gather import Scene
from plugin.key_sets import PublicKey, read_key_set
from plugin.merchant import Merchant
from plugin.offers.occasion import Promise
from plugin.offers.offer import Offer
from plugin.offers.sentences import verdict_sentence
from plugin.offers.signed import (
    LEEWAY_S,
    OKP,
    REPORTED_WITHIN_S,
    OfferTokenInvalid,
    SignedOffer,
    new_number,
    public_jwk,
    sign,
    verify,
)
from plugin.redemptions.entered import period_of, shopper_of
from plugin.redemptions.refusals import no_room
from plugin.shop import Key, KeyKind, Shop
from plugin.store.ledger import Asked, Room, Use
from plugin.store.memory import ShopMemory
from plugin.store.redemptions import KEPT_S

OFFERS: KeyKind = "offers"
SIGNED = "signed"


def key_set(shop: Shop) -> dict[str, list[dict[str, str]]]:
    """Return the public halves of the keys that the shop's offers are signed with, as a JWKS."""
    return {"keys": [public_jwk(key.key_id, key.text) for key in _live(shop)]}


def issue(
    merchant: Merchant, memory: ShopMemory, scene: Scene, offer_id: str, valid_s: int
) -> tuple[str, SignedOffer]:
    """Return a token for an offer that the scene's shopper is granted, and what it says.

    Its place within the offer's limits is held until it is over, so that what tills honour on their own
    stays within them, too. Raises `NotFound` for an unknown offer, `Refused` for one that is not granted
    or waits as a gift, `LimitReached` where there is no room.
    """
    verdict = next((each for each in scene.verdicts if each.offer_id == offer_id), None)
    if verdict is None:
        raise NotFound(f"There is no live offer {offer_id!r}.")
    offer = verdict.offer
    if verdict.promise is not None or offer.gift_days:
        raise Refused("A gift waits with its shopper and is not signed.")
    if not verdict.applies or offer.gives.name == "message":
        raise Refused(f"Offer {offer_id!r} is not granted here: {verdict_sentence(verdict, scene.occasion)}")
    key = _newest(merchant, scene.shop)
    ends = min(int(scene.now) + valid_s, int(offer.ends or scene.now + valid_s))
    says = SignedOffer(
        offer_id, offer.version, offer.benefit, shopper_of(memory, scene), new_number(), int(scene.now), ends
    )
    full = _hold(memory, scene, offer, says)
    if full:
        raise no_room(offer_id, full)
    merchant.audit(scene.shop.shop_id, "offer.signed", offer_id=offer_id, key=key.key_id)
    return sign(says, scene.shop.shop_id, key.key_id, key.text), says


def with_tokens(memory: ShopMemory, scene: Scene, tokens: Sequence[str]) -> Scene:
    """Return the scene with what these tokens promise, and of each token whether it opens anything.

    A shopper who is named must be the token's; one who is not is whoever brings it. What a till gave on its
    own may be told by the shop's server for a week after the token's end.
    """
    if not tokens:
        return scene
    keys = _public(scene.shop)
    late = REPORTED_WITHIN_S if scene.trusted else LEEWAY_S
    says = [_said(token, keys, scene, late) for token in tokens]
    asked = [
        Asked(book, codes=(each.mark,))
        for each in says
        if each is not None
        for book in (each.offer_id, book_of_revoked(each.offer_id))
    ]
    counts = iter(memory.ledger.counts(asked, scene.now))
    promised, bearer, presented = dict(scene.promised), shopper_of(memory, scene), []
    for each in says:
        used = each is not None and any([next(counts).codes[0], next(counts).codes[0]])
        offer = None if each is None else scene.shop.offers.get(each.offer_id)
        known = bearer in ("-", each.shopper) if each is not None else False
        usable = offer is not None and offer.state == "live" and known and not used
        if each is not None and usable and each.offer_id not in promised:
            bearer = each.shopper
            promised[each.offer_id] = Promise(SIGNED, each.mark, each.issued, each.ends)
        presented.append(usable)
    return replace(scene, promised=promised, bearer=bearer, presented=tuple(presented))


def book_of_revoked(offer_id: str) -> str:
    """Return the name of the book in which an offer's revoked tokens are; no offer can be called so."""
    return f"\x1frevoked\x1f{offer_id}"


def revoke_token(merchant: Merchant, memory: ShopMemory, shop: Shop, token: str) -> SignedOffer:
    """Return what a token said that opens nothing any more where this service is asked.

    A till that asks nobody honours it until its end. Raises `OfferTokenInvalid` for what is no token of
    the shop.
    """
    now = merchant.clock()
    says = verify(token, _public(shop), shop.shop_id, now, KEPT_S)
    use = Use(book_of_revoked(says.offer_id), 0, code=says.mark)
    memory.ledger.keep(use, Room(code=1), says.mark, says.number, now + KEPT_S, now)
    memory.ledger.undo(says.offer_id, says.mark, says.number, now)
    merchant.audit(shop.shop_id, "offer.token_revoked", offer_id=says.offer_id)
    return says


def _said(token: str, keys: Mapping[str | None, PublicKey], scene: Scene, late: float) -> SignedOffer | None:
    try:
        return verify(token, keys, scene.shop.shop_id, scene.now, late)
    except OfferTokenInvalid:
        return None


def _hold(memory: ShopMemory, scene: Scene, offer: Offer, says: SignedOffer) -> str:
    limits = offer.limits
    use = Use(offer.offer_id, 0, says.shopper, period_of(offer, scene))
    room = Room(limits.total, limits.per_shopper, limits.per_period)
    until = says.ends + REPORTED_WITHIN_S
    return memory.ledger.hold(use, room, says.mark, says.number, until, scene.now)


def _live(shop: Shop) -> list[Key]:
    found = [key for key in shop.keys.values() if key.kind == OFFERS and key.revoked_at is None]
    return sorted(found, key=lambda key: key.created_at)


def _newest(merchant: Merchant, shop: Shop) -> Key:
    return _live(shop)[-1] if _live(shop) else merchant.rotate(shop.shop_id, OFFERS)[1]


def _public(shop: Shop) -> dict[str | None, PublicKey]:
    return read_key_set(orjson.dumps(key_set(shop)), OKP)
