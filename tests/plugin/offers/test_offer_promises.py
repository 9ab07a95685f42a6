"""Money promises over any set of rules: no combination passes the floor, and every sum is exact to the unit.

Over all benefits, ways of combining, currencies (with two, no and three digits) and reduced products; each
with a control in which the protection is taken away and the promise breaks.
"""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from small_occasions import PRODUCTS, occasion, offer

from plugin.money import digits
from plugin.offers.evaluate import evaluate
from plugin.offers.live import LiveOffers
from plugin.offers.price import offer_for, quote
from plugin.offers.verdict import GRANTED
from tests.bench.judging_rules import fresh, shop_of, somebody

NAMES = [held.product_id for held in PRODUCTS]
FOUND = settings(max_examples=500, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
CURRENCIES = ("EUR", "JPY", "KWD")


def money(minor, currency):
    places = digits(currency)
    whole, rest = divmod(minor, 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def benefits(currency):
    sums = st.integers(1, 9000).map(lambda minor: money(minor, currency))
    percents = st.integers(1, 1000).map(lambda tenths: tenths / 10)
    scopes = st.one_of(
        st.sampled_from(["coffee", "Food", "Kitchen > Mugs", "tea"]).map(lambda held: {"category": held}),
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(lambda held: {"products": held}),
    )
    wide = st.one_of(st.just({}), scopes)
    names, few = st.sampled_from(NAMES), st.integers(1, 3)
    return st.one_of(
        st.builds(lambda p, s: {"percent_off": {"percent": p, **s}}, percents, wide),
        st.builds(lambda p, s, m: {"percent_off": {**s, "percent": p, "at_most": m}}, percents, wide, sums),
        st.builds(lambda a, s: {"amount_off": {"amount": a, **s}}, sums, wide),
        st.builds(lambda n, a: {"fixed_price": {"product_id": n, "price": a}}, names, sums),
        st.builds(lambda n, q: {"free_product": {"product_id": n, "quantity": q}}, names, few),
        st.builds(
            lambda b, g, x, y, p: {
                "buy_x_get_y": {"buy": {**b, "quantity": x}, "get": {**g, "quantity": y, "percent": p}}
            },
            scopes, scopes, few, few, percents,
        ),
        st.just({"free_shipping": {}}),
    )  # fmt: skip


whens = st.sampled_from(
    [
        None,
        {"basket": {"subtotal_at_least": "40"}},
        {"basket": {"contains": "mug"}},
        {"not": {"basket": {"quantity_at_least": 4}}},
        {"tier": {"at_least": "silver"}},
        {"any": [{"first_order": {}}, {"bought": {"product_id": "tea", "at_least": 2}}]},
    ]
)


def rules_in(currency):
    one = st.tuples(
        benefits(currency),
        whens,
        st.sampled_from([None, "g", "h"]),
        st.sampled_from(["stack", "best", "exclusive"]),
        st.integers(0, 2),
        st.sampled_from([None, True, False]),
    )
    return st.lists(one, max_size=7).map(
        lambda held: [
            offer(
                f"o{number}", currency, gives=gives, when=when, group=group, combine=combine, holdout=0,
                priority=priority, exclude_reduced=None if "free_shipping" in gives else excludes,
            )
            for number, (gives, when, group, combine, priority, excludes) in enumerate(held)
        ]
    )  # fmt: skip


baskets = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(1, 9), st.integers(0, 5000)), min_size=1, max_size=6
)
shops = st.tuples(st.integers(0, 60), st.integers(0, 100), st.booleans())
cases = st.sampled_from(CURRENCIES).flatmap(
    lambda currency: st.tuples(st.just(currency), rules_in(currency), baskets, shops)
)


def at_checkout(case):
    currency, _, basket, (margin_floor, largest_discount, exclude_reduced) = case
    return occasion(
        basket, currency=currency, margin_floor=margin_floor, largest_discount=largest_discount,
        exclude_reduced=exclude_reduced, owned={"tea": [10.0]}, orders=1,
    )  # fmt: skip


def passes_the_floor(case, at):
    """Whether some line comes to less than the shop lets it, reckoned here with fractions."""
    margin_floor, largest_discount, _ = case[3]
    quoted = quote(case[1], at)
    for number, (line, held) in enumerate(zip(at.basket, at.products, strict=True)):
        paid = line.quantity * line.unit_price - sum(d.amount for d in quoted.discounts if d.line == number)
        if held.cost is not None:
            least = held.cost + Fraction(margin_floor, 100) * line.unit_price
        else:
            least = (1 - Fraction(largest_discount, 100)) * line.unit_price
        if paid < line.quantity * min(least, line.unit_price):
            return True
    return False


@settings(max_examples=80, deadline=None)
@given(cases)
def test_m1_no_combination_of_rules_passes_the_floor(case):
    assert not passes_the_floor(case, at_checkout(case))


