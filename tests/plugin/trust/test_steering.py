"""What ten thousand invented events change for everybody else: nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plugin.activity import Activity, Line, Shopper, Trust
from plugin.history import interactions_before
from plugin.store.log import Log
from plugin.trust.behaviour import behaviours
from plugin.trust.teachers import Teachers, teachers_before
from recommender.cards import Cards
from recommender.model import Model
from recommender.question import Question

DAY = 86400.0
START = 1_700_000_000.0
NOW = START + 60 * DAY
FAMILIES = 8  # of five products each, looked at and bought together
PRODUCTS = [f"{family}-{n}" for family in range(FAMILIES) for n in range(5)]
VICTIM, PUSHED = "0-0", "7-4"
FAKE = 10_000
Told = Iterator[tuple[Shopper, str, str, float]]


def activity(
    name: str, kind: str, at: float, who: Shopper, *products: str, trust: Trust = "browser", **more: str
) -> Activity:
    lines = tuple(Line(product, 1, 500) for product in products)
    return Activity(name, kind, kind, at, at, trust, who, lines, **more)  # type: ignore[arg-type]


def honest(known: bool) -> Iterator[Activity]:
    """Ninety people, each at home in one family: looks by their browsers, orders by the shop."""
    rng = random.Random(5)
    for person in range(90):
        who, family = Shopper(f"p{person}", known), person % FAMILIES
        for visit in range(4):
            at = START + rng.uniform(0, 58) * DAY
            for step, n in enumerate(rng.sample(range(5), 4)):
                yield activity(f"{person}/{visit}/{step}", "viewed", at + 30 * step, who, f"{family}-{n}")
            bought = [f"{family}-{n}" for n in rng.sample(range(5), 2)]
            order = f"o{person}/{visit}"
            buyer = Shopper(f"p{person}")
            yield activity(order, "bought", at + 600, buyer, *bought, trust="shop", order_id=order)


def one_visitor() -> Told:
    for n in range(FAKE):
        yield Shopper("evil", False), "viewed", (VICTIM, PUSHED)[n % 2], n * 0.4


def a_crowd() -> Told:
    for n in range(FAKE // 2):
        for step, product in enumerate((VICTIM, PUSHED)):
            yield Shopper(f"evil{n}", False), "viewed", product, n * 0.7 + 20 * step


def some_slowly() -> Told:
    for n in range(FAKE // 20):
        for step in range(20):
            at = (n % 72) * 3600 + step * 37.0 + n
            yield Shopper(f"evil{n}", False), "viewed", (VICTIM, PUSHED)[step % 2], at


def one_customer() -> Told:
    """Somebody who has an account, so every look is proven to be theirs; it is only not a person's."""
    for n in range(FAKE):
        yield Shopper("evil"), "viewed", (VICTIM, PUSHED)[n % 2], n * 3.0


def feigned_orders() -> Told:
    for n in range(FAKE):
        yield Shopper(f"evil{n % 500}", False), "bought", (VICTIM, PUSHED)[n % 2], n * 2.0


def signs_of_a_crowd() -> Told:
    """Carts, wishes, what is waved away and what is shown and passed over, by a flood of visitors."""
    kinds = ("carted", "wished", "dismissed", "shown", "uncarted")
    for n in range(FAKE):
        yield Shopper(f"evil{n // 4}", False), kinds[n % 5], (VICTIM, PUSHED)[n % 2], n * 0.7


def signs_of_one_customer() -> Told:
    kinds = ("carted", "wished", "dismissed", "shown")
    for n in range(FAKE):
        yield Shopper("evil"), kinds[n % 4], (VICTIM, PUSHED)[n % 2], n * 3.0


ATTACKS = {
    each.__name__: each
    for each in (
        *(one_visitor, a_crowd, some_slowly, one_customer, feigned_orders),
        *(signs_of_a_crowd, signs_of_one_customer),
    )
}


def told(attack: Callable[[], Told]) -> Iterator[Activity]:
    for n, (who, kind, product, after) in enumerate(attack()):
        order = {"order_id": f"fake{n}"} if kind == "bought" else {}
        yield activity(f"fake{n}", kind, START + 55 * DAY + after, who, product, **order)


