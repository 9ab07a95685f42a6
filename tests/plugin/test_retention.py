"""Every kind of activity is kept as long as the shop says, by a clock that is moved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.activity import Activity, Line, Shopper
from plugin.merchant import Merchant
from plugin.rights.duties import Rights
from plugin.rights.retention import RETAINED, aged, moments
from plugin.shopper import Profile, fold
from plugin.shops import Shops
from plugin.store.memory import Store
from plugin.storefront import Storefront, Visitor
from plugin.worker import Worker

DAY = 86400.0
BORN = 1_700_000_000.0
ANN = Shopper("ann")


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = BORN

    def __call__(self) -> float:
        return self.now


def did(kind: str, day: float, product: str = "saw", **more: Any) -> Activity:
    at = BORN + day * DAY
    order_id = more.pop("order_id", None)
    fields = {"shopper": ANN, "lines": (Line(product, 1, 100),), "order_id": order_id, "properties": more}
    return Activity(f"{kind}{day}{product}", kind, kind, at, at, "shop", **fields)


LIFE = (
    did("viewed", 0),
    did("viewed", 5, "bits"),
    did("searched", 0),
    did("carted", 0, "glue"),
    did("dismissed", 0, "lamp"),
    did("bought", 0, "drill", order_id="o1"),
    did("identified", 0, traits={"plan": "gold"}),
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(store: Store, clock: Clock) -> tuple[Storefront, str]:
    """A shop in which somebody lived, and the clock stands on the tenth day."""
    shops = Shops(store)
    shop_id = Merchant(shops, clock).open_shop("Retention", {}).settings.shop_id
    front = Storefront(shops, clock)
    front.record(shop_id, LIFE)
    clock.now = BORN + 10 * DAY
    return front, shop_id


def let_go(front: Storefront, shop_id: str, clock: Clock) -> None:
    """Let a day's background work be done."""
    worker = Worker(front.shops, clock)
    worker.drain(shop_id)
    worker.step(shop_id)


def in_log(front: Storefront, shop_id: str) -> list[tuple[str, str]]:
    rows = front.shops.memory(shop_id).log.query("SELECT kind, product_id FROM log WHERE kind <> 'joined'")
    return sorted((row["kind"], row["product_id"]) for row in rows.to_pylist())


def test_what_is_too_old_goes_from_answers_at_once_and_from_all_that_is_kept_within_the_day(
    kept: tuple[Storefront, str], clock: Clock
) -> None:
    front, shop_id = kept
    let_go(front, shop_id, clock)
    assert len(in_log(front, shop_id)) == len(LIFE)  # the control: nothing is let go of where nothing is said
    days = {"viewed": 7, "clicked": 7, "searched": 7, "carted": 11, "dismissed": 7}
    Merchant(front.shops, clock).change_settings(shop_id, {"retention": days})
    profile = front.scene(shop_id, Visitor(ANN)).profile
    assert (list(profile.viewed), list(profile.dismissed), len(profile.steps)) == (["bits"], [], 1)
    let_go(front, shop_id, clock)
    expected = {("viewed", "saw"), ("searched", "saw"), ("dismissed", "lamp")}
    all_of_it = {(each.kind, each.lines[0].product_id) for each in LIFE}
    assert set(in_log(front, shop_id)) == all_of_it - expected
    stored = front.shops.memory(shop_id).shoppers.read_alone(ANN)
    assert (list(stored.viewed), list(stored.dismissed), len(stored.steps)) == (["bits"], [], 1)
    assert (list(stored.orders), list(stored.traits)) == (["o1"], ["plan"])


def test_it_is_done_once_a_day(kept: tuple[Storefront, str], clock: Clock) -> None:
    front, shop_id = kept
    Merchant(front.shops, clock).change_settings(shop_id, {"retention": {"searched": 7}})
    Worker(front.shops, clock).drain(shop_id)
    rights, archive = Rights(front.shops, clock), front.shops.memory(shop_id).archive()
    assert archive.hold()
    assert rights.retention.step(shop_id, archive) == 1
    front.record(shop_id, [did("searched", 1)])
    Worker(front.shops, clock).drain(shop_id)
    assert archive.hold()
    assert rights.retention.step(shop_id, archive) == 0
    clock.now += DAY
    assert rights.retention.step(shop_id, archive) == 1
    archive.let_go()


def test_orders_go_only_when_the_shop_says_so_and_then_with_what_was_sent_back(
    kept: tuple[Storefront, str], clock: Clock
) -> None:
    front, shop_id = kept
    front.record(shop_id, [did("returned", 1, "drill", order_id="o1", refund_id="r1")])
    everything_else = {kind: 1 for kind in RETAINED if kind != "bought"}
    Merchant(front.shops, clock).change_settings(shop_id, {"retention": everything_else})
    let_go(front, shop_id, clock)
    assert {kind for kind, _ in in_log(front, shop_id)} == {"bought", "returned"}
    Merchant(front.shops, clock).change_settings(shop_id, {"retention": {"bought": 5}})
    clock.now += DAY
    let_go(front, shop_id, clock)
    assert in_log(front, shop_id) == []
    assert front.shops.memory(shop_id).shoppers.read_alone(ANN).orders == {}


EVENTS = st.lists(
    st.builds(
        did,
        st.sampled_from(["viewed", "shown", "carted", "dismissed", "identified"]),
        st.integers(0, 20),
        st.sampled_from(["saw", "bits", "drill"]),
        traits=st.just({"plan": "gold"}),
    ),
    max_size=12,
    unique_by=lambda activity: activity.message_id,
)
DAYS = st.dictionaries(st.sampled_from(RETAINED), st.integers(1, 25), max_size=6)


@given(EVENTS, DAYS)
def test_ageing_is_settled_after_once_and_keeps_nothing_too_old(
    events: list[Activity], retention: dict[str, int]
) -> None:
    before = moments(retention, BORN + 20 * DAY)
    profile = fold(Profile(), events)
    aged(profile, before)
    assert not aged(profile, before)
    assert all(step[0] >= before.get(step[2], 0) for step in profile.steps)
    assert all(said[1] >= before.get("dismissed", 0) for said in profile.dismissed.values())
    assert all(said[1] >= before.get("identified", 0) for said in profile.traits.values())
    assert all(at >= int(before.get("shown", 0)) for held in profile.shown.values() for at in held)
