"""One card per product: which variant of a group stands for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugin.catalog import Product
from plugin.gather import Scene

SIZE_ATTRIBUTE = "size"


def best_variant(scene: Scene, proposed: Product, refusal: Callable[[Product], str | None]) -> Product | None:
    """Return the variant to show where this one is proposed; None when none of its group may be shown.

    Of those that may be shown: one in the shopper's size, then one bought or looked at before, then the one
    that was proposed, which scored best.
    """
    catalogue = scene.shop.catalogue
    found = [catalogue.get(variant) for variant in sorted(catalogue.variants(proposed.group))]
    shown = [variant for variant in found if variant is not None and refusal(variant) is None]
    if len(shown) < 2:
        return shown[0] if shown else None
    return max(shown, key=lambda variant: _rank(scene, variant, proposed))


def _rank(scene: Scene, variant: Product, proposed: Product) -> tuple[int, bool, bool, bool]:
    bought = scene.remembered_owned.get(variant.product_id)
    return (
        fit(variant, scene.sizes),
        bought is not None and bought.times > 0,
        variant.product_id in scene.remembered.viewed,
        variant.product_id == proposed.product_id,
    )


def fit(product: Product, sizes: Mapping[str, str]) -> int:
    """Return 1 for a product in the shopper's size, -1 in another one, 0 where no size tells.

    A size is told for what it names: `{"shoes": "42"}` meets the attribute `shoes`, or the attribute `size`
    of a product whose category or name speaks of shoes. Everything compares without case.
    """
    if not sizes or not product.attributes:
        return 0
    attributes = {str(name).strip().casefold(): value for name, value in product.attributes.items()}
    best = 0
    for name, size in sizes.items():
        wanted = name.strip().casefold()
        own = attributes.get(wanted)
        if own is None and _speaks_of(product, wanted):
            own = attributes.get(SIZE_ATTRIBUTE)
        if own is None:
            continue
        told = {str(each).strip().casefold() for each in (own if isinstance(own, list) else [own])}
        if size.strip().casefold() in told:
            return 1
        best = -1
    return best


def _speaks_of(product: Product, what: str) -> bool:
    return what == SIZE_ATTRIBUTE or what in f"{product.category or ''} {product.name}".casefold()
