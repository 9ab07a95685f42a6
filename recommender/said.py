"""What the shopper said outright: likes, sizes, what was waved away and why.

It is the shopper's own word, so the shop's data does not learn what it weighs: each counts the same in every
shop, beside what the shop's data says of the same products. Faults weigh here too: who sells what breaks may
not learn that it sells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from recommender.lists import ItemLists

if TYPE_CHECKING:
    from recommender.parts import Parts

#: How many times e the odds of being wanted grow (below 0: shrink) with each word.
LIKED, FITTING, WAVED, TOO_DEAR, FAULTY = 1.5, 0.7, -2.0, -1.5, -1.0
#: As dear as what was too dear, to within a tenth.
AS_DEAR = 0.9
MOST_LIKED_OFFERED = 100
CODES = {
    "liked": "you_like",
    "fitting": "your_size",
    "waved": "waved_away",
    "too_dear": "too_dear",
    "faulty": "faulty",
}


def _none() -> np.ndarray:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Said:
    """Product rows (int64): liked and fitting by the shopper's own preferences, waved away as not to their
    taste, waved away as too dear.
    """

    liked: np.ndarray = field(default_factory=_none)
    fitting: np.ndarray = field(default_factory=_none)
    waved: np.ndarray = field(default_factory=_none)
    too_dear: np.ndarray = field(default_factory=_none)

    def offered(self, parts: Parts) -> np.ndarray:
        """The liked products that sell best of late, the liked no one has bought after them."""
        best = np.argsort(-parts.trending.sales_[self.liked, 1], kind="stable")
        return self.liked[best[:MOST_LIKED_OFFERED]]

    def words(self, parts: Parts, rows: np.ndarray) -> Mapping[str, np.ndarray]:
        """What each word adds to the score of these products (float64), by its name; only those that do."""
        found = {"faulty": FAULTY * parts.goods.faulty_[rows].astype(np.float64)}
        if len(self.liked):
            found["liked"] = LIKED * np.isin(rows, self.liked)
        if len(self.fitting):
            found["fitting"] = FITTING * np.isin(rows, self.fitting)
        if len(self.waved):
            near = alike(parts.likeness.alike_, self.waved, rows) + np.isin(rows, self.waved)
            found["waved"] = WAVED * np.minimum(near, 1.0)
        if len(self.too_dear):
            found["too_dear"] = TOO_DEAR * self._too_dear(parts, rows)
        return {name: adds for name, adds in found.items() if adds.any()}

    def _too_dear(self, parts: Parts, rows: np.ndarray) -> np.ndarray:
        """How alike each product is to the most alike one that was too dear and costs no more (0 to 1)."""
        price = parts.goods.price_
        dear = np.zeros(len(rows))
        for row in self.too_dear:
            near = alike(parts.likeness.alike_, np.array([row]), rows)
            near[rows == row] = 1.0
            dear = np.maximum(dear, np.where(price[rows] >= AS_DEAR * price[row], np.minimum(near, 1.0), 0.0))
        return dear


def alike(lists: ItemLists, sources: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The list entries from some products to each of these rows, added up (float64)."""
    entries = lists.of(sources)
    ranked = np.argsort(rows, kind="stable")
    if not len(rows):
        return np.zeros(0)
    place = np.minimum(np.searchsorted(rows[ranked], entries.product), len(rows) - 1)
    met = rows[ranked[place]] == entries.product
    return np.bincount(ranked[place[met]], entries.score[met], len(rows)).astype(np.float64)


def united(rows: Iterable[np.ndarray]) -> np.ndarray:
    """All of these rows, each once, rising (int64)."""
    return np.unique(np.concatenate([_none(), *rows]))


def total(words: Mapping[str, np.ndarray], count: int) -> np.ndarray:
    """What all words add together, a value per candidate (float64)."""
    return sum(words.values(), np.zeros(count))


def said_of(
    row_of: Mapping[str, int],
    liked: np.ndarray,
    fitting: np.ndarray,
    waved: Iterable[str],
    too_dear: Iterable[str],
) -> Said:
    """What a question says of the shopper, in rows; ids the model has not met are passed over."""
    return Said(
        liked,
        fitting,
        np.array([row_of[each] for each in waved if each in row_of], np.int64),
        np.array([row_of[each] for each in too_dear if each in row_of], np.int64),
    )
