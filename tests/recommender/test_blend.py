"""Weights and trees: what was chosen stands out, few lessons move little, trees serve only where they win."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier

from recommender.blending.blend import REORDERED, Blend
from recommender.blending.boosted_trees import BoostedTrees
from recommender.blending.conditional_logit import ConditionalLogit
from recommender.blending.offered import Offered, spread_of
from recommender.blending.weighing import ENOUGH_TO_CHOOSE, grow, reordered, weigh
from recommender.kinds import BLENDED

COMPLEMENTS, FOR_YOU = BLENDED["complements"], BLENDED["for-you"]
CANDIDATES = 30


def lessons(columns: int, score, questions: int, seed: int = 0) -> Offered:
    """Questions with 30 candidates each, one drawn by the odds that the true score gives; one a day."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(questions, CANDIDATES, columns))
    odds = np.exp(score(values))
    odds /= odds.sum(axis=1, keepdims=True)
    right = np.array([rng.choice(CANDIDATES, p=each) for each in odds], np.int64)
    chosen = np.zeros((questions, CANDIDATES), bool)
    chosen[np.arange(questions), right] = True
    spread = [spread_of(each.T) for each in values]
    standard = [(each - mean) * sharp for each, (mean, sharp) in zip(values, spread, strict=True)]
    return Offered(
        features=np.concatenate([values, np.reshape(standard, values.shape)], axis=2)
        .reshape(-1, 2 * columns)
        .astype(np.float32),
        chosen=chosen.ravel(),
        question=np.repeat(np.arange(questions), CANDIDATES),
        time=np.arange(questions) * 86400.0,
        right=np.ones(questions, np.int64),
    )


def linear(truth: np.ndarray):
    return lambda values: values @ truth


def fitted(kind, offered: Offered, pull: float = 5.0, within: bool = False) -> ConditionalLogit:
    return ConditionalLogit(kind, pull, within).fit(offered.features, offered.chosen, offered.question)


def strength(logit: ConditionalLogit) -> np.ndarray:
    """What a column weighs in all: these candidates have a standard deviation of 1."""
    return logit.weights_.sum(axis=0)


@pytest.mark.parametrize("kind", BLENDED.values(), ids=BLENDED)
def test_the_weights_behind_the_choices_are_found(kind):
    truth = kind.prior_weights.copy()
    truth[kind.index["sold_28"]] = 1.7
    offered = lessons(len(truth), linear(truth), 4000)
    named = [kind.index[name] for name in kind.prior]
    for within in (False, True):
        found = strength(fitted(kind, offered, pull=1.0, within=within))
        np.testing.assert_allclose(found[named], truth[named], atol=0.3)


def test_few_lessons_move_little_and_many_as_far_as_they_should():
    truth = COMPLEMENTS.prior_weights.copy()
    times = COMPLEMENTS.index["times"]
    truth[times] = -1.0
    away = [
        abs(strength(fitted(COMPLEMENTS, lessons(len(truth), linear(truth), count)))[times] + 1.0)
        for count in (0, 5, 50, 2000)
    ]
    assert away[0] == pytest.approx(1.8)
    assert away == sorted(away, reverse=True)
    assert away[-1] < 0.2


def test_terms_that_do_not_speak_in_a_kind_stay_silent():
    columns = COMPLEMENTS.columns
    found = fitted(COMPLEMENTS, lessons(len(columns), linear(np.ones(len(columns))), 200)).weights_
    silent = {name for name, row in COMPLEMENTS.index.items() if not found[:, row].any()}
    assert silent == set(columns) - set(COMPLEMENTS.prior) != set()


def test_questions_whose_answer_was_not_offered_teach_nothing():
    offered = lessons(len(FOR_YOU.columns), linear(FOR_YOU.prior_weights), 10)
    logit = fitted(FOR_YOU, replace(offered, chosen=np.zeros_like(offered.chosen)))
    assert logit.lessons_ == 0
    np.testing.assert_array_equal(logit.weights_, Blend.prior(FOR_YOU).weights)


def crossed(values: np.ndarray) -> np.ndarray:
    """A truth that no weighing of single terms can tell: the first two count only together."""
    return 6.0 * ((values[..., 0] > 0) & (values[..., 1] > 0))


def test_trees_are_kept_where_the_truth_is_no_weighed_sum():
    offered = lessons(len(FOR_YOU.columns), crossed, 900)
    weighed = weigh(FOR_YOU, offered, seed=0)
    assert weighed.judged["with trees"] > weighed.judged["weighed"] + 2 * weighed.judged["with trees, noise"]
    assert len(weighed.blend.trees) > 0


def test_trees_are_left_out_where_the_weighed_sum_is_the_truth():
    truth = FOR_YOU.prior_weights
    weighed = weigh(FOR_YOU, lessons(len(truth), linear(2.0 * truth), 900), seed=0)
    assert weighed.judged["with trees"] < weighed.judged["weighed"] + 2 * weighed.judged["with trees, noise"]
    assert len(weighed.blend.trees) == 0
    assert not weighed.blend.weights[1].any()


