"""The steps of a ladder: each offers products in its own order, with the reason that truly carried the
score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from recommender.asked import Asked
from recommender.backing import Backing, Ground, Listed, Plain, Weighed, beyond_chance
from recommender.blending.blend import Blend
from recommender.blending.terms import Terms
from recommender.kinds import BLENDED, BlendedKind
from recommender.lists import ItemLists
from recommender.needs import needs
from recommender.parts import Parts
from recommender.profile import Profile
from recommender.said import total

DAY = 86400.0
#: So many products at the head of a for-you list are carried by something of the shopper's own. Putting all
#: of them ahead lost a sixteenth of the right ones on validation.
PERSONAL_LEAD = 3
FADING = 0.8
MOST_SOURCES = 10


@dataclass(slots=True)  # not frozen: many are made for each answer
class Offer:
    """One product on a rung: its row, its score within the rung (0 to 1), what stands behind it, when it is
    due and between which two moments it lies in 80 of 100 cases.
    """

    row: int
    score: float
    backing: Backing
    due_at: float | None = None
    due_between: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Standpoint:
    """All that a rung looks at: the parts, how each kind is scored, each product's variants group, the
    question.
    """

    parts: Parts
    blends: Mapping[str, Blend]
    kind: str
    asked: Asked
    orders: int = 0  # how many the shop has had, against which pairs are held

    def in_hand(self) -> np.ndarray:
        """The page's products and the basket."""
        return self.asked.in_hand()

    def excluded(self) -> np.ndarray:
        """What no rung of this kind may offer: what is in hand and, where only the new is asked for, what
        is owned.
        """
        held = self.in_hand()
        if self.kind == "also-viewed":
            return np.concatenate([held, self.asked.viewed])
        if self.kind in ("for-you", "because-you-bought"):
            return np.concatenate([held, self.asked.own.rows])
        return held


def complements(at: Standpoint) -> Iterator[Offer]:
    """What completes the page's product or the basket; with neither, what goes with what was last in hand."""
    held = at.in_hand()
    if at.kind == "because-you-bought":
        yield from _goes_with(at, _past_purchase(at))
    elif len(at.asked.products) == 1 and len(held) <= 1:
        yield from _goes_with(at, held)
    elif len(held) and at.kind == "complements":
        yield from _blended(
            at, "complements", np.concatenate([at.excluded(), at.parts.complements.rivals(held)])
        )
    else:
        yield from _goes_with(at, _last_in_hand(at))


def tastes(at: Standpoint) -> Iterator[Offer]:
    """What suits the shopper, new or again as the kind asks; for somebody of whom nothing is known what
    they say they like.
    """
    if not len(Profile.of(at.asked)):
        yield from _just_liked(at)
        return
    if at.kind == "next-basket":
        yield from _blended(at, "next-basket", at.excluded())
        return
    excluded = at.excluded()
    if at.kind == "complements":
        excluded = np.concatenate([excluded, at.parts.complements.rivals(at.in_hand())])
    yield from _blended(at, "for-you", excluded)


def also_viewed(at: Standpoint) -> Iterator[Offer]:
    """Where the look goes next from the page and from this visit's looks."""
    yield from _summed(at, at.parts.also_viewed.viewed_next_, _looked_at(at), at.excluded(), "also_viewed")


def likeness(at: Standpoint) -> Iterator[Offer]:
    """What is alike to the products in hand or last in hand; for ``similar`` first what shoppers weigh
    against them.
    """
    sources = at.in_hand() if len(at.in_hand()) else _last_in_hand(at)
    if at.kind == "similar":
        yield from _summed(at, at.parts.complements.substitutes_, sources, at.excluded(), "also_viewed")
    excluded = at.excluded()
    if at.kind == "complements":
        excluded = np.concatenate([excluded, at.parts.complements.rivals(sources)])
    yield from _summed(at, at.parts.likeness.alike_, sources, excluded, "like_this")


def rhythm(at: Standpoint) -> Iterator[Offer]:
    """What was bought before and is due again by its rhythm, the likeliest to be due now first."""
    due = needs(at.parts.rhythm, at.asked.purchases, at.asked.now)
    held = set(at.in_hand().tolist())
    for need in sorted(due, key=lambda each: -each.chance_now):
        if need.is_due(at.asked.now) and need.row not in held:
            ground = Ground("due_again", need.row, None if need.own else need.others)
            backing = Plain(ground, need.chance_now, need.chance_now)
            between = (need.early_at, need.late_at)
            yield Offer(need.row, need.chance_now, backing, need.due_at, between)


def trending(at: Standpoint) -> Iterator[Offer]:
    """What is rising now, what sold longer ago after it.

    Where something else was asked for it rests on nothing of the question: its certainty is 0 there.
    """
    part = at.parts.trending
    best = _without(part.risen_, at.excluded())
    usual = float(part.buyers_[part.risen_].mean()) if len(part.risen_) else 0.0
    for row in best:
        buyers, rising = int(part.buyers_[row]), float(part.rising_[row])
        sure = beyond_chance(buyers, usual) if at.kind == "trending" else 0.0
        yield Offer(
            int(row),
            rising / float(part.rising_[best[0]]),
            Plain(Ground("trending", None, buyers), rising, sure),
        )


