"""Which uses are complete for what somebody has, and which lack exactly one thing.

A use has needs; each need is met by any one of several wants (a product, a category, an attribute's value).
Wants are numbers here. The index is read from what somebody has, never from the list of uses: the time it
takes grows with how many needs are met, not with how many uses there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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

    ``first_need_`` (uses + 1) says where each use's needs begin, ``starts_`` (wants + 1) where each want's
    needs begin in ``needs_``. ``telling_`` is how much a want says about a use: the logarithm of how rare it
    is among all needs, as TF-IDF weighs a word (Sparck Jones 1972).
    """

    def __init__(self, first_need: np.ndarray, starts: np.ndarray, needs: np.ndarray) -> None:
        self.first_need_ = first_need
        self.starts_ = starts
        self.needs_ = needs
        self.sizes_ = np.diff(first_need)
        self.use_of_need_ = np.repeat(np.arange(len(self.sizes_)), self.sizes_)
        self.met_by_ = np.diff(starts)
        self.telling_ = np.log1p(len(self.sizes_) / np.maximum(self.met_by_, 1)).astype(np.float32)

    @classmethod
    def of(cls, uses: Sequence[Sequence[Sequence[int]]], wants: int) -> UseIndex:
        """The index of these uses: for each its needs, for each need the numbers of the wants that meet it.

        Every use needs at least one thing. ``wants`` is how many numbers of wants there are.
        """
        sizes = np.fromiter((len(needs) for needs in uses), np.int64, len(uses))
        first_need = np.concatenate([[0], np.cumsum(sizes)])
        choices = [need for needs in uses for need in needs]
        lengths = np.fromiter(map(len, choices), np.int64, len(choices))
        flat = np.fromiter((want for need in choices for want in need), np.int64, int(lengths.sum()))
        needs = np.repeat(np.arange(len(choices), dtype=np.int32), lengths)
        starts = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=wants))])
        return cls(first_need, starts, needs[np.argsort(flat, kind="stable")])

    def __len__(self) -> int:
        return len(self.sizes_)

    def met(self, wants: np.ndarray, weights: np.ndarray) -> Met:
        """Which uses are complete, or lack one thing but not everything, for somebody who meets these wants.

        ``weights`` (above 0) say how near each of them is to that person. A use fits by the mean of its met
        needs: each the weight of the want that meets it, times how telling that want is; the best one counts.
        """
        if not len(wants) or not len(self) or not self.met_by_[wants].any():
            return NONE_MET
        worth = weights * self.telling_[wants]
        order = np.argsort(worth, kind="stable")  # of several wants for one need the last, the best, stays
        rising = wants[order]
        lengths = self.met_by_[rising]
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1]) + np.repeat(self.starts_[rising] - (ends - lengths), lengths)
        near = np.zeros(len(self.use_of_need_), np.float32)
        near[self.needs_[places]] = np.repeat(worth[order], lengths)
        hit = np.flatnonzero(near)  # the needs that are met; all that follows grows with these alone
        of_use = self.use_of_need_[hit]
        begins = np.flatnonzero(np.diff(of_use, prepend=-1))
        use = of_use[begins]
        have = np.diff(begins, append=len(hit))
        fit = np.add.reduceat(near[hit], begins) / have
        lacks = self.sizes_[use] - have
        complete, lacking = lacks == 0, lacks == 1
        # The numbers of a use's needs add up to a known sum; what is short of it is the one not met.
        number = hit - np.repeat(self.first_need_[use], have)
        all_needs = self.sizes_[use] * (self.sizes_[use] - 1) // 2
        gap = all_needs - np.add.reduceat(number, begins)
        return Met(use[complete], fit[complete], use[lacking], fit[lacking], gap[lacking])

    def taking(self, wants: np.ndarray) -> np.ndarray:
        """Whether each use (bool) has a need that one of these wants meets."""
        found = np.zeros(len(self), bool)
        for want in wants.tolist():
            found[self.use_of_need_[self.needs_[self.starts_[want] : self.starts_[want + 1]]]] = True
        return found


def trust(good: np.ndarray, bad: np.ndarray, mean: float = 0.5, strength: float = 8.0) -> np.ndarray:
    """How far uses may be trusted (0 to 1): the mean of a Beta posterior over the shoppers who answered.

    ``good`` and ``bad`` are how many of them (each counts once at most) took to the use and did not; the
    prior is ``strength`` shoppers of the shop's own ``mean``.
    """
    return (good + mean * strength) / (good + bad + strength)
