"""Export is complete, erasure is whole and stays (S14): an erased id is sought in every byte that is kept."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from api.dossier import dossier
from plugin.activity import Shopper
from plugin.connectors.platforms import signature
from plugin.rights.erasing import STEPS, Erasing
from plugin.settings import Settings
from plugin.store.memory import Store, open_store, opened
from plugin.store.packing import unpacked
from plugin.store.server import answers, socket_path
from plugin.store.sign_ins import Proven
from plugin.storefront import Storefront
from plugin.trust.words import say as say_of
from plugin.worker import Worker
from tests.api.own_shop import OwnShop
from tests.store.servers import until


@dataclass(frozen=True)
class Person:
    """Somebody whose ids stand nowhere by chance."""

    name: str
    number: str

    @property
    def marks(self) -> tuple[bytes, ...]:
        return self.name.encode(), self.number.encode()


ELSE = Person("somebody-else", "another-number")


@pytest.fixture
def erika() -> Person:
    return Person(f"erika-{uuid.uuid4().hex[:8]}", str(uuid.uuid4()))


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An installation of its own, whose every file can be looked through."""
    held = open_store(Settings(data=tmp_path_factory.mktemp("node") / "data", shards=2))
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


def lives(shop: OwnShop, who: Person) -> None:
    """Somebody's life in a shop, by every door: looks before and after sign-in, an order, claims, words."""
    name, number = who.name, who.number
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
    by_hand = {"tier": "gold", "reason": f"{name} is a friend"}
    shop.call("PUT", f"/v1/shoppers/{name}/tier", "sk", by_hand)
    points = {"points": 5, "reason": f"thanks, {name}", "id": f"p-{shop.count}"}
    told = shop.client.post(f"/v1/shoppers/{name}/points", json=points, headers=secret(shop))
    assert told.status_code == 201


def worked(shop: OwnShop, holds: Any = None) -> None:
    """Let the worker put everything into the log; or, without that, let it work until something holds."""
    worker = Worker(shop.merchant.shops)
    if holds is None:
        worker.drain(shop.shop_id)
        return
    patience = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < patience, "the worker does not get there"
        if not worker.step(shop.shop_id):
            time.sleep(0.02)


def erased(shop: OwnShop, where: str) -> dict[str, Any]:
    """Erase somebody, let the worker finish, and return the receipt."""
    asked = shop.client.delete(where, headers=secret(shop))
    assert asked.status_code == 202, asked.text
    receipt = f"/v1/erasures/{asked.json['erasure_id']}"
    worked(shop, lambda: shop.call("GET", receipt, "sk")["state"] == "done")
    return shop.call("GET", receipt, "sk")


def found_in(node: Store, marks: tuple[bytes, ...]) -> set[str]:
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
    if node.connection.call("TYPE", key) in (b"string", "string"):
        value = node.connection.call("GET", key)
        try:
            yield unpacked(value)
        except Exception:
            yield value


def test_an_erased_id_is_found_nowhere(shop: OwnShop, node: Store, erika: Person) -> None:
    lives(shop, erika)
    lives(shop, ELSE)
    worked(shop)
    lives(shop, erika)  # what is still in the streams, and not in the log, with others' before and behind it
    for number in range(4):
        lives(shop, Person(f"neighbour-{number}", f"neighbour-number-{number}"))
    places = found_in(node, erika.marks)
    # The control: before it, the id is where it must be sought, each kind of place among them.
    for kind in ("profile", "stream", "dead", ".parquet", "appendonlydir", "buyers"):
        assert any(kind in place for place in places), (kind, places)
    receipt = erased(shop, f"/v1/shoppers/{erika.name}")
    assert found_in(node, erika.marks) == set()
    assert [step["step"] for step in receipt["steps"]][-1] == "files"
    removed = {step["step"]: step["removed"] for step in receipt["steps"]}
    assert all(
        removed[step] > 0 for step in ("door", "identities", "stream", "dead_letters", "orders", "log")
    )
    assert not any(mark in orjson.dumps(receipt) for mark in erika.marks)
    # And nobody else's.
    assert shop.memory.gather(Shopper("somebody-else"))[1].orders
    assert any(".parquet" in place for place in found_in(node, (b"somebody-else",)))


