"""Keys are rotated and revoked in every web process: two real ones, each asked over its own connection."""

from __future__ import annotations

import base64
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import open_store
from tests.api.conftest import OpenShop
from tests.conftest import Service, free_port, start_service, stop

pytestmark = pytest.mark.skipif(
    not Path("/proc/net/tcp").exists(), reason="needs /proc to tell processes apart"
)

WITHIN_S = 5.0
MOST_TRIED = 300


class Held:
    """One connection that stays open, and so stays with the process that took it."""

    def __init__(self, shop: OpenShop) -> None:
        self.shop = shop
        self.session = requests.Session()
        self.status("GET", "/healthz")

    def status(self, method: str, path: str, *, key: str = "", token: str = "") -> int:
        """Ask over this connection and return the status."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        headers |= {"Rapport-Shopper": token} if token else {}
        return self.session.request(
            method, self.shop.service.url + path, headers=headers, timeout=20
        ).status_code

    def me(self, token: str) -> int:
        """Ask who the token's shopper is."""
        return self.status("GET", "/v1/shoppers/me", key=self.shop.keys["publishable"], token=token)

    def port(self) -> int:
        """The port of this end of the connection."""
        (pool,) = self.session.adapters["http://"].poolmanager.pools._container.values()
        connection = pool._get_conn()
        port = connection.sock.getsockname()[1]
        pool._put_conn(connection)
        return port


def process_of(service_port: int, our_port: int) -> int | None:
    """Return the process that holds the other end of a connection on this machine."""
    wanted = f"{service_port:04X}", f"{our_port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if (fields[1].split(":")[1], fields[2].split(":")[1]) == wanted:
            return _holder(fields[9])
    return None


def _holder(inode: str) -> int | None:
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError):
                if any(os.readlink(held) == f"socket:[{inode}]" for held in (process / "fd").iterdir()):
                    return int(process.name)
    return None


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    """A shop behind two web processes."""
    data = tmp_path_factory.mktemp("two")
    environment = {**os.environ, "RAPPORT_DATA": str(data), "RAPPORT_SHARDS": "8"}
    environment.pop("REDIS_URL", None)
    port = free_port()
    process = start_service(environment, port, "--workers", "2")
    store = open_store(Settings(data=data, shards=8))
    merchant = Merchant(Shops(store), time.time)
    service = Service(f"http://127.0.0.1:{port}", data, {}, process, environment)
    yield OpenShop(service, merchant, merchant.open_shop("Two", {"currency": "EUR"}).as_dict())
    store.close()
    stop(process)


@pytest.fixture(scope="module")
def both(shop: OpenShop) -> Iterator[list[Held]]:
    """A connection to each of the two web processes."""
    found: dict[int | None, Held] = {}
    tried: list[Held] = []
    port = int(re.findall(r":(\d+)$", shop.service.url)[0])
    for _ in range(MOST_TRIED):
        held = Held(shop)
        tried.append(held)
        found.setdefault(process_of(port, held.port()), held)
        if len(found) == 2:
            break
    assert len(found) == 2, "both processes take connections"
    assert None not in found
    yield list(found.values())
    for held in tried:
        held.session.close()


def seen_by_both(both: list[Held], holds: Callable[[Held], bool]) -> bool:
    """Whether both processes see it within five seconds."""
    patience = time.monotonic() + WITHIN_S
    while time.monotonic() < patience:
        if all(holds(held) for held in both):
            return True
    return False


def test_signing_keys_live_side_by_side_and_die_alone(shop: OpenShop, both: list[Held]) -> None:
    old = shop.shop["signing_key"]
    before = shop.token("ann")
    assert [held.me(before) for held in both] == [200, 200]
    text, key = shop.merchant.rotate(shop.shop_id, "signing")
    shop.shop["signing_key"] = {"kid": key.key_id, "alg": "HS256", "key": text}
    after = shop.token("ann")
    assert seen_by_both(both, lambda held: held.me(after) == 200)
    assert [held.me(before) for held in both] == [200, 200], "two keys live at once"
    crossed = shop.signed(json.loads(_claims(before)), {"alg": "HS256", "kid": old["kid"]}, secret=text)
    assert [held.me(crossed) for held in both] == [401, 401], "each under its own id only"
    shop.merchant.revoke(shop.shop_id, old["kid"])
    assert seen_by_both(both, lambda held: held.me(before) == 401)
    assert [held.me(after) for held in both] == [200, 200]


@pytest.mark.parametrize(("kind", "path"), [("secret", "/v1/shop"), ("publishable", "/v1/offers")])
def test_an_api_key_is_revoked_in_both(shop: OpenShop, both: list[Held], kind: Any, path: str) -> None:
    text, key = shop.merchant.rotate(shop.shop_id, kind)
    assert seen_by_both(both, lambda held: held.status("GET", path, key=text) == 200)
    shop.merchant.revoke(shop.shop_id, key.key_id)
    assert seen_by_both(both, lambda held: held.status("GET", path, key=text) == 401)
    assert [held.status("GET", path, key=shop.keys[kind]) for held in both] == [200, 200]


def _claims(token: str) -> bytes:
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