def test_m1_control_without_the_floor_it_is_passed():
    def passed(case):
        at = at_checkout(case)
        at.__dict__["least"] = (0,) * len(at.basket)  # the protection taken away
        return passes_the_floor(case, at)

    find(cases, passed, settings=FOUND)


def sums_are_exact(case, at):
    quoted = quote(case[1], at)
    by_line = [0] * len(at.basket)
    for held in quoted.discounts:
        by_line[held.line] += held.amount
    by_offer = {
        verdict.offer_id: sum(verdict.discounts) for verdict in quoted.verdicts if verdict.verdict == GRANTED
    }
    off = sum(by_line)
    return (
        quoted.subtotal == sum(quantity * price for _, quantity, price in case[2])
        and quoted.subtotal - off == quoted.total >= 0
        and off == sum(by_offer.values())
        and all(type(held.amount) is int and held.amount > 0 for held in quoted.discounts)
        and all(
            0 <= less <= line.quantity * line.unit_price
            for less, line in zip(by_line, at.basket, strict=True)
        )
    )


@settings(max_examples=80, deadline=None)
@given(cases)
def test_m2_every_sum_is_exact_to_the_unit(case):
    assert sums_are_exact(case, at_checkout(case))


def test_m2_control_shares_rounded_one_by_one_do_not_add_up(monkeypatch):
    def each_for_itself(total, wished, most):
        whole = sum(wished)
        return [round(wish * total / whole) if whole else 0 for wish in wished]

    def adds_up(case):
        at = at_checkout(case)
        rule = case[1][0]
        left = [line.quantity * line.unit_price for line in at.basket]
        return sum(rule.gives.off(at, left)) == min(rule.gives.amount, sum(left))

    everything = st.integers(1, 9000).map(
        lambda minor: [offer(gives={"amount_off": {"amount": money(minor, "EUR")}})]
    )
    ones = st.tuples(st.just("EUR"), everything, baskets, st.just((0, 100, False)))
    with pytest.raises(NoSuchExample):
        find(ones, lambda case: not adds_up(case), settings=settings(FOUND, max_examples=50))
    monkeypatch.setattr("plugin.offers.benefits.shared", each_for_itself)
    find(ones, lambda case: not adds_up(case), settings=FOUND)


@settings(max_examples=80, deadline=None)
@given(cases, st.booleans())
def test_what_is_put_in_order_once_gets_the_verdicts_of_plain_judging(case, guest):
    _, rules, basket, _ = case
    at = at_checkout(case)
    if guest:
        at = occasion(basket, currency=case[0], guest=True)
    live = LiveOffers(rules)
    assert evaluate(live, at) == evaluate(rules, at)
    assert evaluate(live, at) == evaluate(rules, at), "and again, with what is kept from the first time"


def test_a_shops_mixture_of_rules_gets_the_verdicts_of_plain_judging():
    """The rules and shoppers that the bench of judging measures: codes, segments, limits, calendars."""
    shop, _ = shop_of(300)
    for seed in range(4):
        person = somebody(seed, shop)
        assert evaluate(shop.live_offers, person) == evaluate(list(shop.live_offers), fresh(person))


@settings(max_examples=40, deadline=None)
@given(cases)
def test_what_is_reduced_takes_no_part_where_it_is_left_out(case):
    at = at_checkout(case)
    for verdict in evaluate(case[1], at):
        says = verdict.offer.exclude_reduced
        if says if says is not None else at.exclude_reduced:
            for off, reduced in zip(verdict.discounts, at.reduced, strict=bool(verdict.discounts)):
                assert not (off and reduced)


def test_reduced_products_do_not_count_as_bought_and_conditions_still_read_the_whole_basket():
    pair = {
        "buy_x_get_y": {
            "buy": {"category": "Kitchen", "quantity": 1},
            "get": {"products": ["mug"], "quantity": 1},
        }
    }
    rule = {"gives": pair, "when": {"basket": {"subtotal_at_least": "35.00"}}, "holdout": 0}
    at = occasion([("pan", 1), ("mug", 1)], largest_discount=100)
    for excludes, expected in product((None, False, True), (True, False)):
        shop = occasion([("pan", 1), ("mug", 1)], largest_discount=100, exclude_reduced=expected)
        verdict = evaluate([offer(exclude_reduced=excludes, **rule)], shop)[0]
        left_out = expected if excludes is None else excludes
        assert (verdict.verdict, verdict.reason) == (
            ("refused", "reduced") if left_out else ("granted", "granted_in_part")
        )
    assert at.reduced == (True, False)


def test_a_card_shows_no_price_by_an_offer_that_leaves_it_out():
    pan = next(held for held in PRODUCTS if held.product_id == "pan")
    at = occasion([])
    for excludes, cheaper in ((False, True), (True, False)):
        verdicts = evaluate([offer(exclude_reduced=excludes, holdout=0)], at)
        assert (offer_for(pan, verdicts, at) is not None) == cheaper