def signed_in(shop: OwnShop, who: str, sub: str, **how: Any) -> Any:
    """Have a sign-in, proven already, belong to a shopper."""
    code = shop.memory.sign_ins.offer(Proven("provider", "https://provider.example", sub, **how))
    wanted = {"code": code, "shopper": who}
    return shop.client.post("/v1/signin/exchange", json=wanted, headers=secret(shop))


def shopify(shop: OwnShop, topic: str, body: Any) -> Any:
    """Have Shopify deliver something."""
    held = {"webhook_secrets.shopify": "a secret of ours"}
    assert shop.client.patch("/v1/shop", json=held, headers=secret(shop)).status_code == 200
    data = orjson.dumps(body)
    signed = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": signature("a secret of ours", data).decode()}
    return shop.client.post(f"/v1/webhooks/shopify/{shop.shop_id}", data=data, headers=signed)


def test_what_is_said_about_the_erased_goes_too(shop: OwnShop, node: Store, erika: Person) -> None:
    """Sign-ins, the merchant's word, merges that were undone, what they and a platform asked for."""
    lives(shop, erika)
    lives(shop, ELSE)
    assert signed_in(shop, erika.name, "subject-1").status_code == 200
    say_of(shop.merchant, shop.shop_id, f"u:{erika.name}", "person")
    wanted = {"from": erika.name, "into": ELSE.name}
    merged = shop.client.post("/v1/shoppers/merge", json=wanted, headers=secret(shop)).json
    shop.call("POST", "/v1/shoppers/unmerge", "sk", merged)
    asked = {"customer": {"id": erika.name}, "data_request": {"id": 9}}
    assert shopify(shop, "customers/data_request", asked).status_code == 200
    token = {"Authorization": f"Bearer {shop.keys['pk']}", "Rapport-Shopper": shop.token(erika.name)}
    assert shop.client.post("/v1/shoppers/me/erasure-request", headers=token).status_code == 202
    worked(shop)
    exported = shop.call("GET", f"/v1/shoppers/{erika.name}/export", "sk")
    assert [each["sub"] for each in exported["sign_ins"]] == ["subject-1"]
    assert [each["wants"] for each in exported["asked_by_platforms"]] == ["export"]
    assert (exported["called"], len(exported["erasure_requested"])) == ({erika.name: "person"}, 1)
    places = found_in(node, erika.marks)
    for kind in ("sign-ins", "documents", "changes", "erasure-requests"):
        assert any(place.endswith(kind) for place in places), (kind, places)  # the control
    receipt = erased(shop, f"/v1/shoppers/{erika.name}")
    assert found_in(node, erika.marks) == set()
    assert {step["step"]: step["removed"] for step in receipt["steps"]}["sign_ins"] == 1
    assert shop.memory.sign_ins.find("https://provider.example", "subject-1") is None
    assert shop.memory.gather(Shopper(ELSE.name))[1].orders


def test_somebody_who_is_known_by_a_sign_in_alone_can_be_erased(
    shop: OwnShop, node: Store, erika: Person
) -> None:
    assert signed_in(shop, erika.name, "subject-2", followed=False).status_code == 200
    exported = shop.call("GET", f"/v1/shoppers/{erika.name}/export", "sk")
    assert ([each["sub"] for each in exported["sign_ins"]], exported["activities"]) == (["subject-2"], [])
    erased(shop, f"/v1/shoppers/{erika.name}")
    assert found_in(node, erika.marks) == set()


