"""Words of an imported idea, looked for among the shop's products; what is not found is never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from plugin.catalog import Catalogue
from plugin.connectors.rejects import Unusable
from recommender.names import NameLikeness

MOST_MEANT = 20  # products that one text may mean: more says that it means none in particular

Missed = Callable[[str, str], None]


class ByName:
    """Looks for products by what they are called, in the shop's words and its translations."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @cached_property
    def _named(self) -> tuple[NameLikeness, list[tuple[str, str]]]:
        names = []
        for product in self._catalogue:
            if product.hidden:
                continue
            told = {product.name, *(texts.get("name", "") for texts in product.locales.values())} - {""}
            names += [(name, product.group) for name in sorted(told)]
        return NameLikeness().fit([name for name, _ in names]), names

    def resolved(self, document: Mapping[str, Any], missed: Missed) -> dict[str, Any]:
        """Return an idea with products in place of words; `missed` hears of each text that none is like.

        A need of which nothing was found is left out. Raises `Unusable` when no need is left.
        """
        done = {**document}
        for name in ("needs", "optional"):
            given = document.get(name)
            if isinstance(given, list):
                done[name] = [need for each in given if (need := self._need(each, missed)) is not None]
        if document.get("needs") and not done["needs"]:
            raise Unusable("nothing_matched", "none of what it takes is like the name of a product")
        if not done.get("optional", True):
            del done["optional"]
        return done

    def _need(self, need: Any, missed: Missed) -> Any:
        wants = need.get("any") if isinstance(need, dict) else None
        if not isinstance(wants, list) or not any(
            isinstance(want, dict) and "name" in want for want in wants
        ):
            return need  # nothing to look for; the door says what else may be wrong with it
        found: list[Any] = []
        for want in wants:
            found += self._want(want, missed)
        return {**need, "any": found} if found else None

    def _want(self, want: Any, missed: Missed) -> list[Any]:
        if not isinstance(want, dict) or not isinstance(want.get("name"), str):
            return [want]
        likeness, names = self._named
        rows, best = likeness.meant(want["name"])
        groups = list(dict.fromkeys(names[row][1] for row in rows))
        if not groups or len(groups) > MOST_MEANT:
            missed(want["name"], f"no product is called like {want['name']!r} (the nearest by {best:.2f})")
            return []
        return [{"product_id": self._one_of(group)} for group in groups]

    def _one_of(self, group: str) -> str:
        return min(self._catalogue.variants(group), default=group)
