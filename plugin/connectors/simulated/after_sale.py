"""What happens after an order: things sent back, things praised or not."""

from __future__ import annotations

import random

from plugin.connectors.simulated.visits import Line, Review, SentBack, Visit

DAY = 86_400.0
REASONS = {
    "Home": ("Colour looks different", "Too small", "Changed my mind"),
    "Garden": ("Arrived damaged", "Too small", "Not as described"),
    "Workshop": ("Does not fit", "Faulty", "Ordered by mistake"),
}
USUAL_REASONS = ("Arrived damaged", "Changed my mind", "Not as described", "Ordered by mistake")
WORDS = {
    5: ("Exactly what I hoped for.", "I use it every day.", "Bought a second one for my sister."),
    4: ("Good, and nicely packed.", "Does what it should.", "Very happy, delivery took a while."),
    3: ("Fine for the price.", "Smaller than I thought.", "It is all right."),
    2: ("Not quite what the picture promised.", "Came late and a little scratched."),
    1: ("Broke in the second week.", "It went straight back."),
}
STAR_SHARES = {5: 0.5, 4: 0.28, 3: 0.12, 2: 0.06, 1: 0.04}
REVIEWED = 0.035


def send_back(rng: random.Random, visit: Visit, until: float) -> list[SentBack]:
    """The lines of an order that return, each by its card's own rate, 3 to 21 days later, in one parcel."""
    lines = [(line, 1) for line in visit.bought if rng.random() < line.card.returns]
    at = visit.at + rng.uniform(3, 21) * DAY
    if not lines or at > until:
        return []
    reasons = REASONS.get(lines[0][0].card.department, USUAL_REASONS)
    return [SentBack(at, tuple(lines), rng.choice(reasons))]


def write_reviews(rng: random.Random, visit: Visit, until: float) -> list[Review]:
    """A few words on a few lines, one to four weeks after the order; what was sent back earns few stars."""
    returned = {id(line) for parcel in visit.sent_back for line, _ in parcel.lines}
    reviews = [
        _review(rng, line, id(line) in returned, visit.at) for line in visit.bought if rng.random() < REVIEWED
    ]
    return [review for review in reviews if review.at <= until]


def _review(rng: random.Random, line: Line, returned: bool, bought_at: float) -> Review:
    stars = rng.choice((1, 2)) if returned else rng.choices(list(STAR_SHARES), list(STAR_SHARES.values()))[0]
    return Review(bought_at + rng.uniform(7, 28) * DAY, line, stars, rng.choice(WORDS[stars]))
