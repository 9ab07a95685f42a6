"""Visitors' numbers belong to whom they were first proven beside; identities become one and several again."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from plugin.activity import Activity, Shopper
from plugin.errors import Invalid, NotFound
from plugin.identity import identities as identity
from plugin.identity.identities import identities, visitor_merge_id
from plugin.identity.joining import all_refs, forget, merge, merges_of, unmerge
from plugin.intake.keeping import keep
from plugin.shopper import Profile
from plugin.store.memory import ShopMemory
from tests.store.doings import ANNA, NOW, bought, viewed

X = Shopper("x", known=False)
BOB, CARL = Shopper("bob"), Shopper("carl")

_moments = itertools.count(1)


def seen(who: Shopper, visitor: str | None = None, product: str = "drill", **more: Any) -> Activity:
    """A look at a product, with the visitor's number seen beside; each is later than the one before."""
    at = NOW + next(_moments)
    told = viewed(product, who, at=at, **more)
    return Activity(*(getattr(told, name) for name in told.__slots__[:11]), visitor=visitor)


def told(shop: ShopMemory, *activities: Activity) -> None:
    keep(shop, list(activities), NOW)


def work(shop: ShopMemory) -> None:
    """What the worker does: fold everything."""
    archive = shop.archive()
    assert archive.hold()
    while archive.apply():
        pass
    archive.let_go()


def views(shop: ShopMemory, who: Shopper) -> set[str]:
    return set(shop.shoppers.read(who).viewed)


def facts(profile: Profile) -> dict[str, Any]:
    """What was done: without who is joined with whom."""
    return {name: told for name, told in profile.facts().items() if name not in ("joined", "into", "parts")}


def moment() -> float:
    return NOW + next(_moments)


# --- a visitor becomes a shopper


@pytest.mark.parametrize("worked", [False, True])
def test_what_a_visitor_did_is_the_shoppers_in_the_very_next_call(shop: ShopMemory, worked: bool) -> None:
    told(shop, seen(X, product="saw"), seen(X, product="bits"))
    if worked:
        work(shop)
    told(shop, seen(ANNA, "x"))
    assert views(shop, ANNA) == {"drill", "saw", "bits"}
    assert views(shop, X) == set()
    work(shop)
    assert views(shop, ANNA) == {"drill", "saw", "bits"}
    assert shop.shoppers.read(ANNA).events == 3


def test_a_number_at_which_nothing_new_can_have_happened_is_not_looked_at_again(shop: ShopMemory) -> None:
    told(shop, seen(X, product="saw"), seen(ANNA, "x"))
    work(shop)
    look = shop.shoppers.looks([ANNA])[0]
    shop.shoppers.looks = None  # type: ignore[assignment, method-assign]  # a second look would fail
    assert set(shop.shoppers.whole(ANNA, look).viewed) == {"drill", "saw"}


def test_two_shoppers_at_one_number_are_never_one_and_the_second_gets_nothing(shop: ShopMemory) -> None:
    told(shop, seen(X, product="saw"), seen(ANNA, "x"), seen(BOB, "x", "file"))
    told(shop, seen(BOB, "x", "file"))
    for _ in range(2):
        assert views(shop, ANNA) == {"drill", "saw"}
        assert views(shop, BOB) == {"file"}
        work(shop)
    assert all_refs(shop, BOB) == {"u:bob"}
    assert all_refs(shop, ANNA) == all_refs(shop, X) == {"u:anna", "a:x"}


