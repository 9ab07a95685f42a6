"""The books of offers: every limit has its room, every step counts once, what is over gives back."""

from __future__ import annotations

import uuid

import pytest

from plugin.errors import CodeUnusable, Invalid, LimitReached, NotFound, RapportError, Refused
from plugin.store.memory import ShopMemory, Store
from tests.redemptions.redeeming import HOLD, NOW, basket, counts, desk, off, offer

USED_ONCE = {"code": "token:1", "code_uses": 1}


@pytest.fixture
def memory(store: Store) -> ShopMemory:
    return store.add_shop(f"books-{uuid.uuid4().hex[:8]}")


def refusal(memory: ShopMemory, at: object, new: object) -> str:
    with pytest.raises(RapportError) as refused:
        at.reserve(new, NOW)  # type: ignore[attr-defined]
    return refused.value.code


def test_each_limit_holds_and_names_itself(memory: ShopMemory) -> None:
    limited = [
        (offer("total", total=1), {}, "limit_reached"),
        (offer("shopper", per_shopper=1), {}, "limit_reached"),
        (
            offer("period", per_period={"times": 1, "period": "day"}),
            {"period": "2026-11-22"},
            "limit_reached",
        ),
        (offer("budget", budget="7.00"), {}, "budget_reached"),
        (offer("code"), {"code": "c1", "code_uses": 1}, "code_unusable"),
        (offer("signed"), {**USED_ONCE, "promised": "signed", "place": USED_ONCE["code"]}, "code_unusable"),
        (offer("gift"), {**USED_ONCE, "promised": "gift"}, "limit_reached"),
    ]
    at = desk(memory, *(rule for rule, _, _ in limited))
    for rule, fields, code in limited:
        gives = off(rule.offer_id, 400, **fields)
        assert at.reserve(basket(gives), NOW).told(NOW) == "reserved"
        assert refusal(memory, at, basket(gives)) == code
    other = basket(off("shopper", 400), shopper="s2")
    assert at.reserve(other, NOW).told(NOW) == "reserved"
    assert at.reserve(basket(off("period", 400, period="2026-11-23")), NOW)
    assert at.reserve(basket(off("code", 400, code="c2", code_uses=1)), NOW)
    assert at.reserve(basket(off("budget", 300)), NOW)
    assert counts(memory, "budget", NOW).money == 700


def test_several_offers_are_taken_all_or_none(memory: ShopMemory) -> None:
    at = desk(memory, offer("one"), offer("two", total=1))
    at.reserve(basket(off("two", 1)), NOW)
    with pytest.raises(LimitReached):
        at.reserve(basket(off("one", 5), off("two", 1)), NOW)
    assert counts(memory, "one", NOW).total == 0
    assert counts(memory, "two", NOW).total == 1


def test_a_hold_gives_back_by_itself(memory: ShopMemory) -> None:
    at = desk(memory, offer("one", total=1))
    held = at.reserve(basket(off("one", 5)), NOW)
    assert counts(memory, "one", NOW + HOLD - 1).total == 1
    assert counts(memory, "one", NOW + HOLD) == counts(memory, "other", NOW)
    assert at.find(held.redemption_id).told(NOW + HOLD) == "expired"
    at.reserve(basket(off("one", 5), now=NOW + HOLD), NOW + HOLD)


def test_every_step_twice_counts_once(memory: ShopMemory) -> None:
    at = desk(memory, offer("one", total=2))
    new = basket(off("one", 300))
    for _ in range(2):
        at.reserve(new, NOW)
        assert counts(memory, "one", NOW).total == 1
    for _ in range(2):
        at.commit(new.redemption_id, "o1", NOW)
        assert counts(memory, "one", NOW + 2 * HOLD).total == 1
    with pytest.raises(Refused):
        at.commit(new.redemption_id, "o2", NOW)
    with pytest.raises(Refused):
        at.release(new.redemption_id, NOW)
    for _ in range(2):
        at.give_back(new.redemption_id, "r1", {0: 1}, NOW)
        assert counts(memory, "one", NOW).money == 200
    for _ in range(2):
        at.give_back(new.redemption_id, "r2", {0: 2}, NOW)
        assert counts(memory, "one", NOW).total == 0
    assert at.commit(new.redemption_id, "o1", NOW).told(NOW) == "partly_returned"  # the pan stays
    assert counts(memory, "one", NOW).total == 0
    released = at.reserve(basket(off("one", 300)), NOW)
    for _ in range(2):
        assert at.release(released.redemption_id, NOW).told(NOW) == "released"
        assert counts(memory, "one", NOW).total == 0


