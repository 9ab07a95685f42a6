"""Taking a word on consent: kept like everything else a shopper does, and obeyed by the very next event."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from plugin.activity import Activity, Shopper
from plugin.errors import Refused
from plugin.identity.identities import identities
from plugin.rights.consent import THINGS, decided
from plugin.shop import ShopSettings
from plugin.shopper import Profile, fold
from plugin.store.memory import ShopMemory

if TYPE_CHECKING:
    from plugin.storefront import Storefront

Speaker = Literal["shopper", "shop"]


def say(front: Storefront, shop_id: str, shopper: Shopper, words: Mapping[str, str], by: Speaker) -> Profile:
    """Return what is known of a shopper after a word on consent was kept; it holds for all that comes after.

    `words` says `yes` or `no` to some of personalise, profile and contact; what it does not name stays as it
    was. Raises `Refused` for somebody who was erased, `StoreUnavailable` when nothing is promised.
    """
    memory, settings = front.shops.memory(shop_id), front.shops.view(shop_id).settings
    if not memory.not_erased([shopper]):
        raise Refused("Nothing is kept of this shopper any more, and so no word on consent either.")
    profile = memory.gather(shopper)[1]
    if any(profile.consent.get(by, {}).get(thing, [None])[0] != word for thing, word in words.items()):
        word = _word(shopper, words, by, front.clock())
        if "profile" in words and not _allows_profile(
            fold(Profile.from_bytes(profile.to_bytes()), [word]), settings
        ):
            # Shut before the word is kept: an event that comes between the two is not kept either.
            memory.consents.shut(refs_of(profile, shopper))
        front.record(shop_id, [word])
        profile = memory.gather(shopper)[1]
    settle(memory, settings, shopper, profile)
    return profile


def settle(memory: ShopMemory, settings: ShopSettings, shopper: Shopper, profile: Profile) -> None:
    """Have the door of activity and the training obey what a shopper's profile says, under every identity."""
    spoken = [
        said[thing][1]
        for said in profile.consent.values()
        for thing in ("personalise", "profile")
        if thing in said
    ]
    if not spoken:
        return
    consent = decided(profile, settings)
    refs = refs_of(profile, shopper)
    memory.consents.settle(refs, keep=consent.kept, teach=consent.teaches, at=max(spoken))


def refs_of(profile: Profile, shopper: Shopper) -> set[str]:
    """Return every reference under which a shopper's activity may arrive: theirs, and those joined to it."""
    kinds = {"user": True, "anonymous": False}
    listed = identities(profile, shopper.ref)
    joined = {Shopper(each["id"], kinds[each["kind"]]).ref for each in listed if each["kind"] in kinds}
    return {shopper.ref, *joined}


def _allows_profile(profile: Profile, settings: ShopSettings) -> bool:
    return decided(profile, settings).profile.allowed


def _word(shopper: Shopper, words: Mapping[str, str], by: Speaker, now: float) -> Activity:
    return Activity(
        message_id=f"consent:{uuid.uuid4().hex}",
        kind="consented",
        event="Consent Given" if all(word == "yes" for word in words.values()) else "Consent Changed",
        at=now,
        received_at=now,
        trust="shop",
        shopper=shopper,
        properties={**{thing: words[thing] for thing in THINGS if thing in words}, "by": by},
    )
