"""Whatever is sent, in whatever order, again and broken off anywhere: the books are what a plain count says.

The plain count knows only which redemptions hold and which belong to an order. Where a step broke off, nobody
can say which until it is sent again; meanwhile no limit is passed, and once all is sent again and every hold
is over, the books are exactly what belongs to orders.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
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

from plugin.errors import CodeUnusable, Invalid, LimitReached, Refused, StoreUnavailable
from plugin.redemptions.redemption import Redemption, returned_share
from plugin.store.connection import Call, Connection
from plugin.store.ledger import Ledger
from plugin.store.memory import ShopMemory, Store
from plugin.store.redemptions import RedemptionRecords
from tests.redemptions.redeeming import HOLD, NOW, basket, counts, desk, off, offer

RULES = [offer("a", total=2, per_shopper=1), offer("b", budget="9.00")]
GIVES = [
    (off("a", 300),),
    (off("b", 100, 301),),
    (off("a", 200, 100), off("b", 250)),
    (off("b", 199, code="c1", code_uses=1), off("a", 0, 100)),
]
MOST = {"a": 2, "b": 900}


class Breaking:
    """A way to the store that is cut before or after the next write but so many."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.left: int | None = None
        self.before = True

    def durably(self, scripts: list[Call]) -> list[Any]:
        if self.left is None:
            return self._connection.durably(scripts)
        self.left -= 1
        if self.left < 0 and self.before:
            raise StoreUnavailable("cut before")
        answer = self._connection.durably(scripts)
        if self.left < 0:
            raise StoreUnavailable("cut after")
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@dataclass
class Seen:
    """One redemption as the plain count knows it."""

    asked: Redemption
    until: float
    state: str = "held"
    back: dict[int, int] = field(default_factory=dict)
    cancelled: bool = False
    cancels: int = 0
    unsure: Callable[[], Any] | None = None

    def counts(self, now: float) -> bool:
        return self.state == "kept" or (self.state == "held" and now < self.until)

    def money(self, offer_id: str) -> int:
        lines = self.asked.lines
        for given in self.asked.given:
            if given.offer_id == offer_id:
                return sum(
                    amount - returned_share(amount, self.pieces(at), lines[at].quantity)
                    for at, amount in given.by_line.items()
                )
        return 0

    def pieces(self, at: int) -> int:
        return self.asked.lines[at].quantity if self.cancelled else self.back.get(at, 0)

    def uses(self, offer_id: str) -> int:
        for given in self.asked.given:
            if given.offer_id == offer_id:
                left = (self.asked.lines[at].quantity - self.pieces(at) for at in given.by_line)
                return int(any(left))
        return 0


