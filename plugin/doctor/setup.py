"""What the merchant set up and nobody can reach, and what the service itself could not do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from plugin.doctor.finding import Check, Found, Patient, named

DAY = 86400.0
ENOUGH_ORDERS = 100
STALE_MODEL_DAYS = 14.0
WAITING = 50_000
ENOUGH_SHOWN = 100

SHOWN = """
SELECT json_extract_string(properties, '$.placement') AS placement, count(*) AS shown FROM recent
WHERE kind IN ('shown', 'clicked') AND line = 0 GROUP BY placement
"""
LEARNABLE = """
SELECT count(DISTINCT order_id) AS orders, min(received_at) AS since, max(received_at) AS newest FROM log
WHERE kind = 'bought' AND trust = 'shop'
"""


def dead_placements(patient: Patient) -> Found | None:
    """Placements that nothing can fill, or that no page asks for while others are shown."""
    products = [product for product in patient.shop.catalogue if product.sellable]
    shown = {row["placement"]: row["shown"] for row in patient.ask(SHOWN)}
    dead = []
    for name, placement in patient.shop.placements.items():
        if products and not any(placement.where.holds(product) for product in products):
            dead.append(f"{name}: no product in stock meets its `where`")
        elif sum(shown.values()) >= ENOUGH_SHOWN and name not in shown:
            dead.append(f"{name}: never shown, though other placements are")
    return named(dead)


def offers_naming_nothing(patient: Patient) -> Found | None:
    """Live offers that name products or categories the shop does not have."""
    catalogue = patient.shop.catalogue
    products = list(catalogue)
    if not products:
        return None
    missing = []
    for offer in patient.shop.live_offers:
        for name, value in _named_in(offer.document):
            if name == "product" and catalogue.get(value) is None:
                missing.append(f"{offer.offer_id}: product {value}")
            if name == "category" and not any(product.in_category(value) for product in products):
                missing.append(f"{offer.offer_id}: category {value}")
    return named(missing)


def _named_in(document: Any) -> Iterator[tuple[str, str]]:
    """Yield what a rule names: ("product", id) and ("category", name)."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            if name in ("product_id", "category") and isinstance(value, str):
                yield name.removesuffix("_id"), value
            elif name in ("products", "contains") and isinstance(value, list):
                yield from (("product", each) for each in value if isinstance(each, str))
            else:
                yield from _named_in(value)
    elif isinstance(document, list):
        for part in document:
            yield from _named_in(part)


def no_model(patient: Patient) -> Found | None:
    """A shop with orders enough to learn from, for more than a day, and no model in service."""
    told = patient.ask(LEARNABLE)[0]
    if patient.shop.model_version is not None or told["orders"] < ENOUGH_ORDERS:
        return None
    return Found(1) if told["since"] < patient.now - DAY else None


def stale_model(patient: Patient) -> Found | None:
    """A model in service that knows nothing of the last two weeks, in which orders came."""
    version = patient.shop.model_version
    if version is None:
        return None
    folder = patient.memory.models / version
    if not folder.exists():
        return Found(1, (f"{version} is missing from {folder.parent.name}",))
    newest = patient.ask(LEARNABLE)[0]["newest"]
    trained = folder.stat().st_mtime
    if newest is None or newest < trained or patient.now - trained < STALE_MODEL_DAYS * DAY:
        return None
    return Found(1, (f"{version}, {(patient.now - trained) / DAY:.0f} days old",))


def dead_letters(patient: Patient) -> Found | None:
    """Events that could not be used and wait for somebody to put them right."""
    count = patient.memory.dead_letters.count()
    if not count:
        return None
    letters, _ = patient.memory.dead_letters.listed(limit=100)
    whys = sorted({letter.detail for letter in letters})
    return Found(count, tuple(whys[:5]), letters[0].at if letters else None)


def failing_feeds(patient: Patient) -> Found | None:
    """Feeds that did not come in the last time."""
    return named(
        f"{result['url']}: {result['outcome'].replace('_', ' ')}; {result['detail']}"
        for result in patient.shop.feeds.values()
        if result["outcome"] in ("failed", "held_back")
    )


def falling_behind(patient: Patient) -> Found | None:
    """Activity that waits to be folded and written to the log."""
    waiting = patient.memory.archive().waiting()
    return Found(waiting) if waiting > WAITING else None


CHECKS = (
    Check(
        "placement_dead",
        "warning",
        "Placements that nobody sees",
        "They do nothing.",
        "Loosen the placement's `where`, put its element into the page, or delete it.",
        dead_placements,
    ),
    Check(
        "offer_names_nothing",
        "error",
        "Live offers name products or categories that the shop does not have",
        "The offer, or that part of it, can never be granted.",
        "Correct the id or category in the rule, or end the offer.",
        offers_naming_nothing,
    ),
    Check(
        "no_model",
        "warning",
        "There are orders to learn from and no model in service",
        "Shelves show what is new instead of what fits.",
        "`rapport train --shop SHOP`; its report says why a model was kept back.",
        no_model,
    ),
    Check(
        "model_stale",
        "warning",
        "The model in service is missing or knows nothing of the last two weeks",
        "What sells now is not suggested.",
        "`rapport train --shop SHOP`, daily by your scheduler.",
        stale_model,
    ),
    Check(
        "dead_letters",
        "warning",
        "Events could not be used and wait",
        "They count for nothing until they are put right.",
        "`rapport dead-letters list --shop SHOP`, mend the sender, then "
        "`rapport dead-letters replay --shop SHOP`.",
        dead_letters,
    ),
    Check(
        "feed_failing",
        "error",
        "A product feed did not come in",
        "Prices and stock grow old.",
        "`rapport shops show SHOP` says what happened; mend the address or the feed.",
        failing_feeds,
    ),
    Check(
        "falling_behind",
        "error",
        "The background work falls behind",
        "Training and the timeline do not know the newest activity; the door will ask senders to wait.",
        "Keep a `rapport serve` or `rapport work` running, on a disk with room.",
        falling_behind,
    ),
)
