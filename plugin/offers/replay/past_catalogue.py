"""The catalogue as it was at any moment of the past, as far as the log says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

import orjson

from plugin.catalog import Catalogue, CategoryKey, Product, category_keys
from plugin.store.log import Log

WRITTEN = """
SELECT product_id, happened_at, properties FROM log WHERE kind = 'product' AND happened_at < $before
QUALIFY count(*) OVER (PARTITION BY product_id) > 1 OR NOT list_contains($known, product_id)
ORDER BY product_id, happened_at, entry
"""

Written = tuple[list[float], list[Product]]
"""From when on a product looked how, oldest first."""


class CatalogueThen(Catalogue):
    """A catalogue at one moment: what was written of a product by then, else what is known of it today.

    Before a product was first written it is taken as it was written first. Groups of variants are today's.
    """

    def __init__(self, today: Catalogue, written: Mapping[str, Written], moment: float) -> None:
        self.__dict__.update(today.__dict__)
        self._written = written
        self._moment = moment

    def get(self, product_id: str) -> Product | None:
        """Return the product as it was then, None where the shop never had one of that id."""
        written = self._written.get(product_id)
        if written is None:
            return self._products.get(product_id)
        moments, products = written
        return products[max(0, bisect_right(moments, self._moment) - 1)]


def written_before(log: Log, before: float, today: Catalogue) -> dict[str, Written]:
    """Return how products were written over time, of all those that changed or are no longer there."""
    known = [product.product_id for product in today]
    written: dict[str, Written] = {}
    for row in log.query(WRITTEN, {"before": before, "known": known}).to_pylist():
        moments, products = written.setdefault(row["product_id"], ([], []))
        moments.append(row["happened_at"])
        products.append(Product(**orjson.loads(row["properties"])))
    return written


def ever_in(product_id: str, today: Catalogue, written: Mapping[str, Written]) -> set[CategoryKey]:
    """Return every category that a product ever lay in."""
    _, products = written.get(product_id, ([], []))
    return {key for product in (today.get(product_id), *products) for key in category_keys(product)}
