"""The simulated shop's planted truths, found from what an outside shop would have sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from plugin.connectors.simulated import simulate
from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.question import Question

UNTIL = datetime(2026, 6, 1, tzinfo=UTC)
VISIT_PAUSE_S = 1800.0


@pytest.fixture(scope="module")
def world():
    return simulate(7, until=UNTIL)


@pytest.fixture(scope="module")
def learned(world):
    return Model.fit(_interactions(world.activities()), _cards(world.products), as_of=UNTIL.timestamp())


def _interactions(activities: Iterator[dict[str, Any]]) -> Interactions:
    lines: list[tuple[Any, ...]] = []
    looks: list[tuple[Any, ...]] = []
    visits: dict[str, tuple[str, float]] = {}
    for each in activities:
        what, who = each.get("event"), each.get("userId")
        time = datetime.fromisoformat(each["timestamp"]).timestamp()
        if what == "Order Completed":
            order = each["properties"]
            lines += [
                (order["order_id"], who, p["product_id"], p["quantity"], time) for p in order["products"]
            ]
        elif what == "Product Viewed":
            visitor = who or each["anonymousId"]
            visit, last = visits.get(visitor, ("", -np.inf))
            visit = visit if time - last < VISIT_PAUSE_S else f"v{len(looks)}"
            visits[visitor] = (visit, time)
            looks.append((visit, who, each["properties"]["product_id"], time))
    orders, shoppers, products, quantities, times = zip(*lines, strict=True)
    seen, lookers, looked_at, moments = zip(*looks, strict=True)
    return Interactions.from_columns(
        order_ids=orders,
        shopper_ids=shoppers,
        product_ids=products,
        quantities=quantities,
        times=times,
        view_visits=seen,
        view_shoppers=lookers,
        view_products=looked_at,
        view_times=moments,
    )


def _cards(products: list[dict[str, Any]]) -> Cards:
    return Cards.from_columns(
        [each["product_id"] for each in products],
        names=[each["name"] for each in products],
        categories=[each.get("category") for each in products],
        prices=[float(each["price"]["amount"]) for each in products],
        group_ids=[each.get("group_id") for each in products],
    )


def _precision(learned: Model, truth: dict[str, list[str]], place: str) -> float:
    found = []
    for anchor, complements in truth.items():
        held: dict[str, tuple[str, ...]] = {place: (anchor,)}
        answer = learned.suggest(Question("complements", now=UNTIL.timestamp(), limit=5, **held))
        found.append(np.mean([each.product_id in complements for each in answer]))
    return float(np.mean(found))


@pytest.mark.parametrize("place", ["products", "basket"])
def test_four_of_five_complements_on_a_page_and_in_a_basket_are_the_planted_ones(world, learned, place):
    assert _precision(learned, world.truth["complements"], place) >= 0.8


def test_no_planted_complement_is_taken_for_a_substitute(world, learned):
    substitutes = learned.parts.complements.substitutes_
    for anchor, complements in world.truth["complements"].items():
        row = learned.product_ids.index(anchor)
        rivals = {learned.product_ids[each] for each in substitutes.of(np.array([row])).product}
        assert not rivals & set(complements)
