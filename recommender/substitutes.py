"""Which products stand in for one another, judged by what shoppers do.

Variants of one product do. So do two that are looked at in the same visits, yet bought in the same order
less often than chance; unless one of them regularly follows the other soon after, as bits follow the drill.
Likeness alone says nothing: people buy the red one and the pink one together.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recommender.association import Meetings, blocks, strongest
from recommender.cards import Cards
from recommender.evidence import count_parties
from recommender.interactions import GUEST, Interactions
from recommender.joint_purchases import JointPurchases
from recommender.lists import ItemLists
from recommender.voices import voiced_looks

MOST_LOOKS_IN_A_VISIT = 100
LEAST_FOLLOWING = 1.5


def substitutes_of(
    interactions: Interactions, joint: JointPurchases, *, least_lift: float, least_visitors: int, longest: int
) -> ItemLists:
    """For each product those that shoppers weigh against it, strongest first, with how many visitors did."""
    visits, voiced = visit_baskets(interactions), visit_baskets(interactions, voiced_looks(interactions))
    if visits.nnz == 0:
        return ItemLists.empty(interactions.product_count)
    looked = Meetings(voiced, voiced)
    found = [
        _in_block(looked, joint, rows, least_lift, longest) for rows in blocks(interactions.product_count)
    ]
    lists = ItemLists.from_matrix(sparse.vstack(found), longest)
    lists = count_parties(lists, visits, visitors(interactions))
    enough = sparse.csr_matrix(
        (np.where(lists.counts >= least_visitors, lists.scores, 0.0), lists.products, lists.starts),
        shape=(len(lists), len(lists)),
    )
    return count_parties(ItemLists.from_matrix(enough, longest), visits, visitors(interactions))


def variants_of(cards: Cards) -> sparse.csr_matrix:
    """Products by products, 1 where two are variants of one product, a product with itself left out."""
    groups = cards.groups()
    if not len(groups):
        return sparse.csr_matrix((0, 0), dtype=np.float32)
    member = sparse.csr_matrix((np.ones(len(groups), np.float32), (np.arange(len(groups)), groups)))
    pairs = sparse.csr_matrix(member @ member.T)
    pairs.setdiag(0.0)
    pairs.eliminate_zeros()
    return pairs


def visit_baskets(interactions: Interactions, loud: np.ndarray | None = None) -> sparse.csr_matrix:
    """Visits by products, 1 where looked at, or as ``loud`` as its looks are, at most 1 (float32).

    Visits that looked at too many products are left empty.
    """
    views = interactions.views
    shape = (interactions.visit_count, interactions.product_count)
    said = np.ones(len(views), np.float32) if loud is None else loud
    matrix = sparse.csr_matrix((said, (views.visit, views.product)), shape=shape)
    matrix.sum_duplicates()
    sizes = np.diff(matrix.indptr)
    matrix.data = np.minimum(matrix.data, np.float32(1.0)) * np.repeat(sizes <= MOST_LOOKS_IN_A_VISIT, sizes)
    matrix.eliminate_zeros()
    return matrix


def visitors(interactions: Interactions) -> np.ndarray:
    """Whose visit each is (int64), unknown visitors told apart by visit."""
    views = interactions.views
    party = np.arange(interactions.visit_count, dtype=np.int64) + len(interactions.shopper_ids)
    known = views.shopper != GUEST
    party[views.visit[known]] = views.shopper[known]
    return party


def _in_block(
    looked: Meetings, joint: JointPurchases, rows: np.ndarray, least_lift: float, longest: int
) -> sparse.csr_matrix:
    seen, bought = looked.of(rows), joint.together.of(rows)
    after, before = joint.later.of(rows).excess, joint.later.towards(rows).excess
    follows = np.abs(after - before) > 0.5 * (after + before) + LEAST_FOLLOWING
    rivals = (seen.together > least_lift * seen.chance) & (bought.together < bought.chance) & ~follows
    return strongest(np.where(rivals, seen.excess, 0.0), longest)
