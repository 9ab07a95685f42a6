"""The simulated shop's shoppers: who they are, and what moves them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from plugin.connectors.simulated.contexts import BUSY_MONTHS, contexts, eagerness

NAMES = {
    "de": (
        "Anna Ben Clara David Emma Felix Greta Hannes Ida Jakob Katrin Lukas Maja Nils Paula Sophie Theo",
        "Albrecht Brandt Dietrich Engel Franke Graf Hartmann Jansen Krause Lorenz Maurer Neumann Richter",
    ),
    "en": (
        "Alice Bram Charlotte Duncan Edith Finlay Georgia Harold Imogen Jack Keira Lewis Martha Noah",
        "Ashdown Barlow Carter Drummond Ellery Foxley Garside Hollis Irving Kemp Langley Merrick Swann",
    ),
    "nl": (
        "Anouk Bas Carlijn Daan Eva Floris Hanneke Joost Lotte Maarten Noor Pieter Roos Sander Tess Wouter",
        "Bakker Dekker Hoekstra Jansen Kuipers Mulder Postma Smit Veenstra Verbeek Visser Willems Zijlstra",
    ),
    "nb": (
        "Astrid Bjarne Eline Fredrik Guro Henrik Ingrid Jonas Kari Lars Marit Odd Ragnhild Sindre Tiril",
        "Aasen Berg Dahl Eide Foss Haugen Lie Moen Nygaard Solberg Strand Tangen Vik",
    ),
    "fr": (
        "Adele Bastien Camille Damien Elise Fabien Helene Julien Lucie Mathieu Nadine Olivier Pauline Remi",
        "Aubert Blanchard Chevalier Dupuis Fontaine Garnier Lambert Marchand Noel Perrin Renaud Vasseur",
    ),
}
LOCALE_SHARES = {"de": 0.45, "en": 0.25, "nl": 0.14, "nb": 0.08, "fr": 0.08}
PRICE_CLASSES = {"indifferent": 0.3, "balanced": 0.45, "bargain": 0.25}
DAY = 86_400.0


@dataclass
class Person:
    """One shopper, and the hidden traits that the models are to find.

    `joined` and `left` are epoch seconds; `pace` is projects begun per 30 days; `tastes` weighs contexts;
    `tempo` multiplies how long things last them; `anonymous_id` is set for guests and for those who looked
    around before they signed in.
    """

    user_id: str | None
    joined: float
    left: float
    pace: float
    tastes: dict[str, float]
    price_class: str
    tempo: float
    anonymous_id: str | None = None
    once: bool = False
    traits: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The id that this shopper's activity is filed under."""
        return self.user_id or self.anonymous_id or ""


def invent_people(
    rng: random.Random, count: int, first_number: int, start: float, until: float
) -> list[Person]:
    """`count` registered shoppers. Their pace is heavy-tailed: three in ten buy once, a few every week."""
    return [_registered(rng, str(first_number + n), start, until) for n in range(count)]


def invent_guest(rng: random.Random, number: int, start: float, until: float) -> Person:
    """Somebody who orders once without an account; more of them the larger the shop has grown."""
    joined = start + (until - start) * rng.random() ** 0.8
    guest = _person(rng, joined, joined, 0.0)
    guest.anonymous_id, guest.once = f"guest-{number:05d}", True
    return guest


def _registered(rng: random.Random, user_id: str, start: float, until: float) -> Person:
    span = until - start
    joined = _join_day(rng, start, span)
    once = rng.random() < 0.3
    left = joined + (0.0 if once else rng.expovariate(1 / (480 * DAY)) + 20 * DAY)
    person = _person(rng, joined, left, min(rng.lognormvariate(-2.1, 0.95), 2.2))
    person.user_id, person.once = user_id, once
    if rng.random() < 0.12:
        person.anonymous_id = f"visitor-{user_id}"
    person.traits = _traits(rng, user_id)
    return person


def _join_day(rng: random.Random, start: float, span: float) -> float:
    """Four in ten were there in the first weeks; the others come when people shop anyway."""
    if rng.random() < 0.4:
        return start + span * rng.random() * 0.12
    while True:
        joined = start + span * rng.random()
        if rng.random() * max(BUSY_MONTHS) < eagerness(joined):
            return joined


def _person(rng: random.Random, joined: float, left: float, pace: float) -> Person:
    """Two to four contexts hold nearly all of the heart; the rest is curiosity about everything."""
    names = list(contexts())
    main = rng.sample(names, rng.choice((2, 2, 3, 3, 4)))
    tastes = dict.fromkeys(names, 0.06 / len(names))
    shares = [rng.gammavariate(1.5, 1.0) for _ in main]
    for name, share in zip(main, shares, strict=True):
        tastes[name] += 0.94 * share / sum(shares)
    price_class = rng.choices(list(PRICE_CLASSES), list(PRICE_CLASSES.values()))[0]
    return Person(None, joined, left, pace, tastes, price_class, tempo=rng.lognormvariate(0.0, 0.22))


def _traits(rng: random.Random, user_id: str) -> dict[str, str]:
    locale = rng.choices(list(LOCALE_SHARES), list(LOCALE_SHARES.values()))[0]
    firsts, lasts = (names.split() for names in NAMES[locale])
    first, last = rng.choice(firsts), rng.choice(lasts)
    return {
        "name": f"{first} {last}",
        "email": f"{first}.{last}.{user_id}@example.com".lower(),
        "locale": locale,
        "birthday": f"{rng.randint(1948, 2004)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
    }
