"""Whether to offer at all: who is held out for ever, what is held back from nobody, and choosing by gain."""

import math
from dataclasses import replace

import pytest
from marshmallow import ValidationError
from small_occasions import occasion, offer

from api.schemas.offers import OfferSchema
from plugin.errors import Invalid
from plugin.offers.evaluate import evaluate
from plugin.offers.occasion import drawn
from plugin.offers.offer import HOLDOUT, Offer

SHOPPERS = [f"shop/u:{number}" for number in range(4000)]
TEN = {"percent_off": {"percent": 10}}


def held_out(rule, keys=SHOPPERS):
    here = occasion([("mug", 1)])
    return {key for key in keys if evaluate([rule], replace(here, shopper_key=key))[0].held_out}


def document(**given):
    return {"offer_id": "o", "state": "live", "gives": TEN, **given}


def test_a_twentieth_is_held_out_and_stays_so_whatever_becomes_of_the_rule():
    first = held_out(offer("spring"))
    near = 4 * math.sqrt(HOLDOUT * (1 - HOLDOUT) / len(SHOPPERS))
    assert len(first) / len(SHOPPERS) == pytest.approx(HOLDOUT, abs=near)
    changed = offer("spring", gives={"percent_off": {"percent": 25}}, title={"en": "New"}, priority=7)
    assert held_out(changed) == first


def test_a_larger_hold_out_holds_the_same_shoppers_and_more():
    small, large = held_out(offer("spring", holdout=0.05)), held_out(offer("spring", holdout=0.2))
    assert small < large


def test_rules_hold_out_independently_of_each_other_and_of_drawn_shares():
    one, other = held_out(offer("a", holdout=0.5)), held_out(offer("b", holdout=0.5))
    both = len(one & other) / len(SHOPPERS)
    near = 4 * math.sqrt(0.25 * 0.75 / len(SHOPPERS))
    assert both == pytest.approx(0.25, abs=near)
    in_share = {key for key in SHOPPERS if drawn("share:a", key) < 0.5}
    assert len(one & in_share) / len(SHOPPERS) == pytest.approx(0.25, abs=near)


def test_a_guest_nobody_can_be_held_out_as_is_offered_it():
    assert not held_out(offer("spring", holdout=0.5), [None])


@pytest.mark.parametrize(
    "owed",
    [
        {"code": "SPRING"},
        {"gives": {"message": {"text": "Thank you"}}},
        {"gift": {"valid_days": 30}},
        {"published": True, "when": {"tier": {"is": "gold"}}},
    ],
)
def test_what_is_owed_is_held_back_from_nobody_and_not_weighed(owed):
    rule = Offer.from_document(OfferSchema().load(document(**owed)), "EUR")
    assert rule.holdout == 0.0
    for change in ({"holdout": 0.1}, {"choose": "by_gain"}):
        with pytest.raises(ValidationError) as at_the_door:
            OfferSchema().load(document(**owed, **change))
        assert list(at_the_door.value.messages) == list(change)
        with pytest.raises(Invalid) as in_the_shop:
            Offer.from_document(document(**owed, **change), "EUR")
        assert in_the_shop.value.errors[0]["pointer"] == f"/{next(iter(change))}"


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"tier": {"at_least": "gold"}}, True),
        ({"all": [{"first_order": {}}, {"all": [{"tier": {"is": "gold"}}]}]}, True),
        ({"any": [{"tier": {"is": "gold"}}, {"first_order": {}}]}, False),
        ({"not": {"tier": {"is": "gold"}}}, False),
        (None, False),
    ],
)
def test_a_published_benefit_is_one_of_a_tier(when, fits):
    written = document(published=True, when=when)
    if fits:
        assert Offer.from_document(OfferSchema().load(written), "EUR").published
        return
    with pytest.raises(ValidationError) as refused:
        OfferSchema().load(written)
    assert list(refused.value.messages) == ["published"]
    with pytest.raises(Invalid):
        Offer.from_document(written, "EUR")


def rivals(choose="by_gain", **kwargs):
    half = offer(
        "half", gives={"percent_off": {"percent": 50}}, group="g", choose=choose, holdout=0, **kwargs
    )
    ten = offer("ten", gives=TEN, group="g", choose=choose, holdout=0, **kwargs)
    return [half, ten]


def told(rules, gains, basket=(("mug", 1),)):
    here = replace(occasion(list(basket)), gains=gains)
    return {verdict.offer_id: (verdict.verdict, verdict.reason) for verdict in evaluate(rules, here)}


def test_the_largest_discount_wins_as_long_as_nothing_is_said_or_known():
    half_wins = {"half": ("granted", "granted"), "ten": ("refused", "another_applies")}
    assert told(rivals("by_discount"), {"half": 10.0, "ten": 90.0}) == half_wins
    assert told(rivals(), {}) == half_wins
    assert told(rivals(), {"ten": 90.0}) == half_wins


@pytest.mark.parametrize("basket", [(("mug", 1),), ()])
def test_by_gain_the_one_that_brings_most_wins_however_little_it_takes_off(basket):
    found = told(rivals(), {"half": 10.0, "ten": 90.0}, basket)
    assert found == {"half": ("refused", "another_applies"), "ten": ("granted", "granted")}


def test_no_offer_is_always_in_the_running():
    assert told(rivals(), {"half": -40.0, "ten": 0.0}) == dict.fromkeys(
        ("half", "ten"), ("refused", "no_gain")
    )
    assert told(rivals(), {"half": -40.0, "ten": 5.0})["ten"] == ("granted", "granted")
    assert told(rivals("by_discount"), {"half": -40.0, "ten": -1.0})["half"] == ("granted", "granted")


def test_what_brings_nothing_is_not_promised_for_a_fuller_basket_either():
    rule = offer("o", gives=TEN, choose="by_gain", holdout=0, when={"basket": {"subtotal_at_least": "40.00"}})
    assert told([rule], {})["o"][0] == "almost"
    assert told([rule], {"o": -1.0})["o"] == ("refused", "no_gain")


def test_equal_gains_go_by_priority_and_id():
    assert told(rivals(), {"half": 5.0, "ten": 5.0})["half"][0] == "granted"
