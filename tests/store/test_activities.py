"""What came in is kept once: messages for a week, orders for ever, each within its level of trust."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.activity import Shopper
from plugin.store import activities as door
from plugin.store.connection import HighWater
from plugin.store.keys import SEEN_WEEK
from plugin.store.memory import ShopMemory, Store
from tests.store.doings import ANNA, NOW, bought, viewed

BEN = Shopper("ben")


def stream_of(kept: Store, shop: ShopMemory) -> list[bytes]:
    """The documents in all streams of a shop."""
    found = []
    for shard in range(kept.shards):
        entries = kept.connection.call("XRANGE", shop.keys.stream(shard), "-", "+")
        found += [fields[b"d"] for _, fields in entries]
    return found


def test_a_batch_over_many_shards_is_kept_whole(kept: Store, shop: ShopMemory) -> None:
    batch = [viewed(f"p{i}", Shopper(f"shopper {i} ☕/x", known=i % 2 == 0)) for i in range(60)]
    assert shop.activities.append(batch, NOW) == [True] * 60
    assert sorted(stream_of(kept, shop)) == sorted(activity.to_bytes() for activity in batch)
    assert (
        len({shop.keys.shard(activity.shopper.id) for activity in batch if activity.shopper}) == kept.shards
    )


def test_a_batch_that_several_scripts_take_is_answered_in_its_order(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "AT_ONCE", 7)
    batch = [viewed(f"p{i}", Shopper(f"s{i % 23}"), f"m{i}") for i in range(60)]
    assert shop.activities.append(batch[::2], NOW) == [True] * 30
    assert shop.activities.append(batch, NOW) == [False, True] * 30
    assert shop.archive().waiting() == 60


def test_a_batch_is_kept_whole_or_not_at_all_where_one_shard_is_too_far_behind(
    embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On one server; on a cluster each shard is for itself, and sending again is safe."""
    shop = embedded.add_shop("far-behind")
    monkeypatch.setattr(door, "HIGH_WATER", 2)
    for i in range(3):
        shop.activities.append([viewed(f"p{i}")], NOW)
    others = [viewed("saw", Shopper(f"s{i}")) for i in range(40)]
    with pytest.raises(HighWater):
        shop.activities.append([*others, viewed("too much")], NOW)
    assert len(stream_of(embedded, shop)) == 3


def test_a_repeated_message_changes_nothing(kept: Store, shop: ShopMemory) -> None:
    first = viewed(message_id="same")
    assert shop.activities.append([first, first], NOW) == [True, False]
    assert shop.activities.append([first], NOW + 60) == [False]
    assert len(stream_of(kept, shop)) == 1
    assert shop.shoppers.read(ANNA).events == 1


def test_a_message_is_remembered_for_a_week_wherever_the_week_begins(shop: ShopMemory) -> None:
    for start in (NOW, (NOW // SEEN_WEEK + 1) * SEEN_WEEK - 1):
        message = viewed(message_id=f"week {start}")
        assert shop.activities.append([message], start) == [True]
        assert shop.activities.append([message], start + SEEN_WEEK) == [False]
    late = viewed(message_id="late")
    assert shop.activities.append([late], NOW) == [True]
    assert shop.activities.append([late], NOW + 3 * SEEN_WEEK) == [True]  # the window is a window


def test_a_browser_uses_up_no_id_of_the_shop(shop: ShopMemory) -> None:
    claim = bought("1001", message_id="m", trust="browser")
    assert shop.activities.append([claim], NOW) == [True]
    assert shop.activities.append([replace(claim, trust="shop")], NOW) == [True]
    assert shop.activities.append([replace(claim, message_id="n")], NOW) == [False]
    assert list(shop.shoppers.read(ANNA).orders) == ["1001"]


def test_an_order_is_made_once_for_ever(shop: ShopMemory) -> None:
    first, second = bought("1001"), bought("1001", ("saw",))
    assert shop.activities.append([first], NOW) == [True]
    assert shop.activities.append([second], NOW + 500 * 86400) == [False]
    assert shop.activities.append([first], NOW + 500 * 86400) == [False]
    assert shop.shoppers.read(ANNA).orders["1001"].kept() == {"drill": 1}


def test_of_two_orders_with_one_id_in_a_batch_the_first_counts(shop: ShopMemory) -> None:
    assert shop.activities.append([bought("7", ("saw",)), bought("7", ("drill",))], NOW) == [True, False]
    assert shop.shoppers.read(ANNA).orders["7"].kept() == {"saw": 1}


def test_refunds_and_cancellations_count_once_by_their_own_ids(shop: ShopMemory) -> None:
    order = bought("7", ("saw",))

    def refund(refund_id: str, message_id: str):  # type: ignore[no-untyped-def]
        return replace(order, kind="returned", message_id=message_id, properties={"refund_id": refund_id})

    assert shop.activities.append([order, refund("r1", "a"), refund("r1", "b"), refund("r2", "c")], NOW) == [
        *(True, True, False, True)
    ]
    cancel = replace(order, kind="cancelled", message_id="d")
    assert shop.activities.append([cancel, replace(cancel, message_id="e")], NOW) == [True, False]


def test_a_claim_whose_writer_died_is_taken_over(
    kept: Store, shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claimed, and gone before it was kept: the order must not be lost to the claim."""

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(shop.activities, "_append_call", dies)
        with pytest.raises(KeyboardInterrupt):
            shop.activities.append([bought("1001", message_id="a")], NOW)
    assert stream_of(kept, shop) == []
    assert shop.activities.append([bought("1001", ("saw",), message_id="b")], NOW) == [True]
    assert shop.activities.append([bought("1001", message_id="a")], NOW) == [False]


def test_an_order_kept_but_never_confirmed_is_settled_when_it_is_sent_again(
    kept: Store, shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    first = bought("1001", message_id="a")
    with monkeypatch.context() as broken:
        broken.setattr(shop.activities, "_confirm_orders", dies)
        with pytest.raises(KeyboardInterrupt):
            shop.activities.append([first], NOW)
    assert shop.activities.append([first], NOW) == [False]  # the client tries again: it is on disk
    assert shop.activities.append([bought("1001", ("saw",), message_id="b")], NOW) == [False]
    assert len(stream_of(kept, shop)) == 1


def test_a_guests_order_belongs_to_nobody_and_counts_once(kept: Store, shop: ShopMemory) -> None:
    assert shop.activities.append([bought("9", who=None), bought("9", who=None)], NOW) == [True, False]
    assert len(stream_of(kept, shop)) == 1


def test_a_stream_that_outgrows_its_worker_says_later_and_keeps_nothing(
    kept: Store, shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "HIGH_WATER", 2)
    for i in range(3):
        shop.activities.append([viewed(f"p{i}")], NOW)
    with pytest.raises(HighWater) as refusal:
        shop.activities.append([viewed("too much")], NOW)
    assert (refusal.value.code, bool(refusal.value.retry_after)) == ("rate_limited", True)
    assert len(stream_of(kept, shop)) == 3


def test_scripts_are_loaded_again_where_a_server_forgot_them(kept: Store, shop: ShopMemory) -> None:
    for node in kept.connection.nodes():
        node.script_flush()
    batch = [viewed(f"p{i}", Shopper(f"s{i}")) for i in range(40)]
    assert shop.activities.append(batch, NOW) == [True] * 40
    for node in kept.connection.nodes():
        node.script_flush()
    assert shop.shoppers.apply_pending([a.shopper for a in batch if a.shopper]) == 40