def top_tens(log: Log, teachers: Teachers) -> dict[tuple[str, str], list[str]]:
    """The ten best of every kind for every product, as a model of this log answers them."""
    prices = [5.0] * len(PRODUCTS)
    cards = Cards.from_columns(
        PRODUCTS,
        names=PRODUCTS,
        categories=[product[0] for product in PRODUCTS],
        brands=[None] * len(PRODUCTS),
        prices=prices,
        group_ids=[None] * len(PRODUCTS),
        first_seen=[START] * len(PRODUCTS),
    )
    model = Model.fit(interactions_before(log, NOW, None, teachers), cards, as_of=NOW)
    asked = [(kind, p) for kind in ("complements", "similar", "also-viewed") for p in PRODUCTS]
    asked += [(kind, p) for kind in ("for-you", "trending") for p in PRODUCTS[::5]]
    return {
        (kind, product): [
            each.product_id
            for each in model.suggest(
                Question(kind, (product,), viewed=((product, NOW),), now=NOW, take=lambda _: True)
            )
        ]
        for kind, product in asked
    }


def log_of(folder: Path, *activities: Iterator[Activity]) -> Log:
    log = Log(folder)
    rows = [each for source in activities for each in source]
    log.write(1, [(f"{{shop}}{n}", each) for n, each in enumerate(rows)])
    return log


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[str]]:
    log = log_of(tmp_path_factory.mktemp("before"), honest(known=True))
    return top_tens(log, teachers_before(log, NOW, {}))


@pytest.mark.parametrize("attack", ATTACKS)
def test_ten_thousand_invented_events_change_nobodys_ten(
    attack: str, untouched: dict[tuple[str, str], list[str]], tmp_path: Path
) -> None:
    log = log_of(tmp_path, honest(known=True), told(ATTACKS[attack]))
    teachers = teachers_before(log, NOW, {})
    assert teachers.proven_only
    assert top_tens(log, teachers) == untouched


def test_without_knowing_who_teaches_they_do(
    untouched: dict[tuple[str, str], list[str]], tmp_path: Path
) -> None:
    log = log_of(tmp_path, honest(known=True), told(a_crowd))
    steered = top_tens(log, Teachers())
    assert steered[("also-viewed", VICTIM)][0] == PUSHED != untouched[("also-viewed", VICTIM)][0]


@pytest.mark.parametrize("attack", ["one_visitor", "a_crowd"])
def test_a_shop_of_nameless_visitors_learns_from_them_but_not_from_programs_and_floods(
    attack: str, tmp_path: Path
) -> None:
    before = log_of(tmp_path / "before", honest(known=False))
    teachers = teachers_before(before, NOW, {})
    assert not teachers.proven_only
    assert not teachers.nobody
    learned = top_tens(before, teachers)
    assert {each[0] for each in learned[("also-viewed", VICTIM)][:4]} == {"0"}
    after = log_of(tmp_path / "after", honest(known=False), told(ATTACKS[attack]))
    assert top_tens(after, teachers_before(after, NOW, {})) == learned


def test_the_merchants_word_stands_above_the_score(tmp_path: Path) -> None:
    log = log_of(tmp_path, honest(known=True), told(one_customer))
    assert "u:evil" in teachers_before(log, NOW, {}).nobody
    assert "u:evil" not in teachers_before(log, NOW, {"u:evil": "person"}).nobody
    assert "u:p1" in teachers_before(log, NOW, {"u:p1": "automatic"}).nobody


def test_behaviour_is_measured_from_what_browsers_told(tmp_path: Path) -> None:
    log = log_of(tmp_path, honest(known=True), told(one_customer))
    found = behaviours(log, NOW)
    assert set(found) == {"u:evil"}, "nobody else told enough to be judged"
    evil = found["u:evil"]
    assert (evil.events, evil.pace, evil.evenness, evil.buyer) == (FAKE, 3.0, 0.0, False)
    assert evil.busiest_minute == 20
    assert evil.longest_run == pytest.approx((FAKE - 1) * 3 / 3600)
