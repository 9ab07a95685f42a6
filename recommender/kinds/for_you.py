"""What suits the shopper and is new to them: what others of the same taste bought, what is alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.asked import Asked
from recommender.blending.lessons import Lesson, drawn
from recommender.blending.terms import Terms
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
from recommender.lists import Entries
from recommender.parts import Parts
from recommender.profile import Profile

MOST_ALIKE_SOURCES = 60
LEAST_BY_FACTORS = 0.02
CANDIDATES_BY_SALES = 100

MOST_BY_LISTS = 300

#: What each view on taste says, in units of how far it tells this question's candidates apart.
LEVELS = dict.fromkeys(("neighbours", "linear", "low_pass", "factors_level"), "taste")


def terms_of_tastes(parts: Parts, asked: Asked, excluded: np.ndarray) -> Terms:
    """The candidates that may suit the shopper, and what speaks for each."""
    profile = Profile.of(asked)
    near, linked = parts.tastes.neighbours_.of(profile.rows), parts.graph_filter.linear_.of(profile.rows)
    likes = parts.tastes.fold_in(profile.rows, profile.liking)
    terms = Terms.over(
        FOR_YOU.index,
        parts.products,
        [
            strongest(near, profile.weights, parts.products, MOST_BY_LISTS),
            strongest(linked, profile.lately, parts.products, MOST_BY_LISTS),
            near_by_factors(parts, likes),
            parts.trending.sellers_[:CANDIDATES_BY_SALES],
            asked.said.offered(parts),
        ],
        excluded,
    )
    _put_filtered(terms, parts, linked, profile)
    put_neighbours(terms, parts.tastes.neighbours_, near, profile)
    terms.put("neighbours", level(np.exp(terms.column("neighbours_log"))))
    terms.put("factors", parts.tastes.factors_[terms.rows] @ likes)
    terms.put("factors_level", level(terms.column("factors")))
    put_alike(terms, parts, profile.rows[:MOST_ALIKE_SOURCES], profile.weights[:MOST_ALIKE_SOURCES])
    put_sales(terms, parts)
    return terms


def strongest(entries: Entries, weights: np.ndarray, products: int, most: int) -> np.ndarray:
    """The product rows with the greatest weighed sums of list entries, so many at most, in no order."""
    total = np.bincount(entries.product, entries.score * weights[entries.source], products)
    named = np.flatnonzero(total > 0.0)
    if len(named) <= most:
        return named
    return named[np.argpartition(-total[named], most)[:most]]


def _put_filtered(terms: Terms, parts: Parts, linked: Entries, profile: Profile) -> None:
    """What the two filters over the graph of purchases say, by what was bought lately before the rest."""
    part = parts.graph_filter
    place = part.fold_in(profile.rows, profile.lately)
    terms.put("low_pass", level(part.low_pass(terms.rows, place)))
    terms.put("linear", level(terms.total("taste", part.linear_, linked, profile.rows, profile.lately)))


def level(value: np.ndarray) -> np.ndarray:
    """A term over its standard deviation among the candidates; 0 where it tells none of them apart."""
    spread = float(value.std()) if len(value) else 0.0
    return value / spread if spread > 1e-12 else np.zeros(len(value))


def held(parts: Parts, asked: Asked) -> np.ndarray:
    """What is in hand and what was bought before."""
    return np.concatenate([asked.in_hand(), asked.own.rows])


def discovery_lessons(past: Interactions, since: float, rng: np.random.Generator, most: int) -> list[Lesson]:
    """Shoppers known at ``since``: which products did they buy for the first time from then on?"""
    lines = past.since(since).orders
    known = np.unique(lines.shopper[lines.shopper != GUEST])
    met = np.intersect1d(known, past.orders.shopper[past.orders.time < since])
    chosen = np.array(drawn(met.tolist(), rng, most), np.int64)
    mine = np.isin(past.orders.shopper, chosen)
    histories, found = Histories(replace(past, orders=past.orders.where(mine))), []
    later = lines.where(np.isin(lines.shopper, chosen))
    ranked = np.argsort(later.shopper, kind="stable")
    starts = np.searchsorted(later.shopper[ranked], chosen)
    ends = np.searchsorted(later.shopper[ranked], chosen, "right")
    for shopper, start, end in zip(chosen.tolist(), starts, ends, strict=True):
        asked = histories.asked(shopper, since)
        bought = later.product[ranked[start:end]].astype(np.int64)
        new = np.setdiff1d(bought, asked.own.rows)
        if len(asked.own.rows) and len(new):
            found.append(Lesson(asked, new))
    return found


FOR_YOU = BlendedKind(
    name="for-you",
    columns=TASTE | LEVELS | ALIKE | SALES,
    prior={
        "neighbours_log": 0.0,
        "neighbours_lately": 0.0,
        "factors": 0.0,
        "neighbours": 0.3,
        "linear": 0.3,
        "low_pass": 0.3,
        "factors_level": 0.3,
        "alike": 1.0,
        "sold_7": 0.3,
        "sold_28": 0.2,
        "sold_90": 0.1,
        "sold_ever": -0.6,
    },
    terms=terms_of_tastes,
    held=held,
    speaking={"neighbours_log": 0.0, "linear": 0.0, "alike": 0.0, "factors": LEAST_BY_FACTORS},
    lessons=discovery_lessons,
)
