"""Judging: the figures are right where they can be counted by hand, and the future stays unseen."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from recommender.evaluation.cases import (
    Case,
    basket_cases,
    discovery_cases,
    newcomer_cases,
    repeat_cases,
    return_cases,
    unforeseeable,
)
from recommender.evaluation.evaluate import Answered, evaluate, figures
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.question import Question

DAY = 86400.0
MOMENT = 300 * DAY


def case(*right: int) -> Case:
    return Case(Question("for-you"), frozenset(right), np.array([0]), frozenset())


def test_figures_counted_by_hand():
    row = figures("hand", [case(1, 2), case(9)], [[5, 1, 6], [7, 8]], products=10)
    assert row.recall[10] == pytest.approx((1 / 2 + 0) / 2)
    assert row.hr[10] == pytest.approx(1 / 2)
    ideal = 1 + 1 / math.log2(3)
    assert row.ndcg[10] == pytest.approx((1 / math.log2(3)) / ideal / 2)
    assert row.coverage[10] == pytest.approx(5 / 10)


def test_a_perfect_answer_is_a_perfect_score_and_no_cases_are_none():
    perfect = figures("hand", [case(1, 2)], [[2, 1]], products=2)
    assert (perfect.recall[10], perfect.hr[10], perfect.ndcg[10]) == (1.0, 1.0, pytest.approx(1.0))
    assert figures("hand", [], [], products=0).recall[10] == 0.0


def test_cases_carry_only_what_was_known_when_asked(history):
    for each in (
        *basket_cases(history, MOMENT, np.inf, seed=0),
        *discovery_cases(history, MOMENT, np.inf),
        *return_cases(history, MOMENT, np.inf),
        *repeat_cases(history, MOMENT, np.inf),
    ):
        assert each.right
        assert not each.right & each.barred
        assert all(past.last_at < each.question.now for past in each.question.bought)


def test_discoveries_are_new_to_the_shopper_and_known_to_the_shop(history):
    sold = set(history.before(MOMENT).orders.product.tolist())
    for each in discovery_cases(history, MOMENT, np.inf):
        own = {history.product_ids.index(past.product_id) for past in each.question.bought}
        assert not each.right & own
        assert each.right <= sold


def test_what_the_shop_had_not_sold_yet_is_no_discovery_to_foresee():
    lines = [
        ("a", "eve", "bread", 1.0),
        ("b", "ann", "salt", 2.0),
        ("c", "eve", "salt", 9.0),
        ("c", "eve", "gold", 9.0),
    ]
    orders, shoppers, products, times = zip(*lines, strict=True)
    history = Interactions.from_columns(
        order_ids=orders, shopper_ids=shoppers, product_ids=products, quantities=[1] * 4, times=times
    )
    [only] = discovery_cases(history, 5.0, np.inf)
    assert {history.product_ids[row] for row in only.right} == {"salt"}


@pytest.mark.parametrize("kind", ["complements", "for-you", "next-basket", "also-viewed", "buy-again"])
def test_every_kind_is_judged_beside_the_plain_methods(history, cards, kind):
    report = evaluate(history, cards, kind, as_of=MOMENT, days=80, most=60)
    methods = [row.method for row in report.rows]
    assert methods[0] == "rapport"
    assert "popularity" in methods
    assert 0 < report.cases <= 60
    assert json.loads(json.dumps(report.as_dict()))["rows"][0]["hr"]["10"] <= 1.0


def test_the_planted_truths_lift_the_model_far_above_popularity(history, cards):
    ours, popularity, *_ = evaluate(history, cards, "complements", as_of=MOMENT).rows
    assert ours.ndcg[10] > 1.5 * popularity.ndcg[10]


def test_a_model_that_saw_later_is_not_judged(history, cards, model):
    with pytest.raises(ValueError, match="has seen later"):
        evaluate(history, cards, "complements", as_of=MOMENT, model=model)


def test_a_model_given_is_the_model_judged(history, cards):
    mine = Model.fit(history, cards, as_of=MOMENT)
    given = evaluate(history, cards, "for-you", as_of=MOMENT, model=mine).rows[0]
    fitted = evaluate(history, cards, "for-you", as_of=MOMENT).rows[0]
    assert (given.recall, given.ndcg) == (fitted.recall, fitted.ndcg)


def test_a_kind_whose_answers_no_history_holds_is_refused(history, cards):
    with pytest.raises(ValueError, match="cannot be judged"):
        evaluate(history, cards, "trending", as_of=MOMENT)


def test_what_no_past_could_foresee_is_counted_and_newcomers_are_asked_apart():
    lines = [
        ("a", "eve", "bread", 1.0),
        ("b", "ann", "salt", 2.0),
        ("c", "eve", "salt", 9.0),
        ("d", "new", "salt", 9.0),
        ("d", "new", "gold", 9.0),
        ("e", None, "bread", 9.0),
        ("f", "odd", "gold", 9.0),
    ]
    orders, shoppers, products, times = zip(*lines, strict=True)
    history = Interactions.from_columns(
        order_ids=orders, shopper_ids=shoppers, product_ids=products, quantities=[1] * 7, times=times
    )
    assert unforeseeable(history, 5.0, np.inf) == {
        "shoppers": 3,
        "shoppers_unknown": 2,
        "products": 3,
        "products_never_sold": 1,
        "guest_orders": 1,
    }
    [newcomer] = newcomer_cases("for-you", history, 5.0, np.inf)  # who bought only gold could not be foreseen
    assert {history.product_ids[row] for row in newcomer.right} == {"salt"}
    assert newcomer.question.bought == ()


@pytest.fixture(scope="module")
def report(history, cards):
    return evaluate(history, cards, "for-you", as_of=MOMENT, days=80)


def test_every_row_says_how_sure_it_is_and_is_compared_with_ours(report):
    ours, *others = report.rows
    assert ours.against is None
    assert ours.standard_error["hr@10"] is not None
    for row in others:
        compared = row.against["hr@10"]
        assert compared.low <= compared.difference <= compared.high
        assert compared.difference == pytest.approx(ours.hr[10] - row.hr[10])


def test_the_bands_of_shoppers_make_the_whole(report):
    bands = [each for each in report.segments if each.of == "shopper"]
    assert sum(each.cases for each in bands) == report.cases
    for row in report.rows:
        whole = sum(each.cases * each.figures[row.method]["hr@10"] for each in bands)
        assert whole / report.cases == pytest.approx(row.hr[10])
    assert all(each.band != "0" for each in bands), "of a for-you case something is known"
    assert report.newcomers.band == "0"


def test_curves_and_bins_agree_with_the_figures(report):
    ours = report.rows[0]
    assert ours.curve[9] == pytest.approx(ours.recall[10])
    assert list(ours.curve) == sorted(ours.curve)
    assert sum(each.right for each in report.reliability) <= sum(each.shown for each in report.reliability)


def test_further_methods_answer_the_same_cases(history, cards):
    def others(kind, past, cases, k):
        yield Answered("all-knowing", [sorted(case.right) for case in cases], setting="none")
        yield Answered("silent", [[] for _ in cases])

    report = evaluate(history, cards, "for-you", as_of=MOMENT, days=80, others=others)
    best, silent = report.rows[-2:]
    assert (best.method, best.ndcg[10], best.setting) == ("all-knowing", 1.0, "none")
    assert best.against["ndcg@10"].difference <= 0.0
    assert (silent.method, silent.hr[20], silent.novelty[10]) == ("silent", 0.0, None)
    assert silent.against["ndcg@10"].verdict == "better"


def test_fewer_cases_are_said_to_be_fewer(history, cards):
    report = evaluate(history, cards, "complements", as_of=MOMENT, days=80, most=7)
    assert report.cases == 7 < report.possible
