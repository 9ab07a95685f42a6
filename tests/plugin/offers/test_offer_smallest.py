"""The smallest change that unlocks, held against trying everything, over any rule of all, any and not.

What is smallest: the lowest tier to climb to, then the fewest further orders, then the least to spend in
them, then the least money in this basket (`plugin.offers.smallest`). Everything tried is put together here
from scratch, without the code that works changes out.
"""

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_occasions import occasion, offer

from plugin.catalog import Product
from plugin.offers.evaluate import evaluate
from plugin.offers.occasion import BasketLine
from plugin.offers.verdict import ALMOST, GRANTED, REFUSED
from plugin.ownership import Figures

SHELF = (
    Product("a", price=100, category="X > Y", brand="Acme"),
    Product("b", price=250, category="X", brand="Acme"),
    Product("c", price=700, category="Z"),
    Product("d", price=300, category="Z > Y", brand="Acme"),
    Product("gone", price=10, category="X", availability="out_of_stock"),
)
PRICES = {held.product_id: held.price for held in SHELF}
FOR_SALE = "abcd"
CHEAPEST = 100
OTHER = "another"  # something the rules do not speak of, at any price from the cheapest on
TIERS = ("bronze", "silver", "gold")
MOST_PIECES, MOST_OTHERS, MOST_ORDERS = 4, 3, 3

amounts = st.sampled_from([150, 400, 650, 1000, 1300])
baskets = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 2)), max_size=2)


def money(minor):
    return f"{minor // 100}.{minor % 100:02d}"


goods = st.one_of(
    st.sampled_from([*FOR_SALE, "gone"]).map(lambda name: {"product_id": name}),
    st.sampled_from(["X", "Y", "Z", "X > Y"]).map(lambda name: {"category": name}),
    st.sampled_from(
        [{"brand": {"is": "acme"}}, {"price": {"at_least": "2.50"}}, {"not": {"category": {"is": "Y"}}}]
    ).map(lambda where: {"where": where}),
)
in_basket = st.one_of(
    amounts.map(lambda minor: {"subtotal_at_least": money(minor)}),
    st.integers(1, 4).map(lambda count: {"quantity_at_least": count}),
    st.integers(1, 3).map(lambda count: {"lines_at_least": count}),
    st.builds(lambda held, count: {"contains": {**held, "quantity": count}}, goods, st.integers(1, 2)),
    st.builds(lambda minor, held: {"subtotal_at_least": money(minor), "contains": held}, amounts, goods),
).map(lambda asked: {"basket": asked})
by_history = st.one_of(
    st.sampled_from(TIERS).map(lambda tier: {"tier": {"at_least": tier}}),
    st.sampled_from(TIERS).map(lambda tier: {"tier": {"is": tier}}),
    st.integers(1, 4).map(lambda count: {"bought": {"product_id": "a", "at_least": count}}),
    st.integers(1, 2).map(lambda count: {"bought": {"category": "Z", "at_least": count}}),
    st.builds(
        lambda low, more: {"order_count": {"at_least": low, "at_most": low + more}},
        st.integers(0, 4),
        st.integers(0, 2),
    ),
    st.sampled_from([300, 900]).map(lambda minor: {"spent": {"at_least": money(minor)}}),
    st.just({"first_order": {}}),
    st.just({"win_back": {"quiet_days_at_least": 20}}),
    st.just({"channel": {"is": "web"}}),
    amounts.map(lambda minor: {"basket": {"subtotal_at_least": money(minor)}}),
    st.just({"basket": {"contains": "b"}}),
)


