"""Plays a demo account's story: the same visits whatever the seed, but for the hour of the day."""

from __future__ import annotations

import random

from plugin.connectors.simulated.catalogue import Card, Variant, cards
from plugin.connectors.simulated.demo_accounts import ON_SALE, Story
from plugin.connectors.simulated.sales import PriceHistory
from plugin.connectors.simulated.visits import Line, SentBack, Visit

DAY = 86_400.0


def play_story(
    rng: random.Random, story: Story, prices: PriceHistory, start: float, until: float
) -> list[Visit]:
    """The story's visits between `start` and `until` (epoch seconds), in the order of time."""
    looks = [_look(rng, days, keys, until) for days, keys in story.looks]
    orders = [_order(rng, days, keys, prices, until) for days, keys in story.orders]
    for days, product, reason in story.refunds:
        _send_back(orders, product, until - days * DAY + 3600.0, reason)
    visits = [visit for visit in looks + orders if visit.at >= start and (visit.views or visit.bought)]
    return sorted(visits, key=lambda visit: visit.at)


def _look(rng: random.Random, days: int, keys: str, until: float) -> Visit:
    return Visit(_moment(rng, days, until), views=[_product(key) for key in keys.split()])


def _order(rng: random.Random, days: int, keys: str, prices: PriceHistory, until: float) -> Visit:
    at = _moment(rng, days, until)
    reduced = prices.reduced(at)
    wanted = keys.split()
    bargains = rng.sample(reduced, min(wanted.count(ON_SALE), len(reduced)))
    products = [_product(key) for key in [*bargains, *(key for key in wanted if key != ON_SALE)]]
    lines = [Line(card, item, 1, prices.cents(card.key, item.cents, at)) for card, item in products]
    return Visit(at, views=products[:1], added=lines[:1], bought=lines)


def _send_back(orders: list[Visit], product: str, at: float, reason: str) -> None:
    """The latest earlier order of the product returns one piece of it."""
    bought = [
        (visit.at, number, line)
        for number, visit in enumerate(orders)
        for line in visit.bought
        if line.variant.product_id == product and visit.at < at
    ]
    _, number, line = max(bought, key=lambda entry: entry[0])
    orders[number].sent_back.append(SentBack(at, ((line, 1),), reason))


def _moment(rng: random.Random, days: int, until: float) -> float:
    """Some time on the day that lies so many days before the end, never after it."""
    return until - days * DAY - rng.uniform(600, 6 * 3600)


def _product(key: str) -> tuple[Card, Variant]:
    """A product by its own id, or the first variant of a card."""
    if key in cards():
        return cards()[key], cards()[key].variants[0]
    for card in cards().values():
        for variant in card.variants:
            if variant.product_id == key:
                return card, variant
    raise KeyError(key)
