"""Clocks that are off, events that come late or from the future (promise G8): one table, and what follows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plugin.activity import Activity, Shopper
from plugin.connectors.segment import Sender, read_document
from plugin.history import figures_between
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import Store, open_store
from plugin.training import train
from plugin.worker import Worker

ARRIVED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY, YEARS = timedelta(days=1), timedelta(days=3 * 365)
ANNA = Shopper("anna")


def ago(**how: float) -> datetime:
    return ARRIVED - timedelta(**how)


# what is the case; what the document says; when it is taken to have happened
TABLE: list[tuple[str, dict[str, Any], datetime]] = [
    ("a right clock", {"timestamp": ago(minutes=5), "sentAt": ARRIVED}, ago(minutes=5)),
    (
        "a clock years behind",
        {"timestamp": ago(minutes=10) - YEARS, "sentAt": ARRIVED - YEARS},
        ago(minutes=10),
    ),
    (
        "a clock years ahead",
        {"timestamp": ago(minutes=10) + YEARS, "sentAt": ARRIVED + YEARS},
        ago(minutes=10),
    ),
    ("ahead, and nothing says when it was sent", {"timestamp": ARRIVED + YEARS}, ARRIVED),
    ("long ago, and nothing says when it was sent", {"timestamp": ARRIVED - YEARS}, ARRIVED - YEARS),
    ("a little ahead, as clocks are", {"timestamp": ARRIVED + timedelta(minutes=2)}, ARRIVED),
    ("seven days in a queue", {"timestamp": ago(days=7), "sentAt": ARRIVED}, ago(days=7)),
    ("forty days in a queue", {"timestamp": ago(days=40), "sentAt": ARRIVED}, ago(days=40)),
    ("before there was time", {"timestamp": "1969-12-31T23:59:59Z"}, ARRIVED),
    ("the year one", {"timestamp": "0001-01-01T00:00:00Z"}, ARRIVED),
    (
        "just after midnight, two hours east",
        {"timestamp": "2026-11-22T00:30:00+02:00"},
        datetime(2026, 11, 21, 22, 30, tzinfo=UTC),
    ),
    ("no zone", {"timestamp": "2026-11-21T23:30:00"}, datetime(2026, 11, 21, 23, 30, tzinfo=UTC)),
    (
        "set right by a server before us",
        {
            "timestamp": ago(hours=1),
            "originalTimestamp": ago(hours=1) - YEARS,
            "sentAt": ARRIVED - YEARS,
        },
        ago(hours=1),
    ),
    ("no time at all", {}, ARRIVED),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    held = open_store(Settings(data=tmp_path_factory.mktemp("clocks"), shards=4))
    yield held
    held.close()


@pytest.fixture
def opened(store: Store) -> tuple[Shops, str]:
    shops = Shops(store)
    return shops, Merchant(shops, ARRIVED.timestamp).open_shop("Clocks", {}).settings.shop_id


def read(name: str, times: dict[str, Any], who: str = "anna", **properties: Any) -> Activity:
    """What the door makes of an event of the shop's server."""
    told = {key: at.isoformat() if isinstance(at, datetime) else at for key, at in times.items()}
    document = {"event": name, "userId": who, "messageId": repr((name, told, properties))[:128], **told}
    return read_document({**document, "properties": properties}, Sender("shop", "EUR"), ARRIVED.timestamp())


@pytest.mark.parametrize(("case", "times", "expected"), TABLE, ids=[case for case, _, _ in TABLE])
def test_when_it_is_taken_to_have_happened(
    opened: tuple[Shops, str], case: str, times: dict[str, Any], expected: datetime
) -> None:
    shops, shop_id = opened
    shop = shops.memory(shop_id)
    shop.activities.append([read("Product Viewed", times, product_id="drill")], ARRIVED.timestamp())
    Worker(shops, ARRIVED.timestamp).drain(shop_id)
    assert shop.shoppers.read(ANNA).viewed == {"drill": expected.timestamp()}
    (logged,) = shop.log.activities()
    assert (logged.at, logged.received_at) == (expected.timestamp(), ARRIVED.timestamp())


def order(
    when: datetime, order_id: str, *products: str, event: str = "Order Completed", who: str = "anna"
) -> Activity:
    lines = [{"product_id": each, "quantity": 1, "price": 10} for each in products]
    return read(event, {"timestamp": when, "sentAt": ARRIVED}, who, order_id=order_id, products=lines)


def test_an_update_before_its_order_and_a_return_before_both(opened: tuple[Shops, str]) -> None:
    shops, shop_id = opened
    told = [
        order(ago(days=3), "7", "drill", "saw"),
        order(ago(days=2), "7", "drill", "bits", event="Order Updated"),
        read(
            "Order Refunded",
            {"timestamp": ago(days=1)},
            order_id="7",
            refund_id="r1",
            products=[{"product_id": "bits", "quantity": 1}],
        ),
    ]
    kept = []
    for turn, activities in enumerate(itertools.permutations(told)):
        shop = shops.memory(f"{shop_id}-{turn}")
        for activity in activities:
            shop.activities.append([activity], ARRIVED.timestamp())
        kept.append(shop.shoppers.read(ANNA).orders["7"].kept())
    assert kept == [{"drill": 1}] * 6


def test_what_came_late_changes_the_profile_the_figures_and_the_next_training(
    opened: tuple[Shops, str],
) -> None:
    shops, shop_id = opened
    shop, now = shops.memory(shop_id), ARRIVED.timestamp()
    worker = Worker(shops, lambda: now)
    early = [order(ago(days=20 - n % 18), f"o{n}", "drill", "bits", who=f"s{n % 20}") for n in range(40)]
    shop.activities.append(early, now)
    worker.drain(shop_id)
    before = train(shops, shop_id, now=now, publish=True)
    bought = sum(each.orders for each in figures_between(shop.log, 0.0, now + 1))
    shop.activities.append([order(ago(days=7), "late", "saw")], now)
    assert "late" in shop.shoppers.read(ANNA).orders
    worker.drain(shop_id)
    after = train(shops, shop_id, now=now + 1, publish=True)
    assert (after.orders - before.orders, after.products - before.products) == (1, 1)
    assert sum(each.orders for each in figures_between(shop.log, 0.0, now + 1)) == bought + 1
