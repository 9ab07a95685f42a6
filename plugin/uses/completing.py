"""The one thing that is missing for a use: of all that would meet the need, what suits the shopper best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from math import inf

from plugin.catalog import Catalogue, Product, category_key
from plugin.shelf.gate import Gate
from plugin.uses.by_category import by_category
from plugin.uses.idea import Want
from plugin.wishes.naming import naming_of

MOST_PROPOSED = 300  # how far down its own order the model is asked
MOST_TRIED = 100  # of those that the model does not speak of


class Completing:
    """Chooses what is missing, among what may be shown and has a price. One is made for each answer.

    `propose` gives the ids of products in the order in which a model would show them to this shopper, as far
    down as one reads on; it is asked once, when first needed.
    """

    def __init__(self, gate: Gate, catalogue: Catalogue, propose: Callable[[], Iterator[str]]) -> None:
        self._gate = gate
        self._catalogue = catalogue
        self._propose = propose
        self._found: dict[tuple[Want, ...], Product | None] = {}

    def best(self, need: tuple[Want, ...]) -> Product | None:
        """Return the product to suggest for a need: the one the model would show first, else the cheapest.

        None where nothing that meets it may be shown, is in stock and has a price.
        """
        if need not in self._found:
            self._found[need] = self._best(meeting(need, self._catalogue))
        return self._found[need]

    def _best(self, named: frozenset[str]) -> Product | None:
        ranked = [product_id for product_id in self._ranks if product_id in named]
        rest = sorted(named - self._ranks.keys(), key=self._price)
        for product_id in (*ranked, *islice(rest, MOST_TRIED)):
            card, product = self._gate.card(product_id), self._catalogue.get(product_id)
            if card is not None and card.product_id in named and card.price_now is not None:
                return card
            if product is not None and product.price_now is not None and not self._gate.refusal(product):
                return product
        return None

    @cached_property
    def _ranks(self) -> dict[str, None]:
        return dict.fromkeys(islice(self._propose(), MOST_PROPOSED))

    def _price(self, product_id: str) -> tuple[float, str]:
        product = self._catalogue.get(product_id)
        price = product.price_now if product is not None else None
        return (inf if price is None else price, product_id)


def meeting(need: Sequence[Want], catalogue: Catalogue) -> frozenset[str]:
    """Return the ids of all products that meet a need: those named and their variants, and what they are."""
    found: set[str] = set()
    naming, kept = naming_of(catalogue), by_category(catalogue)
    for want in need:
        if want.kind == "product":
            found |= catalogue.variants(catalogue.group_of(want.name))
        elif want.kind == "category":
            found |= kept.within(category_key(want.name))
        else:
            found |= naming.liked(f"attribute:{want.name}={want.value}")
    return frozenset(found)
