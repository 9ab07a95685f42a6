"""A reason is what carried the score: take its evidence away, and the score falls."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.backing import Listed, Weighed, beyond_chance
from recommender.candidates import Candidate
from recommender.model import Model
from recommender.question import Bought, Question
from tests.recommender.conftest import Ledger, write_ledger

DAY = 86400.0
CONTEXT = ["drill", "hammer", "roast-dark", "mug-red", "candle-red", "tape"]
BY_PRODUCT = frozenset({"bought_together", "also_viewed", "like_this", "taste"})
PAIRS = (("drill", "bits"), ("hammer", "nails"), ("roast-dark", "filters"), ("roast-light", "filters"))


def evidence(candidates: list[Candidate], like: Candidate, code: str) -> float:
    """How much the entries behind a reason come to for the same product on the same rung, 0 for none."""
    for each in candidates:
        if (each.product_id, each.rung) != (like.product_id, like.rung):
            continue
        if isinstance(each.backing, Listed):
            return sum(term.adds for term in each.terms())
        assert isinstance(each.backing, Weighed)
        held = each.backing.terms.evidence.get(code)
        return float(held.amount[held.slot == each.backing.slot].sum()) if held else 0.0
    return 0.0


def without(question: Question, source: str) -> Question:
    return replace(
        question,
        products=tuple(each for each in question.products if each != source),
        basket=tuple(each for each in question.basket if each != source),
        viewed=tuple(each for each in question.viewed if each[0] != source),
        bought=tuple(each for each in question.bought if each.product_id != source),
    )


@pytest.mark.parametrize("kind", ["complements", "for-you", "next-basket", "similar", "also-viewed"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    products=st.lists(st.sampled_from(CONTEXT), max_size=1),
    basket=st.lists(st.sampled_from(CONTEXT), max_size=2, unique=True),
    viewed=st.lists(st.sampled_from(CONTEXT), max_size=2, unique=True),
    past=st.lists(st.sampled_from(CONTEXT), max_size=3, unique=True),
)
def test_the_product_a_reason_names_is_what_it_rests_on(model, now, kind, products, basket, viewed, past):
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
        poorer = without(question, first.product_id or "")
        if first.code not in BY_PRODUCT or first.product_id is None:
            continue
        if question.products + question.basket and not poorer.products + poorer.basket:
            continue  # with nothing in hand any more it is another question
        before = evidence([candidate], candidate, first.code)
        left = evidence(list(model.candidates(poorer)), candidate, first.code)
        assert left < before, (candidate.product_id, first)


@pytest.fixture(scope="module")
def apart(cards, now) -> Model:
    """The same shop with the same sales and looks, but of each pair one is always somebody else's."""
    told, world = write_ledger(), Ledger()
    held: dict[str, set[str]] = {}
    for _, shopper, product, *_ in told.orders:
        held.setdefault(shopper or "", set()).add(product)
    seen: dict[str, set[str]] = {}
    for visit, _, product, _ in told.views:
        seen.setdefault(visit, set()).add(product)
    for place, (order, shopper, product, quantity, at) in enumerate(told.orders):
        torn = any(product == target and source in held[shopper or ""] for source, target in PAIRS)
        who = (f"x{place}", f"x{place}") if torn else (order, shopper)
        world.orders.append((*who, product, quantity, at))
    for place, (visit, shopper, product, at) in enumerate(told.views):
        torn = any(product == target and source in seen[visit] for source, target in PAIRS)
        who = (f"x{place}", f"x{place}") if torn else (visit, shopper)
        world.views.append((*who, product, at))
    return Model.fit(world.history(), cards, as_of=now)


@pytest.mark.parametrize(
    ("kind", "source", "target", "how"),
    [
        ("complements", "drill", "bits", "page"),
        ("complements", "hammer", "nails", "basket"),
        ("also-viewed", "drill", "bits", "page"),
        ("for-you", "hammer", "nails", "bought"),
        ("for-you", "roast-dark", "filters", "bought"),
        ("because-you-bought", "drill", "bits", "bought"),
        ("next-basket", "hammer", "nails", "basket"),
    ],
)
def test_where_a_pair_never_met_its_reason_and_its_place_are_gone(
    model, apart, now, kind, source, target, how
):
    asked = {
        "page": {"products": (source,)},
        "basket": {"basket": (source, "vase")},
        "bought": {"bought": (Bought(source, 1, 1.0, now - 9 * DAY, now - 9 * DAY),)},
    }[how]
    ranks, certain, reasons = [], [], []
    for learned in (model, apart):
        found = list(learned.candidates(Question(kind, now=now, **asked)))
        place = next((n for n, each in enumerate(found) if each.product_id == target), len(found))
        ranks.append(place)
        certain.append(found[place].certainty() if place < len(found) else 0.0)
        reasons.append([(r.code, r.product_id) for r in found[place].reasons()] if place < len(found) else [])
    rested = {code for code, named in reasons[0] if named == source}
    assert rested, "the pair is what it was suggested for"
    assert ranks[1] > ranks[0]
    assert certain[1] < certain[0]
    counted = {"bought_together", "also_viewed", "taste"}
    assert not {code for code, named in reasons[1] if named == source} & counted


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
