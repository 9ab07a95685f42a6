"""The fold is the same in every order, for orders long past too; several profiles as one are their union."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.activity import Activity
from plugin.ownership import figures
from plugin.shopper import Profile, combined, fold, impressions, older
from plugin.shopper.profile import Older
from tests.plugin.test_shopper import activities, after, canonical, days, did, lives, products, quantities

BY = ["shopper", "shop"]
KEPT = 4  # a small profile, so that a short life overflows it


@pytest.fixture(autouse=True)
def small_profiles(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles with room for few orders and uses."""
    monkeypatch.setattr(older, "ORDERS_KEPT", KEPT)
    monkeypatch.setattr(older, "USED_KEPT", 2)
    monkeypatch.setattr(impressions, "SHOWN_KEPT", KEPT)


@st.composite
def sayings(draw: st.DrawFn) -> Activity:
    """What comes by trusted doors only: consent, wishes, sign-ins, joinings; and numbers seen beside."""
    word, name = draw(st.sampled_from(["yes", "no"])), draw(st.sampled_from("ab"))
    told = draw(
        st.sampled_from(
            [
                ("consented", {"personalise": word, "profile": word, "by": draw(st.sampled_from(BY))}),
                ("preferred", {name: word}),
                ("signed_in", {"provider": word, "iss": "i", "sub": name, "claims": {"mail": word}}),
                ("joined", {"merge_id": name, "part": f"u:{name}"}),
                ("split", {"merge_id": name, "part": f"u:{name}"}),
            ]
        )
    )
    said = did(told[0], day=draw(days), message_id=str(draw(st.integers(0, 10**9))), **told[1])
    return replace(said, visitor=draw(st.sampled_from([None, "x", "y"])))


@st.composite
def long_lives(draw: st.DrawFn) -> list[Activity]:
    """More orders than a profile holds, with refunds, updates, cancellations and claims of any of them."""
    numbers = st.integers(1, 9).map(str)
    kinds = st.sampled_from(["bought", "returned", "rebought", "cancelled"])
    told = draw(st.lists(st.tuples(kinds, numbers, days, quantities), max_size=24))
    life = draw(st.lists(activities() | sayings(), max_size=12))
    for n, (kind, order_id, day, quantity) in enumerate(told):
        trust = draw(st.sampled_from(["shop", "shop", "shop", "browser"]))
        line = (draw(products), quantity)
        more = {"refund_id": str(n)} if kind == "returned" else {}
        life.append(did(kind, line, day=day, order_id=order_id, trust=trust, message_id=f"{kind}{n}", **more))
    return list({(each.trust, each.message_id): each for each in life}.values())


def facts(profile: Profile) -> tuple[bytes, bytes]:
    """The profile, and what is kept beside it."""
    beside = profile.older if isinstance(profile.older, Older) else Older.from_bytes(profile.older or b"")
    told = orjson.loads(beside.to_bytes() or b"{}")
    return canonical(profile), orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def kept(profile: Profile) -> Profile:
    """The profile as it comes back from where it is stored."""
    back = Profile.from_bytes(profile.to_bytes())
    beside = profile.older
    back.older = beside.to_bytes() if isinstance(beside, Older) else beside
    return back


def sittings(life: list[Activity], cuts: list[int]) -> Profile:
    """Fold a life in several sittings, stored and read again in between."""
    profile, start = Profile(), 0
    for end in [*sorted(cuts), len(life)]:
        profile = kept(fold(profile, life[start:end]))
        start = end
    return profile


def same_in_any_order(life: list[Activity], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(life))
    cuts = data.draw(st.lists(st.integers(0, len(life)), max_size=3).map(sorted))
    assert facts(sittings(shuffled, cuts)) == facts(after(*life))


@given(long_lives(), st.data())
@settings(max_examples=100, deadline=None)
def test_any_order_and_any_sittings_give_the_same_shopper(life: list[Activity], data: st.DataObject) -> None:
    same_in_any_order(life, data)


@pytest.mark.slow
@given(long_lives() | lives(), st.data())
@settings(max_examples=1_000, deadline=None)
def test_any_of_a_thousand_orders_gives_the_same_shopper(life: list[Activity], data: st.DataObject) -> None:
    same_in_any_order(life, data)


