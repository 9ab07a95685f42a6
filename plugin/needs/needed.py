"""What a shopper needs within a window of days: by rhythm and the shopper's own word, else as declared."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.catalog import Product
from plugin.gather import Scene
from plugin.needs.declared import DAY, declared
from plugin.shelves import bought_by
from recommender.needs import Need

MOST = 500
FEWEST_SHOPPERS = 5  # a rhythm that rests on others is told when it rests on so many


@dataclass(frozen=True, slots=True)
class Needed:
    """One product that will be needed. Moments are epoch seconds.

    `kind` is `runs_out` (by rhythm), or as the merchant declared `replace`, `warranty_ends`, `season`. With
    a rhythm it is needed between `from_at` and `until_at` in 80 of 100 cases, and `chance` (0 to 1) is how
    likely it is bought within the window; a declared moment has neither. `because` is what it rests on:
    `said_out`, `said_plenty`, `own_rhythm`, `rhythm_of_others` or `declared`, with `times` the shopper bought
    it and the `usual_days` between two purchases.
    """

    product: Product
    kind: str
    due_at: float
    since: float
    because: str
    times: int
    from_at: float | None = None
    until_at: float | None = None
    chance: float | None = None
    usual_days: float | None = None


def needed(scene: Scene, days: float) -> list[Needed]:
    """Return what a scene's shopper needs within so many days, what is overdue included, earliest first.

    Nothing where suggestions come from the page alone, and nothing of what is sensitive, waved away or
    avoided.
    """
    shop, found, by_rhythm = scene.shop, list[Needed](), set[str]()
    if not scene.consent.personal:
        return []
    ends = scene.now + days * DAY
    for product_id, need in scene.model.needs(bought_by(scene), scene.now, days).items():
        product = shop.catalogue.get(product_id)
        owned = scene.remembered_owned.get(product_id)
        if product is None or owned is None or not _may_be_told(scene, product) or product.durable:
            continue
        by_rhythm.add(product.group)
        if owned.state != "no_longer" and (need.is_due(scene.now) or scene.now < need.due_at <= ends):
            found.append(_by_rhythm(product, need, owned.times))
    for product_id, owned in scene.remembered_owned.items():
        product = shop.catalogue.get(product_id)
        if product is None or not _may_be_told(scene, product):
            continue
        for moment in declared(product, owned, scene.now):
            if product.group in by_rhythm and moment.kind == "replace":
                continue  # how it is really used up is known better than how long it should last
            if scene.now <= moment.at <= ends:
                because = Needed(product, moment.kind, moment.at, owned.last_at, "declared", owned.times)
                found.append(because)
    return sorted(found, key=lambda each: (each.due_at, each.product.product_id, each.kind))[:MOST]


def _may_be_told(scene: Scene, product: Product) -> bool:
    if product.hidden or scene.shop.is_sensitive(product) or product.group in scene.dismissed_groups:
        return False
    return not (scene.avoided and scene.avoided.names(product))


def _by_rhythm(product: Product, need: Need, times: int) -> Needed:
    because = "own_rhythm" if need.own else "rhythm_of_others"
    return Needed(
        product,
        "runs_out",
        need.due_at,
        need.last_at,
        f"said_{need.said}" if need.said else because,
        times,
        from_at=need.early_at,
        until_at=need.late_at,
        chance=need.chance,
        usual_days=None if need.said else (need.due_at - need.last_at) / DAY,
    )
