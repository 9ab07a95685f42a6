"""A request killed at work: refused while its lease runs, carried out anew after it (G13)."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import Store, open_store
from tests.conftest import free_port, start_service, stop
from tests.proofs.killing import Victims

LINES = b"\n".join(b'{"product_id": "p%d", "price": "1.00"}' % n for n in range(10_000))
ROUNDS = 3


@pytest.mark.slow
def test_a_killed_request_frees_its_key_when_its_lease_ends(tmp_path: Path) -> None:
    environment = {**os.environ, "RAPPORT_DATA": str(tmp_path), "RAPPORT_SHARDS": "8"}
    environment.pop("REDIS_URL", None)
    store, port = open_store(Settings(data=tmp_path, shards=8)), free_port()
    process = start_service(environment, port, "--no-work", "--workers", "2")
    try:
        for number in range(ROUNDS):
            _killed_once(store, Victims(tmp_path, process), f"http://127.0.0.1:{port}", f"key-{number}")
    finally:
        stop(process)
        store.close()


def _killed_once(store: Store, victims: Victims, url: str, name: str) -> None:
    shop = Merchant(Shops(store), time.time).open_shop("Killed", {"currency": "EUR"})
    shop_id = shop.settings.shop_id

    def sent() -> requests.Response | None:
        """The request again and again until somebody answers it."""
        headers = {
            "Authorization": f"Bearer {shop.secret_key}",
            "Idempotency-Key": name,
            "Content-Type": "application/x-ndjson",
        }
        try:
            return requests.post(f"{url}/v1/products", data=LINES, headers=headers, timeout=60)
        except requests.ConnectionError:
            return None

    def answered() -> requests.Response:
        patience = time.monotonic() + 60
        while (answer := sent()) is None:
            assert time.monotonic() < patience
        return answer

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(sent)
        patience = time.monotonic() + 60
        while not (begun := list(store.connection.scan(f"{{{shop_id}:*:once:*"))):
            assert time.monotonic() < patience
        while victims.kill("web") and victims.kill("web") and not first.done():
            time.sleep(0.01)  # those that are started anew are not at it, and may die too
        assert first.result() is None, "it was quicker than the knife"
    running = answered()
    assert (running.status_code, running.json()["code"]) == (409, "idempotency_running")
    store.connection.call("PEXPIRE", begun[0], 0)  # two minutes pass
    done = answered()
    assert (done.status_code, done.text.count("\n")) == (200, 10_000)
    assert "Idempotent-Replayed" not in done.headers
    again = answered()
    assert (again.content, again.headers["Idempotent-Replayed"]) == (done.content, "true")
    assert len(Shops(store).view(shop_id, fresh=True).catalogue) == 10_000
