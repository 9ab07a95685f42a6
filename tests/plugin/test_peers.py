"""Other libraries' models, run as they are run for a shop: in a process of their own, on the same cases."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from plugin.peers import Peers, installed, questions_of
from recommender.evaluation.cases import basket_cases, discovery_cases
from recommender.evaluation.peers.process import PEERS, Questions, ranked, tuned
from recommender.interactions import Interactions

DAY = 86400.0


@pytest.fixture(scope="module")
def history() -> Interactions:
    """Two circles of shoppers, who buy either a to d or w to z, three products at a time over ten weeks."""
    rng, lines = np.random.default_rng(0), []
    for order in range(240):
        circle = "abcd" if order % 2 else "wxyz"
        for product in rng.choice(list(circle), 3, replace=False):
            lines.append((f"o{order}", f"{circle[0]}{order % 40}", product, (order % 70) * DAY))
    orders, shoppers, products, times = zip(*lines, strict=True)
    return Interactions.from_columns(
        order_ids=orders,
        shopper_ids=shoppers,
        product_ids=products,
        quantities=[1] * len(lines),
        times=times,
    )


def test_implicit_is_at_hand_and_a_missing_library_is_left_out():
    assert {"implicit ALS", "implicit cosine"} <= set(installed())
    assert installed([Path("/usr/bin/false")]) == {}


def test_a_peer_answers_the_cases_and_says_what_it_cost(history):
    past, cases = history.before(60 * DAY), basket_cases(history, 60 * DAY, np.inf, seed=0)
    peers = Peers(only=["implicit cosine"], tune=True)
    plain, best = peers("complements", past, cases, 5)
    assert (plain.method, best.method) == ("implicit cosine, defaults", "implicit cosine, tuned")
    assert best.setting.startswith("K ") or best.setting == "the library's own settings"
    assert 0 < plain.peak_gib < 2
    assert plain.learned_in > 0
    for case, answered in zip(cases, plain.answers, strict=True):
        circle = set(case.given.tolist()) | case.right
        assert not set(answered) & case.barred
        assert answered[0] in circle or min(circle) // 4 == answered[0] // 4, "of the same circle"


def test_who_breaks_off_is_named_and_the_others_go_on(history, tmp_path):
    broken = tmp_path / "python"
    broken.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && exec {sys.executable} "$@"\necho out of luck >&2\nexit 3\n'
    )
    broken.chmod(0o755)
    peers = Peers([broken], only=["implicit cosine"])
    cases = basket_cases(history, 60 * DAY, np.inf, seed=0)
    assert list(peers("complements", history.before(60 * DAY), cases, 5)) == []
    assert peers.failed == {"implicit cosine": "out of luck"}


@pytest.mark.parametrize("name", [name for name, peer in PEERS.items() if peer.library == "implicit"])
def test_each_of_implicits_models_ranks_without_what_is_barred(history, name):
    past, cases = history.before(60 * DAY), discovery_cases(history, 60 * DAY, np.inf)
    asked = questions_of("for-you", past, cases)
    found = ranked(PEERS[name].fit(asked.past, {}, 0), asked, 3)
    assert found.shape == (len(cases), 3)
    for case, answered in zip(cases, found.tolist(), strict=True):
        assert not {row for row in answered if row >= 0} & case.barred


def test_tuning_takes_the_setting_that_foresaw_best(history):
    cases = basket_cases(history, 60 * DAY, np.inf, seed=0)
    asked = questions_of("complements", history.before(60 * DAY), cases)
    seen = []

    def fit(past, settings, seed):
        seen.append(settings)
        knows = settings.get("knows", 0.0)
        return lambda given, rows: knows * asked.right[: given.shape[0]].toarray() + 0.1

    peer = PEERS["implicit cosine"].__class__("made up", "none", fit, ({"knows": 1.0}, {"knows": 0.5}))
    assert tuned(peer, asked, 0) == {"knows": 1.0}
    assert seen == [{}, {"knows": 1.0}, {"knows": 0.5}]


def test_questions_survive_the_file(history, tmp_path):
    cases = basket_cases(history, 60 * DAY, np.inf, seed=0)
    asked = questions_of("complements", history.before(60 * DAY), cases)
    np.savez(tmp_path / "q.npz", **asked.arrays("test"))
    with np.load(tmp_path / "q.npz") as arrays:
        again = Questions.of(arrays, "test")
    for name in ("past", "given", "barred", "right"):
        assert (getattr(again, name) != getattr(asked, name)).nnz == 0
    assert again.rows.tolist() == asked.rows.tolist()
