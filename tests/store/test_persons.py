"""The past counts identities that were one as one, as of the moment that is asked about."""

from __future__ import annotations

import uuid

import pytest

from plugin.activity import Activity, Shopper
from plugin.history import figures_between, interactions_before, profiles_before
from plugin.identity.joining import merge, unmerge
from plugin.intake.keeping import keep
from plugin.store.memory import ShopMemory, Store
from tests.store.doings import ANNA, NOW, bought, viewed

BOB, X = Shopper("bob"), Shopper("x", known=False)
LATER = NOW + 1_000


@pytest.fixture
def shop(embedded: Store) -> ShopMemory:
    """A shop whose anna came as a visitor, and was bob from 100 to 200."""
    shop = embedded.add_shop(f"persons-{uuid.uuid4().hex[:8]}")
    login = Activity("l", "page", "page", NOW + 10, NOW + 10, "shop", ANNA, visitor="x")
    orders = [bought(str(n), ("saw",), who, at=NOW + 5 + n) for n, who in enumerate((ANNA, BOB, X))]
    looks = [viewed("drill", X, at=NOW + 1), viewed("bits", ANNA, at=NOW + 2)]
    keep(shop, [*looks, *orders, login], NOW)
    name, _ = merge(shop, "anna", "bob", lambda: NOW + 100)
    unmerge(shop, name, lambda: NOW + 200)
    work(shop)
    keep(shop, [viewed("lamp", X, at=NOW + 300)], NOW)
    work(shop)
    return shop


def work(shop: ShopMemory) -> None:
    """Fold everything, and move it to the log."""
    archive = shop.archive()
    assert archive.hold()
    while archive.apply() or archive.write_part():
        pass
    archive.let_go()


@pytest.mark.parametrize(("when", "orders"), [(9, [1, 1]), (50, [1, 2]), (150, [3]), (900, [1, 2])])
def test_figures_count_one_person_once(shop: ShopMemory, when: float, orders: list[int]) -> None:
    assert sorted(held.orders for held in figures_between(shop.log, 0.0, NOW + when)) == orders


def test_a_profile_of_the_past_is_the_persons_of_then(shop: ShopMemory) -> None:
    def orders(when: float) -> list[set[str]]:
        found = profiles_before(shop.log, [ANNA, BOB, X], NOW + when)
        return [set(found[who.ref].orders) for who in (ANNA, BOB, X)]

    assert orders(9) == [{"0"}, {"1"}, {"2"}]
    assert orders(50) == [{"0", "2"}, {"1"}, set()]
    assert orders(150) == [{"0", "1", "2"}, {"0", "1", "2"}, set()]
    assert orders(900) == [{"0", "2"}, {"1"}, set()]


def test_the_past_is_what_is_known_now(shop: ShopMemory) -> None:
    """What was done at the number after the last sighting waits, in the past as in the store."""
    found = profiles_before(shop.log, [ANNA, BOB, X], LATER)
    for who in (ANNA, BOB, X):
        now = shop.shoppers.read(who)
        then = found[who.ref]
        assert (then.viewed, then.orders, then.events) == (now.viewed, now.orders, now.events)


def test_models_learn_from_persons(shop: ShopMemory) -> None:
    past = interactions_before(shop.log, NOW + 150)
    assert len({*past.orders.shopper}) == 1
    assert len({*interactions_before(shop.log, LATER).orders.shopper}) == 2


def test_a_past_without_joinings_needs_none(embedded: Store) -> None:
    empty = embedded.add_shop(f"persons-{uuid.uuid4().hex[:8]}")
    assert profiles_before(empty.log, [ANNA], LATER)[ANNA.ref].events == 0
