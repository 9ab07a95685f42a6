"""The real service for tests: a shop of its own on an embedded server of its own, nothing pretended."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from api.processes import BELONGS_TO_PARENT
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import Store, open_store

ROOT = Path(__file__).resolve().parents[1]
BENCH_DATA = Path(os.environ.get("RAPPORT_BENCH_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An open embedded store that the tests of one process share; each test has shops of its own."""
    held = open_store(Settings(data=tmp_path_factory.mktemp("store"), shards=8))
    yield held
    held.close()


@pytest.fixture
def shops(store: Store) -> Shops:
    """The shops of the shared store."""
    return Shops(store)


@pytest.fixture
def merchant(shops: Shops) -> Merchant:
    """The merchant's side of the shared store."""
    return Merchant(shops, time.time)


@dataclass
class Service:
    """A running `rapport serve` and one shop in it."""

    url: str
    data: Path
    shop: dict[str, Any]
    process: subprocess.Popen[bytes]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def shop_id(self) -> str:
        return self.shop["shop_id"]

    def call(self, method: str, path: str, *, key: str | None = "secret", **kwargs: Any) -> requests.Response:
        """Call a door with one of the shop's keys ("secret", "publishable", another text, or None)."""
        headers = dict(kwargs.pop("headers", {}))
        text = {"secret": self.shop["secret_key"], "publishable": self.shop["publishable_key"]}.get(
            key or "", key
        )
        if text:
            headers.setdefault("Authorization", f"Bearer {text}")
        return requests.request(method, self.url + path, headers=headers, timeout=20, **kwargs)

    def rapport(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the command line beside the service."""
        return run_rapport(self.environment, *arguments, check=check)

    def new_shop(self, name: str = "Other", **options: str) -> dict[str, Any]:
        """Open another shop in the same installation."""
        given = [part for option, value in options.items() for part in (f"--{option}", value)]
        return json.loads(self.rapport("shops", "create", name, "--json", *given).stdout)


def run_rapport(
    environment: dict[str, str], *arguments: str, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run `rapport` in an environment and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_until_ready(url: str, process: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
    """Return when the service says it is ready."""
    patience = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except OSError:
            assert process.poll() is None, "the service ended instead of serving"
            assert time.monotonic() < patience, "the service does not get ready"
            time.sleep(0.05)


def start_service(
    environment: dict[str, str], port: int, *options: str, printed: Any = None
) -> subprocess.Popen[bytes]:
    """Start `rapport serve` and return when it is ready; `printed` is a file for all that it prints.

    It trains nothing by itself unless `RAPPORT_TRAINING=on` says so: most tests want the machine alone.
    It ends with the process that started it, also where that is killed.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--workers", "1", *options],
        env={"RAPPORT_TRAINING": "off", BELONGS_TO_PARENT: "1", **environment},
        cwd=ROOT,
        start_new_session=True,
        stdout=printed,
        stderr=printed,
    )
    wait_until_ready(f"http://127.0.0.1:{port}", process)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a service as Ctrl-C does, and wait for it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(20)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service with one fresh shop, for all tests of one process."""
    data = tmp_path_factory.mktemp("service")
    environment = {**os.environ, "RAPPORT_DATA": str(data), "RAPPORT_SHARDS": "8"}
    environment.pop("REDIS_URL", None)
    shop = json.loads(
        run_rapport(
            environment,
            *("shops", "create", "Test shop", "--currency", "EUR", "--json"),
            *("--origin", "https://shop.example"),
        ).stdout
    )
    port = free_port()
    process = start_service(environment, port)
    yield Service(f"http://127.0.0.1:{port}", data, shop, process, environment)
    stop(process)
