"""The prior price of a reduction: known cases, and against a slow second way of finding it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.catalog import Product
from plugin.prices.claims import Claim, claim_of, percent_saved
from plugin.prices.history import MOST_CHANGES, Change, History, bounded, in_force, recorded
from plugin.prices.keeping import claim_on, judged, known_prices, with_late_word, with_prices
from tests.plugin.prices.lives import DAY, HOUR, LIVES, Life, lived, slowly

START = datetime(2026, 3, 1, 12, tzinfo=ZoneInfo("UTC")).timestamp()
MIDNIGHT = START - 12 * HOUR


def told(*changes: tuple[float, int | None] | tuple[float, int | None, int | None]) -> History:
    """Changes as (day, price) or (day, price, sale price)."""
    history: History = ()
    for day, price, *sale in changes:
        history = recorded(history, Change(START + day * DAY, price, sale[0] if sale else None))
    return history


def said(*changes: tuple[float, int | None] | tuple[float, int | None, int | None], **more: object) -> Claim:
    """What may be said of a product that came with the first change."""
    return claim_of(told(*changes), START, "Europe/Berlin", dict(more))


@pytest.mark.parametrize(
    ("changes", "was", "reason"),
    [
        # 100, then 80, then 90: the second reduction is none, for 80 was the lowest
        ([(0, 100), (40, 100, 80), (50, 100, 90)], None, "no_saving"),
        ([(0, 100), (40, 100, 80), (50, 100), (55, 100, 90)], None, "no_saving"),
        ([(0, 100), (40, 100, 80), (50, 100), (55, 100, 70)], 80, "reduced"),
        ([(0, 100), (40, 100, 80), (50, 100), (82, 100, 90)], 100, "reduced"),
        # a reduction increased step by step keeps the price before the first step, however long it lasts
        ([(0, 100), (40, 100, 90), (45, 100, 80), (90, 100, 70)], 100, "reduced"),
        ([(0, 100), (40, 100, 90), (45, 100, 95), (50, 100, 70)], 90, "reduced"),
        ([(0, 100), (40, 100, 80), (45, 120, 80)], 100, "reduced"),  # only the stated price rose
        # new in the window: since it is there
        ([(0, 100), (3, 100, 80)], 100, "reduced"),
        ([(0, 100), (1, 70), (2, 100), (3, 100, 80)], None, "no_saving"),
        ([(0, 100, 80)], None, "unknown_before"),
        ([(0, 100, 80), (60, 100, 70)], None, "unknown_before"),
        # raised, then cut
        ([(0, 80), (40, 100), (41, 100, 85)], None, "no_saving"),
        ([(0, 80), (40, 100), (41, 100, 75)], 80, "reduced"),
        ([(0, 80), (10, 100), (60, 100, 85)], 100, "reduced"),  # raised long ago: that is its price now
        # cut without a word, called a reduction later
        ([(0, 100), (10, 80), (50, 100, 80)], None, "no_saving"),
        ([(0, 100), (40, 80)], None, "not_reduced"),
        # two changes on one day, and for an hour only
        ([(0, 100), (40, 60), (40.04, 100), (45, 100, 80)], None, "no_saving"),
        ([(0, 100), (40, 100, 60), (40.04, 100), (45, 100, 55)], 60, "reduced"),
        # the stated price is below the lowest one: the lowest one is the prior price
        ([(0, 100), (40, 90, 80)], 100, "reduced"),
        # a sale price above the price is none, and one that equals it neither
        ([(0, 100), (40, 100, 120)], None, "not_reduced"),
        ([(0, 100), (40, 100, 100)], None, "not_reduced"),
        # nobody could see it: what it cost then was no price, and the thirty days reach back further
        ([(0, 100), (10, None), (40, 60), (40.5, None), (41, 100), (50, 100, 80)], None, "no_saving"),
        ([(0, 80), (20, None), (60, 120), (65, 120, 100)], None, "no_saving"),
        ([(0, 100), (40, 100, 80), (42, None), (44, 100, 80)], 100, "reduced"),  # out of sight for two days
        ([(0, 100), (40, 100, 80), (42, None), (90, 100, 80)], None, "no_saving"),  # for too long
        ([(0, 100), (5, None)], None, "not_reduced"),
        ([(0, None), (5, 100, 80)], None, "unknown_before"),
        ([], None, "not_reduced"),
    ],
)
def test_known_cases(changes: list[tuple[float, int]], was: int | None, reason: str) -> None:
    claim = said(*changes)
    assert (claim.was, claim.reason) == (was, reason)


def test_what_was_sold_before_its_prices_were_known_waits_for_thirty_days() -> None:
    early, late = told((0, 100), (20, 100, 80)), told((0, 100), (33, 100, 80))
    for history, reason in ((early, "known_too_short"), (late, "reduced")):
        assert claim_of(history, START - 90 * DAY, "UTC", {}).reason == reason
        assert claim_of(history, START, "UTC", {}).reason == "reduced"


def test_what_goes_bad_is_measured_by_the_price_right_before() -> None:
    changes = [(0, 100), (30, 100, 50), (31, 90), (33, 90, 60)]
    assert said(*changes).reason == "no_saving"
    assert said(*changes, perishable=True).was == 90
    assert said(*changes, perishable="Yes").was == 90
    assert said(*changes, perishable=False).reason == "no_saving"
    assert said((0, 100, 50), perishable=True).reason == "unknown_before"
    assert said((0, 70), (1, 100, 80), perishable=True).reason == "no_saving"


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"])
def test_the_thirty_days_are_whole_days_of_the_shop(zone: str) -> None:
    """What held in any minute of the thirtieth day before counts, also over a change of the clocks."""
    began = datetime(2026, 4, 10, 9, 30, tzinfo=ZoneInfo(zone)).timestamp()
    border = datetime(2026, 3, 11, 0, 0, tzinfo=ZoneInfo(zone)).timestamp()
    for ended, was in ((border, 1000), (border + 60, 700)):
        history = (
            Change(border - 90 * DAY, 700, None),
            Change(ended, 1000, None),
            Change(began, 1000, 600),
        )
        claim = claim_of(history, 0.0, zone, {})
        assert (claim.was, claim.looked_from) == (was, border)
    assert began - border >= 30 * DAY


@pytest.mark.parametrize(
    ("prior", "paid", "percent"), [(1000, 801, 19), (300, 200, 33), (999, 0, 100), (100, 100, 0)]
)
def test_no_more_is_said_to_be_saved_than_is_true(prior: int, paid: int, percent: int) -> None:
    assert percent_saved(prior, paid) == percent


# Against a second way: hour by hour


def as_the_slow_way(life: Life) -> None:
    changes, hours = lived(life, MIDNIGHT)
    product = Product("p", first_seen=START)
    for change in changes:
        hidden = change.paid is None
        price = 1 if hidden else change.price  # what nobody could see was no price
        written = Product("p", price=price, sale_price=change.sale_price, hidden=hidden, first_seen=START)
        product = with_prices(written, product.prices, change.at, change.at, "UTC")
    assert product.was == slowly(hours)


@given(LIVES)
@settings(max_examples=100, deadline=None)
def test_it_is_what_the_slow_way_finds(life: Life) -> None:
    as_the_slow_way(life)


@pytest.mark.slow
@given(LIVES)
@settings(max_examples=5_000, deadline=None)
def test_it_is_what_the_slow_way_finds_in_many_lives(life: Life) -> None:
    as_the_slow_way(life)


@given(LIVES)
@settings(max_examples=60, deadline=None)
def test_it_is_above_no_price_of_the_thirty_days_before(
    life: Life,
) -> None:
    changes, _ = lived(life, MIDNIGHT)
    history: History = ()
    for change in changes:
        history = recorded(history, change)
    claim = claim_of(history, START, "UTC", {})
    if claim.was is None:
        return
    assert claim.began is not None
    assert claim.paid is not None
    assert claim.paid < claim.was
    for hour in range(30 * 24):
        held = in_force(history, claim.began - (hour + 1) * HOUR)
        assert held is None or held.paid is None or held.paid >= claim.was


# Keeping little


@given(
    st.lists(
        st.tuples(st.integers(1, 3 * 86400), st.integers(1, 9), st.none() | st.integers(1, 9)),
        min_size=70,
        max_size=160,
    )
)
@settings(max_examples=15, deadline=None)
def test_of_a_price_that_always_changes_little_is_kept_and_never_more_claimed(
    steps: list[tuple[int, int, int | None]],
) -> None:
    whole: History = ()
    kept: History = ()
    at = START
    for step, price, sale in steps:
        at += step
        whole = recorded(whole, Change(at, price, sale))
        kept = bounded(recorded(kept, Change(at, price, sale)), "UTC")
        assert len(kept) <= MOST_CHANGES
        true, claimed = (claim_of(each, START, "UTC", {}).was for each in (whole, kept))
        assert claimed is None or (true is not None and claimed <= true)


def test_the_lowest_price_is_not_forgotten_among_many() -> None:
    history: History = (Change(START, 50, None),)
    for hour in range(1, 200):
        history = bounded(recorded(history, Change(START + hour * HOUR, 100 + hour % 2, None)), "UTC")
    history = bounded(recorded(history, Change(START + 200 * HOUR, 100, 90)), "UTC")
    assert len(history) == MOST_CHANGES
    assert claim_of(history, START, "UTC", {}).prior == 50


def test_two_years_of_a_steady_price_are_two_entries() -> None:
    product = Product("p", price=100, first_seen=START)
    for day in range(0, 730, 7):
        written = Product("p", price=100, sale_price=90 if day % 84 == 0 else None, first_seen=START)
        product = with_prices(written, product.prices, START + day * DAY, START + day * DAY, "UTC")
        assert len(product.prices) <= 4
    assert len(product.to_bytes()) < 400


# Writing


def test_an_older_word_takes_its_place_and_what_stands_in_the_window_stays() -> None:
    product = with_prices(Product("p", price=100, first_seen=START), (), START, START, "UTC")
    later = START + 40 * DAY
    product = with_prices(
        Product("p", price=100, sale_price=80, first_seen=START), product.prices, later, later, "UTC"
    )
    assert product.was == 100
    product = replace(product, updated_at=later)
    late = with_late_word(product, Product("p", price=70), later - 5 * DAY, "UTC")
    assert [change.paid for change in late.prices] == [100, 70, 80]
    assert (late.was, late.price, late.sale_price) == (None, 100, 80)
    assert claim_on(late, "UTC").reason == "no_saving"
    assert with_late_word(product, Product("p", price=70), later, "UTC") == product


def test_an_older_word_is_heard_also_where_nothing_changed_since() -> None:
    confirmed = START + 20 * DAY
    product = with_prices(Product("p", price=100, updated_at=confirmed), (), START, START, "UTC")
    late = with_late_word(product, Product("p", price=80), START + 10 * DAY, "UTC")
    assert [(change.at, change.paid) for change in late.prices] == [
        (START, 100),
        (START + 10 * DAY, 80),
        (confirmed, 100),
    ]


def test_an_import_of_the_past_says_what_stands_now_too() -> None:
    now = START + 40 * DAY
    held = with_prices(
        Product("p", price=100, first_seen=START), (), START + 20 * DAY, START + 20 * DAY, "UTC"
    )
    after = with_prices(Product("p", price=90, first_seen=START), held.prices, START + 10 * DAY, now, "UTC")
    assert [(change.at, change.paid) for change in after.prices] == [
        (START + 10 * DAY, 90),
        (START + 20 * DAY, 100),
        (now, 90),
    ]


def test_a_product_of_before_there_was_a_history_had_its_price_since_it_was_written() -> None:
    old = Product("p", price=100, first_seen=START - 90 * DAY, updated_at=START)
    for day, was in ((20, None), (40, 100)):
        at = START + day * DAY
        sold = replace(old, sale_price=80, updated_at=at)
        assert with_prices(sold, known_prices(old), at, at, "UTC").was == was


def test_what_is_struck_comes_back_from_the_store() -> None:
    product = judged(
        Product("p", price=100, sale_price=80, first_seen=START, prices=told((0, 100), (9, 100, 80))), "UTC"
    )
    assert product.was == 100
    assert Product.from_bytes(product.to_bytes()) == product
