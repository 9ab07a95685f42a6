"""Who is about to look elsewhere: a silence beyond the rhythm, and nothing less, is a signal."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.cards import Cards
from recommender.drifting import LONGEST_SILENCE, Drift, drifts
from recommender.interactions import Interactions
from recommender.question import Bought
from recommender.rhythm import Rhythm
from recommender.runs import DAY, Purchases

NOW = 400.0 * DAY
CATEGORIES = {"tea": "Pantry", "rice": "Pantry", "soap": "Bath"}


@pytest.fixture(scope="module")
def shop() -> tuple[dict[str, int], Rhythm]:
    """Tea every 20 days, rice every 40, soap every 30, by sixty people, most of whom go on to the end."""
    rng = np.random.default_rng(3)
    lines: list[tuple[str, float, str]] = []
    for person in range(60):
        for product, gap in (("tea", 20.0), ("rice", 40.0), ("soap", 30.0)):
            day, until = float(rng.uniform(0, 60)), 400.0 if rng.random() < 0.8 else 200.0
            while day < until:
                lines.append((f"s{person}", day, product))
                day += gap * float(rng.lognormal(0.0, 0.15))
    whose, days, products = zip(*lines, strict=True)
    history = Interactions.from_columns(
        order_ids=[f"{who} {day}" for who, day, _ in lines],
        shopper_ids=whose,
        product_ids=products,
        quantities=[1.0] * len(lines),
        times=[day * DAY for day in days],
    )
    row_of = {each: row for row, each in enumerate(history.product_ids)}
    return row_of, Rhythm().fit(history, Cards.from_columns(history.product_ids), as_of=NOW)


def past(product: str, gap: float, silent: float, times: int = 6, **said: object) -> Bought:
    moments = tuple(NOW - (silent + gap * place) * DAY for place in range(times))
    return Bought(product, times, float(times), moments[-1], moments[0], moments, **said)


def told(shop, *bought: Bought, **looked: float) -> list[Drift]:
    row_of, rhythm = shop
    category_of = {row_of[product]: category for product, category in CATEGORIES.items()}
    return drifts(rhythm, Purchases.of(bought, row_of), category_of, looked, NOW)


def test_who_buys_as_usual_gives_no_signal(shop):
    assert not told(shop, past("tea", 20, 10), past("rice", 40, 30), past("soap", 30, 25))
    assert not told(shop, past("tea", 20, 21)), "a day late is not gone"


def test_a_silence_beyond_the_rhythm_tells_with_its_evidence(shop):
    (drift,) = told(shop, past("tea", 20, 60), past("soap", 30, 5))
    assert (drift.category, drift.kind, drift.purchases) == ("Pantry", "silent", 6)
    assert drift.chance < 0.05
    assert drift.last_at == NOW - 60 * DAY
    assert 15 < drift.usual_days < 25


def test_who_still_looks_is_told_apart_from_who_does_not(shop):
    (drift,) = told(shop, past("tea", 20, 60), Pantry=NOW - 2 * DAY)
    assert (drift.kind, drift.looked_at) == ("looks_only", NOW - 2 * DAY)
    assert told(shop, past("tea", 20, 60), Pantry=NOW - 61 * DAY)[0].kind == "silent", "a look before buying"


def test_one_habit_of_a_category_that_goes_on_is_enough(shop):
    assert not told(shop, past("tea", 20, 70), past("rice", 40, 10))


def test_two_habits_silent_at_once_surprise_more_than_one(shop):
    (one,) = told(shop, past("tea", 20, 60))
    (both,) = told(shop, past("tea", 20, 60), past("rice", 40, 90))
    assert both.chance <= one.chance


def test_a_word_that_there_is_plenty_takes_it_back(shop):
    assert not told(shop, past("tea", 20, 60, said="plenty", said_at=NOW - 5 * DAY))
    assert told(shop, past("tea", 20, 60, said="plenty", said_at=NOW - 100 * DAY)), "said of an earlier pack"


def test_what_was_bought_twice_is_no_habit_and_what_is_long_gone_no_signal(shop):
    assert not told(shop, past("tea", 20, 60, times=2))
    assert not told(shop, past("tea", 20, 20 * (LONGEST_SILENCE + 2)))