def test_what_others_did_at_the_number_of_the_erased_stays_theirs(
    shop: OwnShop, node: Store, erika: Person
) -> None:
    """In the log, in the stream, and where it waits to be folded."""
    lives(shop, erika)
    for order in ("in the log", "in the stream", "waiting"):
        bought = {"order_id": order, "products": [{"product_id": "drill", "price": 9}]}
        at_it = {"anonymousId": erika.number, "userId": ELSE.name}
        shop.call("POST", "/v1/track", "sk", shop.event(event="Order Completed", properties=bought, **at_it))
        if order == "in the log":
            worked(shop)
        elif order == "in the stream":
            shop.memory.archive().apply()
    asked = shop.client.delete(f"/v1/shoppers/{erika.name}", headers=secret(shop)).json
    archive = shop.memory.archive()
    assert archive.hold()
    while shop.memory.erased.running():  # by itself: nothing is folded meanwhile
        Erasing(shop.merchant.shops, time.time).step(shop.shop_id, archive)
    archive.let_go()
    assert found_in(node, erika.marks) == set()
    worked(shop)
    timeline = shop.call("GET", f"/v1/shoppers/{ELSE.name}/timeline", "sk")["items"]
    assert {each["order_id"] for each in timeline} == {"in the log", "in the stream", "waiting"}
    assert len(shop.memory.gather(Shopper(ELSE.name))[1].orders) == 3
    assert found_in(node, erika.marks) == set()
    assert shop.call("GET", f"/v1/erasures/{asked['erasure_id']}", "sk")["state"] == "done"


def test_a_visitor_whose_number_is_somebodys_id_takes_nothing_with_it(shop: OwnShop, node: Store) -> None:
    token = {"Authorization": f"Bearer {shop.keys['pk']}", "Rapport-Shopper": shop.token("77")}
    assert shop.client.post("/v1/shoppers/me/erasure-request", headers=token).status_code == 202
    assert signed_in(shop, ELSE.name, "77").status_code == 200
    looked = {"event": "Product Viewed", "properties": {"product_id": "saw"}}
    shop.call("POST", "/v1/track", "pk", shop.event(**looked, anonymousId="77"))
    worked(shop)
    erased(shop, "/v1/shoppers/-?anonymous_id=77")
    (wish,) = shop.call("GET", "/v1/erasure-requests", "sk")["items"]
    assert wish["shopper_id"] == "77"
    timeline = shop.call("GET", f"/v1/shoppers/{ELSE.name}/timeline", "sk")["items"]
    assert [each["kind"] for each in timeline] == ["signed_in"]


def test_nothing_is_shown_once_an_erasure_has_begun(shop: OwnShop, node: Store, erika: Person) -> None:
    """The rows are in the log and the streams until the worker has been there."""
    lives(shop, erika)
    worked(shop)
    lives(shop, erika)
    pages = [f"/v1/shoppers/{erika.name}{page}" for page in ("", "/timeline", "/export")]
    assert [shop.client.get(page, headers=secret(shop)).status_code for page in pages] == [200] * 3
    assert shop.client.delete(pages[0], headers=secret(shop)).status_code == 202
    assert found_in(node, erika.marks)
    assert [shop.client.get(page, headers=secret(shop)).status_code for page in pages] == [404] * 3


def test_nothing_is_asked_for_or_kept_of_the_erased_again(shop: OwnShop, node: Store, erika: Person) -> None:
    lives(shop, erika)
    erased(shop, f"/v1/shoppers/{erika.name}")
    token = {"Authorization": f"Bearer {shop.keys['pk']}", "Rapport-Shopper": shop.token(erika.name)}
    said = [
        shop.client.post("/v1/shoppers/me/erasure-request", headers=token),
        shop.client.patch("/v1/shoppers/me/preferences", json={"likes": ["saws"]}, headers=token),
        shop.client.put("/v1/shoppers/me/consent", json={"contact": "no"}, headers=token),
        signed_in(shop, erika.name, "subject-3"),
        shopify(shop, "customers/data_request", {"customer": {"id": erika.name}}),
    ]
    assert [answer.status_code for answer in said] == [409, 403, 409, 409, 200]
    worked(shop)
    assert found_in(node, erika.marks) == set()


