"""The smallest change that unlocks an offer, held against trying everything."""

from itertools import combinations_with_replacement

from hypothesis import given, settings
from hypothesis import strategies as st
from small_occasions import occasion, offer

from plugin.catalog import Product
from plugin.offers.evaluate import evaluate
from plugin.offers.occasion import BasketLine

SHELF = (
    Product("a", price=100, category="X > Y"),
    Product("b", price=250, category="X"),
    Product("c", price=700, category="Z"),
)
PRICES = {product.product_id: product.price for product in SHELF}
MOST_ADDED = 5
baskets = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 2)), max_size=2)


def additions():
    for pieces in range(MOST_ADDED + 1):
        yield from combinations_with_replacement("abc", pieces)


def holds_with(rule, at, added) -> bool:
    return rule.when.holds(at.with_added(tuple(BasketLine(name, 1, PRICES[name]) for name in added)))


def subtotals(low=1, high=1500):
    return st.integers(low, high).map(lambda minor: f"{minor // 100}.{minor % 100:02d}")


def judged(when, basket):
    at = occasion(basket, products=SHELF)
    rule = offer(when=when, holdout=0)
    return rule, at, evaluate([rule], at)[0]


@settings(max_examples=80, deadline=None)
@given(baskets, st.integers(1, 900))
def test_the_missing_amount_is_the_least_that_does(basket, wanted):
    at = occasion(basket, products=SHELF)
    target = at.subtotal + wanted
    rule, at, verdict = judged(
        {"basket": {"subtotal_at_least": f"{target // 100}.{target % 100:02d}"}}, basket
    )
    missing = verdict.unlock.missing["amount"]
    tried = next(more for more in range(2000) if rule.when.holds(at.with_added((BasketLine("", 1, more),))))
    assert (verdict.verdict, verdict.unlock.kind, missing) == ("almost", "subtotal", tried)


@settings(max_examples=60, deadline=None)
@given(baskets, st.integers(1, 8))
def test_the_missing_pieces_are_the_fewest_that_do(basket, wanted):
    rule, at, verdict = judged({"basket": {"quantity_at_least": wanted}}, basket)
    tried = next((len(added) for added in additions() if holds_with(rule, at, added)), None)
    got = verdict.unlock.missing["quantity"] if verdict.unlock else 0
    assert (tried if tried is not None else got) == got


@settings(max_examples=60, deadline=None)
@given(
    baskets,
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 3), min_size=1, max_size=2),
    st.none() | subtotals(),
    st.none() | st.integers(1, 5),
)
def test_a_change_is_enough_and_nothing_in_it_can_be_left_out(basket, products, subtotal, quantity):
    parts = [{"basket": {"contains": {"product_id": p, "quantity": n}}} for p, n in products.items()]
    more = {"subtotal_at_least": subtotal, "quantity_at_least": quantity}
    if any(more.values()):
        parts.append({"basket": {key: value for key, value in more.items() if value}})
    rule, at, verdict = judged({"all": parts}, basket)
    if verdict.unlock is None:
        assert holds_with(rule, at, ())
        return
    steps = (verdict.unlock, *verdict.unlock.also)
    needed = {
        step.missing["product_id"]: step.missing["quantity"] for step in steps if step.kind == "product"
    }
    brought = sum(PRICES[name] * pieces for name, pieces in needed.items())
    money = brought + sum(step.missing["amount"] for step in steps if step.kind == "subtotal")
    pieces = sum(needed.values()) + sum(s.missing["quantity"] for s in steps if s.kind == "quantity")
    loose = any(step.kind in ("subtotal", "quantity") for step in steps)
    for added in additions():
        enough = (
            all(added.count(name) >= count for name, count in needed.items())
            and (not loose or len(added) >= pieces)
            and sum(PRICES[name] for name in added) >= money
        )
        assert holds_with(rule, at, added) == enough


@settings(max_examples=100, deadline=None)
@given(
    baskets,
    st.lists(
        st.lists(
            st.one_of(
                subtotals().map(lambda amount: {"subtotal_at_least": amount}),
                st.sampled_from("abc").map(lambda name: {"contains": name}),
            ),
            min_size=1,
            max_size=2,
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_of_several_ways_the_cheapest_is_told(basket, ways):
    """Nested choices: the cheapest of all ways to take one alternative from each."""
    when = {"all": [{"any": [{"basket": part} for part in way]} for way in ways]}
    rule, at, verdict = judged(when, basket)
    if verdict.unlock is None:
        assert holds_with(rule, at, ())
        return
    told = verdict.plan.money
    # Money alone unlocks a subtotal, a product unlocks itself: try every set of products, then top up.
    cheapest = None
    for pick in [()] + [c for n in (1, 2, 3) for c in combinations_with_replacement("abc", n)]:
        held = at.with_added(tuple(BasketLine(name, 1, PRICES[name]) for name in pick))
        base = sum(PRICES[name] for name in pick)
        targets = sorted({0, *_targets(ways, held.subtotal)})
        topped = next((t for t in targets if rule.when.holds(held.with_added((BasketLine("", 1, t),)))), None)
        if topped is None:
            continue
        topped = topped and max(topped, PRICES["a"])  # less than the cheapest product costs cannot be added
        if cheapest is None or base + topped < cheapest:
            cheapest = base + topped
    assert told == cheapest


def _targets(ways, subtotal):
    for way in ways:
        for part in way:
            if "subtotal_at_least" in part:
                whole, rest = part["subtotal_at_least"].split(".")
                yield max(0, int(whole) * 100 + int(rest) - subtotal)
