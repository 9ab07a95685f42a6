"""The simulated shop's planted rhythms: the 80 % intervals hold 80 % of the planted times, within three."""

from __future__ import annotations

import pytest

from tests.bench.rhythm import planted


@pytest.mark.parametrize(
    "seed", [7, pytest.param(8, marks=pytest.mark.slow), pytest.param(9, marks=pytest.mark.slow)]
)
def test_four_in_five_planted_times_lie_in_the_interval(seed):
    held = planted(seed)
    assert held["purchases"] > 1000
    assert 0.77 <= held["all"] <= 0.83
