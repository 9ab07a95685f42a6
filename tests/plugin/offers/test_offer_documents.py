"""Offer documents at the door and back: what is refused, where, and what is kept."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from small_occasions import occasion, offer

from api.schemas.conditions import WhereSchema
from api.schemas.offers import OfferSchema
from plugin.catalog import Product
from plugin.errors import Invalid
from plugin.offers.arguments import Reader
from plugin.offers.conditions import read_where
from plugin.offers.evaluate import evaluate
from plugin.offers.offer import Offer

WHOLE = {
    "offer_id": "o/1 ☕", "title": {"en": "Ten", "nb": "Ti"}, "state": "live",
    "from": "2026-11-01T00:00:00Z", "until": None,
    "when": {"all": [{"tier": {"at_least": "gold"}},
                     {"any": [{"first_order": {}}, {"not": {"owned": {"category": "x"}}}]}]},
    "gives": {"percent_off": {"percent": 12.5, "products": ["a"], "at_most": "15.00"}},
    "group": "g", "combine": "stack", "limits": {"total": 5, "per_shopper": 1, "budget": "20.00"},
    "code": None, "holdout": 0.1, "funded_by": [{"partner": "R", "share": 0.5}], "priority": 3,
    "published": False, "choose": "by_discount",
    "gift": None, "exclude_reduced": None,
}  # fmt: skip


def nested(depth):
    when = {"tier": {"is": "gold"}}
    for _ in range(depth):
        when = {"not": when}
    return when


def test_a_document_comes_back_as_it_went_in():
    loaded = OfferSchema().load(WHOLE)
    read = Offer.from_document(loaded, "EUR", version=4)
    assert read.to_document() == {**WHOLE, "version": 4}
    again = {name: value for name, value in read.to_document().items() if value is not None}
    again.pop("version")
    assert Offer.from_document(OfferSchema().load(again), "EUR", version=4) == read


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"when": {"all": [{"tier": {}}]}}, ["when", "all", 0, "tier"]),
        ({"when": {"all": [{"tier": {"at_least": "a", "is": "b"}}]}}, ["when", "all", 0, "tier"]),
        ({"when": {"due": {"product_id": "a"}}}, ["when", "due"]),
        ({"when": {"first_order": {}, "share": {"percent": 5}}}, ["when"]),
        ({"when": {"first_order": {"x": 1}}}, ["when", "first_order", "x"]),
        ({"when": {"basket": {"subtotal_at_least": 40}}}, ["when", "basket", "subtotal_at_least"]),
        ({"when": {"basket": {"subtotal_at_least": "-1"}}}, ["when", "basket", "subtotal_at_least"]),
        ({"when": {"basket": {"contains": {"quantity": 1}}}}, ["when", "basket", "contains"]),
        ({"when": {"basket": {"contains": ["a", ""]}}}, ["when", "basket", "contains", 1]),
        ({"when": {"time": {"days": ["monday"]}}}, ["when", "time", "days", 0]),
        ({"when": {"all": []}}, ["when", "all"]),
        ({"when": []}, ["when"]),
        ({"when": nested(8)}, ["when"]),
        ({"when": nested(20_000)}, ["when"]),
        ({"when": {"any": [{"first_order": {}}] * 201}}, ["when"]),
        ({"gives": {}}, ["gives"]),
        ({"gives": {"percent_off": {"percent": 0}}}, ["gives", "percent_off", "percent"]),
        ({"gives": {"percent_off": {"percent": "10"}}}, ["gives", "percent_off", "percent"]),
        ({"gives": {"percent_off": {"percent": 5, "products": "a"}}}, ["gives", "percent_off", "products"]),
        (
            {"gives": {"amount_off": {"amount": "1.00", "products": ["a"], "category": "b"}}},
            ["gives", "amount_off"],
        ),
        ({"gives": {"message": {"text": "x", "url": "javascript:alert(1)"}}}, ["gives", "message", "url"]),
        ({"gives": {"message": {"text": {"english please": "x"}}}}, ["gives", "message", "text"]),
        ({"code": "X"}, ["holdout"]),
        ({"gives": {"message": {"text": "x"}}}, ["holdout"]),
        ({"funded_by": [{"partner": "a", "share": 0.6}, {"partner": "b", "share": 0.6}]}, ["funded_by"]),
        ({"from": "tomorrow"}, ["from"]),
        ({"from": "2026-11-01"}, ["from"]),
        ({"limits": {"total": 0}}, ["limits", "total"]),
        ({"offer_id": "a\nb"}, ["offer_id"]),
        ({"surprise": 1}, ["surprise"]),
    ],
)
def test_what_is_wrong_is_named_where_it_is(change, where):
    with pytest.raises(ValidationError) as refused:
        OfferSchema().load({**WHOLE, **change})
    held = refused.value.messages
    for step in where:
        assert list(held) == [step]
        held = held[step]
    assert held


def test_the_deepest_condition_that_is_taken():
    assert offer(when=nested(7))


def test_an_unknown_condition_is_answered_with_those_there_are():
    with pytest.raises(ValidationError, match="first_order"):
        OfferSchema().load({**WHOLE, "when": {"overdue": {}}})


@pytest.mark.parametrize(
    ("currency", "change", "pointer"),
    [
        ("JPY", {}, "/gives/percent_off/at_most"),
        ("EUR", {"when": {"basket": {"subtotal_at_least": "1.005"}}}, "/when/basket/subtotal_at_least"),
        ("EUR", {"until": "2026-11-01T00:00:00Z"}, "/until"),
        ("EUR", {"limits": {"budget": "0.001"}}, "/limits/budget"),
    ],
)
def test_what_only_the_shop_can_tell(currency, change, pointer):
    document = {**WHOLE, "limits": {}, "gives": {"percent_off": {"percent": 5, "at_most": "1.50"}}, **change}
    with pytest.raises(Invalid) as refused:
        Offer.from_document(OfferSchema().load(document), currency)
    assert [held["pointer"] for held in refused.value.errors] == [pointer]


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["all", "any", "not", "tier", "is", "at_least", "basket", "contains", "time", "days", "from",
                 "percent_off", "percent", "products", "message", "text", "buy_x_get_y", "buy", "quantity"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(list(WHOLE)), anything, max_size=4))
def test_any_document_is_either_an_offer_or_refused(change):
    try:
        loaded = OfferSchema().load({**WHOLE, **change})
        read = Offer.from_document(loaded, "EUR")
    except (ValidationError, Invalid):
        return
    evaluate([read], occasion([("mug", 1)]))


PAN = Product(
    "pan", price=4000, sale_price=3000, was=4000, cost=2400, category="Kitchen > Pans", brand="Iron & Co",
    attributes={"colour": ["Black", "Red"], "induction": True, "weight": 2}, availability="preorder",
)  # fmt: skip


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ({"category": {"is": "kitchen"}}, True),
        ({"category": {"is": ["Garden", "Kitchen > Pans"]}}, True),
        ({"category": {"is": "Pans > Kitchen"}}, False),
        ({"brand": {"is": "iron & co"}}, True),
        ({"price": {"at_most": "30.00"}}, True),
        ({"price": {"at_least": "30.01"}}, False),
        ({"stock": {"is": ["in_stock", "preorder"]}}, True),
        ({"stock": {"is": "in_stock"}}, False),
        ({"attribute": {"attribute": "colour", "is": "red"}}, True),
        ({"attribute": {"attribute": "induction", "is": True}}, True),
        ({"attribute": {"attribute": "induction", "is": 1}}, False),
        ({"attribute": {"attribute": "weight", "is": [1, 2]}}, True),
        ({"attribute": {"attribute": "absent", "is": "x"}}, False),
        ({"margin": {"at_least": 20}}, True),
        ({"margin": {"at_least": 20.1}}, False),
        ({"on_sale": {}}, True),
        ({"all": [{"on_sale": {}}, {"not": {"brand": {"is": "Other"}}}]}, True),
    ],
)
def test_conditions_on_products(where, holds):
    loaded = WhereSchema().load(where)
    assert read_where(loaded, Reader("EUR")).holds(PAN) is holds


def test_a_product_without_cost_has_no_margin_and_one_at_its_price_is_not_on_sale():
    plain = Product("plain", price=100)
    assert not read_where({"margin": {"at_least": 0}}, Reader("EUR")).holds(plain)
    assert not read_where({"on_sale": {}}, Reader("EUR")).holds(plain)
    called_reduced = Product("called", price=100, sale_price=80)  # and nothing says that it ever cost more
    assert not read_where({"on_sale": {}}, Reader("EUR")).holds(called_reduced)
    assert read_where(None, Reader("EUR")).holds(plain)
