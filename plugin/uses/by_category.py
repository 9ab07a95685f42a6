"""Which products lie in a category, kept up to date as the catalogue changes."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from threading import Lock
from weakref import WeakKeyDictionary

from plugin.catalog import Catalogue, CategoryKey, category_keys

NONE: frozenset[str] = frozenset()


class ByCategory:
    """The ids of the products of each category of one catalogue, those of the categories below it too."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._within: dict[CategoryKey, set[str]] = {}
        self._keys_of: dict[str, frozenset[CategoryKey]] = {}
        self._upto = -1
        self._lock = Lock()

    def within(self, category: CategoryKey) -> AbstractSet[str]:
        """Return the ids of the products in a category, to be read only."""
        with self._lock:
            upto, changed = self._catalogue.changed_since(self._upto)
            if upto != self._upto:
                if changed is None:
                    changed = frozenset({*self._keys_of, *self._catalogue.by_id})
                for product_id in changed:
                    self._move(product_id)
                self._upto = upto
            return frozenset(self._within.get(category, NONE))

    def _move(self, product_id: str) -> None:
        before = self._keys_of.get(product_id, frozenset())
        now = category_keys(self._catalogue.get(product_id))
        if before == now:
            return
        for key in before - now:
            self._within[key].discard(product_id)
        for key in now - before:
            self._within.setdefault(key, set()).add(product_id)
        self._keys_of[product_id] = now


_BY_CATEGORY: WeakKeyDictionary[Catalogue, ByCategory] = WeakKeyDictionary()


def by_category(catalogue: Catalogue) -> ByCategory:
    """The one `ByCategory` of a catalogue."""
    found = _BY_CATEGORY.get(catalogue)
    return found if found is not None else _BY_CATEGORY.setdefault(catalogue, ByCategory(catalogue))
