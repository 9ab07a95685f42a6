"""What a shopper does not want kept is not kept: the gates stand in the script that would keep it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from plugin.activity import Activity, Shopper, Trust
from plugin.store.activities import Activities, Outcome
from plugin.store.memory import ShopMemory, Store
from tests.store.doings import ANNA, NOW, bought, viewed

BEN = Shopper("ben")
KEPT, REPEATED, WITHHELD = Outcome.NEW, Outcome.REPEATED, Outcome.WITHHELD


def say(kept: Store, shop: ShopMemory, who: Shopper, word: str) -> None:
    """Have it written that a profile of somebody may (y) or may not (n) be kept."""
    kept.connection.call("HSET", shop.keys.consent(shop.keys.shard(who.id)), who.ref, word)


def told(kind: str, who: Shopper = ANNA, trust: Trust = "shop") -> Activity:
    return replace(viewed(), kind=kind, shopper=who, trust=trust)


@pytest.mark.parametrize("by_default", [True, False])
@pytest.mark.parametrize("word", [None, "y", "n"])
def test_the_shoppers_word_stands_above_the_default(
    kept: Store, shop: ShopMemory, word: str | None, by_default: bool
) -> None:
    if word:
        say(kept, shop, ANNA, word)
    allowed = by_default if word is None else word == "y"
    outcomes = shop.activities.append([viewed("drill")], NOW, profile_by_default=by_default)
    assert outcomes == [KEPT if allowed else WITHHELD]
    assert (shop.archive().waiting(), shop.shoppers.read(ANNA).events) == ((1, 1) if allowed else (0, 0))


def test_what_is_withheld_leaves_nothing_at_all(kept: Store, shop: ShopMemory) -> None:
    say(kept, shop, ANNA, "n")
    before = set(kept.connection.scan(f"{{{shop.shop}:*"))
    shop.activities.append([viewed("drill"), viewed("saw")], NOW)
    assert set(kept.connection.scan(f"{{{shop.shop}:*")) == before


def test_what_was_withheld_may_come_again_once_it_is_allowed(kept: Store, shop: ShopMemory) -> None:
    look = viewed("drill", message_id="m")
    say(kept, shop, ANNA, "n")
    assert shop.activities.append([look], NOW) == [WITHHELD]
    say(kept, shop, ANNA, "y")
    assert shop.activities.append([look, look], NOW) == [KEPT, REPEATED]


def test_orders_and_words_on_consent_of_the_shop_pass_a_no(kept: Store, shop: ShopMemory) -> None:
    say(kept, shop, ANNA, "n")
    assert shop.activities.append([bought("1"), told("consented"), told("joined")], NOW) == [KEPT] * 3
    claim = bought("2", trust="browser")
    assert shop.activities.append([claim, told("consented", trust="browser")], NOW) == [WITHHELD] * 2
    assert shop.activities.append([bought("3", who=None)], NOW) == [KEPT]


def test_one_shoppers_no_withholds_nothing_of_another(kept: Store, shop: ShopMemory) -> None:
    say(kept, shop, ANNA, "n")
    assert shop.activities.append([viewed("drill"), viewed("drill", BEN)], NOW) == [WITHHELD, KEPT]


def mark(ref: str) -> bytes:
    return hashlib.blake2b(ref.encode(), key=b"of this node", digest_size=16).digest()


def test_nothing_of_an_erased_shopper_is_kept_not_even_orders(kept: Store, shop: ShopMemory) -> None:
    door = Activities(kept.connection, shop.keys, mark)
    kept.connection.call("SADD", shop.keys.erased(shop.keys.shard("anna")), mark(ANNA.ref))
    batch = [viewed("drill"), bought("1"), told("consented"), viewed("drill", BEN)]
    assert door.append(batch, NOW) == [WITHHELD, WITHHELD, WITHHELD, KEPT]
    assert shop.shoppers.read(ANNA).events == 0
    # The order stays free for whoever it may turn out to belong to.
    assert door.append([bought("1", who=BEN)], NOW) == [KEPT]


def test_without_the_gate_it_would_be_kept(kept: Store, shop: ShopMemory) -> None:
    """The control: the same door without the key that tells the erased."""
    kept.connection.call("SADD", shop.keys.erased(shop.keys.shard("anna")), mark(ANNA.ref))
    assert Activities(kept.connection, shop.keys).append([viewed("drill")], NOW) == [KEPT]
