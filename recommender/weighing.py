"""How much each term weighs in this shop: learned from questions of its recent past.

The parts that answer them are fitted on the time before, so that what is learned is how well each part
foresees, not how well it remembers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recommender.blend import ConditionalLogit
from recommender.interactions import Interactions
from recommender.kinds import BLENDED, BlendedKind
from recommender.lessons import Lesson
from recommender.parts import Parts

MOST_LESSONS = 1500
MOST_OFFERED = 200


def learn_weights(
    parts: Parts, past: Interactions, since: float, seed: int, progress: Callable[[str, float], None]
) -> dict[str, ConditionalLogit]:
    """The weights of each blended kind, from the slice ``since``..; ``parts`` must know nothing of that
    slice.
    """
    found = {}
    for done, (name, kind) in enumerate(BLENDED.items()):
        progress(f"weights for {name}", done / len(BLENDED))
        lessons = kind.lessons(past, since, np.random.default_rng(seed), MOST_LESSONS)
        found[name] = ConditionalLogit(kind).fit(*offered(parts, kind, lessons))
    return found


def offered(
    parts: Parts, kind: BlendedKind, lessons: list[Lesson]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For all lessons the candidates' terms, which were right, and whose they are: the input of the fit.

    Of each question those that the prior ranks highest, right or not: adding the right ones from further
    down would teach that what ranks low is right.
    """
    prior = kind.prior_weights
    values, chosen, question = [np.zeros((0, len(prior)))], [np.zeros(0, bool)], [np.zeros(0, np.int64)]
    for row, lesson in enumerate(lessons):
        terms = kind.terms(parts, lesson.asked, kind.held(parts, lesson.asked))
        right = np.isin(terms.rows, lesson.right)
        high = np.argsort(-(prior @ terms.values), kind="stable")[:MOST_OFFERED]
        values.append(terms.values[:, high].T)
        chosen.append(right[high])
        question.append(np.full(len(high), row))
    return np.concatenate(values), np.concatenate(chosen), np.concatenate(question)
