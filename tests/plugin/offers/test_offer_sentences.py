"""Every condition, benefit, unlock and reason can be said in every language."""

import string

import pytest
from small_occasions import occasion, offer

from plugin.offers.arguments import Reader
from plugin.offers.benefits import BENEFITS
from plugin.offers.changes import Unlock
from plugin.offers.conditions import OCCASION_CONDITIONS, PRODUCT_CONDITIONS, read_where
from plugin.offers.evaluate import evaluate
from plugin.offers.sentences import (
    LANGUAGES,
    Teller,
    condition_phrase,
    language_of,
    rule_sentence,
    unlock_phrase,
    verdict_sentence,
    words,
)
from plugin.offers.verdict import REASONS

GRANTED_AS = ("granted", "granted_in_part", "gift", "signed", "next_visit")
CONDITIONS = {
    "tier": [{"at_least": "gold"}, {"is": "silver"}],
    "value": [
        {"at_least_quantile": 0.9},
        {"below_quantile": 0.5},
        {"at_least_quantile": 0.5, "below_quantile": 0.9},
    ],
    "segment": [{"is": "regulars"}],
    "order_count": [
        {"at_least": 2},
        {"at_most": 3},
        {"at_least": 1, "at_most": 1},
        {"at_least": 1, "at_most": 4},
    ],
    "spent": [{"at_least": "100.00"}, {"at_least": "100.00", "within_days": 90}],
    "win_back": [{"quiet_days_at_least": 90, "quiet_gaps_at_least": 2}],
    "due": [{"category": "coffee", "within_days": 7}, {"product_id": "mug", "within_days": 0}],
    "first_order": [{}],
    "bought": [{"product_id": "mug"}, {"category": "coffee", "at_least": 3, "within_days": 90}],
    "owned": [{"product_id": "mug"}, {"category": "coffee", "at_least": 3, "within_days": 90}],
    "basket": [
        {"subtotal_at_least": "40.00", "quantity_at_least": 3, "contains": ["mug", "tea"]},
        {"contains": {"category": "Kitchen > Mugs", "quantity": 2}, "lines_at_least": 2},
        {"contains": {"where": {"price": {"at_least": "9.00"}}}},
    ],
    "locale": [{"is": "de"}],
    "currency": [{"is": ["EUR", "CHF"]}],
    "channel": [{"is": "app"}],
    "time": [{"days": ["sat", "sun"], "from": "09:00", "until": "12:30"}],
    "share": [{"percent": 12.5}],
    "birthday": [{"within_days": 3}],
    "anniversary": [{"within_days": 3}],
    "prefers": [
        {"likes": "Coffee", "aims": ["run", "sleep"], "for": "a child"},
        {"channels": "email", "size": {"shoes": ["42", "43"], "shirt": "M"}},
    ],
}
WHERES = {
    "category": [{"is": "coffee"}],
    "brand": [{"is": ["A", "B"]}],
    "price": [{"at_least": "1.00", "at_most": "9.00"}],
    "stock": [{"is": "in_stock"}],
    "attribute": [{"attribute": "colour", "is": ["red", 1]}],
    "margin": [{"at_least": 20}],
    "on_sale": [{}],
}
GIVES = {
    "percent_off": [{"percent": 12.5, "at_most": "15.00"}, {"percent": 10, "products": ["mug", "tea"]}],
    "amount_off": [{"amount": "5.00", "category": "coffee"}],
    "free_shipping": [{}],
    "free_product": [{"product_id": "mug", "quantity": 2}],
    "fixed_price": [{"product_id": "mug", "price": "4.00"}],
    "buy_x_get_y": [
        {"buy": {"category": "coffee", "quantity": 2}, "get": {"products": ["mug"], "quantity": 1}},
        {"buy": {"category": "tea", "quantity": 2}, "get": {"category": "tea", "quantity": 1, "percent": 50}},
    ],
    "message": [{"text": {"en": "Thanks", "de": "Danke"}}],
}


def whole(sentence: str) -> None:
    assert sentence
    assert not set("{}") & set(sentence)
    assert "None" not in sentence
    assert "  " not in sentence


def test_nothing_is_left_without_an_example():
    assert set(CONDITIONS) == set(OCCASION_CONDITIONS)
    assert set(WHERES) == set(PRODUCT_CONDITIONS)
    assert set(GIVES) == set(BENEFITS)
    assert set(OCCASION_CONDITIONS) <= set(REASONS)


