"""The judge: paired differences with honest errors, and when below is worse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation.judging import (
    ENOUGH_CASES,
    Against,
    KindJudged,
    cases_between,
    fallen,
    is_worse,
    judge,
    overall,
    paired,
)
from recommender.evaluation.likeness import alike
from recommender.model import Model

DAY = 86400.0


def kind(difference: float, error: float, cases: int = 100, name: str = "complements") -> KindJudged:
    return KindJudged(name, cases, 0.5, {"other": Against(0.5 - difference, difference, error)})


def test_the_error_of_single_witnesses_is_that_of_a_mean() -> None:
    rng = np.random.default_rng(0)
    ours, theirs = rng.random(200), rng.random(200)
    mean, error = paired(ours, theirs, np.arange(200))
    difference = ours - theirs
    assert mean == pytest.approx(difference.mean())
    assert error == pytest.approx(difference.std(ddof=1) / np.sqrt(200))


def test_one_who_answers_ten_times_is_one_witness() -> None:
    rng = np.random.default_rng(1)
    ours, theirs = rng.random(40), rng.random(40)
    once = paired(ours, theirs, np.arange(40))
    often = paired(np.repeat(ours, 10), np.repeat(theirs, 10), np.repeat(np.arange(40), 10))
    assert often == pytest.approx(once)
    # The control: taken for four hundred witnesses, the same words would weigh three times as much.
    assert paired(np.repeat(ours, 10), np.repeat(theirs, 10), np.arange(400))[1] < once[1] / 3


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_equals_are_never_worse(figures: list[float]) -> None:
    ours = np.array(figures)
    assert paired(ours, ours, np.arange(len(ours))) == (0.0, 0.0)
    assert not is_worse([kind(0.0, 0.0)], "other")


def test_worse_is_below_by_more_than_the_error() -> None:
    assert is_worse([kind(-0.03, 0.02)], "other")
    assert not is_worse([kind(-0.01, 0.02)], "other")
    assert not is_worse([kind(-0.03, 0.02, cases=ENOUGH_CASES - 1)], "other"), "too few to tell"
    assert not is_worse([kind(-0.03, 0.02)], "somebody not asked")


def test_what_one_kind_gains_another_may_lose_a_little_but_not_far() -> None:
    gains, loses, falls = kind(0.05, 0.01), kind(-0.02, 0.01), kind(-0.04, 0.01, name="for-you")
    assert overall([gains, loses], "other") == pytest.approx((0.015, 0.01 / 2**0.5))
    assert not is_worse([gains, loses], "other")
    assert is_worse([gains, falls], "other")
    assert fallen([gains, loses, falls], "other") == [falls]


def test_a_good_model_is_told_from_one_of_a_shuffled_past(history, cards) -> None:
    """The tool shop, asked about its last 200 days: the same recipe on orders with mixed up products."""
    since, until = 201 * DAY, 401 * DAY
    rng, lines = np.random.default_rng(0), history.orders
    mixed = replace(history, orders=replace(lines, product=rng.permutation(lines.product)))
    good = Model.fit(history, cards, as_of=since)
    bad = Model.fit(mixed, cards, as_of=since)
    cases = {"complements": cases_between(history, since, until)["complements"]}
    past = history.before(since)
    assert is_worse(judge(bad, good, past, cases, since), "in service")
    assert not is_worse(judge(good, bad, past, cases, since), "in service")
    assert all(each.shared == 1.0 == each.same_first for each in alike(good, good))
    assert min(each.shared for each in alike(good, bad)) < 1.0
