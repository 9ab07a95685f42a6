"""What a shop's buyers are expected to bring: from the log, in small shops whose figures are known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Catalogue, Product
from plugin.merchant import Merchant
from plugin.ownership import figures
from plugin.shopper import Profile, fold
from plugin.value.bought import margin_before, purchases_before
from plugin.value.expected import expected, own_margin
from plugin.value.shop_value import ShopValue, read_value, take_value
from plugin.worker import VALUE_IS_DUE_AFTER_S, Worker
from recommender.worth.bg_nbd import BetaGeometric
from recommender.worth.purchases import Purchases

DAY = 86_400.0
NOW = 1_700_000_000.0
LOYAL = [300.0, 220.0, 150.0, 80.0, 10.0]
LEFT = [300.0, 290.0]
ONCE = [200.0]


def order(who: str, order_id: str, days_ago: float, *lines: Line) -> Activity:
    at = NOW - days_ago * DAY
    return Activity(order_id, "bought", "Order Completed", at, at, "shop", Shopper(who), lines, order_id)


def orders(price: int = 1000) -> list[Activity]:
    """Sixty buyers of one pan an order: a third loyal, a third gone, a third seen once."""
    return [
        order(f"shopper-{who}", f"{who}-{nr}", ago + who / 10, Line("pan", 1, price))
        for who in range(60)
        for nr, ago in enumerate((LOYAL, LEFT, ONCE)[who % 3])
    ]


def bought(activities: list[Activity]) -> Purchases:
    who = [int(each.shopper.id.partition("-")[2]) for each in activities if each.shopper]
    paid = [sum(line.quantity * (line.price or 0) for line in each.lines) for each in activities]
    return Purchases.of(np.array(who), np.array([each.at for each in activities]) / DAY, np.array(paid))


def profile(who: int, price: int = 1000) -> Profile:
    return fold(Profile(), [each for each in orders(price) if each.shopper == Shopper(f"shopper-{who}")])


def told(who: int, value: ShopValue, catalogue: Catalogue | None = None, price: int = 1000) -> tuple:
    held = profile(who, price)
    return held, expected(held, figures(held), value, catalogue or Catalogue(), NOW)


def test_the_loyal_are_worth_more_than_those_who_left_and_all_bands_make_the_shop():
    value = take_value(bought(orders()), NOW)
    assert (value.buyers, sum(band.buyers for band in value.bands)) == (60, 60)
    assert len(value.bands) == 10
    spends = [band.spend for band in value.bands]
    assert spends == sorted(spends, reverse=True)
    (_, loyal), (_, left), (_, once) = (told(who, value) for who in (0, 1, 2))
    assert loyal.orders > once.orders > left.orders
    assert loyal.still_customer > 0.8 > 0.5 > left.still_customer
    assert loyal.place > 0.6 > left.place
    assert loyal.profit is None


def test_one_shopper_is_told_the_same_as_among_all():
    value = take_value(bought(orders()), NOW)
    _, loyal = told(0, value)
    model = value.foresight.models.buys
    plain = BetaGeometric.of(model.r_, model.alpha_, model.a_, model.b_)
    first, last = np.floor((NOW - 300 * DAY) / DAY), np.floor((NOW - 10 * DAY) / DAY)
    today = np.floor(NOW / DAY)
    seen = (np.array([4.0]), np.array([last - first]), np.array([today - first]))
    assert loyal.orders == pytest.approx(plain.expected(365.0, *seen)[0])
    assert loyal.spend == pytest.approx(1000 * loyal.orders, rel=0.02)  # everybody always paid the same


@pytest.mark.parametrize("buyers", [0, 1, 19])
def test_a_shop_of_few_buyers_has_a_value_that_says_so(buyers: int):
    few = [each for each in orders() if each.shopper and int(each.shopper.id[8:]) < buyers]
    value = take_value(bought(few), NOW)
    assert (value.buyers, value.foresight, value.bands) == (buyers, None, ())
    assert told(0, value)[1] is None
    assert expected(Profile(), figures(Profile()), None, Catalogue(), NOW) is None


def test_what_is_kept_is_about_nobody_and_reads_back_the_same():
    value = take_value(bought(orders()), NOW, 0.4)
    body = json.dumps(value.to_document()).encode()
    again = read_value(body)
    assert again is not None
    assert b"shopper" not in body
    assert told(0, again)[1] == told(0, value)[1]
    assert len(body) < 10_000
    assert read_value(b'{"of": "another version"}') is None


def test_profit_is_what_the_own_purchases_leave_drawn_towards_the_shops():
    catalogue = Catalogue([Product("pan", price=1000, cost=600), Product("lid", price=500)])
    value = take_value(bought(orders()), NOW, 0.1)
    held, loyal = told(0, value, catalogue)
    # Five pans paid 5000 and left 2000; the shop's 0.1 counts as three more orders of 1000.
    margin = (2000 + 3000 * 0.1) / (5000 + 3000)
    assert own_margin(held, figures(held), 0.1, catalogue) == pytest.approx(margin)
    assert loyal.profit == pytest.approx(loyal.spend * margin, abs=1)
    assert own_margin(held, figures(held), None, catalogue) is None
    assert own_margin(Profile(), figures(Profile()), 0.1, catalogue) == 0.1


def test_orders_kept_as_sums_count_on():
    value = take_value(bought(orders()), NOW)
    held, loyal = told(0, value)
    held.past.orders, held.past.spent, held.past.first_at = 10, 10_000, NOW - 600 * DAY
    more = expected(held, figures(held), value, Catalogue(), NOW)
    assert more.orders > loyal.orders


def test_the_worker_learns_it_from_the_log_and_not_again_until_it_is_due(merchant: Merchant):
    shop_id = merchant.open_shop("Valued", {}).settings.shop_id
    merchant.put_products(shop_id, [Product("pan", name="Pan", price=1000, cost=700)])
    memory, clock = merchant.shops.memory(shop_id), [NOW]
    worker = Worker(merchant.shops, lambda: clock[0])
    memory.activities.append(orders()[:20], NOW)
    worker.drain(shop_id)
    assert merchant.shops.view(shop_id, fresh=True).value is None  # of few buyers nothing is even kept
    who, pan = Shopper("shopper-0"), (Line("pan", 1, 1000),)
    returned = Activity("back", "returned", "Order Refunded", NOW, NOW, "shop", who, pan, "0-4")
    memory.activities.append([*orders()[20:], returned], NOW)
    worker.drain(shop_id)
    value = merchant.shops.view(shop_id, fresh=True).value
    assert (value.buyers, value.as_of) == (60, NOW)
    assert value.margin == pytest.approx(0.3)
    kept = purchases_before(memory.log, NOW + 1)
    assert len(kept.day) == len(orders()) - 1  # what came back is not a purchase
    assert kept.sums().sum() == 1000 * (len(orders()) - 1)
    assert margin_before(memory.log, NOW + 1, [Product("lid", cost=1)]) is None

    clock[0] = NOW + VALUE_IS_DUE_AFTER_S - 1
    worker.drain(shop_id)
    assert merchant.shops.view(shop_id, fresh=True).value.as_of == NOW
    clock[0] = NOW + VALUE_IS_DUE_AFTER_S
    worker.drain(shop_id)
    assert merchant.shops.view(shop_id, fresh=True).value.as_of == clock[0]
