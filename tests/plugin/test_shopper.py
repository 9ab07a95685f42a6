"""A shopper is the same whatever order the news arrives in, and bounded; what is owned is derived."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.activity import Activity, Line, Shopper
from plugin.ownership import basket, figures, ownership
from plugin.shopper import Profile, browsing, fold, older, orders, words

DAY = 86400.0
START = 1_700_000_000.0


def did(kind: str, *products: str | tuple[str, int], day: float = 0, **more: Any) -> Activity:
    """One activity at a day after the start; products with quantity 1 at 10.00 unless given."""
    lines = tuple(Line(p, 1, 1000) if isinstance(p, str) else Line(p[0], p[1], 1000) for p in products)
    at = START + day * DAY
    name = more.pop("message_id", f"{kind}/{products}/{day}/{more}")
    trust, order_id = more.pop("trust", "shop"), more.pop("order_id", None)
    return Activity(name, kind, kind, at, at, trust, Shopper("anna"), lines, order_id, properties=more)


def after(*activities: Activity) -> Profile:
    return fold(Profile(), activities)


def canonical(profile: Profile) -> bytes:
    """The profile's bytes with its names in order: which fact was learned first is not a fact."""
    return orjson.dumps(orjson.loads(profile.to_bytes()), option=orjson.OPT_SORT_KEYS)


ORDER = did("bought", "drill", ("bits", 3), order_id="1001")

# --- any order of arrival

products = st.sampled_from(["drill", "saw", "bits", "file"])
days = st.integers(0, 6)  # few moments, so that many things happen at the same one
quantities = st.integers(1, 4)


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    kind = draw(
        st.sampled_from(
            [
                *("viewed", "clicked", "carted", "uncarted", "basket", "rebought", "returned", "cancelled"),
                *("shown", "dismissed", "corrected", "used", "identified", "other", "page", "tried"),
            ]
        )
    )
    more: dict[str, Any] = {"trust": draw(st.sampled_from(["shop", "shop", "browser"]))}
    if kind in ("rebought", "returned", "cancelled"):
        more["order_id"] = draw(st.sampled_from(["1001", "1002", "1003"]))
    if kind == "dismissed":
        more["reason"] = draw(st.sampled_from(["never", "have_it", "nonsense", None, 5]))
    if kind == "corrected":
        more["state"] = draw(st.sampled_from(["have", "out", "no_longer", "nonsense", None, ["out"]]))
    if kind == "identified":
        names, values = (
            st.sampled_from(["name", "size", "x" * 2000]),
            st.sampled_from(["a", 1, None, [2], {"b": 1}]),
        )
        more["traits"] = draw(st.dictionaries(names, values, max_size=2))
    if kind in ("shown", "clicked", "dismissed", "tried"):
        more["use_id"] = draw(st.sampled_from(["jam", "tea", None, 5]))
    lines = draw(st.lists(st.tuples(products, quantities), max_size=3))
    number = draw(st.integers(0, 10**9))
    return did(kind, *lines, day=draw(days), message_id=f"{kind}{number}", **more)


@st.composite
def lives(draw: st.DrawFn) -> list[Activity]:
    """A shopper's life as the door lets it through: every message, order and refund once a level of trust."""
    life = draw(st.lists(activities(), max_size=12))
    for order_id in draw(st.sets(st.sampled_from(["1001", "1002", "1003"]))):
        for trust in draw(st.sets(st.sampled_from(["shop", "browser"]), min_size=1)):
            lines = draw(st.lists(st.tuples(products, quantities), max_size=3))
            day = draw(days)
            life.append(
                did("bought", *lines, day=day, order_id=order_id, trust=trust, message_id=f"b{order_id}")
            )
    return list({(activity.trust, activity.message_id): activity for activity in life}.values())


@given(lives(), st.data())
@settings(max_examples=200, deadline=None)
def test_any_order_of_arrival_gives_the_same_shopper(life: list[Activity], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(life))
    assert canonical(after(*shuffled)) == canonical(after(*life))