def rules_of(leaves):
    """Any rule of these: all, any and not, up to three deep."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        ),
        max_leaves=5,
    )


@dataclass(frozen=True)
class Deed:
    """One thing a shopper might do: pieces, others at a sum, orders (with `a` in some), spending, a tier."""

    pieces: tuple[str, ...] = ()
    others: int = 0
    other_names: int = 0
    other_money: int = 0
    orders: int = 0
    with_a: int = 0
    spend: int = 0
    tier: int = 0

    @property
    def measure(self):
        cost = sum(PRICES[name] for name in self.pieces) + self.other_money
        return (self.tier, self.orders, self.spend, False, cost)


def purses(at, deed_pieces, targets):
    """The sums that others might come to: as cheap as can be, or just what an amount asks for."""
    base = at.subtotal + sum(PRICES[name] for name in deed_pieces)
    return sorted({0, *(target - base for target in targets if target > base)})


def in_the_basket(at, targets):
    for count in range(MOST_PIECES + 1):
        for pieces in combinations_with_replacement(FOR_SALE, count):
            yield Deed(pieces)
            for others in range(1, MOST_OTHERS + 1):
                for minor in {max(others * CHEAPEST, sum_) for sum_ in purses(at, pieces, targets)}:
                    for names in range(1, others + 1):
                        yield Deed(pieces, others, names, minor)


def with_orders(at):
    """Orders, spending and climbing, beside nothing or one small thing in the basket."""
    height = TIERS.index(at.place.tier)
    for tier, orders, spend in product(range(height, 3), range(MOST_ORDERS + 1), (0, 300, 900)):
        more = max(0, spend - at.figures.spent)
        if (spend and not more) or (more and not orders):
            continue
        for with_a in range(orders + 1):
            for pieces in ((), ("b",)):
                for sum_ in purses(at, pieces, (150, 400, 650, 1000, 1300)):
                    minor = sum_ and max(sum_, CHEAPEST)
                    climbed = tier if tier > height else 0
                    yield Deed(pieces, bool(minor), bool(minor), minor, orders, with_a, more, climbed)


def done(at, deed):
    """The occasion after it."""
    lines = [BasketLine(name, 1, PRICES[name]) for name in deed.pieces]
    each, rest = divmod(deed.other_money, deed.others) if deed.others else (0, 0)
    for number in range(deed.others):
        name = f"{OTHER} {min(number, deed.other_names - 1)}"
        lines.append(BasketLine(name, 1, each + (rest if number == 0 else 0)))
    then = replace(at, basket=at.basket + tuple(lines))
    if deed.tier:
        then = replace(then, place=replace(at.place, tier=TIERS[deed.tier]))
    if deed.orders:
        before, held = at.figures, at.owned.get("a")
        owned = dict(at.owned)
        if deed.with_a:
            dates = tuple(at.now + number for number in range(deed.with_a))
            owned["a"] = replace(
                held, times=held.times + deed.with_a, last_at=at.now, purchases=dates + held.purchases
            )
        figures = Figures(before.orders + deed.orders, before.spent + deed.spend, before.first_at, at.now)
        then = replace(then, owned=owned, figures=figures)
    return then


def least_that_does(rule, at, deeds):
    """How much the smallest deed asks after which the rule holds, by trying every one; None for none."""
    in_order = sorted(deeds, key=lambda deed: deed.measure)
    return next((deed.measure for deed in in_order if rule.when.holds(done(at, deed))), None)


def no_smaller_change_of_the_basket_does(when, basket):
    at = occasion(basket, products=SHELF)
    rule = offer(when=when, holdout=0)
    verdict = evaluate([rule], at)[0]
    tried = least_that_does(rule, at, in_the_basket(at, (150, 400, 650, 1000, 1300)))
    if verdict.verdict == GRANTED:
        assert tried == Deed().measure
    elif verdict.verdict == REFUSED:
        assert tried is None
    elif verdict.plan.pieces <= MOST_PIECES:
        assert verdict.plan.measure == tried
    else:
        assert tried is None or verdict.plan.measure <= tried, "it takes more pieces than were tried"


def no_smaller_change_does_where_orders_and_tiers_count(when, tier, orders, spent, basket):
    at = occasion(
        basket,
        products=SHELF,
        tier=tier,
        owned={"a": [30.0 * n for n in range(1, orders + 1)]},
        orders=orders,
    )
    last = at.now - 30 * 86_400
    at = replace(at, figures=Figures(orders, spent, at.now - orders * 30 * 86_400, last))
    rule = offer(when=when, holdout=0)
    verdict = evaluate([rule], at)[0]
    tried = least_that_does(rule, at, with_orders(at))
    if verdict.verdict == GRANTED:
        assert tried == Deed().measure
    elif verdict.verdict == REFUSED:
        assert tried is None
    elif tried is not None:
        assert verdict.plan.measure == tried
    else:
        change = verdict.plan.change
        assert change.further_orders > MOST_ORDERS


def told_deeds(step, steps):
    """Every way to do what one step says: with whatever fits, where it leaves that open.

    An amount beside a number of other pieces is what these come to.
    """
    missing = step.missing
    amount = next((other.missing["amount"] for other in steps if other.kind == "subtotal"), 0)
    if step.kind == "subtotal":
        pieces = any(other.kind == "quantity" for other in steps)
        return [[] if pieces else [BasketLine(f"{OTHER} sum", 1, amount)]]
    if step.kind == "quantity":
        names, count = missing.get("different", 1), missing["quantity"]
        last = max(CHEAPEST, amount - (count - 1) * CHEAPEST)
        prices = [CHEAPEST] * (count - 1) + [last]
        return [[BasketLine(f"{OTHER} {min(n, names - 1)}", 1, price) for n, price in enumerate(prices)]]
    if "product_id" in missing:
        return [[BasketLine(missing["product_id"], missing["quantity"], PRICES[missing["product_id"]])]]
    if "category" in missing:
        fits = [held for held in SHELF if held.sellable and held.in_category(missing["category"])]
    else:
        where = offer(when={"basket": {"contains": {"where": missing["where"]}}}).when.contains[0].where
        fits = [held for held in SHELF if held.sellable and where.condition.holds(held)]
    return [[BasketLine(held.product_id, missing["quantity"], held.price)] for held in fits]


def what_is_told_really_unlocks_whichever_way_it_is_done(rules, basket):
    """Whatever is added of what a step leaves open, the offer is granted, among all others of its group."""
    offers = [
        offer(
            f"o{number}", when=when, group=group, combine=combine, priority=priority, holdout=0,
            gives={"percent_off": {"percent": percent}},
        )
        for number, (when, group, combine, priority, percent) in enumerate(rules)
    ]  # fmt: skip
    at = occasion(basket, products=SHELF, largest_discount=100)
    for verdict in evaluate(offers, at):
        if verdict.verdict != ALMOST:
            assert verdict.unlock is None
            continue
        steps = (verdict.unlock, *verdict.unlock.also)
        for lines in product(*(told_deeds(step, steps) for step in steps)):
            then = replace(at, basket=at.basket + tuple(line for held in lines for line in held))
            alone = next(v for v in evaluate([verdict.offer], then))
            assert alone.verdict == GRANTED
        chosen = replace(at, basket=at.basket + tuple(line for held in cheapest(steps) for line in held))
        after = {v.offer_id: v for v in evaluate(offers, chosen)}
        assert after[verdict.offer_id].verdict == GRANTED, "and no other of its group takes its place"


def cheapest(steps):
    """The lines that do what the steps say, each as cheaply as can be."""
    return [
        min(told_deeds(step, steps), key=lambda lines: sum(li.unit_price * li.quantity for li in lines))
        for step in steps
    ]


some = rules_of(in_basket)
several = st.lists(
    st.tuples(
        some,
        st.sampled_from([None, "g"]),
        st.sampled_from(["stack", "best", "exclusive"]),
        st.integers(0, 1),
        st.sampled_from([5, 10, 20]),
    ),
    min_size=1,
    max_size=3,
)
PROOFS = {
    no_smaller_change_of_the_basket_does: (some, baskets),
    no_smaller_change_does_where_orders_and_tiers_count: (
        rules_of(by_history), st.sampled_from(TIERS), st.integers(1, 3), st.sampled_from([100, 500]), baskets,
    ),
    what_is_told_really_unlocks_whichever_way_it_is_done: (several, baskets),
}  # fmt: skip


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.__name__)
def test_for_any_rule(proof):
    settings(max_examples=60, deadline=None)(given(*PROOFS[proof])(proof))()


@pytest.mark.slow
@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.__name__)
def test_for_very_many_rules(proof):
    settings(max_examples=1500, deadline=None)(given(*PROOFS[proof])(proof))()
