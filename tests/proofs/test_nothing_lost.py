"""An acknowledged event survives the death of every process, and is applied once (promise G1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.killing import live_and_die


def test_nothing_acknowledged_is_lost_or_doubled_while_everything_is_killed(tmp_path: Path) -> None:
    account = live_and_die(tmp_path, seconds=8, kills=10)
    assert account.exact, account
    assert sum(account.kills.values()) >= 10, account
    assert account.acknowledged > 1_000, account
    assert account.resent > 20, account


def test_without_the_memory_of_seen_messages_the_same_run_doubles(tmp_path: Path) -> None:
    """The control: what counts the run above as exact must see a service that is not."""
    account = live_and_die(tmp_path, seconds=2, kills=2, forgetful=True)
    assert account.doubled > 0, account
    assert account.doubled_in_log > 0, account
    assert account.lost == account.lost_in_log == 0, account


# With a process killed every second the service is up for a part of the time only, and each client waits for
# its answer: what 60 seconds hold is decided by how much one acknowledgement covers.
LARGE_BATCH = 250


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_or_doubled_in_a_long_run(tmp_path: Path, seed: int) -> None:
    account = live_and_die(tmp_path, seconds=60, kills=66, clients=6, seed=seed, batch=LARGE_BATCH)
    print(account)  # noqa: T201
    assert account.exact, account
    assert sum(account.kills.values()) >= 60, account
    assert account.acknowledged > 50_000, account
    assert account.drained_in_s < 10, account
