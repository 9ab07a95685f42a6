"""A paced budget in its book: at no moment more than its line, in the end never more than the whole."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.errors import LimitReached
from plugin.offers.offer import Offer
from plugin.offers.pacing import line
from plugin.store.memory import ShopMemory, Store
from tests.redemptions.redeeming import NOW, basket, counts, desk, off

WINDOW, BUDGET = 100_000.0, 10_000


@pytest.fixture
def memory(store: Store) -> ShopMemory:
    return store.add_shop(f"paced-{uuid.uuid4().hex[:8]}")


def paced(name: str) -> Offer:
    def at(moment: float) -> str:
        return datetime.fromtimestamp(moment, UTC).isoformat()

    limits = {"budget": "100.00", "pacing": "even"}
    document = {"offer_id": name, "state": "live", "gives": {"free_shipping": {}}, "limits": limits}
    return Offer.from_document({**document, "from": at(NOW), "until": at(NOW + WINDOW)}, "EUR")


wishes = st.lists(
    st.tuples(st.floats(0, 12_000), st.integers(1, 700), st.sampled_from(["commit", "hold", "release"])),
    max_size=25,
)


def given_over_time(
    memory: ShopMemory, rule: Offer, wishes: list[tuple[float, int, str]]
) -> list[tuple[float, int]]:
    """Redeem what is wished after what time; return what the book had at each of these moments."""
    at, now, seen = desk(memory, rule), NOW, []
    for wait, money, then in wishes:
        now += wait
        try:
            held = at.reserve(basket(off(rule.offer_id, money), now=now), now)
            if then == "commit":
                at.commit(held.redemption_id, held.redemption_id, now)
            elif then == "release":
                at.release(held.redemption_id, now)
        except LimitReached:
            pass
        seen.append((now, counts(memory, rule.offer_id, now).money))
    return seen


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(wishes=wishes)
def test_it_is_never_over_its_line(memory: ShopMemory, wishes: list[tuple[float, int, str]]) -> None:
    rule = paced(f"o-{uuid.uuid4().hex[:8]}")
    for now, money in given_over_time(memory, rule, wishes):
        assert money <= line(BUDGET, NOW, NOW + WINDOW, now) <= BUDGET
        assert money <= BUDGET * ((now - NOW) / WINDOW) + BUDGET / 100


def test_control_without_pacing_the_budget_is_gone_at_once(memory: ShopMemory) -> None:
    rule = paced("gone")
    rule = replace(rule, limits=replace(rule.limits, pacing=None))
    seen = given_over_time(memory, rule, [(1.0, 600, "commit")] * 20)
    assert any(money > line(BUDGET, NOW, NOW + WINDOW, now) for now, money in seen)
    assert seen[-1][1] <= BUDGET


def test_it_opens_again_and_says_that_it_is_paced(memory: ShopMemory) -> None:
    rule = paced("again")
    at = desk(memory, rule)
    with pytest.raises(LimitReached) as full:
        at.reserve(basket(off("again", 200)), NOW)
    assert full.value.errors[0]["reason"] == "paced"
    assert at.reserve(basket(off("again", 200)), NOW + WINDOW / 100).told(NOW) == "reserved"
    with pytest.raises(LimitReached) as full:
        at.reserve(basket(off("again", 10_100)), NOW + WINDOW)
    assert "reason" not in full.value.errors[0]