@given(lives(), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_folding_in_two_sittings_is_folding_in_one(life: list[Activity], cut: int) -> None:
    between = Profile.from_bytes(after(*life[:cut]).to_bytes())
    assert fold(between, life[cut:]).to_bytes() == after(*life).to_bytes()


@given(lives())
@settings(max_examples=60, deadline=None)
def test_what_is_derived_is_never_negative(life: list[Activity]) -> None:
    profile = after(*life)
    assert all(owned.quantity >= 0 for owned in ownership(profile).values())
    assert all(quantity > 0 for quantity in basket(profile).values())
    held = figures(profile)
    assert held.orders >= 0
    assert held.spent >= 0


# --- orders


def test_a_return_counts_also_when_it_is_told_before_its_order() -> None:
    back = did("returned", ("bits", 2), day=3, order_id="1001", refund_id="r1")
    for life in ([ORDER, back], [back, ORDER]):
        profile = after(*life)
        assert profile.orders["1001"].kept() == {"drill": 1, "bits": 1}
        assert figures(profile).spent == 2000


def test_more_sent_back_than_bought_is_nothing_kept() -> None:
    back = did("returned", ("bits", 9), order_id="1001", refund_id="r1")
    assert after(ORDER, back).orders["1001"].kept() == {"drill": 1}


def test_one_refund_id_counts_once_and_two_count_twice() -> None:
    once = did("returned", "bits", order_id="1001", refund_id="r1", message_id="a")
    again, other = (
        replace(once, message_id="b"),
        replace(once, message_id="c", properties={"refund_id": "r2"}),
    )
    assert after(ORDER, once, again).orders["1001"].kept()["bits"] == 2
    assert after(ORDER, once, again, other).orders["1001"].kept()["bits"] == 1


def test_a_refund_without_lines_is_the_whole_order() -> None:
    profile = after(ORDER, did("returned", order_id="1001"))
    assert ownership(profile) == {}
    assert figures(profile).orders == 0


def test_a_cancellation_counts_also_before_its_order() -> None:
    cancel = did("cancelled", day=1, order_id="1001")
    for life in ([ORDER, cancel], [cancel, ORDER]):
        assert ownership(after(*life)) == {}
        assert figures(after(*life)).orders == 0


def test_the_newest_update_has_the_word_whenever_it_comes() -> None:
    first = did("rebought", "saw", day=1, order_id="1001")
    second = did("rebought", ("file", 2), day=2, order_id="1001")
    for life in ([ORDER, first, second], [second, ORDER, first], [first, second, ORDER]):
        profile = after(*life)
        assert profile.orders["1001"].kept() == {"file": 2}
        assert profile.orders["1001"].at == ORDER.at


def test_an_update_alone_makes_the_order_until_somebody_tells_when_it_was_made() -> None:
    updates = [did("rebought", "saw", day=day, order_id="1001") for day in (5, 3)]
    for heard in (updates, updates[::-1]):
        profile = after(*heard)
        assert (figures(profile).orders, figures(profile).last_at) == (1, updates[1].at)
        assert ownership(profile).keys() == {"saw"}
    for heard in ([ORDER, *updates], [*updates, ORDER]):
        profile = after(*heard)
        assert (figures(profile).orders, figures(profile).last_at) == (1, ORDER.at)
        assert profile.orders["1001"].kept() == {"saw": 1}
    emptied = did("rebought", day=6, order_id="1001")
    assert figures(after(emptied)).orders == 0
    assert figures(after(*updates, emptied)).orders == figures(after(emptied, *updates)).orders == 0


@pytest.mark.parametrize("version", ["x", [], {}, None, True, -1, 1e308])
def test_a_property_of_the_shops_own_breaks_no_shopper(version: Any) -> None:
    profile = after(ORDER, did("rebought", "saw", day=1, order_id="1001", version=version))
    assert Profile.from_bytes(profile.to_bytes()).orders["1001"].kept() == {"saw": 1}


def test_a_second_completion_changes_nothing() -> None:
    assert after(ORDER, did("bought", "saw", day=1, order_id="1001")).orders["1001"].kept() == {
        "drill": 1,
        "bits": 3,
    }


# --- claims


def test_what_a_browser_claims_to_have_bought_is_kept_aside() -> None:
    claim = replace(ORDER, trust="browser")
    profile = after(claim)
    assert (ownership(profile), figures(profile).orders, list(profile.claims)) == ({}, 0, ["1001"])


def test_the_shops_word_takes_the_claims_place_whichever_comes_first() -> None:
    claim = did("bought", "gold bar", order_id="1001", trust="browser")
    for life in ([claim, ORDER], [ORDER, claim]):
        profile = after(*life)
        assert profile.claims == {}
        assert profile.orders["1001"].kept() == {"drill": 1, "bits": 3}


def test_a_browser_changes_returns_and_cancels_nothing() -> None:
    kinds = ("rebought", "returned", "cancelled")
    forged = [did(kind, "drill", order_id="1001", trust="browser", day=5) for kind in kinds]
    assert after(ORDER, *forged).orders["1001"].kept() == {"drill": 1, "bits": 3}
    assert list(after(*forged).orders) == []


# --- the basket


def test_the_basket_is_what_was_put_in_less_what_was_taken_out() -> None:
    life = [did("carted", ("bits", 3)), did("carted", "saw", day=1), did("uncarted", ("bits", 1), day=2)]
    assert basket(after(*reversed(life))) == {"bits": 2, "saw": 1}
    life.append(did("uncarted", ("bits", 9), day=3))
    assert basket(after(*life)) == {"saw": 1}


def test_a_look_at_the_whole_basket_replaces_what_was_thought() -> None:
    life = [did("carted", "drill"), did("basket", ("saw", 2), day=1), did("carted", "file", day=2)]
    assert basket(after(*reversed(life))) == {"saw": 2, "file": 1}


@pytest.mark.parametrize("trust", ["shop", "browser"])
def test_what_was_ordered_lies_in_the_basket_no_more(trust: str) -> None:
    life = [
        did("carted", "drill"),
        did("carted", "saw"),
        did("bought", "drill", day=1, order_id="1", trust=trust),
        did("carted", "file", day=2),
    ]
    assert basket(after(*life)) == basket(after(*reversed(life))) == {"saw": 1, "file": 1}


# --- what is owned


def test_things_bought_and_used_up_are_out_until_bought_again() -> None:
    coffee = did("bought", ("coffee", 2), order_id="1")
    used = [did("used", "coffee", day=day) for day in (5, 9)]
    assert ownership(after(coffee, used[0]))["coffee"].quantity == 1
    gone = ownership(after(coffee, *used))["coffee"]
    assert (gone.quantity, gone.state) == (0, "out")
    again = ownership(after(coffee, *used, did("bought", "coffee", day=20, order_id="2")))["coffee"]
    assert (again.quantity, again.state, again.times) == (1, "have", 2)


def test_the_shoppers_own_word_holds_until_the_next_purchase() -> None:
    gone = did("corrected", "drill", day=5, state="no_longer")
    assert ownership(after(ORDER, gone))["drill"].state == "no_longer"
    again = did("bought", "drill", day=9, order_id="1002")
    for life in ([ORDER, gone, again], [again, gone, ORDER]):
        assert ownership(after(*life))["drill"].state == "have"
    assert ownership(after(did("corrected", "lamp", state="have")))["lamp"].times == 0
    assert "lamp" not in ownership(after(did("corrected", "lamp", state="out")))


def test_times_of_purchase_are_newest_first() -> None:
    life = [did("bought", "coffee", day=day, order_id=str(day)) for day in (20, 0, 10)]
    held = ownership(after(*life))["coffee"]
    assert held.purchases == tuple(START + day * DAY for day in (20, 10, 0))
    assert (held.first_at, held.last_at, held.quantity) == (START, START + 20 * DAY, 3)


# --- bounded, and still the same in any order


def test_a_shopper_stays_small_whatever_is_sent() -> None:
    flood = [
        activity
        for n in range(700)
        for activity in (
            did("viewed", f"v{n}", day=n),
            did("carted", f"c{n}", day=n, trust="browser"),
            did("bought", f"b{n}", day=n, order_id=f"o{n}"),
            did("bought", f"x{n}", day=n, order_id=f"x{n}", trust="browser"),
            did("returned", f"b{n}", day=n, order_id=f"unknown{n}", refund_id=f"r{n}"),
            did("dismissed", f"d{n}", day=n, reason="y" * 5_000),
            did("corrected", f"k{n}", day=n, state="out"),
            did("used", f"u{n}", day=n),
            did("identified", day=n, traits={f"t{n}": "short", f"long{n}": "z" * 5_000}),
        )
    ]
    profile = after(*flood)
    sizes = {
        name: len(getattr(profile, name)) for name in ("viewed", "steps", "orders", "claims", "dismissed")
    }
    assert sizes == {
        "viewed": browsing.VIEWS_KEPT,
        "steps": browsing.BASKET_KEPT,
        "orders": older.ORDERS_KEPT,
        "claims": orders.CLAIMS_KEPT,
        "dismissed": words.DISMISSED_KEPT,
    }
    assert len(profile.past.products) <= older.PAST_KEPT
    assert len(profile.used) == older.USED_KEPT
    assert len(profile.traits) == words.TRAITS_KEPT
    assert len(profile.to_bytes()) < 80_000


def test_old_orders_become_sums_and_every_figure_stays() -> None:
    count = older.ORDERS_KEPT + 25
    life = [did("bought", "coffee", f"p{n}", day=n, order_id=f"o{n}") for n in range(count)]
    for profile in (after(*life), after(*reversed(life)), after(*life[40:], *life[:40])):
        assert len(profile.orders) == older.ORDERS_KEPT
        held = figures(profile)
        assert (held.orders, held.spent) == (count, count * 2000)
        assert (held.first_at, held.last_at) == (START, START + (count - 1) * DAY)
        owned = ownership(profile)["coffee"]
        assert (owned.quantity, owned.times, owned.first_at) == (count, count, START)
