"""What the model answers, asked the way a shop asks."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.cards import Cards
from recommender.errors import UnknownKind
from recommender.interactions import Interactions
from recommender.ladders import LADDERS
from recommender.model import Model
from recommender.question import Bought, Question

DAY = 86400.0
NEVER_EMPTY = [kind for kind, rungs in LADDERS.items() if rungs[-1] == "newest"]


def ids(answer):
    return [each.product_id for each in answer]


def bought(product: str, days_ago: float, now: float, times: int = 1, every: float = 30.0) -> Bought:
    moments = tuple(now - (days_ago + every * back) * DAY for back in range(times))
    return Bought(product, times, float(times), moments[-1], moments[0], moments)


class TestComplements:
    def test_a_page_gets_what_its_product_calls_for_with_the_true_reason(self, model, now):
        first, *_ = model.suggest(Question("complements", products=("drill",), now=now))
        assert first.product_id == "bits"
        assert first.rung == "complements"
        assert (first.reason.code, first.reason.product_id, first.reason.count) == (
            "bought_together",
            "drill",
            60,
        )

    def test_a_basket_gets_what_joins_all_of_it(self, model, now):
        first, *_ = model.suggest(Question("complements", basket=("tape", "hammer"), now=now))
        assert first.product_id == "nails"
        assert first.reason.product_id == "hammer"

    def test_neither_substitutes_nor_variants_stand_on_the_rung_of_complements(self, model, now):
        for held, rival in (("roast-dark", "roast-light"), ("mug-red", "mug-blue")):
            for question in (
                Question("complements", products=(held,), now=now, limit=99),
                Question("complements", basket=(held, "tape"), now=now, limit=99),
            ):
                rungs = {each.product_id: each.rung for each in model.suggest(question)}
                assert rungs.get(rival) in (None, "trending", "newest")

    def test_what_was_last_in_hand_keeps_its_rivals_out_too(self, model, now):
        looked = (("filters", now - 1), ("roast-light", now - 2))
        answer = model.suggest(Question("complements", viewed=looked, now=now, limit=99))
        rungs = {each.product_id: each.rung for each in answer}
        assert rungs.get("roast-dark") != "complements"

    def test_what_goes_with_nothing_falls_to_the_next_rungs(self, model, now):
        rungs = {each.rung for each in model.suggest(Question("complements", products=("unsold",), now=now))}
        assert "complements" not in rungs
        assert rungs


class TestTheLatestEvent:
    """Nothing is kept per shopper, so what was just done counts in the very next answer."""

    def test_a_look_turns_for_you(self, model, now):
        before = model.suggest(Question("for-you", now=now, limit=3))
        looked = (("roast-dark", now - 1),)
        after = model.suggest(Question("for-you", viewed=looked, now=now, limit=3))
        assert ids(before) != ids(after)
        assert "filters" in ids(after)

    def test_a_purchase_turns_for_you_and_is_not_offered_again(self, model, now):
        past = (bought("roast-dark", 90, now),)
        fresh = (*past, bought("drill", 0, now))
        before = model.suggest(Question("for-you", bought=past, now=now, limit=5))
        after = model.suggest(Question("for-you", bought=fresh, now=now, limit=5))
        assert "drill" not in ids(after)
        assert ids(after).index("bits") < ([*ids(before), "bits"]).index("bits")

    def test_another_basket_gets_other_complements(self, model, now):
        first = [
            model.suggest(Question("complements", basket=(held,), now=now))[0].product_id
            for held in ("hammer", "candle-red")
        ]
        assert first == ["nails", "candle-pink"]


class TestAShopperNeverSeenInTraining:
    def test_is_answered_by_what_is_known_of_them_now(self, model, now):
        answer = model.suggest(
            Question("for-you", bought=(bought("hammer", 3, now),), now=now, shopper_id="nobody knows")
        )
        assert set(ids(answer)[:3]) == {"nails", "bits", "drill"}
        assert {each.reason.product_id for each in answer[:3]} == {"hammer"}

    def test_the_id_itself_changes_nothing(self, model, now):
        past = (bought("roast-dark", 5, now),)
        known = model.suggest(Question("for-you", bought=past, now=now, shopper_id="drinker1"))
        assert known == model.suggest(Question("for-you", bought=past, now=now))


class TestBuyAgain:
    def test_coffee_is_due_after_a_month_and_says_when(self, model, now):
        [due] = model.suggest(Question("buy-again", bought=(bought("roast-dark", 29, now, 4),), now=now))
        assert (due.product_id, due.rung, due.reason.code) == ("roast-dark", "rhythm", "due_again")
        assert abs(due.due_at - (now + 1 * DAY)) < 3 * DAY

    @pytest.mark.parametrize(
        ("product", "days_ago"), [("roast-dark", 5), ("roast-dark", 300), ("drill", 100)]
    )
    def test_too_early_too_late_and_durable_are_not(self, model, now, product, days_ago):
        assert model.suggest(Question("buy-again", bought=(bought(product, days_ago, now),), now=now)) == []

    def test_without_a_past_it_stays_silent(self, model, now):
        assert model.suggest(Question("buy-again", now=now)) == []


class TestBecauseYouBought:
    def test_names_one_past_purchase(self, model, now):
        past = (bought("candle-red", 1, now), bought("hammer", 9, now))
        answer = model.suggest(Question("because-you-bought", bought=past, now=now))
        assert {each.reason.product_id for each in answer} == {"candle-red"}
        named = model.suggest(Question("because-you-bought", products=("hammer",), bought=past, now=now))
        assert {each.reason.product_id for each in named} == {"hammer"}

    def test_without_a_past_it_stays_silent(self, model, now):
        assert model.suggest(Question("because-you-bought", now=now)) == []


class TestOtherKinds:
    def test_similar_offers_what_is_weighed_against_it_first(self, model, now):
        first, *_ = model.suggest(Question("similar", products=("roast-dark",), now=now))
        assert (first.product_id, first.reason.code) == ("roast-light", "also_viewed")

    def test_similar_reaches_what_was_never_sold(self, model, now):
        answer = model.suggest(Question("similar", products=("hammer",), now=now))
        assert answer[0].product_id == "unsold"
        assert answer[0].reason.code == "like_this"
        assert answer[0].reason.count is None

    def test_also_viewed_follows_the_look(self, model, now):
        first, *_ = model.suggest(Question("also-viewed", products=("drill",), now=now))
        assert (first.product_id, first.rung) == ("bits", "also-viewed")
        assert first.reason.count == 60

    def test_next_basket_brings_repeats_and_new_together(self, model, now):
        answer = model.suggest(Question("next-basket", bought=(bought("roast-dark", 29, now, 5),), now=now))
        assert answer[0].product_id == "roast-dark"
        assert answer[0].reason.code in ("bought_before", "due_again")
        assert "filters" in ids(answer)

    def test_what_lasts_a_month_and_was_bought_yesterday_is_not_first(self, model, now):
        past = (bought("roast-dark", 1, now, 5), bought("tape", 40, now, 2))
        answer = ids(model.suggest(Question("next-basket", bought=past, now=now)))
        due = (bought("roast-dark", 31, now, 5), bought("tape", 40, now, 2))
        assert answer[0] != "roast-dark"
        assert ids(model.suggest(Question("next-basket", bought=due, now=now)))[0] == "roast-dark"

    def test_an_unknown_kind_is_refused_by_name(self, model):
        with pytest.raises(UnknownKind, match="no ladder answers 'magic'"):
            model.suggest(Question("magic"))


PRODUCT = st.sampled_from(
    ["drill", "bits", "hammer", "roast-dark", "mug-red", "unsold", "never heard of", "☕ /x"]
)
PAST = st.lists(
    st.tuples(PRODUCT, st.floats(0, 500), st.integers(1, 5)), max_size=4, unique_by=lambda each: each[0]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(LADDERS)),
    products=st.lists(PRODUCT, max_size=3),
    basket=st.lists(PRODUCT, max_size=3),
    viewed=st.lists(PRODUCT, max_size=3),
    past=PAST,
    refused=st.sets(PRODUCT),
    limit=st.integers(0, 20),
)
def test_every_answer_keeps_its_word(model, now, kind, products, basket, viewed, past, refused, limit):
    asked: list[str] = []

    def take(product_id: str) -> bool:
        asked.append(product_id)
        return product_id not in refused

    answer = model.suggest(
        Question(
            kind,
            products=tuple(products),
            basket=tuple(basket),
            viewed=tuple((each, now - 60.0 * place) for place, each in enumerate(viewed)),
            bought=tuple(bought(each, days, now, times) for each, days, times in past),
            now=now,
            limit=limit,
            take=take,
            fallback=("brand-new", "unsold", "drill"),
        )
    )
    assert len(answer) <= limit
    assert len(asked) == len(set(asked)), "a product was offered twice"
    assert not set(ids(answer)) & (refused | set(products) | set(basket))
    scores = [each.score for each in answer]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)
    ladder = LADDERS[kind]
    assert [ladder.index(each.rung) for each in answer] == sorted(ladder.index(each.rung) for each in answer)
    if kind in ("for-you", "because-you-bought"):
        assert not [
            each for each in answer if each.rung != "newest" and each.product_id in {p for p, *_ in past}
        ]
    if kind in NEVER_EMPTY and limit:
        assert answer, "something may always be shown"


@pytest.mark.parametrize("kind", sorted(LADDERS))
def test_a_shop_without_events_or_products_answers_with_the_newest(kind):
    empty = Model.fit(Interactions.from_columns(), Cards.none(), as_of=0.0)
    answer = empty.suggest(
        Question(kind, products=("b",), basket=("c",), fallback=("a", "b", "c", "d"), now=1.0)
    )
    assert ids(answer) == (["a", "d"] if kind in NEVER_EMPTY else [])
    assert all((each.rung, each.reason.code) == ("newest", "new") for each in answer)


def test_a_shop_without_events_knows_its_window():
    cards = Cards.from_columns(["old", "new", "later"], names=["x", "y", "z"], first_seen=[1.0, 5.0, 99.0])
    answer = Model.fit(Interactions.from_columns(), cards, as_of=10.0).suggest(Question("for-you", now=10.0))
    assert ids(answer) == ["new", "old"]


@pytest.mark.parametrize("orders", [1, 5, 100])
def test_a_small_shop_is_answered_sensibly(orders):
    """Every order is bread and butter, now and then with salt."""
    lines = [
        (f"o{row}", f"s{row % 7}", product, 1, row * DAY)
        for row in range(orders)
        for product in (("bread", "butter", "salt") if row % 5 == 4 else ("bread", "butter"))
    ]
    order_ids, shoppers, products, quantities, times = zip(*lines, strict=True)
    history = Interactions.from_columns(
        order_ids=order_ids, shopper_ids=shoppers, product_ids=products, quantities=quantities, times=times
    )
    model = Model.fit(history, Cards.from_columns(["bread", "butter", "salt", "soap"]), as_of=orders * DAY)
    now = orders * DAY
    answer = model.suggest(Question("complements", products=("bread",), now=now))
    assert answer[0].product_id == "butter"
    assert set(ids(answer)) == ({"butter", "salt", "soap"})


def test_the_same_history_gives_the_same_answers_and_bits(history, cards, now, model):
    again = Model.fit(history, cards, as_of=now)
    for kind, blend in model.blends.items():
        other = again.blends[kind].arrays()
        assert all(array.tobytes() == other[key].tobytes() for key, array in blend.arrays().items())
    for name, part in model.parts.named():
        other = dict(again.parts.named())[name].arrays()
        assert all(array.tobytes() == other[key].tobytes() for key, array in part.arrays().items())


def test_nothing_after_the_moment_is_seen(history, cards):
    moment = 250 * DAY
    whole = Model.fit(history, cards, as_of=moment)
    cut = Model.fit(history.before(moment), cards, as_of=moment)
    assert whole.product_ids == cut.product_ids
    assert "unsold" not in whole.product_ids
    question = Question("for-you", viewed=(("drill", moment),), now=moment)
    assert whole.suggest(question) == cut.suggest(question)