def test_an_erasure_that_a_platform_asked_for_is_in_the_audit_chain(
    shop: OwnShop, node: Store, erika: Person
) -> None:
    lives(shop, erika)
    assert shopify(shop, "customers/redact", {"customer": {"id": erika.name}}).status_code == 200
    worked(shop, lambda: not shop.memory.erased.running())
    (receipt,) = shop.call("GET", "/v1/erasures", "sk")["items"]
    (entry,) = [each for each in shop.memory.audit.newest(5) if each.did == "shopper.erased"]
    assert (entry.who, entry.what) == ("the shop's platform", {"erasure_id": receipt["erasure_id"]})
    assert found_in(node, erika.marks) == set()


def test_later_activity_of_an_erased_id_is_dropped(shop: OwnShop, node: Store, erika: Person) -> None:
    lives(shop, erika)
    erased(shop, f"/v1/shoppers/{erika.name}")
    token = {"Rapport_Shopper": shop.token(erika.name)}
    looked = {"event": "Product Viewed", "properties": {"product_id": "saw"}}
    for event, key, more in (
        (shop.event(**looked, userId=erika.name), "pk", token),
        (shop.event(**looked, anonymousId=erika.number), "pk", {}),
        (shop.event(**looked, userId=erika.name), "sk", {}),
    ):
        assert shop.call("POST", "/v1/track", key, event, **more)["withheld"] == 1
    order = {"order_id": "late", "products": [{"product_id": "drill", "price": 9}]}
    bought = shop.event(event="Order Completed", properties=order, userId=erika.name)
    assert shop.call("POST", "/v1/track", "sk", bought)["withheld"] == 1
    unusable = [shop.event(event="Product Viewed", properties={}, userId=erika.name), bought]
    shop.call("POST", "/v1/batch", "sk", {"batch": unusable})
    # Somebody else at the same device is somebody, and nothing says whose number it was.
    other, at_it = {"Rapport_Shopper": shop.token(ELSE.name)}, {"anonymousId": erika.number}
    assert "withheld" not in shop.call("POST", "/v1/track", "pk", shop.event(**looked, **at_it), **other)
    alias = {**shop.event(userId=ELSE.name, previousId=erika.number), "type": "alias"}
    assert "withheld" not in shop.call("POST", "/v1/alias", "sk", alias)
    assert list(shop.memory.gather(Shopper(ELSE.name))[1].viewed) == ["saw"]
    said = shop.client.put(f"/v1/shoppers/{erika.name}/consent", json={"contact": "no"}, headers=secret(shop))
    assert said.status_code == 409
    worked(shop)
    assert found_in(node, erika.marks) == set()


class Stopping(Exception):
    """The worker's end, wherever it happens to be."""


@pytest.mark.parametrize(
    "calls",
    [1, 6, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15))],
)
def test_an_erasure_that_is_cut_short_goes_on(shop: OwnShop, node: Store, calls: int, erika: Person) -> None:
    """The worker is ended at its n-th look at the clock, of which there is one in every step."""
    lives(shop, erika)
    Worker(shop.merchant.shops).drain(shop.shop_id)
    receipt = shop.client.delete(f"/v1/shoppers/{erika.name}", headers=secret(shop)).json
    looks = iter(range(calls))

    def clock() -> float:
        if next(looks, None) is None:
            raise Stopping
        return time.time()

    archive = shop.memory.archive()
    assert archive.hold()
    with contextlib.suppress(Stopping):
        for _ in range(20):
            Erasing(shop.merchant.shops, clock).step(shop.shop_id, archive)
    archive.let_go()
    where = f"/v1/erasures/{receipt['erasure_id']}"
    worked(shop, lambda: shop.call("GET", where, "sk")["state"] == "done")
    steps = [step["step"] for step in shop.call("GET", where, "sk")["steps"]]
    assert tuple(steps) == STEPS
    assert found_in(node, erika.marks) == set()


