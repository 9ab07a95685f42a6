"""What the shopper said outright, as the model is asked it: likes, sizes, and what was waved away and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from plugin.catalog import Product
from plugin.gather import Scene
from plugin.wishes.naming import naming_of, told_as
from recommender.question import Bought, Reason


@dataclass(frozen=True, slots=True)
class SaidByShopper:
    """The products that likes and sizes name, and those waved away: not liked, too dear, had already."""

    liked: tuple[frozenset[str], ...] = ()
    fitting: tuple[frozenset[str], ...] = ()
    waved: tuple[str, ...] = ()
    too_dear: tuple[str, ...] = ()
    had: tuple[Bought, ...] = ()


NOTHING_SAID = SaidByShopper()


def said_by(scene: Scene) -> SaidByShopper:
    """Return what a scene's shopper said outright; nothing where suggestions come from the page alone."""
    if not scene.consent.personal or not (
        scene.preferences.likes or scene.preferences.sizes or scene.remembered.dismissed
    ):
        return NOTHING_SAID
    naming, preferences = naming_of(scene.shop.catalogue), scene.preferences
    by_reason: dict[str, list[str]] = {}
    had: list[Bought] = []
    for product_id, (reason, at) in sorted(scene.remembered.dismissed.items()):
        if scene.shop.is_sensitive_id(product_id):
            continue
        by_reason.setdefault(reason, []).append(product_id)
        if reason == "have_it":
            had.append(Bought(product_id, 1, 1.0, at, at))
    return SaidByShopper(
        liked=tuple(naming.liked(text) for text in preferences.likes),
        fitting=tuple(naming.fitting(what, size) for what, size in preferences.sizes.items()),
        waved=(*by_reason.get("not_for_me", ()), *by_reason.get("never", ())),
        too_dear=tuple(by_reason.get("too_dear", ())),
        had=tuple(had),
    )


def worded(scene: Scene, product: Product, reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return the reasons with the like that names a product put into the one that speaks of it."""
    return tuple(
        replace(reason, word=_like_of(scene, product)) if reason.code == "you_like" else reason
        for reason in reasons
    )


def _like_of(scene: Scene, product: Product) -> str | None:
    naming = naming_of(scene.shop.catalogue)
    texts = (text for text in scene.preferences.likes if product.product_id in naming.liked(text))
    return next((told_as(text, scene.shop.catalogue) for text in texts), None)
