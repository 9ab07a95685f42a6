"""What was planted in the simulated shop can be found in its documents, and only by looking properly."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from statistics import mean, median
from typing import Any

from plugin.connectors.simulated import World, simulate

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
DAMPING = 20


@cache
def world() -> World:
    return simulate(7, until=UNTIL)


@cache
def activities() -> tuple[dict[str, Any], ...]:
    return tuple(world().activities())


@cache
def card_of() -> dict[str, str]:
    """Product -> what the window shows once: its group, or itself."""
    return {
        product["product_id"]: product["group_id"] or product["product_id"] for product in world().products
    }


@cache
def orders() -> tuple[dict[str, Any], ...]:
    return tuple(document for document in activities() if document.get("event") == "Order Completed")


@cache
def baskets() -> tuple[frozenset[str], ...]:
    """The cards of every order."""
    return tuple(
        frozenset(card_of()[line["product_id"]] for line in order["properties"]["products"])
        for order in orders()
    )


@cache
def together() -> tuple[Counter[str], dict[str, Counter[str]]]:
    """How many orders hold a card, and for each card how many of them hold each other card."""
    alone: Counter[str] = Counter()
    pairs: dict[str, Counter[str]] = defaultdict(Counter)
    for basket in baskets():
        alone.update(basket)
        for card in basket:
            pairs[card].update(basket - {card})
    return alone, pairs


@cache
def complements() -> dict[str, frozenset[str]]:
    """Card -> the cards that complete it."""
    found: dict[str, set[str]] = defaultdict(set)
    for product, others in world().truth["complements"].items():
        found[card_of()[product]].update(card_of()[other] for other in others)
    return {card: frozenset(others) for card, others in found.items()}


def precision_at_5(ranked: dict[str, list[str]]) -> float:
    return mean(
        sum(card in complements()[anchor] for card in cards[:5]) / 5 for anchor, cards in ranked.items()
    )


def test_at_least_sixty_products_have_five_complements_that_can_be_bought() -> None:
    available = {p["product_id"] for p in world().products if p["availability"] == "in_stock"}
    truths = world().truth["complements"]
    enough = [
        product
        for product, others in truths.items()
        if len({card_of()[other] for other in others if other in available}) >= 5
    ]
    assert len(enough) >= 60
    assert len(enough) == len(truths)


def test_damped_lift_finds_the_complements() -> None:
    alone, pairs = together()
    ranked = {
        anchor: sorted(pairs[anchor], key=lambda other: -pairs[anchor][other] / (alone[other] + DAMPING))
        for anchor in complements()
    }
    assert precision_at_5(ranked) >= 0.8


def test_popularity_does_not_find_the_complements() -> None:
    alone, _ = together()
    popular = [card for card, _ in alone.most_common(6)]
    ranked = {anchor: [card for card in popular if card != anchor] for anchor in complements()}
    assert precision_at_5(ranked) < 0.3


def test_raw_counts_take_the_bait() -> None:
    """What lies beside the till is in the top three of nearly every anchor by raw counts."""
    _, pairs = together()
    till = {"dark-chocolate", "gift-bag", "dish-cloths"}
    baited = [any(card in till for card, _ in pairs[anchor].most_common(3)) for anchor in complements()]
    assert mean(baited) > 0.8


def test_each_planted_complement_is_bought_together_beyond_chance() -> None:
    alone, pairs = together()
    lifts = [
        pairs[anchor][other] * len(baskets()) / (alone[anchor] * alone[other])
        for anchor, others in complements().items()
        for other in others
    ]
    assert median(lifts) > 5
    assert mean(lift > 2 for lift in lifts) > 0.97


def test_the_arrow_points_from_the_anchor_to_what_completes_it() -> None:
    """Where they are not bought at once, the anchor comes first."""
    first_bought: dict[str, dict[str, str]] = defaultdict(dict)
    for order in orders():
        for line in order["properties"]["products"]:
            if "userId" in order:
                first_bought[order["userId"]].setdefault(card_of()[line["product_id"]], order["timestamp"])
    forwards = backwards = 0
    for had in first_bought.values():
        for anchor, others in complements().items():
            for other in others & had.keys() if anchor in had else ():
                forwards += had[anchor] < had[other]
                backwards += had[anchor] > had[other]
    assert forwards > 1.5 * backwards


def test_substitutes_are_looked_at_together_and_not_bought_together() -> None:
    looked: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for document in activities():
        if document.get("event") == "Product Viewed":
            visitor = document.get("userId") or document.get("anonymousId")
            looked[visitor, document["timestamp"][:10]].add(card_of()[document["properties"]["product_id"]])
    views = Counter(card for seen in looked.values() for card in seen)
    alone, pairs = together()
    couples = {
        tuple(sorted((card_of()[one], card_of()[other])))
        for one, others in world().truth["substitutes"].items()
        for other in others
    }
    assert len(couples) >= 15
    for one, two in couples:
        seen = sum(one in cards and two in cards for cards in looked.values())
        assert seen * len(looked) > 5 * views[one] * views[two], (one, two)
        assert pairs[one][two] * len(baskets()) < alone[one] * alone[two], (one, two)


def test_gaps_between_purchases_follow_the_planted_rhythm() -> None:
    rhythms = world().truth["rhythms"]
    history: dict[tuple[str, str], list[tuple[datetime, int]]] = defaultdict(list)
    for order in orders():
        for line in order["properties"]["products"]:
            if "userId" in order and line["product_id"] in rhythms["products"]:
                at = datetime.fromisoformat(order["timestamp"])
                history[order["userId"], line["product_id"]].append((at, line["quantity"]))
    ratios = [
        (later - earlier).total_seconds() / 86_400 / quantity / rhythms["shoppers"][shopper][product]
        for (shopper, product), times in history.items()
        if product in rhythms["shoppers"].get(shopper, {})
        for (earlier, quantity), (later, _) in pairwise(times)
    ]
    assert len(ratios) > 500
    assert 0.9 < median(ratios) < 1.1
    inside = 1.2816 * rhythms["gap_sigma"]
    assert 0.65 < mean(abs(math.log(ratio)) < inside for ratio in ratios) < 0.9


def test_bargain_hunters_buy_reduced_things_and_the_indifferent_do_not_care() -> None:
    usual = {p["product_id"]: float(p["price"]["amount"]) for p in world().products}
    anchors = world().truth["complements"]
    reduced: dict[str, list[bool]] = defaultdict(list)
    for order in orders():
        for line in order["properties"]["products"]:
            if "userId" in order and line["product_id"] in anchors:
                price_class = world().truth["price_sensitivity"][order["userId"]]
                reduced[price_class].append(line["price"] < usual[line["product_id"]])
    share = {price_class: mean(cheaper) for price_class, cheaper in reduced.items()}
    assert share["indifferent"] < share["balanced"] < share["bargain"]
    assert share["bargain"] > 1.8 * share["indifferent"]


def test_things_come_back_at_their_own_rates() -> None:
    rates = world().truth["returns"]
    sold: Counter[float] = Counter()
    back: Counter[float] = Counter()
    for document in activities():
        lines = document.get("properties", {}).get("products", [])
        if document.get("event") == "Order Completed":
            sold.update(rates[line["product_id"]] for line in lines)
        elif document.get("event") == "Order Refunded":
            back.update(rates[line["product_id"]] for line in lines)
    often = [rate for rate in sold if rate >= 0.05]
    seldom = [rate for rate in sold if rate < 0.01]
    high = sum(back[rate] for rate in often) / sum(sold[rate] for rate in often)
    low = sum(back[rate] for rate in seldom) / sum(sold[rate] for rate in seldom)
    assert 0.04 < high < 0.1
    assert low < 0.01


def test_shoppers_buy_within_the_contexts_close_to_them() -> None:
    contexts = {name: set(products) for name, products in world().truth["contexts"].items()}
    anchors = world().truth["complements"].keys()
    close = far = 0
    for order in orders():
        tastes = world().truth["tastes"].get(order.get("userId"))
        for line in order["properties"]["products"] if tastes else ():
            if line["product_id"] in anchors:
                mine = any(line["product_id"] in contexts[name] for name in tastes)
                close, far = close + mine, far + (not mine)
    assert close > 2.5 * far


def test_the_seasons_show() -> None:
    contexts = world().truth["contexts"]

    def share(name: str, months: set[str]) -> float:
        anchors = set(contexts[name]) & world().truth["complements"].keys()
        sold = [
            order["timestamp"][5:7] in months
            for order in orders()
            for line in order["properties"]["products"]
            if line["product_id"] in anchors
        ]
        return mean(sold)

    spring, winter = {"03", "04", "05"}, {"10", "11", "12"}
    assert share("vegetable bed", spring) > 1.5 * share("candle making", spring)
    assert share("candle making", winter) > 1.5 * share("vegetable bed", winter)


def test_every_idea_can_be_done_with_what_the_shop_sells() -> None:
    products = world().products
    sold = {product["product_id"] for product in products}
    categories = {product["category"] for product in products}
    attributes = {item for p in products for item in p["attributes"].items() if isinstance(item[1], str)}
    ideas = world().truth["ideas"]
    assert len(ideas) >= 30
    assert len({idea["use_id"] for idea in ideas}) == len(ideas)
    assert {idea["use_id"] for idea in ideas} == world().truth["idea_contexts"].keys()
    assert set(world().truth["idea_contexts"].values()) <= world().truth["contexts"].keys()
    for idea in ideas:
        assert idea["needs"], idea["use_id"]
        assert set(idea["uses_up"]) <= sold
        for slot in idea["needs"] + idea["optional"]:
            for option in slot["any"]:
                assert (
                    option.get("product_id") in sold
                    or option.get("category") in categories
                    or (option.get("attribute"), option.get("is")) in attributes
                ), (idea["use_id"], option)
