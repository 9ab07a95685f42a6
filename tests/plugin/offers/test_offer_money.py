"""Whatever the rules and the basket: sums are exact, floors hold, and order makes no difference."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from small_occasions import PRODUCTS, occasion, offer

from plugin.catalog import Product
from plugin.offers.evaluate import evaluate
from plugin.offers.price import offer_for, quote
from plugin.offers.sharing import half_up, shared

NAMES = [product.product_id for product in PRODUCTS]
CATEGORIES = ["coffee", "Food", "Kitchen > Mugs", "tea"]

amounts = st.integers(1, 9000).map(lambda minor: f"{minor // 100}.{minor % 100:02d}")
percents = st.integers(1, 1000).map(lambda tenths: tenths / 10)
scopes = st.one_of(
    st.just({}),
    st.sampled_from(CATEGORIES).map(lambda held: {"category": held}),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(lambda held: {"products": held}),
)
certain = scopes.filter(bool)
benefits = st.one_of(
    st.builds(lambda p, s: {"percent_off": {"percent": p, **s}}, percents, scopes),
    st.builds(lambda p, s, m: {"percent_off": {"percent": p, "at_most": m, **s}}, percents, scopes, amounts),
    st.builds(lambda a, s: {"amount_off": {"amount": a, **s}}, amounts, scopes),
    st.builds(lambda n, a: {"fixed_price": {"product_id": n, "price": a}}, st.sampled_from(NAMES), amounts),
    st.builds(
        lambda n, q: {"free_product": {"product_id": n, "quantity": q}},
        st.sampled_from(NAMES),
        st.integers(1, 3),
    ),
    st.builds(
        lambda b, g, x, y, p: {
            "buy_x_get_y": {"buy": {**b, "quantity": x}, "get": {**g, "quantity": y, "percent": p}}
        },
        certain,
        certain,
        st.integers(1, 3),
        st.integers(1, 3),
        percents,
    ),
    st.just({"free_shipping": {}}),
)
rules = st.lists(
    st.tuples(
        benefits,
        st.sampled_from([None, "g", "h"]),
        st.sampled_from(["stack", "best", "exclusive"]),
        st.integers(0, 2),
    ),
    max_size=7,
).map(
    lambda held: [
        offer(f"o{number}", gives=gives, group=group, combine=combine, priority=priority, holdout=0)
        for number, (gives, group, combine, priority) in enumerate(held)
    ]
)
baskets = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(1, 9), st.integers(0, 5000)), min_size=0, max_size=6
)


@settings(max_examples=150, deadline=None)
@given(rules, baskets, st.randoms(use_true_random=False))
def test_the_order_in_which_offers_are_given_makes_no_difference(rules, basket, random):
    at = occasion(basket)
    shuffled = list(rules)
    random.shuffle(shuffled)
    assert evaluate(rules, at) == evaluate(shuffled, at)


@settings(max_examples=150, deadline=None)
@given(rules, st.sampled_from(PRODUCTS))
def test_a_card_says_the_price_that_a_basket_with_that_offer_alone_comes_to(rules, product):
    at = occasion([])
    card = offer_for(product, evaluate(rules, at), at)
    if card is not None:
        one = occasion([(product.product_id, 1, product.price_now)])
        assert quote([card.verdict.offer], one).total == card.price < card.before


@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 50)), min_size=1, max_size=8),
)
def test_shares_add_up_and_stay_within_a_unit_of_their_proportion(total, lines):
    wished = [Fraction(wish * percent, 100) for wish, percent in lines]
    most = [wish for wish, _ in lines]
    total = min(total, half_up(sum(wished)))
    parts = shared(total, wished, most)
    assert sum(parts) == total
    assert all(0 <= part <= limit for part, limit in zip(parts, most, strict=True))
    if sum(wished):
        exact = [wish * total / sum(wished) for wish in wished]
        assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


def most_got(buy, get, bought, meant, pieces):
    """By trying every count of sets."""
    only_bought = sum(n for n, b, g in zip(pieces, bought, meant, strict=True) if b and not g)
    only_got = sum(n for n, b, g in zip(pieces, bought, meant, strict=True) if g and not b)
    either = sum(n for n, b, g in zip(pieces, bought, meant, strict=True) if b and g)
    best = 0
    for sets in range((only_bought + either) // buy + 1):
        left = only_got + either - max(0, sets * buy - only_bought)
        best = max(best, min(sets * get, left))
    return best


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.booleans()), min_size=1, max_size=5),
)
def test_as_many_are_got_as_any_count_of_sets_would_give(buy, get, lines):
    ids = [f"p{number}" for number in range(len(lines))]
    products = tuple(Product(name) for name in ids)
    bought = [name for name, held in zip(ids, lines, strict=True) if held[1]]
    meant = [name for name, held in zip(ids, lines, strict=True) if held[2]]
    gives = {
        "buy_x_get_y": {
            "buy": {"products": bought or ["none"], "quantity": buy},
            "get": {"products": meant or ["none"], "quantity": get},
        }
    }
    basket = [(name, held[0], 100) for name, held in zip(ids, lines, strict=True)]
    at = occasion(basket, products=products, largest_discount=100)
    expected = most_got(buy, get, [h[1] for h in lines], [h[2] for h in lines], [h[0] for h in lines])
    assert quote([offer(gives=gives)], at).total == at.subtotal - 100 * expected


def test_a_card_shows_the_larger_saving_and_nothing_that_needs_a_basket():
    by_id = {product.product_id: product for product in PRODUCTS}
    offers = [
        offer("ten", gives={"percent_off": {"percent": 10}}),
        offer("two", gives={"amount_off": {"amount": "2.00", "products": ["mug"]}}),
        offer("whole-basket", gives={"amount_off": {"amount": "4.00"}}),
    ]
    at = occasion([])
    verdicts = evaluate(offers, at)
    mug, pan = (offer_for(by_id[name], verdicts, at) for name in ("mug", "pan"))
    assert (mug.verdict.offer_id, mug.price) == ("two", 300)
    assert (pan.verdict.offer_id, pan.before, pan.price) == ("ten", 3000, 2700)
    assert offer_for(Product("unpriced"), verdicts, at) is None
