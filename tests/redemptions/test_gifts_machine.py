"""Gifts whatever is sent, in whatever order, again and broken off anywhere: what a plain count says.

One order gives one gift, to one shopper; of a gift one use; what is given stays within the limits, what is
used within the budget.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from plugin.activity import Shopper
from plugin.errors import LimitReached, RapportError, Refused, StoreUnavailable
from plugin.gifts.books import book_of_giving
from plugin.gifts.gift import Gift, gifts_of
from plugin.gifts.giving import give
from plugin.offers.offer import Offer
from plugin.shop import Shop
from plugin.store.memory import ShopMemory, Store
from tests.redemptions.redeeming import HOLD, NOW, basket, counts, desk, off
from tests.redemptions.test_redeeming_machine import Breaking

ORDERS, SHOPPERS, OFFERS = ("o1", "o2", "o3", "o4"), ("ann", "ben"), ("tea", "mug")
TOTAL, EACH, BUDGET = 2, 1, 700
LIMITS = {"total": TOTAL, "per_shopper": EACH, "budget": "7.00"}
RULES = {
    name: Offer.from_document(
        {"offer_id": name, "state": "live", "gives": {"free_shipping": {}}, "limits": LIMITS}
        | {"gift": {"valid_days": 9}},
        "EUR",
    )
    for name in OFFERS
}


@dataclass
class Used:
    """A redemption that uses a gift, and until when it holds it (None: for good)."""

    gift: str
    offer: str
    money: int
    until: float | None


class Giving(RuleBasedStateMachine):
    store: Store

    def __init__(self) -> None:
        super().__init__()
        name = f"gifts-{uuid.uuid4().hex[:8]}"
        self.way = Breaking(self.store.connection)
        self.memory = ShopMemory(
            self.way,  # type: ignore[arg-type]
            name,
            self.store.shards,
            self.store.settings,
            self.store.erasure_mark,
        )
        self.shop = Shop(name)
        self.shop.offers = dict(RULES)
        self.now = NOW
        self.given: dict[str, tuple[str, str]] = {}  # order -> offer, shopper
        self.unsure: dict[str, set[tuple[str, str]]] = {}  # what may have been chosen
        self.uses: dict[str, Used] = {}

    def mark(self, shopper: str) -> str:
        return self.memory.shopper_mark(f"u:{shopper}")

    def room(self, offer: str, shopper: str) -> bool:
        mine = [who for what, who in self.given.values() if what == offer]
        return len(mine) < TOTAL and mine.count(shopper) < EACH

    @rule(left=st.integers(0, 5), before=st.booleans())
    def the_next_step_breaks_off(self, left: int, before: bool) -> None:
        self.way.left, self.way.before = left, before

    @rule(seconds=st.sampled_from([1.0, HOLD]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(order=st.sampled_from(ORDERS), offer=st.sampled_from(OFFERS), shopper=st.sampled_from(SHOPPERS))
    def choose(self, order: str, offer: str, shopper: str) -> None:
        try:
            held = give(self.memory, self.shop, RULES[offer], Shopper(shopper), order, self.now)
        except StoreUnavailable:
            if order not in self.given:
                self.unsure.setdefault(order, set()).add((offer, shopper))
            return
        except Refused:
            assert self.given.get(order) != (offer, shopper)
            others = self.unsure.get(order, set()) - {(offer, shopper)}
            assert order in self.given or others
            if others:
                self.unsure[order] = others
            return
        except LimitReached:
            assert order not in self.given
            assert self.unsure or not self.room(offer, shopper)
            self.unsure.pop(order, None)
            return
        finally:
            self.way.left = None
        assert order in self.given or self.unsure or self.room(offer, shopper)
        assert self.given.setdefault(order, (offer, shopper)) == (offer, shopper)
        self.unsure.pop(order, None)
        assert (held.offer_id, held.order_id) == (offer, order)

    def gifts(self) -> dict[str, list[Gift]]:
        return {who: gifts_of(self.memory.shoppers.read(Shopper(who))) for who in SHOPPERS}

    @precondition(lambda self: self.given)
    @rule(data=st.data(), commits=st.booleans())
    def use(self, data: Any, commits: bool) -> None:
        self.way.left = None
        mine = [gift for held in self.gifts().values() for gift in held]
        if not mine:
            return
        gift = data.draw(st.sampled_from(mine))
        at = desk(self.memory, *RULES.values())
        given = replace(off(gift.offer_id, 400), code=gift.mark, code_uses=1, promised="gift")
        new = basket(given, now=self.now)
        counting = [each for each in self.uses.values() if each.until is None or self.now < each.until]
        free = all(each.gift != gift.gift_id for each in counting)
        spent = sum(each.money for each in counting if each.offer == gift.offer_id)
        try:
            at.reserve(new, self.now)
        except LimitReached:
            assert not free or spent + 400 > BUDGET
            return
        assert free
        assert spent + 400 <= BUDGET
        self.uses[new.redemption_id] = Used(gift.gift_id, gift.offer_id, 400, new.until)
        if commits:
            at.commit(new.redemption_id, new.redemption_id, self.now)
            self.uses[new.redemption_id].until = None

    @precondition(lambda self: self.uses)
    @rule(data=st.data())
    def it_comes_back(self, data: Any) -> None:
        self.way.left = None
        known = data.draw(st.sampled_from(sorted(self.uses)))
        at = desk(self.memory, *RULES.values())
        if self.uses[known].until is None:
            at.refunded(known, known, "cancelled", None, self.now)
        else:
            at.release(known, self.now)
        del self.uses[known]

    @invariant()
    def nothing_is_given_twice_or_too_often(self) -> None:
        if self.way.left is not None:
            return
        told = {name: counts(self.memory, book_of_giving(name), self.now) for name in OFFERS}
        for name in OFFERS:
            assert told[name].total <= TOTAL
            for who in SHOPPERS:
                assert counts(self.memory, book_of_giving(name), self.now, self.mark(who)).shopper <= EACH
        held = [(gift.order_id, gift.offer_id, who) for who, found in self.gifts().items() for gift in found]
        assert len({order for order, *_ in held}) == len(held)
        sure = {(order, *choice) for order, choice in self.given.items()}
        assert (
            sure
            <= set(held)
            <= sure | {(order, *choice) for order, choices in self.unsure.items() for choice in choices}
        )
        if not self.unsure:
            for name in OFFERS:
                assert told[name].total == sum(what == name for what, _ in self.given.values())

    def teardown(self) -> None:
        for order, choices in list(self.unsure.items()):
            for offer, shopper in sorted(choices):
                self.way.left = None
                self.choose(order, offer, shopper)
        assert not self.unsure
        self.nothing_is_given_twice_or_too_often()


@pytest.mark.parametrize("examples", [25, pytest.param(2_000, marks=pytest.mark.slow)])
def test_gifts_are_what_a_plain_count_says(store: Store, examples: int) -> None:
    class Machine(Giving):
        pass

    Machine.store = store
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            derandomize=examples < 100,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_control_without_its_record_an_order_gives_two(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = store.add_shop(f"twice-{uuid.uuid4().hex[:8]}")
    shop = Shop(memory.shop)
    shop.offers = dict(RULES)

    def both() -> tuple[int, int]:
        for name in OFFERS:
            try:
                give(memory, shop, RULES[name], Shopper("ann"), "o1", NOW)
            except RapportError:
                continue
        first, second = (counts(memory, book_of_giving(name), NOW).total for name in OFFERS)
        return first, second

    assert both() == (1, 0)
    monkeypatch.setattr("plugin.store.gifts.GiftRecords.get", lambda self, gift_id: b"")
    monkeypatch.setattr("plugin.store.gifts.GiftRecords.swap", lambda self, gift_id, before, after: True)
    assert both() == (1, 1)
