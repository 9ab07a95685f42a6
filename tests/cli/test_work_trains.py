"""`rapport serve` trains by itself what is due, serves meanwhile, and takes a training along when it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import opened
from plugin.worker import Worker
from tests.conftest import free_port, start_service, stop
from tests.plugin.models.conftest import Opened, pair_orders
from tests.test_demo import processes_of

pytestmark = pytest.mark.slow
WITHIN_S = 120.0


def soon(holds: Callable[[], bool]) -> bool:
    """Whether something happens within two minutes."""
    patience = time.monotonic() + WITHIN_S
    while time.monotonic() < patience:
        if holds():
            return True
        time.sleep(0.05)
    return False


def training(data: Path) -> list[int]:
    """The numbers of the processes that train with this data folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            ours = f"RAPPORT_DATA={data}".encode() in (folder / "environ").read_bytes()
            if ours and b"train\0--step-back" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def nice_of(pids: list[int]) -> list[int]:
    """How far processes step back, of those that are still there."""
    found = []
    for pid in pids:
        with suppress(OSError):
            found.append(os.getpriority(os.PRIO_PROCESS, pid))
    return found


def test_the_service_trains_serves_meanwhile_and_leaves_nothing_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with opened(Settings(data=data, shards=8)) as store:
        shops = [Opened(Merchant(Shops(store), time.time), time.time()) for _ in range(2)]
        for shop in shops:
            shop.takes(pair_orders(200, time.time()))
            Worker(shop.shops).drain(shop.shop_id)
    environment = {**os.environ, "RAPPORT_DATA": str(data), "RAPPORT_SHARDS": "8", "RAPPORT_TRAINING": "on"}
    environment.pop("REDIS_URL", None)
    port = free_port()
    service = start_service(environment, port)
    url = f"http://127.0.0.1:{port}/v1/recommendations"
    asked = {"kind": "complements", "product": "a1"}
    answers: list[dict] = []

    def served(shop: Opened) -> bool:
        headers = {"Authorization": f"Bearer {shop.shop.secret_key}"}
        answers.append(requests.get(url, params=asked, headers=headers, timeout=30).json())
        assert answers[-1]["products"]
        return answers[-1]["model_version"] is not None

    try:
        assert soon(lambda: bool(training(data))), "a shop that is due is trained"
        assert soon(lambda: nice_of(training(data)) == [19]), "it steps back"
        assert soon(lambda: served(min(shops, key=lambda shop: shop.shop_id)))
        assert answers[-1]["products"][0]["product_id"] == "b1"
        assert len(answers) > 1, "it was served while it was trained"
        assert soon(lambda: bool(training(data))), "the other shop comes after it"
        assert len(training(data)) == 1
    finally:
        stop(service)
    assert soon(lambda: not processes_of(data)), "the training ends with the service"
