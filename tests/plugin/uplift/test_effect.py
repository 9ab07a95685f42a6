"""The effect of an offer, measured from the log of a shop in which the truth is known."""

from __future__ import annotations

import dataclasses

import numpy as np
import orjson
import pytest
from small_experiment import COST, DAY, LIVE_SINCE, NOW, OFF, PRICE, RULE, experiment, is_loyal

from plugin.activity import Activity, Line, Shopper
from plugin.errors import NotFound
from plugin.history import profiles_before
from plugin.merchant import Merchant
from plugin.offers.rulebook import write_rule
from plugin.storefront import Storefront, Visitor
from plugin.uplift.effect import MEASURED, NOT_POSSIBLE, NOT_YET, TOO_FEW, read_effect
from plugin.uplift.figures import categories_of
from plugin.uplift.measuring import known_effect, measured, refresh_effect
from plugin.uplift.telling import sentence


@pytest.fixture(scope="module")
def shops(store):
    from plugin.shops import Shops

    return Shops(store)


@pytest.fixture(scope="module")
def moved(shops):
    """An offer that moves the loyal by 35 points and nobody else."""
    return experiment(shops, 1600, 0.35)


@pytest.fixture(scope="module")
def effect(moved):
    return refresh_effect(moved.shops, moved.shop_id, "spring", NOW)


def test_a_planted_effect_is_found_with_how_much_it_is_in_shoppers_and_in_money(effect):
    assert (effect.state, effect.by, effect.since, effect.version) == (MEASURED, "visits", LIVE_SINCE, 1)
    assert effect.offered + effect.held_out == 1600
    assert effect.ordered.low > 0
    assert effect.ordered.low <= 0.175 <= effect.ordered.high
    # Half of them: 30 of 100 pay 10 less; the other half, 65 of 100 instead of 30.
    truth = 0.475 * (PRICE - OFF - COST) - 0.3 * (PRICE - COST)
    assert effect.left.low <= truth <= effect.left.high
    assert effect.gained == effect.left
    assert effect.paid.offered == pytest.approx(0.475 * (PRICE - OFF), rel=0.1)


def test_with_whom_it_has_one_is_learned(effect, moved):
    learned = effect.learned
    assert learned.speaks
    assert learned.model.is_found_
    assert learned.categories == ("kitchen",)


def test_nothing_is_learned_of_what_is_sensitive(moved):
    found = scenes_of(moved, range(40))
    shop = found[0].shop
    assert categories_of(found, shop) == ("kitchen",)
    before = shop.settings
    shop.settings = dataclasses.replace(before, sensitive_categories=("Kitchen",))
    try:
        assert categories_of(found, shop) == ()
    finally:
        shop.settings = before


def scenes_of(held, numbers):
    """The shoppers as they stand now."""
    shop, who = held.shops.view(held.shop_id, fresh=True), [Shopper(str(number)) for number in numbers]
    profiles = profiles_before(held.shops.memory(held.shop_id).log, who, NOW)
    front = Storefront(held.shops, lambda: NOW)
    return [front.staged(shop, Visitor(each, trusted=True), profiles[each.ref]) for each in who]


def test_the_sentence_claims_what_was_seen(effect):
    told = sentence(effect, "EUR")
    assert "makes more shoppers order" in told
    assert "above cost" in told


def test_what_is_kept_is_read_again(effect, moved):
    body = moved.shops.view(moved.shop_id, fresh=True).effects["spring"]
    read = read_effect(body)
    bare = dataclasses.replace(read, learned=None)
    assert bare == dataclasses.replace(effect, learned=None)
    figures = np.zeros((1, 7))
    assert read.learned.model.uplift(figures) == effect.learned.model.uplift(figures)
    assert len(body) < 20_000


@pytest.mark.parametrize(
    "damage",
    [
        lambda held: held.pop("days"),
        lambda held: held["learned"]["model"]["line"].append(1.0),
        lambda held: held["ordered"].pop("low"),
        lambda held: held.update(learned=[1]),
    ],
)
def test_a_damaged_one_is_none(effect, damage):
    held = orjson.loads(orjson.dumps(effect.to_document()))
    damage(held)
    assert read_effect(orjson.dumps(held)) is None
    assert read_effect(b"{") is None


def test_where_nothing_was_planted_nothing_is_claimed(shops):
    """An offer that gives nothing and moves nobody: the arms are two halves of one crowd."""
    even = experiment(
        shops, 500, 0.0, seed=5, name="Nothing", rule={"gives": {"free_shipping": {}}, "holdout": 0.5}
    )
    found = measured(shops, even.shop_id, even.offer, NOW)
    assert found.state == MEASURED
    assert found.ordered.low < 0 < found.ordered.high
    assert "Not to be told apart from nothing yet" in sentence(found, "EUR")


@pytest.mark.slow
def test_without_an_effect_the_interval_holds_nothing_95_times_in_100(shops):
    """The same shop forty times, each with other shoppers: the interval misses as often as it says."""
    missed = []
    for seed in range(40):
        even = experiment(shops, 500, 0.0, seed=100 + seed, rule={"holdout": 0.5}, name=f"Even {seed}")
        missed.append(measured(shops, even.shop_id, even.offer, NOW).ordered.is_told_apart)
    assert sum(missed) <= 6  # of 40 at one in twenty each; more than six in one world of two hundred


