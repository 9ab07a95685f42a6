"""How a basket comes together: an anchor, what completes it, and what lies beside the till."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from plugin.connectors.simulated.catalogue import Card, Variant, cards
from plugin.connectors.simulated.contexts import EVERYWHERE, LITTLE_THINGS, Context, contexts, substitutes
from plugin.connectors.simulated.people import Person
from plugin.connectors.simulated.sales import PriceHistory

COMPLETING = (0.46, 0.41, 0.37, 0.33, 0.30, 0.27, 0.25)
"""Chance that the first, second ... completing slot of an anchor is bought with it."""

AT_THE_TILL = (0.46, 0.36, 0.28)
"""Chance of each thing in EVERYWHERE, whatever else is bought."""

A_LITTLE_THING = 0.3
STRAY = 0.2
"""Chance of one more card of the same context that does not complete the anchor in particular."""

SALE_PULL = {"indifferent": 1.0, "balanced": 1.8, "bargain": 6.0}
"""How much likelier each price class picks an anchor that costs less today."""


class Chooser:
    """One shopper's choices among cards and variants; favourites are chosen once and mostly kept."""

    def __init__(self, rng: random.Random, person: Person, prices: PriceHistory) -> None:
        self._rng, self._person, self._prices = rng, person, prices
        self._favourites: dict[tuple[str, ...], str] = {}
        self._variants: dict[str, Variant] = {}
        self.owned: set[str] = set()

    def anchor(self, at: float) -> tuple[Context, str] | None:
        """A context by taste and season, and one of its anchors that is not owned yet; None if all are."""
        month = datetime.fromtimestamp(at, UTC).month - 1
        open_anchors = {
            name: [key for key in context.anchors if key not in self.owned and self._wanted(key)]
            for name, context in contexts().items()
        }
        names = [name for name, keys in open_anchors.items() if keys]
        if not names:
            return None
        pulls = {name: [self._pull(key, at) for key in open_anchors[name]] for name in names}
        weights = [
            self._person.tastes[name] * contexts()[name].season[month] * max(pulls[name]) for name in names
        ]
        name = self._rng.choices(names, weights)[0]
        return contexts()[name], self._rng.choices(open_anchors[name], pulls[name])[0]

    def completing(self, slots: tuple[tuple[str, ...], ...]) -> tuple[list[str], list[str]]:
        """The completing cards taken now, and those left for later."""
        now: list[str] = []
        later: list[str] = []
        for chance, slot in zip(COMPLETING, slots, strict=False):
            key = self.favourite(slot)
            if key not in self.owned:
                (now if self._rng.random() < chance else later).append(key)
        return now, later

    def beside_the_till(self) -> list[str]:
        """What goes into any basket."""
        found = [
            key for key, chance in zip(EVERYWHERE, AT_THE_TILL, strict=True) if self._rng.random() < chance
        ]
        if self._rng.random() < A_LITTLE_THING:
            found.append(self.little_thing())
        return found

    def stray(self, context: Context, taken: list[str]) -> list[str]:
        """Now and then another consumable of the same context, at random."""
        others = [key for key in context.cards if key not in taken and cards()[key].days]
        free = [key for key in others if substitutes().get(key) not in taken]
        return [self._rng.choice(free)] if free and self._rng.random() < STRAY else []

    def little_thing(self) -> str:
        """Something bought for its own sake."""
        return self._rng.choices(LITTLE_THINGS, [cards()[key].love for key in LITTLE_THINGS])[0]

    def favourite(self, slot: tuple[str, ...]) -> str:
        """One of several alternatives: the first one liked, four times in five."""
        if len(slot) == 1:
            return slot[0]
        kept = tuple(sorted(slot))
        liked = self._favourites.setdefault(kept, self._rng.choice(slot))
        return liked if self._rng.random() < 0.8 else self._rng.choice(slot)

    def variant(self, card: Card) -> Variant:
        """A colour or size: the one had before, else the earlier ones more often."""
        if len(card.variants) == 1:
            return card.variants[0]
        if card.key not in self._variants or self._rng.random() < 0.12:
            weights = [1 / (place + 1) ** 0.6 for place in range(len(card.variants))]
            self._variants[card.key] = self._rng.choices(card.variants, weights)[0]
        return self._variants[card.key]

    def _wanted(self, key: str) -> bool:
        """Whoever owns the one hardly wants its substitute."""
        return substitutes().get(key) not in self.owned or self._rng.random() < 0.12

    def _pull(self, key: str, at: float) -> float:
        reduced = self._prices.percent_off(key, at) > 0
        return cards()[key].love * (SALE_PULL[self._person.price_class] if reduced else 1.0)
