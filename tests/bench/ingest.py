"""Durable ingest beside the store's own rate, on this machine and in this run.

`python -m tests.bench.ingest [--json] [--seconds N]`: batches of 20 and single events through the real HTTP
server (two web processes, the worker beside them), how soon an event is visible while that goes on, how long
a backlog takes the worker, and what an event and a shopper take of the store. The floor is the same server
with the same settings (every write synced before it is answered), taking the same documents from one client
that pipelines 20 at a time, without HTTP, checks, memory of ids or shoppers.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

from plugin.activity import Activity, Line, Shopper
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.keys import SEEN_WEEK
from plugin.store.memory import opened
from plugin.store.server import server_command
from plugin.worker import Worker
from tests.conftest import free_port, run_rapport, start_service, stop

BATCH = 20
CLIENTS = 8
SHOPPERS = 2_000
PRODUCTS = 300
ROUNDS = 3
Json = dict[str, Any]


def event(number: int, client: int) -> Json:
    """An event as a shop's server posts it."""
    return {
        "type": "track",
        "event": "Product Viewed",
        "messageId": f"{client}-{number}",
        "userId": f"shopper-{(number * 7919 + client) % SHOPPERS}",
        "timestamp": "2026-11-01T12:00:00Z",
        "properties": {"product_id": f"p{number % PRODUCTS}", "price": 12.5, "category": "tools"},
    }


def written(number: int, client: int) -> str:
    """The same as JSON: a load generator that takes long to write it would measure itself."""
    return (
        f'{{"type":"track","event":"Product Viewed","messageId":"{client}-{number}",'
        f'"userId":"shopper-{(number * 7919 + client) % SHOPPERS}","timestamp":"2026-11-01T12:00:00Z",'
        f'"properties":{{"product_id":"p{number % PRODUCTS}","price":12.5,"category":"tools"}}}}'
    )


class Http:
    """One kept connection to the service: no more client than a load generator needs."""

    def __init__(self, port: int, key: str) -> None:
        self._sock = socket.create_connection(("127.0.0.1", port))
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._sock.makefile("rb")
        self._head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"

    def call(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        self._sock.sendall(head.encode() + body)
        status = int(self._file.readline().split()[1])
        length = 0
        while (line := self._file.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, self._file.read(length)

    def close(self) -> None:
        """End it."""
        self._sock.close()


@contextmanager
def bare_store(folder: Path) -> Iterator[redis.Redis]:
    """Run a server of the embedded kind, with nothing of ours before it."""
    folder.mkdir()
    path = folder / "s.sock"
    process = subprocess.Popen(server_command(folder, path, "always"), stdout=subprocess.DEVNULL)
    client = redis.Redis(unix_socket_path=str(path))
    try:
        while True:
            try:
                client.ping()
                break
            except redis.exceptions.ConnectionError:
                time.sleep(0.01)
        yield client
    finally:
        process.kill()
        process.wait()


def store_alone(client: redis.Redis, seconds: float) -> float:
    """Return how many events a second the store takes from one pipelining client."""
    documents = [
        Activity(
            f"0-{n}",
            "viewed",
            "Product Viewed",
            1.8e9,
            1.8e9,
            "shop",
            Shopper(f"shopper-{n % SHOPPERS}"),
            (Line(f"p{n % PRODUCTS}", 1, 1250),),
            currency="EUR",
            properties={"category": "tools"},
        ).to_bytes()
        for n in range(2_000)
    ]
    sent, begun = 0, time.monotonic()
    while (took := time.monotonic() - begun) < seconds:
        pipeline = client.pipeline(transaction=False)
        for n in range(sent, sent + BATCH):
            pipeline.execute_command("XADD", f"{{s:{n % 64}}}:stream", "*", "d", documents[n % 2_000])
        pipeline.execute()
        sent += BATCH
    return sent / took


class Load:
    """Clients that post as fast as they are answered, for a while."""

    def __init__(self, port: int, key: str, size: int, seconds: float, turn: int) -> None:
        self.acknowledged = 0
        self._size, self._seconds = size, seconds
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._post, args=(Http(port, key), turn * CLIENTS + n))
            for n in range(CLIENTS)
        ]

    def _post(self, http: Http, client: int) -> None:
        sent, ended = 0, time.monotonic() + self._seconds
        while time.monotonic() < ended:
            events = ",".join([written(sent + n, client) for n in range(self._size)])
            if self._size == 1:
                status, _ = http.call("POST", "/v1/track", events.encode())
            else:
                status, _ = http.call("POST", "/v1/batch", f'{{"batch":[{events}]}}'.encode())
            assert status == 200, status
            sent += self._size
        with self._lock:
            self.acknowledged += sent
        http.close()

    def run(self, meanwhile: Callable[[], None] = lambda: None) -> float:
        """Return how many events a second were acknowledged."""
        begun = time.monotonic()
        for thread in self._threads:
            thread.start()
        meanwhile()
        for thread in self._threads:
            thread.join()
        return self.acknowledged / (time.monotonic() - begun)


class Looker:
    """Somebody who looks at a product and asks in the very next call what was looked at last."""

    def __init__(self, port: int, key: str, seconds: float) -> None:
        self.seen = self.missed = 0
        self.delays: list[float] = []
        self._http, self._seconds = Http(port, key), seconds

    def run(self) -> None:
        """Look and ask for a while."""
        ended, number = time.monotonic() + self._seconds * 0.9, 0
        while time.monotonic() < ended:
            number += 1
            product = f"p{number % PRODUCTS}"
            looked = {**event(number, 10_000_000), "userId": "looker", "properties": {"product_id": product}}
            looked.pop("timestamp")
            status, _ = self._http.call("POST", "/v1/track", json.dumps(looked).encode())
            assert status == 200
            acknowledged = time.monotonic()
            path = "/v1/recommendations?kind=recently-viewed&limit=1&shopper=looker"
            _, body = self._http.call("GET", path)
            self.delays.append(time.monotonic() - acknowledged)
            if [card["product_id"] for card in json.loads(body)["products"]] == [product]:
                self.seen += 1
            else:
                self.missed += 1


