"""How long things last: a median per product, a factor per shopper, a log-normal scatter around both."""

from __future__ import annotations

import random

from plugin.connectors.simulated.catalogue import Card
from plugin.connectors.simulated.contexts import EVERYWHERE, LITTLE_THINGS
from plugin.connectors.simulated.people import Person

SHOPPER_AND_CARD_SIGMA = 0.15
"""Scatter of one shopper's median for one card around the card's median times the shopper's tempo."""

GAP_SIGMA = 0.2
"""Scatter of a single gap around the shopper's own median."""

SHORTEST_RHYTHM, LONGEST_RHYTHM = 14, 180
"""Days between which a thing counts as bought in a rhythm; what lasts longer is a season's purchase."""


def has_rhythm(card: Card) -> bool:
    """Whether shoppers buy this card again when it runs out, often enough within the history to tell."""
    on_a_whim = card.key in EVERYWHERE or card.key in LITTLE_THINGS
    return card.days is not None and not on_a_whim and SHORTEST_RHYTHM <= card.days <= LONGEST_RHYTHM


class Pantry:
    """When one shopper runs out of what they use up."""

    def __init__(self, rng: random.Random, person: Person) -> None:
        self._rng = rng
        self._tempo = person.tempo
        self.medians: dict[str, float] = {}
        self.due: dict[str, float] = {}

    def median(self, card: Card) -> float:
        """This shopper's median days for one unit of a card, drawn once and kept."""
        if card.key not in self.medians:
            factor = self._tempo * self._rng.lognormvariate(0.0, SHOPPER_AND_CARD_SIGMA)
            self.medians[card.key] = (card.days or 0) * factor
        return self.medians[card.key]

    def stock_up(self, card: Card, units: float, at: float) -> float:
        """Days until `units` just bought are used up; what was still there is used first."""
        gap = self.median(card) * units * self._rng.lognormvariate(0.0, GAP_SIGMA)
        begins = max(at, self.due.get(card.key, at))
        self.due[card.key] = begins + gap * 86_400.0
        return (self.due[card.key] - at) / 86_400.0
