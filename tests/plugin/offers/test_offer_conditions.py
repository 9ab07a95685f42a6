"""Conditions on orders, spending, silence, value and needs, each at its very border."""

from dataclasses import replace

import pytest
from small_occasions import DAY, NOW, PRODUCTS, occasion, offer

from plugin.offers.conditions.condition import AnyOf
from plugin.offers.conditions.orders import OrderCount
from plugin.offers.conditions.segment import InSegment
from plugin.offers.segment import Segment
from plugin.ownership import Figures
from plugin.shopper import Profile
from plugin.shopper.profile import Order


def holds(when, at):
    return offer(when=when).when.holds(at)


def buyer(orders=0, spent=0, first_ago=None, last_ago=None, **given):
    moments = [None if ago is None else NOW - ago * DAY for ago in (first_ago, last_ago)]
    return replace(occasion([], **given), figures=Figures(orders, spent, *moments))


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ({"at_least": 2}, {2, 3, 4}),
        ({"at_most": 1}, {0, 1}),
        ({"at_least": 1, "at_most": 1}, {1}),
        ({"at_least": 2, "at_most": 3}, {2, 3}),
    ],
)
def test_orders_are_counted_with_both_bounds(asked, counts):
    assert {n for n in range(5) if holds({"order_count": asked}, buyer(n))} == counts


def test_spending_counts_in_all_or_lately():
    at = buyer(2, 10_000)
    assert holds({"spent": {"at_least": "100.00"}}, at)
    assert not holds({"spent": {"at_least": "100.01"}}, at)
    orders = {
        "old": Order(at=NOW - 31 * DAY, lines={"mug": [1, 6000]}),
        "new": Order(at=NOW - 30 * DAY, lines={"mug": [1, 4000]}),
    }
    at = replace(at, shopper=Profile(orders=orders))
    assert holds({"spent": {"at_least": "40.00", "within_days": 30}}, at)
    assert not holds({"spent": {"at_least": "40.01", "within_days": 30}}, at)


@pytest.mark.parametrize(
    ("asked", "orders", "first_ago", "last_ago", "expected"),
    [
        ({"quiet_days_at_least": 90}, 1, 90, 90, True),
        ({"quiet_days_at_least": 90}, 1, 89.9, 89.9, False),
        ({"quiet_days_at_least": 90}, 0, None, None, False),
        ({"quiet_gaps_at_least": 3}, 3, 80, 60, True),  # every 10 days, silent for 60
        ({"quiet_gaps_at_least": 3}, 3, 49, 29, False),  # silent for 29
        ({"quiet_gaps_at_least": 3}, 2, 400, 390, False),  # two orders are no rhythm yet
        ({"quiet_days_at_least": 90, "quiet_gaps_at_least": 3}, 3, 80, 60, False),  # both are asked for
    ],
)
def test_who_has_gone_quiet(asked, orders, first_ago, last_ago, expected):
    at = buyer(orders, 0, first_ago, last_ago)
    assert holds({"win_back": asked}, at) is expected


def test_a_band_of_value_has_two_ends_and_who_has_none_is_in_no_band():
    band = {"value": {"at_least_quantile": 0.5, "below_quantile": 0.9}}
    found = {q: holds(band, occasion([], quantile=q)) for q in (0.49, 0.5, 0.89, 0.9, None)}
    assert found == {0.49: False, 0.5: True, 0.89: True, 0.9: False, None: False}


def test_a_need_is_asked_for_once_and_only_where_a_rule_asks():
    asked = []

    def due(days):
        asked.append(days)
        return [product for product in PRODUCTS if product.product_id == "beans"] if days >= 7 else []

    at = replace(occasion([]), due=due)
    assert holds({"basket": {"quantity_at_least": 1}}, at) is False
    assert asked == []
    assert holds({"due": {"category": "coffee", "within_days": 7}}, at)
    assert holds({"due": {"product_id": "beans", "within_days": 7}}, at)
    assert not holds({"due": {"product_id": "mug", "within_days": 7}}, at)
    assert not holds({"due": {"category": "coffee", "within_days": 3}}, at)
    assert asked == [7, 3]


def test_segments_that_speak_of_each_other_end_all_the_same():
    """Two are refused at the door; written at the same moment they might still meet."""
    one = Segment.from_document({"segment": "one", "when": {"not": {"segment": {"is": "two"}}}}, "EUR")
    two = Segment.from_document({"segment": "two", "when": {"not": {"segment": {"is": "one"}}}}, "EUR")
    at = replace(occasion([]), segments={"one": one, "two": two})
    rule = offer(when={"segment": {"is": "one"}})
    assert rule.when.holds(at) in (True, False)
    assert isinstance(rule.when.ways(at), tuple)
    assert not holds({"segment": {"is": "nowhere"}}, at)


def test_what_many_segments_speak_of_is_asked_once():
    """A tower of segments, each of which names the next three times: three to the seventh at the bottom."""
    asked = []

    class Counted(OrderCount):
        def ways(self, at, wanted=True):
            asked.append(wanted)
            return super().ways(at, wanted)

    def level(number):
        if number == 8:
            return Counted(at_least=5)
        return AnyOf((InSegment(f"level{number + 1}"),) * 3)

    tower = {f"level{n}": Segment(f"level{n}", None, level(n), {}) for n in range(1, 9)}
    at = replace(buyer(1, 100, 10, 10), segments=tower)
    assert InSegment("level1").ways(at) == OrderCount(at_least=5).ways(at)
    assert asked == [True]


def test_different_products_and_kinds_of_products_are_counted():
    at = occasion([("beans", 2), ("tea", 1)])
    assert holds({"basket": {"lines_at_least": 2}}, at)
    assert not holds({"basket": {"lines_at_least": 3}}, at)
    dear = {"where": {"price": {"at_least": "10.00"}}}
    assert holds({"basket": {"contains": {**dear, "quantity": 2}}}, at)
    assert not holds({"basket": {"contains": {**dear, "quantity": 3}}}, at)
