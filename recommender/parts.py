"""The learned parts of one model, fitted together on one history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial

from recommender.also_viewed import AlsoViewed
from recommender.cards import Cards
from recommender.complements import Complements
from recommender.estimator import Part
from recommender.goods import Goods
from recommender.graph_filter import GraphFilter
from recommender.interactions import Interactions
from recommender.likeness import Likeness
from recommender.machine import CPU, each_done
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
    def unfitted(cls, seed: int = 0, device: str = CPU) -> Parts:
        """The parts with their default settings, before any learning."""
        return cls(
            Complements(),
            AlsoViewed(),
            Tastes(seed=seed, device=device),
            GraphFilter(seed=seed),
            Likeness(),
            Trending(),
            Rhythm(),
            Goods(),
            NextOrder(),
        )

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        cards: Cards,
        *,
        as_of: float,
        seed: int,
        progress: Progress,
        threads: int = 1,
        device: str = CPU,
    ) -> Parts:
        """All parts, fitted on the history strictly before ``as_of``; ``progress`` hears each name and the
        share done.

        Several parts at once, on so many threads, but linear algebra on one each, so that the same history
        gives the same bits on any machine of a kind.
        """
        parts, past = cls.unfitted(seed, device), interactions.before(as_of)
        jobs = {name: partial(part.fit, past, cards, as_of=as_of) for name, part in parts.named()}
        each_done(jobs, threads, progress)
        return parts

    def named(self) -> list[tuple[str, Part]]:
        """The parts and their names, in the order in which they are fitted."""
        return [(each.name, getattr(self, each.name)) for each in fields(self)]

    @property
    def products(self) -> int:
        return len(self.trending.rising_)