@given(long_lives(), st.data())
@settings(max_examples=100, deadline=None)
def test_several_identities_as_one_are_all_their_activities_folded(
    life: list[Activity], data: st.DataObject
) -> None:
    life = [each for each in life if each.kind not in ("joined", "split")]  # is the own business of each
    whose = [data.draw(st.integers(0, 2)) for _ in life]
    parts = [fold(Profile(), [a for a, who in zip(life, whose, strict=True) if who == n]) for n in range(3)]
    assert facts(combined(*map(kept, parts))) == facts(after(*life))


@given(st.lists(st.integers(0, 3), max_size=20))
@settings(max_examples=60, deadline=None)
def test_several_as_one_count_orders_once_though_some_were_not_read(
    whose: list[int],
) -> None:
    life = [did("bought", "saw", day=n, order_id=str(n)) for n in range(len(whose))]
    parts = [kept(after(*(a for a, who in zip(life, whose, strict=True) if who == n))) for n in range(4)]
    for part in parts[::2]:
        part.older = None
    one = figures(combined(*parts))
    assert (one.orders, one.spent) == (len(life), 1000 * len(life))


def test_what_is_beside_a_profile_is_needed_only_when_something_speaks_of_it() -> None:
    life = [did("bought", f"p{n}", day=n, order_id=str(n)) for n in range(9)]
    profile = kept(after(*life))
    fold(profile, [did("viewed", "saw", day=20), did("returned", "p8", day=21, order_id="8", refund_id="r")])
    assert isinstance(profile.older, bytes)
    fold(profile, [did("returned", "p0", day=21, order_id="0", refund_id="r")])
    assert isinstance(profile.older, Older)
    assert figures(profile).orders == 7


def test_a_refund_years_later_finds_its_order() -> None:
    life = [did("bought", "coffee", day=n, order_id=str(n)) for n in range(9)]
    late = [
        did("returned", "coffee", day=500, order_id="0", refund_id="r"),
        did("cancelled", day=501, order_id="1"),
        did("rebought", ("coffee", 5), day=502, order_id="2"),
    ]
    profile = fold(kept(after(*life)), late)
    assert facts(profile) == facts(after(*late, *life))
    assert (figures(profile).orders, figures(profile).spent) == (7, 11 * 1000)
    assert profile.past.products["coffee"][0] == 7


def test_without_orders_kept_by_id_a_late_refund_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with only sums of what is older, the same news in another order gives another shopper."""
    life = [did("bought", "coffee", day=n, order_id=str(n)) for n in range(9)]
    late = did("returned", "coffee", day=500, order_id="0", refund_id="r")

    def forgetful(life: Iterator[Activity]) -> Profile:
        profile = Profile()
        for activity in life:
            fold(profile, [activity])
            profile.older = None  # nothing stays beside
            profile.past.held = max(profile.past.held, 1)
        return profile

    assert figures(forgetful(iter([*life, late]))).orders == 9
    assert figures(after(*life, late)).orders == 8


def test_what_is_older_than_all_that_is_kept_by_id_stays_in_the_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(older, "OLDER_ORDERS_KEPT", 3)
    life = [did("bought", "coffee", day=n, order_id=str(n)) for n in range(20)]
    random.Random(1).shuffle(life)
    profile = Profile()
    for activity in life:
        profile = fold(kept(profile), [activity])
    assert (figures(profile).orders, figures(profile).spent) == (20, 20_000)
    assert isinstance(profile.older, Older)
    assert len(profile.older.orders) == 3


def test_the_first_of_two_documents_of_an_order_makes_it_whichever_is_told_first() -> None:
    first = did("bought", "saw", day=1, order_id="7")
    second = replace(did("bought", "file", day=0, order_id="7"), received_at=first.received_at + 60)
    for life in ([first, second], [second, first]):
        assert after(*life).orders["7"].kept() == {"saw": 1}


def test_a_claim_confirmed_makes_no_room_for_one_that_was_too_old() -> None:
    claims = [did("bought", f"p{n}", day=n, order_id=str(n), trust="browser") for n in range(6)]
    word = did("bought", "p5", day=5, order_id="5")
    orders = [[*claims, word], [word, *claims], [*reversed(claims), word]]
    assert {tuple(sorted(after(*life).claims)) for life in orders} == {("1", "2", "3", "4")}
