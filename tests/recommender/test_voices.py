"""One shopper, whatever and however often they do, moves nobody else's list beyond a bound."""

from __future__ import annotations

from inspect import signature
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import voices as voices_module
from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.question import Question
from recommender.voices import voices

DAY = 86400.0
DAYS = 90
NOW = (DAYS + 1) * DAY
FAMILIES, MEMBERS, PEOPLE = 6, 5, 90
PRODUCTS = [f"{family}-{n}" for family in range(FAMILIES) for n in range(MEMBERS)]
VICTIM, PUSHED = "0-0", "5-4"
Columns = dict[str, list[Any]]


def honest() -> Columns:
    """Ninety people, fifteen to each family of five products, who look at four of it and buy three."""
    rng, told = np.random.default_rng(3), empty()
    for person in range(PEOPLE):
        for _visit in range(4):
            day = float(rng.uniform(0, DAYS - 2))
            family = person % FAMILIES
            chosen = [f"{family}-{n}" for n in rng.choice(MEMBERS, 4, replace=False)]
            look(told, f"p{person}", day, *chosen)
            buy(told, f"p{person}", day, *chosen[:3])
    return told


def empty() -> Columns:
    return {name: [] for name in signature(Interactions.from_columns).parameters if name != "kept"}


def buy(told: Columns, who: str, day: float, *products: str) -> None:
    for product in products:
        told["order_ids"].append(f"{who}/{len(told['order_ids']) - products.index(product)}")
        for name, value in (("shopper_ids", who), ("product_ids", product), ("quantities", 1.0)):
            told[name].append(value)
        told["times"].append(day * DAY)


def look(told: Columns, who: str, day: float, *products: str) -> None:
    visit = f"{who}/{len(told['view_visits'])}"
    for step, product in enumerate(products):
        for name, value in (("visits", visit), ("shoppers", who), ("products", product)):
            told[f"view_{name}"].append(value)
        told["view_times"].append(day * DAY + 30 * step)


def sign(told: Columns, kind: str, who: str, day: float, product: str) -> None:
    for name, value in (("kinds", kind), ("shoppers", who), ("products", product), ("times", day * DAY)):
        told[f"sign_{name}"].append(value)
    told["sign_amounts"].append(1.0)


def flood(told: Columns, deed: str, times: int) -> None:
    """One shopper does one thing over and over with the victim and the product to be pushed."""
    for n in range(times):
        day = 1.0 + (DAYS - 2) * n / times
        if deed == "orders":
            buy(told, "evil", day, VICTIM, PUSHED)
        elif deed == "looks":
            look(told, "evil", day, VICTIM, PUSHED)
        elif deed == "dismissals":
            for name, value in (("shoppers", "evil"), ("products", VICTIM), ("times", day * DAY)):
                told[f"dismissed_{name}"].append(value)
            told["dismissed_reasons"].append("not_for_me")
        elif deed == "returns":
            for name, value in (("shoppers", "evil"), ("products", VICTIM), ("times", day * DAY)):
                told[f"returned_{name}"].append(value)
            told["returned_reasons"].append("defect")
        else:
            for product in (VICTIM, PUSHED):
                sign(told, deed, "evil", day, product)


def lists(told: Columns) -> dict[tuple[str, str], list[str]]:
    """What everybody else is shown: of each kind the four best, as many as have honest grounds."""
    cards = Cards.from_columns(PRODUCTS, names=["-"] * len(PRODUCTS))
    model = Model.fit(Interactions.from_columns(**told), cards, as_of=NOW)
    asked = [(kind, each) for kind in ("complements", "also-viewed", "for-you") for each in PRODUCTS[::3]]
    return {
        (kind, each): sorted(
            found.product_id
            for found in model.suggest(
                Question(kind, () if kind == "for-you" else (each,), viewed=((each, NOW),), now=NOW, limit=4)
            )
        )
        for kind, each in asked
    }


DEEDS = ["orders", "looks", "carted", "wished", "ignored", "dismissals", "returns"]


@pytest.fixture(scope="module")
def before() -> dict[tuple[str, str], list[str]]:
    return lists(honest())


@pytest.mark.parametrize("deed", DEEDS)
def test_one_shopper_moves_nobody_elses_list(deed: str, before: dict[tuple[str, str], list[str]]) -> None:
    told = honest()
    flood(told, deed, 300)
    assert {key: found for key, found in lists(told).items() if found != before[key]} == {}


@pytest.mark.parametrize("deed", ["orders", "looks"])
def test_without_the_bound_the_same_flood_does_move_them(
    deed: str, before: dict[tuple[str, str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voices_module, "LEAST_FULL", 1e9)
    monkeypatch.setattr(voices_module, "MOST_FULL", 1e9)
    told = honest()
    flood(told, deed, 300)
    assert any(found != before[key] for key, found in lists(told).items())


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 50)), max_size=60))
@settings(deadline=None)
def test_the_newest_count_wholly_and_all_together_no_more_than_the_bound(rows: list[tuple[int, ...]]) -> None:
    party, product, time = (np.array([row[n] for row in rows], np.int64) for n in range(3))
    for full in (1.0, 3.0):
        loud = voices(party, product, time.astype(float), full)
        for one in range(3):
            for other in range(3):
                mine = (party == one) & (product == other)
                ranked = loud[mine][np.lexsort((-loud[mine], -time[mine]))]
                assert np.all(ranked[: int(full)] == 1.0)
                assert np.all(np.diff(ranked) <= 0)
                assert float((loud[mine].astype(float) ** 2).sum()) < (5.6 if full == 3 else 1.7)
