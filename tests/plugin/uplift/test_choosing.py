"""Choosing by what an offer brings: the learned model decides, and goes on being measured."""

from __future__ import annotations

import dataclasses

import orjson
import pytest
from small_experiment import DAY, NOW, experiment, is_loyal

from plugin.activity import Shopper
from plugin.history import profiles_before
from plugin.merchant import Merchant
from plugin.offers.holdout import holds_out, is_tried
from plugin.offers.rulebook import write_rule
from plugin.shops import Shops
from plugin.storefront import Storefront, Visitor
from plugin.uplift.effect import MEASURED, Effect, read_effect
from plugin.uplift.live import terms_of
from plugin.uplift.measuring import measure_if_due, refresh_effect
from plugin.worker import Worker

CHOOSING = {"choose": "by_gain", "holdout": 0.25, "group": "spring"}
SHOPPERS = 1600


@pytest.fixture(scope="module")
def shops(store):
    return Shops(store)


@pytest.fixture(scope="module")
def chosen(shops):
    """An offer that makes loyal shoppers order more, and costs a tenth with all others; measured."""
    held = experiment(shops, SHOPPERS, 0.45, rule=CHOOSING, name="Chosen")
    refresh_effect(shops, held.shop_id, "spring", NOW)
    return held


def scenes(held, numbers, **said):
    shop, front = held.shops.view(held.shop_id, fresh=True), Storefront(held.shops, lambda: NOW)
    who = [Shopper(str(number)) for number in numbers]
    profiles = profiles_before(held.shops.memory(held.shop_id).log, who, NOW)
    return [
        front.staged(shop, Visitor(shopper, trusted=True, **said), profiles[shopper.ref]) for shopper in who
    ]


def reasons(held, numbers, **said):
    return {
        number: next(v for v in scene.verdicts if v.offer_id == "spring").reason
        for number, scene in zip(numbers, scenes(held, numbers, **said), strict=True)
    }


def test_who_is_not_moved_is_not_offered_it_and_who_is_is(chosen):
    numbers = range(160)
    found = reasons(chosen, numbers)
    moved = {n for n in numbers if found[n] == "granted"}
    spared = {n for n in numbers if found[n] == "no_gain"}
    key = f"{chosen.shop_id}/u:"
    for number in numbers:
        if holds_out(chosen.offer, key + str(number)):
            assert found[number] == "held_out"
        elif is_tried(chosen.offer, key + str(number)):
            assert found[number] == "granted"  # so that what they do goes on telling
    loyal = {n for n in numbers if is_loyal(n)}
    tried = {n for n in numbers if is_tried(chosen.offer, key + str(n))}
    assert len((moved - tried) & loyal) > 0.75 * len(moved - tried)
    assert len(spared - loyal) > 0.75 * len(spared)
    assert len(spared) > 25


def test_what_is_measured_where_a_rule_chooses_is_by_lot_alone(chosen):
    """Control: those whom the rule left out would count as offered, or those it chose stand for all."""
    found = read_effect(chosen.shops.view(chosen.shop_id, fresh=True).effects["spring"])
    key = f"{chosen.shop_id}/u:"
    always = sum(is_tried(chosen.offer, key + str(n)) for n in range(SHOPPERS))
    never = sum(holds_out(chosen.offer, key + str(n)) for n in range(SHOPPERS))
    assert (found.state, found.offered, found.held_out) == (MEASURED, always, never)
    assert abs(always - never) < 0.1 * SHOPPERS


def test_whoever_wants_nothing_personal_is_given_it_as_if_nothing_were_known(chosen):
    numbers = range(1, 80, 2)
    assert "no_gain" in reasons(chosen, numbers).values()
    assert "no_gain" not in reasons(chosen, numbers, gpc=True).values()


def test_of_two_the_one_that_brings_more_is_given_though_it_takes_less_off(chosen):
    merchant = Merchant(chosen.shops, lambda: NOW)
    half = {"percent_off": {"percent": 40}}
    write_rule(merchant, chosen.shop_id, {**CHOOSING, "offer_id": "half", "state": "live", "gives": half})
    documents = chosen.shops.memory(chosen.shop_id).documents
    try:
        numbers = [n for n in range(200) if is_loyal(n)]
        before = [{v.offer_id: v for v in scene.verdicts} for scene in scenes(chosen, numbers)]
        assert not any(
            told["spring"].verdict == "granted" and told["half"].verdict == "granted" for told in before
        )
        assert any(told["half"].verdict == "granted" for told in before)  # nothing is known of it yet
        # The same model for both, a cent less for the larger discount: it has lost its lead.
        rule = chosen.shops.view(chosen.shop_id, fresh=True).offers["half"]
        effect = Effect.from_document(orjson.loads(documents.get("effect/spring")))
        known = dataclasses.replace(effect, offer_id="half", terms=terms_of(rule))
        mean = known.learned.model.mean_
        known.learned.model.mean_ = dataclasses.replace(mean, more=mean.more - 1.0)
        documents.put({"effect/half": orjson.dumps(known.to_document())})
        known_of_both = [scene for scene in scenes(chosen, numbers) if len(scene.gains) == 2]
        after = [{v.offer_id: v for v in scene.verdicts} for scene in known_of_both]
        assert len(after) > 20
        open_to_both = [told for told in after if not (told["half"].held_out or told["spring"].held_out)]
        assert {told["spring"].reason for told in open_to_both} == {"granted"}
        assert {told["half"].reason for told in open_to_both} == {"another_applies"}
    finally:
        documents.put({"offer/half": None, "effect/half": None})


def test_what_was_measured_of_another_benefit_says_nothing_of_this_one(chosen):
    assert any(scene.gains for scene in scenes(chosen, range(20)))
    documents = chosen.shops.memory(chosen.shop_id).documents
    before = documents.get("offer/spring")
    try:
        held = orjson.loads(before)
        held["offer"]["gives"]["percent_off"]["percent"] = 60
        documents.put({"offer/spring": orjson.dumps(held)})
        assert not any(scene.gains for scene in scenes(chosen, range(20)))
    finally:
        documents.put({"offer/spring": before})


def test_a_damaged_effect_is_as_none(chosen):
    documents = chosen.shops.memory(chosen.shop_id).documents
    whole = documents.get("effect/spring")
    try:
        documents.put({"effect/spring": whole[: len(whole) // 2]})
        assert all(scene.gains == {} for scene in scenes(chosen, range(20)))
        assert "no_gain" not in reasons(chosen, range(40)).values()
    finally:
        documents.put({"effect/spring": whole})


def test_the_worker_measures_what_is_due_once_a_day(shops):
    held = experiment(shops, 15, 0.0, name="Worked")
    clock = [NOW]
    worker = Worker(shops, lambda: clock[0])
    worker.step(held.shop_id)
    assert shops.view(held.shop_id, fresh=True).effects["spring"]
    assert measure_if_due(shops, held.shop_id, "spring", NOW + DAY - 1) == 0
    assert measure_if_due(shops, held.shop_id, "spring", NOW + DAY) == 1
