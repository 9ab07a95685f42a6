"""Duplicates inside the window do nothing (promise G6): all three times, shuffled, a restart between."""

from __future__ import annotations

import hashlib
import os
import random
import signal
from collections import Counter
from pathlib import Path

import pytest

from plugin.activity import Activity, Shopper
from plugin.errors import StoreUnavailable
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.connection import SCRIPTS
from plugin.store.memory import Store, open_store
from plugin.worker import Worker
from tests.store.doings import NOW, bought, viewed
from tests.store.servers import until

PEOPLE = 500


def told(number: int) -> Activity:
    """One event: a look, or for every twentieth an order."""
    who = Shopper(f"s{number % PEOPLE}")
    if number % 20 == 0:
        return bought(f"o{number}", who=who, message_id=f"m{number}")
    return viewed("drill", who, f"m{number}")


def send(store: Store, numbers: list[int]) -> int:
    """Keep these events in batches; return how many were new."""
    shop, new = store.shop("repeats"), 0
    for first in range(0, len(numbers), 500):
        new += shop.activities.append([told(n) for n in numbers[first : first + 500]], NOW).count(1)
    return new


def restart(store: Store, data: Path) -> None:
    """Kill the server; its keeper starts it again."""
    before = int((data / "store" / "server.pid").read_text())
    os.kill(before, signal.SIGKILL)

    def back() -> bool:
        try:
            pid = int((data / "store" / "server.pid").read_text())
            return pid != before and bool(store.connection.call("PING"))
        except (StoreUnavailable, ValueError):
            return False

    until(back, "the server does not come back")


def three_times(data: Path, events: int) -> tuple[int, Counter[str], int]:
    """Send each event three times; return how many were new, each one's times in the log, all in profiles."""
    numbers = [number for number in range(events) for _ in range(3)]
    random.Random(6).shuffle(numbers)
    store = open_store(Settings(data=data, shards=16))
    try:
        half = len(numbers) // 2
        new = send(store, numbers[:half])
        Worker(Shops(store)).drain("repeats")
        restart(store, data)
        new += send(store, numbers[half:])
        Worker(Shops(store)).drain("repeats")
        shop = store.shop("repeats")
        rows = shop.log.query("SELECT message_id, count(*) AS times FROM log GROUP BY message_id").to_pylist()
        profiles = sum(shop.shoppers.read(Shopper(f"s{n}")).events for n in range(PEOPLE))
        return new, Counter({row["message_id"]: row["times"] for row in rows}), profiles
    finally:
        store.close()


def test_repeats_do_nothing(tmp_path: Path) -> None:
    assert three_times(tmp_path, 3_000) == (3_000, Counter(f"m{n}" for n in range(3_000)), 3_000)


@pytest.mark.slow
def test_repeats_do_nothing_a_hundred_thousand_times(tmp_path: Path) -> None:
    assert three_times(tmp_path, 100_000) == (100_000, Counter(f"m{n}" for n in range(100_000)), 100_000)


def test_without_the_memory_of_ids_each_would_count_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    source = SCRIPTS["append"][0]
    source = source.replace("if seen or find_id(KEYS[shard + 3] .. bucket, id) then", "if false then")
    source = source.replace(
        "find_id(KEYS[shard + 2] .. bucket, id)", "false, KEYS[shard + 2] .. bucket, false"
    )
    monkeypatch.setitem(SCRIPTS, "append", (source, hashlib.sha1(source.encode()).hexdigest()))
    new, logged, profiles = three_times(tmp_path, 400)
    assert new > 400
    assert sum(logged.values()) == profiles > 400
