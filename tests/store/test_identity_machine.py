"""Whatever happens to identities, in whatever order: the store says what a plain reckoning says.

The reckoning keeps every activity of every identity and folds them all anew for each question. The store's
worker steps, halts and is killed in between; events come late and again; logins, merges and unmerges come at
any time.
"""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from plugin.activity import Activity, Line, Shopper
from plugin.errors import Invalid
from plugin.identity.identities import visitor_merge_id
from plugin.identity.joining import merge, unmerge
from plugin.intake.keeping import keep
from plugin.shopper import Profile, fold, older
from plugin.shopper.profile import Older
from plugin.store.memory import ShopMemory, Store
from tests.store.doings import NOW

PEOPLE = [Shopper(name) for name in ("anna", "bob", "carl")]
NUMBERS = ["x", "y"]
VISITORS = [Shopper(number, known=False) for number in NUMBERS]
PRODUCTS = ["saw", "bits", "lamp", "file"]

people, numbers = st.sampled_from(PEOPLE), st.sampled_from(NUMBERS)
anybody = st.sampled_from(PEOPLE + VISITORS)
late = st.sampled_from([0, 0, 0, 7, 40])  # how many moments ago something happened that is told now
quantities = st.integers(1, 3)
baskets = st.lists(st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=3), min_size=1, max_size=3)


@dataclass
class Number:
    """A visitor's number as the reckoning knows it: whose it is, and what of it has been taken over."""

    owner: Shopper | None = None
    taken_from: set[str] = field(default_factory=set)
    taken: list[Activity] | None = None
    through: float = 0.0
    pending: bool = False


class Reckoning:
    """Everything that was acknowledged, and who is who, in the plainest form."""

    def __init__(self) -> None:
        self.done: dict[str, list[Activity]] = {who.ref: [] for who in PEOPLE + VISITORS}
        self.numbers = {number: Number() for number in NUMBERS}
        self.part_of: dict[Shopper, tuple[Shopper, str]] = {}

    def told(self, activity: Activity, *, claimed: bool = True) -> None:
        assert activity.shopper is not None
        self.done[activity.shopper.ref].append(activity)
        if not activity.shopper.known:
            self.numbers[activity.shopper.id].pending = True
        elif claimed:
            self.claim(activity)

    def claim(self, activity: Activity) -> None:
        if activity.visitor is None or activity.shopper is None:
            return
        number = self.numbers[activity.visitor]
        if number.owner is None and activity.shopper.id not in number.taken_from:
            number.owner, number.taken = activity.shopper, None

    def seen_at(self, who: Shopper, number: str) -> float:
        return max((each.at for each in self.done[who.ref] if each.visitor == number), default=0.0)

    def stale(self, name: str) -> bool:
        number = self.numbers[name]
        assert number.owner is not None
        return number.taken is None or self.seen_at(number.owner, name) > number.through

    def worked(self) -> None:
        """Everything is folded: numbers whose owners were seen there are taken over, and what came late."""
        for name, number in self.numbers.items():
            done = self.done[f"a:{name}"]
            if number.owner is not None:
                seen = self.seen_at(number.owner, name)
                came_late = number.pending and max((each.at for each in done), default=0.0) <= seen
                if self.stale(name) or came_late:
                    number.taken, number.through = list(done), seen
            number.pending = False

    def top(self, who: Shopper) -> Shopper:
        while who in self.part_of:
            who = self.part_of[who][0]
        return who

    def activities(self, who: Shopper) -> list[Activity]:
        """All that counts for whoever asks as this one."""
        if not who.known:
            return [] if self.numbers[who.id].owner else self.done[who.ref]
        one = [each for each in PEOPLE if self.top(each) == self.top(who)]
        found = [activity for each in one for activity in self.done[each.ref]]
        for name, number in self.numbers.items():
            if number.owner in one:
                found += self.done[f"a:{name}"] if self.stale(name) else number.taken or []
        return found


def facts(profile: Profile) -> dict[str, Any]:
    """What is known, without the book-keeping of who is who and of what lies beside."""
    told = profile.facts()
    for name in ("joined", "into", "parts"):
        told.pop(name, None)
    if "past" in told:
        told["past"] = {name: sums for name, sums in told["past"].items() if name not in ("held", "uses")}
    return told