RUNGS: dict[str, Callable[[Standpoint], Iterator[Offer]]] = {
    "complements": complements,
    "tastes": tastes,
    "also-viewed": also_viewed,
    "likeness": likeness,
    "rhythm": rhythm,
    "trending": trending,
}


def _goes_with(at: Standpoint, sources: np.ndarray) -> Iterator[Offer]:
    lists = at.parts.complements.goes_with_
    excluded = np.concatenate([at.excluded(), at.parts.complements.rivals(sources)])
    yield from _summed(at, lists, sources, excluded, "bought_together")


def _summed(
    at: Standpoint, lists: ItemLists, sources: np.ndarray, excluded: np.ndarray, code: str
) -> Iterator[Offer]:
    """The lists of some products added up, the first product weighing most."""
    if not len(sources):
        return
    entries = lists.of(sources)
    terms = Terms.over({}, at.parts.products, [entries.product], np.concatenate([excluded, sources]))
    score = terms.total(code, lists, entries, sources, FADING ** np.arange(len(sources)))
    words = at.asked.said.words(at.parts, terms.rows)
    score = score * np.exp(total(words, len(score)))
    most, evidence = score.max(initial=0.0), terms.evidence[code]
    for slot in np.argsort(-score, kind="stable"):
        if score[slot] <= 0.0:
            return
        row = int(terms.rows[slot])
        backing = Listed(at.parts, at.orders, code, evidence, int(slot), row, words)
        yield Offer(row, float(score[slot] / most), backing)


def _blended(at: Standpoint, name: str, excluded: np.ndarray) -> Iterator[Offer]:
    """Candidates by their weighed terms; the score is the odds of each against the first."""
    kind = BLENDED[name]
    terms = kind.terms(at.parts, at.asked, excluded)
    score, weights = at.blends[name].judge(terms.values)
    words = at.asked.said.words(at.parts, terms.rows)
    score = score + total(words, len(score))
    liked = words.get("liked", np.zeros(len(score))) > 0.0
    spoken = kind.spoken_for(terms) | liked
    ranked = np.argsort(-score, kind="stable")
    ranked = ranked[spoken[ranked]]
    if not len(ranked):
        return
    usual = np.where(kind.of_sales, weights * terms.values.mean(axis=1), 0.0)
    if name == "for-you":
        ranked = _personal_first(ranked, kind, weights, usual, terms, liked)
    odds = np.exp(np.minimum.accumulate(score[ranked]) - score[ranked[0]])
    for odd, slot in zip(odds, ranked, strict=True):
        backing = Weighed(at.parts, kind, weights, usual, terms, int(slot), words)
        yield Offer(int(terms.rows[slot]), float(odd), backing)


def _just_liked(at: Standpoint) -> Iterator[Offer]:
    """What a newcomer said they like, what sells best of it first."""
    rows = _without(at.asked.said.offered(at.parts), at.excluded())
    words = at.asked.said.words(at.parts, rows)
    strength = total(words, len(rows)) + at.parts.trending.sales_[rows, 1]
    for slot in np.argsort(-strength, kind="stable"):
        odds = float(np.exp(strength[slot] - strength.max()))
        sure = 1.0 - float(np.exp(-words["liked"][slot]))
        yield Offer(int(rows[slot]), odds, Plain(Ground("you_like"), float(words["liked"][slot]), sure))


def _personal_first(
    ranked: np.ndarray,
    kind: BlendedKind,
    weights: np.ndarray,
    usual: np.ndarray,
    terms: Terms,
    liked: np.ndarray,
) -> np.ndarray:
    """The same candidates, the first few of those ahead that something of the shopper's own carries."""
    added = kind.by_code @ (weights[:, None] * terms.values[:, ranked] - usual[:, None])
    general = (added.argmax(axis=0) == kind.codes.index("trending")) & ~liked[ranked]
    own = np.flatnonzero(~general)[:PERSONAL_LEAD]
    return np.concatenate([ranked[own], np.delete(ranked, own)])


def _looked_at(at: Standpoint) -> np.ndarray:
    """The page's products, the last looked at first, then the visit's looks, newest first."""
    return np.array(
        list(dict.fromkeys([*at.asked.products[::-1], *at.asked.viewed]))[:MOST_SOURCES], np.int64
    )


def _last_in_hand(at: Standpoint) -> np.ndarray:
    """What the shopper last touched: the basket's newest, then looks and purchases by age."""
    asked, own = at.asked, at.asked.own
    rows = np.concatenate([asked.viewed, own.rows])
    age = np.concatenate([asked.viewed_age, own.age])
    newest = rows[np.argsort(age, kind="stable")]
    return np.array(list(dict.fromkeys([*at.in_hand()[::-1], *newest]))[:MOST_SOURCES], np.int64)


def _past_purchase(at: Standpoint) -> np.ndarray:
    """One past purchase: the one named if it was one, else the newest that anything goes with."""
    own = at.asked.own.rows
    named = at.asked.products[np.isin(at.asked.products, own)]
    if len(named):
        return named[:1]
    starts = at.parts.complements.goes_with_.starts
    telling = own[starts[own + 1] > starts[own]]
    return telling[:1]


def _without(rows: np.ndarray, excluded: np.ndarray) -> np.ndarray:
    return rows[~np.isin(rows, excluded)]
