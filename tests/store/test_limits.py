"""A limit holds over many processes, costs next to nothing, and stops nobody who is far from it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from plugin.errors import StoreUnavailable
from plugin.store.limits import Limit, Limits
from plugin.store.memory import ShopMemory

NOW = 1_700_000_040.0 - 1_700_000_040.0 % 60 + 15.0  # a quarter into a minute


class Counted:
    """A connection that counts its round trips."""

    def __init__(self, shop: ShopMemory) -> None:
        self._connection = shop._connection
        self.trips = 0

    def many(self, commands: Any) -> Any:
        self.trips += 1
        return self._connection.many(commands)


def processes(shop: ShopMemory, number: int) -> list[Limits]:
    return [Limits(shop._connection, shop.keys.shards) for _ in range(number)]


def let_through(shop: ShopMemory, limits: list[Limits], limit: Limit, calls: int, now: float = NOW) -> int:
    return sum(
        limits[number % len(limits)].exceeded(shop.shop, [limit], now) is None for number in range(calls)
    )


@pytest.mark.parametrize("most", [1, 7, 50, 99])
def test_a_small_limit_is_exact_over_four_processes(shop: ShopMemory, most: int) -> None:
    limit = Limit("address", most, "203.0.113.9")
    assert let_through(shop, processes(shop, 4), limit, 400) == most


def test_a_large_limit_is_passed_by_no_more_than_a_portion_for_each_process(shop: ShopMemory) -> None:
    limit = Limit("address", 1_000, "203.0.113.9")
    passed = let_through(shop, processes(shop, 4), limit, 3_000)
    assert 1_000 - 4 * limit.portion <= passed <= 1_000 + 4 * limit.portion


def test_counting_by_itself_each_process_would_let_four_times_as_many_through(shop: ShopMemory) -> None:
    """The control: the same counts with a store for each process."""
    limit = Limit("address", 50, "203.0.113.9")
    apart = [Limits(shop._connection, shop.keys.shards) for _ in range(4)]
    passed = 0
    for number in range(400):
        of_its_own = f"{shop.shop}-{number % 4}"
        passed += apart[number % 4].exceeded(of_its_own, [limit], NOW) is None
    assert passed == 200


def test_threads_of_one_process_share_its_limit(shop: ShopMemory) -> None:
    limits, limit = processes(shop, 2), Limit("shop", 60)
    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(lambda n: limits[n % 2].exceeded(shop.shop, [limit], NOW) is None, range(300)))
    assert sum(passed) <= 60
    assert sum(passed) >= 50  # two that draw at the same moment may each leave a unit behind


def test_the_next_minute_begins_anew_and_the_refusal_says_when(shop: ShopMemory) -> None:
    limits, limit = processes(shop, 2), Limit("address", 5, "203.0.113.9")
    assert let_through(shop, limits, limit, 20) == 5
    wait = limits[0].exceeded(shop.shop, [limit], NOW)
    assert wait == 45
    assert let_through(shop, limits, limit, 20, NOW + wait) == 5


def test_others_are_not_stopped(shop: ShopMemory) -> None:
    limits = processes(shop, 2)
    assert let_through(shop, limits, Limit("address", 5, "203.0.113.9"), 20) == 5
    assert let_through(shop, limits, Limit("address", 5, "203.0.113.10"), 20) == 5
    assert let_through(shop, limits, Limit("token", 5, "203.0.113.9"), 20) == 5


def test_an_ordinary_caller_costs_no_round_trip_and_a_busy_one_few(shop: ShopMemory) -> None:
    counted = Counted(shop)
    limits = Limits(counted, shop.keys.shards)  # type: ignore[arg-type]
    for number in range(200):
        assert limits.exceeded(shop.shop, [Limit("address", 30_000, f"203.0.113.{number}")], NOW) is None
    assert counted.trips == 0
    busy = Limit("address", 30_000, "203.0.113.9")
    for _ in range(15_000):
        assert limits.exceeded(shop.shop, [busy], NOW) is None
    assert counted.trips <= 50
    refused = Limit("address", 10, "203.0.113.11")
    before = counted.trips
    for _ in range(1_000):
        limits.exceeded(shop.shop, [refused], NOW)
    assert counted.trips - before <= 12  # who is refused is not asked about again within the minute


def test_nobody_is_refused_because_the_store_is_away(shop: ShopMemory) -> None:
    class Away:
        def many(self, commands: Any) -> Any:
            raise StoreUnavailable("away")

    limits = Limits(Away(), shop.keys.shards)  # type: ignore[arg-type]
    assert all(limits.exceeded(shop.shop, [Limit("shop", 3)], NOW) is None for _ in range(50))


def test_counts_are_forgotten_and_name_no_address(shop: ShopMemory) -> None:
    let_through(shop, processes(shop, 1), Limit("address", 3, "203.0.113.9"), 9)
    found = [key.decode() for key in shop._connection.scan(f"{{{shop.shop}:*:limit:*")]
    assert found
    for key in found:
        assert "203.0.113.9" not in key
        assert 0 < shop._connection.call("TTL", key) <= 120
