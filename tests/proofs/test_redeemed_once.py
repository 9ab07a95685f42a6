"""A single-use code is used once (promise S1), whatever number of processes want it and whoever is killed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from plugin.settings import Settings
from plugin.store.memory import opened
from tests.proofs.redeeming import RULE, SHOP, one_round, redeem, redeem_by_looking_first
from tests.redemptions.redeeming import counts

CODES = 200


@pytest.mark.parametrize(("processes", "rounds"), [(4, 2), pytest.param(16, 20, marks=pytest.mark.slow)])
def test_two_hundred_codes_are_redeemed_two_hundred_times(
    tmp_path: Path, processes: int, rounds: int
) -> None:
    with opened(Settings(data=tmp_path, shards=8)) as store:
        for number in range(1, rounds + 1):
            redeemed = one_round(store, redeem, CODES, processes, kills=2)
            assert (len(redeemed), redeemed.total()) == (CODES, CODES)
            held_no_more = time.time() + 10_000
            assert counts(store.shop(SHOP), RULE.offer_id, held_no_more).total == CODES * number


def test_control_looking_first_redeems_more_often(tmp_path: Path) -> None:
    with opened(Settings(data=tmp_path, shards=8)) as store:
        assert one_round(store, redeem_by_looking_first, 60, 4, kills=0).total() > 60
