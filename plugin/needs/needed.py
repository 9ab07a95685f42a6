"""What a shopper needs within a window of days: by rhythm and the shopper's own word, else as declared."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.catalog import Product
from plugin.gather import Scene
from plugin.needs.declared import DAY, declared
from plugin.ownership import NEVER, Owned
from plugin.shelves import bought_by
from recommender.needs import Need

MOST = 500
FEWEST_SHOPPERS = 5  # a rhythm that rests on others is told when it rests on so many


@dataclass(frozen=True, slots=True)
class Needed:
    """One product that will be needed. Moments are epoch seconds.

    `kind` is `runs_out` (by rhythm or the shopper's word), or as the merchant declared `replace`,
    `warranty_ends`, `season`. With a rhythm it is needed between `from_at` and `until_at` in 80 of 100 cases,
    and `chance` (0 to 1) is how likely it is bought here within the window; a declared moment has neither,
    and what the shopper said is out has no chance. `because` is what it rests on:
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
    shop, found, settled = scene.shop, list[Needed](), set[str]()
    if not scene.consent.personal:
        return []
    ends = scene.now + days * DAY
    for product_id, need in scene.model.needs(bought_by(scene), scene.now, days).items():
        product = shop.catalogue.get(product_id)
        owned = scene.remembered_owned.get(product_id)
        if product is None or owned is None or not _may_be_told(scene, product) or product.durable:
            continue
        settled.add(product.group)
        if owned.state != "no_longer" and (need.is_due(scene.now) or scene.now < need.due_at <= ends):
            found.append(_by_rhythm(product, need, owned.times))
    for product_id, owned in scene.remembered_owned.items():
        product = shop.catalogue.get(product_id)
        if product is None or not _may_be_told(scene, product):
            continue
        out_at = _said_out_at(scene, product, owned)
        if product.group not in settled and out_at is not None and out_at <= ends:
            settled.add(product.group)
            found.append(_said_out(product, owned, out_at))
        _, said_at = scene.remembered.corrected.get(product_id, ("", NEVER))
        for moment in declared(product, owned, scene.now, said_at):
            if moment.kind == "replace" and (
                product.group in settled or _bought_since(scene, product, owned)
            ):
                continue  # how it is really used up is known better than how long it should last
            if moment.is_told(scene.now, ends):
                because = Needed(product, moment.kind, moment.at, owned.last_at, "declared", owned.times)
                found.append(because)
    return sorted(found, key=lambda each: (each.due_at, each.product.product_id, each.kind))[:MOST]


def _may_be_told(scene: Scene, product: Product) -> bool:
    if product.hidden or scene.shop.is_sensitive(product) or product.group in scene.dismissed_groups:
        return False
    return not (scene.avoided and scene.avoided.names(product))


def _said_out_at(scene: Scene, product: Product, owned: Owned) -> float | None:
    """When the shopper said that it is out, since they last bought it and with no variant of it left."""
    word, at = scene.remembered.corrected.get(owned.product_id, ("", NEVER))
    if not owned.times or owned.state != "out" or word != "out" or at < owned.last_at:
        return None
    return None if any(other.there for other in scene.owned_groups[product.group]) else at


def _bought_since(scene: Scene, product: Product, owned: Owned) -> bool:
    """Whether another variant was bought since."""
    return any(other.times and other.last_at > owned.last_at for other in scene.owned_groups[product.group])


def _said_out(product: Product, owned: Owned, at: float) -> Needed:
    """A need by the shopper's word alone, of what no model knows a rhythm."""
    return Needed(product, "runs_out", at, owned.last_at, "said_out", owned.times, from_at=at, until_at=at)


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