def test_terms_count_within_the_question_where_questions_differ_in_scale():
    """One of two terms speaks loudly in some questions and softly in others, and means the same."""
    columns = len(FOR_YOU.columns)
    offered = lessons(columns, lambda values: 2.0 * (values[..., 0] + values[..., 1]), 900)
    loud = np.repeat(10.0 ** np.random.default_rng(2).uniform(-2, 1, 900), CANDIDATES)
    features = offered.features.copy()
    features[:, 0] *= loud
    weighed = weigh(FOR_YOU, replace(offered, features=features), seed=0)
    assert weighed.judged["weighed within the question"] > weighed.judged["weighed"] + 0.02
    assert weighed.blend.weights[1, 0] > 0.8


def test_few_lessons_are_not_spent_on_trees():
    few = lessons(len(FOR_YOU.columns), crossed, ENOUGH_TO_CHOOSE - 1)
    weighed = weigh(FOR_YOU, few, seed=0)
    assert (len(weighed.blend.trees), weighed.judged) == (0, {})


@pytest.fixture(scope="module")
def grown() -> tuple[HistGradientBoostingClassifier, np.ndarray]:
    rng = np.random.default_rng(5)
    features = np.round(rng.normal(size=(2000, 6)), 2).astype(np.float32)
    right = features[:, 0] * features[:, 1] + features[:, 2] > 0.3
    boosting = HistGradientBoostingClassifier(max_iter=30, max_depth=4, max_leaf_nodes=9, random_state=0)
    return boosting.fit(features, right), features


def test_the_arrays_score_as_the_trees_that_were_grown(grown):
    boosting, features = grown
    wanted = boosting.decision_function(features)
    found = BoostedTrees.from_boosting(boosting).score(np.ascontiguousarray(features.T))
    np.testing.assert_allclose(found - found[0], wanted - wanted[0], atol=1e-4)


def test_trees_on_the_edges_of_their_thresholds_fall_to_the_same_side(grown):
    boosting, _ = grown
    trees = BoostedTrees.from_boosting(boosting)
    edges = np.unique(trees.threshold[trees.threshold < 1e38])
    probes = np.repeat(edges[:, None], 6, axis=1)
    probes = np.concatenate([probes, np.nextafter(probes, np.float32(np.inf))])
    wanted, found = boosting.decision_function(probes), trees.score(np.ascontiguousarray(probes.T))
    np.testing.assert_allclose(found - found[0], wanted - wanted[0], atol=1e-4)


@pytest.fixture(scope="module")
def blend() -> Blend:
    """Weights that speak for every term, and trees grown beside them."""
    truth = np.ones(len(FOR_YOU.columns))
    offered = lessons(len(truth), lambda values: crossed(values) + values @ truth, 900)
    logit = fitted(FOR_YOU, offered)
    found = Blend(logit.weights_, grow(FOR_YOU, offered, logit, seed=0))
    assert len(found.trees)
    return found


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), candidates=st.integers(2, 150), data=st.data())
def test_evidence_taken_away_lowers_the_final_score(blend, seed, candidates, data):
    """By a term that the weights give as a reason, trees or no trees."""
    values = np.random.default_rng(seed).normal(size=(len(FOR_YOU.columns), candidates))
    yardstick = spread_of(values)
    score, weights = blend.judge(values, yardstick)
    slot = data.draw(st.integers(0, candidates - 1))
    spoke = np.flatnonzero(weights * values[:, slot] > 1e-3)
    if not len(spoke):
        return
    column = data.draw(st.sampled_from(spoke.tolist()))
    less = values.copy()
    less[column, slot] = 0.0
    again, _ = blend.judge(less, yardstick)
    assert (again > again[slot]).sum() >= (score > score[slot]).sum()
    common = set.intersection(*(best_by_weight(weights, each) for each in (values, less)))
    if slot in common:
        others = np.array(sorted(common - {slot}), np.intp)
        assert np.all(again[slot] - again[others] < score[slot] - score[others])


def best_by_weight(weights: np.ndarray, values: np.ndarray) -> set[int]:
    return set(np.argsort(-(weights @ values), kind="stable")[:REORDERED].tolist())


def test_only_the_best_are_put_in_another_order(blend):
    values = np.random.default_rng(1).normal(size=(len(FOR_YOU.columns), 3 * REORDERED))
    plain = replace(blend, trees=BoostedTrees.none())
    with_trees, without = (np.argsort(-each.judge(values)[0]) for each in (blend, plain))
    assert set(with_trees[:REORDERED]) == set(without[:REORDERED])
    assert with_trees[:REORDERED].tolist() != without[:REORDERED].tolist()
    np.testing.assert_array_equal(with_trees[REORDERED:], without[REORDERED:])


def test_what_is_learned_and_what_serves_give_one_score(blend):
    """The held-out questions are judged by the very order in which they would be answered."""
    offered = lessons(len(FOR_YOU.columns), crossed, 20, seed=9)
    weighed = offered.features @ blend.weights.ravel()
    best = offered.best(weighed, REORDERED)
    judged = reordered(
        weighed,
        best,
        blend.trees.score(np.ascontiguousarray(offered.features[best, len(FOR_YOU.columns) :].T)),
    )
    for row in range(20):
        mine = offered.question == row
        values = offered.features[mine, : len(FOR_YOU.columns)].T.astype(np.float64)
        served, _ = blend.judge(values)
        np.testing.assert_array_equal(np.argsort(-judged[mine]), np.argsort(-served))


def test_an_empty_question_has_no_scores(blend):
    assert blend.judge(np.zeros((len(FOR_YOU.columns), 0)))[0].shape == (0,)
