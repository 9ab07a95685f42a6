"""Bad events neither block nor vanish (promise G9): 10,000, of which one in a hundred cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api import activity as doors
from api.app import create
from plugin.activity import Shopper
from plugin.connectors.segment import Rejected, read_document
from plugin.intake import dead_letters as replaying
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store import dead_letters as boxes
from plugin.store.memory import Store, open_store
from plugin.storefront import Storefront
from plugin.worker import Worker

EVENTS = 10_000
BATCH = 500
BAD = 100  # one in so many
PEOPLE = 50


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of its own."""
    held = open_store(Settings(data=tmp_path_factory.mktemp("bad"), shards=8))
    yield held
    held.close()


def event(number: int) -> dict[str, Any]:
    return {
        "event": "Product Viewed",
        "messageId": f"m{number}",
        "userId": f"s{number % PEOPLE}",
        "properties": {"product_id": "drill", "finish": "odd" if number % BAD == 0 else "plain"},
    }


def reader_with_a_fault(document: Any, *rest: Any) -> Any:
    """A release of the service that does not yet know one of the shop's words."""
    if document["properties"].get("finish") == "odd":
        raise Rejected("invalid", "/properties/finish is not known.")
    return read_document(document, *rest)


def send_all(store: Store, events: int = EVENTS) -> str:
    """Post so many events in batches; return the shop."""
    opened = Merchant(Shops(store), lambda: 1_700_000_000.0).open_shop("Bad", {})
    client = create(store=store).test_client()
    headers = {"Authorization": f"Bearer {opened.secret_key}"}
    for first in range(0, events, BATCH):
        batch = {"batch": [event(number) for number in range(first, first + BATCH)]}
        for _ in range(1 + (first == 0)):  # the first of them twice, as after an answer that got lost
            answer = client.post("/v1/batch", json=batch, headers=headers)
            assert answer.status_code == 200
            assert len(answer.json["rejected"]) == BATCH // BAD
    return opened.settings.shop_id


def applied(store: Store, shop_id: str) -> int:
    """How many events all shoppers' profiles hold, once the worker has come to all of them."""
    Worker(Shops(store)).drain(shop_id)
    shoppers = store.shop(shop_id).shoppers
    return sum(shoppers.read(Shopper(f"s{number}")).events for number in range(PEOPLE))


def test_bad_events_neither_block_nor_vanish(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, front = EVENTS // BAD, Storefront(Shops(store))
    with monkeypatch.context() as faulty:
        faulty.setattr(doors, "read_document", reader_with_a_fault)
        faulty.setattr(replaying, "read_document", reader_with_a_fault)
        shop_id = send_all(store)
        assert applied(store, shop_id) == EVENTS - bad
        letters = list(store.shop(shop_id).dead_letters.all())
        assert len(letters) == bad
        assert {each.detail for each in letters} == {"/properties/finish is not known."}
        assert len(replaying.replay(front, shop_id, letters).still) == bad
    assert replaying.replay(front, shop_id, letters).applied == bad
    assert replaying.replay(front, shop_id, letters).applied == 0
    assert store.shop(shop_id).dead_letters.count() == 0
    assert applied(store, shop_id) == EVENTS


def test_without_the_list_they_would_be_gone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(boxes.DeadLetters, "bury", lambda *_: None)
    with monkeypatch.context() as faulty:
        faulty.setattr(doors, "read_document", reader_with_a_fault)
        shop_id = send_all(store, 2_000)
    letters = list(store.shop(shop_id).dead_letters.all())
    replaying.replay(Storefront(Shops(store)), shop_id, letters)
    assert applied(store, shop_id) == 1_980


def test_a_replay_that_is_cut_short_counts_nothing_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends after it applied and before it took the letters out."""
    monkeypatch.setattr(doors, "read_document", reader_with_a_fault)
    shop_id, front = send_all(store, 2_000), Storefront(Shops(store))
    letters = list(store.shop(shop_id).dead_letters.all())
    with monkeypatch.context() as ended:
        ended.setattr(boxes.DeadLetters, "drop", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            replaying.replay(front, shop_id, letters)
    came = replaying.replay(front, shop_id, list(store.shop(shop_id).dead_letters.all()))
    assert (came.applied, came.known) == (0, 20)
    assert applied(store, shop_id) == 2_000