def test_an_erasure_that_was_cut_short_while_it_was_asked_for_is_carried_out(
    shop: OwnShop, node: Store, erika: Person
) -> None:
    lives(shop, erika)
    looks = iter([time.time()])

    def clock() -> float:
        try:
            return next(looks)
        except StopIteration:
            raise Stopping from None

    with pytest.raises(Stopping):
        Erasing(shop.merchant.shops, clock).ask(shop.shop_id, Shopper(erika.name), "shop")
    assert shop.call("GET", "/v1/erasures", "sk")["items"] == []  # nobody was told of it
    worked(shop, lambda: not shop.memory.erased.running())
    (receipt,) = shop.call("GET", "/v1/erasures", "sk")["items"]
    assert receipt["state"] == "done"
    assert found_in(node, erika.marks) == set()


@pytest.mark.parametrize("list_is_there", [True, False])
def test_a_restored_store_does_not_bring_the_erased_back(
    tmp_path: Path, erika: Person, list_is_there: bool
) -> None:
    """The store and the log of the day before come back; without the list of marks, so do the erased."""
    settings = Settings(data=tmp_path / "data", shards=4)
    with opened(settings) as node:
        shop = OwnShop(node)
        lives(shop, erika)
        lives(shop, ELSE)
        worked(shop)
    no_sockets = shutil.ignore_patterns("*.sock")
    for folder in ("store", "log"):
        shutil.copytree(settings.data / folder, tmp_path / "backup" / folder, ignore=no_sockets)
    with opened(settings) as node:
        shop.use(node)
        erased(shop, f"/v1/shoppers/{erika.name}")
    until(lambda: not answers(socket_path(settings.data / "store")), "the server goes on")
    for folder in ("store", "log"):  # moved and not removed: a server that ends may still write
        (settings.data / folder).rename(tmp_path / f"{folder} of today")
        shutil.copytree(tmp_path / "backup" / folder, settings.data / folder)
    if not list_is_there:
        shutil.rmtree(settings.data / "erased")
    with opened(settings) as node:
        shop.use(node)
        node.connection.call("CONFIG", "SET", "rdbcompression", "no")
        assert found_in(node, erika.marks)
        worker = Worker(shop.merchant.shops)
        for _ in range(100):
            if not worker.step(shop.shop_id) and not shop.memory.erased.running():
                break
            time.sleep(0.02)
        assert bool(found_in(node, erika.marks)) is not list_is_there
        looked = {"event": "Product Viewed", "properties": {"product_id": "saw"}}
        answer = shop.call("POST", "/v1/track", "sk", shop.event(**looked, userId=erika.name))
        assert ("withheld" in answer) is list_is_there
        assert shop.memory.gather(Shopper("somebody-else"))[1].orders


def test_with_another_key_nothing_is_taken_in(tmp_path: Path, erika: Person) -> None:
    """Marks that were made with another key mean nothing; a node without theirs must not serve."""
    settings = Settings(data=tmp_path / "data", shards=4)
    with opened(settings) as node:
        shop = OwnShop(node)
        lives(shop, erika)
        erased(shop, f"/v1/shoppers/{erika.name}")
    with opened(replace(settings, erasure_key="another key, of more than 32 characters")) as node:
        shop.use(node)
        event = shop.event(event="Page", userId=erika.name)
        refused = shop.client.post("/v1/track", json=event, headers=secret(shop))
        assert (refused.status_code, refused.json["code"]) == (503, "store_unsafe")
        assert "erasure key" in refused.json["detail"]
        node.adopt_erasure_key()
        shop.use(node)  # which had not looked at the store's safety yet
        assert shop.client.post("/v1/track", json=event, headers=secret(shop)).status_code == 200


