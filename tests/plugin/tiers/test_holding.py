"""A tier is held: it rises at once, is kept through noise, and falls on the day grace ends."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.activity import Activity, Line, Shopper
from plugin.errors import Invalid
from plugin.shopper import Profile, combined, fold
from plugin.tiers.holding import judged
from plugin.tiers.ladder import TierLadder
from plugin.tiers.measure import Measure, Measuring
from plugin.tiers.place import place_of, placed
from plugin.tiers.recorded import ByHand, by_hand, held, history
from plugin.tiers.standing import Held

DAY = 86_400.0
NOW = 1_800_000_000.0
WHO = Shopper("ann")
STEPS = [{"tier": "basic"}, {"tier": "plus", "from": "100.00"}, {"tier": "best", "from": "600.00"}]
SPEND = TierLadder.from_document({"basis": "spend", "tiers": STEPS}, "EUR")


def ladder(**changes: Any) -> TierLadder:
    return TierLadder.from_document({"basis": "spend", "tiers": STEPS, **changes}, "EUR")


def bought(days_ago: float, price: int, order: str | None = None) -> Activity:
    at, order = NOW - days_ago * DAY, order or f"o{days_ago}"
    return Activity(
        f"m-{order}", "bought", "Order Completed", at, at, "shop", WHO, (Line("p", 1, price),), order
    )


def told(kind: str, days_ago: float, **properties: Any) -> Activity:
    at = NOW - days_ago * DAY
    return Activity(f"{kind}{days_ago}{properties}", kind, kind, at, at, "shop", WHO, properties=properties)


def recorded(profile: Profile, of: TierLadder, now: float, standing: Any = None) -> Profile:
    """The profile after what became of its tier was told, as the background work tells it."""
    steps = judged(Measuring.of(profile, of, standing), now, held(profile, of, now)).steps
    for step in steps:
        said = {"how": step.how, "tier": step.tier, "from": step.before, "short": []}
        fold(profile, [Activity("t", "tiered", "", step.at, now, "shop", WHO, properties=said)])
    return profile


@dataclass(frozen=True)
class Given(Measuring):
    """Somebody whose measure each day is given."""

    daily: tuple[float, ...] = ()

    def at(self, moment: float) -> Measure:
        day = int((moment - NOW) // DAY)
        return Measure(self.daily[max(0, min(day, len(self.daily) - 1))], None, {})


def tiers_by_day(daily: list[float], of: TierLadder) -> list[str]:
    """The tier on each day, looked at once a day."""
    asked = Given(of, None, "EUR", (), daily=tuple(daily))
    state: Held | None = Held(of.reached(daily[0]).tier, None, NOW, NOW)
    found = []
    for day in range(len(daily)):
        state = judged(asked, NOW + day * DAY, state).held
        found.append(state.tier)
    return found


BASES = [
    ({"basis": "spend"}, "from", ["100.00", "600.00"]),
    ({"basis": "points"}, "from", ["100", "600"]),
    ({"basis": "value"}, "from", ["100.00", "600.00"]),
    ({"basis": "rfm"}, "from_quantile", [0.5, 0.85]),
]


@pytest.mark.parametrize(("basis", "name", "thresholds"), BASES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_noise_within_hysteresis_changes_nothing(basis: Any, name: str, thresholds: Any, data: Any) -> None:
    tiers = [{"tier": "a"}, *({"tier": t, name: at} for t, at in zip("bc", thresholds, strict=True))]
    of = TierLadder.from_document({**basis, "tiers": tiers, "grace_days": 0}, "EUR")
    tier = of.tiers[data.draw(st.integers(1, 2))]
    above = of.above(tier)
    top = above.threshold if above is not None else tier.threshold * 2
    within = st.floats(tier.threshold - of.margin(tier), top, exclude_max=True)
    daily = [tier.threshold, *data.draw(st.lists(within, min_size=5, max_size=60))]
    assert set(tiers_by_day(daily, of)) == {tier.tier}


def shaken(seed: int) -> list[float]:
    """Ninety days of somebody just at the threshold of 100.00, with 4 % noise every day."""
    chance = random.Random(seed)
    return [10_000.0, *(10_000.0 * (1 + chance.uniform(-0.04, 0.04)) for _ in range(90))]


def changes(found: list[str]) -> int:
    return sum(before != after for before, after in pairwise(found))


def test_nobody_flickers_and_without_protection_everybody_does() -> None:
    shoppers = [shaken(seed) for seed in range(50)]
    assert [changes(tiers_by_day(daily, SPEND)) for daily in shoppers] == [0] * 50
    bare = replace(SPEND, hysteresis=0.0, grace_days=0)  # the control
    flickering = [changes(tiers_by_day(daily, bare)) for daily in shoppers]
    assert min(flickering) > 10


@pytest.mark.parametrize("grace", [0, 1, 30])
def test_grace_ends_to_the_day(grace: int) -> None:
    of = ladder(grace_days=grace)
    daily = [10_000.0] * 5 + [9_400.0] * 60
    found = tiers_by_day(daily, of)
    assert found[: 5 + grace] == ["plus"] * (5 + grace)
    assert set(found[5 + grace :]) == {"basic"}


def test_what_comes_back_within_grace_ends_it_and_the_next_one_is_whole() -> None:
    daily = [10_000.0] * 5 + [9_000.0] * 29 + [9_600.0] * 2 + [9_000.0] * 60
    found = tiers_by_day(daily, SPEND)
    assert found.index("basic") == 5 + 29 + 2 + 30


def test_after_grace_a_shopper_stands_where_hysteresis_leaves_them() -> None:
    daily = [70_000.0] * 3 + [9_700.0] * 40
    assert tiers_by_day(daily, SPEND)[-1] == "plus"  # 97.00 would not reach it, and keeps it


def test_an_order_that_leaves_the_window_is_known_to_the_moment_without_any_record() -> None:
    shopper = recorded(fold(Profile(), [bought(300, 6_500), bought(200, 4_000)]), SPEND, NOW - 199 * DAY)
    left = NOW + 65 * DAY
    place = place_of(shopper, None, SPEND, NOW)
    assert (place.tier, place.since, place.fall.to) == ("plus", NOW - 200 * DAY, "basic")
    assert place.falls_on == left + 30 * DAY
    for moment, tier in ((left, "plus"), (left + 29.9 * DAY, "plus"), (left + 30 * DAY, "basic")):
        again = place_of(shopper, None, SPEND, moment)
        assert again.tier == tier
        assert again.tier == "basic" or again.falls_on == left + 30 * DAY
    assert place_of(shopper, None, SPEND, left + 400 * DAY).since == left + 30 * DAY


def test_a_return_begins_the_grace_when_it_is_noticed() -> None:
    shopper = recorded(fold(Profile(), [bought(100, 12_000, "o")]), SPEND, NOW)
    at = NOW + 10 * DAY
    back = Activity(
        "r", "returned", "", at, at, "shop", WHO, (Line("p", 1),), "o", properties={"refund_id": "r"}
    )
    shopper = recorded(fold(shopper, [back]), SPEND, at)
    assert place_of(shopper, None, SPEND, at).falls_on == at + 30 * DAY
    assert place_of(shopper, None, SPEND, at + 29 * DAY).tier == "plus"
    assert place_of(shopper, None, SPEND, at + 30 * DAY).tier == "basic"


def test_a_change_is_kept_with_its_inputs_and_few_of_them() -> None:
    shopper = Profile()
    for year in range(20):
        at = NOW + year * 500 * DAY
        order = Activity(f"m{year}", "bought", "", at, at, "shop", WHO, (Line("p", 1, 20_000),), f"o{year}")
        recorded(fold(shopper, [order]), SPEND, at)
        recorded(shopper, SPEND, at + 450 * DAY)
    told_of = history(shopper)
    assert [(each["how"], each["from"], each["tier"]) for each in told_of[:2]] == [
        ("fallen", "plus", "basic"),
        ("risen", "basic", "plus"),
    ]
    assert len(told_of) == 4
    assert len(shopper.tiers) <= 6


def test_points_are_earned_given_and_taken_within_the_window() -> None:
    tiers = [{"tier": "a"}, {"tier": "b", "from": "200"}]
    of = TierLadder.from_document({"basis": "points", "points_per_unit": "1.5", "tiers": tiers}, "EUR")
    shopper = fold(
        Profile(),
        [
            bought(10, 10_067),
            told("points", 5, points=60, reason="a review", points_id="r"),
            told("points", 400, points=900, reason="long ago", points_id="l"),
            told("points", 3, points=-20, reason="a mistake", points_id="m"),
        ],
    )
    place = place_of(shopper, None, of, NOW)
    assert (place.why["points_earned"], place.why["points_given"], place.why["points"]) == (151, 40, 191)
    assert place.progress is not None
    assert place.progress["missing"] == {"points": 9}
    fold(shopper, [told("points", 0, points=9, reason="a smile", points_id="s")])
    assert place_of(shopper, None, of, NOW).tier == "b"


def test_value_stands_by_what_is_expected() -> None:
    of = TierLadder.from_document({"basis": "value", "tiers": STEPS}, "EUR")
    for expecting, tier in ((None, "basic"), (9_999, "basic"), (10_000, "plus"), (70_000, "best")):
        asked = Measuring.of(Profile(), of, None, expecting=lambda spend=expecting: spend)
        place = placed(Profile(), asked, NOW)
        assert (place.tier, place.falls_on) == (tier, None)
        assert place.fall.why == ("lowest" if tier == "basic" else "learned_anew")


def test_set_by_hand_is_the_least_or_exact_and_ends() -> None:
    shopper = fold(Profile(), [bought(10, 12_000)])
    assert place_of(shopper, None, SPEND, NOW).tier == "plus"
    until = NOW + 20 * DAY
    said = {"tier": "best", "reason": "a friend", "by": "key 1", "until": until, "exact": False}
    fold(shopper, [told("tier_set", 1, **said)])
    assert by_hand(shopper, SPEND, NOW) == ByHand("best", NOW - DAY, "a friend", "key 1", until)
    place = place_of(shopper, None, SPEND, NOW)
    assert (place.tier, place.since, place.falls_on, place.fall.to) == ("best", NOW - DAY, until, "plus")
    assert place.why["by_hand"]["by_figures"] == "plus"
    assert place_of(shopper, None, SPEND, until).tier == "plus"
    fold(shopper, [told("tier_set", 0.5, **{**said, "tier": "basic", "until": None})])
    assert place_of(shopper, None, SPEND, NOW).tier == "plus"  # the figures give more than was set
    fold(shopper, [told("tier_set", 0.4, **{**said, "tier": "basic", "until": None, "exact": True})])
    exact = place_of(shopper, None, SPEND, NOW)
    assert (exact.tier, exact.falls_on, exact.fall.why) == ("basic", None, "set_by_hand")
    fold(shopper, [told("tier_set", 0.3, tier=None, by="key 1")])
    assert place_of(shopper, None, SPEND, NOW).tier == "plus"
    assert [each["how"] for each in history(shopper)] == ["unset", "set", "set"]


def test_a_place_of_the_past_counts_only_what_was_so_then() -> None:
    shopper = recorded(fold(Profile(), [bought(50, 12_000)]), SPEND, NOW - 49 * DAY)
    fold(shopper, [told("tier_set", 5, tier="best", reason="r", by="b", until=None, exact=False)])
    for days_ago, tier in ((51, "basic"), (50, "plus"), (6, "plus"), (5, "best")):
        assert place_of(shopper, None, SPEND, NOW - days_ago * DAY).tier == tier


def test_undoing_a_merge_gives_back_who_was_who() -> None:
    joined = told("joined", 90, part="u:ben", merge_id="m")
    shopper = fold(Profile(), [bought(100, 2_000), joined])
    part = fold(Profile(), [bought(95, 9_000, "theirs")])
    person = combined(fold(Profile(), []), shopper, part)
    assert place_of(person, None, SPEND, NOW).tier == "plus"
    fold(shopper, [told("tiered", 80, how="risen", tier="plus", **{"from": "basic"}, short=[])])
    assert place_of(shopper, None, SPEND, NOW).why.get("kept_by") == "grace"
    fold(shopper, [told("split", 10, part="u:ben", merge_id="m")])
    assert place_of(shopper, None, SPEND, NOW).tier == "basic"


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(9)))
def test_records_settle_alike_in_any_order(order: list[int]) -> None:
    activities = [
        *(told("tiered", n, how="risen", tier=f"t{n}", short=[n]) for n in range(4)),
        told("tiered", 1, how="below", tier="t1"),
        told("tier_set", 2, tier="t", reason="r", by="b", until=None, exact=False),
        told("points", 3, points=5, reason="r", points_id="1"),
        told("points", 3, points=7, reason="r", points_id="2"),
        told("points", 9, points=-7, reason="r", points_id="3"),
    ]
    assert fold(Profile(), [activities[n] for n in order]) == fold(Profile(), activities)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 800), st.integers(1, 90_000)), min_size=1, max_size=8), st.floats(0, 900)
)
def test_looking_often_or_once_comes_to_the_same_tier(orders: list[tuple[float, int]], later: float) -> None:
    """By spend what happened is known from the orders alone, however seldom anybody looked."""
    begun = [bought(days, price, f"o{n}") for n, (days, price) in enumerate(orders)]
    often = fold(Profile(), begun)
    for day in range(0, int(later), 7):
        recorded(often, SPEND, NOW + day * DAY)
    once = recorded(fold(Profile(), begun), SPEND, NOW)
    at = NOW + later * DAY
    assert place_of(often, None, SPEND, at).tier == place_of(once, None, SPEND, at).tier


@pytest.mark.parametrize("basis", ["spend", "points"])
@settings(max_examples=100, deadline=None)
@given(
    orders=st.lists(st.tuples(st.floats(0, 360), st.integers(1, 90_000)), min_size=1, max_size=6),
    given=st.lists(st.tuples(st.integers(0, 360), st.integers(-300, 300)), max_size=4),
)
def test_the_day_of_the_fall_is_the_day_of_the_fall(basis: str, orders: Any, given: Any) -> None:
    of = ladder(basis=basis, window_days=100, grace_days=20)
    told_of = [bought(days, price, f"o{n}") for n, (days, price) in enumerate(orders)]
    points = [told("points", days, points=n, points_id=str(at)) for at, (days, n) in enumerate(given)]
    shopper = recorded(fold(Profile(), [*told_of, *points]), of, NOW)
    place = place_of(shopper, None, of, NOW)
    if place.falls_on is None:
        assert place.fall.why in ("lowest", "stays")
        return
    if of.above(of.tiers[of.rank(place.tier) or 0]) is None:  # points taken may leave first, and lift
        assert place_of(shopper, None, of, place.falls_on - 1).tier == place.tier
    fallen = place_of(shopper, None, of, place.falls_on)
    assert fallen.tier == place.fall.to or of.rank(fallen.tier) > of.rank(place.fall.to or "")
    if basis == "spend":
        assert (fallen.tier, fallen.since) == (place.fall.to, place.falls_on)


def test_a_low_quantile_is_not_kept_without_any_order() -> None:
    tiers = [{"tier": "a"}, {"tier": "b", "from_quantile": 0.03}]
    of = TierLadder.from_document({"tiers": tiers, "grace_days": 0}, "EUR")
    assert tiers_by_day([0.03, 0.02, 0.0], of) == ["b", "b", "a"]


def test_everybody_is_served_the_floor_and_each_tier_only_adds() -> None:
    tiers = [
        {"tier": "a", "adds": ["Samples"]},
        {"tier": "b", "from": "100.00", "adds": [{"en": "Early access", "de": "Vorab kaufen"}]},
        {"tier": "c", "from": "200.00"},
    ]
    of = TierLadder.from_document(
        {"basis": "spend", "tiers": tiers, "services": {"everyone": ["Free returns within 30 days"]}}, "EUR"
    )
    served = [of.served(tier) for tier in (None, "a", "b", "c")]
    assert all("Free returns within 30 days" in words for words in served)
    assert served[1] == ["Free returns within 30 days", "Samples"]
    assert served[2] == served[3] == [*served[1], {"en": "Early access", "de": "Vorab kaufen"}]


@pytest.mark.parametrize(
    ("when", "where"),
    [
        ({"tier": {"at_least": "b"}}, "/tiers/1/when/tier"),
        ({"all": [{"first_order": {}}, {"not": {"basket": {}}}]}, "/tiers/1/when/all/1/not/basket"),
        ({"height": {}}, "/tiers/1/when/height"),
    ],
)  # fmt: skip
def test_a_tiers_rule_goes_by_the_shopper_alone(when: Any, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        TierLadder.from_document(
            {"basis": "rule", "tiers": [{"tier": "a"}, {"tier": "b", "when": when}]}, "EUR"
        )
    assert [each["pointer"] for each in refused.value.errors] == [where]