def test_a_shop_without_visits_counts_those_who_bought_before(shops):
    blind = experiment(shops, 500, 0.6, seed=3, visits=False, name="Blind")
    found = measured(shops, blind.shop_id, blind.offer, NOW)
    assert (found.state, found.by) == (MEASURED, "buyers")
    assert found.offered + found.held_out == 500
    assert found.ordered.low > 0


def test_only_whom_the_rule_is_for_is_counted(shops):
    first = experiment(
        shops, 200, 0.0, rule={"when": {"bought": {"category": "Kitchen", "at_least": 3}}}, name="F"
    )
    found = measured(shops, first.shop_id, first.offer, NOW)
    assert found.offered + found.held_out == sum(map(is_loyal, range(200)))


def test_too_few_are_told_with_how_many_more_it_takes(shops):
    few = experiment(shops, 120, 0.3, name="Few")
    found = measured(shops, few.shop_id, few.offer, NOW)
    assert found.state == TOO_FEW
    assert found.ordered is None
    assert 500 < found.needed < 10_000
    assert f"about {found.needed:,} more shoppers" in sentence(found, "EUR")
    at_once = measured(shops, few.shop_id, few.offer, NOW, days=1)  # and they order on the day after next
    assert at_once.needed is None
    assert "nobody has ordered" in sentence(at_once, "EUR")


def test_nothing_is_said_before_the_days_are_over(moved):
    found = measured(moved.shops, moved.shop_id, moved.offer, LIVE_SINCE + 20 * DAY)
    assert found.state == NOT_YET
    assert "28 days" in sentence(found, "EUR")


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"code": "SPRING", "holdout": 0}, "code"),
        ({"holdout": 0}, "nobody_held_out"),
        ({"state": "draft"}, "never_live"),
    ],
)
def test_what_cannot_be_measured_says_why(shops, rule, why):
    merchant = Merchant(shops, lambda: LIVE_SINCE)
    shop_id = merchant.open_shop("Not", {}).settings.shop_id
    offer, _ = write_rule(merchant, shop_id, {**RULE, **rule})
    found = measured(shops, shop_id, offer, NOW)
    assert (found.state, found.why) == (NOT_POSSIBLE, why)
    assert sentence(found, "EUR").startswith("Not to be measured")


def test_what_it_gave_before_it_was_changed_is_another_offer(shops):
    clock = [LIVE_SINCE]
    merchant = Merchant(shops, lambda: clock[0])
    shop_id = merchant.open_shop("Changed", {}).settings.shop_id
    write_rule(merchant, shop_id, {**RULE, "title": {"en": "Ten"}})
    clock[0] += 10 * DAY
    offer, _ = write_rule(merchant, shop_id, {**RULE, "title": {"en": "A tenth"}})
    assert known_effect(shops, shop_id, offer, NOW).since == LIVE_SINCE  # a word is no other offer
    clock[0] += 10 * DAY
    offer, _ = write_rule(merchant, shop_id, {**RULE, "gives": {"percent_off": {"percent": 20}}})
    found = known_effect(shops, shop_id, offer, NOW)
    assert (found.since, found.version) == (LIVE_SINCE + 20 * DAY, 3)
    clock[0] += 60 * DAY
    offer, _ = write_rule(
        merchant, shop_id, {**RULE, "state": "paused", "gives": {"percent_off": {"percent": 20}}}
    )
    found = known_effect(shops, shop_id, offer, NOW)
    assert (found.since, found.until) == (LIVE_SINCE + 20 * DAY, LIVE_SINCE + 80 * DAY)


def test_who_objects_who_was_two_shoppers_and_who_came_in_by_an_order_are_in_no_arm(shops):
    some = experiment(shops, 60, 0.0, name="Objecting")
    memory, at = shops.memory(some.shop_id), LIVE_SINCE - DAY
    memory.consents.settle(["u:7"], keep=False, teach=False, at=NOW)
    properties = {"part": "u:2", "merge_id": "m"}  # they may have been in both arms
    joined = Activity("j", "joined", "joined", at, at, "shop", Shopper("1"), properties=properties)
    bought = Activity(
        "late", "bought", "Order Completed", LIVE_SINCE + DAY, LIVE_SINCE + DAY, "shop", Shopper("by order"),
        (Line("pan", 1, PRICE),), "late",
    )  # fmt: skip
    memory.log.write(2, [("2-1", joined), ("2-2", bought)])  # who came in by an order came in by the offer
    found = measured(shops, some.shop_id, some.offer, NOW)
    assert found.offered + found.held_out == 60 - 1 - 2


def test_a_rule_that_is_not_there_is_not_measured(shops, moved):
    with pytest.raises(NotFound):
        refresh_effect(shops, moved.shop_id, "other", NOW)


def test_what_came_back_brought_nothing(shops):
    some = experiment(shops, 220, 0.0, anyway=1.0, rule={"holdout": 0.5}, name="Returned")
    returns = [
        Activity(
            f"r-{n}", "returned", "Order Refunded", NOW - DAY, NOW - DAY, "shop", Shopper(str(n)),
            (Line("pan", 1, PRICE),), f"{n}-after",
        )
        for n in range(1, 220)
    ]  # fmt: skip
    shops.memory(some.shop_id).log.write(2, [(f"2-{n}", each) for n, each in enumerate(returns)])
    found = measured(shops, some.shop_id, some.offer, NOW)
    kept = PRICE - OFF if some.arm("u:0") else PRICE
    assert found.paid.offered * found.offered + found.paid.held_out * found.held_out == pytest.approx(kept)