def test_a_wish_to_be_erased_is_the_shops_to_carry_out(shop: OwnShop, node: Store, erika: Person) -> None:
    lives(shop, erika)
    headers = {"Authorization": f"Bearer {shop.keys['pk']}", "Rapport-Shopper": shop.token(erika.name)}
    asked = [shop.client.post("/v1/shoppers/me/erasure-request", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in asked] == [202, 202]
    assert asked[0].json == asked[1].json
    (wish,) = shop.call("GET", "/v1/erasure-requests", "sk")["items"]
    assert wish == {**asked[0].json, "shopper_id": erika.name}
    assert shop.memory.gather(Shopper(erika.name))[1].orders  # nothing is done before the shop has seen it
    erased(shop, f"/v1/shoppers/{erika.name}")
    assert shop.call("GET", "/v1/erasure-requests", "sk")["items"] == []


def test_the_other_ways_to_name_somebody(shop: OwnShop, node: Store, erika: Person) -> None:
    for path in ("/v1/shoppers/me", "/v1/shoppers/x/export", "/v1/shoppers/x/consent", "/v1/shoppers/-"):
        assert shop.client.delete(path, headers=secret(shop)).status_code == 422
    assert shop.client.get("/v1/shoppers/me/timeline", headers=secret(shop)).status_code == 422
    assert shop.client.delete("/v1/shoppers/nobody-ever", headers=secret(shop)).status_code == 404
    looked = {"event": "Product Viewed", "properties": {"product_id": "saw"}}
    for name in ("me", "x/export"):
        shop.call("POST", "/v1/track", "sk", shop.event(**looked, userId=name))
    shop.call("POST", "/v1/track", "pk", shop.event(**looked, anonymousId=erika.number))
    for query in ("id=me", "id=x/export", f"anonymous_id={erika.number}"):
        assert len(shop.call("GET", f"/v1/shoppers/-/export?{query}", "sk")["activities"]) == 1
        erased(shop, f"/v1/shoppers/-?{query}")
        gone = shop.client.get(f"/v1/shoppers/-/export?{query}", headers=secret(shop))
        assert gone.status_code == 404
    assert found_in(node, erika.marks) == set()


def test_whoever_came_back_may_be_known_again(shop: OwnShop, node: Store, erika: Person) -> None:
    lives(shop, erika)
    erased(shop, f"/v1/shoppers/{erika.name}")
    erasing = Erasing(shop.merchant.shops, time.time)
    assert erasing.lift(shop.shop_id, Shopper(erika.name))
    assert not erasing.lift(shop.shop_id, Shopper(erika.name))
    looked = {"event": "Product Viewed", "properties": {"product_id": "saw"}}
    answer = shop.call("POST", "/v1/track", "sk", shop.event(**looked, userId=erika.name))
    assert "withheld" not in answer
    assert list(shop.memory.gather(Shopper(erika.name))[1].viewed) == ["saw"]
    again = erased(shop, f"/v1/shoppers/{erika.name}")
    assert found_in(node, erika.marks) == set()
    assert len(shop.call("GET", "/v1/erasures", "sk")["items"]) == 2
    assert again["state"] == "done"


def test_an_export_holds_everything_that_was_told(shop: OwnShop, node: Store, erika: Person) -> None:
    lives(shop, ELSE)
    lives(shop, erika)
    worked(shop)
    lives(shop, erika)  # half of it is still in the streams
    exported = shop.call("GET", f"/v1/shoppers/{erika.name}/export", "sk")
    kinds = Counter(activity["kind"] for activity in exported["activities"])
    assert kinds == {
        "viewed": 4, "carted": 2, "bought": 4, "identified": 2, "aliased": 2, "consented": 1, "joined": 1,
        "tier_set": 1, "points": 2,
    }  # fmt: skip
    assert [each["why"]["reason"] for each in exported["tier_history"]] == [f"{erika.name} is a friend"]
    assert sum(exported["points_given"].values()) == 10
    assert {each["id"] for each in exported["identities"]} == {erika.name, erika.number}
    assert exported["traits"]["email"]["value"] == f"{erika.name}@example.com"
    assert exported["consent"]["profile"] == "yes"
    assert len(exported["orders"]) == 2
    assert [letter["code"] for letter in exported["dead_letters"]] == ["invalid", "invalid"]
    assert b"somebody-else" not in orjson.dumps(exported)
    text = "".join(
        piece.decode()
        for piece in dossier(Storefront(shop.merchant.shops), shop.shop_id, Shopper(erika.name))
    )
    assert orjson.loads(text)["activities"] == exported["activities"]
