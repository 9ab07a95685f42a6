"""What a shopper says outright, and what breaks: each word moves what it names, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.cards import Cards
from recommender.goods import faults
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.question import Question

DAY = 86400.0
NEWCOMER = Question(kind="for-you", now=401 * DAY, limit=5)


def shown(model: Model, question: Question) -> list[str]:
    return [each.product_id for each in model.suggest(question)]


def codes(model: Model, question: Question) -> dict[str, list[str]]:
    return {
        each.product_id: [each.reason.code, *(other.code for other in each.others)]
        for each in model.suggest(question)
    }


def test_a_like_alone_brings_a_product_to_somebody_new(model: Model) -> None:
    assert "nails" not in shown(model, NEWCOMER)
    told = codes(model, replace(NEWCOMER, liked=(frozenset({"bits", "nails"}),)))
    assert set(list(told)[:2]) == {"bits", "nails"}
    assert told["bits"] == told["nails"] == ["you_like"]


def test_what_never_sold_is_brought_by_a_like_too(model: Model) -> None:
    assert shown(model, replace(NEWCOMER, liked=(frozenset({"unsold"}),)))[0] == "unsold"


def test_without_the_like_the_score_falls(model: Model) -> None:
    question = replace(NEWCOMER, viewed=(("drill", 400 * DAY),), limit=20)
    for product in ("vase", "candle-pink", "bits"):
        with_it = shown(model, replace(question, liked=(frozenset({product}),)))
        without = shown(model, question)
        assert with_it.index(product) < without.index(product) or with_it.index(product) == 0


def test_one_size_moves_what_fits_ahead(model: Model) -> None:
    question = Question(kind="similar", products=("roast-dark",), now=401 * DAY, limit=20)
    plain = shown(model, question)
    last = plain[3]
    fitting = replace(question, fitting=(frozenset({last}),))
    assert shown(model, fitting).index(last) <= plain.index(last)
    assert "your_size" in codes(model, fitting)[last]


def test_what_was_waved_away_takes_what_is_like_it_along(model: Model) -> None:
    question = replace(NEWCOMER, viewed=(("candle-red", 400 * DAY), ("drill", 400 * DAY)), limit=20)
    before, after = shown(model, question), shown(model, replace(question, waved=("candle-pink",)))
    assert after.index("candle-pink") > before.index("candle-pink")
    (rung,) = (list(each) for each in islice(model.descend(replace(question, waved=("candle-pink",))), 1))
    adds = {each.product_id: {t.name: t.adds for t in each.terms()}.get("waved", 0.0) for each in rung}
    assert adds["candle-pink"] < adds["candle-red"] < adds["vase"] < 0.0 == adds["hammer"]


def test_too_dear_moves_what_is_alike_and_as_dear_and_not_what_is_cheaper(model: Model) -> None:
    question = Question(kind="similar", products=("hammer",), now=401 * DAY, limit=3)
    assert shown(model, question)[0] == "unsold"  # the heavy hammer, at 35.00
    said = model.descend(replace(question, too_dear=("unsold",)))
    moved = {each.product_id: each for rung in said for each in rung}
    assert "too_dear" in {term.name for term in moved["unsold"].terms()}
    assert "too_dear" in {term.name for term in moved["drill"].terms()}  # less alike, and dearer still
    assert "too_dear" not in {term.name for term in moved["bits"].terms()}
    dear = model.descend(replace(question, too_dear=("drill",)))  # 129.00: the hammer is far below
    cheaper = [each for rung in dear for each in rung if each.product_id != "drill"]
    assert all("too_dear" not in {term.name for term in each.terms()} for each in cheaper)


def sold(returns: list[tuple[str, str, str]], buyers: int = 40) -> Interactions:
    """Forty people buy a kettle with a lamp, and a toaster with a lamp; some things come back."""
    orders: list[tuple[Any, ...]] = []
    for n in range(buyers):
        for product in ("kettle", "lamp"):
            orders.append((f"k{n}", f"s{n}", product, 1.0, n * DAY))
        for product in ("toaster", "lamp"):
            orders.append((f"t{n}", f"s{n}", product, 1.0, (n + 0.5) * DAY))
    columns = list(zip(*orders, strict=True))
    back = list(zip(*returns, strict=True)) or [()] * 3
    return Interactions.from_columns(
        **dict(zip(("order_ids", "shopper_ids", "product_ids", "quantities", "times"), columns, strict=True)),
        returned_shoppers=back[0],
        returned_products=back[1],
        returned_reasons=back[2],
        returned_times=[50 * DAY] * len(returns),
    )


def faulty(returns: list[tuple[str, str, str]]) -> dict[str, tuple[float, int]]:
    history = sold(returns)
    much, people = faults(history)
    return {each: (float(much[row]), int(people[row])) for row, each in enumerate(history.product_ids)}


def test_what_breaks_counts_against_the_product_with_how_many_said_so() -> None:
    told = faulty([(f"s{n}", "kettle", ("defect", "damaged")[n % 2]) for n in range(12)])
    assert told["kettle"][0] > 0.5
    assert told["kettle"][1] == 12
    assert told["toaster"] == told["lamp"] == (0.0, 0)


@pytest.mark.parametrize("reason", ["wrong_size", "not_liked", "late", "other"])
def test_what_came_back_for_other_reasons_does_not(reason: str) -> None:
    assert faulty([(f"s{n}", "kettle", reason) for n in range(12)])["kettle"] == (0.0, 0)


def test_one_shopper_cannot_make_a_product_faulty() -> None:
    assert faulty([("s1", "kettle", "defect")] * 500)["kettle"] == (0.0, 1)


@pytest.mark.parametrize("kind", ["complements", "trending", "for-you"])
def test_what_comes_back_broken_sinks_for_everybody(kind: str) -> None:
    broken = [(f"s{n}", "kettle", "defect") for n in range(12)]
    cards = Cards.from_columns(["kettle", "lamp", "toaster"])
    asked = Question(kind=kind, products=("lamp",) if kind == "complements" else (), now=60 * DAY, limit=3)
    asked = replace(asked, viewed=(("lamp", 60 * DAY),))
    placed = [
        [each for each in shown(Model.fit(history, cards, as_of=60 * DAY), asked) if each != "lamp"]
        for history in (sold([]), sold(broken))
    ]
    assert placed[1] == ["toaster", "kettle"]
    assert set(placed[0]) == set(placed[1])  # it sinks, and is still there


@settings(deadline=None, max_examples=30)
@given(
    st.sets(st.sampled_from(["vase", "tape", "nails", "drill", "unsold", "mug-red"])),
    st.sampled_from(["for-you", "next-basket", "complements", "similar", "trending"]),
)
def test_a_like_never_takes_anything_out(model: Model, liked: set[str], kind: str) -> None:
    question = Question(
        kind=kind, products=("hammer",), viewed=(("tape", 400 * DAY),), now=401 * DAY, limit=50
    )
    plain, said = shown(model, question), shown(model, replace(question, liked=(frozenset(liked),)))
    assert set(plain) <= set(said)
    assert len(said) == len(set(said))
    assert np.all(np.diff([each.score for each in model.suggest(question)]) <= 1e-12)
