"""A service under load while its processes are killed one after another, and the account afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import requests

from plugin.activity import Shopper
from plugin.merchant import Merchant, Opened
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import Store, opened
from plugin.worker import Worker
from tests.conftest import free_port, start_service

SHARDS = 8
SHOPPERS = 40
PRODUCTS = 250  # fewer than a profile counts uses of, so that every event has a cell of its own nearly
BATCH = 20
RESENT = 0.05
PAUSE_S = 0.1  # after a refusal; less keeps the processes that start again from the processor

# What the control takes away: the memory of which messages were seen. Every process of the service reads it.
FORGETFUL = """
import hashlib
from plugin.store import connection
source = connection.SCRIPTS["append"][0]
for remembering, forgetting in (
    ("if seen or find_id(KEYS[shard + 3] .. bucket, id) then", "if false then"),
    ("find_id(KEYS[shard + 2] .. bucket, id)", "false, KEYS[shard + 2] .. bucket, false"),
):
    assert remembering in source
    source = source.replace(remembering, forgetting)
connection.SCRIPTS["append"] = (source, hashlib.sha1(source.encode()).hexdigest())
"""


@dataclass(frozen=True)
class Account:
    """What became of the acknowledged events: by the shoppers' profiles and by the log."""

    acknowledged: int
    resent: int
    refused: int
    kills: dict[str, int]
    lost: int
    doubled: int
    phantom: int
    lost_in_log: int
    doubled_in_log: int
    phantom_in_log: int
    drained_in_s: float

    @property
    def exact(self) -> bool:
        """Whether everything acknowledged is there once, and nothing else."""
        wrong = (self.lost, self.doubled, self.phantom)
        return not any((*wrong, self.lost_in_log, self.doubled_in_log, self.phantom_in_log))


