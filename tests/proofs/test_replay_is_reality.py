"""Replay equals reality (promise M3): replayed over the log, rules give the verdicts that were given live.

A shop with a clock of its own sells for months to thirty shoppers and guests. Just before each order its
checkout asks for a quote; what that answered is held against the replay. The control replays with the whole
log known, whatever the moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from plugin.offers.replay.candidates import Candidates
from plugin.offers.replay.judging import Judge
from plugin.offers.replay.past_catalogue import written_before
from plugin.offers.replay.past_orders import past_orders
from plugin.offers.replay.past_shopper import Growing
from plugin.offers.replay.reading import reading_of
from plugin.offers.replay.replaying import EVERY_KIND, Question, replay, then_of
from plugin.store.memory import Store
from plugin.worker import Worker
from tests.api.own_shop import OwnShop

DAY = 86_400.0
BEGIN = datetime(2026, 1, 5, 10, tzinfo=UTC).timestamp()
PRODUCTS = {
    "beans": ("Coffee", "9.00"),
    "filter": ("Coffee", "4.50"),
    "tea": ("Tea", "6.00"),
    "mug": ("Cups", "12.00"),
}
LADDER = {
    "basis": "spend",
    "tiers": [{"tier": "bronze"}, {"tier": "silver", "from": "60.00"}, {"tier": "gold", "from": "150.00"}],
}
COFFEE = {"percent_off": {"percent": 7, "category": "Coffee"}}


def off(amount: str) -> dict[str, Any]:
    return {"amount_off": {"amount": amount}}


def percent(percent: int) -> dict[str, Any]:
    return {"percent_off": {"percent": percent}}


RULES: dict[str, dict[str, Any]] = {
    "tier": {"when": {"tier": {"at_least": "silver"}}, "gives": COFFEE},
    "bought": {
        "when": {"bought": {"category": "Coffee", "within_days": 30}},
        "gives": percent(10),
        "group": "g",
    },
    "often": {"when": {"bought": {"product_id": "tea", "at_least": 2}}, "gives": off("1.50")},
    "owned": {"when": {"owned": {"product_id": "mug"}}, "gives": {"free_shipping": {}}},
    "first": {"when": {"first_order": {}}, "gives": off("3.00"), "limits": {"total": 9}},
    "second": {
        "when": {"order_count": {"at_least": 1, "at_most": 1}},
        "gives": percent(10),
        "group": "g",
        "combine": "exclusive",
    },
    "quiet": {"when": {"win_back": {"quiet_days_at_least": 30}}, "gives": percent(20)},
    "each": {"gives": off("0.80"), "limits": {"per_shopper": 2}},
    "weekly": {"gives": off("2.00"), "limits": {"per_period": {"times": 2, "period": "week"}}},
    "budget": {"gives": percent(5), "limits": {"budget": "25.00"}},
    "days": {"when": {"time": {"days": ["mon", "sat"], "until": "14:00"}}, "gives": percent(10)},
    "half": {"when": {"share": {"percent": 50}}, "gives": percent(3), "holdout": 0.2},
    "big": {
        "when": {"basket": {"subtotal_at_least": "30.00"}},
        "gives": {"fixed_price": {"product_id": "mug", "price": "9.00"}},
    },
    "code": {"code": "SPRING", "gives": percent(12)},
    "season": {"from": "2026-03-01T00:00:00Z", "until": "2026-04-15T00:00:00Z", "gives": percent(4)},
}
Verdicts = dict[str, dict[str, tuple[str, str]]]


@dataclass
class Live:
    """A shop that sold, what its checkout was told before each order, and by which rules."""

    shop: LiveShop
    told: Verdicts
    discounts: dict[str, dict[str, int]]


class LiveShop(OwnShop):
    """A shop whose clock goes as the test says."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, timezone="Europe/Berlin")
        self.now = BEGIN
        for name in ("storefront", "merchant"):
            self.client.application.extensions[name].clock = lambda: self.now

    def ask(self, method: str, path: str, body: Any, **headers: str) -> Any:
        sent = {
            "Authorization": f"Bearer {self.keys['sk']}",
            **{n.replace("_", "-"): v for n, v in headers.items()},
        }
        answer = self.client.open(path, method=method, json=body, headers=sent)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    def send(self, event: str, name: str, who: str | None, **properties: Any) -> None:
        moment = datetime.fromtimestamp(self.now, UTC).isoformat()
        told = {
            "type": "track",
            "event": event,
            "messageId": name,
            "timestamp": moment,
            "properties": properties,
        }
        self.ask("POST", "/v1/batch", {"batch": [{**told, **({"userId": who} if who else {})}]})


def sold(store: Store, orders: int, shoppers: int, seed: int) -> Live:
    """Return a shop that sold so many orders, with what was told just before each."""
    shop, random, live = LiveShop(store), Random(seed), Live(None, {}, {})  # type: ignore[arg-type]
    live.shop = shop
    shop.ask("PUT", "/v1/tiers", LADDER)
    for product_id, (category, price) in PRODUCTS.items():
        product = {
            "product_id": product_id,
            "name": product_id,
            "price": price,
            "category": category,
            "cost": "3.00",
        }
        shop.ask("POST", "/v1/products", product)
    for offer_id, rule in RULES.items():
        shop.ask("POST", "/v1/offer-rules", {"offer_id": offer_id, "state": "live", "holdout": 0, **rule})
    for number in range(orders):
        shop.now += random.randint(1, 2 * int(120 * DAY / orders))
        if number == orders // 2:
            dearer = {
                "product_id": "beans",
                "name": "beans",
                "price": "11.00",
                "category": "Tea",
                "cost": "10.50",
            }
            shop.ask("PUT", "/v1/products/beans", dearer)
        _order(live, random, number, shoppers)
    Worker(shop.merchant.shops, lambda: shop.now).drain(shop.shop_id)
    shop.now += 1
    return live


