"""What a training works with; that a GPU which is not there is said, and costs nothing but that."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from plugin.errors import Refused
from plugin.models.means import MOST_THREADS, means_here
from plugin.models.versions import load_version
from plugin.settings import Settings
from plugin.training import train
from recommender.machine import CPU, GPU, has_gpu
from recommender.tastes import Tastes
from tests.plugin.models.conftest import Opened, pair_orders

without_gpu = pytest.mark.skipif(has_gpu(), reason="says what happens where there is no GPU")


def test_without_a_word_factors_are_learned_on_the_cpu_by_as_many_threads_as_may_run() -> None:
    means = means_here(Settings.from_environment({}).device)
    assert means.device == CPU
    assert means.note is None
    assert 1 <= means.threads <= MOST_THREADS
    assert means_here(CPU, 1).threads == 1


@pytest.mark.parametrize("word", ["cuda", "GPU", "0"])
def test_a_device_that_is_none_is_refused_by_name(word: str) -> None:
    with pytest.raises(Refused, match=f"RAPPORT_DEVICE is '{word}'; it must be one of cpu, gpu"):
        Settings.from_environment({"RAPPORT_DEVICE": word})


@without_gpu
def test_a_gpu_that_is_not_there_is_told_and_the_cpu_learns_the_same(
    opened: Callable[[], Opened],
    now: float,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = opened()
    shop.takes(pair_orders(60, now))
    plain = train(shop.shops, shop.shop_id, now=now, judging=False)
    assert (plain.device, plain.note) == (CPU, None)
    wanted = Settings.from_environment({"RAPPORT_DEVICE": "gpu"}).device
    monkeypatch.setattr(shop.shops.store, "settings", replace(shop.shops.store.settings, device=wanted))
    with caplog.at_level(logging.WARNING, logger="plugin.models.means"):
        report = train(shop.shops, shop.shop_id, now=now, judging=False)
    assert report.device == CPU
    assert "no GPU here" in str(report.note)
    assert [record.getMessage() for record in caplog.records if record.name == "plugin.models.means"] == [
        report.note
    ]
    assert report.published
    one, other = (load_version(shop.shops, shop.shop_id, each.version) for each in (plain, report))
    np.testing.assert_array_equal(one.parts.tastes.factors_, other.parts.tastes.factors_)


@without_gpu
def test_nothing_pretends_to_have_learned_on_a_gpu() -> None:
    bought = sparse.csr_matrix(np.ones((3, 3), np.float32))
    with pytest.raises(ValueError, match="GPU"):
        Tastes(device=GPU, factors=2)._factorise(bought, 2.0, 1.0)
