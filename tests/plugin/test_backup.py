"""A backup restores: on an empty node the shop is what it was (promise G15)."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest

from plugin import training
from plugin.activity import Activity, Line, Shopper
from plugin.backup import Backup, export_shop, import_shop
from plugin.connectors.segment import Sender, read_document
from plugin.connectors.simulated import simulate
from plugin.errors import Refused
from plugin.intake.importing import bring_in
from plugin.intake.keeping import keep
from plugin.merchant import Merchant, product_of
from plugin.rights.erasing import Erasing
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.activities import Outcome
from plugin.store.backup import restoring, snapshot
from plugin.store.memory import Store, open_store
from plugin.worker import Worker

NOW = 1_772_000_000.0  # 2026-02-25
SHARDS = 4


def quiet(*_: Any) -> None:
    """Progress that nobody looks at."""


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Make nodes with a store of their own, let go of at the end."""
    opened: list[Store] = []

    def make(name: str = "node", **settings: Any) -> Shops:
        data = tmp_path_factory.mktemp(name)
        opened.append(open_store(Settings(**{"data": data, "shards": SHARDS, **settings})))
        return Shops(opened[-1])

    yield make
    for store in opened:
        store.close()


@dataclass
class Simulated:
    """A simulated shop on its node."""

    shops: Shops
    shop_id: str
    shoppers: list[Shopper]


@pytest.fixture(scope="module")
def simulated(nodes: Any) -> Simulated:
    """Two months of a small simulated shop with a model in service, and activity that no worker has seen."""
    shops = nodes("original")
    merchant = Merchant(shops, lambda: NOW)
    shop_id = merchant.open_shop("Backed up", {"currency": "EUR"}).settings.shop_id
    until = datetime.fromtimestamp(NOW - 3600, UTC)
    world = simulate(5, until=until, months=2, shoppers=30, site="https://shop.example", currency="EUR")
    view = shops.view(shop_id)
    products = [replace(product_of(each, view, NOW - 90 * 86400)) for each in world.products]
    merchant.put_products(shop_id, products, at=NOW - 90 * 86400)
    sender = Sender("shop", "EUR")
    activities = [read_document(document, sender, NOW) for document in world.activities()]
    bring_in(shops, shop_id, activities)
    training.train(shops, shop_id, now=NOW)
    shoppers = sorted({a.shopper for a in activities if a.shopper}, key=lambda shopper: shopper.ref)
    return Simulated(shops, shop_id, shoppers)


def doing(number: int, who: Shopper, kind: str = "viewed", **more: Any) -> Activity:
    """Something a shopper did just now."""
    line = Line(f"new-{number}", 1, 500)
    return Activity(f"now-{number}", kind, kind, NOW, NOW, "shop", who, (line,), **more)


def undelivered(simulated: Simulated, start: int = 0) -> list[Activity]:
    """Acknowledge activity, an order among it, that nothing has folded or archived yet."""
    batch = [doing(start + i, who) for i, who in enumerate(simulated.shoppers[:10])]
    batch.append(doing(start + 90, simulated.shoppers[0], "bought", order_id=f"order-{start}"))
    memory = simulated.shops.memory(simulated.shop_id)
    assert set(memory.activities.append(batch, time.time())) == {Outcome.NEW}
    return batch


def exported(simulated: Simulated, out: Path) -> Backup:
    """Back the shop up."""
    return export_shop(simulated.shops, simulated.shop_id, out, version="1", now=time.time(), progress=quiet)


def imported(shops: Shops, source: Path) -> Backup:
    """Restore a backup."""
    return import_shop(shops, source, now=time.time, progress=quiet)