class Redeeming(RuleBasedStateMachine):
    memory: ShopMemory

    def __init__(self) -> None:
        super().__init__()
        self.shop = self.memory_of()
        self.way = Breaking(self.shop._connection)
        ledger = Ledger(self.way, self.shop.keys)  # type: ignore[arg-type]
        records = RedemptionRecords(self.way, self.shop.keys)  # type: ignore[arg-type]
        self.desk = replace_records(desk(self.shop, *RULES, ledger=ledger), records)
        self.now = NOW
        self.seen: list[Seen] = []

    memory_of: Callable[[], ShopMemory]

    @property
    def sure(self) -> bool:
        return not any(each.unsure for each in self.seen)

    def room(self, new: Redemption, without: Seen | None = None, counting: Seen | None = None) -> bool:
        """Whether a plain count finds room for all that a redemption gives, or still gives (`counting`)."""
        standing = [each for each in self.seen if each is not without and each.counts(self.now)]
        for given in new.given:
            if counting is not None and not counting.uses(given.offer_id):
                continue
            more = given.money if counting is None else counting.money(given.offer_id)
            total = sum(each.uses(given.offer_id) for each in standing)
            mine = sum(each.uses(given.offer_id) for each in standing if each.asked.shopper == new.shopper)
            money = sum(each.money(given.offer_id) for each in standing)
            coded = sum(
                each.uses(given.offer_id)
                for each in standing
                for other in each.asked.given
                if other.code != "-" and other.code == given.code
            )
            if given.offer_id == "a" and (total >= 2 or mine >= 1):
                return False
            if given.offer_id == "b" and money + more > 900:
                return False
            if given.code != "-" and coded >= 1:
                return False
        return True

    def does(self, seen: Seen, step: Callable[[], Any]) -> str:
        """Carry a step out; return what came of it, and remember it where it broke off."""
        try:
            step()
        except StoreUnavailable:
            seen.unsure = step
            return "broken"
        except (LimitReached, CodeUnusable):
            return "full"
        except Refused:
            return "refused"
        except Invalid:
            return "refused"
        finally:
            self.way.left = None
        return "done"

    @rule(left=st.integers(0, 5), before=st.booleans())
    def the_next_step_breaks_off(self, left: int, before: bool) -> None:
        self.way.left, self.way.before = left, before

    @rule(seconds=st.sampled_from([1.0, 400.0, HOLD]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(gives=st.sampled_from(GIVES), shopper=st.sampled_from(["s1", "s2", "s3"]))
    def reserve(self, gives: tuple[Any, ...], shopper: str) -> None:
        new = basket(*gives, shopper=shopper, now=self.now)
        seen, room, sure = Seen(new, new.until), self.room(new), self.sure
        came = self.does(seen, lambda: self.desk.reserve(new, self.now))
        if came == "full":
            assert not (sure and room)
            return
        assert came == "broken" or not sure or room
        self.seen.append(seen)

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def commit(self, data: Any) -> None:
        seen = data.draw(st.sampled_from(self.seen))
        if seen.unsure:
            return
        sure = self.sure
        room = seen.counts(self.now) or self.room(seen.asked, without=seen)
        came = self.does(seen, lambda: self.desk.commit(seen.asked.redemption_id, order(seen), self.now))
        if came == "done":
            assert room or not sure
            seen.state = "kept"
        elif came == "full":
            assert not (sure and room)
            seen.state = "free"
        else:
            assert came == "broken"

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def release(self, data: Any) -> None:
        seen = data.draw(st.sampled_from(self.seen))
        if seen.unsure:
            return
        came = self.does(seen, lambda: self.desk.release(seen.asked.redemption_id, self.now))
        assert came == "broken" or (came == "refused") == (seen.state == "kept")
        if came == "done":
            seen.state = "free"

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), line=st.integers(0, 1), pieces=st.integers(1, 3))
    def give_back(self, data: Any, line: int, pieces: int) -> None:
        seen = data.draw(st.sampled_from(self.seen))
        if seen.unsure or seen.cancelled:
            return
        known, back = uuid.uuid4().hex, {line: pieces}
        came = self.does(seen, lambda: self.desk.give_back(seen.asked.redemption_id, known, back, self.now))
        fits = seen.back.get(line, 0) + pieces <= seen.asked.lines[line].quantity
        assert came == "broken" or (came == "done") == (seen.state == "kept" and fits)
        if seen.state == "kept" and fits:
            seen.back[line] = seen.back.get(line, 0) + pieces

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        seen = data.draw(st.sampled_from(self.seen))
        if seen.unsure:
            return
        known, word = seen.asked.redemption_id, f"cancel {seen.cancels}"
        self.does(seen, lambda: self.desk.refunded(known, order(seen), word, None, self.now))
        seen.cancelled = seen.cancelled or seen.state == "kept"

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def a_cancellation_is_told_again(self, data: Any) -> None:
        seen = data.draw(st.sampled_from(self.seen))
        if seen.unsure or not seen.cancels:
            return
        known, word = seen.asked.redemption_id, f"cancel {seen.cancels - 1}"
        self.does(seen, lambda: self.desk.refunded(known, order(seen), word, None, self.now))

    @precondition(lambda self: any(seen.cancelled for seen in self.seen))
    @rule(data=st.data())
    def reopen(self, data: Any) -> None:
        seen = data.draw(st.sampled_from([seen for seen in self.seen if seen.cancelled]))
        if seen.unsure:
            return
        sure, taken_back = self.sure, replace(seen, cancelled=False)
        room = self.room(seen.asked, without=seen, counting=taken_back)
        came = self.does(seen, lambda: self.desk.reopen(seen.asked.redemption_id, self.now))
        assert came == "broken" or not sure or (came == "done") == room
        if came == "done":
            seen.cancelled, seen.cancels = False, seen.cancels + 1

    @precondition(lambda self: not self.sure)
    @rule()
    def send_again_what_broke_off(self) -> None:
        for seen in list(self.seen):
            self.again(seen)

    def again(self, seen: Seen) -> None:
        step, seen.unsure = seen.unsure, None
        if step is None:
            return
        self.way.left = None
        came = self.does(seen, step)
        assert came in ("done", "full", "refused")
        found = self.desk.find(seen.asked.redemption_id)
        if found.state == "refused":
            self.seen.remove(seen)
        seen.until = found.until
        seen.state = {"reserved": "held", "committed": "kept"}.get(found.state, "free")
        if seen.state == "kept" and came == "done":
            seen.back = dict(enumerate(replace(found, cancelled=False).back()))
            seen.cancelled, seen.cancels = found.cancelled, len(found.reopened)

    @invariant()
    def no_limit_is_passed(self) -> None:
        told = {name: counts(self.shop, name, self.now) for name in MOST}
        assert told["a"].total <= MOST["a"]
        assert told["b"].money <= MOST["b"]
        if self.sure:
            for name, held in told.items():
                standing = [each for each in self.seen if each.counts(self.now)]
                assert held.total == sum(each.uses(name) for each in standing)
                assert held.money == sum(each.money(name) for each in standing)

    def teardown(self) -> None:
        for seen in list(self.seen):
            self.again(seen)
        self.now += 10 * HOLD
        self.no_limit_is_passed()


def order(seen: Seen) -> str:
    return f"order of {seen.asked.redemption_id}"


def replace_records(held: Any, records: RedemptionRecords) -> Any:
    held._records = records
    return held


@pytest.mark.parametrize("examples", [40, pytest.param(3_000, marks=pytest.mark.slow)])
def test_the_books_are_what_a_plain_count_says(store: Store, examples: int) -> None:
    def fresh() -> ShopMemory:
        return store.shop(f"machine-{uuid.uuid4().hex[:8]}")

    class Machine(Redeeming):
        memory_of = staticmethod(fresh)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=examples < 100,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
