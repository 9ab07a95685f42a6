"""Which uses are complete for what somebody has, and which lack exactly one thing.

A use has needs; each need is met by any one of several wants (a product, a category, an attribute's value).
Wants are numbers here. The index is read from what somebody has, never from the list of uses: the time it
takes grows with how many needs are met, not with how many uses there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True, slots=True)
class Met:
    """Uses by row, with how well what is owned fits each (above 0): complete ones, and those lacking one
    thing with the number of the need that is not met, counted within the use.
    """

    complete: np.ndarray
    complete_fit: np.ndarray
    lacking: np.ndarray
    lacking_fit: np.ndarray
    lacking_need: np.ndarray


NONE_MET = Met(*(np.empty(0, kind) for kind in (np.int64, np.float32, np.int64, np.float32, np.int64)))


class UseIndex:
    """The needs of all uses, by want.

    Uses lie in ``order_``, those with most needs first, and needs by their number within a use: the first
    needs of all uses side by side, then the second ones of those that have a second, and so on (``slots_``
    says where each of these begins). So whatever is asked of all uses is asked of a few long rows.
    ``starts_`` (wants + 1) says where each want's needs begin in ``needs_``. ``telling_`` is how much a want
    says about a use: the logarithm of how rare it is, as TF-IDF weighs a word (Sparck Jones 1972).
    """

    def __init__(self, sizes: np.ndarray, starts: np.ndarray, needs: np.ndarray) -> None:
        self.order_ = np.argsort(-sizes, kind="stable").astype(np.int32)
        self.sizes_ = sizes[self.order_].astype(np.uint8)
        deepest = int(self.sizes_[0]) if len(sizes) else 0
        self.slots_ = np.cumsum([0, *(int((sizes > slot).sum()) for slot in range(deepest))])
        self.starts_, self.met_by_ = starts, np.diff(starts)
        self.needs_ = self._placed(sizes)[needs]
        self.telling_ = np.log1p(len(sizes) / np.maximum(self.met_by_, 1)).astype(np.float32)

    def _placed(self, sizes: np.ndarray) -> np.ndarray:
        """Where each need lies (int32), the needs counted as they were given: use by use."""
        rank = np.empty(len(sizes), np.int64)
        rank[self.order_] = np.arange(len(sizes))
        firsts = np.cumsum(sizes) - sizes
        number = np.arange(int(sizes.sum())) - np.repeat(firsts, sizes)
        return (self.slots_[number] + np.repeat(rank, sizes)).astype(np.int32)

    @classmethod
    def of(cls, uses: Sequence[Sequence[Sequence[int]]], wants: int) -> UseIndex:
        """The index of these uses: for each its needs, for each need the numbers of the wants that meet it.

        Every use needs at least one thing, and 255 at most. ``wants`` is how many numbers of wants there are.
        """
        sizes = np.fromiter((len(needs) for needs in uses), np.int64, len(uses))
        choices = [need for needs in uses for need in needs]
        lengths = np.fromiter(map(len, choices), np.int64, len(choices))
        flat = np.fromiter((want for need in choices for want in need), np.int64, int(lengths.sum()))
        needs = np.repeat(np.arange(len(choices), dtype=np.int32), lengths)
        starts = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=wants))])
        return cls(sizes, starts, needs[np.argsort(flat, kind="stable")])

    def __len__(self) -> int:
        return len(self.sizes_)

    def met(self, wants: np.ndarray, weights: np.ndarray) -> Met:
        """Which uses are complete, or lack one thing but not everything, for somebody who meets these wants.

        ``weights`` (above 0) say how near each of them is to that person. A use fits by the mean of its met
        needs: each the weight of the want that meets it, times how telling that want is; the best one counts.
        """
        wants, weights = wants[self.met_by_[wants] > 0], weights[self.met_by_[wants] > 0]
        if not len(wants):
            return NONE_MET
        worth = weights * self.telling_[wants]
        order = np.argsort(worth, kind="stable")  # of several wants for one need the last, the best, stays
        rising = wants[order]
        begins, ends = self.starts_[rising].tolist(), self.starts_[rising + 1].tolist()
        places = np.concatenate([self.needs_[a:b] for a, b in zip(begins, ends, strict=True)])
        near = np.zeros(int(self.slots_[-1]), np.float32)
        near[places] = np.repeat(worth[order], self.met_by_[rising])
        have, fit = np.zeros(len(self), np.uint8), np.zeros(len(self), np.float32)
        for slot in self._rows(near):
            have[: len(slot)] += slot > 0
            fit[: len(slot)] += slot
        complete = np.flatnonzero(have == self.sizes_)
        lacking = np.flatnonzero((have + 1 == self.sizes_) & (have > 0))
        return Met(
            self.order_[complete],
            fit[complete] / have[complete],
            self.order_[lacking],
            fit[lacking] / have[lacking],
            self._gaps(near, lacking),
        )

    def _rows(self, near: np.ndarray) -> list[np.ndarray]:
        """What is said of each need, a row for each number within a use."""
        bounds = self.slots_.tolist()
        return [near[a:b] for a, b in pairwise(bounds)]

    def _gaps(self, near: np.ndarray, lacking: np.ndarray) -> np.ndarray:
        """The number within its use of the one need that is not met, for uses that lack exactly one."""
        gaps = np.zeros(len(lacking), np.int64)
        for number, slot in enumerate(self._rows(near)):
            deep = int(np.searchsorted(lacking, len(slot)))  # the uses with most needs come first
            gaps[:deep][slot[lacking[:deep]] == 0] = number
        return gaps

    def taking(self, wants: np.ndarray) -> np.ndarray:
        """Whether each use (bool) has a need that one of these wants meets."""
        found = np.zeros(len(self), bool)
        for want in wants.tolist():
            places = self.needs_[self.starts_[want] : self.starts_[want + 1]]
            slots = np.searchsorted(self.slots_, places, "right") - 1
            found[self.order_[places - self.slots_[slots]]] = True
        return found


def trust(good: np.ndarray, bad: np.ndarray, mean: float = 0.5, strength: float = 8.0) -> np.ndarray:
    """How far uses may be trusted (0 to 1): the mean of a Beta posterior over the shoppers who answered.

    ``good`` and ``bad`` are how many of them (each counts once at most) took to the use and did not; the
    prior is ``strength`` shoppers of the shop's own ``mean``.
    """
    return (good + mean * strength) / (good + bad + strength)
