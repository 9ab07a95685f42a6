"""What goes with what: learned from baskets, with a direction, and never a substitute."""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy import sparse

from recommender.association import blocks
from recommender.cards import Cards
from recommender.estimator import Part
from recommender.evidence import count_parties
from recommender.gram import greatest
from recommender.interactions import Interactions
from recommender.joint_purchases import JointPurchases
from recommender.lists import ItemLists
from recommender.local_ridge import local_ridge
from recommender.substitutes import substitutes_of, variants_of

#: So many places of a table of some products by all are worked on together.
CELLS_AT_ONCE = 8_000_000


class Complements(Part):
    """Two sets of lists and the substitutes that stay out of both.

    ``together_`` holds what each product adds to a basket in which the others are known too (local ridge):
    summed over a basket it ranks what is likely to join it. ``goes_with_`` holds what one product by itself
    calls for, beyond chance and in its direction: the drill calls for bits, bits do not call for a drill.
    ``substitutes_`` holds what shoppers weigh against each product, ``variants_`` its other sizes and
    colours. Counts are shoppers who bought both in one order (in ``goes_with_``: or one soon after the
    other); for substitutes, visitors who looked at both.
    """

    LISTS = ("together_", "goes_with_", "substitutes_", "variants_")
    COLUMNS = {}

    def __init__(
        self,
        longest: int = 100,
        neighbours: int = 50,
        ridge: float = 5.0,
        size_power: float = 0.5,
        damping: float = 5.0,
        follow_days: float = 30.0,
        follow_weight: float = 0.5,
        least_lift: float = 1.5,
        least_visitors: int = 3,
    ) -> None:
        self.longest = longest
        self.neighbours = neighbours
        self.ridge = ridge
        self.size_power = size_power
        self.damping = damping
        self.follow_days = follow_days
        self.follow_weight = follow_weight
        self.least_lift = least_lift
        self.least_visitors = least_visitors

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        past = interactions.before(as_of)
        joint = JointPurchases.of(past, size_power=self.size_power, follow_days=self.follow_days)
        self.substitutes_ = substitutes_of(
            past,
            joint,
            least_lift=self.least_lift,
            least_visitors=self.least_visitors,
            longest=self.longest,
        )
        variants = variants_of(cards)
        self.variants_ = ItemLists.from_matrix(variants, self.longest)
        apart = self._apart(variants)
        ridge = local_ridge(joint.weighed, neighbours=self.neighbours, ridge=self.ridge, apart=apart)
        self.together_ = count_parties(ItemLists.from_matrix(ridge, self.longest), joint.baskets, joint.party)
        called = ItemLists.from_matrix(self._goes_with(joint, apart), self.longest)
        self.goes_with_ = count_parties(called, joint.either, joint.party)
        return self

    def rivals(self, rows: np.ndarray) -> np.ndarray:
        """The rows of all substitutes and variants of these products: what completes none of them."""
        return np.concatenate([self.substitutes_.of(rows).product, self.variants_.of(rows).product]).astype(
            np.int64
        )

    def _apart(self, variants: sparse.csr_matrix) -> sparse.csr_matrix:
        rivals = self.substitutes_
        pairs = sparse.csr_matrix(
            (rivals.scores, rivals.products, rivals.starts), shape=(len(rivals), len(rivals))
        )
        return sparse.csr_matrix(pairs + pairs.T + variants)

    def _goes_with(self, joint: JointPurchases, apart: sparse.csr_matrix) -> sparse.csr_matrix:
        products = joint.weighed.shape[1]
        if joint.weighed.nnz == 0:
            return sparse.csr_matrix((products, products), dtype=np.float32)
        weight = np.asarray(joint.weighed.multiply(joint.weighed).sum(axis=0), np.float32).ravel()
        damp = np.sqrt(weight + np.float32(self.damping))
        found, meetings = [], _DirectedMeetings(joint, self.follow_weight, self.damping)
        for rows in blocks(products, CELLS_AT_ONCE):
            row, other, called = meetings.called_for(rows)
            called /= damp[rows[row]] * damp[other]
            pairs = sparse.csr_matrix((called, (row, other)), shape=(len(rows), products))
            found.append(greatest(_without(pairs, sparse.csr_matrix(apart[rows])), self.longest))
        return sparse.vstack(found)


class _DirectedMeetings:
    """Meetings in one order and soon after, beyond chance and turned in the direction that the later ones
    show.
    """

    def __init__(self, joint: JointPurchases, follow_weight: float, damping: float) -> None:
        self.joint = joint
        self.follow_weight = follow_weight
        self.damping = damping
        self._table = np.zeros(0, np.float32)

    def called_for(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For all pairs that met: which of ``rows``, which other product, how far the first calls for it.

        Without later ones the two directions weigh 1 and 1; the clearer the order of purchase, the nearer to
        2 and 0. Below a half the pair is dropped: what is bought first is not called for by what follows.
        """
        products = self.joint.weighed.shape[1]
        if len(self._table) < len(rows) * products:
            self._table = np.zeros(len(rows) * products, np.float32)
        together, later = self.joint.together.met(rows), self.joint.later.met(rows)
        earlier = self.joint.later.met(rows, towards=True)
        place, followed = _places(together), _places(later)
        self._table[place] = 1.0
        only_later = self._table[followed] == 0.0
        self._table[place] = 0.0
        met = np.concatenate([together.data, np.zeros(int(only_later.sum()), np.float32)])
        place = np.concatenate([place, followed[only_later]])
        row, other = np.divmod(place, products)
        apart = other != rows[row]
        row, other, met, place = row[apart], other[apart], met[apart], place[apart]
        product = rows[row]
        same = self.joint.together.beyond_chance(product, other, met)
        after = self.joint.later.beyond_chance(product, other, self._at(place, followed, later.data))
        back = self._at(place, _places(earlier), earlier.data)
        before = self.joint.later.beyond_chance(product, other, back, towards=True)
        turned = 2.0 * (after + self.damping) / (after + before + 2.0 * self.damping)
        turned[turned < 0.5] = 0.0
        return row, other, (same + self.follow_weight * after) * turned

    def _at(self, wanted: np.ndarray, place: np.ndarray, value: np.ndarray) -> np.ndarray:
        """The values (float32) at the wanted places, 0 where none is told."""
        self._table[place] = value
        found = self._table[wanted]
        self._table[place] = 0.0
        return np.asarray(found)


def _places(matrix: sparse.csr_matrix) -> np.ndarray:
    """Where in a table of all its cells each value stands, row by row (int64)."""
    row = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    return row * matrix.shape[1] + matrix.indices


def _without(pairs: sparse.csr_matrix, apart: sparse.csr_matrix) -> sparse.csr_matrix:
    """The pairs but those that are marked."""
    return sparse.csr_matrix(pairs - pairs.multiply(apart != 0)) if apart.nnz else pairs
