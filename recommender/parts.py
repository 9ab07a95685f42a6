"""The learned parts of one model, fitted together on one history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from threadpoolctl import threadpool_limits

from recommender.also_viewed import AlsoViewed
from recommender.cards import Cards
from recommender.complements import Complements
from recommender.estimator import Part
from recommender.goods import Goods
from recommender.graph_filter import GraphFilter
from recommender.interactions import Interactions
from recommender.likeness import Likeness
from recommender.next_order import NextOrder
from recommender.rhythm import Rhythm
from recommender.tastes import Tastes
from recommender.trending import Trending

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Parts:
    """One of each part, over one numbering of products."""

    complements: Complements
    also_viewed: AlsoViewed
    tastes: Tastes
    graph_filter: GraphFilter
    likeness: Likeness
    trending: Trending
    rhythm: Rhythm
    goods: Goods
    next_order: NextOrder

    @classmethod
    def unfitted(cls, seed: int = 0) -> Parts:
        """The parts with their default settings, before any learning."""
        return cls(
            Complements(),
            AlsoViewed(),
            Tastes(seed=seed),
            GraphFilter(seed=seed),
            Likeness(),
            Trending(),
            Rhythm(),
            Goods(),
            NextOrder(),
        )

    @classmethod
    def fit(
        cls, interactions: Interactions, cards: Cards, *, as_of: float, seed: int, progress: Progress
    ) -> Parts:
        """All parts, fitted on the history strictly before ``as_of``; ``progress`` hears each name and the
        share done.

        Linear algebra runs on one thread, so that the same history gives the same bits on any machine of a
        kind.
        """
        parts = cls.unfitted(seed)
        with threadpool_limits(1):
            for done, (name, part) in enumerate(parts.named()):
                progress(name, done / len(fields(cls)))
                part.fit(interactions, cards, as_of=as_of)
        return parts

    def named(self) -> list[tuple[str, Part]]:
        """The parts and their names, in the order in which they are fitted."""
        return [(each.name, getattr(self, each.name)) for each in fields(self)]

    @property
    def products(self) -> int:
        return len(self.trending.rising_)
