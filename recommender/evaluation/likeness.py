"""How alike two models answer: the same questions to both, about products that both know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.model import Model
from recommender.question import Bought, Question

ASKED = 100
FIRST = 10
OF_A_PRODUCT = ("complements", "similar", "also-viewed")
OF_A_PAST = ("for-you", "next-basket")
PAST = 3  # products in the past of an imagined shopper
DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Alike:
    """Of one kind: how many questions, the mean share of products in both answers, and the share of
    questions with the same first.
    """

    kind: str
    questions: int
    shared: float
    same_first: float


def alike(one: Model, other: Model, seed: int = 0) -> list[Alike]:
    """How alike two models answer up to a hundred questions of a kind about products drawn at random.

    An answer shares what is in both of it, of the longer of the two. Both are asked at the moment of the
    newer one. Shoppers are imagined, each with three products bought in the month before.
    """
    common = sorted(set(one.product_ids) & set(other.product_ids))
    now = max(one.as_of, other.as_of)
    found = []
    for kind, questions in _questions(common, now, np.random.default_rng(seed)).items():
        pairs = [tuple(_ids(model, each) for model in (one, other)) for each in questions]
        if pairs:
            shared = [len(set(a) & set(b)) / max(len(a), len(b), 1) if a or b else 1.0 for a, b in pairs]
            first = [a[:1] == b[:1] for a, b in pairs]
            found.append(Alike(kind, len(pairs), float(np.mean(shared)), float(np.mean(first))))
    return found


def _questions(products: list[str], now: float, rng: np.random.Generator) -> dict[str, list[Question]]:
    if not products:
        return {}
    drawn = [products[row] for row in rng.permutation(len(products))[:ASKED]]
    pasts = [
        tuple(products[row] for row in rng.choice(len(products), min(PAST, len(products)), replace=False))
        for _ in range(ASKED // 2)
    ]
    found = {
        kind: [Question(kind, products=(each,), now=now, limit=FIRST) for each in drawn]
        for kind in OF_A_PRODUCT
    }
    for kind in OF_A_PAST:
        found[kind] = [Question(kind, bought=_bought(past, now), now=now, limit=FIRST) for past in pasts]
    return {**found, "trending": [Question("trending", now=now, limit=FIRST)]}


def _bought(past: tuple[str, ...], now: float) -> tuple[Bought, ...]:
    return tuple(
        Bought(each, 1, 1.0, now - ago, now - ago, (now - ago,))
        for each, ago in zip(past, (9 * DAY, 18 * DAY, 27 * DAY), strict=False)
    )


def _ids(model: Model, question: Question) -> list[str]:
    return [each.product_id for each in model.suggest(question)]
