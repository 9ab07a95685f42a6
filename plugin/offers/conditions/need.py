"""Conditions on what a shopper will soon need again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plugin.catalog import CategoryKey, category_key, category_keys
from plugin.offers.arguments import Text, Whole, argument
from plugin.offers.conditions.condition import Condition
from plugin.offers.occasion import Occasion


@dataclass(frozen=True)
class Due(Condition[Occasion]):
    """The shopper will need it within so many days, or already does: by rhythm, by their own word, or as long
    as it is made to last.

    A variant of the product does as well. Nobody who wants no personal suggestions is meant.
    """

    name = "due"
    one_of = ("product_id", "category")
    product_id: str | None = argument(Text())
    category: str | None = argument(Text(500))
    within_days: int = argument(Whole(0, 365), required=True, default=0)

    @cached_property
    def key(self) -> CategoryKey:
        return category_key(self.category or "")

    def holds(self, subject: Occasion) -> bool:
        needed = subject.due_within(self.within_days)
        if self.product_id is None:
            return any(self.key in category_keys(product) for product in needed)
        group = subject.catalogue.group_of(self.product_id)
        return any(product.group == group for product in needed)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"product_id": self.product_id, "category": self.category, "days": self.within_days}
