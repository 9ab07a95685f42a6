"""A shopper's next look knows what was acknowledged last, and folding it twice changes nothing."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from plugin.activity import Shopper
from plugin.shopper import Profile
from plugin.store.connection import SCRIPTS
from plugin.store.memory import ShopMemory, Store
from plugin.store.shoppers import Look, Shoppers
from tests.store.doings import ANNA, NOW, bought, viewed


def test_what_is_pending_is_known_at_once(shop: ShopMemory) -> None:
    assert shop.shoppers.read(ANNA).events == 0
    shop.activities.append([viewed("drill"), bought("1001", ("saw",))], NOW)
    profile = shop.shoppers.read(ANNA)
    assert (set(profile.viewed), set(profile.orders), profile.events) == ({"drill"}, {"1001"}, 2)
    _, gathered = shop.gather(ANNA)
    assert gathered == profile


def test_a_visitor_is_not_the_shopper_of_the_same_name(shop: ShopMemory) -> None:
    shop.activities.append([viewed(who=Shopper("anna", known=False))], NOW)
    assert shop.shoppers.read(ANNA).events == 0
    assert shop.shoppers.read(Shopper("anna", known=False)).events == 1


def test_applying_is_done_once_however_often_it_is_asked_for(kept: Store, shop: ShopMemory) -> None:
    shop.activities.append([viewed("drill"), viewed("saw")], NOW)
    before = shop.shoppers.read(ANNA)
    assert shop.shoppers.apply_pending([ANNA]) == 2
    assert shop.shoppers.apply_pending([ANNA]) == 0
    look = shop.shoppers.look(kept.connection.call(*shop.shoppers.look_call(ANNA)))
    assert (look.profile(), look.pending) == (before, [])


def overtaken(shop: ShopMemory, monkeypatch: pytest.MonkeyPatch) -> Profile:
    """Return what is known after another worker applied, and more came in, between a look and its write."""
    shop.activities.append([viewed("drill")], NOW)
    after, others = Look.after, []

    def slowly(look: Look, *how: Any) -> Any:
        found = after(look, *how)
        if not others:
            others.append(True)
            shop.shoppers.apply_pending([ANNA])
            shop.activities.append([viewed("saw"), viewed("bits")], NOW)
        return found

    with monkeypatch.context() as slowed:
        slowed.setattr(Look, "after", slowly)
        shop.shoppers.apply_pending([ANNA])
    return shop.shoppers.read(ANNA)


def test_a_worker_that_was_overtaken_looks_again(shop: ShopMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = overtaken(shop, monkeypatch)
    assert (sorted(profile.viewed), profile.events) == (["bits", "drill", "saw"], 3)


def test_without_the_comparison_an_overtaken_worker_would_lose_activities(
    kept: Store, shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same script, that writes whatever it is given."""
    source = "redis.call('SET', KEYS[1], ARGV[3])\nredis.call('LTRIM', KEYS[2], ARGV[2], -1)\nreturn 1\n"
    monkeypatch.setitem(SCRIPTS, "apply", (source, hashlib.sha1(source.encode()).hexdigest()))
    assert overtaken(shop, monkeypatch).events < 3


def test_many_workers_at_once_apply_each_activity_once(kept: Store, shop: ShopMemory) -> None:
    people = [Shopper(f"s{i}") for i in range(10)]
    workers = [Shoppers(kept.connection, shop.keys) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        writing = [
            pool.submit(shop.activities.append, [viewed(f"p{n}", who) for who in people], NOW)
            for n in range(10)
        ]
        applying = [pool.submit(worker.apply_pending, people) for worker in workers for _ in range(5)]
        assert all(all(done.result()) for done in writing)
        counted = sum(done.result() for done in applying)
    counted += shop.shoppers.apply_pending(people)
    assert counted == 100
    assert [shop.shoppers.read(who).events for who in people] == [10] * 10
