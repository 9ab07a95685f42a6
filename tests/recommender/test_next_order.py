"""What the next order holds: repeats, followers, and the clock of a shopper's own orders, on tiny shops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recommender.asked import Asked
from recommender.cards import Cards
from recommender.counted_time import side_by_side, step_of
from recommender.cross_ridge import cross_ridge
from recommender.histories import Histories
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.next_order import NextOrder, weigh
from recommender.order_pairs import OrderPairs
from recommender.order_recency import by_order
from recommender.question import Question

from .conftest import DAY, Ledger

PAD, INK, MILK, NEVER = "pad", "ink", "milk", "never again"


def printers() -> Interactions:
    """Thirty shoppers: pads and ink in turn, milk always, and one thing bought a single time."""
    ledger = Ledger()
    for shopper in range(30):
        for turn in range(6):
            first = [NEVER] if turn == 0 else []
            ledger.buy(f"s{shopper}", shopper + 10.0 * turn, PAD if turn % 2 else INK, MILK, *first)
    return ledger.history()


def fitted(history: Interactions) -> NextOrder:
    return NextOrder(ridge=1.0).fit(history, Cards.none().over(history.product_ids), as_of=1000 * DAY)


def test_what_is_bought_again_and_what_follows_are_told_apart():
    history = printers()
    part, row = fitted(history), {each: at for at, each in enumerate(history.product_ids)}
    assert part.again_[row[MILK]] > 0.2
    assert part.again_[row[NEVER]] == 0.0
    entries = part.follows_.of(np.array([row[INK]]))
    assert row[NEVER] not in entries.product
    told = dict(zip(entries.product.tolist(), entries.score.tolist(), strict=True))
    assert told[row[PAD]] > 0.1
    assert set(part.follows_.counts.tolist()) == {30}


def test_a_first_order_teaches_nothing_and_every_later_one_has_one_voice():
    ledger = Ledger()
    ledger.buy("once", 1, PAD, INK)
    ledger.buy("twice", 1, PAD)
    ledger.buy("twice", 2, MILK, INK)
    ledger.buy(None, 3, MILK)
    history = ledger.history()
    pairs = OrderPairs.of(history, kept=0.9, widest=10, most_lines=100)
    assert pairs.then.shape == (1, 3)
    assert pairs.then.multiply(pairs.then).sum() == pytest.approx(1.0)
    ids = [history.product_ids[each] for each in pairs.products[pairs.before.indices]]
    assert ids == [PAD]


def test_older_orders_count_less_by_the_order_whatever_the_days():
    for days in ((1, 2, 3), (1, 200, 201)):
        ledger = Ledger()
        for day, product in zip(days, (PAD, INK, MILK), strict=True):
            ledger.buy("s", day, product)
        history = ledger.history()
        pairs = OrderPairs.of(history, kept=0.5, widest=10, most_lines=100)
        last = pairs.before[1].toarray().ravel()
        by_id = dict(zip((history.product_ids[each] for each in pairs.products), last, strict=True))
        assert by_id[PAD] / by_id[INK] == pytest.approx(0.5)


def test_a_large_shop_learns_from_its_newest_orders():
    history = printers()
    whole = OrderPairs.of(history, kept=0.9, widest=10, most_lines=10**6)
    bounded = OrderPairs.of(history, kept=0.9, widest=10, most_lines=100)
    assert whole.then.shape[0] == 150
    assert 0 < bounded.then.shape[0] < 40
    assert bounded.before.nnz <= 100
    narrow = OrderPairs.of(history, kept=0.9, widest=1, most_lines=10**6)
    assert [history.product_ids[each] for each in narrow.products] == [MILK]


def test_the_weights_are_those_of_a_plain_ridge_when_all_are_neighbours():
    rng = np.random.default_rng(0)
    before, then = rng.random((40, 6)), rng.random((40, 6))
    found = cross_ridge(
        sparse.csr_matrix(before, dtype=np.float32),
        sparse.csr_matrix(then, dtype=np.float32),
        neighbours=6,
        ridge=2.0,
    )
    plain = np.linalg.solve(before.T @ before + 2.0 * np.eye(6), before.T @ then)
    np.testing.assert_allclose(found.toarray(), plain, atol=1e-4)


moments = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), min_size=1, max_size=30, unique=True)


@given(moments)
def test_orders_are_counted_as_one_would_by_hand(bought):
    runs = sorted({product for _, product in bought})
    orders = sorted({moment for moment, _ in bought}, reverse=True)
    last, fresh, count = by_order(
        np.array([float(moment) for moment, _ in bought]),
        np.array([runs.index(product) for _, product in bought]),
        len(runs),
    )
    assert count == len(orders)
    for place, product in enumerate(runs):
        ago = [orders.index(moment) for moment, each in bought if each == product]
        assert last[place] == min(ago)
        assert fresh[place] == pytest.approx(sum(0.9**each for each in ago))


def test_a_question_carries_the_same_clock_as_the_history_it_was_made_from():
    history = printers()
    histories, now = Histories(history), 200 * DAY
    learned = histories.own(3, now)
    question = Question("next-basket", bought=histories.bought(3, now), now=now)
    asked = Asked.of(question, {each: row for row, each in enumerate(history.product_ids)}).own
    ranked = np.argsort(learned.rows), np.argsort(asked.rows)
    assert learned.orders == asked.orders == 6
    for name in ("rows", "ago", "fresh"):
        one, other = getattr(learned, name)[ranked[0]], getattr(asked, name)[ranked[1]]
        np.testing.assert_allclose(one, other, err_msg=name)


def test_a_longer_past_speaks_louder_but_less_than_in_proportion():
    one, four = weigh(np.ones(1)).sum(), weigh(np.ones(4)).sum()
    assert one < four < 4 * one
    assert not len(weigh(np.zeros(0)))


def counted(first_day: float, *, from_the_end: bool) -> Interactions:
    """Sixty shoppers with 3 to 7 orders whose days were made up from the orders' numbers."""
    ledger = Ledger()
    for shopper in range(60):
        orders = 3 + shopper % 5
        for turn in range(orders):
            day = first_day + turn + (7 - orders if from_the_end else 0)
            ledger.buy(f"s{shopper}", day, PAD if turn % 2 else INK, MILK)
    return ledger.history()


def test_made_up_days_are_known_from_their_even_step_and_true_ones_are_left_alone(history):
    assert step_of(counted(1, from_the_end=False)) == pytest.approx(1.0)
    assert step_of(history) == 0.0
    assert side_by_side(history) is history


def test_from_whichever_end_days_were_made_up_the_same_is_learned_and_answered():
    answers = []
    for from_the_end in (False, True):
        history = counted(1, from_the_end=from_the_end)
        model = Model.fit(history, Cards.none(), as_of=9 * DAY)
        histories = Histories(history)
        answers.append(
            [
                [(each.product_id, round(each.score, 6)) for each in model.suggest(question)][:3]
                for shopper in range(60)
                for question in (
                    Question("next-basket", bought=histories.bought(shopper, 9 * DAY), now=9 * DAY),
                )
            ]
        )
    assert answers[0] == answers[1]


def test_without_setting_shoppers_side_by_side_the_two_ways_would_teach_differently():
    one, other = (counted(1, from_the_end=each) for each in (False, True))
    assert sorted(one.orders.time.tolist()) != sorted(other.orders.time.tolist())
    moved = side_by_side(one)
    np.testing.assert_array_equal(moved.orders.time, other.orders.time)
    np.testing.assert_array_equal(moved.orders.product, other.orders.product)