def blanks(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_phrase_with_the_same_blanks(language):
    own, english = words(language), words("en")
    assert set(own) == set(english)
    for key, text in english.items():
        if isinstance(text, str):
            assert blanks(own[key]) == blanks(text), key
    assert len(own["months"]) == 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_can_be_said(language):
    teller = Teller.of(occasion([], locale=language))
    for name, examples in CONDITIONS.items():
        for example in examples:
            for when in ({name: example}, {"any": [{"not": {name: example}}, {"first_order": {}}]}):
                whole(rule_sentence(offer(when=when), teller))
    for name, examples in WHERES.items():
        for example in examples:
            whole(condition_phrase(read_where({name: example}, Reader("EUR")), teller))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_benefit_can_be_granted_or_missed_in_words(language):
    for name, examples in GIVES.items():
        for example in examples:
            for when in (None, {"basket": {"subtotal_at_least": "99.00"}}, {"tier": {"is": "gold"}}):
                at = occasion([("mug", 1)], locale=language)
                verdict = evaluate(
                    [offer(when=when, gives={name: example}, until="2027-01-01T00:00:00Z")], at
                )[0]
                whole(verdict_sentence(verdict, at))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_without_a_condition_has_its_own_sentence(language):
    own = set(REASONS) - set(OCCASION_CONDITIONS) - {*GRANTED_AS, "code_needed", "any", "not"}
    for reason in own:
        whole(words(language)[f"reason.{reason}"])


STEPS = (
    ("subtotal", {"amount": 420}),
    ("product", {"product_id": "mug", "quantity": 1}),
    ("product", {"category": "Food > Coffee", "quantity": 2}),
    ("product", {"where": {"brand": {"is": "Acme"}}, "quantity": 2}),
    ("quantity", {"quantity": 1}),
    ("quantity", {"quantity": 3}),
    ("quantity", {"quantity": 1, "different": 1}),
    ("quantity", {"quantity": 3, "different": 2}),
    ("visit", {"visits": 1, "product_id": "mug"}),
    ("visit", {"visits": 2, "category": "coffee"}),
    ("visit", {"visits": 1}),
    ("visit", {"visits": 3}),
    ("spend", {"amount": 5000}),
    ("tier", {"tier": "gold"}),
    ("code", {}),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_can_be_said_and_each_in_its_own_words(language):
    teller = Teller.of(occasion([], locale=language))
    said = [unlock_phrase(Unlock(kind, missing), teller) for kind, missing in STEPS]
    for phrase in said:
        whole(phrase)
    assert len(set(said)) == len(STEPS)


def test_every_reason_there_is_has_words():
    """A reason is a condition, or has a sentence of its own, or is told by what is granted or missing."""
    by_verdict = {"granted", "granted_in_part", "gift", "signed", "next_visit", "code_needed", "any", "not"}
    for reason in set(REASONS) - set(OCCASION_CONDITIONS) - by_verdict:
        assert f"reason.{reason}" in words("en")


def test_what_must_not_be_so_reads_as_people_write():
    teller = Teller.of(occasion([], locale="en"))
    rule = offer(
        when={
            "all": [
                {"not": {"bought": {"category": "coffee", "within_days": 90}}},
                {"not": {"first_order": {}}},
            ]
        }
    )
    assert rule_sentence(rule, teller) == (
        "Coffee not bought in the last 90 days and has ordered before: 10 % off everything."
    )


def test_sentences_read_as_people_write():
    at = {code: Teller.of(occasion([], locale=code)) for code in LANGUAGES}
    rule = offer(
        when={"all": [{"tier": {"at_least": "gold"}}, {"basket": {"subtotal_at_least": "40.00"}}]},
        gives={"percent_off": {"percent": 12.5, "category": "Food > Coffee"}},
    )
    said = {
        code: rule_sentence(rule, teller).replace("\N{NO-BREAK SPACE}", " ") for code, teller in at.items()
    }
    assert said == {
        "en": "Tier Gold or higher and a basket of €40.00 or more: 12.5 % off Coffee.",
        "de": "Stufe Gold oder höher und Warenkorb ab 40,00 €: 12,5 % Rabatt auf Coffee.",
        "nl": "Niveau Goud of hoger en een mandje van € 40,00 of meer: 12,5 % korting op Coffee.",
        "nb": "Nivå Gull eller høyere og en handlekurv på 40,00 € eller mer: 12,5 % rabatt på Coffee.",
    }


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-CH", "de"), ("no", "nb"), ("nn_NO", "nb"), ("fr", "en"), (None, "en"), ("NL", "nl")],
)
def test_whom_to_speak_to_how(locale, language):
    assert language_of(locale) == language
