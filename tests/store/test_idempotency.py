"""One run carries a request out; what it answered waits a day; what a dead run left behind is freed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from plugin.store.idempotency import ROOM, Once
from plugin.store.memory import ShopMemory

NAME, ASKED, OTHER = b"n" * 16, b"a" * 32, b"o" * 32
NOW = 1_700_000_000.0


def once(shop: ShopMemory, lease_ms: int = 60_000) -> Once:
    return Once(shop._connection, shop.keys, lease_ms)


def test_a_request_is_one_runs_at_a_time_and_then_answered(shop: ShopMemory) -> None:
    held = once(shop)
    turn = held.begin(NAME, ASKED, "secret", NOW)
    assert turn.state == "ours"
    assert held.begin(NAME, ASKED, "secret", NOW).state == "running"
    assert held.begin(NAME, OTHER, "secret", NOW).state == "other"
    assert held.finish(NAME, turn, b"answer", "secret", NOW)
    again = held.begin(NAME, ASKED, "secret", NOW)
    assert (again.state, again.answer) == ("done", b"answer")
    assert held.begin(NAME, OTHER, "secret", NOW).state == "other"
    assert held.begin(b"m" * 16, ASKED, "secret", NOW).state == "ours"


def test_of_many_at_once_one_gets_the_turn(shop: ShopMemory) -> None:
    held = once(shop)
    with ThreadPoolExecutor(16) as pool:
        states = list(pool.map(lambda _: held.begin(NAME, ASKED, "secret", NOW).state, range(64)))
    assert sorted(states) == ["ours"] + ["running"] * 63


def test_a_run_that_lets_go_leaves_nothing(shop: ShopMemory) -> None:
    held = once(shop)
    turn = held.begin(NAME, ASKED, "secret", NOW)
    held.let_go(NAME, turn)
    assert held.begin(NAME, OTHER, "secret", NOW).state == "ours"


def test_a_dead_run_is_followed_when_its_lease_ends_and_then_keeps_nothing(shop: ShopMemory) -> None:
    held = once(shop, lease_ms=30)
    dead = held.begin(NAME, ASKED, "secret", NOW)
    patience = time.monotonic() + 20
    while (following := held.begin(NAME, ASKED, "secret", NOW)).state == "running":
        assert time.monotonic() < patience
    assert following.state == "ours"
    held.let_go(NAME, following)
    following = once(shop).begin(NAME, ASKED, "secret", NOW)  # a patient one, so that it still is at it below
    assert not held.finish(NAME, dead, b"too late", "secret", NOW)
    held.let_go(NAME, dead)
    assert held.begin(NAME, ASKED, "secret", NOW).state == "running"
    assert held.finish(NAME, following, b"answer", "secret", NOW)
    assert held.begin(NAME, ASKED, "secret", NOW).answer == b"answer"


def test_an_answer_is_kept_for_a_day_and_no_longer(shop: ShopMemory) -> None:
    held = once(shop)
    held.finish(NAME, held.begin(NAME, ASKED, "secret", NOW), b"answer", "secret", NOW)
    left = shop._connection.call("TTL", held._record(NAME))
    assert 24 * 3600 - 60 <= left <= 24 * 3600


def test_what_anybody_may_have_kept_is_bounded(shop: ShopMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROOM, "publishable", 8 * 4_000)  # 4,000 bytes for each of the 8 shards
    held, answered = once(shop), 0
    for number in range(400):
        name = number.to_bytes(16)
        turn = held.begin(name, ASKED, "publishable", NOW)
        if turn.state == "ours":
            answered += 1
            held.finish(name, turn, b"x" * 700, "publishable", NOW)
        else:
            assert turn.state == "full"
    kept = sum(len(shop._connection.call("GET", key)) for key in records(shop))
    assert 20 <= answered <= 40
    assert kept <= 8 * 5_000
    # The shop's own server has room of its own, tomorrow is another day, and what is kept is answered.
    assert held.begin(b"s" * 16, ASKED, "secret", NOW).state == "ours"
    assert held.begin((0).to_bytes(16), ASKED, "publishable", NOW).state == "done"
    assert held.begin(b"t" * 16, ASKED, "publishable", NOW + 3 * 86400).state == "ours"


def records(shop: ShopMemory) -> list[bytes]:
    return list(shop._connection.scan(f"{{{shop.shop}:*:once:*"))
