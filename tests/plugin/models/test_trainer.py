"""Trainings by themselves, each in a real process: done when due, failing, interrupted, and one at a time."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import orjson
import pytest

from api.processes import BELONGS_TO_PARENT
from api.stepping_back import LOCK, memory_of_machine
from plugin.models.trainer import Trainer
from plugin.models.versions import versions
from plugin.training import train
from plugin.worker import Worker
from tests.plugin.models.conftest import Opened, pair_orders

OURS = [sys.executable, "-m", "api.cli"]
TRAIN = [*OURS, "train", "--step-back", "--json", "--shop"]
CHECK = [*OURS, "models", "check", "--step-back", "--json"]
FAILING = [sys.executable, "-c", "import sys; print('Error: no room', file=sys.stderr); sys.exit(1)"]
KILLED = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
ENDLESS = [sys.executable, "-c", "import time; time.sleep(600)"]


class Clock:
    """A clock that is put forward."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(now: float) -> Clock:
    return Clock(now)


@pytest.fixture
def shop(opened: Callable[[], Opened], now: float) -> Opened:
    """A shop that was opened long enough ago, with 30 orders in its log."""
    found = opened()
    found.takes(pair_orders(30, now))
    Worker(found.shops).drain(found.shop_id)
    return found


def trainer(shop: Opened, clock: Clock, command: list[str], **environment: str) -> Trainer:
    settings = shop.shops.store.settings
    further = {"RAPPORT_DATA": str(settings.data), "RAPPORT_SHARDS": "8", BELONGS_TO_PARENT: "1"}
    return Trainer(shop.shops, clock, command, CHECK, {**further, **environment})


def said(shop: Opened) -> dict:
    return shop.shops.view(shop.shop_id, fresh=True).training


def test_a_shop_is_trained_when_due_and_again_when_there_is_news(shop: Opened, clock: Clock) -> None:
    ours, never = trainer(shop, clock, TRAIN), threading.Event()
    assert ours.step(shop.shop_id, never) == "published"
    first = shop.serving
    assert list(versions(shop.shops, shop.shop_id)) == [first]
    assert ours.step(shop.shop_id, never) is None, "it is not due again"
    clock.now += 27 * 3600
    assert ours.step(shop.shop_id, never) is None, "nothing new came in"
    shop.shops.put(
        shop.shop_id, {"settings": shop.shop.settings.changed({"training": {"every_hours": 0}}).to_bytes()}
    )
    clock.now += 24 * 3600 * 300
    assert ours.step(shop.shop_id, never) is None, "the shop does not want to"


def test_failures_are_told_and_tried_again_later(shop: Opened, clock: Clock) -> None:
    never = threading.Event()
    failing = trainer(shop, clock, FAILING)
    assert failing.step(shop.shop_id, never) == "failed"
    assert (said(shop)["detail"], said(shop)["failures"]) == ("no room", 1)
    assert failing.step(shop.shop_id, never) is None, "not at once"
    clock.now += 1000
    assert trainer(shop, clock, KILLED).step(shop.shop_id, never) == "failed"
    assert "SIGKILL" in said(shop)["detail"]
    assert said(shop)["failures"] == 2
    assert shop.serving is None


@pytest.mark.slow
def test_too_little_memory_is_a_failure_that_says_so(shop: Opened, clock: Clock) -> None:
    assert memory_of_machine() > 2**28
    small = trainer(shop, clock, TRAIN, RAPPORT_TRAINING_MEMORY_MB="60")
    assert small.step(shop.shop_id, threading.Event()) == "failed"
    assert said(shop)["failures"] == 1


def test_one_that_is_told_to_stop_leaves_no_process_and_no_trace(shop: Opened, clock: Clock) -> None:
    ours, stop = trainer(shop, clock, ENDLESS), threading.Event()
    thread = threading.Thread(target=ours.step, args=(shop.shop_id, stop))
    thread.start()
    patience = time.monotonic() + 20
    while said(shop).get("outcome") != "running" and time.monotonic() < patience:
        pass
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert said(shop) == {}, "as if it had not begun, so that it is soon done"
    assert children(ENDLESS[-1]) == []


def test_while_another_is_at_work_on_this_machine_nothing_is_trained(shop: Opened, clock: Clock) -> None:
    folder = shop.shops.store.settings.models
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert trainer(shop, clock, TRAIN).step(shop.shop_id, threading.Event()) is None
    assert said(shop) == {}
    assert shop.serving is None


def test_one_whose_worker_died_counts_as_failed(shop: Opened, clock: Clock) -> None:
    shop.shops.put(shop.shop_id, {"training": orjson.dumps({"outcome": "running", "at": clock.now})})
    ours, never = trainer(shop, clock, TRAIN), threading.Event()
    assert ours.step(shop.shop_id, never) is None
    clock.now += 200
    assert ours.step(shop.shop_id, never) == "failed"


@pytest.mark.slow
def test_a_model_that_must_not_serve_is_learned_again_at_once(shop: Opened, clock: Clock, now: float) -> None:
    first = train(shop.shops, shop.shop_id, now=now).version
    [damaged] = (shop.memory.models / first).glob("newest.npy")
    damaged.write_bytes(b"")
    ours, never = trainer(shop, clock, TRAIN), threading.Event()
    assert ours.step(shop.shop_id, never) is None
    ours.look_over(never)
    assert ours.step(shop.shop_id, never) == "published"
    assert shop.serving != first


def children(word: str) -> list[int]:
    """Processes of ours whose command line holds a word."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
    return [int(pid) for pid, parent, told in rows if word in told and int(parent) == os.getpid()]
