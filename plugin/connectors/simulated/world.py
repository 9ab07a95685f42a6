"""One seeded shop: its products, its shoppers, what they did in the months before a given day."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any
from zlib import crc32

from plugin.connectors.simulated.catalogue import Card, Variant, cards
from plugin.connectors.simulated.contexts import EVERYWHERE, contexts
from plugin.connectors.simulated.demo_accounts import STORIES, demo_person
from plugin.connectors.simulated.documents import money, plan_stock, product_document, sale_price
from plugin.connectors.simulated.life import Life
from plugin.connectors.simulated.people import Person, invent_guest, invent_people
from plugin.connectors.simulated.pictures import draw
from plugin.connectors.simulated.rhythm import Pantry
from plugin.connectors.simulated.sales import PriceHistory, plan_sales
from plugin.connectors.simulated.stories import play_story
from plugin.connectors.simulated.timeline import Moment, number_orders, sent, visit_moments
from plugin.connectors.simulated.truth import planted_truths
from plugin.connectors.simulated.visits import Visit

SHOP_NAME = "Bellwether & Finch"
SITE = "http://127.0.0.1:8081"
DAY = 86_400.0
PRICES_KNOWN_DAYS = 100  # the thirty days before a reduction, and the campaigns they may reach into
DAYS_A_MONTH = 365.25 / 12
GUEST_SHARE = 0.15
FIRST_USER_ID = 10_001


@dataclass
class World:
    """A simulated shop's documents.

    `products`: bodies for `/v1/products`. `shoppers`: `{user_id, name, email, locale, birthday, demo}`, the
    demo accounts first and with a `sketch` in plain words. `truth`: the planted truths, see `planted_truths`.
    """

    products: list[dict[str, Any]]
    shoppers: list[dict[str, Any]]
    truth: dict[str, Any]
    _visits: list[tuple[Person, Visit]] = field(repr=False)
    _prices: PriceHistory = field(repr=False)
    _currency: str = field(repr=False)
    _label: str = field(repr=False)
    _until: float = field(repr=False)

    @property
    def use_ideas(self) -> list[dict[str, Any]]:
        """The use ideas that the shop would send to `/v1/use-ideas`."""
        return self.truth["ideas"]

    def activities(self) -> Iterator[dict[str, Any]]:
        """Everything that happened, oldest first, as Segment-shaped documents from the shop's server."""
        orders = number_orders(self._visits)
        met: set[str] = set()
        moments: list[Moment] = []
        for person, visit in self._visits:
            first = person.key not in met
            met.add(person.key)
            order_id = orders.get(id(visit))
            moments.extend(visit_moments(person, visit, order_id, self._prices, self._currency, first))
        moments.sort(key=attrgetter("at"))
        told = (moment for moment in moments if moment.at <= self._until)
        for number, moment in enumerate(told, 1):
            yield sent(moment, f"sim-{self._label}-{number:06d}")

    def past_prices(self) -> Iterator[tuple[float, list[dict[str, Any]]]]:
        """What the catalogue said of prices before today, oldest first: since when, of which products.

        Only of the last months; what the campaign that runs now reduces stands in `products` too.
        """
        documents = {document["product_id"]: document for document in self.products}
        since = self._until - PRICES_KNOWN_DAYS * DAY
        changes = [(since, self._prices.reduced(since)), *self._prices.changes(since, self._until)]
        for at, changed in changes:
            yield (
                at,
                [
                    {
                        **documents[product_id],
                        "sale_price": sale_price(
                            variant.cents, self._prices.percent_off(card.key, at), self._currency
                        ),
                    }
                    for product_id, (card, variant) in _shelf().items()
                    if card.key in changed
                ],
            )

    @property
    def prior_prices(self) -> dict[str, dict[str, Any]]:
        """The lowest price of the thirty days before, of the products for which it is less now."""
        priors = {
            product_id: self._prices.prior_cents(card.key, variant.cents, self._until - 1)
            for product_id, (card, variant) in _shelf().items()
        }
        return {each: money(cents, self._currency) for each, cents in priors.items() if cents is not None}

    def picture(self, product_id: str) -> str:
        """The drawn SVG of a product. Raises KeyError for a product that the shop does not have."""
        card, variant = _shelf()[product_id]
        return draw(variant.name, card.department, variant.look)

    def write(self, directory: Path) -> None:
        """What the storefront keeps in its own database: products, prices before reductions, shoppers, its
        demo accounts' orders, use ideas, pictures; and the planted truths. What is there is written over."""
        directory.mkdir(parents=True, exist_ok=True)
        _write_lines(directory / "products.ndjson", self.products)
        (directory / "prior_prices.json").write_text(json.dumps(self.prior_prices), "utf-8")
        _write_lines(directory / "shoppers.ndjson", self.shoppers)
        _write_lines(directory / "orders.ndjson", self._demo_orders())
        _write_lines(directory / "use_ideas.ndjson", self.use_ideas)
        (directory / "truth.json").write_text(json.dumps(self.truth, ensure_ascii=False), "utf-8")
        (directory / "pictures").mkdir(exist_ok=True)
        for product in self.products:
            picture = directory / "pictures" / f"{product['product_id']}.svg"
            picture.write_text(self.picture(product["product_id"]), "utf-8")

    def _demo_orders(self) -> Iterator[dict[str, Any]]:
        """The demo accounts' orders: the order's properties, who, when, and what came back of it."""
        demo = {shopper["user_id"] for shopper in self.shoppers if shopper["demo"]}
        found: dict[str, dict[str, Any]] = {}
        for activity in self.activities():
            if activity.get("userId") not in demo:
                continue
            properties = activity.get("properties", {})
            if activity.get("event") == "Order Completed":
                who = {"user_id": activity["userId"], "ordered_at": activity["timestamp"]}
                found[properties["order_id"]] = {**who, **properties, "returned": []}
            elif activity.get("event") == "Order Refunded":
                returned = [{**line, "reason": properties["reason"]} for line in properties["products"]]
                found[properties["order_id"]]["returned"] += returned
        yield from found.values()


