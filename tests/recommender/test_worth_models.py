"""BG/NBD and Gamma-Gamma: as published on CDNOW, beside a plain integration, and in the smallest shops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.special import betaln

from recommender.worth import bg_nbd, gamma_gamma
from recommender.worth.bg_nbd import BetaGeometric
from recommender.worth.foresight import Foresight
from recommender.worth.gamma_gamma import GammaGamma
from recommender.worth.purchases import Models, Purchases, seen_at
from tests.bench import worth as bench
from tests.bench.online_retail import data_file

PARAMETERS = st.tuples(*[st.floats(0.05, 5.0) for _ in range(4)])
TYPICAL = BetaGeometric.of(0.2426, 4.4136, 0.7929, 2.4259)


@st.composite
def shoppers(draw):
    age = draw(st.floats(1.0, 400.0))
    frequency = draw(st.integers(0, 60))
    recency = age * draw(st.floats(0.01, 1.0)) if frequency else 0.0
    return np.array([float(frequency)]), np.array([recency]), np.array([age])


@pytest.mark.data
def test_cdnow_is_explained_as_published():
    path = data_file()
    if path is None or not (path.parent / bench.SAMPLE).exists():
        pytest.skip("the data is neither in RAPPORT_BENCH_DATA nor in ../shared/data")
    found = bench.published(bench.cdnow(path.parent), bench.CALIBRATION_DAYS)
    assert found["BG/NBD"] == pytest.approx(
        {"log-likelihood": -9582.429, "r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259},
        abs=6e-4, rel=1e-7,
    )  # fmt: skip
    spends = found["Gamma-Gamma"]
    assert spends["log-likelihood"] == pytest.approx(-4055.918, abs=1e-3)
    assert (spends["p"], spends["q"], spends["v"]) == pytest.approx((6.25, 3.744, 15.443), abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(PARAMETERS, shoppers(), st.floats(1.0, 500.0))
def test_what_is_expected_is_what_a_plain_integration_finds(parameters, shopper, ahead):
    r, alpha, a, b = parameters
    frequency, recency, age = shopper
    rate, stays, back = r + frequency[0], alpha + age[0], b + frequency[0]
    logit = np.linspace(-500.0, 500.0, 20_001)  # of the chance to leave, over which is integrated
    p = np.exp(-np.logaddexp(0.0, -logit))
    density = np.exp(-a * np.logaddexp(0.0, -logit) - back * np.logaddexp(0.0, logit) - betaln(a, back))
    buys = -np.expm1(-rate * np.log1p(p * ahead / stays)) / p
    stayed = betaln(a, back) - rate * np.log(stays)
    left = betaln(a + 1.0, back - 1.0) - rate * np.log(alpha + recency[0]) if frequency[0] else -np.inf
    alive = np.exp(stayed - np.logaddexp(stayed, left))
    assert BetaGeometric.of(*parameters).alive(*shopper)[0] == pytest.approx(alive, rel=1e-6, abs=1e-9)
    plain = alive * np.trapezoid(buys * density, logit)
    expected = BetaGeometric.of(*parameters).expected(ahead, *shopper)[0]
    assert expected == pytest.approx(plain, rel=1e-4, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(PARAMETERS, shoppers(), st.floats(0.0, 300.0), st.floats(0.1, 300.0), st.floats(0.01, 100.0))
def test_more_time_brings_more_and_the_unit_of_time_does_not_matter(parameters, shopper, ahead, more, unit):
    model = BetaGeometric.of(*parameters)
    alive = model.alive(*shopper)[0]
    assert 0.0 <= alive <= 1.0
    soon, later = model.expected(ahead, *shopper)[0], model.expected(ahead + more, *shopper)[0]
    assert 0.0 <= soon <= later * (1 + 1e-9) + 1e-9
    r, alpha, a, b = parameters
    frequency, recency, age = shopper
    same = BetaGeometric.of(r, alpha * unit, a, b).expected(
        ahead * unit, frequency, recency * unit, age * unit
    )
    assert same[0] == pytest.approx(soon, rel=1e-6, abs=1e-9)


def test_who_is_silent_for_longer_is_less_likely_still_a_customer():
    age = np.full(4, 100.0)
    alive = TYPICAL.alive(np.full(4, 5.0), np.array([10.0, 50.0, 90.0, 100.0]), age)
    assert np.all(np.diff(alive) > 0)
    assert TYPICAL.alive(np.zeros(1), np.zeros(1), age[:1])[0] == 1.0


@pytest.mark.parametrize("a", [1.0, 1.0 + 1e-9, 0.999999])
def test_where_a_is_1_the_limit_is_told(a):
    told = BetaGeometric.of(0.5, 10.0, a, 2.0).expected(30.0, np.ones(1), np.ones(1), np.full(1, 20.0))
    near = BetaGeometric.of(0.5, 10.0, 1.001, 2.0).expected(30.0, np.ones(1), np.ones(1), np.full(1, 20.0))
    assert told[0] == pytest.approx(near[0], rel=1e-3)


def test_the_slopes_are_those_of_the_likelihoods():
    random = np.random.default_rng(1)
    x = random.integers(0, 6, 30).astype(float)
    t = random.uniform(10, 40, 30)
    t_x = np.where(x > 0, random.uniform(0, 1, 30) * t, 0.0)
    m, w = random.gamma(2.0, 10.0, 30), np.ones(30)
    for likelihood, at in (
        (lambda p: bg_nbd._likelihood(p, x, t_x, t, w), np.array([0.3, 4.0, 0.8, 2.0])),
        (lambda p: gamma_gamma._likelihood(p, x[x > 0], m[x > 0], w[x > 0]), np.array([5.0, 3.0, 12.0])),
    ):
        plain = approx_fprime(at, lambda p, f=likelihood: f(p)[0], 1e-7)
        np.testing.assert_allclose(likelihood(at)[1], plain, rtol=1e-4, atol=1e-4)


def drawn(shoppers, seed):
    """Shoppers as the two models suppose them: their purchases of 300 days, with what each brought."""
    random = np.random.default_rng(seed)
    rows = []
    for who in range(shoppers):
        rate, leaves = random.gamma(0.6, 1 / 15.0), random.beta(0.8, 2.5)
        usual = 6.0 / random.gamma(4.0, 1 / 15.0)
        day = random.uniform(0.0, 80.0)
        while day < 300.0:
            rows.append((who, day, random.gamma(6.0, usual / 6.0)))
            if rows[-2:-1] and rows[-2][0] == who and random.random() < leaves:
                break
            day += random.exponential(1.0 / max(rate, 1e-9))
    return Purchases.of(*np.array(rows).T)


def test_planted_parameters_are_found_again_and_alike_shoppers_count_together():
    _, seen = seen_at(drawn(6000, 4), 300.0, 100.0)
    plain = BetaGeometric().fit(seen.frequency, seen.recency, seen.age)
    models = Models.learned(seen)
    assert (plain.r_, plain.alpha_) == pytest.approx((0.6, 15.0), rel=0.15)
    assert plain.a_ / (plain.a_ + plain.b_) == pytest.approx(0.8 / 3.3, rel=0.15)
    assert models.buys.log_likelihood_ == pytest.approx(plain.log_likelihood_, abs=1e-3)
    assert models.buys.r_ == pytest.approx(plain.r_, rel=1e-3)
    assert models.spends.usual_ == pytest.approx(6.0 * 15.0 / 3.0, rel=0.1)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 1000.0), st.floats(1.0, 500.0), st.integers(1, 40))
def test_money_scales(unit, mean, purchases):
    model, other = GammaGamma.of(6.25, 3.74, 15.4), GammaGamma.of(6.25, 3.74, 15.4 * unit)
    one, same = (
        each.expected(np.array([purchases]), np.array([m]))[0]
        for each, m in ((model, mean), (other, mean * unit))
    )
    assert same == pytest.approx(one * unit)
    assert min(mean, model.usual_) - 1e-9 <= one <= max(mean, model.usual_) + 1e-9


def test_a_model_learned_in_another_currency_says_the_same():
    _, seen = seen_at(drawn(400, 5), 300.0, 100.0)
    pounds, pence = GammaGamma().fit(seen.days, seen.mean), GammaGamma().fit(seen.days, 100 * seen.mean)
    np.testing.assert_allclose(
        pence.expected(seen.days, 100 * seen.mean), 100 * pounds.expected(seen.days, seen.mean), rtol=1e-3
    )


def shop(*shoppers):
    """A shop of shoppers, each a list of days on which 10 was spent."""
    rows = [(who, day, 10.0) for who, days in enumerate(shoppers) for day in days]
    return Purchases.of(*(np.array(rows).T if rows else np.zeros((3, 0))))


@pytest.mark.parametrize(
    "purchases",
    [
        shop(),
        shop([5.0]),
        shop(*[[1.0 * who, 2.0 * who] for who in range(1, 20)]),
        shop(*[[1.0 * who] for who in range(200)]),
        shop(*[[7.0, 7.2, 7.4] for _ in range(50)]),
        shop(*[[7.0] for _ in range(50)]),
    ],
    ids=["nobody", "one", "nineteen", "nobody came back", "all on one day", "all once on one day"],
)
def test_a_shop_with_too_little_says_nothing(purchases):
    assert Foresight.of(purchases, 400.0, 365.0) is None


@settings(max_examples=8, deadline=None)
@given(st.lists(st.lists(st.integers(0, 300), min_size=1, max_size=6), min_size=20, max_size=40), st.data())
def test_whatever_was_bought_no_answer_is_not_a_number(days, data):
    spent = data.draw(st.lists(st.floats(0, 1e7), min_size=6, max_size=6))
    rows = [(who, day, paid) for who, each in enumerate(days) for day, paid in zip(each, spent, strict=False)]
    purchases = Purchases.of(*np.array(rows, float).T)
    foresight = Foresight.of(purchases, 301.0, 365.0)
    _, seen = seen_at(purchases, 301.0, 365.0)
    if foresight is None:
        assert np.sum(seen.days > 1) < 10
        return
    for told in (foresight.orders(seen), foresight.spending(seen), foresight.still(seen)):
        assert told is None or (np.all(np.isfinite(told)) and np.all(told >= 0))
    assert np.all(foresight.orders(seen) <= 365.0)
    assert np.all(foresight.still(seen) <= 1.0)