class Client(threading.Thread):
    """Posts batches with ids of its own, again and again until each is acknowledged; some it sends twice."""

    def __init__(
        self, number: int, url: str, key: str, ended: threading.Event, seed: int, batch: int
    ) -> None:
        super().__init__(name=f"client {number}", daemon=True)
        self.cells: Counter[tuple[str, str]] = Counter()
        self.ids: set[str] = set()
        self.resent = self.refused = 0
        self.trouble: str | None = None
        self._url, self._headers = (
            f"{url}/v1/batch",
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        self._ended, self._chance, self._number, self._next = ended, random.Random(seed), number, 0
        self._session, self._batch = requests.Session(), batch

    def run(self) -> None:
        sent: list[dict[str, Any]] = []
        while not self._ended.is_set() and self.trouble is None:
            batch = [self._event() for _ in range(self._batch)]
            again = [self._chance.choice(sent) for _ in batch if sent and self._chance.random() < RESENT]
            if not self._acknowledged(batch + again):
                return
            self.resent += len(again)
            for event in batch:
                self.ids.add(event["messageId"])
                self.cells[event["userId"], event["properties"]["product_id"]] += 1
            sent = (sent + batch)[-2_000:]

    def _event(self) -> dict[str, Any]:
        self._next += 1
        return {
            "type": "track",
            "event": "Product Used",
            "messageId": f"{self._number}-{self._next}",
            "userId": f"s{self._chance.randrange(SHOPPERS)}",
            "properties": {"product_id": f"p{self._next % PRODUCTS}", "quantity": 1},
        }

    def _acknowledged(self, events: list[dict[str, Any]]) -> bool:
        """Send until it is acknowledged, also beyond the end: then everything sent is known to be kept."""
        patience, body = time.monotonic() + 60, orjson.dumps({"batch": events})
        while time.monotonic() < patience:
            try:
                answer = self._session.post(self._url, data=body, headers=self._headers, timeout=10)
            except requests.RequestException:
                self.refused += 1
                time.sleep(PAUSE_S)
                continue
            if answer.status_code == 200:
                assert answer.json()["accepted"] == len(events)
                return True
            if answer.status_code not in (429, 503) or "Retry-After" not in answer.headers:
                self.trouble = f"{answer.status_code}: {answer.text[:300]}"
                return False
            self.refused += 1
            time.sleep(PAUSE_S)
        self.trouble = "no acknowledgement within 60 s"
        return False


@dataclass
class Victims:
    """The processes of one service, found by who started whom."""

    data: Path
    main: subprocess.Popen[bytes]
    kills: Counter[str] = field(default_factory=Counter)

    def kill(self, which: str) -> bool:
        """Kill the one that has lived longest, without a word; False when there is none just now."""
        found = sorted(getattr(self, which)(), key=_born_at)
        if found:
            with suppress(ProcessLookupError):
                os.kill(found[0], signal.SIGKILL)
                self.kills[which] += 1
                return True
        return False

    def server(self) -> Iterator[int]:
        """The store."""
        yield int((self.data / "store" / "server.pid").read_text())

    def keeper(self) -> Iterator[int]:
        """The store's keeper."""
        folder = str(self.data / "store").encode()
        for pid, words, _ in _processes():
            if b"plugin.store.keeper" in words and folder in words:
                yield pid

    def worker(self) -> Iterator[int]:
        """The background worker."""
        yield from (
            pid for pid, words, parent in _processes() if parent == self.main.pid and b"work" in words
        )

    def web(self) -> Iterator[int]:
        """The web processes."""
        for pid, words, parent in _processes():
            helper = b"work" in words or any(b"resource_tracker" in word for word in words)
            if parent == self.main.pid and not helper:
                yield pid


def _processes() -> Iterator[tuple[int, list[bytes], int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                yield int(entry.name), words, int(parent)


def _born_at(pid: int) -> int:
    """When a process was started, in ticks of the system's clock; 0 for one that is gone."""
    try:
        return int((Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return 0


def live_and_die(
    folder: Path,
    *,
    seconds: float,
    kills: int,
    clients: int = 3,
    seed: int = 1,
    batch: int = BATCH,
    forgetful: bool = False,
) -> Account:
    """Run a service under load, kill its processes, start it again and count.

    `forgetful` is the control: the same service without its memory of seen messages (and no new start).
    """
    environment = _environment(folder, forgetful)
    data = Path(environment["RAPPORT_DATA"])
    shop = _new_shop(data)
    port = free_port()
    service = start_service(environment, port, "--workers", "2")
    victims = Victims(data, service)
    ended = threading.Event()
    url = f"http://127.0.0.1:{port}"
    load = [Client(n, url, shop.secret_key, ended, seed * 100 + n, batch) for n in range(clients)]
    try:
        for client in load:
            client.start()
        _kill_for(seconds, kills, victims, random.Random(seed))
        assert service.poll() is None, f"the service ended by itself after {dict(victims.kills)}"
        if not forgetful:
            os.killpg(service.pid, signal.SIGKILL)
            service.wait()
            victims.kills["everything"] += 1
            service = start_service(environment, port, "--workers", "2")
        ended.set()
        for client in load:
            client.join(90)
        return _account(load, victims, data, shop.settings.shop_id)
    finally:
        ended.set()
        if service.poll() is None:
            os.killpg(service.pid, signal.SIGKILL)
            service.wait()


def _environment(folder: Path, forgetful: bool) -> dict[str, str]:
    environment = {**os.environ, "RAPPORT_DATA": str(folder / "data"), "RAPPORT_SHARDS": str(SHARDS)}
    environment.pop("REDIS_URL", None)
    if forgetful:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sitecustomize.py").write_text(FORGETFUL)
        environment["PYTHONPATH"] = os.pathsep.join([str(folder), str(Path(__file__).parents[2])])
    return environment


def _new_shop(data: Path) -> Opened:
    with opened(Settings(data=data, shards=SHARDS)) as store:
        return Merchant(Shops(store), time.time).open_shop("Shop", {})


def _kill_for(seconds: float, kills: int, victims: Victims, chance: random.Random) -> None:
    begun = time.monotonic()
    kinds = ["server", "web", "worker", "server", "keeper"]
    for number in range(kills):
        due = begun + seconds * (number + chance.uniform(0.2, 0.8)) / kills
        time.sleep(max(0.0, due - time.monotonic()))
        turn = number % len(kinds)
        any(victims.kill(kind) for kind in kinds[turn:] + kinds[:turn])
    time.sleep(max(0.0, begun + seconds - time.monotonic()))


def _account(load: list[Client], victims: Victims, data: Path, shop_id: str) -> Account:
    for client in load:
        assert not client.is_alive(), f"{client.name} waits for ever"
        assert client.trouble is None, client.trouble
    with opened(Settings(data=data, shards=SHARDS)) as store:
        drained_in = _drain(store, shop_id)
        wanted = sum((client.cells for client in load), Counter())
        ids = set().union(*(client.ids for client in load))
        found, logged = _in_profiles(store, shop_id), _in_log(store, shop_id)
    return Account(
        acknowledged=len(ids),
        resent=sum(client.resent for client in load),
        refused=sum(client.refused for client in load),
        kills=dict(victims.kills),
        lost=(wanted - found).total(),
        doubled=sum(extra for cell, extra in (found - wanted).items() if cell in wanted),
        phantom=sum(extra for cell, extra in (found - wanted).items() if cell not in wanted),
        lost_in_log=len(ids - set(logged)),
        doubled_in_log=sum(times - 1 for times in logged.values()),
        phantom_in_log=len(set(logged) - ids),
        drained_in_s=drained_in,
    )


def _drain(store: Store, shop_id: str) -> float:
    begun = time.monotonic()
    Worker(Shops(store)).drain(shop_id)
    return round(time.monotonic() - begun, 2)


def _in_profiles(store: Store, shop_id: str) -> Counter[tuple[str, str]]:
    """Count what was applied, read from the stored profiles alone: nothing may still be pending."""
    shoppers = store.shop(shop_id).shoppers
    found: Counter[tuple[str, str]] = Counter()
    for number in range(SHOPPERS):
        who = Shopper(f"s{number}")
        look = shoppers.look(store.connection.call(*shoppers.look_call(who)))
        assert not look.pending
        for product, (quantity, *_) in look.folded().used.items():
            found[who.id, product] += int(quantity)
    return found


def _in_log(store: Store, shop_id: str) -> Counter[str]:
    rows = store.shop(shop_id).log.query(
        "SELECT message_id, count(*) AS times FROM log WHERE kind = 'used' GROUP BY message_id"
    )
    return Counter({row["message_id"]: row["times"] for row in rows.to_pylist()})
