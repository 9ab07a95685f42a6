"""A store that could lose what it acknowledges takes nothing; one that is away says so and comes back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.app import create
from plugin import storefront
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import Store, open_store
from tests.store.servers import SAFE, OutsideServer, outside_server, until

EVENT = {"event": "Product Viewed", "userId": "anna", "properties": {"product_id": "drill"}}


class Doors:
    """The doors of one shop over an outside store, in this process."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.client = create(store=store).test_client()
        opened = Merchant(Shops(store), lambda: 1_700_000_000.0).open_shop("Shop", {})
        self.shop_id = opened.settings.shop_id
        self._headers = {"Authorization": f"Bearer {opened.secret_key}"}

    def track(self) -> Any:
        event = {**EVENT, "messageId": uuid.uuid4().hex}
        return self.client.post("/v1/track", json=event, headers=self._headers)

    def ready(self) -> Any:
        return self.client.get("/readyz")

    def kept(self) -> int:
        return self.store.shop(self.shop_id).archive().waiting()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OutsideServer]:
    with outside_server(tmp_path_factory.mktemp("outside")) as server:
        yield server


@pytest.fixture
def server(shared: OutsideServer) -> Iterator[OutsideServer]:
    """An outside server, safe again for the next test whatever this one did to it."""
    yield shared
    with shared.client() as client:
        for name, value in SAFE.items():
            client.config_set(name, value)
        client.config_set("no-appendfsync-on-rewrite", "no")


@pytest.fixture(autouse=True)
def _always_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the settings for every request; the service does so every two seconds."""
    monkeypatch.setattr(storefront, "SAFETY_LOOKED_AT_EVERY_S", 0.0)


def doors(server: OutsideServer, tmp_path: Path, **settings: Any) -> Doors:
    return Doors(open_store(Settings(data=tmp_path / "data", redis_url=server.url, shards=2, **settings)))


UNSAFE = [
    ("appendonly", "no"),
    ("appendfsync", "everysec"),
    ("appendfsync", "no"),
    ("no-appendfsync-on-rewrite", "yes"),
    *[
        ("maxmemory-policy", f"{which}-{how}")
        for which in ("allkeys", "volatile")
        for how in ("lru", "lfu", "random")
    ],
    ("maxmemory-policy", "volatile-ttl"),
]


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_an_unsafe_store_takes_no_event_and_says_which_setting(
    server: OutsideServer, tmp_path: Path, name: str, value: str
) -> None:
    shop = doors(server, tmp_path)
    assert shop.track().status_code == 200
    assert shop.ready().status_code == 200
    with server.client() as client:
        good = client.config_get(name)[name]
        client.config_set(name, value)
        refused, ready = shop.track(), shop.ready()
        assert (refused.status_code, refused.json["code"]) == (503, "store_unsafe")
        assert int(refused.headers["Retry-After"]) > 0
        assert f"{name} is {value}" in refused.json["detail"]
        assert ready.status_code == 503
        assert [check["name"] for check in ready.json["checks"] if not check["ok"]] == [name]
        assert shop.kept() == 1
        client.config_set(name, good)
    assert shop.track().status_code == 200
    assert shop.kept() == 2


def test_less_durability_is_taken_by_choice_only_and_said_in_the_answer(
    server: OutsideServer, tmp_path: Path
) -> None:
    assert "Rapport-Durability" not in doors(server, tmp_path).track().headers
    with server.client() as client:
        client.config_set("appendfsync", "everysec")
        shop = doors(server, tmp_path, durability="relaxed")
        answer = shop.track()
        assert (answer.status_code, answer.headers["Rapport-Durability"]) == (200, "relaxed")
        assert shop.ready().status_code == 200
        client.config_set("appendonly", "no")
        assert shop.track().json["code"] == "store_unsafe"
        client.config_set("appendonly", "yes")
        client.config_set("maxmemory-policy", "allkeys-lru")
        assert shop.track().json["code"] == "store_unsafe"


def test_a_store_that_may_not_be_asked_counts_as_unsafe(server: OutsideServer, tmp_path: Path) -> None:
    with server.client() as client:
        client.execute_command("ACL", "SETUSER", "shy", "on", "nopass", "~*", "+@all", "-config")
    outside = server.url.replace("redis://", "redis://shy:any@")
    shop = Doors(open_store(Settings(data=tmp_path / "data", redis_url=outside, shards=2)))
    assert shop.track().json["code"] == "store_unsafe"
    assert "appendonly is unknown" in shop.track().json["detail"]


def test_a_store_that_is_away_is_told_at_once_and_found_again(server: OutsideServer, tmp_path: Path) -> None:
    shop = doors(server, tmp_path)
    assert shop.track().status_code == 200
    server.kill()
    answer = shop.track()
    assert (answer.status_code, answer.json["code"]) == (503, "store_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert shop.ready().status_code == 503
    server.start()
    until(lambda: shop.track().status_code == 200, "the store is back, and yet not found", 2.0)
    assert shop.kept() == 2
    assert shop.ready().status_code == 200
