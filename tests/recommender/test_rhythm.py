"""When something is needed again: tiny shops whose gaps are known, and what must hold whatever comes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.needs import LEAST_AGAIN, needs
from recommender.packs import log_sizes
from recommender.question import Bought
from recommender.rhythm import Rhythm
from recommender.runs import DAY, Purchases

NOW = 400.0 * DAY


@pytest.fixture(scope="module")
def shop() -> tuple[tuple[str, ...], Rhythm]:
    """Coffee every thirty days for most, every fifteen for some, in two packs; a drill once; a vase that
    hardly anyone buys twice.
    """
    rng = np.random.default_rng(1)
    lines: list[tuple[str, float, str, float]] = []
    for shopper in range(80):
        gap = 30.0 if shopper < 60 else 15.0
        day = float(rng.uniform(0, 150))
        while day < 400.0 and (rng.random() < 0.9 or day < 160.0):
            large = rng.random() < 0.2
            lines.append((f"s{shopper}", day, "coffee-1kg" if large else "coffee-500g", 1.0))
            day += gap * (2.0 if large else 1.0) * float(rng.lognormal(0.0, 0.1))
        lines.append((f"s{shopper}", float(rng.uniform(0, 50)), "drill", 1.0))
        lines.append((f"s{shopper}", float(rng.uniform(0, 50)), "vase", 1.0))
    lines += [("s0", 190.0, "vase", 1.0), ("s1", 195.0, "vase", 1.0)]
    history = Interactions.from_columns(
        order_ids=[f"{who} {day}" for who, day, _, _ in lines],
        shopper_ids=[who for who, _, _, _ in lines],
        product_ids=[product for _, _, product, _ in lines],
        quantities=[pieces for _, _, _, pieces in lines],
        times=[day * DAY for _, day, _, _ in lines],
    )
    ids = history.product_ids
    groups = ["coffee" if each.startswith("coffee") else None for each in ids]
    names = [{"coffee-1kg": "Coffee, 1 kg", "coffee-500g": "Coffee, 500 g"}.get(each, each) for each in ids]
    return ids, Rhythm().fit(history, Cards.from_columns(ids, names=names, group_ids=groups), as_of=NOW)


def bought(product: str, *days: float, amounts: tuple[float, ...] = (), **said: object) -> Bought:
    moments = tuple(sorted((day * DAY for day in days), reverse=True))
    return Bought(
        product, len(days), sum(amounts) or len(days), moments[-1], moments[0], moments, amounts, **said
    )


def expected(shop, *past: Bought, now: float = NOW, days: float = 7.0):
    ids, rhythm = shop
    row_of = {each: row for row, each in enumerate(ids)}
    found = needs(rhythm, Purchases.of(past, row_of), now, days)
    return {ids[need.row]: need for need in found}


def gap(shop, *past: Bought) -> float:
    (need,) = expected(shop, *past).values()
    return (need.due_at - need.last_at) / DAY


def test_a_newcomer_gets_the_gap_of_everybody(shop):
    assert 22 < gap(shop, bought("coffee-500g", 390)) < 36


def test_an_own_gap_pulls_further_the_more_often_it_was_seen(shop):
    runs = [[390.0 - 15 * place for place in range(count)] for count in (1, 2, 4, 8)]
    gaps = [gap(shop, bought("coffee-500g", *run)) for run in runs]
    assert gaps[0] > 1.3 * max(gaps[1:])
    assert max(gaps[2:]) < 18


def test_more_lasts_longer_whether_it_is_a_larger_pack_or_two(shop):
    usual = gap(shop, bought("coffee-500g", 330, 360, 390))
    large = gap(shop, bought("coffee-500g", 330, 360), bought("coffee-1kg", 390))
    two = gap(shop, bought("coffee-500g", 330, 360, 390, amounts=(2.0, 1.0, 1.0)))
    assert large > 1.3 * usual
    assert two == pytest.approx(large, rel=0.05)


def test_variants_of_one_group_are_one_need(shop):
    found = expected(shop, bought("coffee-500g", 330, 360), bought("coffee-1kg", 345, 390))
    assert list(found) == ["coffee-1kg"], "what was bought last stands for all"
    assert found["coffee-1kg"].own_gaps == 3


def test_without_own_or_pooled_evidence_nothing_is_said(shop):
    assert not expected(shop, bought("drill", 300), bought("vase", 300), bought("drill", 250))


def test_ones_own_steady_gaps_suffice(shop):
    found = expected(shop, bought("drill", 250, 290, 330, 370))
    assert found["drill"].own
    assert 25 < (found["drill"].due_at - found["drill"].last_at) / DAY < 60


def test_already_out_is_needed_from_that_moment_on_and_is_a_gap_of_its_own(shop):
    at = 380.0 * DAY
    out = expected(shop, bought("coffee-500g", 340, 370, said="out", said_at=at))["coffee-500g"]
    assert (out.due_at, out.early_at, out.late_at) == (at, at, at)
    assert out.chance is None, "that it is out says nothing of where the next one is bought"
    assert out.is_due(NOW)
    taught = gap(shop, bought("coffee-500g", 300, 330, 360, 390, said="out", said_at=370 * DAY))
    assert taught < gap(shop, bought("coffee-500g", 300, 330, 360, 390))


def test_still_plenty_moves_the_need_past_now_and_is_no_gap(shop):
    plain = expected(shop, bought("coffee-500g", 305, 335, 365))["coffee-500g"]
    said = expected(shop, bought("coffee-500g", 305, 335, 365, said="plenty", said_at=NOW))["coffee-500g"]
    assert plain.is_due(NOW)
    assert not said.is_due(NOW)
    assert said.early_at >= NOW
    elsewhere = bought("coffee-500g", 270, 300, 390, said="plenty", said_at=340 * DAY)
    assert expected(shop, elsewhere)["coffee-500g"].own_gaps == 1, "what came from elsewhere is no gap"


def test_a_word_older_than_the_newest_purchase_moves_nothing_now(shop):
    found = expected(shop, bought("coffee-500g", 330, 360, 390, said="out", said_at=320 * DAY))
    assert found["coffee-500g"].said == ""


PASTS = st.lists(st.floats(0.0, 399.0), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(days=PASTS, ages=st.lists(st.floats(0.1, 300.0), min_size=2, max_size=6))
def test_the_interval_is_ordered_and_waiting_only_shrinks(shop, days, ages):
    ids, rhythm = shop
    runs = rhythm.runs(Purchases.of([bought("coffee-500g", *days)], {each: r for r, each in enumerate(ids)}))
    told = rhythm.expect(runs.where(runs.newest))
    assert 0 < told.early_days[0] <= told.gap_days[0] <= told.late_days[0]
    waits = [float(told.away(np.array([age]))[0]) for age in sorted(ages)]
    assert waits == sorted(waits, reverse=True)
    chances = [float(told.within(np.array([ages[0]]), window)[0]) for window in (0.0, 1.0, 10.0, 100.0)]
    assert chances == sorted(chances)
    assert 0.0 <= chances[0] <= chances[-1] <= 1.0


@settings(max_examples=40, deadline=None)
@given(days=PASTS, seed=st.integers(0, 99))
def test_the_order_in_which_purchases_are_told_changes_nothing(shop, days, seed):
    ids, rhythm = shop
    row_of = {each: row for row, each in enumerate(ids)}
    told = Purchases.of([bought("coffee-500g", *days), bought("drill", 5, 9)], row_of)
    other = np.random.default_rng(seed).permutation(len(told))
    columns = {name: getattr(told, name)[other] for name in ("shopper", "product", "time", "amount")}
    assert needs(rhythm, told, NOW) == needs(rhythm, replace(told, **columns), NOW)


def test_sizes_are_told_apart_inside_a_group_only():
    names = ["Beans, 250 g", "Beans, 1 kg", "Flour, 5 kg", "Yarn, 100 g, Rust", "Yarn, 100 g, Sage", "Tea"]
    sizes = np.exp(log_sizes(names, np.array([0, 0, 1, 2, 2, 3])))
    assert sizes.tolist() == pytest.approx([0.5, 2.0, 1.0, 1.0, 1.0, 1.0])


def test_what_is_too_unlikely_to_be_needed_again_is_not_told_unless_its_owner_says_so(shop, monkeypatch):
    past = bought("coffee-500g", 330)
    monkeypatch.setattr("recommender.needs.LEAST_AGAIN", 0.0)
    assert expected(shop, past)["coffee-500g"].is_due(NOW), "a control: without a floor it is due"
    monkeypatch.undo()
    assert chance_again(shop, past) < LEAST_AGAIN
    assert not expected(shop, past, days=60.0)
    assert expected(shop, replace(past, said="out", said_at=NOW - DAY))["coffee-500g"].is_due(NOW)
    assert chance_again(shop, bought("coffee-500g", 370)) > LEAST_AGAIN
    assert expected(shop, bought("coffee-500g", 370))["coffee-500g"].is_due(NOW), "once, and believable"


def chance_again(shop, *past: Bought, now: float = NOW) -> float:
    ids, rhythm = shop
    runs = rhythm.runs(Purchases.of(past, {each: row for row, each in enumerate(ids)}))
    newest = runs.where(runs.newest)
    return float(rhythm.expect(newest).again((now - newest.time) / DAY)[0])
