"""How often an ordinary call asks the store: it is what a call costs, so more of it is a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from plugin.store.connection import SCRIPTS, Call, Connection
from plugin.store.memory import Store
from plugin.worker import Worker
from tests.api.own_shop import OwnShop

NAMES = {mark: name for name, (_, mark) in SCRIPTS.items()}


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[Counter[str]]:
    """What each round trip asked, in their order."""
    made: list[Counter[str]] = []
    ask = Connection._round_trip

    def counting(self: Connection, commands: Sequence[Call]) -> list[Any]:
        made.append(Counter(NAMES.get(call[1], call[0]) if len(call) > 1 else call[0] for call in commands))
        return ask(self, commands)

    monkeypatch.setattr(Connection, "_round_trip", counting)
    return made


@pytest.fixture
def own(store: Store, monkeypatch: pytest.MonkeyPatch) -> OwnShop:
    """A shop whose view and safety were looked at a moment ago, and do not come due while a test runs."""
    shop = OwnShop(store)
    front = shop.client.application.extensions["storefront"]
    monkeypatch.setattr(front.shops, "_clock", lambda: 0.0)
    monkeypatch.setattr(front, "_safety", (float("inf"), front.shops.store.safety()))
    shop.call("POST", "/v1/batch", "pk", views(shop, anonymousId="first"))
    return shop


def views(shop: OwnShop, *people: str, **said: Any) -> dict[str, Any]:
    """Twenty looks at products in one batch, by these people in turn."""
    events = [
        shop.event(event="Product Viewed", properties={"product_id": f"p{number}"}, **said)
        for number in range(20)
    ]
    for number, event in enumerate(events if people else ()):
        event["userId"] = people[number % len(people)]
    return {"batch": events}


@contextmanager
def only(trips: list[Counter[str]], *expected: dict[str, int]) -> Iterator[None]:
    trips.clear()
    yield
    assert trips == list(map(Counter, expected))


def test_a_batch_is_one_round_trip_and_one_script(own: OwnShop, trips: list[Counter[str]]) -> None:
    with only(trips, {"append": 1}):
        own.call("POST", "/v1/batch", "pk", views(own, anonymousId="v1"))
    ann = {"Rapport-Shopper": own.token("ann")}
    own.call("POST", "/v1/batch", "pk", views(own, anonymousId="v2"), **ann)  # whose the number is is settled
    with only(trips, {"append": 1}):
        own.call("POST", "/v1/batch", "pk", views(own, anonymousId="v2"), **ann)
    people = [f"u{number}" for number in range(20)]
    assert len({own.memory.keys.shard(each) for each in people}) > 1
    with only(trips, {"append": 1}):
        own.call("POST", "/v1/batch", "sk", views(own, *people))


def test_a_recommendation_is_one_round_trip(own: OwnShop, trips: list[Counter[str]]) -> None:
    asked, ann = "/v1/recommendations?kind=for-you", {"Rapport-Shopper": own.token("ann")}
    own.call("POST", "/v1/batch", "pk", views(own, anonymousId="v1"))
    with only(trips, {"GET": 1, "read_shopper": 1}):
        own.call("GET", asked, "pk", **{"Rapport-Anonymous": "v1"})
    own.call("POST", "/v1/batch", "pk", views(own, anonymousId="v2"), **ann)
    with only(trips, {"GET": 1, "read_shopper": 1}, {"read_shopper": 1}):  # what was done at the number too
        own.call("GET", asked, "pk", **ann)
    Worker(own.merchant.shops).drain(own.shop_id)
    own.call("GET", asked, "pk", **ann)  # the catalogue has changed
    with only(trips, {"GET": 1, "read_shopper": 1}):
        own.call("GET", asked, "pk", **ann)