def simulate(
    seed: int = 7,
    *,
    until: datetime,
    months: int = 18,
    shoppers: int = 2000,
    site: str = SITE,
    currency: str = "EUR",
) -> World:
    """A whole shop for `seed`: same arguments, same bytes.

    `until` (aware; UTC is meant) ends the history, which began `months` before; `shoppers` counts the
    registered ones, the eight demo accounts among them; about 15 % of the orders on top are guests'.
    Addresses begin with `site`. Raises ValueError for a naive `until`, fewer than one month, or fewer
    shoppers than there are demo accounts.
    """
    if until.tzinfo is None:
        raise ValueError("until must say its time zone")
    if months < 1 or shoppers < len(STORIES):
        raise ValueError(f"at least one month and {len(STORIES)} shoppers")
    end = until.timestamp()
    start = end - months * DAYS_A_MONTH * DAY
    prices = plan_sales(_dice(seed, "sales"), start, end)
    demo = [demo_person(story, str(FIRST_USER_ID + n), until) for n, story in enumerate(STORIES)]
    crowd = invent_people(_dice(seed, "people"), shoppers - len(demo), FIRST_USER_ID + len(demo), start, end)
    told = [
        (person, play_story(_dice(seed, person.key), story, prices, start, end))
        for person, story in zip(demo, STORIES, strict=True)
    ]
    lives = [(person, Life(_dice(seed, person.key), person, prices, end)) for person in crowd]
    lived = [(person, life.play()) for person, life in lives]
    guests = _guests(seed, lived, prices, start, end)
    pantries: dict[str, Pantry] = {person.key: life.pantry for person, life in lives}
    known = [*demo, *crowd]
    return World(
        products=_products(seed, prices, end, site, currency),
        shoppers=[_shopper(person, story) for person, story in _with_stories(known)],
        truth=planted_truths([(person, pantries.get(person.key)) for person in known], site),
        _visits=[(person, visit) for person, visits in chain(told, lived, guests) for visit in visits],
        _prices=prices,
        _currency=currency,
        _label=f"{crc32(f'{seed} {end} {months} {shoppers}'.encode()):08x}",
        _until=end,
    )


def _guests(
    seed: int, lived: list[tuple[Person, list[Visit]]], prices: PriceHistory, start: float, until: float
) -> list[tuple[Person, list[Visit]]]:
    """So many guests that they hold their share of all orders."""
    orders = sum(bool(visit.bought) for _, visits in lived for visit in visits)
    wanted = round(orders * GUEST_SHARE / (1 - GUEST_SHARE))
    guests: list[tuple[Person, list[Visit]]] = []
    number = 0
    while wanted > 0:
        number += 1
        dice = _dice(seed, f"guest {number}")
        person = invent_guest(dice, number, start, until)
        visits = Life(dice, person, prices, until).play()
        wanted -= sum(bool(visit.bought) for visit in visits)
        guests.append((person, visits))
    return guests


def _products(
    seed: int, prices: PriceHistory, until: float, site: str, currency: str
) -> list[dict[str, Any]]:
    """The catalogue on the last day: its stock, and what the running campaign reduces."""
    shelf = list(_shelf().values())
    needed = {*EVERYWHERE, *(key for context in contexts().values() for key in context.cards)}
    whole_groups = {card.key for card, _ in shelf if len(card.variants) == 1}
    stock = plan_stock(_dice(seed, "stock"), shelf, needed & whole_groups)
    return [
        product_document(card, variant, stock, prices.percent_off(card.key, until - 1), site, currency)
        for card, variant in shelf
    ]


def _with_stories(people: list[Person]) -> Iterator[tuple[Person, str | None]]:
    for place, person in enumerate(people):
        yield person, STORIES[place].sketch if place < len(STORIES) else None


def _shopper(person: Person, sketch: str | None) -> dict[str, Any]:
    document: dict[str, Any] = {"user_id": person.user_id, **person.traits, "demo": sketch is not None}
    if sketch:
        document["sketch"] = sketch
    return document


def _shelf() -> dict[str, tuple[Card, Variant]]:
    """Every product by id, in the order of the shelves."""
    return {variant.product_id: (card, variant) for card in cards().values() for variant in card.variants}


def _dice(seed: int, name: str) -> random.Random:
    """A source of chance of its own for every shopper, so that one more shopper changes nobody else."""
    return random.Random(f"{seed} {name}")


def _write_lines(path: Path, documents: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for document in documents:
            file.write(json.dumps(document, ensure_ascii=False) + "\n")
