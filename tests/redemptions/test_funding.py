"""What partners bear, to the minor unit: of one amount, after any returns, over any times (promise M2)."""

from __future__ import annotations

import uuid
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plugin.errors import Invalid
from plugin.money import as_document, minor_units
from plugin.offers.funding import read_funders, split
from plugin.offers.offer import Offer
from plugin.offers.sharing import half_up
from plugin.redemptions.statement import FOR_EVER, Statement, statement
from plugin.store.memory import ShopMemory, Store
from tests.redemptions.redeeming import NOW, basket, counts, desk, off, offer

shares = st.lists(st.integers(1, 60), min_size=1, max_size=6).map(
    lambda parts: tuple((f"p{at}", Fraction(part, max(100, sum(parts)))) for at, part in enumerate(parts))
)


@pytest.fixture
def memory(store: Store) -> ShopMemory:
    return store.add_shop(f"funds-{uuid.uuid4().hex[:8]}")


@given(amount=st.integers(0, 10**9), funders=shares)
@example(amount=100, funders=tuple((name, Fraction(1, 3)) for name in "abc"))
def test_the_parts_and_the_shops_make_the_whole(
    amount: int, funders: tuple[tuple[str, Fraction], ...]
) -> None:
    parts = split(amount, funders)
    assert 0 <= sum(parts) <= amount
    whole = [*parts, amount - sum(parts)]
    exact = [amount * share for _, share in funders]
    exact.append(amount - sum(exact))
    assert all(abs(part - share) < 1 for part, share in zip(whole, exact, strict=True))
    if sum(share for _, share in funders) == 1:
        assert sum(parts) == amount


def test_control_rounding_each_part_by_itself_loses_a_unit() -> None:
    thirds = [Fraction(1, 3)] * 3
    assert sum(half_up(share * 100) for share in thirds) == 99
    assert sum(half_up(share * 1) for share in [Fraction(1, 2)] * 2) == 2
    assert split(100, tuple(zip("abc", thirds, strict=True))) == [34, 33, 33]


@pytest.mark.parametrize(("currency", "price"), [("JPY", "999"), ("EUR", "9.99"), ("KWD", "1.005")])
def test_in_every_currency_the_parts_are_payable(currency: str, price: str) -> None:
    funded = [{"partner": "a", "share": 0.335}, {"partner": "b", "share": 0.333}]
    rule = Offer.from_document(
        {"offer_id": "o", "gives": {"free_shipping": {}}, "funded_by": funded}, currency
    )
    amount = minor_units(price, currency)
    parts = [as_document(part, currency) for part in split(amount, rule.funded_by)]
    rest = as_document(amount - sum(split(amount, rule.funded_by)), currency)
    told = [Decimal(part["amount"]) for part in (*parts, rest) if part is not None]
    assert sum(told) == Decimal(price)


def test_shares_above_the_whole_are_refused_exactly() -> None:
    tenths = [{"partner": f"p{at}", "share": 0.1} for at in range(10)]
    assert sum(share for _, share in read_funders(tenths)) == 1
    with pytest.raises(Invalid):
        read_funders([*tenths, {"partner": "more", "share": 0.001}])
    twice = [{"partner": "a", "share": 0.3}, {"partner": "a", "share": 0.3}]
    assert read_funders(twice) == (("a", Fraction(3, 5)),)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("return"), st.integers(0, 1), st.integers(1, 3)),
        st.tuples(st.just("cancel")),
        st.tuples(st.just("reopen")),
        st.tuples(st.just("wait")),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(amounts=st.tuples(st.integers(1, 2997), st.integers(0, 4000)), funders=shares, steps=steps)
def test_statements_of_times_that_follow_each_other_add_up(
    memory: ShopMemory,
    amounts: tuple[int, int],
    funders: tuple[tuple[str, Fraction], ...],
    steps: list[tuple[str, ...]],
) -> None:
    name, now, known = f"o-{uuid.uuid4().hex[:8]}", NOW, uuid.uuid4().hex
    at = desk(memory, offer(name))
    funded = tuple((partner, str(share)) for partner, share in funders)
    held = at.reserve(basket(off(name, *amounts, funded=funded)), now)
    at.commit(held.redemption_id, known, now)
    for number, step in enumerate(steps):
        now += 10
        if step[0] == "return":
            try:
                at.give_back(held.redemption_id, f"r{number}", {int(step[1]): int(step[2])}, now)
            except Invalid:
                continue
        elif step[0] == "cancel":
            at.refunded(held.redemption_id, known, f"c{number}", None, now)
        elif step[0] == "reopen":
            at.reopen(held.redemption_id, now)
        whole = statement(memory, name)
        book = counts(memory, name, now).money
        assert (whole.given, sum(whole.partners.values()) + whole.shop) == (book, book)
        left = at.find(held.redemption_id).left_of(held.given[0])[0]
        assert list(whole.partners.values()) == split(left, funders)
    times = [0.0, *(NOW + 5 + 10 * number for number in range(len(steps) + 1)), FOR_EVER]
    told = [statement(memory, name, since, until) for since, until in pairwise(times)]
    assert added(told) == {**statement(memory, name).partners, "": statement(memory, name).given}
    at.refunded(held.redemption_id, known, "the last", None, now)
    nothing = statement(memory, name)
    assert (nothing.given, set(nothing.partners.values())) == (0, {0})


def added(told: list[Statement]) -> dict[str, int]:
    total = {"": sum(each.given for each in told)}
    for each in told:
        for partner, amount in each.partners.items():
            total[partner] = total.get(partner, 0) + amount
    return total


def test_control_booking_returns_by_their_own_rounding_does_not_add_up() -> None:
    """A piece at a time: a third of 100 goes to each of three partners, and ten pieces come back."""
    funders = tuple((name, Fraction(1, 3)) for name in "abc")
    each_piece = [half_up(Fraction(10) * share) for _, share in funders]
    assert [10 * piece for piece in each_piece] != split(100, funders)