def test_an_id_is_for_one_basket(memory: ShopMemory) -> None:
    at = desk(memory)
    new = basket(off("one", 300))
    at.reserve(new, NOW)
    with pytest.raises(Invalid) as refused:
        at.reserve(basket(redemption_id=new.redemption_id, asked="other"), NOW)
    assert refused.value.code == "idempotency_mismatch"
    with pytest.raises(NotFound):
        at.commit("d_none", "o", NOW)


def test_a_late_commit_takes_its_place_anew_where_there_is_room(memory: ShopMemory) -> None:
    at = desk(memory, offer("one", total=1))
    late, quick = (at.reserve(basket(off("one", 5), now=NOW + wait), NOW + wait) for wait in (0, HOLD))
    with pytest.raises(LimitReached):
        at.commit(late.redemption_id, "o1", NOW + HOLD)
    assert at.find(late.redemption_id).told(NOW + HOLD) == "released"
    at.release(quick.redemption_id, NOW + HOLD)
    assert at.commit(late.redemption_id, "o1", NOW + HOLD).told(NOW + HOLD) == "committed"
    with pytest.raises(LimitReached):
        at.commit(quick.redemption_id, "o2", NOW + HOLD)


def test_a_code_that_is_used_up_is_simply_unusable(memory: ShopMemory) -> None:
    at = desk(memory, offer("one"))
    gives = off("one", 5, code="c1", code_uses=2)
    for _ in range(2):
        at.reserve(basket(gives), NOW)
    with pytest.raises(CodeUnusable):
        at.reserve(basket(gives), NOW)


def test_what_comes_back_is_exact_and_counted_once_over_both_ways(memory: ShopMemory) -> None:
    at = desk(memory, offer("one"))
    new = at.reserve(basket(off("one", 500, 100)), NOW)
    at.commit(new.redemption_id, "o1", NOW)
    shares = []
    for piece in range(3):
        held = at.give_back(new.redemption_id, f"r{piece}", {0: 1}, NOW)
        shares.append(600 - counts(memory, "one", NOW).money)
        assert held.refund() == (piece + 1) * 999 - shares[-1]
    assert shares == [167, 333, 500]
    at.refunded(new.redemption_id, "o1", "refund-1", {"mug": 3}, NOW)  # the platform tells of the same pieces
    assert counts(memory, "one", NOW).money == 100
    with pytest.raises(Invalid):
        at.give_back(new.redemption_id, "r9", {0: 1}, NOW)
    with pytest.raises(Invalid):
        at.give_back(new.redemption_id, "r9", {2: 1}, NOW)
    for _ in range(2):
        done = at.refunded(new.redemption_id, "o1", "refund-2", None, NOW)
        assert done is not None
        assert done.told(NOW) == "cancelled"
        assert counts(memory, "one", NOW).total == 0
    assert done.refund() == 3 * 999 + 4000 - 600
    assert at.commit(new.redemption_id, "o1", NOW).told(NOW) == "cancelled"
    assert counts(memory, "one", NOW).total == 0


def test_what_was_overtaken_undoes_nothing_of_its_successor(memory: ShopMemory) -> None:
    at, books = desk(memory, offer("one", total=1)), memory.ledger
    new = at.reserve(basket(off("one", 5)), NOW)
    committed = at.commit(new.redemption_id, "o1", NOW)
    assert not books.undo("one", new.redemption_id, new.taker, NOW)
    assert counts(memory, "one", NOW).total == 1
    assert books.undo("one", new.redemption_id, committed.taker, NOW)
