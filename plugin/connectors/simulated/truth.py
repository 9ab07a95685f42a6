"""The planted truths of the simulated shop, as plain JSON: what a good model should find."""

from __future__ import annotations

from typing import Any

from plugin.connectors.simulated.catalogue import cards
from plugin.connectors.simulated.contexts import contexts, substitutes
from plugin.connectors.simulated.ideas import idea_document, ideas
from plugin.connectors.simulated.people import Person
from plugin.connectors.simulated.rhythm import GAP_SIGMA, Pantry, has_rhythm


def planted_truths(people: list[tuple[Person, Pantry | None]], site: str) -> dict[str, Any]:
    """Everything that was planted.

    `complements` and `substitutes`: product -> products, strongest first. `rhythms`: `products` gives the
    median days that one piece lasts, `shoppers` the medians drawn for a shopper's own things, `gap_sigma`
    the log-normal scatter of a single gap. `contexts`: name -> products; `tastes`: shopper -> the contexts
    close to them. `ideas`: documents of `/v1/use-ideas`; `idea_contexts` says where each belongs.
    `price_sensitivity`: shopper -> indifferent, balanced or bargain. `returns`: product -> the share sent
    back. A card with several variants stands in every list with all its products.
    """
    return {
        "complements": _complements(),
        "substitutes": {
            product: _products(other) for card, other in substitutes().items() for product in _products(card)
        },
        "rhythms": {"products": _medians(), "shoppers": _own_medians(people), "gap_sigma": GAP_SIGMA},
        "contexts": {
            name: [product for card in context.cards for product in _products(card)]
            for name, context in contexts().items()
        },
        "tastes": {p.user_id: _close(p) for p, _ in people if p.user_id},
        "ideas": [idea_document(idea, site) for idea in ideas()],
        "idea_contexts": {idea.use_id: idea.context for idea in ideas()},
        "price_sensitivity": {p.user_id: p.price_class for p, _ in people if p.user_id},
        "returns": {product: card.returns for card in cards().values() for product in _products(card.key)},
    }


def _complements() -> dict[str, list[str]]:
    return {
        product: [completing for slot in slots for card in slot for completing in _products(card)]
        for context in contexts().values()
        for anchor, slots in context.anchors.items()
        for product in _products(anchor)
    }


def _medians() -> dict[str, float]:
    return {
        variant.product_id: (card.days or 0) * variant.units
        for card in cards().values()
        if has_rhythm(card)
        for variant in card.variants
    }


def _own_medians(people: list[tuple[Person, Pantry | None]]) -> dict[str, dict[str, float]]:
    return {
        person.user_id: {
            variant.product_id: round(days * variant.units, 2)
            for key, days in pantry.medians.items()
            for variant in cards()[key].variants
        }
        for person, pantry in people
        if person.user_id and pantry and pantry.medians
    }


def _close(person: Person) -> list[str]:
    """The contexts that hold a noticeable part of the heart, closest first."""
    close = [name for name, weight in person.tastes.items() if weight >= 0.05]
    return sorted(close, key=lambda name: -person.tastes[name])


def _products(card: str) -> list[str]:
    return [variant.product_id for variant in cards()[card].variants]
