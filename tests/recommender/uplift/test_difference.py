"""What an experiment's difference is said to be: known figures, and intervals that hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.uplift.difference import Difference, of_means, of_shares, shoppers_needed

WORLDS = 600


def test_the_interval_of_two_shares_is_the_published_one():
    # 56 of 70 against 48 of 80: the example of Newcombe's paper, .0524 to .3339.
    found = of_shares(56, 70, 48, 80)
    assert (found.offered, found.held_out) == (0.8, 0.6)
    assert found.low == pytest.approx(0.0524, abs=5e-5)
    assert found.high == pytest.approx(0.3339, abs=5e-5)
    assert found.is_told_apart
    assert found.likely > 0.99


def test_nobody_came_in_either_arm_and_still_something_is_not_known():
    found = of_shares(0, 1000, 0, 50)
    assert found.low < 0 < found.high
    assert not found.is_told_apart


def test_means_are_compared_as_welch_does():
    found = of_means(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 2.0, 4.0]))
    # By hand: 2.5 less 8/3; error sqrt(5/12 + 4/9), 4.734 degrees of freedom, 2.6147 errors to each side.
    assert found.more == pytest.approx(-1 / 6)
    assert found.high - found.more == pytest.approx(2.4263, abs=1e-3)
    assert not found.is_told_apart


def test_two_arms_of_the_same_value_differ_by_nothing_for_sure():
    assert of_means(np.full(5, 2.0), np.full(9, 2.0)) == Difference(2.0, 2.0, 0.0, 0.0, 0.0, 0.5)


@pytest.mark.parametrize(("share", "held_out"), [(0.2, 0.05), (0.03, 0.05), (0.3, 0.5)])
def test_without_an_effect_the_interval_of_shares_holds_nothing_95_times_in_100(share, held_out):
    random = np.random.default_rng(7)
    held, offered = round(4000 * held_out), round(4000 * (1 - held_out))
    came, anyway = random.binomial(offered, share, WORLDS), random.binomial(held, share, WORLDS)
    held_nothing = [
        not of_shares(int(a), offered, int(b), held).is_told_apart for a, b in zip(came, anyway, strict=True)
    ]
    assert 0.925 <= np.mean(held_nothing) <= 0.985


def test_without_an_effect_the_interval_of_money_holds_nothing_95_times_in_100():
    random = np.random.default_rng(8)

    def spent(count: int) -> np.ndarray:
        return random.lognormal(3.0, 0.8, count) * (random.random(count) < 0.3)

    held_nothing = [not of_means(spent(1500), spent(300)).is_told_apart for _ in range(WORLDS)]
    assert 0.92 <= np.mean(held_nothing) <= 0.98


def test_a_planted_effect_is_found_as_often_as_the_number_of_shoppers_promises():
    random = np.random.default_rng(9)
    needed = shoppers_needed(0.10, 0.04, 0.2)
    held, offered = round(needed * 0.2), round(needed * 0.8)
    came, anyway = random.binomial(offered, 0.14, WORLDS), random.binomial(held, 0.10, WORLDS)
    found = [of_shares(int(a), offered, int(b), held).low > 0 for a, b in zip(came, anyway, strict=True)]
    assert 0.7 <= np.mean(found) <= 0.86


def test_a_half_held_out_needs_what_the_textbook_says():
    # .10 against .15, half and half, 80 %, two-sided 5 %: 683 in each arm without correction (Fleiss).
    assert shoppers_needed(0.10, 0.05, 0.5) == pytest.approx(2 * 683, abs=4)
    assert shoppers_needed(0.10, 0.05, 0.05) > 3 * 2 * 683


def test_what_is_written_down_is_read_again():
    found = of_shares(30, 100, 5, 50)
    assert Difference.from_document(found.to_document()) == found
