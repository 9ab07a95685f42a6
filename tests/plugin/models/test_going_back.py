"""Going back finds a whole model wherever one is, and nobody is told that a damaged one serves."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from plugin.errors import Refused
from plugin.merchant import Merchant
from plugin.models.going_back import to_go_back_to
from plugin.models.publishing import publish_by_hand
from plugin.models.versions import publish_version
from plugin.reports import models_of
from plugin.shops import Shops
from plugin.training import NO_ORDERS, train
from tests.plugin.models.conftest import DAY, Opened, pair_orders
from tests.recommender.test_model_files import changed_manifest


@pytest.fixture
def three(opened: Callable[[], Opened], now: float) -> tuple[Opened, list[str]]:
    """A shop with three versions of one model, oldest first; the newest is in service."""
    shop = opened()
    shop.takes(pair_orders(30, now))
    learned = train(shop.shops, shop.shop_id, now=now, judging=False).version
    names = [learned, "20980101T000000Z-000001", "20990101T000000Z-000001"]
    for name in names[1:]:
        shutil.copytree(shop.memory.models / learned, shop.memory.models / name)
        changed_manifest(version=name)(shop.memory.models / name)
    point_at(shop, names[2])
    return shop, names


def point_at(shop: Opened, version: str) -> None:
    shop.memory.documents.put({"model": orjson.dumps({"version": version})})


def damage(folder: Path) -> None:
    """Change one byte that only a look at all of them finds."""
    path = next(path for path in sorted(folder.glob("*.npy")) if path.stat().st_size > 200)
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(bytes(held))


def test_it_is_the_one_before_and_past_a_damaged_one_the_one_before_that(
    three: tuple[Opened, list[str]],
) -> None:
    shop, (oldest, middle, _) = three
    assert to_go_back_to(shop.shops, shop.shop_id) == middle
    damage(shop.memory.models / middle)
    assert to_go_back_to(shop.shops, shop.shop_id) == oldest


def test_from_a_damaged_oldest_one_the_way_leads_to_the_newest_whole_one(
    three: tuple[Opened, list[str]],
) -> None:
    shop, (oldest, middle, newest) = three
    point_at(shop, oldest)
    with pytest.raises(Refused, match="no earlier version"):  # while it is whole, back is not forward
        to_go_back_to(shop.shops, shop.shop_id)
    damage(shop.memory.models / oldest)
    assert to_go_back_to(shop.shops, shop.shop_id) == newest
    damage(shop.memory.models / newest)
    assert to_go_back_to(shop.shops, shop.shop_id) == middle
    damage(shop.memory.models / middle)
    with pytest.raises(Refused, match="neither can any other"):
        to_go_back_to(shop.shops, shop.shop_id)


def test_a_damaged_one_in_service_is_listed_as_damaged_beside_the_one_that_serves(
    three: tuple[Opened, list[str]],
) -> None:
    shop, (_, middle, newest) = three
    damage(shop.memory.models / newest)
    fresh = Shops(shop.shops.store)
    listed = {each["version"]: each for each in models_of(fresh, fresh.view(shop.shop_id))}
    assert "checksum" in listed[newest]["damaged"]
    assert (listed[newest]["published"], listed[newest]["serving"]) == (True, False)
    assert (listed[middle]["published"], listed[middle]["serving"]) == (False, True)
    assert listed[middle]["damaged"] is None


def test_a_model_of_no_order_serves_only_by_force(opened: Callable[[], Opened], now: float) -> None:
    shop = opened()
    shop.takes(pair_orders(30, now))
    long_ago = now - 1_000 * DAY
    with pytest.raises(Refused, match="Nothing was bought before"):
        train(shop.shops, shop.shop_id, now=now, as_of=long_ago, publish=True)
    empty = train(shop.shops, shop.shop_id, now=now, as_of=long_ago)
    assert (empty.orders, empty.fit, empty.reason) == (0, False, NO_ORDERS)
    with pytest.raises(Refused, match="no order at all"):
        publish_version(shop.shops, shop.shop_id, empty.version)
    assert shop.serving is None
    publish_version(shop.shops, shop.shop_id, empty.version, force=True)
    assert shop.serving == empty.version
    [told] = models_of(shop.shops, shop.shops.view(shop.shop_id))
    assert told["reason"] == f"served by your word, although {NO_ORDERS}"
    by_force = train(shop.shops, shop.shop_id, now=now + 1, as_of=long_ago, publish=True, force=True)
    assert by_force.published


def test_what_is_said_of_a_version_moves_with_it_into_service(three: tuple[Opened, list[str]]) -> None:
    shop, (oldest, _, newest) = three
    report = {"fit": False, "reason": "it answers worse"}
    (shop.memory.models / f"{oldest}.report.json").write_bytes(orjson.dumps(report))
    kept_back = {"outcome": "kept_back", "version": oldest, "at": 1.0, "detail": "it answers worse"}
    shop.memory.documents.put({"training": orjson.dumps(kept_back)})
    merchant = Merchant(shop.shops, lambda: 2.0)
    publish_by_hand(merchant, shop.shop_id, oldest)
    view = shop.shops.view(shop.shop_id, fresh=True)
    assert view.training["outcome"] == "published"
    told = {each["version"]: each["reason"] for each in models_of(shop.shops, view)}
    assert told[oldest] == "served by your word, although it answers worse"
    publish_by_hand(merchant, shop.shop_id, newest)
    view = shop.shops.view(shop.shop_id, fresh=True)
    told = {each["version"]: each["reason"] for each in models_of(shop.shops, view)}
    assert told[oldest] == "it answers worse"