def test_without_owners_the_second_shopper_would_get_what_the_first_did(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a number that everybody owns who is seen beside it."""
    monkeypatch.setattr(shop.identities, "claim", lambda asked: [True] * len(asked))
    told(shop, seen(X, product="saw"), seen(ANNA, "x"), seen(BOB, "x", "file"))
    monkeypatch.setattr("plugin.store.shoppers.owner_in", lambda entry: "u:bob")
    assert "saw" in views(shop, BOB)


def test_what_is_done_later_at_an_owned_number_waits_until_its_owner_is_seen_there(shop: ShopMemory) -> None:
    told(shop, seen(X, product="saw"), seen(ANNA, "x"))
    work(shop)
    told(shop, seen(X, product="file"))
    for _ in range(2):
        assert views(shop, ANNA) == {"drill", "saw"}
        assert views(shop, X) == set()
        work(shop)
    told(shop, seen(ANNA, "x"))
    for _ in range(2):
        assert views(shop, ANNA) == {"drill", "saw", "file"}
        work(shop)


def test_what_comes_late_from_before_the_sighting_is_taken_over_by_the_worker(shop: ShopMemory) -> None:
    early = seen(X, product="file")
    told(shop, seen(X, product="saw"), seen(ANNA, "x"))
    work(shop)
    told(shop, early)
    work(shop)
    assert views(shop, ANNA) == {"drill", "saw", "file"}


def test_a_browser_that_proves_nobody_joins_nobody(shop: ShopMemory) -> None:
    told(shop, seen(X, trust="browser"), seen(ANNA))
    assert all_refs(shop, ANNA) == {"u:anna"}
    assert views(shop, X) == {"drill"}


def test_many_logins_at_one_number_at_once_give_it_to_one(shop: ShopMemory) -> None:
    told(shop, seen(X, product="saw"))
    people = [Shopper(f"s{n}") for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda who: told(shop, seen(who, "x")), people))
    assert sum("saw" in views(shop, who) for who in people) == 1


# --- taking a visitor's number away again


def test_a_number_taken_from_its_shopper_is_nobodys_and_never_comes_back(shop: ShopMemory) -> None:
    told(shop, seen(ANNA, product="lamp"), seen(X, product="saw"), seen(ANNA, "x"))
    work(shop)
    unmerge(shop, visitor_merge_id("x"), moment)
    unmerge(shop, visitor_merge_id("x"), moment)  # is no mistake
    for _ in range(2):
        assert views(shop, ANNA) == {"lamp", "drill"}
        assert views(shop, X) == {"saw"}
        work(shop)
    told(shop, seen(ANNA, "x", "lamp"))
    assert "saw" not in views(shop, ANNA)
    told(shop, seen(BOB, "x"))
    shop.identities._settled.clear()
    told(shop, seen(BOB, "x"))
    assert views(shop, BOB) == {"drill", "saw"}


@pytest.mark.parametrize("name", ["", "v_", "v_!!", "m_nothing", "z_1", "v_" + "A" * 22, "v_" + "é" * 9])
def test_a_merge_that_is_none_is_not_found(shop: ShopMemory, name: str) -> None:
    with pytest.raises(NotFound):
        unmerge(shop, name, moment)


def test_of_very_many_visitors_the_oldest_are_added_up_and_nothing_is_lost(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "MOST_PARTS", 3)
    for n in range(8):
        told(shop, bought(f"o{n}", (f"p{n}",), Shopper(f"x{n}", known=False)), seen(ANNA, f"x{n}"))
        work(shop)
    profile = shop.shoppers.read(ANNA)
    assert set(profile.orders) == {f"o{n}" for n in range(8)}
    told(shop, seen(ANNA, "x0"))
    work(shop)
    assert shop.shoppers.read(ANNA).events == 17
    with pytest.raises(Invalid, match="added up"):
        unmerge(shop, visitor_merge_id("x0"), moment)
    unmerge(shop, visitor_merge_id("x7"), moment)
    assert "o7" not in shop.shoppers.read(ANNA).orders


# --- shoppers that the shop merges


def test_merged_shoppers_are_one_and_unmerged_exactly_who_they_were(shop: ShopMemory) -> None:
    told(shop, bought("1", ("saw",), ANNA), seen(X, product="bits"), seen(ANNA, "x"))
    told(shop, bought("2", ("file",), BOB), seen(BOB))
    before = [facts(shop.shoppers.read(who)) for who in (ANNA, BOB)]
    name, new = merge(shop, "anna", "bob", moment)
    assert (name, False) == merge(shop, "anna", "bob", moment)
    assert new
    for _ in range(2):
        one = shop.shoppers.read(BOB)
        assert set(one.orders) == {"1", "2"}
        assert "bits" in one.viewed
        assert facts(shop.shoppers.read(ANNA)) == facts(one)
        work(shop)
    listed = identities(shop.shoppers.read(ANNA), ANNA.ref)
    assert [(each["kind"], each["id"]) for each in listed] == [
        ("user", "bob"),
        ("user", "anna"),
        ("anonymous", "x"),
    ]
    assert listed[1]["merge_id"] == name
    assert all_refs(shop, BOB) == all_refs(shop, X) == {"u:anna", "u:bob", "a:x"}
    unmerge(shop, name, moment)
    assert [facts(shop.shoppers.read(who)) for who in (ANNA, BOB)] == before
    work(shop)
    assert [facts(shop.shoppers.read(who)) for who in (ANNA, BOB)] == before


def test_what_came_under_each_in_between_goes_back_to_each(shop: ShopMemory) -> None:
    told(shop, seen(ANNA), seen(BOB))
    name, _ = merge(shop, "anna", "bob", moment)
    told(shop, bought("1", ("saw",), ANNA), bought("2", ("file",), BOB))
    work(shop)
    assert set(shop.shoppers.read(ANNA).orders) == set(shop.shoppers.read(BOB).orders) == {"1", "2"}
    unmerge(shop, name, moment)
    assert set(shop.shoppers.read(ANNA).orders) == {"1"}
    assert set(shop.shoppers.read(BOB).orders) == {"2"}
    again, new = merge(shop, "anna", "bob", moment)
    assert new
    assert again != name
    assert set(shop.shoppers.read(BOB).orders) == {"1", "2"}


def test_merges_in_a_row_come_apart_at_either_end(shop: ShopMemory) -> None:
    for n, who in enumerate((ANNA, BOB, CARL)):
        told(shop, bought(str(n), (f"p{n}",), who))

    def orders(who: Shopper) -> set[str]:
        return set(shop.shoppers.read(who).orders)

    first, _ = merge(shop, "anna", "bob", moment)
    second, _ = merge(shop, "bob", "carl", moment)
    assert orders(ANNA) == orders(BOB) == orders(CARL) == {"0", "1", "2"}
    unmerge(shop, first, moment)
    assert [orders(who) for who in (ANNA, BOB, CARL)] == [{"0"}, {"1", "2"}, {"1", "2"}]
    first, _ = merge(shop, "anna", "bob", moment)
    unmerge(shop, second, moment)
    assert [orders(who) for who in (ANNA, BOB, CARL)] == [{"0", "1"}, {"0", "1"}, {"2"}]


def test_what_cannot_be_merged_is_said_clearly(shop: ShopMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    told(shop, seen(ANNA), seen(BOB), seen(CARL))
    with pytest.raises(Invalid, match="themself"):
        merge(shop, "anna", "anna", moment)
    with pytest.raises(NotFound, match="/from"):
        merge(shop, "nobody", "anna", moment)
    with pytest.raises(NotFound, match="/into"):
        merge(shop, "anna", "nobody", moment)
    merge(shop, "anna", "bob", moment)
    with pytest.raises(Invalid, match="part of each other"):
        merge(shop, "bob", "anna", moment)
    with pytest.raises(Invalid, match="already"):
        merge(shop, "anna", "carl", moment)
    monkeypatch.setattr("plugin.identity.joining.MOST_SHOPPERS", 2)
    with pytest.raises(Invalid, match="At most 2"):
        merge(shop, "bob", "carl", moment)


def test_a_merge_that_was_cut_short_is_completed_by_asking_again(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(shop, seen(ANNA, product="saw"), seen(BOB))
    with monkeypatch.context() as broken:
        broken.setattr("plugin.identity.joining._tell", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            merge(shop, "anna", "bob", moment)
    name, _ = merge(shop, "anna", "bob", moment)
    assert views(shop, BOB) == {"saw", "drill"}
    unmerge(shop, name, moment)
    assert views(shop, BOB) == {"drill"}


def test_merges_at_once_make_no_circle(shop: ShopMemory) -> None:
    people = [Shopper(f"s{n}") for n in range(4)]
    told(shop, *(seen(who) for who in people))
    pairs = [(a.id, b.id) for a in people for b in people if a is not b]

    def tried(pair: tuple[str, str]) -> bool:
        try:
            merge(shop, *pair, moment)
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tried, pairs)) == 3
    assert {len(all_refs(shop, who)) for who in people} == {4}


# --- forgetting


def test_a_forgotten_person_is_found_in_no_key(shop: ShopMemory) -> None:
    told(shop, seen(X), bought("1", who=ANNA), seen(ANNA, "x"), seen(BOB))
    merge(shop, "anna", "bob", moment)
    work(shop)
    refs = all_refs(shop, ANNA)
    assert merges_of(shop, refs)
    assert forget(shop, refs)
    assert not merges_of(shop, refs)
    assert shop.shoppers.read(ANNA).facts() == shop.shoppers.read(BOB).facts() == {}
    assert shop.shoppers.looks([X])[0].owner is None
