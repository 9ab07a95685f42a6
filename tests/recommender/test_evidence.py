"""A reason is what carried the score: take its evidence away, and the score falls."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.backing import Weighed, beyond_chance
from recommender.candidates import Candidate
from recommender.question import Bought, Question

DAY = 86400.0
CONTEXT = ["drill", "hammer", "roast-dark", "mug-red", "candle-red", "tape"]
BY_PRODUCT = frozenset({"bought_together", "also_viewed", "like_this", "taste"})


def weight(candidates: list[Candidate], product_id: str, rung: str, yardstick: Candidate) -> float:
    """What speaks for a product on a rung beyond its sales; nothing where it is not reached.

    Weighed terms are weighed as in the question of the yardstick: how much a term weighs depends on how far
    a question's candidates lie apart in it.
    """
    for each in candidates:
        if each.product_id != product_id or each.rung != rung:
            continue
        if isinstance(each.backing, Weighed) and isinstance(yardstick.backing, Weighed):
            values = each.backing.terms.values[:, each.backing.slot]
            return float((yardstick.backing.weights * values)[~each.backing.kind.of_sales].sum())
        return sum(term.adds for term in each.terms())
    return float("-inf")


def without(question: Question, source: str) -> Question:
    return replace(
        question,
        products=tuple(each for each in question.products if each != source),
        basket=tuple(each for each in question.basket if each != source),
        viewed=tuple(each for each in question.viewed if each[0] != source),
        bought=tuple(each for each in question.bought if each.product_id != source),
    )


@pytest.mark.parametrize("kind", ["complements", "for-you", "similar", "also-viewed", "because-you-bought"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    products=st.lists(st.sampled_from(CONTEXT), max_size=1),
    basket=st.lists(st.sampled_from(CONTEXT), max_size=2, unique=True),
    viewed=st.lists(st.sampled_from(CONTEXT), max_size=2, unique=True),
    past=st.lists(st.sampled_from(CONTEXT), max_size=3, unique=True),
)
def test_without_its_evidence_a_score_falls(model, now, kind, products, basket, viewed, past):
    question = Question(
        kind,
        products=tuple(products),
        basket=tuple(basket),
        viewed=tuple((each, now - 60.0 * place) for place, each in enumerate(viewed)),
        bought=tuple(Bought(each, 1, 1.0, now - 40 * DAY, now - 40 * DAY) for each in past),
        now=now,
    )
    for candidate in list(model.candidates(question))[:4]:
        first = candidate.reasons()[0]
        if first.code not in BY_PRODUCT or first.product_id is None:
            continue
        poorer = without(question, first.product_id)
        if question.products + question.basket and not poorer.products + poorer.basket:
            continue  # with nothing in hand any more it is another question
        before = weight([candidate], candidate.product_id, candidate.rung, candidate)
        left = weight(list(model.candidates(poorer)), candidate.product_id, candidate.rung, candidate)
        assert left < before, (candidate.product_id, first)


def test_the_first_reason_is_the_heaviest(model, now):
    """The control: what is told first is no other term than the one that adds most."""
    question = Question("for-you", bought=(Bought("hammer", 1, 1.0, now - DAY, now - DAY),), now=now)
    for candidate in list(model.candidates(question))[:3]:
        added: dict[str, float] = {}
        for term in candidate.terms():
            added[term.code] = added.get(term.code, 0.0) + term.adds
        added.pop("trending", None)  # counts by what it adds above the usual
        assert candidate.reasons()[0].code == max(added, key=lambda code: added[code])


@pytest.mark.parametrize(
    ("met", "by_chance", "expected"),
    [(0, 5, 0.0), (2, 0, 0.4), (5, 5, 0.0), (60, 5, 1 - 8 / 63), (12, 0.5, 1 - 3.5 / 15)],
)
def test_how_far_evidence_reaches_beyond_chance(met, by_chance, expected):
    assert beyond_chance(met, by_chance) == pytest.approx(expected)


def test_certainty_tells_a_planted_pair_from_a_stray_one(model, now):
    sure = {
        each.product_id: each.certainty()
        for each in model.candidates(Question("complements", products=("drill",), now=now))
        if each.rung == "complements"
    }
    assert sure["bits"] > 0.8
    assert all(0.0 <= each <= 1.0 for each in sure.values())
    nothing = {each.rung: each.certainty() for each in model.candidates(Question("for-you", now=now))}
    assert nothing["trending"] == 0.0
    assert nothing["newest"] == 0.0
