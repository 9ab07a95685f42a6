"""What breaks the code it comes to blocks nobody, is kept with its reason, and counts once when it can."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from plugin.activity import Activity, Shopper
from plugin.intake import dead_letters as replaying
from plugin.intake.dead_letters import replay
from plugin.merchant import Merchant
from plugin.shopper import fold as folding
from plugin.shops import Shops
from plugin.store import archive
from plugin.store import dead_letters as boxes
from plugin.store import shoppers as reading
from plugin.store.dead_letters import Letter
from plugin.store.log import history
from plugin.store.memory import ShopMemory, Store
from plugin.storefront import Storefront
from plugin.worker import Worker
from tests.store.doings import ANNA, NOW, viewed

BEN = Shopper("ben")


@pytest.fixture
def opened(kept: Store) -> tuple[Shops, str]:
    """A shop with settings, on the store under contract."""
    shops = Shops(kept)
    return shops, Merchant(shops, lambda: NOW).open_shop("Letters", {}).settings.shop_id


def logged(shop: ShopMemory) -> Counter[str]:
    rows = shop.log.query("SELECT message_id, count(*) AS times FROM log WHERE line = 0 GROUP BY message_id")
    return Counter({row["message_id"]: row["times"] for row in rows.to_pylist()})


def fold_that_breaks_on(product: str, broken: pytest.MonkeyPatch) -> None:
    """Have the fold stumble over one product, as a fault in it would."""

    def stumbling(profile: Any, activities: Any) -> Any:
        for activity in activities:
            if any(line.product_id == product for line in activity.lines):
                raise ZeroDivisionError("division by zero")
            profile = folding(profile, [activity])
        return profile

    for place in (reading, replaying):
        broken.setattr(place, "fold", stumbling)


def test_what_cannot_be_folded_waits_for_a_fix_and_then_counts_once(
    opened: tuple[Shops, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shops, shop_id = opened
    shop = shops.memory(shop_id)
    batch = [viewed("drill"), viewed("odd", message_id="bad"), viewed("saw"), viewed("odd", BEN, "worse")]
    with monkeypatch.context() as broken:
        fold_that_breaks_on("odd", broken)
        shop.activities.append(batch, NOW)
        assert set(shop.shoppers.read(ANNA).viewed) == {"drill", "saw"}  # before any worker has come to it
        Worker(shops).drain(shop_id)
        Worker(shops).drain(shop_id)
        letters = list(shop.dead_letters.all())
        assert [(each.where, each.code) for each in letters] == [("fold", "not_foldable")] * 2
        assert {each.shown()["id"] for each in letters} == {"bad", "worse"}
        assert "division by zero" in letters[0].detail
        assert set(shop.shoppers.read(ANNA).viewed) == {"drill", "saw"}
        came = replay(Storefront(shops), shop_id, letters)
        assert (came.applied, len(came.still), shop.dead_letters.count()) == (0, 2, 2)
    assert replay(Storefront(shops), shop_id, letters).applied == 2
    Worker(shops).drain(shop_id)
    assert set(shop.shoppers.read(ANNA).viewed) == {"drill", "odd", "saw"}
    assert (shop.shoppers.read(ANNA).events, shop.shoppers.read(BEN).events) == (3, 1)
    assert replay(Storefront(shops), shop_id, letters).applied == 0  # by somebody who had listed them too
    assert shop.dead_letters.count() == 0
    assert logged(shop) == Counter(each.message_id for each in batch)


def test_without_burying_what_cannot_be_folded_would_be_gone(
    opened: tuple[Shops, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same, with a list that keeps nothing."""
    shops, shop_id = opened
    shop = shops.memory(shop_id)
    monkeypatch.setattr(boxes.DeadLetters, "bury", lambda *_: None)
    with monkeypatch.context() as broken:
        fold_that_breaks_on("odd", broken)
        shop.activities.append([viewed("drill"), viewed("odd")], NOW)
        Worker(shops).drain(shop_id)
    replay(Storefront(shops), shop_id, list(shop.dead_letters.all()))
    assert set(shop.shoppers.read(ANNA).viewed) == {"drill"}


def test_an_entry_that_cannot_be_read_blocks_neither_its_shop_nor_its_shopper(
    opened: tuple[Shops, str],
) -> None:
    shops, shop_id = opened
    shop, store = shops.memory(shop_id), shops.store
    shop.activities.append([viewed("drill")], NOW)
    shard = shop.keys.shard(ANNA.id)
    rotten = b'{"id": "m\xff'
    store.connection.call("XADD", shop.keys.stream(shard), "*", "d", rotten)
    store.connection.call("RPUSH", shop.keys.pending(shard) + ANNA.ref, rotten)
    store.connection.call("XADD", shop.keys.history, "*", "d", b"neither")
    shop.activities.append([viewed("saw")], NOW)
    assert set(shop.shoppers.read(ANNA).viewed) == {"drill", "saw"}
    Worker(shops).drain(shop_id)
    assert set(shop.shoppers.read(ANNA).viewed) == {"drill", "saw"}
    assert len(logged(shop)) == 2
    letters = {each.entry: each for each in shop.dead_letters.all()}
    assert {each.where for each in letters.values()} == {"log"}
    assert set(letters) == {rotten, b"neither"}
    came = replay(Storefront(shops), shop_id, list(letters.values()))
    assert (came.applied, len(came.still)) == (0, 2)
    assert shop.dead_letters.count() == 2
    assert shop.dead_letters.drop(list(letters.values())) == 2


