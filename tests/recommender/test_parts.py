"""Tastes, likeness, trending, looks and rhythm, each on a shop whose answer is known."""

from __future__ import annotations

import implicit
import numpy as np
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.also_viewed import AlsoViewed
from recommender.asked import log_gaps
from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.likeness import Likeness
from recommender.liking import liking
from recommender.question import Bought
from recommender.tastes import Tastes
from recommender.trending import Trending

DAY = 86400.0


def orders(*lines: tuple[str | None, float, str]) -> Interactions:
    """One order per line: shopper, day, product."""
    shoppers, days, products = zip(*lines, strict=True)
    return Interactions.from_columns(
        order_ids=[f"o{row}" for row in range(len(lines))],
        shopper_ids=shoppers,
        product_ids=products,
        quantities=[1] * len(lines),
        times=[day * DAY for day in days],
    )


def blank(history: Interactions) -> Cards:
    return Cards.from_columns(history.product_ids)


def test_folding_in_a_shopper_is_what_implicit_does_for_one_it_trained_on(history, cards, now):
    tastes = Tastes(factors=8, iterations=5).fit(history, blank(history), as_of=now)
    bought = liking(history, as_of=now)
    confidence, regularization = tastes.balance(bought)
    model = implicit.cpu.als.AlternatingLeastSquares(
        factors=8,
        regularization=regularization,
        alpha=confidence,
        iterations=5,
        random_state=0,
        num_threads=1,
    )
    with threadpool_limits(1):
        model.fit(bought, show_progress=False)
    for shopper in (0, 7, 30):
        row = bought[shopper]
        theirs = model.recalculate_user(0, sparse.csr_matrix(row))
        ours = tastes.fold_in(row.indices, row.data)
        np.testing.assert_allclose(ours, np.ravel(theirs), atol=1e-3)


def test_nobody_has_no_taste(history, now):
    tastes = Tastes(factors=4).fit(history, blank(history), as_of=now)
    assert not tastes.fold_in(np.zeros(0, np.int64), np.zeros(0)).any()


def test_words_categories_and_prices_make_products_alike():
    cards = Cards.from_columns(
        ["a", "b", "c", "d"],
        names=["Claw hammer", "Heavy claw hammer", "Soft teddy bear", ""],
        categories=["Tools > Hand", "Tools > Hand", "Toys", None],
        prices=[20.0, 30.0, 10.0, None],
    )
    alike = Likeness().fit(Interactions.from_columns().over(cards.product_ids), cards, as_of=0.0).alike_
    assert alike.products[alike.starts[0] : alike.starts[1]].tolist() == [1]
    assert alike.starts[3] == alike.starts[4]
    assert np.all((alike.scores > 0) & (alike.scores <= 1.0 + 1e-6))


def test_what_rises_comes_before_what_always_sells():
    steady = [(f"s{day}{n}", float(day), "steady") for day in range(100) for n in range(3)]
    rising = [(f"r{day}{n}", float(day), "rising") for day in range(94, 100) for n in range(3)]
    gone = [(f"g{day}{n}", float(day), "gone") for day in range(40) for n in range(9)]
    history = orders(*steady, *rising, *gone)
    trending = Trending().fit(history, blank(history), as_of=200 * DAY)
    assert [history.product_ids[row] for row in trending.risen_] == ["rising", "steady"]
    assert trending.buyers_[history.product_ids.index("gone")] == 0


def test_one_shopper_buying_all_day_long_is_one_buyer():
    history = orders(*[("bot", 10.0 + hour / 100, "pushed") for hour in range(50)], ("eve", 10.0, "real"))
    trending = Trending().fit(history, blank(history), as_of=20 * DAY)
    assert trending.buyers_.tolist() == [1, 1]
    assert np.ptp(trending.sales_[:, 0]) == 0.0


def test_looks_have_a_direction():
    visits = [f"v{row}" for row in range(30)]
    history = Interactions.from_columns(
        view_visits=np.repeat(visits, 2).tolist() + [f"w{row}" for row in range(60)],
        view_shoppers=[None] * 120,
        view_products=["list", "detail"] * 30 + ["x", "y"] * 30,
        view_times=np.arange(120.0).tolist(),
    )
    lists = AlsoViewed().fit(history, blank(history), as_of=1e9).viewed_next_
    detail, first = history.product_ids.index("detail"), history.product_ids.index("list")
    assert lists.products[lists.starts[first] : lists.starts[first + 1]].tolist() == [detail]
    assert lists.counts[lists.starts[first]] == 30
    assert lists.starts[detail] == lists.starts[detail + 1]


def test_gaps_come_from_the_moments_or_evenly_between_first_and_last():
    moments = tuple(day * DAY for day in (60.0, 30.0, 0.0))
    assert log_gaps(Bought("x", 3, 3.0, 0.0, 60 * DAY, moments)) == (2, pytest.approx(np.log(30)))
    assert log_gaps(Bought("x", 3, 3.0, 0.0, 60 * DAY)) == (2, pytest.approx(np.log(30)))
    assert log_gaps(Bought("x", 2, 2.0, 0.0, 60.0, (60.0, 0.0))) == (0, 0.0)
    assert log_gaps(Bought("x", 1, 1.0, 0.0, 0.0)) == (0, 0.0)
