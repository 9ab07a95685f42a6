"""What the shop's past says beyond the published models: kept where better, never from the future."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from recommender.worth.foresight import Foresight
from recommender.worth.learned import FEATURES, FEWEST_TO_LEARN_FROM, Learned, features
from recommender.worth.purchases import Models, Purchases, seen_at

NOW, AHEAD = 600.0, 100.0


def planted(buyers: int = 600) -> Purchases:
    """A shop BG/NBD is wrong about: half buy every forty days for ever, half thrice in ten days, once."""
    random = np.random.default_rng(7)
    rows = []
    for who in range(buyers):
        begins = random.uniform(0, 650)
        if who % 2:
            days = begins + np.cumsum(random.normal(40, 2, 25))
        else:
            days = begins + np.array([0.0, 5.0, 10.0])
        rows += [(who, day, random.gamma(4, 5)) for day in days if day < NOW + AHEAD]
    return Purchases.of(*np.array(rows).T, buyers=buyers)


@pytest.fixture(scope="module")
def shop() -> Purchases:
    return planted()


@pytest.fixture(scope="module")
def foresight(shop: Purchases) -> Foresight:
    found = Foresight.of(shop.within(-np.inf, NOW), NOW, AHEAD)
    assert found is not None
    return found


def test_where_the_published_model_is_wrong_it_is_put_right(shop: Purchases, foresight: Foresight):
    judged = foresight.learned.judged_
    assert judged["learned"] < judged["bg_nbd"]
    rows, seen = seen_at(shop, NOW, AHEAD)
    after = shop.within(NOW, NOW + AHEAD)
    came, brought = after.counts()[rows], after.sums()[rows]
    plain = foresight.models.orders(seen, AHEAD)
    assert np.mean((foresight.orders(seen) - came) ** 2) < 0.9 * np.mean((plain - came) ** 2)
    plain_rank = spearmanr(plain * foresight.models.mean(seen), brought).statistic
    assert spearmanr(foresight.rank_score(seen), brought).statistic > plain_rank


def test_what_comes_later_teaches_nothing(shop: Purchases, foresight: Foresight):
    again = Foresight.of(shop, NOW, AHEAD)
    assert again is not None
    assert again.to_document() == foresight.to_document()
    # The control: what came before does.
    other = Foresight.of(replace(shop, spent=shop.spent * np.arange(len(shop.spent))), NOW, AHEAD)
    assert other is not None
    assert other.to_document() != foresight.to_document()


def test_it_is_read_back_as_it_was_written(shop: Purchases, foresight: Foresight):
    again = Foresight.from_document(json.loads(json.dumps(foresight.to_document())))
    _, seen = seen_at(shop, NOW, AHEAD)
    np.testing.assert_array_equal(again.orders(seen), foresight.orders(seen))
    np.testing.assert_array_equal(again.rank_score(seen), foresight.rank_score(seen))
    damaged = foresight.to_document()
    damaged["trees"]["feature"][0][0] = FEATURES
    with pytest.raises(ValueError, match="feature"):
        Foresight.from_document(damaged)


def test_the_features_do_not_know_the_currency(shop: Purchases, foresight: Foresight):
    pence = replace(shop, spent=shop.spent * 100)
    _, paid = seen_at(pence, NOW, AHEAD)
    other = Models.learned(paid)
    assert other is not None
    ours = features(seen_at(shop, NOW, AHEAD)[1], foresight.models, AHEAD)
    theirs = features(paid, other, AHEAD)
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


def test_a_small_shop_keeps_to_the_published_models():
    small = planted(FEWEST_TO_LEARN_FROM - 1)
    learned = Learned(AHEAD).fit(small, NOW)
    assert (learned.trees_, learned.ranker_, learned.judged_) == (None, None, {})
