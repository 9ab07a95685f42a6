"""Filling a shelf: the model proposes in rank order, the shop's rules take or leave each product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from plugin.catalog import Product
from plugin.gather import Scene
from plugin.offers.conditions.condition import Condition
from plugin.ownership import Owned
from plugin.placements import MODEL_KINDS, Placement
from recommender.question import Bought, Question, Reason, Suggestion

NEW_TO_SHOPPER = frozenset({"for-you"})
OWN_PAST = frozenset({"buy-again", "recently-viewed"})
JUST_BOUGHT_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One product on a shelf, and why it is there."""

    product: Product
    score: float
    rung: str
    reasons: tuple[Reason, ...]
    kind: str
    due_at: float | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A filled shelf: the kind that led it, its products in order, and the purchase it starts from if any."""

    kind: str
    shown: tuple[Shown, ...]
    because: str | None = None


def fill(scene: Scene, placement: Placement, products: Sequence[str], limit: int) -> Shelf:
    """Return the shelf of a placement: its kinds are climbed in order until `limit` is reached.

    What is taken is noted on the scene, so that nothing is shown twice on a page.
    """
    shown: list[Shown] = []
    because = None
    for kind in placement.kinds:
        if len(shown) >= limit or (shown and placement.when_little == "stay_short"):
            break
        gate = Gate(scene, kind, products, placement.where)
        if kind == "because-you-bought":
            because = newest_purchase(scene)
        shown += _of_kind(scene, kind, products, because, limit - len(shown), gate)
    return Shelf(placement.kinds[0], tuple(shown), because)


class Gate:
    """Decides for one shelf which products may be shown, asked in rank order; a yes takes the place."""

    def __init__(self, scene: Scene, kind: str, products: Sequence[str], where: Condition[Product]) -> None:
        self._scene = scene
        self.kind = kind
        self._where = where
        catalogue = scene.shop.catalogue
        self._page_groups = {catalogue.group_of(product_id) for product_id in products}
        self._in_basket = {catalogue.group_of(product_id) for product_id in scene.in_basket}

    def take(self, product_id: str) -> bool:
        """Whether this product is shown; from then on its whole group is taken on this page."""
        product = self._scene.shop.catalogue.get(product_id)
        if product is None or self.refusal(product) is not None:
            return False
        self._scene.taken.add(product.group)
        return True

    def refusal(self, product: Product) -> str | None:
        """Return why a product must not be shown here, in one word; None when it may."""
        scene = self._scene
        if not product.sellable or product.sensitive:
            return "hidden" if product.hidden else "sensitive" if product.sensitive else "out_of_stock"
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


def _of_kind(
    scene: Scene, kind: str, products: Sequence[str], because: str | None, limit: int, gate: Gate
) -> list[Shown]:
    if kind == "recently-viewed":
        return _recently_viewed(scene, limit, gate)
    if kind == "on-sale":
        return _on_sale(scene, limit, gate)
    if kind == "because-you-bought":
        if because is None:
            return []
        products = (because,)
    assert kind in MODEL_KINDS
    suggestions = scene.model.suggest(question(scene, kind, products, limit, gate))
    return [_shown(scene, kind, suggestion) for suggestion in suggestions]


def question(scene: Scene, kind: str, products: Sequence[str], limit: int, gate: Gate) -> Question:
    """Return what the model is asked: the page, the basket and what the shopper did up to now."""
    viewed = sorted(scene.remembered.viewed.items(), key=lambda item: (-item[1], item[0]))
    bought = tuple(
        Bought(o.product_id, o.times, float(o.bought), o.first_at, o.last_at, o.purchases)
        for o in scene.remembered_owned.values()
        if o.times
    )
    return Question(
        kind=kind,
        products=tuple(products),
        basket=scene.in_basket,
        viewed=tuple(viewed),
        bought=bought,
        now=scene.now,
        limit=limit,
        shopper_id=scene.shopper.ref if scene.shopper and scene.consent.personal else None,
        take=gate.take,
        fallback=scene.shop.newest,
    )


def newest_purchase(scene: Scene) -> str | None:
    """Return the product bought last that the shop still knows, None for somebody who bought nothing.

    What the shopper avoids by now is not spoken of.
    """
    for owned in sorted(scene.remembered_owned.values(), key=lambda o: (-o.last_at, o.product_id)):
        product = scene.shop.catalogue.get(owned.product_id)
        if owned.times and product is not None and not scene.avoided.names(product):
            return owned.product_id
    return None


def _shown(scene: Scene, kind: str, suggestion: Suggestion) -> Shown:
    product = scene.shop.catalogue.get(suggestion.product_id)
    assert product is not None  # the gate let it through
    reasons = tuple(
        reason for reason in (suggestion.reason, *suggestion.others) if not _speaks_of_avoided(scene, reason)
    )
    return Shown(product, suggestion.score, suggestion.rung, reasons, kind, suggestion.due_at)


def _speaks_of_avoided(scene: Scene, reason: Reason) -> bool:
    named = scene.shop.catalogue.get(reason.product_id) if reason.product_id else None
    return named is not None and bool(scene.avoided) and scene.avoided.names(named)


def _recently_viewed(scene: Scene, limit: int, gate: Gate) -> list[Shown]:
    newest = sorted(scene.remembered.viewed.items(), key=lambda item: (-item[1], item[0]))
    return _in_order(scene, [product_id for product_id, _ in newest], limit, gate, "viewed_before")


def _on_sale(scene: Scene, limit: int, gate: Gate) -> list[Shown]:
    saving = {
        p.product_id: 1 - p.price_now / p.price
        for p in scene.shop.catalogue
        if p.price and p.price_now is not None and p.price_now < p.price
    }
    ranked = sorted(saving, key=lambda product_id: (-saving[product_id], product_id))
    return _in_order(scene, ranked, limit, gate, "on_sale")


def _in_order(scene: Scene, ranked: Sequence[str], limit: int, gate: Gate, code: str) -> list[Shown]:
    """The first of these that may be shown, for a reason that is the same for all."""
    found = list(islice(filter(gate.take, ranked), limit))
    shown = []
    for rank, product_id in enumerate(found):
        product = scene.shop.catalogue.get(product_id)
        assert product is not None  # the gate let it through
        score = 1.0 - rank / (len(found) + 1)
        shown.append(Shown(product, score, "merchant", (Reason(code, None, None),), gate.kind))
    return shown