def _order(live: Live, random: Random, number: int, shoppers: int) -> None:
    shop, order = live.shop, f"o{number}"
    who = None if random.random() < 0.1 else f"s{random.randint(1, shoppers)}"
    picked = random.sample(list(PRODUCTS), random.randint(1, 3))
    lines = [{"product_id": each, "quantity": random.randint(1, 3)} for each in picked]
    codes = ["spring"] if random.random() < 0.3 else []
    asked = {"basket": {"lines": lines}, "codes": codes, **({"shopper": who} if who else {})}
    quoted = shop.ask("POST", "/v1/offers/quote", asked)
    live.told[order] = {each["offer_id"]: (each["verdict"], each["reason"]) for each in quoted["verdicts"]}
    live.discounts[order] = {}
    for each in quoted["discounts"]:
        cents = round(float(each["amount"]["amount"]) * 100)
        live.discounts[order][each["offer_id"]] = live.discounts[order].get(each["offer_id"], 0) + cents
    held = shop.ask("POST", "/v1/redemptions", {**asked, "used_up": "leave_out"}, Idempotency_Key=order)
    shop.ask("POST", f"/v1/redemptions/{held['redemption_id']}/commit", {"order_id": order})
    prices = {each["product_id"]: each["unit_price"]["amount"] for each in held["lines"]}
    products = [{**line, "price": float(prices[line["product_id"]])} for line in lines]
    more = {"coupon": codes[0]} if codes else {}
    shop.send("Order Completed", f"m-{order}", who, order_id=order, products=products, **more)
    if who and random.random() < 0.1:
        shop.now += 3600
        shop.send("Product Used", f"u-{order}", who, product_id=picked[0], quantity=1)


def replayed(live: Live) -> tuple[Verdicts, dict[str, dict[str, int]]]:
    """The verdicts and discounts of every order, by the replay of all rules together."""
    shop = live.shop.merchant.shops.view(live.shop.shop_id, fresh=True)
    log, question = live.shop.memory.log, Question(BEGIN, live.shop.now, as_written=True)
    rules = tuple(shop.live_offers)
    past = past_orders(log, question.until, reading_of(rules, shop.ladder, EVERY_KIND).kinds)
    written = written_before(log, question.until, shop.catalogue)
    among = Candidates(past, shop.catalogue, written)
    then = then_of(shop, rules, past.listed(), written, among, question, {})
    told: Verdicts = {}
    off: dict[str, dict[str, int]] = {}
    for each in Judge(then).in_time(sorted(range(len(past)), key=lambda order: past.at[order])):
        order = past.order_id[each.order]
        told[order] = {held.offer_id: (held.verdict, held.reason) for held in each.verdicts}
        off[order] = {held.offer_id: sum(held.discounts) for held in each.verdicts if any(held.discounts)}
    return told, off


@pytest.fixture(scope="module")
def live(store: Store) -> Live:
    return sold(store, orders=70, shoppers=10, seed=3)


def test_a_replay_gives_the_verdicts_and_discounts_that_were_given(live: Live) -> None:
    told, off = replayed(live)
    assert told == live.told
    assert off == live.discounts
    for verdict in (True, False):  # every rule was granted at some time, and at some time not
        assert set(RULES) == {
            offer_id
            for verdicts in told.values()
            for offer_id, (how, _) in verdicts.items()
            if (how == "granted") is verdict
        }


def test_each_rule_alone_is_replayed_to_whom_it_was_given(live: Live) -> None:
    shop = live.shop.merchant.shops.view(live.shop.shop_id)
    question = Question(BEGIN, live.shop.now, as_written=True)
    for offer_id in ("tier", "often", "first", "quiet", "half", "season"):
        found = replay(shop, live.shop.memory.log, shop.offers[offer_id], question)
        given = {found.past.order_id[each.order] for each in found.reached}
        was_given = {order for order, off in live.discounts.items() if offer_id in off}
        assert given >= was_given
        # In company the price floor may leave nothing for one that would be given alone.
        assert all(live.told[order][offer_id] == ("refused", "floor") for order in given - was_given)


def test_control_a_replay_that_does_not_mind_the_time_differs(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Growing.before
    monkeypatch.setattr(Growing, "before", lambda growing, now: known(growing, float("inf")))
    told, _ = replayed(live)
    assert told.keys() == live.told.keys()
    different = {
        offer_id
        for order, verdicts in told.items()
        for offer_id in verdicts
        if verdicts[offer_id] != live.told[order][offer_id]
    }
    assert different >= {"tier", "bought", "first", "owned", "second"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, 8])
def test_a_replay_gives_the_verdicts_of_a_longer_life(store: Store, seed: int) -> None:
    live = sold(store, orders=250, shoppers=30, seed=seed)
    assert replayed(live) == (live.told, live.discounts)
