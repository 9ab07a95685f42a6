"""What shoppers told besides buying and looking: carried, wished, passed over, sent back and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

#: What a shopper may tell of one product short of buying it. ``ignored`` was shown, seen and not clicked.
SIGNS = ("carted", "uncarted", "wished", "unwished", "ignored")

#: Why something came back, as far as anybody said.
RETURN_REASONS = ("other", "wrong_size", "not_as_described", "defect", "damaged", "late", "not_liked")

#: Whoever sends it back for these wanted it: the purchase goes on teaching what is liked and goes together.
STILL_WANTED = frozenset({"wrong_size", "defect", "damaged", "late"})

#: These are the product's, its maker's or its description's fault, and count against it for everybody.
FAULTS = frozenset({"defect", "damaged", "not_as_described"})

#: Why a suggestion was waved away. Without a word it was not to this shopper's taste.
DISMISSALS = ("not_for_me", "have_it", "too_dear", "never")


@dataclass(frozen=True)
class Signs:
    """What shoppers told short of buying, one row each, oldest first.

    ``kind`` (int8) is a place in ``SIGNS``; ``shopper`` and ``product`` are rows (int32); ``time`` is epoch
    seconds; ``amount`` (float32) is how much was said: for ``ignored`` how surely it was seen, 0 to 1, and
    1 for all others.
    """

    kind: np.ndarray
    shopper: np.ndarray
    product: np.ndarray
    time: np.ndarray
    amount: np.ndarray

    def __len__(self) -> int:
        return len(self.kind)

    @classmethod
    def none(cls) -> Signs:
        """Nothing told."""
        rows = np.zeros(0, np.int32)
        return cls(np.zeros(0, np.int8), rows, rows, np.zeros(0), np.zeros(0, np.float32))

    def of(self, kind: str) -> np.ndarray:
        """Which rows are of this kind (bool)."""
        return np.asarray(self.kind == SIGNS.index(kind))


@dataclass(frozen=True)
class Returns:
    """What came back, one row per product of one return, oldest first.

    ``reason`` (int8) is a place in ``RETURN_REASONS``; ``shopper`` is a row, -1 for a guest.
    """

    reason: np.ndarray
    shopper: np.ndarray
    product: np.ndarray
    time: np.ndarray

    def __len__(self) -> int:
        return len(self.reason)

    @classmethod
    def none(cls) -> Returns:
        """Nothing came back."""
        rows = np.zeros(0, np.int32)
        return cls(np.zeros(0, np.int8), rows, rows, np.zeros(0))

    def among(self, reasons: Iterable[str]) -> np.ndarray:
        """Which rows came back for one of these reasons (bool)."""
        return np.isin(self.reason, [RETURN_REASONS.index(each) for each in reasons])


def signs_of(
    kind: np.ndarray, shopper: np.ndarray, product: np.ndarray, time: np.ndarray, amount: np.ndarray
) -> Signs:
    """The same rows in time order; what nobody known told says nothing of anybody's taste and is left out."""
    known = np.flatnonzero(shopper >= 0)
    ranked = known[np.lexsort((kind[known], product[known], shopper[known], time[known]))]
    return Signs(kind[ranked], shopper[ranked], product[ranked], time[ranked], amount[ranked])


def returns_of(reason: np.ndarray, shopper: np.ndarray, product: np.ndarray, time: np.ndarray) -> Returns:
    """The same rows in time order."""
    ranked = np.lexsort((reason, product, shopper, time))
    return Returns(reason[ranked], shopper[ranked], product[ranked], time[ranked])


def places(words: Iterable[str | None], known: tuple[str, ...]) -> np.ndarray:
    """Each word's place among those known (int8); the first for none and for any other."""
    place = {word: row for row, word in enumerate(known)}
    return np.fromiter((place.get(word or "", 0) for word in words), np.int8)
