"""Gifts for the next visit and paced budgets, as they are judged: earned, waiting, used, opened again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_occasions import DAY, NOW, occasion, offer

from plugin.errors import Invalid
from plugin.offers.evaluate import budget_by, evaluate
from plugin.offers.occasion import Promise
from plugin.offers.pacing import line, reached_at
from plugin.offers.price import offer_for, quote
from plugin.offers.sentences import verdict_sentence

GIFT = {"gives": {"amount_off": {"amount": "3.00"}}, "gift": {"valid_days": 60}}
MONTH = {"from": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}


def waiting(opens: float = NOW - DAY, ends: float = NOW + DAY) -> dict[str, Promise]:
    return {"o": Promise("gift", "g1", opens, ends)}


def verdict(rule, at):
    return evaluate([rule], at)[0]


def test_a_gift_is_earned_by_one_basket_and_takes_nothing_off_it():
    rule = offer(offer_id="o", when={"basket": {"subtotal_at_least": "10.00"}}, **GIFT)
    assert rule.holdout == 0
    earned = verdict(rule, occasion([("beans", 1)]))
    assert (earned.verdict, earned.reason, earned.applies) == ("granted", "next_visit", False)
    assert quote([rule], occasion([("beans", 1)])).total == 1200
    nearly = verdict(rule, occasion([("mug", 1)]))
    assert (nearly.verdict, nearly.unlock.missing["amount"]) == ("almost", 500)
    assert verdict_sentence(nearly, occasion([("mug", 1)])) == (
        "Add €5.00 more to get €3.00 off everything on your next visit.".replace(" €", " €")
    )
    assert verdict(rule, occasion([("beans", 1)], guest=True)).reason == "shopper_needed"


def test_a_gift_waits_then_opens_whatever_its_conditions():
    rule = offer(offer_id="o", when={"first_order": {}}, until="2026-11-09T00:00:00Z", **GIFT)
    early = verdict(rule, occasion([("mug", 1)], orders=3, promised=waiting(opens=NOW + 60)))
    assert (early.reason, early.opens_at, early.shown) == ("gift_waiting", NOW + 60, False)
    at = occasion([("mug", 1)], orders=3, promised=waiting(), largest_discount=100.0)
    held = verdict(rule, at)
    assert (held.verdict, held.reason, held.discounts, held.ends_at) == ("granted", "gift", (300,), NOW + DAY)
    assert quote([rule], at).total == 200
    paused = offer(offer_id="o", state="paused", **GIFT)
    assert verdict(paused, at).reason == "not_live"


def test_a_free_delivery_for_the_next_visit_is_not_one_today():
    rule = offer(offer_id="o", gives={"free_shipping": {}}, gift={"valid_days": 10})
    assert not quote([rule], occasion([("mug", 1)])).free_shipping
    assert quote([rule], occasion([("mug", 1)], promised=waiting())).free_shipping


def test_a_gift_shows_no_price_on_a_card_before_it_is_open():
    rule = offer(offer_id="o", gives={"percent_off": {"percent": 10}}, gift={"valid_days": 10})
    for promised, shown in (({}, False), (waiting(), True)):
        at = occasion([], promised=promised)
        card = offer_for(at.catalogue.get("mug"), evaluate([rule], at), at)
        assert (card is not None) is shown


def test_gifts_of_one_group_do_not_beat_what_applies_today():
    gift = offer(offer_id="later", group="g", combine="exclusive", **GIFT)
    today = offer(offer_id="today", group="g", gives={"amount_off": {"amount": "1.00"}})
    reasons = {v.offer_id: v.reason for v in evaluate([gift, today], occasion([("beans", 1)]))}
    assert reasons == {"later": "next_visit", "today": "granted"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"gift": {"valid_days": 3}, "code": "X"},
        {"gift": {"valid_days": 3}, "gives": {"message": {"text": "x"}}},
        {"gift": {"valid_days": 3}, "holdout": 0.1},
        {"limits": {"pacing": "even", "budget": "5.00"}},
        {"limits": {"pacing": "even"}, **MONTH},
    ],
)
def test_what_cannot_be_a_gift_or_paced_is_refused(wrong):
    from plugin.offers.offer import Offer

    with pytest.raises(Invalid):
        Offer.from_document({"offer_id": "o", "gives": {"free_shipping": {}}, **wrong}, "EUR")


def test_a_paced_budget_opens_again_and_says_when():
    rule = offer(
        offer_id="o",
        gives={"amount_off": {"amount": "1.00"}},
        limits={"budget": "300.00", "pacing": "even"},
        **MONTH,
    )
    assert budget_by(rule, NOW) == 30_000 * 9.5 / 30 + 300
    open_yet = verdict(rule, occasion([("beans", 1)], used={"o": {"spent": 9_700}}))
    assert open_yet.reason == "granted"
    held = verdict(rule, occasion([("beans", 1)], used={"o": {"spent": 9_750}}))
    assert (held.verdict, held.reason) == ("refused", "paced")
    at = occasion([("beans", 1)], used={"o": {"spent": 9_750}}, now="2026-11-10T12:00:00+00:00")
    later = evaluate([rule], at_time(at, held.opens_at))[0]
    assert later.reason == "granted"
    assert evaluate([rule], at_time(at, held.opens_at - 60))[0].reason == "paced"
    spent = verdict(rule, occasion([("beans", 1)], used={"o": {"spent": 29_950}}))
    assert spent.reason == "paced"
    assert at_end(rule, 29_950) == "budget_reached"


def at_time(at, now):
    from dataclasses import replace

    return replace(at, now=now)


def at_end(rule, spent):
    return verdict(
        rule, occasion([("beans", 1)], used={"o": {"spent": spent}}, now="2026-11-30T23:59:59+00:00")
    ).reason


@given(
    budget=st.integers(1, 10**9),
    window=st.integers(1, 10**8),
    moments=st.lists(st.floats(-(10**6), 2 * 10**8), min_size=2, max_size=10),
    money=st.integers(0, 10**9),
)
def test_the_line_only_rises_and_ends_at_the_budget(budget, window, moments, money):
    lines = [line(budget, NOW, NOW + window, NOW + moment) for moment in sorted(moments)]
    assert lines == sorted(lines)
    assert all(0 <= each <= budget for each in lines)
    for moment, each in zip(sorted(moments), lines, strict=True):
        assert each <= budget * (max(moment, 0) / window) + budget / 100 + 1e-3
    assert line(budget, NOW, NOW + window, NOW + window) == budget
    if money <= budget:
        assert line(budget, NOW, NOW + window, reached_at(budget, NOW, NOW + window, money)) >= money
