"""Replicated durability: an acknowledgement means that another server has it too."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.app import create
from plugin.activity import Shopper
from plugin.errors import Refused
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.connection import TooFewReplicas
from plugin.store.memory import Store, open_store
from tests.store.doings import NOW, viewed
from tests.store.servers import OutsideServer, free_ports, until


class Pair:
    """A primary and the replica that follows it."""

    def __init__(self, folder: Path) -> None:
        ports = free_ports(2)
        self.primary = OutsideServer(folder / "primary", ports[0], repl_diskless_sync_delay="0")
        self.replica = OutsideServer(folder / "replica", ports[1])
        self.primary.start()
        self.follow()

    def follow(self) -> None:
        """Start the replica and return when it has everything."""
        self.replica.start()
        self.replica.client().replicaof("127.0.0.1", str(self.primary.port))
        until(self._follows, "the replica does not follow")

    def _follows(self) -> bool:
        client = self.primary.client()
        client.set("followed", 1)
        return bool(client.wait(1, 100))

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Have the replica say nothing meanwhile."""
        assert self.replica._process is not None
        os.kill(self.replica._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.replica._process.pid, signal.SIGCONT)

    def fail_over(self) -> None:
        """Lose the primary for good and serve from what the replica has."""
        self.primary.kill()
        self.replica.start()
        self.replica.client().replicaof("NO", "ONE")

    def opened(self, folder: Path, durability: str, *, promoted: bool = False) -> Store:
        url = self.replica.url if promoted else self.primary.url
        given = Settings(data=folder / "data", redis_url=url, shards=2, durability=durability)
        return open_store(given, for_doors=True)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    held = Pair(tmp_path)
    yield held
    held.primary.kill()
    held.replica.kill()


def acknowledged(store: Store, seconds: float) -> set[str]:
    """Send one event after another for a while; return those that were acknowledged."""
    found, ended = set(), time.monotonic() + seconds
    while time.monotonic() < ended:
        name = uuid.uuid4().hex
        try:
            store.shop("s").activities.append([viewed("drill", message_id=name)], NOW)
            found.add(name)
        except TooFewReplicas:
            pass
    return found


def present(store: Store) -> set[str]:
    keys = store.shop("s").keys
    found = store.connection.many([("XRANGE", keys.stream(shard), "-", "+") for shard in range(2)])
    return {entry[b"d"].split(b'"')[3].decode() for entries in found for _, entry in entries}


def lost_by_failing_over(pair: Pair, folder: Path, durability: str) -> int:
    """Return how many acknowledged events are gone when a replica that was away for a while takes over."""
    store = pair.opened(folder, durability)
    known = acknowledged(store, 0.2)
    assert known
    pair.replica.kill()
    known |= acknowledged(store, 0.6)
    pair.fail_over()
    return len(known - present(pair.opened(folder, "always", promoted=True)))


def test_nothing_acknowledged_is_lost_when_a_replica_takes_over(pair: Pair, tmp_path: Path) -> None:
    assert lost_by_failing_over(pair, tmp_path, "replicated") == 0


def test_without_waiting_for_the_replica_it_would_be_lost(pair: Pair, tmp_path: Path) -> None:
    """The control: on disk, but on one server only."""
    assert lost_by_failing_over(pair, tmp_path, "always") > 0


def test_a_missing_replica_is_told_within_a_second_and_sending_again_is_safe(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.storefront.SAFETY_LOOKED_AT_EVERY_S", 0.0)
    store = pair.opened(tmp_path, "replicated")
    client = create(store=store).test_client()
    key = Merchant(Shops(store), time.time).open_shop("Shop", {}).secret_key
    event = {"event": "Product Viewed", "userId": "anna", "properties": {"product_id": "drill"}}

    def track(name: str) -> Any:
        begun = time.monotonic()
        answer = client.post(
            "/v1/track", json={**event, "messageId": name}, headers={"Authorization": f"Bearer {key}"}
        )
        assert time.monotonic() - begun < 1.0
        return answer

    answer = track("first")
    assert (answer.status_code, answer.headers["Rapport-Durability"]) == (200, "replicated")
    with pair.silent():  # it still counts as following, so only waiting for it tells
        for _ in range(2):  # the second time it is known already, and yet not on the replica
            assert track("second").json["code"] == "store_unavailable"
    until(lambda: track("second").status_code == 200, "the replica is back, and yet not found")
    assert track("second").json["duplicates"] == 1
    pair.replica.kill()
    until(lambda: track("third").json.get("code") == "store_unsafe", "a missing replica is not seen")
    ready = client.get("/readyz")
    assert (ready.status_code, [c["name"] for c in ready.json["checks"] if not c["ok"]]) == (
        503,
        ["replicas"],
    )
    pair.follow()
    assert client.get("/readyz").status_code == 200
    assert track("third").status_code == 200


def test_on_a_cluster_each_primary_waits_for_its_own_replica(
    cluster: list[OutsideServer], tmp_path: Path
) -> None:
    given = {"data": tmp_path, "redis_url": cluster[0].url, "shards": 8, "durability": "replicated"}
    store = open_store(Settings(**given))  # type: ignore[arg-type]
    shop = store.add_shop(f"waiting-{uuid.uuid4().hex[:6]}")
    for node in store.connection.nodes():
        until(lambda node=node: bool(node.wait(1, 100)), "a replica does not follow")  # type: ignore[misc]
        node.script_flush()
    batch = [viewed(f"p{n}", Shopper(f"s{n}")) for n in range(40)]
    assert sum(shop.activities.append(batch, NOW)) == 40
    two = open_store(Settings(**given, replicas=2))  # type: ignore[arg-type]
    with pytest.raises(TooFewReplicas, match="1 of 2"):
        two.shop(shop.shop).activities.append(batch, NOW)
    assert [check.ok for check in two.safety() if check.name == "replicas"] == [False] * 3


def test_replicas_are_asked_of_an_outside_store_only(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="REDIS_URL"):
        open_store(Settings(data=tmp_path, durability="replicated"))
