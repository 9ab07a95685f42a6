"""How long 1,000 live rules take to be judged for one occasion (`python -m tests.bench.judging_rules`).

A shop's mixture of rules: by tier, code, history, basket, segment, calendar, value, need, alone and joined,
a third of them in groups, most with limits, a few not begun or over; for shoppers who own 20 products, with 5
lines in the basket. `judged` is the whole answer, every rule with its verdict, the smallest changes and the
prices worked out; `first` the same in a shop whose rules were just changed. `quoted` adds up the basket.
Beside them two floors of the same run: `loop` reads ten attributes of each rule in plain Python, `conditions`
only asks every rule's condition, without combining, pricing or telling anything.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from typing import Any

from api.schemas.offers import OfferSchema
from plugin.catalog import Catalogue, Product
from plugin.offers.evaluate import evaluate
from plugin.offers.occasion import BasketLine, Occasion, Used
from plugin.offers.offer import Offer
from plugin.offers.price import quote
from plugin.offers.segment import Segment
from plugin.ownership import Figures, Owned
from plugin.shop import Shop
from plugin.shopper import Profile
from plugin.tiers.ladder import BORN_WITH
from plugin.tiers.standing import Place
from tests.bench.matching import SHOPPERS, timed

DAY, NOW = 86_400.0, 1_790_000_000.0
PRODUCTS, RULES, LINES, OWNED = 2_000, 1_000, 5, 20
CATEGORIES = [f"Part {a} > Shelf {b}" for a in range(12) for b in range(8)]
SEGMENTS = 20


def some_money(dice: random.Random, most: int) -> str:
    return f"{dice.randrange(5, most)}.00"


def a_condition(dice: random.Random) -> dict[str, Any]:
    """One condition, as often as shops write it."""
    category, product = dice.choice(CATEGORIES), f"p{dice.randrange(PRODUCTS)}"
    days = dice.choice([30, 90, 180, 365])
    kinds: list[tuple[int, dict[str, Any]]] = [
        (20, {"tier": {"at_least": dice.choice(["silver", "gold"])}}),
        (5, {"tier": {"is": dice.choice(["bronze", "silver", "gold"])}}),
        (15, {"bought": {"category": category, "within_days": days}}),
        (5, {"bought": {"product_id": product, "at_least": dice.randint(1, 3)}}),
        (5, {"not": {"bought": {"category": category, "within_days": days}}}),
        (5, {"owned": {"product_id": product}}),
        (15, {"basket": {"subtotal_at_least": some_money(dice, 200)}}),
        (8, {"basket": {"contains": {"category": category, "quantity": dice.randint(1, 2)}}}),
        (4, {"basket": {"contains": product}}),
        (4, {"basket": {"quantity_at_least": dice.randint(2, 12)}}),
        (10, {"segment": {"is": f"segment-{dice.randrange(SEGMENTS)}"}}),
        (4, {"first_order": {}}),
        (4, {"order_count": {"at_least": dice.randint(1, 4), "at_most": dice.randint(4, 9)}}),
        (4, {"spent": {"at_least": some_money(dice, 900), "within_days": days}}),
        (4, {"win_back": {"quiet_days_at_least": days}}),
        (3, {"due": {"category": category, "within_days": 7}}),
        (4, {"birthday": {"within_days": 3}}),
        (2, {"anniversary": {"within_days": 3}}),
        (5, {"value": {"at_least_quantile": dice.choice([0.5, 0.8, 0.9])}}),
        (6, {"time": {"days": dice.sample(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 3)}}),
        (4, {"locale": {"is": dice.choice(["en", "de", "nl"])}}),
        (4, {"share": {"percent": 20}}),
    ]
    return dice.choices([held for _, held in kinds], [weight for weight, _ in kinds])[0]


def a_rule(number: int, dice: random.Random) -> dict[str, Any]:
    """One rule of the shop's, with one to four conditions."""
    parts = [a_condition(dice) for _ in range(dice.randint(1, 4))]
    joined: dict[str, Any] = {"all": parts} if dice.random() < 0.9 else {"any": parts}
    category = dice.choice(CATEGORIES)
    gives = dice.choice(
        [
            {"percent_off": {"percent": dice.choice([5, 10, 15])}},
            {"percent_off": {"percent": 10, "category": category}},
            {"percent_off": {"percent": 20, "category": category, "at_most": "15.00"}},
            {"amount_off": {"amount": "5.00"}},
            {"free_shipping": {}},
            {"free_product": {"product_id": f"p{dice.randrange(PRODUCTS)}", "quantity": 1}},
            {"message": {"text": "Thank you"}},
        ]
    )
    day = dice.randrange(28) + 1
    document: dict[str, Any] = {
        "offer_id": f"rule-{number}",
        "state": "live",
        "when": joined if len(parts) > 1 else parts[0],
        "gives": gives,
        "group": f"group-{dice.randrange(50)}" if dice.random() < 0.33 else None,
        "combine": dice.choice(["best", "best", "stack", "exclusive"]),
        "limits": {"per_shopper": 1} if dice.random() < 0.6 else None,
        "code": f"CODE{number}" if dice.random() < 0.15 else None,
        "until": f"2026-{dice.choice(['08', '11', '12'])}-{day:02d}T00:00:00Z"
        if dice.random() < 0.3
        else None,
        "priority": dice.randrange(3),
    }
    return document


