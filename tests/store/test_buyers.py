"""What is said of an order by its number alone reaches whoever bought it, whichever comes first."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from plugin.activity import Activity, Line, Shopper
from plugin.intake.keeping import keep
from plugin.store.activities import Outcome
from plugin.store.memory import ShopMemory

NOW = 1_780_000_000.0
ANN, BEN = Shopper("ann"), Shopper("ben")


def said(kind: str, order: str | None, who: Shopper | None = None, **fields: Any) -> Activity:
    given: dict[str, Any] = {
        "message_id": f"{kind}:{order}:{fields.get('at', NOW)}",
        "kind": kind,
        "event": kind,
        "at": NOW,
        "received_at": NOW,
        "trust": "shop",
        "shopper": who,
        "order_id": order,
        "lines": () if kind == "cancelled" else (Line("cup", 2, 500),),
    }
    return Activity(**{**given, **fields})


def kept(shop: ShopMemory, who: Shopper, order: str = "O") -> dict[str, int]:
    held = shop.shoppers.read(who).orders.get(order)
    return held.kept() if held else {}


MADE = said("bought", "O", ANN)
BACK = said("returned", "O", lines=(Line("cup", 1, 500),), properties={"refund_id": "r1"})
MORE_BACK = said(
    *("returned", "O"), message_id="r2", lines=(Line("cup", 1, 500),), properties={"refund_id": "r2"}
)


@pytest.mark.parametrize("order", list(permutations(["made", "back", "more"])))
def test_a_refund_without_a_shopper_reaches_the_buyer_before_and_after_the_order(
    shop: ShopMemory, order: tuple[str, ...]
) -> None:
    told = {"made": MADE, "back": BACK, "more": MORE_BACK}
    for name in order:
        assert keep(shop, [told[name]], NOW) == [Outcome.NEW]
        assert keep(shop, [told[name]], NOW) == [Outcome.REPEATED], "told again it changes nothing"
    assert kept(shop, ANN) == {}
    assert len(shop.shoppers.read(ANN).orders["O"].returned) == 2


def test_without_the_memory_of_buyers_the_refund_is_lost_on_the_buyer(shop: ShopMemory) -> None:
    """The control: kept as it came, a refund without a shopper changes nobody."""
    shop.activities.append([MADE], NOW)
    shop.activities.append([BACK], NOW)
    assert kept(shop, ANN) == {"cup": 2}


def test_in_one_batch_the_order_may_stand_after_its_refund(shop: ShopMemory) -> None:
    assert keep(shop, [BACK, MADE], NOW) == [Outcome.NEW, Outcome.NEW]
    assert kept(shop, ANN) == {"cup": 1}


def test_a_guests_order_stays_nobodys_until_somebody_is_named(shop: ShopMemory) -> None:
    keep(shop, [said("bought", "G")], NOW)
    keep(shop, [said("returned", "G", properties={"refund_id": "x"})], NOW)
    assert shop.buyers.addressed([said("cancelled", "G")]).ready[0].shopper is None
    keep(shop, [said("rebought", "G", BEN, at=NOW + 5)], NOW)
    assert shop.buyers.addressed([said("cancelled", "G")]).ready[0].shopper == BEN
    keep(shop, [said("rebought", "G", ANN, at=NOW + 6)], NOW)
    assert shop.buyers.addressed([said("cancelled", "G")]).ready[0].shopper == BEN, "an order has one buyer"


def test_an_update_of_a_strangers_order_is_an_order_and_does_not_wait(shop: ShopMemory) -> None:
    update = said("rebought", "U")
    assert shop.buyers.addressed([update]).ready == {0: update}
    assert not shop.buyers.addressed([update]).waits_now


def test_a_browser_neither_names_a_buyer_nor_asks_for_one(shop: ShopMemory) -> None:
    keep(shop, [said("bought", "B", ANN, trust="browser")], NOW)
    assert shop.buyers.addressed([said("returned", "B")]).waits_now == {0}
    claim = said("returned", "B", Shopper("v", known=False), trust="browser")
    assert shop.buyers.addressed([claim]).ready == {0: claim}


def test_what_waits_is_bounded(shop: ShopMemory) -> None:
    many = [said("returned", "W", message_id=f"m{n}", properties={"refund_id": str(n)}) for n in range(60)]
    addressed = shop.buyers.addressed(many)
    assert len(addressed.waits_now) == 50
    assert len(addressed.ready) == 10, "the rest is kept as nobody's"


def test_a_shopper_is_forgotten_and_others_are_not(shop: ShopMemory) -> None:
    keep(shop, [said("bought", f"O-{n}", (ANN, BEN)[n % 2]) for n in range(20)], NOW)
    assert shop.buyers.forget(ANN) == 10
    assert shop.buyers.forget(ANN) == 0
    found = shop.buyers.addressed([said("cancelled", f"O-{n}") for n in range(20)])
    assert {n for n, each in found.ready.items() if each.shopper == BEN} == set(range(1, 20, 2))
