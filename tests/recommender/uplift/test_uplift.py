"""Whom an offer moves: planted effects are found and kept, where there are none nothing is made up."""

from __future__ import annotations

import json

import numpy as np
import pytest

from recommender.uplift.columns import Columns
from recommender.uplift.measures import area, uplift_among
from recommender.uplift.outcomes import doubly_robust
from recommender.uplift.uplift import Uplift

LOYAL, LATELY = 0, 1


def world(shoppers: int, effect: float, seed: int, held_out: float = 0.5) -> tuple[np.ndarray, ...]:
    """Shoppers of whom the loyal (every other one) come ``effect`` more often with the offer, no others."""
    random = np.random.default_rng(seed)
    figures = np.column_stack([random.random(shoppers) < 0.5, random.normal(size=(shoppers, 3))]).astype(
        float
    )
    offered = (random.random(shoppers) >= held_out).astype(float)
    chance = 0.2 + 0.05 * np.tanh(figures[:, LATELY]) + effect * offered * figures[:, LOYAL]
    return figures, offered, (random.random(shoppers) < chance).astype(float)


@pytest.fixture(scope="module")
def moved() -> Uplift:
    return Uplift().fit(*world(6000, 0.25, 1))


def test_whom_it_moves_is_found_with_how_much(moved):
    assert moved.is_found_
    told = moved.uplift(np.array([[1.0, 0, 0, 0], [0.0, 0, 0, 0]]))
    assert told[0] == pytest.approx(0.25, abs=0.06)
    assert told[1] == pytest.approx(0.0, abs=0.06)


def test_on_others_those_chosen_are_the_moved_ones(moved):
    figures, offered, outcome = world(6000, 0.25, 2)
    chosen = uplift_among(moved.uplift(figures), offered, outcome)
    assert chosen > uplift_among(np.zeros(len(offered)), offered, outcome) + 0.05
    assert area(moved.uplift(figures), offered, outcome) > 0.01


def test_the_mean_over_all_is_the_difference_of_the_arms(moved):
    figures, _, _ = world(6000, 0.25, 1)
    assert np.mean(moved.uplift(figures)) == pytest.approx(moved.mean_.more, abs=1e-9)


def test_where_all_are_moved_alike_nobody_is_told_apart():
    """Twelve worlds in which nothing differs between shoppers: four found of them would be a fault."""
    found = 0
    for seed in range(12):
        figures, offered, outcome = world(1200, 0.0, 100 + seed)
        model = Uplift(folds=3).fit(figures, offered, outcome)
        found += model.is_found_
        if not model.is_found_:
            assert set(model.uplift(figures)) == {model.mean_.more}
    assert found <= 3


def test_a_line_that_others_do_not_bear_out_is_not_believed():
    """A world of chance in which a line was laid all the same: who was not asked for it answers otherwise."""
    figures, offered, outcome = world(600, 0.0, 203)
    model = Uplift(folds=3).fit(figures, offered, outcome)
    assert model.line_.slopes.any()
    assert not model.is_found_
    assert set(model.uplift(figures)) == {model.mean_.more}


def test_a_small_hold_out_is_enough_for_a_large_effect():
    figures, offered, outcome = world(8000, 0.3, 3, held_out=0.1)
    model = Uplift().fit(figures, offered, outcome)
    assert model.is_found_
    told = model.uplift(np.array([[1.0, 0, 0, 0], [0.0, 0, 0, 0]]))
    assert told[0] - told[1] > 0.15


def test_money_is_learned_as_well_as_yes_and_no():
    figures, offered, came = world(6000, 0.3, 4)
    model = Uplift().fit(figures, offered, came * 50.0)
    told = model.uplift(np.array([[1.0, 0, 0, 0], [0.0, 0, 0, 0]]))
    assert told[0] == pytest.approx(15.0, abs=4.0)


def test_the_same_shoppers_give_the_same_model_in_any_process(moved):
    again = Uplift().fit(*world(6000, 0.25, 1))
    assert json.dumps(again.to_document()) == json.dumps(moved.to_document())


def test_what_is_written_down_answers_the_same(moved):
    figures, _, _ = world(50, 0.25, 5)
    read = Uplift.from_document(json.loads(json.dumps(moved.to_document())))
    assert np.array_equal(read.uplift(figures), moved.uplift(figures))
    assert read.judged_ == moved.judged_


@pytest.mark.parametrize(
    "damage",
    [
        lambda held: held.pop("line"),
        lambda held: held.update(evidence=float("nan")),
        lambda held: held.update(middle="nonsense"),
        lambda held: held["columns"].update(middle=[1.0]),
        lambda held: held["columns"]["pairs"][0].__setitem__(0, 99),
        lambda held: held["line"].pop(),
        lambda held: held["line"].__setitem__(0, None),
        lambda held: held["mean"].pop("low"),
    ],
)
def test_a_damaged_document_is_refused(moved, damage):
    held = json.loads(json.dumps(moved.to_document()))
    damage(held)
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        Uplift.from_document(held)


def test_too_few_in_an_arm_teach_nothing():
    figures, offered, outcome = world(400, 0.2, 6, held_out=0.05)
    with pytest.raises(ValueError, match="it takes 100 each"):
        Uplift().fit(figures, offered, outcome)


def test_nobody_held_out_who_came_is_no_fault():
    figures, offered, outcome = world(1000, 0.0, 7)
    model = Uplift(folds=3).fit(figures, offered, outcome * offered)
    assert model.mean_.held_out == 0.0
    assert np.isfinite(model.uplift(figures)).all()


def test_a_figure_that_is_the_same_for_all_and_one_far_outside_do_no_harm(moved):
    figures, offered, outcome = world(1000, 0.2, 8)
    figures[:, 3] = 5.0
    told = Uplift(folds=3).fit(figures, offered, outcome).uplift(np.array([[1.0, 1e9, -1e9, 7.0]]))
    assert np.isfinite(told).all()
    assert abs(moved.uplift(np.array([[1.0, 1e12, 0, 0]]))[0]) < 1.0


def test_the_doubly_robust_outcome_of_a_group_is_its_uplift():
    figures, offered, outcome = world(8000, 0.25, 10)
    value = doubly_robust(figures, offered, outcome, np.arange(8000) % 4)
    loyal = figures[:, LOYAL] == 1
    assert value[loyal].mean() == pytest.approx(0.25, abs=0.04)
    assert value[~loyal].mean() == pytest.approx(0.0, abs=0.04)


def test_few_shoppers_are_not_asked_about_pairs_of_figures():
    figures = np.random.default_rng(0).normal(size=(200, 6))
    assert Columns.of(figures).pairs.size == 0
    assert len(Columns.of(np.tile(figures, (10, 1))).pairs) == 21


def test_what_was_chosen_is_measured_by_hand():
    score = np.array([4.0, 3.0, 2.0, 1.0])
    offered, outcome = np.array([1, 0, 1, 0]), np.array([1.0, 0.0, 0.0, 1.0])
    assert uplift_among(score, offered, outcome, 0.5) == 1.0
    assert uplift_among(score, offered, outcome, 1.0) == 0.0
    assert np.isnan(uplift_among(score, offered, outcome, 0.25))