def drained(folder: Path) -> Json:
    """Return how long the worker takes for a backlog: uses of things by few shoppers, who each did much."""
    count, now = 40_000, time.time()
    people = [Shopper(f"s{n}") for n in range(40)]
    with opened(Settings(data=folder, shards=8)) as store:
        shop = Merchant(Shops(store), time.time).open_shop("Backlog", {}).settings.shop_id
        door = store.shop(shop).activities
        for first in range(0, count, BATCH * 100):
            some = range(first, first + BATCH * 100)
            door.append([_use(n, people[n * 7 % len(people)], now) for n in some], now)
        worker, begun, cpu = Worker(Shops(store)), time.monotonic(), time.process_time()
        worker.drain(shop)
        took, worked = time.monotonic() - begun, time.process_time() - cpu
    return {
        "events": count,
        "seconds": round(took, 2),
        "worker_cpu_us_per_event": round(worked / count * 1e6, 1),
    }


def _use(number: int, who: Shopper, now: float) -> Activity:
    lines = (Line(f"p{number % 250}", 1),)
    return Activity(f"u{number}", "used", "Product Used", now, now, "shop", who, lines)


def bytes_each(folder: Path) -> Json:
    """Return what an event takes of the store's file and memory, and what a shopper takes, folded."""
    settings, count = Settings(data=folder, shards=64), 40_000
    with opened(settings) as store:
        shop = store.add_shop("sizes")
        (node,) = store.connection.nodes()
        shop.activities.append([], time.time())
        before, aof = _used(node), _file(node)
        shoppers = [Shopper(f"shopper-{n}") for n in range(SHOPPERS)]
        for first in range(0, count, BATCH * 50):
            batch = [
                Activity(
                    f"m{n}",
                    "viewed",
                    "Product Viewed",
                    1.8e9 + n,
                    1.8e9 + n,
                    "shop",
                    shoppers[n % SHOPPERS],
                    (Line(f"p{n % PRODUCTS}", 1, 1250),),
                    currency="EUR",
                    properties={"category": "tools"},
                )
                for n in range(first, first + BATCH * 50)
            ]
            shop.activities.append(batch, 1.8e9 // SEEN_WEEK * SEEN_WEEK)
        after, written = _used(node), _file(node) - aof
        seen = sum(node.memory_usage(key) or 0 for key in store.connection.scan("{sizes:*:seen:*"))
        archive = shop.archive()
        while archive.apply() or archive.write_part():
            pass
        profiles = sum(node.memory_usage(key) or 0 for key in store.connection.scan("{sizes:*:profile:*"))
    return {
        "store_memory_per_event_until_folded": round((after - before) / count, 1),
        "store_file_per_event": round(written / count, 1),
        "memory_of_an_id": round(seen / count, 1),
        "memory_of_a_shopper_with_20_views": round(profiles / SHOPPERS, 1),
    }


def _used(node: Any) -> int:
    return int(node.info("memory")["used_memory"])


def _file(node: Any) -> int:
    return int(node.info("persistence")["aof_current_size"])


def measure(seconds: float) -> Json:
    """Return every figure of the run."""
    assert json.loads(written(17, 3)) == event(17, 3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "RAPPORT_DATA": str(folder / "data")}
        environment.pop("REDIS_URL", None)
        shop = json.loads(run_rapport(environment, "shops", "create", "Bench", "--json").stdout)
        key, port = shop["secret_key"], free_port()
        service = start_service(environment, port, "--workers", "2")
        try:
            http = Http(port, key)
            lines = [{"product_id": f"p{n}", "name": f"P {n}", "price": "12.50"} for n in range(PRODUCTS)]
            for line in lines:
                assert http.call("POST", "/v1/products", json.dumps(line).encode())[0] in (200, 201)
            batches, floors, singles = [], [], []
            Load(port, key, BATCH, 1.0, 99).run()
            with bare_store(folder / "bare") as bare:
                for turn in range(ROUNDS):
                    floors.append(store_alone(bare, seconds))
                    batches.append(Load(port, key, BATCH, seconds, turn).run())
                    singles.append(Load(port, key, 1, seconds, 10 + turn).run())
            looker = Looker(port, key, seconds)
            Load(port, key, BATCH, seconds, 50).run(looker.run)
        finally:
            stop(service)
        sizes, backlog = bytes_each(folder / "sizes"), drained(folder / "backlog")
    floor, batched = statistics.median(floors), statistics.median(batches)
    delays = sorted(looker.delays)
    return {
        "store_alone_events_per_s": round(floor),
        "batches_of_20_events_per_s": round(batched),
        "ratio": round(batched / floor, 3),
        "ratios": [round(b / f, 3) for b, f in zip(batches, floors, strict=True)],
        "single_events_per_s": round(statistics.median(singles)),
        "visible_in_the_next_call": f"{looker.seen} of {looker.seen + looker.missed}",
        "next_call_ms": {
            "median": round(delays[len(delays) // 2] * 1000, 1),
            "p99": round(delays[len(delays) * 99 // 100] * 1000, 1),
        },
        "backlog": backlog,
        "bytes": sizes,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=4.0)
    asked = parser.parse_args()
    figures = measure(asked.seconds)
    if asked.json:
        print(json.dumps(figures))  # noqa: T201
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<28} {value}")  # noqa: T201


if __name__ == "__main__":
    main()
