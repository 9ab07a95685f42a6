"""What all learned parts share: how they are fitted, written down and read back."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator

from recommender.cards import Cards
from recommender.errors import NotFitted
from recommender.interactions import Interactions
from recommender.lists import ItemLists

Arrays = dict[str, np.ndarray]


class Part(BaseEstimator):
    """One source of suggestions, in scikit-learn's manner.

    ``LISTS`` and ``COLUMNS`` name the learned attributes (ending in ``_``) that make up the part: item
    lists, and arrays with the shape they have over n products (-1 leaves an axis free).
    """

    LISTS: tuple[str, ...] = ()
    COLUMNS: dict[str, tuple[int | str, ...]] = {}

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        """The part itself, having learned from the history strictly before ``as_of`` (epoch seconds).

        ``cards`` and ``interactions`` share one numbering of products.
        """
        raise NotImplementedError

    def arrays(self) -> Arrays:
        """All that was learned, as flat named arrays; raises NotFitted before ``fit``."""
        self._check_fitted()
        found: Arrays = {name.rstrip("_"): np.asarray(getattr(self, name)) for name in self.COLUMNS}
        for name in self.LISTS:
            lists = getattr(self, name)
            for column in ("starts", "products", "scores", "counts"):
                found[f"{name.rstrip('_')}.{column}"] = getattr(lists, column)
        return found

    def restore(self, arrays: Arrays) -> Self:
        """The part with what ``arrays()`` gave; raises KeyError naming an array that is missing."""
        for name in self.COLUMNS:
            setattr(self, name, arrays[name.rstrip("_")])
        for name in self.LISTS:
            stem = name.rstrip("_")
            columns = {each: arrays[f"{stem}.{each}"] for each in ("starts", "products", "scores", "counts")}
            setattr(self, name, ItemLists(**columns))
        return self

    def fault(self, products: int) -> tuple[str, str] | None:
        """The first unsound array and what is wrong with it; None when all can serve over so many
        products.
        """
        for name in self.LISTS:
            fault = getattr(self, name).fault(products)
            if fault:
                return f"{name.rstrip('_')}.starts", fault
        for name, shape in self.COLUMNS.items():
            wanted = tuple(products if axis == "n" else axis for axis in shape)
            array = getattr(self, name)
            if array.ndim != len(wanted) or any(
                w not in (-1, a) for w, a in zip(wanted, array.shape, strict=True)
            ):
                return name.rstrip("_"), f"the shape is {array.shape}, not {wanted}"
            if not np.all(np.isfinite(array)):
                return name.rstrip("_"), "a value is not a number"
        return None

    def _check_fitted(self) -> None:
        missing = [name for name in (*self.LISTS, *self.COLUMNS) if not hasattr(self, name)]
        if missing:
            raise NotFitted(f"{type(self).__name__} has learned nothing yet: {', '.join(missing)}")

    def __sklearn_is_fitted__(self) -> bool:
        return all(hasattr(self, name) for name in (*self.LISTS, *self.COLUMNS))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings given at construction."""
        return super().get_params(deep=deep)
