"""The background work of one shop, beside others who write and work at the same time."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from plugin import worker as working
from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Product
from plugin.errors import RapportError, StoreUnavailable
from plugin.intake.keeping import keep
from plugin.merchant import Merchant
from plugin.store.archive import Archive
from plugin.store.documents import Documents
from plugin.worker import Worker

NOW = 1_700_000_000.0


def order(order_id: str, *lines: Line) -> Activity:
    """An order the shop's server reported."""
    return Activity(order_id, "bought", "Order Completed", NOW, NOW, "shop", Shopper("ann"), lines, order_id)


ANN_AT_V = Shopper("ann"), Shopper("v", known=False)


def looked(product: str, who: Shopper, visitor: str | None = None) -> Activity:
    """A look at a product, perhaps by a shopper at a visitor's number."""
    return Activity(
        product, "viewed", "Product Viewed", NOW, NOW, "shop", who, (Line(product),), visitor=visitor
    )


@pytest.fixture
def shop_id(merchant: Merchant) -> str:
    """A shop of its own."""
    return merchant.open_shop("Worked", {}).settings.shop_id


def known(merchant: Merchant, shop_id: str, product_id: str) -> Product | None:
    """What the catalogue says of a product now, its earlier prices aside."""
    product = merchant.shops.view(shop_id, fresh=True).catalogue.get(product_id)
    return product and replace(product, prices=())


def test_products_are_learned_from_orders_until_the_merchant_describes_them(
    merchant: Merchant, shop_id: str
) -> None:
    memory, worker = merchant.shops.memory(shop_id), Worker(merchant.shops)
    merchant.put_products(shop_id, [Product("pan", name="Iron pan", price=4990)])
    memory.activities.append([order("1", Line("pan", 1, 100, "pan!"), Line("lid", 1, 900, "Lid"))], NOW)
    worker.drain(shop_id)
    assert known(merchant, shop_id, "pan") == Product("pan", name="Iron pan", price=4990)
    assert known(merchant, shop_id, "lid") == Product(
        "lid", name="Lid", price=900, source="orders", first_seen=NOW, updated_at=NOW
    )


def test_what_the_merchant_writes_while_orders_are_learned_from_stays(
    merchant: Merchant, shop_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, described = merchant.shops.memory(shop_id), Product("lid", name="Glass lid", price=1290)
    memory.activities.append([order("1", Line("lid", 1, 900, "Lid"), Line("pan", 1, 900, "Pan"))], NOW)
    read, once = Documents.get_many, []

    def read_and_overtaken(self: Documents, names: list[str]) -> Any:
        found = read(self, names)
        if "product/lid" in names and not once:
            once.append(True)
            merchant.put_products(shop_id, [described])
        return found

    monkeypatch.setattr(Documents, "get_many", read_and_overtaken)
    Worker(merchant.shops).drain(shop_id)
    assert once
    assert known(merchant, shop_id, "lid") == described
    assert known(merchant, shop_id, "pan") is not None


def test_patience_with_another_worker_ends_also_for_a_moment_that_stands(
    merchant: Merchant, shop_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = merchant.shops.memory(shop_id)
    memory.activities.append([order("1", Line("pan"))], time.time())
    assert memory.archive().hold()
    monkeypatch.setattr(working, "PATIENCE_S", 0.0)
    with pytest.raises(RapportError, match="holds the work"):
        Worker(merchant.shops, lambda: NOW).drain(shop_id)


def test_a_shop_whose_work_fails_rests_and_keeps_nobody_waiting(
    merchant: Merchant, shop_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = merchant.open_shop("Healthy", {}).settings.shop_id
    for each in (shop_id, other):
        merchant.shops.memory(each).activities.append([order("1", Line("pan"))], NOW)
    worker, apply, tried = Worker(merchant.shops), Archive.apply, []

    def failing(self: Archive) -> int:
        if self._keys.shop == shop_id:
            tried.append(shop_id)
            raise ZeroDivisionError
        return apply(self)

    with monkeypatch.context() as broken:
        broken.setattr(Archive, "apply", failing)
        assert [worker._try_step(shop_id) for _ in range(3)] == [0, 0, 0]
        assert len(tried) == 1  # it rests
        assert worker._try_step(other) > 0
        broken.setattr(working, "FIRST_REST_S", 0.0)
        worker._rests.clear()
        worker._try_step(shop_id)
        assert len(tried) == 2
    assert worker._try_step(shop_id) > 0
    assert shop_id not in worker._rests


def test_the_worker_outlives_a_fault_nobody_foresaw(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, rounds = threading.Event(), []

    def stumbles() -> list[str]:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise KeyError("anything")
        stop.set()
        return []

    monkeypatch.setattr(merchant.shops.store, "shops", stumbles)
    monkeypatch.setattr(stop, "wait", lambda _: stop.is_set())
    Worker(merchant.shops).run(stop)
    assert rounds == [0, 1]


@pytest.mark.parametrize("unreadable", ["ann", "v"])
def test_a_profile_that_cannot_be_read_keeps_nobody_waiting(
    merchant: Merchant, shop_id: str, unreadable: str
) -> None:
    """As after a return to an older release: not its visitors, not its shop."""
    memory, worker, ann, visitor = merchant.shops.memory(shop_id), Worker(merchant.shops), *ANN_AT_V
    keep(memory, [looked("a", visitor), looked("b", ann, visitor="w")], NOW)
    worker.drain(shop_id)
    who = ann if unreadable == "ann" else visitor
    key = memory.keys.profile(memory.keys.shard(who.id)) + who.ref
    merchant.shops.store.connection.call("SET", key, b'{"of":"a later release"}')
    keep(memory, [looked("c", ann, visitor="v"), looked("d", Shopper("ben"))], NOW)
    worker.drain(shop_id)
    keep(memory, [looked("e", visitor), looked("f", Shopper("w", known=False))], NOW)
    worker.drain(shop_id)
    assert set(memory.shoppers.read(Shopper("ben")).viewed) == {"d"}
    if unreadable == "v":
        assert {"b", "c"} <= set(memory.shoppers.read(ann).viewed)


def test_what_one_shop_must_wait_for_is_no_reason_for_all_to_wait(
    merchant: Merchant, shop_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a store that is away stops the round."""
    worker = Worker(merchant.shops)

    def refusing(cause: Exception | None) -> Any:
        def apply(self: Archive) -> int:
            raise StoreUnavailable("Not now.") from cause

        return apply

    monkeypatch.setattr(Archive, "apply", refusing(None))
    assert worker._try_step(shop_id) == 0
    worker._rests.clear()
    monkeypatch.setattr(Archive, "apply", refusing(ConnectionError()))
    with pytest.raises(StoreUnavailable):
        worker._try_step(shop_id)


def test_rights_that_cannot_be_seen_to_keep_nothing_from_being_folded(
    merchant: Merchant, shop_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, worker, tried = merchant.shops.memory(shop_id), Worker(merchant.shops), []

    def failing(*_: Any) -> int:
        tried.append(shop_id)
        raise ZeroDivisionError

    monkeypatch.setattr(worker._rights, "step", failing)
    for number in range(3):
        memory.activities.append([order(str(number), Line("pan"))], NOW)
        assert worker._try_step(shop_id) > 0
    assert memory.shoppers.looks([Shopper("ann")])[0].pending == []
    assert len(tried) == 1  # that rests
