"""A training that is killed leaves the old model serving, and nothing half made that is listed or stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from plugin.models.versions import UNFINISHED, versions
from plugin.training import train
from recommender.model import Model
from tests.conftest import ROOT
from tests.plugin.models.conftest import Opened, pair_orders

# What it was doing: the files being written, all written without a name, named and not yet in service, in
# service and not yet tidied up.
STEPS = ("writing", "naming", "publishing", "standing")


def killed(shop: Opened, *steps: str) -> list[dict[str, Any]]:
    """Kill a training at each of some steps, one after the other; return what was seen after each."""
    settings = shop.shops.store.settings
    environment = {**os.environ, "RAPPORT_DATA": str(settings.data), "RAPPORT_SHARDS": "8"}
    environment.pop("REDIS_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.plugin.models.killing", shop.shop_id, *steps],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["ended"] for each in seen] == [-signal.SIGKILL] * len(steps), done.stderr
    return seen


def test_a_killed_training_leaves_the_old_model_serving(opened: Callable[[], Opened], now: float) -> None:
    shop = opened()
    shop.takes(pair_orders(30, now))
    first = train(shop.shops, shop.shop_id, now=now).version
    writing, naming, publishing, standing = killed(shop, *STEPS)
    for seen in (writing, naming):
        assert (seen["serving"], seen["whole"]) == (first, {first: True}), "nothing half made is listed"
    assert naming["half"] == 1, "the control: there was something half made to be listed"
    assert publishing["serving"] == first
    assert list(publishing["whole"].values()) == [True, True], "whole, with its report, and not in service"
    assert standing["serving"] not in (first, None)
    assert list(standing["whole"].values()) == [True] * 3
    model = Model.load(shop.memory.models / standing["serving"], owner=shop.shop_id)
    assert model.version == standing["serving"]
    last = train(shop.shops, shop.shop_id, now=now + 60)
    assert shop.serving == last.version
    assert [path for path in (shop.memory.models / UNFINISHED).iterdir() if path.is_dir()] == []
    reports = {path.name.removesuffix(".report.json") for path in shop.memory.models.glob("*.report.json")}
    assert reports == set(versions(shop.shops, shop.shop_id))