def shop_of(rules: int, seed: int = 1) -> tuple[Shop, Catalogue]:
    """A shop of so many live rules and 2,000 products."""
    dice = random.Random(seed)
    shop = Shop("bench")
    for number in range(PRODUCTS):
        shop.catalogue.put(
            Product(
                f"p{number}",
                f"Product {number}",
                price=dice.randrange(300, 9000),
                cost=dice.randrange(100, 300),
                category=dice.choice(CATEGORIES),
            )
        )
    for number in range(SEGMENTS):
        when = {"all": [a_condition(random.Random(number)), {"not": {"first_order": {}}}]}
        if "segment" not in when["all"][0]:
            document = {"segment": f"segment-{number}", "when": when}
            shop.segments[f"segment-{number}"] = Segment.from_document(document, "EUR")
    for number in range(rules):
        document = OfferSchema().load(a_rule(number, dice))
        shop.offers[document["offer_id"]] = Offer.from_document(document, "EUR")
    return shop, shop.catalogue


def somebody(seed: int, shop: Shop) -> Occasion:
    """A shopper who owns 20 products and has 5 lines in the basket."""
    dice = random.Random(seed)
    owned = {}
    for number in dice.sample(range(PRODUCTS), OWNED):
        times = dice.randint(1, 4)
        dates = tuple(sorted((NOW - dice.random() * 400 * DAY for _ in range(times)), reverse=True))
        owned[f"p{number}"] = Owned(f"p{number}", 1, times, dates[-1], dates[0], dates)
    lines = []
    for number in dice.sample(range(PRODUCTS), LINES):
        price = shop.catalogue.by_id[f"p{number}"].price_now or 0
        lines.append(BasketLine(f"p{number}", dice.randint(1, 3), price))
    tier = dice.choice(["bronze", "silver", "gold"])
    return Occasion(
        now=NOW,
        zone="Europe/Berlin",
        currency="EUR",
        locale="de-DE",
        channel="web",
        shopper=Profile(traits={"birthday": ["1990-05-17", 0.0]}),
        owned=owned,
        figures=Figures(8, 40_000, NOW - 400 * DAY, NOW - 40 * DAY),
        place=Place(tier, None, dice.random(), None, {}),
        ladder=BORN_WITH,
        basket=tuple(lines),
        catalogue=shop.catalogue,
        shopper_key=f"bench/{seed}",
        used={f"rule-{number}": Used(1, 1) for number in dice.sample(range(RULES), 20)},
        segments=shop.segments,
    )


def fresh(occasion: Occasion) -> Occasion:
    """The same occasion with nothing worked out yet."""
    from dataclasses import replace

    return replace(occasion)


def loop(shop: Shop) -> int:
    """Read ten attributes of every rule: what going through them costs at least in this language."""
    found = 0
    for offer in shop.live_offers:
        for name in (
            "state",
            "starts",
            "ends",
            "when",
            "gives",
            "group",
            "combine",
            "limits",
            "code",
            "rank",
        ):
            found += getattr(offer, name) is not None
    return found


def measure(rules: int, rounds: int) -> dict[str, Any]:
    """Return what judging so many rules takes."""
    shop, _ = shop_of(rules)
    people = [somebody(seed, shop) for seed in range(SHOPPERS)]
    counts: dict[str, float] = {}
    for person in people:
        for verdict in evaluate(shop.live_offers, fresh(person)):
            counts[verdict.verdict] = counts.get(verdict.verdict, 0) + 1 / SHOPPERS

    def conditions(turn: int) -> object:
        occasion = fresh(people[turn])
        return [offer.when.holds(occasion) for offer in shop.live_offers]

    def first(turn: int) -> object:
        shop.offers = dict(shop.offers)
        return evaluate(shop.live_offers, fresh(people[turn]))

    return {
        "rules": rules,
        "verdicts": {name: round(count, 1) for name, count in sorted(counts.items())},
        "loop": timed(lambda turn: loop(shop), rounds),
        "conditions": timed(conditions, rounds),
        "first": timed(first, 1),
        "judged": timed(lambda turn: evaluate(shop.live_offers, fresh(people[turn])), rounds),
        "quoted": timed(lambda turn: quote(shop.live_offers, fresh(people[turn])), rounds),
    }


def main() -> None:
    """Measure by number of rules."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rules", type=int, nargs="+", default=[100, RULES])
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    found = [measure(rules, asked.rounds) for rules in asked.rules]
    if asked.json:
        sys.stdout.write(json.dumps({"products": PRODUCTS, "lines": LINES, "by_rules": found}) + "\n")
        return
    for each in found:
        sys.stdout.write(json.dumps(each) + "\n")


if __name__ == "__main__":
    main()
