"""Held tiers are recorded by the background work, and hold through rebuilding, merging and restoring."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.activity import Activity, Line, Shopper
from plugin.history import profiles_before
from plugin.identity.joining import merge, unmerge
from plugin.merchant import Merchant
from plugin.store.memory import ShopMemory
from plugin.tiers import keeping
from plugin.tiers.keeping import Rounds, heed, look_at
from plugin.tiers.place import place_of, placed
from plugin.tiers.preview import preview
from plugin.tiers.recorded import held, history
from plugin.worker import Worker, refresh_standing

DAY = 86_400.0
NOW = 1_772_000_000.0
TIERS = [{"tier": "basic"}, {"tier": "plus", "from": "100.00"}, {"tier": "best", "from": "600.00"}]
LADDER = {"basis": "spend", "tiers": TIERS}


class Kept:
    """A shop with a ladder by spending, and its background work at a moment of our choosing."""

    def __init__(self, merchant: Merchant, **ladder: Any) -> None:
        self.now = NOW
        self.shops = merchant.shops
        self.shop_id = merchant.open_shop("Tiered", {}).settings.shop_id
        if ladder:
            merchant.set_ladder(self.shop_id, ladder)
        self.memory: ShopMemory = self.shops.memory(self.shop_id)
        self.worker = Worker(self.shops, lambda: self.now)
        self.orders = 0

    @property
    def ladder(self) -> Any:
        return self.shops.view(self.shop_id, fresh=True).ladder

    def buys(self, who: str, price: int, days_ago: float = 0.0) -> None:
        self.buy([(who, price, days_ago)])

    def buy(self, orders: list[tuple[str, int, float]]) -> None:
        """Orders of several shoppers: who, what it came to, and how many days ago."""
        told = []
        for who, price, days_ago in orders:
            self.orders += 1
            at, line, order = self.now - days_ago * DAY, (Line("p", 1, price, "Pan"),), f"o{self.orders}"
            told.append(Activity(f"m{order}", "bought", "", at, at, "shop", Shopper(who), line, order))
        self.memory.activities.append(told, self.now)

    def held(self, who: str) -> tuple[str, float | None] | None:
        found = held(self.memory.shoppers.read(Shopper(who)), self.ladder, self.now)
        return None if found is None else (found.tier, found.since)

    def tier(self, who: str) -> str:
        shop, profile = self.shops.view(self.shop_id), self.memory.shoppers.read(Shopper(who))
        return place_of(profile, shop.standing, shop.ladder, self.now).tier


@pytest.fixture
def kept(merchant: Merchant) -> Kept:
    """Its ladder was set a year before now."""
    shop = Kept(Merchant(merchant.shops, lambda: NOW - 365 * DAY), **LADDER)
    return shop


def test_who_buys_rises_at_once_and_it_is_recorded_when_the_order_is_archived(kept: Kept) -> None:
    kept.buys("ann", 12_000)
    assert (kept.tier("ann"), kept.held("ann")) == ("plus", None)
    kept.worker.drain(kept.shop_id)
    assert kept.held("ann") == ("plus", NOW)
    [change] = history(kept.memory.shoppers.read(Shopper("ann")))
    assert (change["from"], change["why"]["spent"], change["why"]["needed"]) == ("basic", 12_000, 10_000)


def test_a_round_finds_what_only_time_changed_and_tells_it_once(kept: Kept) -> None:
    kept.buys("ann", 12_000)
    kept.buys("bob", 9_000)
    kept.worker.drain(kept.shop_id)
    rounds = Rounds(kept.shops, lambda: kept.now)
    assert rounds.step(kept.shop_id) == 0
    kept.now = NOW + 370 * DAY
    assert round_of(rounds, kept) == 1  # the grace began when the order left the window
    found = held(kept.memory.shoppers.read(Shopper("ann")), kept.ladder, kept.now)
    assert found is not None
    assert found.below_since == NOW + 365 * DAY
    kept.now = NOW + 395 * DAY
    assert round_of(rounds, kept) == 1
    assert kept.held("ann") == ("basic", NOW + 395 * DAY)
    assert round_of(Rounds(kept.shops, lambda: kept.now), kept) == 0


def round_of(rounds: Rounds, kept: Kept) -> int:
    """What a whole round recorded."""
    kept.worker.drain(kept.shop_id)
    done = 0
    for _ in range(3):
        done += rounds.step(kept.shop_id)
    return done


def test_by_rfm_a_moving_standing_takes_nothing_from_anybody_before_grace(merchant: Merchant) -> None:
    kept = Kept(merchant)
    kept.buy([(f"s{number}", 1_000 + 100 * number, (39 - number) // 10 * 10) for number in range(40)])
    kept.worker.drain(kept.shop_id)
    refresh_standing(kept.shops, kept.shop_id, kept.now)
    kept.shops.view(kept.shop_id, fresh=True)
    rounds = Rounds(kept.shops, lambda: kept.now)
    above = sum(kept.tier(f"s{number}") != "bronze" for number in range(40))
    assert (round_of(rounds, kept), above) == (above, 25)
    assert kept.tier("s36") == "gold"
    kept.buy([(f"new{number}", 90_000, 0) for number in range(60)])
    kept.worker.drain(kept.shop_id)
    kept.now += 1
    refresh_standing(kept.shops, kept.shop_id, kept.now)
    shop = kept.shops.view(kept.shop_id, fresh=True)
    place = place_of(kept.memory.shoppers.read(Shopper("s36")), shop.standing, shop.ladder, kept.now)
    assert place.quantile is not None
    assert place.quantile < 0.5
    assert (place.tier, place.why["kept_by"]) == ("gold", "grace")
    kept.now += DAY
    round_of(rounds, kept)
    for days, tier in ((29, "gold"), (31, "bronze")):
        kept.now = NOW + 1 + DAY + days * DAY
        assert kept.tier("s36") == tier


def test_without_its_record_a_tier_would_be_gone_at_once(kept: Kept) -> None:
    """The control: figures alone, as they stood before tiers were held."""
    kept.buys("ann", 12_000)
    kept.worker.drain(kept.shop_id)
    kept.now = NOW + 366 * DAY
    profile = kept.memory.shoppers.read(Shopper("ann"))
    shop = kept.shops.view(kept.shop_id)
    assert place_of(profile, None, shop.ladder, kept.now).tier == "plus"
    profile.tiers = []
    assert place_of(profile, None, shop.ladder, kept.now).tier == "basic"


def test_the_log_alone_makes_the_same_profile(kept: Kept) -> None:
    kept.buys("ann", 12_000)
    kept.worker.drain(kept.shop_id)
    kept.now = NOW + 400 * DAY
    look_at(kept.shops, kept.shop_id, [Shopper("ann")], kept.now)
    kept.worker.drain(kept.shop_id)
    stored = kept.memory.shoppers.read(Shopper("ann"))
    assert [each["how"] for each in history(stored)] == ["fallen", "risen"]
    again = profiles_before(kept.memory.log, [Shopper("ann")], kept.now + DAY)["u:ann"]
    assert again.tiers == stored.tiers
    then = profiles_before(kept.memory.log, [Shopper("ann")], NOW + 380 * DAY)["u:ann"]
    assert place_of(then, None, kept.ladder, NOW + 380 * DAY).tier == "plus"


def test_whoever_is_merged_keeps_the_higher_tier_until_it_is_undone(kept: Kept) -> None:
    kept.buys("old", 70_000, days_ago=1)
    kept.buys("new", 1_000, days_ago=1)
    kept.worker.drain(kept.shop_id)
    kept.now = NOW + 366 * DAY  # `old` holds the best tier by grace alone
    kept.buys("new", 11_000)
    kept.worker.drain(kept.shop_id)
    assert (kept.tier("old"), kept.tier("new")) == ("best", "plus")
    kept.now += 10
    name, _ = merge(kept.memory, "old", "new", lambda: kept.now)
    kept.worker.drain(kept.shop_id)
    assert kept.tier("new") == "best"
    kept.now += 10
    unmerge(kept.memory, name, lambda: kept.now)
    kept.worker.drain(kept.shop_id)
    kept.now += 10
    assert kept.tier("new") == "plus"
    assert kept.tier("old") == "best"


def test_what_was_earned_alone_while_joined_is_held_from_the_parting_on(kept: Kept) -> None:
    kept.buy([("old", 1_000, 1), ("new", 1_000, 1)])
    kept.worker.drain(kept.shop_id)
    name, _ = merge(kept.memory, "old", "new", lambda: kept.now)
    kept.now += 10
    kept.buys("new", 12_000)
    kept.worker.drain(kept.shop_id)
    assert kept.held("new") == ("plus", NOW + 10)
    kept.now += 10
    unmerge(kept.memory, name, lambda: kept.now)
    kept.now += 1
    kept.worker.drain(kept.shop_id)
    assert kept.held("new") == ("plus", NOW + 20)
    assert (kept.tier("old"), kept.held("old")) == ("basic", None)


def test_a_new_ladder_takes_nothing_away_before_its_own_grace(kept: Kept, merchant: Merchant) -> None:
    kept.buys("ann", 12_000, days_ago=100)
    look_at(kept.shops, kept.shop_id, [Shopper("ann")], kept.now)
    stricter = [TIERS[0], {"tier": "plus", "from": "500.00"}]
    Merchant(merchant.shops, lambda: kept.now).set_ladder(kept.shop_id, {**LADDER, "tiers": stricter})
    round_of(Rounds(kept.shops, lambda: kept.now), kept)
    assert kept.tier("ann") == "plus"
    kept.now += 29 * DAY
    assert kept.tier("ann") == "plus"
    kept.now += DAY
    assert kept.tier("ann") == "basic"


def test_history_brought_along_is_left_to_the_round(kept: Kept) -> None:
    kept.buys("ann", 12_000, days_ago=30)
    kept.worker.drain(kept.shop_id)
    assert kept.held("ann") is None
    assert round_of(Rounds(kept.shops, lambda: kept.now), kept) == 1
    assert kept.held("ann") == ("plus", NOW - 30 * DAY)


def test_nothing_is_recorded_of_who_stands_lowest_nor_twice(kept: Kept) -> None:
    kept.buys("ann", 5_000)
    kept.worker.drain(kept.shop_id)
    profile = kept.memory.shoppers.read(Shopper("ann"))
    assert (profile.tiers, b"tiers" in profile.to_bytes()) == ([], False)
    kept.buys("ann", 6_000)
    told = Activity("mo1", "bought", "", NOW, NOW, "shop", Shopper("ann"))
    assert heed(kept.shops, kept.shop_id, [told], NOW) == 1
    assert heed(kept.shops, kept.shop_id, [told], NOW) == 0


def test_a_rule_stands_by_its_condition_and_says_what_is_missing(merchant: Merchant) -> None:
    when = {"bought": {"product_id": "p", "at_least": 2}}
    kept = Kept(
        merchant, basis="rule", grace_days=10, tiers=[{"tier": "guest"}, {"tier": "regular", "when": when}]
    )
    kept.buys("ann", 1_000)
    kept.worker.drain(kept.shop_id)
    kept.now += DAY
    shopper = Shopper("ann")
    shop = kept.shops.view(kept.shop_id, fresh=True)

    def measured() -> Any:
        profile = kept.memory.shoppers.read(shopper)
        return profile, keeping.Measures(kept.shops, shop, kept.now).of(shopper, profile)

    place = placed(*measured(), kept.now)
    assert (place.tier, place.fall.why) == ("guest", "lowest")
    assert place.progress is not None
    assert place.progress["to"] == "regular"
    assert place.progress["missing"]["kind"] == "visit"
    kept.now += DAY
    kept.buys("ann", 1_000)
    place = placed(*measured(), kept.now)
    assert (place.tier, place.fall.why) == ("regular", "rule")


def test_a_preview_counts_shoppers_and_flips_the_same_each_time(kept: Kept) -> None:
    kept.buy([(f"s{number}", 7_000 + 100 * number, 0) for number in range(60)])
    kept.worker.drain(kept.shop_id)
    before = kept.shops.view(kept.shop_id, fresh=True).ladder
    seen: list[tuple[int, int]] = []
    told = preview(kept.shops, kept.shop_id, LADDER, kept.now, lambda done, of: seen.append((done, of)))
    assert told == preview(kept.shops, kept.shop_id, LADDER, kept.now)
    assert kept.shops.view(kept.shop_id, fresh=True).ladder == before
    assert (told["shoppers"], told["looked_at"], seen) == (60, 60, [(60, 60)])
    assert told["proposed"] == told["now"]
    assert [each["shoppers"] for each in told["proposed"]] == [30, 30, 0]
    written, bare = told["flips"]["as_written"], told["flips"]["without_protection"]
    assert written["both"] == 0
    assert bare["both"] >= 10
    assert told["warning"] is None
    loose = {**LADDER, "hysteresis": 0.0, "grace_days": 0}
    assert "hysteresis" in preview(kept.shops, kept.shop_id, loose, kept.now)["warning"]
    stricter = {**LADDER, "tiers": [TIERS[0], {"tier": "plus", "from": "120.00"}]}
    moves = preview(kept.shops, kept.shop_id, stricter, kept.now)["moves"]
    assert moves == [{"from": "plus", "to": "basic", "shoppers": 20}]


def test_of_a_large_shop_as_many_are_drawn_and_counts_are_scaled(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.buy([(f"s{number}", 12_000, 0) for number in range(60)])
    kept.worker.drain(kept.shop_id)
    monkeypatch.setattr("plugin.tiers.preview.MOST", 20)
    told = preview(kept.shops, kept.shop_id, LADDER, kept.now)
    assert (told["shoppers"], told["looked_at"]) == (60, 20)
    assert [each["shoppers"] for each in told["now"]] == [0, 60, 0]
