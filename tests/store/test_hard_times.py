"""A store without room, or without an answer, means refusal within a second and never loss (promise G4)."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from api.app import create
from plugin.errors import StoreUnavailable
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store import activities as door
from plugin.store import memory as opening
from plugin.store import safety
from plugin.store.memory import Store, open_store
from plugin.worker import Worker
from tests.store.doings import NOW, viewed
from tests.store.servers import OutsideServer, free_ports, outside_server, until

WITHIN_S = 1.0
BATCH = 20


class Doors:
    """The doors of one shop, as a web process has them, and an account of what they acknowledged."""

    def __init__(self, settings: Settings) -> None:
        self.store: Store = open_store(settings, for_doors=True)
        self.client = create(store=self.store).test_client()
        opened = Merchant(Shops(self.store), time.time).open_shop("Shop", {})
        self.shop_id = opened.settings.shop_id
        self._headers = {"Authorization": f"Bearer {opened.secret_key}"}
        self.acknowledged: set[str] = set()
        self.refused: list[Any] = []

    def send(self, ids: list[str], note: str = "") -> Any:
        """Post a batch; return the answer, which says within a second how it went."""
        events = [
            {
                "event": "Product Viewed",
                "messageId": each,
                "userId": "anna",
                "properties": {"product_id": "drill", "note": note},
            }
            for each in ids
        ]
        begun = time.monotonic()
        answer = self.client.post("/v1/batch", json={"batch": events}, headers=self._headers)
        took = time.monotonic() - begun
        if answer.status_code == 200:
            self.acknowledged |= set(ids)
        else:
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["Retry-After"]) > 0
            assert took < WITHIN_S, took
            self.refused.append(answer)
        return answer

    def present(self) -> list[str]:
        """The ids of all that is in the streams."""
        keys = self.store.shop(self.shop_id).keys
        calls = [("XRANGE", keys.stream(shard), "-", "+") for shard in range(keys.shards)]
        entries = [entry for found in self.store.connection.many(calls) for _, entry in found]
        return sorted(entry[b"d"].split(b'"')[3].decode() for entry in entries)


def ids() -> list[str]:
    return [uuid.uuid4().hex for _ in range(BATCH)]


def settings(server: OutsideServer, tmp_path: Path, **given: Any) -> Settings:
    return Settings(data=tmp_path / "data", redis_url=server.url, shards=2, **given)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[OutsideServer]:
    with outside_server(tmp_path / "server") as running:
        yield running


def fill(doors: Doors) -> None:
    """Send until the store refuses, and then some more."""
    for _ in range(2_000):
        doors.send(ids(), "x" * 1_000)
        if len(doors.refused) >= 5:
            return
    raise AssertionError("the store never gets full")


def test_full_memory_refuses_exactly_and_passes_by_itself(server: OutsideServer, tmp_path: Path) -> None:
    doors = Doors(settings(server, tmp_path))
    doors.send(ids())
    with server.client() as client:
        client.config_set("maxmemory", client.info("memory")["used_memory"] + 2_000_000)
    fill(doors)
    assert doors.refused[0].json["code"] == "store_unavailable"
    assert "memory is full" in doors.refused[0].json["detail"]
    assert doors.present() == sorted(doors.acknowledged)
    # The worker makes room: folding, archiving and cutting go on where nothing new may come in.
    worker = Worker(Shops(open_store(settings(server, tmp_path))))
    until(lambda: _worked(worker, doors) and doors.send(ids()).status_code == 200, "no room is ever made")
    worker.drain(doors.shop_id)
    rows = doors.store.shop(doors.shop_id).log.query("SELECT message_id FROM log").to_pylist()
    assert sorted(row["message_id"] for row in rows) == sorted(doors.acknowledged)


def _worked(worker: Worker, doors: Doors) -> bool:
    """Do a step of the background work; what it cannot do yet it tries again."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("plugin.worker.PART_IS_DUE_AT", 1)
        worker._try_step(doors.shop_id)
    return True


