"""The gate of a shelf: which products may be shown there, asked in rank order."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.catalog import Product
from plugin.gather import Scene
from plugin.offers.conditions.condition import Condition
from plugin.ownership import Owned
from plugin.shelf.variants import best_variant

NEW_TO_SHOPPER = frozenset({"for-you"})
OWN_PAST = frozenset({"buy-again", "recently-viewed"})
AS_PROPOSED = OWN_PAST | {"on-sale"}  # kinds that mean this very product, and no variant of it
JUST_BOUGHT_S = 86_400.0

WORDS: dict[str, str] = {
    "hidden": "It is hidden in the catalogue.",
    "sensitive": "It is sensitive, or in a category the shop calls sensitive: never suggested.",
    "out_of_stock": "It is out of stock.",
    "on_this_page": "It is the page's own product, or a variant of it.",
    "in_basket": "It, or a variant of it, lies in the basket.",
    "shown_already": "It, or a variant of it, stands on the page already.",
    "dismissed": "The shopper waved it, or a variant of it, away.",
    "avoided": "The shopper avoids it.",
    "owned": "The shopper has it, or a variant of it.",
    "filtered": "The placement's filter leaves it out.",
}


class Gate:
    """Decides for one shelf which products may be shown; the scene notes what the page shows already."""

    def __init__(self, scene: Scene, kind: str, products: Sequence[str], where: Condition[Product]) -> None:
        self._scene = scene
        self.kind = kind
        self._where = where
        catalogue = scene.shop.catalogue
        self._page_groups = {catalogue.group_of(product_id) for product_id in products}
        self._in_basket = {catalogue.group_of(product_id) for product_id in scene.in_basket}
        self._stands_for: dict[str, Product | None] = {}

    def may(self, product_id: str) -> bool:
        """Whether a card may be shown for what the model proposes: this product, or a better variant."""
        return self.card(product_id) is not None

    def card(self, product_id: str) -> Product | None:
        """Return the product that is shown where the model proposes this one; None when none may be."""
        if product_id not in self._stands_for:
            product = self._scene.shop.catalogue.get(product_id)
            self._stands_for[product_id] = None if product is None else self._variant(product)
        return self._stands_for[product_id]

    def _variant(self, product: Product) -> Product | None:
        if product.group_id is None or self.kind in AS_PROPOSED:
            return product if self.refusal(product) is None else None
        return best_variant(self._scene, product, self.refusal)

    def refusal(self, product: Product) -> str | None:
        """Return why a product must not be shown here, in one word; None when it may."""
        scene = self._scene
        if product.hidden:
            return "hidden"
        if scene.shop.is_sensitive(product):
            return "sensitive"
        if not product.sellable:
            return "out_of_stock"
        if product.group in self._page_groups:
            return "on_this_page"
        if product.group in self._in_basket:
            return "in_basket"
        if product.group in scene.taken:
            return "shown_already"
        if product.group in scene.dismissed_groups:
            return "dismissed"
        if scene.avoided and scene.avoided.names(product):
            return "avoided"
        if self.kind not in OWN_PAST or product.durable:
            owned = scene.owned_groups.get(product.group, ())
            if any(self._still_owned(product, each) for each in owned):
                return "owned"
        if not self._where.holds(product):
            return "filtered"
        return None

    def _still_owned(self, product: Product, owned: Owned) -> bool:
        if owned.state in ("out", "no_longer"):
            return False
        if product.durable or self.kind in NEW_TO_SHOPPER:
            return self.kind != "recently-viewed"
        # Something that may be used up is not offered again on the very day it was bought.
        return self._scene.now - owned.last_at < JUST_BOUGHT_S
