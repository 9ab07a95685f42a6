"""Tiers in tiny shops whose answers are known."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from api.schemas.tiers import TierLadderSchema
from plugin.activity import Activity, Line
from plugin.errors import Invalid
from plugin.ownership import Figures
from plugin.shopper import Profile, fold
from plugin.tiers.ladder import BORN_WITH, TierLadder
from plugin.tiers.measure import Measuring
from plugin.tiers.place import place as place_of_measured
from plugin.tiers.place import place_of
from plugin.tiers.standing import Held, Standing, take_standing
from plugin.tiers.window import figures_within

DAY = 86_400.0
NOW = 1_800_000_000.0
SPEND = TierLadder.from_document(
    {
        "basis": "spend",
        "tiers": [{"tier": "basic"}, {"tier": "plus", "from": "100.00"}, {"tier": "best", "from": "600.00"}],
    },
    "EUR",
)


def figures(orders: int, spent: int, days_ago: float) -> Figures:
    return Figures(orders, spent, NOW - 300 * DAY, NOW - days_ago * DAY)


class Measured(Measuring):
    """Somebody whose figures are given, whatever the moment."""

    given_figures = Figures(0, 0, None, None)

    def figures(self, at: float) -> Figures:
        return self.given_figures


def place(held: Figures, standing, ladder, now, before: Held | None = None):
    asked = Measured(ladder, standing, "EUR", ())
    object.__setattr__(asked, "given_figures", held)
    return place_of_measured(asked, now, before)


RISING = [figures(1 + n // 10, 1000 + 100 * n, 200 - 2 * n) for n in range(100)]
"""A hundred buyers, each in every way at least as good as the one before."""
NOBODY = Figures(0, 0, None, None)


def profile(*orders: tuple[float, int]) -> Profile:
    """A shopper with orders, each days ago and minor units."""
    return fold(
        Profile(),
        [
            Activity(
                message_id=f"m{number}",
                kind="bought",
                event="Order Completed",
                at=NOW - days_ago * DAY,
                received_at=NOW,
                trust="shop",
                shopper=None,
                order_id=f"o{number}",
                lines=(Line("p", 1, price),),
            )
            for number, (days_ago, price) in enumerate(orders)
        ],
    )


def test_half_the_buyers_are_silver_or_better_and_fifteen_in_a_hundred_gold():
    standing = take_standing(RISING, NOW)
    tiers = [place(held, standing, BORN_WITH, NOW).tier for held in RISING]
    assert tiers == sorted(tiers, key=["bronze", "silver", "gold"].index)
    assert abs(tiers.count("gold") - 15) <= 1
    assert abs(tiers.count("bronze") - 50) <= 1


def test_who_never_bought_stands_lowest_and_does_not_move_the_others():
    standing = take_standing(RISING, NOW)
    assert take_standing([*RISING, *[NOBODY] * 500], NOW).to_document() == standing.to_document()
    placed = place(NOBODY, standing, BORN_WITH, NOW)
    assert (placed.tier, placed.quantile) == ("bronze", None)
    assert placed.progress["to"] == "silver"


@pytest.mark.parametrize("standing", [None, take_standing([], NOW), take_standing(RISING[-19:], NOW)])
def test_a_shop_of_few_buyers_puts_nobody_above_another(standing):
    placed = place(RISING[-1], standing, BORN_WITH, NOW)
    assert (placed.tier, placed.quantile, placed.progress) == ("bronze", None, None)
    assert placed.why["too_few_buyers"]


def test_twenty_buyers_are_enough():
    standing = take_standing(RISING[-20:], NOW)
    assert place(RISING[-1], standing, BORN_WITH, NOW).tier == "gold"


def test_a_place_says_why():
    placed = place(RISING[99], take_standing(RISING, NOW), BORN_WITH, NOW)
    assert placed.title["nl"] == "Goud"
    assert placed.quantile == pytest.approx(0.995, abs=0.01)
    assert {key: placed.why[key] for key in ("orders", "spent", "recency_days", "standing_as_of")} == {
        "orders": 10,
        "spent": 10_900,
        "recency_days": 2.0,
        "standing_as_of": NOW,
    }


def test_a_standing_is_small_and_comes_back_the_same():
    standing = take_standing(RISING * 50, NOW)
    text = json.dumps(standing.to_document())
    again = Standing.from_document(json.loads(text))
    assert len(text) < 10_000
    assert all(place(f, again, BORN_WITH, NOW) == place(f, standing, BORN_WITH, NOW) for f in RISING)


def test_the_orders_that_are_missing_are_the_fewest_that_do():
    standing = take_standing(RISING, NOW)
    for held in RISING:
        placed = place(held, standing, BORN_WITH, NOW)
        if placed.progress is None:
            continue
        missing, usual = placed.progress["missing"]["orders"], held.spent / held.orders

        def after(more, held=held, usual=usual):
            ahead = Figures(held.orders + more, round(held.spent + more * usual), held.first_at, NOW)
            return BORN_WITH.rank(place(ahead, standing, BORN_WITH, NOW).tier)

        goal = BORN_WITH.rank(placed.progress["to"])
        assert after(missing) >= goal
        assert missing == 1 or after(missing - 1) < goal


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 12), st.integers(0, 20_000), st.floats(0, 400), st.integers(0, 3), st.integers(0, 5000))
def test_buying_more_or_lately_never_lowers_a_tier(orders, spent, days, more, extra):
    standing = take_standing(RISING, NOW)
    before = place(figures(orders, spent, days), standing, BORN_WITH, NOW)
    after = place(figures(orders + more, spent + extra, days / 2), standing, BORN_WITH, NOW)
    assert BORN_WITH.rank(after.tier) >= BORN_WITH.rank(before.tier)


def test_spend_within_the_window():
    shopper = profile((10, 4000), (200, 6500), (400, 90_000))
    assert figures_within(shopper, 365, NOW).spent == 10_500
    placed = place_of(shopper, None, SPEND, NOW)
    assert (placed.tier, placed.progress["missing"]) == ("plus", {"amount": 49_500})
    # the older order leaves the window 165 days from now, and 40.00 carry the tier through its grace alone
    assert placed.falls_on == pytest.approx(NOW + (165 + 30) * DAY)
    assert placed.fall.to == "basic"
    assert place_of(profile((10, 60_000)), None, SPEND, NOW).progress is None
    assert place_of(profile((400, 90_000)), None, SPEND, NOW).tier == "basic"


def test_by_rfm_a_tier_falls_when_the_last_order_has_grown_old():
    standing = take_standing(RISING, NOW)
    shopper = profile(*[(20 + n, 1200) for n in range(9)])
    at_once = replace(BORN_WITH, hysteresis=0.0, grace_days=0)
    placed = place_of(shopper, standing, at_once, NOW)
    assert placed.tier == "gold"

    def later(days):
        at = NOW + days * DAY
        return place(figures_within(shopper, 365, at), standing, at_once, at).tier

    days = round((placed.falls_on - NOW) / DAY)
    assert (later(days - 1), later(days)) == ("gold", "silver")
    assert place_of(Profile(), standing, BORN_WITH, NOW).falls_on is None


def test_a_held_tier_is_kept_within_hysteresis_then_through_grace():
    standing = take_standing(RISING, NOW)
    near = RISING[82]  # a little below the best fifteen in a hundred
    far = RISING[70]
    assert place(near, standing, BORN_WITH, NOW).tier == "silver"
    kept = place(near, standing, BORN_WITH, NOW, Held("gold"))
    assert (kept.tier, kept.why["kept_by"]) == ("gold", "hysteresis")
    first = place(far, standing, BORN_WITH, NOW, Held("gold"))
    assert (first.tier, first.why["kept_by"]) == ("gold", "grace")
    within = place(far, standing, BORN_WITH, NOW, Held("gold", NOW - 29 * DAY))
    after = place(far, standing, BORN_WITH, NOW, Held("gold", NOW - 30 * DAY))
    assert (within.tier, after.tier) == ("gold", "silver")
    assert place(RISING[99], standing, BORN_WITH, NOW, Held("bronze")).tier == "gold"
    assert place(far, standing, BORN_WITH, NOW, Held("no longer there")).tier == "silver"


def test_an_amount_keeps_by_a_share_of_itself():
    assert place(figures(1, 9_600, 1), None, SPEND, NOW, Held("plus")).tier == "plus"
    assert place(figures(1, 9_600, 1), None, SPEND, NOW).tier == "basic"
    gone = Held("plus", NOW - 31 * DAY)
    assert place(figures(1, 9_400, 1), None, SPEND, NOW, gone).tier == "basic"


def test_grace_ends_when_it_says():
    shopper = profile((1, 9_000))
    since = NOW - 10 * DAY
    placed = place_of_measured(Measuring.of(shopper, SPEND, None), NOW, Held("plus", since))
    assert (placed.tier, placed.falls_on) == ("plus", since + 30 * DAY)


def test_a_ladder_comes_back_as_it_went_in():
    document = BORN_WITH.to_document("EUR")
    assert TierLadder.from_document(TierLadderSchema().load(document), "EUR") == BORN_WITH
    assert SPEND.to_document("EUR")["tiers"][2] == {"tier": "best", "from": "600.00"}
    assert TierLadder.from_document(TierLadderSchema().load(SPEND.to_document("EUR")), "EUR") == SPEND


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"basis": "height"}, "/basis"),
        ({"tiers": []}, "/tiers"),
        ({"tiers": [{"tier": "a"}, {"tier": "a", "from_quantile": 0.5}]}, "/tiers/1/tier"),
        ({"tiers": [{"tier": "a"}, {"tier": "b"}]}, "/tiers/1"),
        ({"tiers": [{"tier": "a", "from_quantile": 0.1}]}, "/tiers/0"),
        ({"tiers": [{"tier": "a"}, {"tier": "b", "from": "10.00"}]}, "/tiers/1/from"),
        (
            {
                "tiers": [
                    {"tier": "a"},
                    {"tier": "b", "from_quantile": 0.5},
                    {"tier": "c", "from_quantile": 0.5},
                ]
            },
            "/tiers/2",
        ),
        ({"basis": "spend", "tiers": [{"tier": "a"}, {"tier": "b", "from": "x"}]}, "/tiers/1/from"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_refused_where_it_breaks(change, where):
    with pytest.raises(Invalid) as refused:
        TierLadder.from_document({**BORN_WITH.to_document("EUR"), **change}, "EUR")
    assert [held["pointer"] for held in refused.value.errors] == [where]


@pytest.mark.parametrize(
    "change",
    [
        {"basis": "height"},
        {"tiers": [{"tier": "a"}, {"tier": "b"}]},
        {"tiers": [{"tier": "a"}, {"tier": "b", "from_quantile": 1.5}]},
        {"tiers": [{"tier": "a"}, {"tier": "b", "from": "10.00"}]},
        {"window_days": 0},
        {"surprise": 1},
    ],
)
def test_the_door_refuses_what_is_not_a_ladder(change):
    with pytest.raises(ValidationError) as refused:
        TierLadderSchema().load({**BORN_WITH.to_document("EUR"), **change})
    assert next(iter(refused.value.messages)) in change
