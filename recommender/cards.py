"""What the shop says about its products, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Cards:
    """The shop window, one row per product.

    ``prices`` are in the shop's currency (float64, nan where unknown), ``first_seen`` epoch seconds.
    ``categories`` are paths such as ``Kitchen > Pans``. Variants of one product share a ``group_id``; None
    stands alone.
    """

    product_ids: tuple[str, ...]
    names: tuple[str, ...]
    categories: tuple[str, ...]
    brands: tuple[str, ...]
    prices: np.ndarray
    group_ids: tuple[str | None, ...]
    first_seen: np.ndarray

    @classmethod
    def from_columns(
        cls,
        product_ids: Sequence[str],
        names: Sequence[str | None] | None = None,
        categories: Sequence[str | None] | None = None,
        brands: Sequence[str | None] | None = None,
        prices: Sequence[float | None] | np.ndarray | None = None,
        group_ids: Sequence[str | None] | None = None,
        first_seen: Sequence[float] | np.ndarray | None = None,
    ) -> Cards:
        """The shop window from columns; whole columns and single values may be missing (None).

        Raises ValueError when a column's length differs, or a product is named twice.
        """
        count = len(product_ids)
        if len(set(product_ids)) != count:
            raise ValueError("a product is named twice")
        return cls(
            product_ids=tuple(product_ids),
            names=_texts("names", names, count),
            categories=_texts("categories", categories, count),
            brands=_texts("brands", brands, count),
            prices=_numbers("prices", prices, count, np.nan),
            group_ids=_of_length("group_ids", tuple(group_ids or (None,) * count), count),
            first_seen=_numbers("first_seen", first_seen, count, 0.0),
        )

    @classmethod
    def none(cls) -> Cards:
        """An empty shop window."""
        return cls.from_columns(())

    def __len__(self) -> int:
        return len(self.product_ids)

    def over(self, product_ids: tuple[str, ...]) -> Cards:
        """The same cards in another numbering of products; products without a card get an empty one."""
        row_of = {product_id: row for row, product_id in enumerate(self.product_ids)}
        rows = [row_of.get(product_id, -1) for product_id in product_ids]
        return Cards(
            product_ids=product_ids,
            names=tuple(self.names[row] if row >= 0 else "" for row in rows),
            categories=tuple(self.categories[row] if row >= 0 else "" for row in rows),
            brands=tuple(self.brands[row] if row >= 0 else "" for row in rows),
            prices=np.array([self.prices[row] if row >= 0 else np.nan for row in rows], np.float64),
            group_ids=tuple(self.group_ids[row] if row >= 0 else None for row in rows),
            first_seen=np.array([self.first_seen[row] if row >= 0 else 0.0 for row in rows], np.float64),
        )

    def groups(self) -> np.ndarray:
        """A number for each product's group of variants (int32); a product that stands alone has its own."""
        numbers: dict[object, int] = {}
        keys = ((group,) if group is not None else row for row, group in enumerate(self.group_ids))
        return np.fromiter((numbers.setdefault(key, len(numbers)) for key in keys), np.int32, len(self))


def _of_length(name: str, column: tuple, count: int) -> tuple:
    if len(column) != count:
        raise ValueError(f"{name} has {len(column)} values for {count} products")
    return column


def _texts(name: str, column: Sequence[str | None] | None, count: int) -> tuple[str, ...]:
    return _of_length(name, ("",) * count if column is None else tuple(text or "" for text in column), count)


def _numbers(
    name: str, column: Sequence[float | None] | np.ndarray | None, count: int, missing: float
) -> np.ndarray:
    if column is None:
        return np.full(count, missing)
    values = [missing if value is None else float(value) for value in column]
    return np.asarray(_of_length(name, tuple(values), count), np.float64)
