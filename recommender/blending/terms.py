"""The terms of a score: for one question the products worth weighing, and what speaks for each.

Everything is read from short lists of the products in hand and in the shopper's past, so the work grows
with the question and not with the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from recommender.lists import Entries, ItemLists


@dataclass(frozen=True, slots=True)
class Evidence:
    """The list entries behind one reason: for each the candidate it speaks for, how much, and from which
    product.
    """

    lists: ItemLists
    slot: np.ndarray
    amount: np.ndarray
    source: np.ndarray
    position: np.ndarray

    def strongest(self, slot: int) -> tuple[int, int] | None:
        """The product that says most for this candidate and how many shoppers stand behind it; None if none
        does.
        """
        mine = np.flatnonzero(self.slot == slot)
        if not len(mine):
            return None
        best = mine[np.argmax(self.amount[mine])]
        return int(self.source[best]), int(self.lists.counts[self.position[best]])


@dataclass(slots=True)
class Terms:
    """Candidates (product rows) and what speaks for them: ``values`` is float64 of (columns, candidates).

    ``index`` gives each column's row in ``values``, by its name.
    """

    index: Mapping[str, int]
    rows: np.ndarray
    slot_of: np.ndarray
    values: np.ndarray
    evidence: dict[str, Evidence] = field(default_factory=dict)

    @classmethod
    def over(
        cls, index: Mapping[str, int], products: int, named: list[np.ndarray], excluded: np.ndarray
    ) -> Terms:
        """Empty terms for each named row once, in the order met, without the excluded ones."""
        rows = np.concatenate([*named, np.zeros(0, np.int64)]).astype(np.int64)
        slot_of = np.full(products, -1, np.int64)
        mention = np.arange(len(rows))
        slot_of[rows] = mention
        last = slot_of[rows] == mention
        slot_of[excluded] = -1
        kept = rows[last & (slot_of[rows] >= 0)]
        slot_of[rows] = -1
        slot_of[kept] = np.arange(len(kept))
        return cls(index, kept, slot_of, np.zeros((len(index), len(kept))))

    def __len__(self) -> int:
        return len(self.rows)

    def put(self, name: str, value: np.ndarray) -> None:
        """Sets one column."""
        self.values[self.index[name]] = value

    def put_at(self, name: str, slot: np.ndarray, value: np.ndarray) -> None:
        """Sets one column for some candidates, by their place."""
        self.values[self.index[name], slot] = value

    def column(self, name: str) -> np.ndarray:
        """One column, a value per candidate."""
        return self.values[self.index[name]]

    def total(
        self, code: str, lists: ItemLists, entries: Entries, sources: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """The weighed sum of list entries for each candidate; what made it is kept as evidence."""
        slot = self.slot_of[entries.product]
        kept = np.flatnonzero(slot >= 0)
        slot, source = slot[kept], entries.source[kept]
        amount = entries.score[kept] * weights[source]
        self.evidence[code] = Evidence(lists, slot, amount, sources[source], entries.position[kept])
        return np.bincount(slot, amount, len(self.rows)).astype(np.float64)