def test_what_can_be_read_again_reaches_profile_and_log_once(
    opened: tuple[Shops, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a return to an older release: entries it cannot read, read again by the newer one."""
    shops, shop_id = opened
    shop, readable = shops.memory(shop_id), Activity.from_bytes

    def older(data: bytes) -> Activity:
        if b'"wished"' in data:
            raise KeyError("a kind of a later release")
        return readable(data)

    with monkeypatch.context() as before:
        before.setattr(Activity, "from_bytes", staticmethod(older))
        shop.activities.append([viewed("drill"), replace(viewed("saw", message_id="w"), kind="wished")], NOW)
        Worker(shops).drain(shop_id)
    (letter,) = shop.dead_letters.all()
    for _ in range(2):
        replay(Storefront(shops), shop_id, [letter])
    Worker(shops).drain(shop_id)
    assert shop.shoppers.read(ANNA).events == 2
    assert max(logged(shop).values()) == 1
    assert set(logged(shop)) >= {"w"}


def test_what_the_log_has_no_room_for_is_written_later_and_folded_once(
    opened: tuple[Shops, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in its shopper's profile already when the log stumbles over it."""
    shops, shop_id = opened
    shop, rows = shops.memory(shop_id), history.rows_of
    odd = replace(viewed("coffee", message_id="odd"), kind="used")

    def stumbling(entries: Any) -> Any:
        if any(activity.message_id == "odd" for _, activity in entries):
            raise OverflowError("no room in its column")
        return rows(entries)

    with monkeypatch.context() as broken:
        for place in (history, archive, replaying):
            broken.setattr(place, "rows_of", stumbling)
        shop.activities.append([viewed("drill"), odd], NOW)
        Worker(shops).drain(shop_id)
        (letter,) = shop.dead_letters.all()
        assert (letter.where, letter.code) == ("write", "not_writable")
        assert len(replay(Storefront(shops), shop_id, [letter]).still) == 1
    before = shop.shoppers.read(ANNA)
    assert replay(Storefront(shops), shop_id, [letter]).applied == 1
    Worker(shops).drain(shop_id)
    assert shop.shoppers.read(ANNA) == before
    assert (before.events, before.used["coffee"][0]) == (2, 1)
    assert logged(shop)["odd"] == 1


def test_a_replay_is_in_the_stored_profile_at_once(
    opened: tuple[Shops, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its entry has left the stream, so no worker would ever come to it."""
    shops, shop_id = opened
    shop = shops.memory(shop_id)
    with monkeypatch.context() as broken:
        fold_that_breaks_on("odd", broken)
        shop.activities.append([viewed("odd")], NOW)
        Worker(shops).drain(shop_id)
    replay(Storefront(shops), shop_id, list(shop.dead_letters.all()))
    look = shop.shoppers.looks([ANNA])[0]
    assert (look.pending, set(look.profile().viewed)) == ([], {"odd"})


def door_letter(number: int, at: float = NOW, trust: Any = "browser") -> Letter:
    return Letter("door", trust, at, "invalid", "no", {"messageId": str(number)})


def test_boxes_keep_the_newest_and_nothing_too_old(
    shop: ShopMemory, kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxes, "KEPT_OF_BROWSERS", 20)
    held = shop.dead_letters
    held.bury([door_letter(n, NOW + n) for n in range(50)], NOW)
    held.bury([door_letter(n, NOW + n) for n in range(40, 50)], NOW)  # the same again
    assert [each.document["messageId"] for each in held.all()] == [str(n) for n in range(30, 50)]
    held.bury([door_letter(99, NOW, "shop")], NOW)  # a box of its own
    assert held.count() == 21
    late = NOW + boxes.KEPT_FOR_S + 45
    held.bury([door_letter(100, late)], late)
    assert [each.document["messageId"] for each in held.all()] == ["99", "45", "46", "47", "48", "49", "100"]
    assert held.forget(lambda letter: letter.trust == "browser") == 6
    assert not list(kept.connection.scan(f"{{{shop.shop}}}:dead:browser*"))


def test_a_long_list_is_read_in_parts(shop: ShopMemory) -> None:
    shop.dead_letters.bury([door_letter(n) for n in range(250)], NOW)  # all at the same moment
    found, cursor = [], None
    while True:
        letters, cursor = shop.dead_letters.listed(cursor, 60)
        found += letters
        if cursor is None:
            break
    assert len({each.letter_id for each in found}) == len(found) == 250
    assert shop.dead_letters.named([found[3].letter_id, "shop-nothing", "nonsense"]) == [found[3]]