class Identities(RuleBasedStateMachine):
    """One shop in the real store, beside the reckoning."""

    def __init__(self, shop: ShopMemory) -> None:
        super().__init__()
        self.shop, self.truth = shop, Reckoning()
        self.moments = itertools.count(100)
        self.unclaimed: list[Activity] = []
        self.orders: list[tuple[Shopper, str]] = []

    def now(self) -> float:
        return NOW + next(self.moments)

    def told(self, kind: str, who: Shopper, ago: int, **more: Any) -> Activity:
        at = self.now() - ago
        return Activity(uuid.uuid4().hex, kind, kind, at, at + ago, "shop", who, **more)

    def tell(self, activity: Activity) -> None:
        keep(self.shop, [activity], NOW)
        self.truth.told(activity)

    @rule(who=anybody, product=st.sampled_from(PRODUCTS), ago=late)
    def look(self, who: Shopper, product: str, ago: int) -> None:
        self.tell(self.told("viewed", who, ago, lines=(Line(product),)))

    @rule(who=anybody, product=st.sampled_from(PRODUCTS), ago=late, pieces=quantities)
    def use(self, who: Shopper, product: str, ago: int, pieces: int) -> None:
        self.tell(self.told("used", who, ago, lines=(Line(product, pieces),)))

    @rule(
        who=anybody, baskets=st.lists(st.lists(st.sampled_from(PRODUCTS), min_size=1), min_size=1), ago=late
    )
    def buy(self, who: Shopper, baskets: list[list[str]], ago: int) -> None:
        for basket in baskets:
            order_id = str(len(self.orders))
            self.orders.append((who, order_id))
            lines = tuple(Line(product, 3, 500) for product in basket)
            self.tell(self.told("bought", who, ago, lines=lines, order_id=order_id))

    @rule(data=st.data(), product=st.sampled_from(PRODUCTS), ago=late, pieces=quantities)
    def send_back(self, data: st.DataObject, product: str, ago: int, pieces: int) -> None:
        if self.orders:
            who, order_id = data.draw(st.sampled_from(self.orders))
            more = {"order_id": order_id, "properties": {"refund_id": uuid.uuid4().hex}}
            self.tell(self.told("returned", who, ago, lines=(Line(product, pieces),), **more))

    @rule(data=st.data(), product=st.sampled_from(PRODUCTS), ago=late)
    def change_order(self, data: st.DataObject, product: str, ago: int) -> None:
        if self.orders:
            who, order_id = data.draw(st.sampled_from(self.orders))
            self.tell(self.told("rebought", who, ago, lines=(Line(product, 2, 700),), order_id=order_id))

    @rule(who=people, number=numbers, ago=late)
    def be_seen(self, who: Shopper, number: str, ago: int) -> None:
        self.tell(self.told("page", who, ago, visitor=number))

    @rule(who=people, number=numbers)
    def be_seen_by_a_process_that_dies(self, who: Shopper, number: str) -> None:
        """It is on disk, and nobody was answered; the sender sends again later."""
        activity = self.told("page", who, 0, visitor=number)
        self.shop.activities.append([activity], NOW)
        self.truth.told(activity, claimed=False)
        self.unclaimed.append(activity)

    @rule()
    def send_again(self) -> None:
        if self.unclaimed:
            activity = self.unclaimed.pop(0)
            keep(self.shop, [activity], NOW)
            self.truth.claim(activity)

    @rule()
    def work(self) -> None:
        archive = self.shop.archive()
        assert archive.hold()
        while archive.apply():
            pass
        archive.let_go()
        self.truth.worked()

    @rule(who=people)
    def be_killed_at_work(self, who: Shopper) -> None:
        """A worker that folds one shopper and ends before it could note that."""
        self.shop.shoppers.apply_pending([who])
        for name, number in self.truth.numbers.items():
            folded_anything = any(each.shopper == who for each in self.truth.done[who.ref])
            if number.owner == who and folded_anything and self.truth.stale(name):
                number.taken = list(self.truth.done[f"a:{name}"])
                number.through = self.truth.seen_at(who, name)

    @rule(part=people, into=people)
    def merge(self, part: Shopper, into: Shopper) -> None:
        truth = self.truth
        held = truth.part_of.get(part)
        if not truth.activities(part) or not truth.activities(into):
            return
        circle = held is None and truth.top(into) == part
        if part == into or circle or (held is not None and held[0] != into):
            with pytest.raises(Invalid):
                merge(self.shop, part.id, into.id, self.now)
            return
        name, new = merge(self.shop, part.id, into.id, self.now)
        assert new == (held is None)
        truth.part_of[part] = (into, name)

    @rule(part=people)
    def unmerge(self, part: Shopper) -> None:
        if (held := self.truth.part_of.pop(part, None)) is not None:
            unmerge(self.shop, held[1], self.now)

    @rule(number=numbers)
    def take_number_away(self, number: str) -> None:
        held = self.truth.numbers[number]
        if held.owner is not None:
            unmerge(self.shop, visitor_merge_id(number), self.now)
            held.taken_from.add(held.owner.id)
            held.owner, held.taken = None, None
            self.unclaimed = [each for each in self.unclaimed if each.visitor != number]
            self.shop.identities._settled.clear()  # as after the while for which it is remembered

    @invariant()
    def the_store_says_what_the_reckoning_says(self) -> None:
        for who in PEOPLE + VISITORS:
            life = self.truth.activities(who)
            random.Random(len(life)).shuffle(life)
            assert facts(self.shop.shoppers.read(who)) == facts(fold(Profile(), life)), who


def run(store: Store, examples: int, steps: int, *phases: Phase) -> None:
    def fresh() -> Identities:
        return Identities(store.add_shop(f"machine-{uuid.uuid4().hex[:10]}"))

    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=phases or tuple(Phase),
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(fresh, settings=how)


@pytest.fixture(autouse=True)
def small_profiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles with room for two orders, so that a short life overflows them."""
    monkeypatch.setattr(older, "ORDERS_KEPT", 2)


def test_identities_are_what_they_did(embedded: Store) -> None:
    run(embedded, 15, 30)


@pytest.mark.slow
def test_identities_are_what_they_did_in_many_lives(embedded: Store) -> None:
    run(embedded, 400, 40)


def forget_older(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Older, "to_bytes", lambda self: b"")


def own_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin.store.shoppers.take_in", lambda profile, ref, visitor: False)


@pytest.mark.parametrize("broken", [forget_older, own_everything])
def test_the_reckoning_notices_what_is_lost(
    embedded: Store, monkeypatch: pytest.MonkeyPatch, broken: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """The controls: nothing kept beside profiles; nothing taken over from visitors."""
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        run(embedded, 200, 40, Phase.generate)
