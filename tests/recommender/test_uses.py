"""Which uses are complete or lack one thing, beside a plain second way of saying it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.uses import UseIndex, trust

WANTS = 12
USES = st.lists(
    st.lists(st.lists(st.integers(0, WANTS - 1), min_size=1, max_size=3), min_size=1, max_size=6), max_size=9
)


@given(USES, st.sets(st.integers(0, WANTS - 1)))
@settings(max_examples=200, deadline=None)
def test_what_is_met_is_what_one_finds_by_looking(uses: list[list[list[int]]], held: set[int]) -> None:
    index = UseIndex.of(uses, WANTS)
    met = index.met(np.array(sorted(held), np.int64), np.ones(len(held), np.float32))
    gaps = [[n for n, need in enumerate(needs) if not held & set(need)] for needs in uses]
    assert sorted(met.complete.tolist()) == [row for row, gap in enumerate(gaps) if not gap]
    lacking = dict(zip(met.lacking.tolist(), met.lacking_need.tolist(), strict=True))
    assert lacking == {row: gap[0] for row, gap in enumerate(gaps) if len(gap) == 1 and len(uses[row]) > 1}
    assert (met.complete_fit > 0).all()
    assert (met.lacking_fit > 0).all()
    taking = index.taking(np.array(sorted(held), np.int64))
    assert taking.tolist() == [any(held & set(need) for need in needs) for needs in uses]


def test_what_is_nearer_and_rarer_fits_better() -> None:
    uses = [[[0], [1]], [[0], [2]], [[1], [2]], [[1], [3]], [[1], [4]]]
    index = UseIndex.of(uses, 5)
    met = index.met(np.array([0, 1, 2]), np.array([1.0, 1.0, 2.0], np.float32))
    fit = dict(zip(met.complete.tolist(), met.complete_fit.tolist(), strict=True))
    assert fit[1] > fit[2] > fit[0]


def test_trust_is_the_mean_of_a_posterior() -> None:
    shares = trust(np.array([0.0, 8.0, 0.0]), np.array([0.0, 0.0, 8.0]), mean=0.5, strength=8.0)
    assert shares.tolist() == [0.5, 0.75, 0.25]