def everything(shops: Shops, shop_id: str, shoppers: list[Shopper]) -> dict[str, Any]:
    """What can be seen of a shop: each shopper as known, the documents, the history, the model's answers."""
    memory, view = shops.memory(shop_id), shops.view(shop_id, fresh=True)
    model = shops.model(view)
    rows = memory.log.query("SELECT * FROM log ORDER BY entry, line")
    return {
        "profiles": {s.ref: orjson.loads(memory.shoppers.read(s).to_bytes()) for s in shoppers},
        "documents": dict(memory.documents.changes_since(0).bodies),
        "log": rows.to_pylist(),
        "model": None if model is None else (model.version, model.product_ids),
        "settings": view.settings,
        "keys": view.keys,
    }


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The names of what is not the same."""
    return [name for name in one if one[name] != other[name]]


def both_drained(simulated: Simulated, elsewhere: Shops) -> tuple[dict[str, Any], dict[str, Any]]:
    """Everything of the shop on both nodes, once all is in the log; what is taken anew has a new date."""
    found = []
    for shops in (simulated.shops, elsewhere):
        Worker(shops).drain(simulated.shop_id)
        found.append(everything(shops, simulated.shop_id, simulated.shoppers))
        for taken_anew in ("standing", "value", "use-trust"):
            found[-1]["documents"].pop(taken_anew, None)
    return found[0], found[1]


@pytest.mark.parametrize(("form", "settled"), [("shop.tar.zst", True), ("folder", False)])
def test_a_restored_shop_is_what_it_was(
    simulated: Simulated,
    nodes: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    settled: bool,
) -> None:
    """Whether or not what came in last was archived in time."""
    if not settled:
        monkeypatch.setattr("plugin.backup._settle", quiet)
    sent = undelivered(simulated, 1_000 * settled)
    made = exported(simulated, tmp_path / form)
    before = everything(simulated.shops, simulated.shop_id, simulated.shoppers)
    assert made.undelivered == (0 if settled else len(sent))
    elsewhere = nodes("restored")
    back = imported(elsewhere, tmp_path / form)
    assert (back.shop, back.keys, back.rows, back.undelivered) == (
        *(made.shop, made.keys, made.rows, made.undelivered),
    )
    assert differences(before, everything(elsewhere, simulated.shop_id, simulated.shoppers)) == []
    assert before["model"] is not None
    assert len(before["log"]) > 500
    assert differences(*both_drained(simulated, elsewhere)) == []
    # Sent again it is a repetition still: by message id, and an order by its own.
    memory = elsewhere.memory(simulated.shop_id)
    assert set(memory.activities.append(sent, time.time())) == {Outcome.REPEATED}
    order = replace(sent[-1], message_id="another message")
    assert memory.activities.append([order], time.time()) == [Outcome.REPEATED]
    # And life goes on.
    new = doing(5_000, simulated.shoppers[0])
    assert memory.activities.append([new], time.time()) == [Outcome.NEW]
    Worker(elsewhere).drain(simulated.shop_id)
    assert "new-5000" in memory.shoppers.read(simulated.shoppers[0]).viewed
    assert memory.log.query("SELECT 1 FROM log WHERE message_id = 'now-5000'").num_rows == 1


@pytest.mark.parametrize(
    ("without", "differs"),
    [("settled.parquet", "profiles"), ("words.parquet", "settings"), ("moving.parquet", "log")],
)
def test_a_restore_that_leaves_something_out_is_seen(
    simulated: Simulated,
    nodes: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    without: str,
    differs: str,
) -> None:
    """The control: what calls a restore complete sees one that is not; the undelivered stream above all."""
    monkeypatch.setattr("plugin.backup._settle", quiet)
    undelivered(
        simulated, 1_000 * ["settled.parquet", "words.parquet", "moving.parquet"].index(without) + 2_000
    )
    exported(simulated, tmp_path / "shop.tar.zst")
    real = restoring.read_facts
    monkeypatch.setattr(restoring, "read_facts", lambda path: () if path.name == without else real(path))
    elsewhere = nodes("partial")
    imported(elsewhere, tmp_path / "shop.tar.zst")
    Worker(simulated.shops).drain(simulated.shop_id)
    Worker(elsewhere).drain(simulated.shop_id)
    before = everything(simulated.shops, simulated.shop_id, simulated.shoppers)
    assert differs in differences(before, everything(elsewhere, simulated.shop_id, simulated.shoppers))


def test_what_arrives_while_the_backup_is_made_is_in_it_whole_or_not_at_all(
    simulated: Simulated, nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In profile, log and memory of what was seen alike, so that whatever is missing can be sent again."""
    memory = simulated.shops.memory(simulated.shop_id)
    ended, sent = threading.Event(), []

    def send() -> None:
        number = 10_000
        while not ended.is_set() and number < 10_800:
            who = simulated.shoppers[number % 20]
            batch = [doing(number, who), doing(number + 1, who, "bought", order_id=f"busy-{number}")]
            memory.activities.append(batch, time.time())
            sent.extend(batch)
            number += 2

    sender = threading.Thread(target=send)
    sender.start()
    try:
        exported(simulated, tmp_path / "shop.tar.zst")
    finally:
        ended.set()
        sender.join()
    late = [doing(10_900, simulated.shoppers[0])]
    memory.activities.append(late, time.time())
    sent.extend(late)
    elsewhere = nodes("busy")
    imported(elsewhere, tmp_path / "shop.tar.zst")
    restored = elsewhere.memory(simulated.shop_id)
    outcomes = restored.activities.append(sent, time.time())
    assert set(outcomes) <= {Outcome.NEW, Outcome.REPEATED}
    assert outcomes[-1] is Outcome.NEW, "what came after the backup is not in it"
    Worker(elsewhere).drain(simulated.shop_id)
    Worker(simulated.shops).drain(simulated.shop_id)
    for who in simulated.shoppers[:20]:
        ours, theirs = memory.shoppers.read(who), restored.shoppers.read(who)
        assert orjson.loads(ours.to_bytes()) == orjson.loads(theirs.to_bytes())
    counted = "SELECT message_id, count(*) AS n FROM log WHERE message_id LIKE 'now-1%' GROUP BY message_id"
    rows = {row["message_id"]: row["n"] for row in restored.log.query(counted).to_pylist()}
    assert {a.message_id: 1 for a in sent}.items() <= rows.items()


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_arrives_at_a_look_at_its_stream_is_in_its_shopper_too(
    simulated: Simulated, nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Somebody new comes at the very moment at which the newest position of a stream is read."""
    memory, newest = simulated.shops.memory(simulated.shop_id), snapshot.newest_position
    came: dict[int, Shopper] = {}

    def overtaken(connection: Any, stream: str) -> bytes:
        shard = int(stream.partition("}")[0].rpartition(":")[2])
        found = newest(connection, stream)
        if shard not in came:
            ids = (f"{when}-{number}" for number in count())
            came[shard] = Shopper(next(each for each in ids if memory.keys.shard(each) == shard))
            memory.activities.append([doing(30_000 + shard, came[shard])], time.time())
            return newest(connection, stream) if when == "before" else found
        return found

    def doing(number: int, who: Shopper) -> Activity:
        return Activity(f"{when}-{number}", "viewed", "viewed", NOW, NOW, "shop", who, (Line("late"),))

    monkeypatch.setattr(snapshot, "newest_position", overtaken)
    exported(simulated, tmp_path / "shop.tar.zst")
    elsewhere = nodes("overtaken")
    imported(elsewhere, tmp_path / "shop.tar.zst")
    Worker(elsewhere).drain(simulated.shop_id)
    restored = elsewhere.memory(simulated.shop_id)
    assert len(came) == SHARDS
    for who in came.values():
        rows = restored.log.query("SELECT 1 FROM log WHERE shopper = $ref", {"ref": who.ref})
        assert (rows.num_rows, restored.shoppers.read(who).events) == (1, 1)


def test_without_a_cut_what_arrives_meanwhile_would_be_torn(
    simulated: Simulated, nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: streams read at one moment and short lists at another, as copying key by key does."""
    memory, names_of, torn = simulated.shops.memory(simulated.shop_id), snapshot.names_of, []
    who = simulated.shoppers[3]

    def late(*arguments: Any) -> Any:
        found = list(names_of(*arguments))
        if not torn:
            torn.append(True)
            memory.activities.append([doing(20_000, who)], time.time())
        return iter(found)

    monkeypatch.setattr(snapshot, "names_of", late)
    monkeypatch.setattr(snapshot, "_is_moving", lambda keys, name: name.rest == b"worker")
    monkeypatch.setattr(snapshot, "_cut", lambda *_: ())
    Worker(simulated.shops).drain(simulated.shop_id)
    exported(simulated, tmp_path / "torn")
    elsewhere = nodes("torn")
    imported(elsewhere, tmp_path / "torn")
    Worker(elsewhere).drain(simulated.shop_id)
    restored = elsewhere.memory(simulated.shop_id)
    in_profile = "new-20000" in restored.shoppers.read(who).viewed
    in_log = restored.log.query("SELECT 1 FROM log WHERE message_id = 'now-20000'").num_rows == 1
    seen = restored.activities.append([doing(20_000, who)], time.time()) == [Outcome.REPEATED]
    assert in_profile != in_log, seen


def test_what_waited_for_an_order_that_came_during_the_backup_reaches_its_buyer(
    nodes: Any, tmp_path: Path
) -> None:
    """The order is in the stream that was cut; what waited for it was read before."""
    shops, ann, now = nodes("waiting"), Shopper("ann"), time.time()
    shop_id = Merchant(shops, lambda: now).open_shop("Waiting", {}).settings.shop_id
    memory, line = shops.memory(shop_id), (Line("cup", 1, 500),)
    refund = {"order_id": "o", "properties": {"refund_id": "r"}}
    keep(memory, [Activity("m1", "returned", "Order Refunded", now, now, "shop", None, line, **refund)], now)
    take, bought = snapshot.take, Activity("m2", "bought", "x", now, now, "shop", ann, line, "o")

    def taken(*args: Any) -> Any:
        memory.activities.append([bought], now)  # its writer has not come to say whose the order is
        return take(*args)

    with pytest.MonkeyPatch.context() as between:
        between.setattr(snapshot, "take", taken)
        export_shop(shops, shop_id, tmp_path / "shop.tar.zst", version="1", now=now, progress=quiet)
    fresh = nodes("fresh")
    import_shop(fresh, tmp_path / "shop.tar.zst", now=lambda: now, progress=quiet)
    order = fresh.memory(shop_id).shoppers.read(ann).orders["o"]
    assert (order.returned, order.kept()) == ({"r": {"cup": 1}}, {})


def test_nobody_erased_since_comes_back_with_an_old_backup(
    simulated: Simulated, nodes: Any, tmp_path: Path
) -> None:
    exported(simulated, tmp_path / "shop.tar.zst")
    gone = next(who for who in simulated.shoppers if who.known)
    erasing = Erasing(simulated.shops, time.time)
    asked = erasing.ask(simulated.shop_id, gone, "shop")
    assert asked["marks"]
    data = simulated.shops.store.settings.data
    elsewhere = nodes("erased")
    for name in ("erasure.key", "erased"):  # what the node keeps outside store and backups goes along
        source, target = data / name, elsewhere.store.settings.data / name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    back = imported(elsewhere, tmp_path / "shop.tar.zst")
    assert back.erased == len(asked["marks"])
    worker = Worker(elsewhere)
    for _ in range(20):
        worker.step(simulated.shop_id)
    memory = elsewhere.memory(simulated.shop_id)
    assert memory.shoppers.read(gone).events == 0
    assert memory.log.query("SELECT 1 FROM log WHERE shopper = $ref", {"ref": gone.ref}).num_rows == 0
    assert memory.activities.append([doing(40_000, gone)], time.time()) == [Outcome.WITHHELD]
    without = nodes("forgetful")  # the control: a node that does not know of the erasure brings them back
    imported(without, tmp_path / "shop.tar.zst")
    assert without.memory(simulated.shop_id).shoppers.read(gone).events > 0


def test_a_restore_that_is_refused_leaves_nothing(
    simulated: Simulated, nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "shop.tar.zst"
    exported(simulated, source)
    with pytest.raises(Refused, match="There is a shop"):
        imported(simulated.shops, source)
    with pytest.raises(Refused, match="RAPPORT_SHARDS=4"):
        imported(nodes("other shards", shards=SHARDS * 2), source)
    with pytest.raises(Refused, match="must be a new file"):
        exported(simulated, source)
    elsewhere = nodes("failing")
    memory = elsewhere.memory(simulated.shop_id)
    with monkeypatch.context() as broken:
        broken.setattr(restoring, "open_doors", lambda *_: (_ for _ in ()).throw(OSError(28, "disk full")))
        with pytest.raises(OSError, match="disk full"):
            imported(elsewhere, source)
    assert elsewhere.store.shops() == []
    assert list(elsewhere.store.connection.scan(f"*{simulated.shop_id}*")) == []
    assert memory.log.place.names() == []
    assert list(memory.models.glob("*")) == []


def test_a_restore_that_was_killed_can_be_done_again(
    simulated: Simulated, nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "shop.tar.zst"
    exported(simulated, source)
    elsewhere = nodes("killed")

    def gone(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(restoring, "open_doors", gone)
        killed.setattr("plugin.backup._take_back", quiet)
        with pytest.raises(KeyboardInterrupt):
            imported(elsewhere, source)
    assert elsewhere.memory(simulated.shop_id).log.place.names()
    imported(elsewhere, source)
    before = everything(simulated.shops, simulated.shop_id, simulated.shoppers)
    assert differences(before, everything(elsewhere, simulated.shop_id, simulated.shoppers)) == []


def test_a_log_that_is_there_is_not_written_over(simulated: Simulated, nodes: Any, tmp_path: Path) -> None:
    source = tmp_path / "shop.tar.zst"
    exported(simulated, source)
    elsewhere = nodes("with a log")
    memory = elsewhere.memory(simulated.shop_id)
    memory.log.write(1, [("{x:0}1-0", doing(1, simulated.shoppers[0]))])
    with pytest.raises(Refused, match="move it away"):
        imported(elsewhere, source)
    assert memory.log.query("SELECT 1 FROM log").num_rows == 1
