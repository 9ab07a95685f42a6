"""Export is complete, erasure is whole and stays (S14): an erased id is sought in every byte that is kept."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from plugin.activity import Shopper
from plugin.settings import Settings
from plugin.store.memory import Store, open_store
from plugin.worker import Worker
from tests.api.own_shop import OwnShop

SHOPPER = "erika-mustermann-4711"
NUMBER = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
MARKS = (SHOPPER.encode(), NUMBER.encode())


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Store]:
    """An installation of its own, whose every file can be looked through."""
    held = open_store(Settings(data=tmp_path / "data", shards=4))
    # What the store packs, a search does not see.
    held.connection.call("CONFIG", "SET", "rdbcompression", "no")
    yield held
    held.close()


@pytest.fixture
def shop(node: Store) -> OwnShop:
    shop = OwnShop(node)
    for product in ("drill", "bits", "saw"):
        written = {"product_id": product, "name": product, "price": "9.00"}
        assert shop.client.post("/v1/products", json=written, headers=secret(shop)).status_code < 300
    return shop


def secret(shop: OwnShop) -> dict[str, str]:
    return {"Authorization": f"Bearer {shop.keys['sk']}"}


def lives(shop: OwnShop, name: str, number: str) -> None:
    """Somebody's life in a shop, by every door: looks before and after sign-in, an order, claims, words."""
    token = {"Rapport_Shopper": shop.token(name)}
    looked = {"event": "Product Viewed", "properties": {"product_id": "saw"}}
    shop.call("POST", "/v1/track", "pk", shop.event(**looked, anonymousId=number))
    both = {"anonymousId": number, "userId": name}
    shop.call("POST", "/v1/track", "pk", shop.event(**looked, **both), **token)
    carted = {"event": "Product Added", "properties": {"product_id": "bits"}}
    shop.call("POST", "/v1/batch", "pk", {"batch": [shop.event(**carted, **both)]}, **token)
    claim = {"event": "Order Completed", "properties": {"order_id": f"c-{shop.count}", "products": []}}
    shop.call("POST", "/v1/track", "pk", shop.event(**claim, **both), **token)
    order = {"order_id": f"o-{shop.count}", "products": [{"product_id": "drill", "price": 9, "quantity": 2}]}
    bought = shop.event(event="Order Completed", properties=order, userId=name)
    shop.call("POST", "/v1/track", "sk", bought)
    traits = {**shop.event(userId=name), "type": "identify", "traits": {"email": f"{name}@example.com"}}
    shop.call("POST", "/v1/identify", "sk", traits)
    alias = {**shop.event(userId=name, previousId=number), "type": "alias"}
    shop.call("POST", "/v1/alias", "sk", alias)
    unusable = [shop.event(event="Product Viewed", properties={}, userId=name), bought]
    shop.call("POST", "/v1/batch", "sk", {"batch": unusable})
    shop.call("PUT", "/v1/shoppers/me/consent", "pk", {"profile": "yes", "contact": "no"}, **token)


def worked(shop: OwnShop, node: Store, holds: Any = None) -> None:
    """Let the worker work until there is nothing to do, or until something holds."""
    worker = Worker(shop.merchant.shops)
    worker.drain(shop.shop_id)
    patience = time.monotonic() + 20
    while holds is not None and not holds():
        assert time.monotonic() < patience, "the worker does not get there"
        if not worker.step(shop.shop_id):
            time.sleep(0.02)


def erased(shop: OwnShop, node: Store, where: str = f"/v1/shoppers/{SHOPPER}") -> dict[str, Any]:
    """Erase somebody, let the worker finish, and return the receipt."""
    asked = shop.client.delete(where, headers=secret(shop))
    assert asked.status_code == 202, asked.text
    receipt = f"/v1/erasures/{asked.json['erasure_id']}"
    worked(shop, node, lambda: shop.call("GET", receipt, "sk")["state"] == "done")
    return shop.call("GET", receipt, "sk")


def found_in(node: Store, marks: tuple[bytes, ...] = MARKS) -> set[str]:
    """Where any of these stands: in keys, values and files of the installation, unpacked where packed."""
    places = set()
    for key in node.connection.scan("*"):
        value = node.connection.call("DUMP", key) or b""
        value += b" ".join(_flat(node, key))
        places |= {f"store:{key.decode(errors='replace')}" for mark in marks if mark in key or mark in value}
    for path in (path for path in node.settings.data.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data += repr(pq.read_table(path).to_pylist()).encode()
        if path.suffix == ".gz":
            data += gzip.decompress(data)
        name = str(path.relative_to(node.settings.data))
        places |= {f"file:{name}" for mark in marks if mark in data or mark in name.encode()}
    return places


def _flat(node: Store, key: bytes) -> Iterator[bytes]:
    """The values of a key, unpacked where a profile is packed."""
    from plugin.store.packing import unpacked

    if node.connection.call("TYPE", key) in (b"string", "string"):
        value = node.connection.call("GET", key)
        try:
            yield unpacked(value)
        except Exception:
            yield value


def test_an_erased_id_is_found_nowhere(shop: OwnShop, node: Store) -> None:
    lives(shop, SHOPPER, NUMBER)
    lives(shop, "somebody-else", "another-number")
    worked(shop, node)
    lives(shop, SHOPPER, NUMBER)  # what is still in the streams, and not in the log
    places = found_in(node)
    # The control: before it, the id is where it must be sought, each kind of place among them.
    for kind in ("profile", "stream", "dead", ".parquet", "appendonlydir", "buyers"):
        assert any(kind in place for place in places), (kind, places)
    receipt = erased(shop, node)
    assert found_in(node) == set()
    assert [step["step"] for step in receipt["steps"]][-1] == "files"
    assert {step["step"]: step["removed"] for step in receipt["steps"]}["log"] > 0
    assert not any(mark in orjson.dumps(receipt) for mark in MARKS)
    # And nobody else's.
    assert shop.memory.gather(Shopper("somebody-else"))[1].orders
    assert any(".parquet" in place for place in found_in(node, (b"somebody-else",)))


def test_later_activity_of_an_erased_id_is_dropped(shop: OwnShop, node: Store) -> None:
    lives(shop, SHOPPER, NUMBER)
    erased(shop, node)
    token = {"Rapport_Shopper": shop.token(SHOPPER)}
    looked = {"event": "Product Viewed", "properties": {"product_id": "saw"}}
    for event, key, more in (
        (shop.event(**looked, userId=SHOPPER), "pk", token),
        (shop.event(**looked, anonymousId=NUMBER), "pk", {}),
        (shop.event(**looked, userId=SHOPPER), "sk", {}),
    ):
        assert shop.call("POST", "/v1/track", key, event, **more)["withheld"] == 1
    order = {"order_id": "late", "products": [{"product_id": "drill", "price": 9}]}
    bought = shop.event(event="Order Completed", properties=order, userId=SHOPPER)
    assert shop.call("POST", "/v1/track", "sk", bought)["withheld"] == 1
    unusable = [shop.event(event="Product Viewed", properties={}, userId=SHOPPER), bought]
    shop.call("POST", "/v1/batch", "sk", {"batch": unusable})
    said = shop.client.put(f"/v1/shoppers/{SHOPPER}/consent", json={"contact": "no"}, headers=secret(shop))
    assert said.status_code == 409
    worked(shop, node)
    assert found_in(node) == set()
