"""A shop of its own for each file of tests, at the doors of the real service."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import open_store
from plugin.training import train
from tests.conftest import Service, free_port, start_service, stop


class OpenShop:
    """One shop behind a running service: its keys, its doors, and what a shop's server does with them."""

    def __init__(self, service: Any, merchant: Merchant, shop: dict[str, Any]) -> None:
        self.service = service
        self.merchant = merchant
        self.shop = shop
        self.shop_id: str = shop["shop_id"]
        self.keys = {"secret": shop["secret_key"], "publishable": shop["publishable_key"]}
        self.session = requests.Session()

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = "secret", **kwargs: Any
    ) -> requests.Response:
        """Call a door with one of the shop's keys, or another text, or none; `body` goes as JSON."""
        headers = dict(kwargs.pop("headers", {}))
        if key is not None:
            headers.setdefault("Authorization", f"Bearer {self.keys.get(key, key)}")
        if body is not None:
            kwargs["json"] = body
        return self.session.request(method, self.service.url + path, headers=headers, timeout=30, **kwargs)

    def product(self, product_id: str, **fields: Any) -> requests.Response:
        """Write a product into the catalogue."""
        written = {"product_id": product_id, "name": f"Product {product_id}", "price": "10.00", **fields}
        answer = self.call("POST", "/v1/products", written)
        assert answer.status_code in (200, 201), answer.text
        return answer

    def send(self, *events: dict[str, Any], key: str = "secret", **kwargs: Any) -> dict[str, Any]:
        """Send events in one batch and return the answer; every one must be accepted."""
        answer = self.call("POST", "/v1/batch", {"batch": list(events)}, key=key, **kwargs)
        assert answer.status_code == 200, answer.text
        assert not answer.json()["rejected"], answer.text
        return answer.json()

    def buys(
        self, who: str | None, *products: str, order: str | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Return an Order Completed as the shop's server reports it."""
        order = order or uuid.uuid4().hex
        bought = {
            "order_id": order,
            "products": [{"product_id": p, "price": 10, "quantity": 1} for p in products],
        }
        event = {
            "type": "track",
            "event": "Order Completed",
            "messageId": f"m-{order[:100]}",
            "properties": bought,
        }
        return {**event, **({"userId": who} if who else {}), **fields}

    def suggestions(
        self, kind: str, *, key: str = "secret", headers: Any = (), **asked: Any
    ) -> dict[str, Any]:
        """Return what a kind answers."""
        answer = self.call(
            "GET", "/v1/recommendations", key=key, headers=dict(headers), params={"kind": kind, **asked}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, kind: str, **asked: Any) -> list[str]:
        """Return the ids of what a kind answers."""
        return [card["product_id"] for card in self.suggestions(kind, **asked)["products"]]

    def train(self) -> None:
        """Learn a model beside the running service, which then serves it."""
        train(self.merchant.shops, self.shop_id, now=time.time(), publish=True)

    def soon(self, holds: Callable[[], bool]) -> bool:
        """Whether something another process did is seen at the doors within five seconds."""
        patience = time.monotonic() + 5
        while time.monotonic() < patience:
            if holds():
                return True
        return False

    def token(self, subject: str = "ann", **claims: Any) -> str:
        """Return the shopper token that the shop's server would give out; claims set to None are left out."""
        now = int(time.time())
        held = {"sub": subject, "aud": self.shop_id, "iat": now, "exp": now + 600, **claims}
        return self.signed({name: value for name, value in held.items() if value is not None})

    def signed(
        self, claims: Any, header: Any = None, *, secret: str | bytes | None = None, digest: str = "sha256"
    ) -> str:
        """Return a token of any header and claims (objects, or JSON text as it stands), signed like ours."""
        key = self.shop["signing_key"]
        header = header if header is not None else {"alg": "HS256", "typ": "JWT", "kid": key["kid"]}
        head, body = (
            encoded(part if isinstance(part, str) else json.dumps(part)) for part in (header, claims)
        )
        secret = key["key"] if secret is None else secret
        secret = secret.encode() if isinstance(secret, str) else secret
        signature = hmac.new(secret, f"{head}.{body}".encode(), getattr(hashlib, digest)).digest()
        return f"{head}.{body}.{encoded(signature)}"


def encoded(part: str | bytes) -> str:
    """Return base64url without padding."""
    part = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def beside(service: Any) -> Iterator[Merchant]:
    """The merchant's side of the running service's own store, as the command line has it."""
    store = open_store(Settings(data=service.data, shards=8))
    yield Merchant(Shops(store), time.time)
    store.close()


@pytest.fixture(scope="session")
def open_shop(service: Any, beside: Merchant) -> Callable[..., OpenShop]:
    """Open further shops in the running service."""

    def opened(name: str = "Another", **settings: Any) -> OpenShop:
        return OpenShop(service, beside, beside.open_shop(name, {"currency": "EUR", **settings}).as_dict())

    return opened


@pytest.fixture(scope="module")
def shop(open_shop: Callable[..., OpenShop]) -> Iterator[OpenShop]:
    """A shop for the tests of one file; it lists one origin."""
    opened = open_shop("Tools", origins=["https://tools.example"])
    yield opened
    opened.session.close()


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Merchant]]:
    """A service that only the tests of access and of logs use; what it prints is in `printed` of its data."""
    data = tmp_path_factory.mktemp("alone")
    environment = {**os.environ, "RAPPORT_DATA": str(data), "RAPPORT_SHARDS": "8"}
    environment.pop("REDIS_URL", None)
    port, store = free_port(), open_store(Settings(data=data, shards=8))
    with (data / "printed").open("wb") as printed:
        process = start_service(environment, port, "--no-work", printed=printed)
    yield (
        Service(f"http://127.0.0.1:{port}", data, {}, process, environment),
        Merchant(Shops(store), time.time),
    )
    stop(process)
    store.close()
