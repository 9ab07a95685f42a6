"""What is bought in one another's company: spells of shopping, and what meets in them beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recommender.interactions import Interactions, OrderLines
from recommender.voices import voices

DAY = 86400.0


@dataclass(frozen=True)
class Spells:
    """What was bought within some days by one party: ``held`` is spells by products (float32, how loud each
    purchase is), ``party`` whose each spell is.
    """

    held: sparse.csr_matrix
    party: np.ndarray

    def of(self, wanted: np.ndarray) -> sparse.csr_matrix:
        """The spells of some (bool, one per spell)."""
        return sparse.csr_matrix(self.held[wanted])


def bounded(past: Interactions, most_lines: int) -> tuple[OrderLines, np.ndarray, int]:
    """Lines of whole parties, about so many; whose each is; and that this is every how many-th party."""
    lines, party = past.orders, past.parties()
    every = max(1, -(-len(lines) // most_lines))
    if every == 1:
        return lines, party, 1
    kept = party % every == 0
    return lines.where(kept), party[kept], every


def spells(
    lines: OrderLines, party: np.ndarray, item: np.ndarray, items: int, *, days: float, most: int
) -> Spells:
    """Spells of 2 to ``most`` different items (``item`` is each line's): an order joins the one before it of
    the same party when no more than ``days`` lie between them.
    """
    if not len(lines):
        return Spells(sparse.csr_matrix((0, items), dtype=np.float32), np.zeros(0, np.int64))
    ranked = np.lexsort((item, lines.order, lines.time, party))
    whose, time, order, what = party[ranked], lines.time[ranked], lines.order[ranked], item[ranked]
    begins = np.ones(len(ranked), bool)
    apart = (order[1:] != order[:-1]) & (np.diff(time) > days * DAY)
    begins[1:] = (whose[1:] != whose[:-1]) | apart
    spell = np.cumsum(begins) - 1
    loud = voices(whose, what, time)
    held = sparse.csr_matrix((loud, (spell, what)), shape=(int(spell[-1]) + 1, items))
    held.sum_duplicates()
    held.data = np.minimum(held.data, np.float32(1.0))
    sizes = np.diff(held.indptr)
    kept = (sizes >= 2) & (sizes <= most)
    return Spells(sparse.csr_matrix(held[kept]), whose[begins][kept])


def company(held: sparse.csr_matrix, *, least: float, doubt: float, most: int) -> sparse.csr_matrix:
    """By how much two products meet more often than chance has it (symmetric, float32, above 0).

    Positive pointwise mutual information (Church and Hanks 1990) of meetings in one spell, pairs that met
    less than ``least`` times left out, the others shrunken by meetings / (meetings + ``doubt``). Of each
    product its ``most`` strongest, and those whose strongest it is.
    """
    items = held.shape[1]
    met = sparse.coo_matrix(held.T @ held)
    apart = met.row != met.col
    row, col, times = met.row[apart], met.col[apart], met.data[apart].astype(np.float64)
    total = float(times.sum())
    if not total:
        return sparse.csr_matrix((items, items), dtype=np.float32)
    share = np.bincount(row, times, items)
    kept = times >= least
    row, col, times = row[kept], col[kept], times[kept]
    worth = np.log(times * total / (share[row] * share[col])) * (times / (times + doubt))
    kept = worth > 0
    found = sparse.csr_matrix((worth[kept].astype(np.float32), (row[kept], col[kept])), shape=(items, items))
    return found if np.diff(found.indptr).max(initial=0) <= most else _strongest(found, most)


def _strongest(found: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    row = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    ranked = np.lexsort((found.indices, -found.data, row))
    place = np.arange(len(ranked)) - found.indptr[row[ranked]]
    kept = ranked[place < most]
    few = sparse.csr_matrix((found.data[kept], (row[kept], found.indices[kept])), shape=found.shape)
    return sparse.csr_matrix(few.maximum(few.T))
