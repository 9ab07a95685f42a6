"""What suits the shopper and is new to them: what others of the same taste bought, what is alike."""

from __future__ import annotations

import numpy as np

from recommender.asked import Asked
from recommender.histories import Histories
from recommender.interactions import GUEST, Interactions
from recommender.kinds.ingredients import (
    ALIKE,
    SALES,
    TASTE,
    near_by_factors,
    put_alike,
    put_neighbours,
    put_sales,
)
from recommender.kinds.kind import BlendedKind
from recommender.lessons import Lesson, drawn
from recommender.parts import Parts
from recommender.profile import Profile
from recommender.terms import Terms

MOST_ALIKE_SOURCES = 60
LEAST_BY_FACTORS = 0.02
CANDIDATES_BY_SALES = 100


def terms_of_tastes(parts: Parts, asked: Asked, excluded: np.ndarray) -> Terms:
    """The candidates that may suit the shopper, and what speaks for each."""
    profile = Profile.of(asked)
    lists = parts.tastes.neighbours_
    entries = lists.of(profile.rows)
    likes = parts.tastes.fold_in(profile.rows, profile.liking)
    terms = Terms.over(
        FOR_YOU.index,
        parts.products,
        [
            entries.product,
            near_by_factors(parts, likes),
            parts.trending.sellers_[:CANDIDATES_BY_SALES],
            asked.said.offered(parts),
        ],
        excluded,
    )
    put_neighbours(terms, lists, entries, profile)
    terms.put("factors", parts.tastes.factors_[terms.rows] @ likes)
    put_alike(terms, parts, profile.rows[:MOST_ALIKE_SOURCES], profile.weights[:MOST_ALIKE_SOURCES])
    put_sales(terms, parts)
    return terms


def held(parts: Parts, asked: Asked) -> np.ndarray:
    """What is in hand and what was bought before."""
    return np.concatenate([asked.in_hand(), asked.own.rows])


def discovery_lessons(past: Interactions, since: float, rng: np.random.Generator, most: int) -> list[Lesson]:
    """Shoppers known at ``since``: which products did they buy for the first time from then on?"""
    histories, lines = Histories(past), past.since(since).orders
    known = np.unique(lines.shopper[lines.shopper != GUEST])
    found = []
    for shopper in drawn(known.tolist(), rng, most):
        asked = histories.asked(shopper, since)
        later = np.unique(lines.product[lines.shopper == shopper]).astype(np.int64)
        new = np.setdiff1d(later, asked.own.rows)
        if len(asked.own.rows) and len(new):
            found.append(Lesson(asked, new))
    return found


FOR_YOU = BlendedKind(
    name="for-you",
    columns=TASTE | ALIKE | SALES,
    prior={
        "neighbours_log": 0.5,
        "neighbours_lately": 1.0,
        "factors": 0.6,
        "alike": 1.0,
        "sold_7": 0.2,
        "sold_28": 0.3,
        "sold_90": 0.1,
        "sold_ever": -0.4,
    },
    terms=terms_of_tastes,
    held=held,
    speaking={"neighbours_log": 0.0, "alike": 0.0, "factors": LEAST_BY_FACTORS},
    lessons=discovery_lessons,
)
