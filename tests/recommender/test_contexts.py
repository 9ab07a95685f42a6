"""Contexts: found where they were planted, the same again after retraining, leading on to the next."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.cards import Cards
from recommender.contexts import Contexts, Former
from recommender.contexts.company import company, spells
from recommender.contexts.factors import factors, steadiest
from recommender.contexts.identity import numbered
from recommender.interactions import Interactions

DAY = 86400.0
#: What five kinds of people buy together; the mixer is for two of them, and everybody buys the bag.
PLANTED = {
    "bread": ["mixer", "flour", "yeast", "tin", "lame", "cloth"],
    "cakes": ["mixer", "sugar", "cases", "icing", "vanilla", "rack"],
    "garden": ["spade", "gloves", "soil", "seeds", "can", "twine"],
    "letters": ["pen", "ink", "paper", "envelope", "stamp", "wax"],
    "candles": ["wick", "mould", "dye", "scent", "jug", "glass"],
}
PRODUCTS = sorted({each for them in PLANTED.values() for each in them} | {"bag"})


def lines_of(shoppers: int, seed: int = 0) -> list[tuple[str, str, str, float, float]]:
    """Two orders of each shopper, of one kind or two, with the bag in half of them."""
    rng, kinds, found = np.random.default_rng(seed), list(PLANTED), []
    for shopper in range(shoppers):
        kind = PLANTED[kinds[shopper % len(kinds)]]
        day = float(rng.uniform(0, 300))
        for number in range(2):
            picked = [kind[at] for at in rng.choice(6, 4, replace=False)]
            if rng.random() < 0.5:
                picked.append("bag")
            found += [
                (f"o{shopper}-{number}", f"s{shopper}", product, 1.0, (day + 3.0 * number) * DAY)
                for product in picked
            ]
    return found


def history_of(lines: list[tuple[str, str, str, float, float]]) -> Interactions:
    orders, shoppers, products, quantities, times = zip(*lines, strict=True)
    told = Interactions.from_columns(
        order_ids=orders, shopper_ids=shoppers, product_ids=products, quantities=quantities, times=times
    )
    return told.over(tuple(PRODUCTS))


CARDS = Cards.from_columns(PRODUCTS)
AS_OF = 400 * DAY


@pytest.fixture(scope="module")
def contexts() -> Contexts:
    return Contexts().fit(history_of(lines_of(300)), CARDS, as_of=AS_OF)


def told(contexts: Contexts) -> dict[int, list[str]]:
    """The products of each context by its number, the most telling first."""
    return {
        int(number): [PRODUCTS[row] for row in contexts.products(place)[0]]
        for place, number in enumerate(contexts.ids_)
    }


def kind_of(products: list[str]) -> str:
    return max(PLANTED, key=lambda name: len(set(products[:5]) & set(PLANTED[name])))


def number_of(contexts: Contexts, kind: str) -> int:
    return next(number for number, products in told(contexts).items() if kind_of(products) == kind)


def test_what_was_planted_is_found_and_a_product_may_belong_to_two(contexts):
    found = told(contexts)
    assert sorted(kind_of(products) for products in found.values()) == sorted(PLANTED)
    for products in found.values():
        assert set(products[:5]) <= set(PLANTED[kind_of(products)])
    assert sum("mixer" in products[:6] for products in found.values()) == 2


def test_what_everybody_buys_tells_nothing(contexts):
    assert all("bag" not in products[:6] for products in told(contexts).values())


def test_who_bakes_bread_with_the_mixer_is_led_to_cakes_and_not_to_bread(contexts):
    owned = [PRODUCTS.index(each) for each in ("mixer", "flour", "yeast")]
    entries = contexts.entries(np.array(owned), np.zeros(3))
    assert [kind_of(told(contexts)[entry.id]) for entry in entries] == ["cakes"]
    assert [PRODUCTS[row] for row in entries[0].owned] == ["mixer"]
    assert contexts.entered_by(np.array(owned)) == [number_of(contexts, "bread")]


def test_somebody_who_owns_nothing_is_led_nowhere(contexts):
    assert contexts.entries(np.zeros(0, np.int64), np.zeros(0)) == []


def test_a_variant_stands_for_its_group():
    lines = lines_of(300)
    ids = sorted([*PRODUCTS, "mixer-red"])
    groups = ["mixer" if each in ("mixer", "mixer-red") else None for each in ids]
    cards = Cards.from_columns(ids, group_ids=groups)
    contexts = Contexts().fit(history_of(lines).over(tuple(ids)), cards, as_of=AS_OF)
    red, plain = ids.index("mixer-red"), ids.index("mixer")
    np.testing.assert_array_equal(contexts.fits_[red], contexts.fits_[plain])
    assert red not in contexts.listed_
    assert plain in contexts.listed_
    with_red = np.array([red, ids.index("flour")])
    assert len(contexts.entered_by(with_red)) == 1


def test_one_shopper_who_repeats_a_pair_for_ever_makes_no_context():
    lines = lines_of(300)
    odd = ["bag", "pen", "spade", "wick", "flour"]
    lines += [
        (f"x{number}", "loud", each, 1.0, (number / 10 + 1) * DAY) for number in range(200) for each in odd
    ]
    found = told(Contexts(days=0.0).fit(history_of(lines), CARDS, as_of=AS_OF))
    assert all(len(set(products[:5]) & set(odd)) < 3 for products in found.values())


@pytest.mark.parametrize("shoppers", [1, 3, 25])
def test_a_small_shop_has_few_contexts_or_none(shoppers):
    contexts = Contexts().fit(history_of(lines_of(shoppers)), CARDS, as_of=AS_OF)
    assert contexts.fault(len(PRODUCTS)) is None
    assert contexts.count <= 5


def test_products_beyond_those_compared_are_placed_among_the_contexts(contexts):
    few = Contexts(most_products=24).fit(history_of(lines_of(300)), CARDS, as_of=AS_OF)
    for products in told(few).values():
        assert set(products[:4]) <= set(PLANTED[kind_of(products)])
    assert len({product for products in told(few).values() for product in products}) > 24


def test_a_sample_of_shoppers_finds_the_same():
    some = Contexts(most_lines=1_500).fit(history_of(lines_of(600)), CARDS, as_of=AS_OF)
    assert sorted(kind_of(products) for products in told(some).values()) == sorted(PLANTED)
    assert 300 < some.people_.sum() < 900  # counted for all shoppers, not for those that were read


def test_a_context_keeps_its_number_when_it_is_found_again(contexts):
    again = Contexts().fit(
        history_of(lines_of(400, seed=5)), CARDS, as_of=AS_OF, former=contexts.former(tuple(PRODUCTS))
    )
    before = {kind_of(products): number for number, products in told(contexts).items()}
    assert {kind_of(products): number for number, products in told(again).items()} == before
    alone = Contexts().fit(history_of(lines_of(400, seed=5)), CARDS, as_of=AS_OF)
    shuffled = {kind_of(products): number for number, products in told(alone).items()}
    assert shuffled != before, "the control: by themselves they would be numbered otherwise"


def test_a_lost_context_leaves_its_number_unused_and_a_new_one_gets_a_new_one(contexts):
    gone = number_of(contexts, "letters")
    rest = [line for line in lines_of(300) if line[2] not in PLANTED["letters"]]
    lost = Contexts().fit(history_of(rest), CARDS, as_of=AS_OF, former=contexts.former(tuple(PRODUCTS)))
    assert gone not in lost.ids_
    back = Contexts().fit(history_of(lines_of(300)), CARDS, as_of=AS_OF, former=lost.former(tuple(PRODUCTS)))
    assert number_of(back, "letters") >= contexts.next_[0]
    assert set(back.ids_) - {number_of(back, "letters")} == set(contexts.ids_) - {gone}


def test_numbers_survive_another_numbering_of_products():
    weights = np.eye(3, 6, dtype=np.float32)
    former = Former(tuple("abcdef"), np.array([7, 8, 9]), weights.T, 10)
    ids, following = numbered(weights[::-1, ::-1], tuple("fedcba"), former)
    assert ids.tolist() == [9, 8, 7]
    assert following == 10


@settings(max_examples=8, deadline=None)
@given(order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(order):
    lines = lines_of(60)
    straight = Contexts(counts=(4, 5)).fit(history_of(lines), CARDS, as_of=AS_OF).arrays()
    order.shuffle(lines)
    shuffled = Contexts(counts=(4, 5)).fit(history_of(lines), CARDS, as_of=AS_OF).arrays()
    for name, array in straight.items():
        np.testing.assert_array_equal(array, shuffled[name], err_msg=name)


def test_spells_join_what_one_shopper_orders_within_days():
    history = history_of(
        [
            ("o1", "s", "pen", 1.0, 0.0),
            ("o2", "s", "ink", 1.0, 5 * DAY),
            ("o3", "s", "wax", 1.0, 40 * DAY),
            ("o4", "s", "paper", 1.0, 41 * DAY),
            ("o5", "other", "spade", 1.0, 5 * DAY),
        ]
    )
    lines = history.orders
    found = spells(lines, history.parties(), lines.product, len(PRODUCTS), days=7.0, most=10)
    assert [sorted(PRODUCTS[at] for at in row.indices) for row in found.held] == [
        ["ink", "pen"],
        ["paper", "wax"],
    ]


def test_company_is_symmetric_and_leaves_out_what_meets_by_chance():
    history = history_of(lines_of(200))
    lines = history.orders
    held = spells(lines, history.parties(), lines.product, len(PRODUCTS), days=0.0, most=50).held
    near = company(held, least=3, doubt=5, most=50)
    assert abs(near - near.T).max() < 1e-5
    pen, ink, bag, spade = (PRODUCTS.index(each) for each in ("pen", "ink", "bag", "spade"))
    assert near[pen, ink] > 1.0
    assert near[pen, spade] == 0.0
    assert near[pen, bag] < 0.3


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("listed", lambda c: setattr(c, "listed_", c.listed_ + len(PRODUCTS))),
        ("face", lambda c: setattr(c, "face_", c.face_ - len(PRODUCTS))),
        ("ids", lambda c: setattr(c, "ids_", c.ids_ * 0)),
        ("people", lambda c: setattr(c, "people_", c.people_[1:])),
        ("calls", lambda c: setattr(c, "calls_", c.calls_[:, 1:])),
    ],
)
def test_arrays_that_do_not_fit_together_are_found_out(contexts, name, change):
    damaged = Contexts().restore(contexts.arrays())
    assert damaged.fault(len(PRODUCTS)) is None
    change(damaged)
    assert damaged.fault(len(PRODUCTS))[0] == name


def test_nothing_in_company_makes_no_context():
    from scipy import sparse

    nothing = sparse.csr_matrix((5, 5), dtype=np.float32)
    assert factors(nothing, 3).shape == (0, 5)
    assert steadiest([nothing, nothing], [1, 2]) == 1
