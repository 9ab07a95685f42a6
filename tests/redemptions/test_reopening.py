"""A cancellation taken back, and returns that are told before their order."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from plugin.activity import Activity, Line
from plugin.errors import LimitReached, Refused
from plugin.redemptions.heeding import heed
from plugin.redemptions.statement import statement
from plugin.shop import Shop
from plugin.store.memory import ShopMemory, Store
from tests.redemptions.redeeming import NOW, basket, counts, desk, off, offer


@pytest.fixture
def memory(store: Store) -> ShopMemory:
    return store.add_shop(f"reopen-{uuid.uuid4().hex[:8]}")


def test_a_reopened_redemption_counts_again_and_once(memory: ShopMemory) -> None:
    at = desk(memory, offer("one", total=1), offer("two", budget="10.00"))
    new = at.reserve(basket(off("one", 300), off("two", 0, 400)), NOW)
    known = new.redemption_id
    at.commit(known, "o1", NOW)
    at.give_back(known, "parcel", {1: 1}, NOW)
    at.refunded(known, "o1", "c1", None, NOW)
    assert counts(memory, "one", NOW).total == 0
    for _ in range(2):
        held = at.reopen(known, NOW)
        assert held.told(NOW) == "partly_returned"
        assert (counts(memory, "one", NOW).total, counts(memory, "one", NOW).money) == (1, 300)
        assert counts(memory, "two", NOW).money == 0
    at.refunded(known, "o1", "c1", None, NOW)  # the same word again is the one that was taken back
    assert at.find(known).told(NOW) == "partly_returned"
    at.refunded(known, "o1", "c2", None, NOW)
    assert (at.find(known).told(NOW), counts(memory, "one", NOW).total) == ("cancelled", 0)


def test_without_room_it_stays_cancelled_and_takes_nothing(memory: ShopMemory) -> None:
    at = desk(memory, offer("one", budget="10.00"), offer("two", total=1))
    known = at.reserve(basket(off("one", 300), off("two", 0, 400)), NOW).redemption_id
    with pytest.raises(Refused):
        at.reopen(known, NOW)
    at.commit(known, "o1", NOW)
    at.refunded(known, "o1", "c1", None, NOW + 10)
    other = at.reserve(basket(off("two", 0, 400)), NOW)
    with pytest.raises(LimitReached):
        at.reopen(known, NOW)
    assert (at.find(known).told(NOW), counts(memory, "one", NOW).total) == ("cancelled", 0)
    assert statement(memory, "one", until=NOW + 5).given == 300  # what was given until then stays known
    assert (statement(memory, "one").given, statement(memory, "one").redemptions) == (0, 1)
    at.release(other.redemption_id, NOW)
    assert at.reopen(known, NOW).told(NOW) == "committed"
    assert counts(memory, "one", NOW).money == 300


def test_a_word_from_before_the_reopening_gives_nothing_back(memory: ShopMemory) -> None:
    at = desk(memory, offer("one", total=1))
    known = at.reserve(basket(off("one", 300)), NOW).redemption_id
    at.commit(known, "o1", NOW)
    stale = at.refunded(known, "o1", "c1", None, NOW)
    at.reopen(known, NOW)
    assert stale is not None
    at._settle_books(stale, NOW)  # a slow run that read the record before
    assert counts(memory, "one", NOW).total == 1
    at._settle_books(replace(stale, openings=1), NOW)  # the control: it would have
    assert counts(memory, "one", NOW).total == 0


def returned(refund: str, order_id: str, mugs: int = 0) -> Activity:
    lines = (Line("mug", mugs),) if mugs else ()
    kind = "returned" if mugs else "cancelled"
    return Activity(refund, kind, kind, NOW, NOW, "shop", None, lines, order_id)


def test_what_came_back_before_the_order_is_told_is_applied_with_it(memory: ShopMemory) -> None:
    rules = {"one": offer("one", total=5)}
    shop = Shop(memory.shop)
    shop.offers = rules
    at = desk(memory, *rules.values())
    known = [at.reserve(basket(off("one", 300)), NOW).redemption_id for _ in range(3)]
    heed(memory, shop, [returned("r1", "o1", mugs=1), returned("r2", "o2")], NOW)
    first = at.commit(known[0], "o1", NOW)
    assert (first.told(NOW), first.refund()) == ("partly_returned", 899)
    assert at.commit(known[1], "o2", NOW).told(NOW) == "cancelled"
    assert at.commit(known[2], "o3", NOW).told(NOW) == "committed"
    told = counts(memory, "one", NOW)
    assert (told.total, told.money) == (2, 200 + 300)
    heed(memory, shop, [returned("r1", "o1", mugs=1)], NOW)
    assert at.find(known[0]).back() == [1, 0]