def test_with_evictions_full_memory_would_lose(server: OutsideServer, tmp_path: Path) -> None:
    """The control: a store that may throw away keys takes everything and keeps some."""
    doors = Doors(settings(server, tmp_path))
    with server.client() as client:
        client.config_set("maxmemory-policy", "allkeys-random")
        client.config_set("maxmemory", client.info("memory")["used_memory"] + 1_000_000)
    shop, sent = doors.store.shop(doors.shop_id), 0
    for _ in range(120):  # past the doors, which would not take a thing
        batch = [viewed("p" * 500, message_id=each) for each in ids()]
        with suppress(StoreUnavailable):  # even such a store is full for a moment now and then
            sent += sum(shop.activities.append(batch, NOW))
    assert len(doors.present()) < sent


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Have what is started meanwhile write no file beyond a size, as on a disk that is full there."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handled)


def test_a_full_disk_refuses_exactly_and_passes_when_there_is_room(tmp_path: Path) -> None:
    """The store's file meets its end in the middle of a write; the server ends rather than forget."""
    server = OutsideServer(tmp_path / "server", free_ports(1)[0])
    with largest_file(400_000):
        server.start()
    try:
        doors = Doors(settings(server, tmp_path))
        fill(doors)
        assert 0 < len(doors.acknowledged) < 400
        server.kill()
        server.start()  # with room
        until(lambda: doors.send(ids()).status_code == 200, "the store is not found again")
        left = set(doors.present()) - doors.acknowledged
        assert doors.acknowledged <= set(doors.present())
        assert len(left) <= BATCH  # what was on disk before its answer got lost, and is sent again
        if left:
            assert doors.send(sorted(left)).json["duplicates"] == len(left)
        assert doors.present() == sorted(doors.acknowledged)
    finally:
        server.kill()


def test_the_embedded_store_refuses_before_its_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.storefront.SAFETY_LOOKED_AT_EVERY_S", 0.0)
    doors = Doors(Settings(data=tmp_path / "data", shards=2))
    try:
        assert doors.send(ids()).status_code == 200
        with monkeypatch.context() as crowded:
            crowded.setattr(opening, "check_room", lambda folder: safety.check_room(folder, 1 << 60))
            assert doors.send(ids()).json["code"] == "store_unsafe"
            ready = doors.client.get("/readyz")
            assert (ready.status_code, [c["name"] for c in ready.json["checks"] if not c["ok"]]) == (
                *(503, ["disk"]),
            )
        assert doors.send(ids()).status_code == 200
        assert doors.present() == sorted(doors.acknowledged)
    finally:
        doors.store.close()


def test_a_store_that_hangs_is_told_within_a_second_to_everybody(
    server: OutsideServer, tmp_path: Path
) -> None:
    doors = Doors(settings(server, tmp_path))
    doors.send(ids())
    assert server._process is not None
    os.kill(server._process.pid, signal.SIGSTOP)
    try:
        waiting = [threading.Thread(target=doors.send, args=(ids(),)) for _ in range(8)]
        for each in waiting:
            each.start()
        for each in waiting:
            each.join()
        begun = time.monotonic()
        assert doors.client.get("/readyz").status_code == 503
        assert time.monotonic() - begun < WITHIN_S
        assert len(doors.refused) == 8
    finally:
        os.kill(server._process.pid, signal.SIGCONT)
    until(lambda: doors.send(ids()).status_code == 200, "the store is back, and yet not found", 5.0)


def test_a_sender_that_outruns_the_worker_is_told_when_to_come_back(
    server: OutsideServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "HIGH_WATER", 50)
    doors = Doors(settings(server, tmp_path))
    answer, tries = doors.client.get("/healthz"), 0
    while answer.status_code == 200 and (tries := tries + 1) < 20:
        answer = _posted(doors)
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert int(answer.headers["Retry-After"]) > 0
    assert doors.present() == sorted(doors.acknowledged)
    Worker(Shops(doors.store)).drain(doors.shop_id)
    assert _posted(doors).status_code == 200


def _posted(doors: Doors) -> Any:
    some = ids()
    events: list[Callable[[], Any] | Any] = [
        {"event": "Product Viewed", "messageId": each, "userId": "anna", "properties": {"product_id": "p"}}
        for each in some
    ]
    answer = doors.client.post("/v1/batch", json={"batch": events}, headers=doors._headers)
    if answer.status_code == 200:
        doors.acknowledged |= set(some)
    return answer
