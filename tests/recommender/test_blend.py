"""Weights: what was chosen stands out, and few lessons move the prior little."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.blend import ConditionalLogit
from recommender.kinds import BLENDED

COMPLEMENTS, FOR_YOU = BLENDED["complements"], BLENDED["for-you"]


def lessons(truth: np.ndarray, questions: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Questions with 12 candidates each, one drawn by the odds that the true weights give."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(questions, 12, len(truth)))
    odds = np.exp(values @ truth)
    odds /= odds.sum(axis=1, keepdims=True)
    right = np.array([rng.choice(12, p=each) for each in odds], np.int64)
    chosen = np.zeros((questions, 12), bool)
    chosen[np.arange(questions), right] = True
    return values.reshape(-1, len(truth)), chosen.ravel(), np.repeat(np.arange(questions), 12)


@pytest.mark.parametrize("kind", BLENDED.values(), ids=BLENDED)
def test_the_weights_behind_the_choices_are_found(kind):
    truth = kind.prior_weights.copy()
    truth[kind.index["sold_28"]] = 1.7
    found = ConditionalLogit(kind, pull=1.0).fit(*lessons(truth, 4000)).weights_
    np.testing.assert_allclose(found, truth, atol=0.25)


def test_few_lessons_move_little_and_many_as_far_as_they_should():
    truth = COMPLEMENTS.prior_weights.copy()
    times = COMPLEMENTS.index["times"]
    truth[times] = -1.0
    away = [
        abs(ConditionalLogit(COMPLEMENTS).fit(*lessons(truth, count)).weights_[times] + 1.0)
        for count in (0, 5, 50, 2000)
    ]
    assert away[0] == pytest.approx(1.8)
    assert away == sorted(away, reverse=True)
    assert away[-1] < 0.2


def test_terms_that_do_not_speak_in_a_kind_stay_silent():
    columns = COMPLEMENTS.columns
    found = ConditionalLogit(COMPLEMENTS).fit(*lessons(np.ones(len(columns)), 200)).weights_
    silent = {name for name, row in COMPLEMENTS.index.items() if found[row] == 0.0}
    assert silent == set(columns) - set(COMPLEMENTS.prior) != set()


def test_questions_whose_answer_was_not_offered_teach_nothing():
    values, chosen, question = lessons(FOR_YOU.prior_weights, 10)
    logit = ConditionalLogit(FOR_YOU).fit(values, np.zeros_like(chosen), question)
    assert logit.lessons_ == 0
    np.testing.assert_array_equal(logit.weights_, FOR_YOU.prior_weights)
