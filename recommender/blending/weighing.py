"""How each kind of question is scored in this shop: learned from questions of its recent past.

The parts that answer them are fitted on the time before, so that what is learned is how well each part
foresees, not how well it remembers. The most recent of these questions are held out first: whatever goes
beyond weighing the terms as they are must put those in a better order, by more than noise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from recommender.blending.blend import REORDERED, Blend
from recommender.blending.boosted_trees import BoostedTrees
from recommender.blending.conditional_logit import ConditionalLogit
from recommender.blending.offered import Offered
from recommender.interactions import Interactions
from recommender.kinds import BLENDED, BlendedKind
from recommender.machine import each_done
from recommender.parts import Parts

MOST_LESSONS = 3600
MOST_OFFERED = 120
#: Below so many questions the terms are weighed as they are and nothing else is tried.
ENOUGH_TO_CHOOSE = 500
HELD_OUT = 1.0 / 3.0
#: By how many standard errors a richer way must be ahead on what was held out.
BEYOND_NOISE = 1.64
#: How far the trees' scores may spread beside the weighed ones'.
LOUDNESS = (0.5, 1.0, 3.0)
#: So many candidates show how far a score spreads.
ENOUGH_TO_MEASURE = 12_000


@dataclass(frozen=True)
class Weighed:
    """How one kind is scored, and what that was learned from.

    ``lessons`` counts the questions that taught. ``judged`` holds the mean NDCG@10 over the held-out
    questions for each way that was tried, and under ``<way>, noise`` the standard error of what it gained
    over the way before it; empty where too few lessons were there to hold any out.
    """

    blend: Blend
    lessons: int
    judged: dict[str, float]


def learn_weights(
    parts: Parts,
    past: Interactions,
    since: float,
    seed: int,
    progress: Callable[[str, float], None],
    threads: int = 1,
) -> dict[str, Weighed]:
    """How each blended kind is scored, from the slice ``since``..; ``parts`` must know nothing of that
    slice.

    Where all of the past is one moment, nothing came before it and nothing can be foreseen: the prior scores.
    """
    foreseen = past if bool((past.orders.time < since).any()) else past.before(since)

    def learned(kind: BlendedKind) -> Weighed:
        lessons = kind.lessons(foreseen, since, np.random.default_rng(seed), MOST_LESSONS)
        return weigh(kind, Offered.by(parts, kind, lessons, MOST_OFFERED), seed)

    jobs = {f"weights for {name}": partial(learned, kind) for name, kind in BLENDED.items()}
    return dict(zip(BLENDED, each_done(jobs, threads, progress).values(), strict=True))


def weigh(kind: BlendedKind, offered: Offered, seed: int) -> Weighed:
    """The weights of a kind, within the question too and with trees beside them where either won on the
    most recent of what is offered.
    """
    plain = _logit(kind, offered)
    if plain.lessons_ < ENOUGH_TO_CHOOSE:
        return Weighed(Blend(plain.weights_, BoostedTrees.none()), plain.lessons_, {})
    earlier, later = split(offered, seed)
    choice = _Choice(later)
    logits = [_logit(kind, earlier, within=within) for within in (False, True)]
    choice.offer("weighed", logits[0].decision_function(later.features))
    within = choice.offer("weighed within the question", logits[1].decision_function(later.features))
    trees = grow(kind, earlier, logits[within], seed)
    best = later.best(choice.score, REORDERED)
    said = trees.score(np.ascontiguousarray(later.features[best, len(kind.columns) :].T))
    orders = {loud: reordered(choice.score, best, loud * said) for loud in LOUDNESS}
    loudness = max(orders, key=lambda loud: choice.worth(orders[loud]))
    grown = choice.offer("with trees", orders[loudness])
    logit = _logit(kind, offered, within=True) if within else plain
    kept = grow(kind, offered, logit, seed).times(loudness) if grown else BoostedTrees.none()
    return Weighed(Blend(logit.weights_, kept), logit.lessons_, choice.judged)


class _Choice:
    """The way of scoring that stands so far on the questions held out, and what each was worth there."""

    def __init__(self, later: Offered) -> None:
        self.later = later
        self.judged: dict[str, float] = {}
        self.score = self.gain = np.zeros(0)

    def worth(self, score: np.ndarray) -> float:
        """The mean gain of this order."""
        return float(self.later.gain(score).mean())

    def offer(self, way: str, score: np.ndarray) -> bool:
        """True when this way is the first, or ahead of the one that stands by more than noise."""
        gain = self.later.gain(score)
        self.judged[way] = float(gain.mean())
        if len(self.judged) > 1:
            ahead = gain - self.gain
            noise = float(ahead.std() / np.sqrt(len(ahead)))
            self.judged[f"{way}, noise"] = noise
            if not ahead.mean() > BEYOND_NOISE * noise:
                return False
        self.score, self.gain = score, gain
        return True


def split(offered: Offered, seed: int) -> tuple[Offered, Offered]:
    """The earlier questions and the most recent ones; by chance where they were asked at one moment."""
    shuffled = np.random.default_rng(seed).permutation(len(offered.time))
    by_time = shuffled[np.argsort(offered.time[shuffled], kind="stable")]
    first = len(by_time) - int(len(by_time) * HELD_OUT)
    return offered.of(np.sort(by_time[:first])), offered.of(np.sort(by_time[first:]))


def reordered(weighed: np.ndarray, best: np.ndarray, said: np.ndarray) -> np.ndarray:
    """A score that puts candidates in the order in which a blend does, when its trees say so much of the
    best.
    """
    both = weighed[best] + said
    score = weighed - (weighed.max(initial=0.0) - both.min(initial=0.0) + 1.0)
    score[best] = both
    return score


def grow(kind: BlendedKind, offered: Offered, logit: ConditionalLogit, seed: int) -> BoostedTrees:
    """Trees that tell the right ones from the others among the best by weight, where alone they will be
    asked; their scores spread as the weighed ones do. The right ones of a question share its one voice.

    They look only at what is standardised within the question: the parts that serve have seen more than
    those that the lessons were answered by, and in another season, so that thresholds on the terms as they
    are would be off by then. More of a term that speaks for a product never makes the trees speak against
    it, and the other way round; so a reason that the weights give stays true with them.
    """
    weighed = logit.decision_function(offered.features)
    best = np.sort(offered.best(weighed, REORDERED))
    right = offered.chosen[best]
    features = offered.features[best, len(kind.columns) :]
    if right.all() or not right.any():
        return BoostedTrees.none()
    question = offered.question[best]
    voice = 1.0 / np.maximum(np.bincount(question, right)[question], 1.0)
    voice *= len(voice) / voice.sum()
    grown = HistGradientBoostingClassifier(
        learning_rate=0.08,
        max_iter=100,
        max_depth=4,
        max_leaf_nodes=12,
        max_bins=64,  # with weights every edge of a bin costs a sort of all rows
        min_samples_leaf=60,
        l2_regularization=5.0,
        early_stopping=False,
        monotonic_cst=np.sign(_steady(logit)).astype(np.int8),
        random_state=seed,
    )
    trees = BoostedTrees.from_boosting(grown.fit(features, right, sample_weight=voice))
    some = best[:ENOUGH_TO_MEASURE]
    spread = offered.spread(some, trees.score(np.ascontiguousarray(features[:ENOUGH_TO_MEASURE].T)))
    return trees.times(offered.spread(some, weighed[some]) / spread) if spread > 0.0 else BoostedTrees.none()


def _steady(logit: ConditionalLogit) -> np.ndarray:
    """The direction in which each column speaks: its weights' where they agree, none where they do not."""
    return np.where(np.prod(logit.weights_, axis=0) >= 0.0, logit.weights_.sum(axis=0), 0.0)


def _logit(kind: BlendedKind, offered: Offered, *, within: bool = False) -> ConditionalLogit:
    return ConditionalLogit(kind, within=within).fit(offered.features, offered.chosen, offered.question)
