"""Filling a shelf: the model proposes in rank order, the shop's rules take, move or leave each product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from plugin.catalog import Product
from plugin.gather import Scene
from plugin.offers.conditions import ALWAYS
from plugin.placements import MODEL_KINDS, NEW_USES, Boost, Pin, Placement
from plugin.shelf.exploration import EXPLORING, LEAST_SHELF, something_new, tries_something_new
from plugin.shelf.gate import Gate
from plugin.shelf.order import ordered
from plugin.shelf.picks import Pick, pick_of, plain_pick
from plugin.shelf.said import said_by, worded
from plugin.uses.around import contexts_for
from plugin.uses.completing import Completing
from plugin.uses.suggested import SuggestedUse
from plugin.uses.suggesting import uses_for
from recommender.question import Bought, Question, Reason

__all__ = ["Gate", "Shelf", "Shown", "bought_by", "fill", "newest_purchase", "pool", "question"]

LEAST_SPARE = 4  # so many more than needed, or half as many, are looked at where the order may change
MOST_BOOSTED = 200  # how far down a boost reaches
MOST_WITH_A_PURCHASE = 2  # uses beside the products that complete it
MOST_LOOKED_AT = 500  # how far down is looked for what is good enough


@dataclass(frozen=True, slots=True)
class Shown:
    """One product on a shelf, and why it is there."""

    product: Product
    score: float
    rung: str
    reasons: tuple[Reason, ...]
    kind: str
    due_at: float | None = None
    due_between: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A filled shelf: the kind that led it, its products in order, and the purchase it starts from if any.

    `uses` are what can be done with what is owned, on a shelf whose kinds suggest that.
    """

    kind: str
    shown: tuple[Shown, ...]
    because: str | None = None
    uses: tuple[SuggestedUse, ...] = ()


def fill(scene: Scene, placement: Placement, products: Sequence[str], limit: int) -> Shelf:
    """Return a placement's shelf: pins in their places, its kinds in order until `limit` is reached.

    What is taken is noted on the scene, so that nothing is shown twice on a page.
    """
    pinned = _pinned(scene, placement, products, limit)
    free = limit - len(pinned)
    chosen: list[Pick] = []
    spare: list[Pick] = []
    because = None
    uses: list[SuggestedUse] = []
    for kind in placement.kinds:
        if len(chosen) >= free or ((chosen or uses) and placement.when_little == "stay_short"):
            break
        if kind == NEW_USES:
            told = _uses(scene, placement, products, free - len(chosen), products)
            uses += told
            free -= len(told)
            continue
        if kind == "because-you-bought":
            because = newest_purchase(scene)
        good, rest = pool(scene, placement, kind, products, because, free - len(chosen))
        standing = [product for product, _ in pinned] + [pick.product for pick in chosen]
        wanted = placement.diverse(kind)
        found = ordered(good, free - len(chosen), wanted, standing, scene.model.nearest)
        chosen += found
        scene.taken.update(pick.product.group for pick in found)
        spare += rest
        if kind == "because-you-bought" and because is not None:
            # After its products: what completes the purchase best is a card, not a gap in an idea.
            uses += _uses(scene, placement, products, MOST_WITH_A_PURCHASE, (because,))
    if placement.when_little == "fill" and len(chosen) < free:
        chosen += _filled_up(scene, spare, free - len(chosen))
    shown = _placed(pinned, [_shown(scene, pick) for pick in chosen], limit)
    shown = _with_something_new(scene, placement, products, shown, limit, len(pinned))
    return Shelf(placement.kinds[0], tuple(_falling(shown)), because, tuple(uses))


def _uses(
    scene: Scene, placement: Placement, products: Sequence[str], limit: int, taking: Sequence[str]
) -> list[SuggestedUse]:
    """What can be done with what the shopper has, and with these products where some are given."""
    gate = Gate(scene, NEW_USES, products, placement.where)

    def proposed() -> Iterator[str]:
        first = next(iter(scene.model.descend(question(scene, "for-you", (), gate))), iter(()))
        return (candidate.product_id for candidate in first)

    written = uses_for(scene, Completing(gate, scene.shop.catalogue, proposed), limit, taking)
    below = min([1.0, *(use.score for use in written)])
    return [*written, *contexts_for(scene, gate, limit - len(written), taking, below)]


def pool(
    scene: Scene,
    placement: Placement,
    kind: str,
    products: Sequence[str],
    because: str | None,
    needed: int,
    most: int | None = None,
) -> tuple[list[Pick], list[Pick]]:
    """Return what is in the running for `needed` places: what is good enough, and what is not.

    Each group of variants is in it once. Nothing is taken yet. `most` looks further than would be needed.
    """
    gate = Gate(scene, kind, products, placement.where)
    boosts = placement.boosts_at(scene.now)
    moves = placement.diverse(kind) is not None or (placement.tires(kind) and bool(scene.tired))
    spare = max(LEAST_SPARE, needed // 2) if moves else 0
    enough = most or (MOST_BOOSTED if boosts else needed + spare)
    floor, groups = placement.least_certainty, set()
    good: list[Pick] = []
    rest: list[Pick] = []
    for rung in _rungs(scene, placement, kind, products, because, gate, boosts):
        for pick in rung:
            if pick.product.group in groups:
                continue
            groups.add(pick.product.group)
            (good if not floor or pick.certainty() >= floor else rest).append(pick)
            if len(good) >= enough or len(good) + len(rest) >= max(MOST_LOOKED_AT, enough):
                return good, rest
        # A further rung is only asked for what is lacking, or where a boost may reach into it.
        if len(good) >= needed and not boosts and most is None:
            break
    return good, rest


def _rungs(
    scene: Scene,
    placement: Placement,
    kind: str,
    products: Sequence[str],
    because: str | None,
    gate: Gate,
    boosts: tuple[Boost, ...],
) -> Iterator[Iterator[Pick]]:
    """The picks of a kind, rung by rung."""
    tired = scene.tired if placement.tires(kind) else {}
    if kind in SHOP_PROPOSES:
        ranked, code = SHOP_PROPOSES[kind](scene), SHOP_REASONS[kind]
        cards = [product for product_id in ranked if (product := gate.card(product_id)) is not None]
        yield (
            plain_pick(product, 1.0 - rank / (len(cards) + 1), kind, code, boosts, tired)
            for rank, product in enumerate(cards)
        )
        return
    if kind == "because-you-bought":
        if because is None:
            return
        products = (because,)
    assert kind in MODEL_KINDS
    for rung in scene.model.descend(question(scene, kind, products, gate)):
        yield (
            pick_of(candidate, product, kind, boosts, tired)
            for candidate in rung
            if (product := gate.card(candidate.product_id)) is not None
        )


def question(scene: Scene, kind: str, products: Sequence[str], gate: Gate) -> Question:
    """Return what the model is asked: the page, the basket and what the shopper did up to now.

    What the shop calls sensitive is left out of the shopper's past: nothing is concluded from it.
    """
    shop = scene.shop
    careful = shop.any_sensitive
    viewed = sorted(scene.remembered.viewed.items(), key=lambda item: (-item[1], item[0]))
    bought = bought_by(scene)
    said = said_by(scene)
    return Question(
        kind=kind,
        products=tuple(products),
        basket=scene.in_basket,
        viewed=tuple(look for look in viewed if not (careful and shop.is_sensitive_id(look[0]))),
        bought=(*bought, *(had for had in said.had if had.product_id not in scene.remembered_owned)),
        now=scene.now,
        shopper_id=scene.shopper.ref if scene.shopper and scene.consent.personal else None,
        take=gate.may,
        fallback=shop.newest,
        liked=said.liked,
        fitting=said.fitting,
        waved=said.waved,
        too_dear=said.too_dear,
    )


def bought_by(scene: Scene) -> tuple[Bought, ...]:
    """Return what the shopper bought and kept, as the model is asked it; nothing of what is sensitive."""
    shop, corrected = scene.shop, scene.remembered.corrected
    found = []
    for o in scene.remembered_owned.values():
        if not o.times or (shop.any_sensitive and shop.is_sensitive_id(o.product_id)):
            continue
        word = corrected.get(o.product_id, ("", 0.0))
        times, amount = o.times, float(o.bought)
        found.append(Bought(o.product_id, times, amount, o.first_at, o.last_at, o.purchases, o.pieces, *word))
    return tuple(found)


def newest_purchase(scene: Scene) -> str | None:
    """Return the product bought last that the shop still knows, None for somebody who bought nothing.

    What the shopper avoids by now, and what is sensitive, is not spoken of.
    """
    for owned in sorted(scene.remembered_owned.values(), key=lambda o: (-o.last_at, o.product_id)):
        product = scene.shop.catalogue.get(owned.product_id)
        if not owned.times or product is None or scene.shop.is_sensitive(product):
            continue
        if not scene.avoided.names(product):
            return owned.product_id
    return None


def _pinned(
    scene: Scene, placement: Placement, products: Sequence[str], limit: int
) -> list[tuple[Product, Pin]]:
    """The merchant's pins that may be shown, one a place; the placement's filter does not apply to them."""
    pins = placement.pins_at(scene.now, limit)
    if not pins:
        return []
    gate = Gate(scene, placement.kinds[0], products, ALWAYS)
    found: dict[int, tuple[Product, Pin]] = {}
    for pin in pins:
        product = scene.shop.catalogue.get(pin.product_id)
        if pin.position not in found and product is not None and gate.refusal(product) is None:
            found[pin.position] = (product, pin)
            scene.taken.add(product.group)
    return list(found.values())


def _filled_up(scene: Scene, spare: Sequence[Pick], lacking: int) -> list[Pick]:
    """What was not good enough, in its order, for the places that are left."""
    found: list[Pick] = []
    for pick in spare:
        if len(found) < lacking and pick.product.group not in scene.taken:
            found.append(pick)
            scene.taken.add(pick.product.group)
    return found


def _placed(pinned: Sequence[tuple[Product, Pin]], others: Sequence[Shown], limit: int) -> list[Shown]:
    """The shelf with each pin in its place; on a shelf that is too short for that, at its end."""
    shelf: list[Shown] = []
    waiting, pins = list(others), list(pinned)
    while len(shelf) < limit and (waiting or pins):
        if pins and (pins[0][1].position == len(shelf) + 1 or not waiting):
            product, _ = pins.pop(0)
            shelf.append(Shown(product, 1.0, "merchant", (Reason("chosen"),), "merchant"))
        else:
            shelf.append(waiting.pop(0))
    return shelf


def _with_something_new(
    scene: Scene, placement: Placement, products: Sequence[str], shelf: list[Shown], limit: int, pins: int
) -> list[Shown]:
    """The shelf with a new product in its last place, on the few days on which that is tried."""
    wanted = placement.kinds[0] in EXPLORING if placement.explore is None else placement.explore
    if not wanted or limit < LEAST_SHELF or not shelf or shelf[-1].kind == "merchant":
        return shelf
    personal = scene.shopper is not None and scene.consent.personal
    who = scene.shopper.ref if scene.shopper and personal else "\0".join(products)
    if not tries_something_new(f"{scene.shop.shop_id}/{who}", placement.name, scene.now):
        return shelf
    sources = [*products, *scene.in_basket, *(shown.product.product_id for shown in shelf)]
    gate = Gate(scene, placement.kinds[0], products, placement.where)
    model = scene.model
    found = something_new(scene.shop.catalogue, sources, model.alike, model.unsold, gate.card, scene.now)
    if found is None:
        return shelf
    product, source = found
    kept = shelf[: limit - 1]
    scene.taken.difference_update(shown.product.group for shown in shelf[len(kept) :])
    scene.taken.add(product.group)
    reasons = (Reason("new_like_this", source), Reason("new"))
    kind = placement.kinds[0]
    return [*kept, Shown(product, kept[-1].score, "newest", _told(scene, reasons), kind)]


def _shown(scene: Scene, pick: Pick) -> Shown:
    told = worded(scene, pick.product, _told(scene, pick.reasons()))
    return Shown(pick.product, pick.score, pick.rung, told, pick.kind, pick.due_at, pick.due_between)


def _told(scene: Scene, reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons if not _speaks_of_avoided(scene, reason))


def _speaks_of_avoided(scene: Scene, reason: Reason) -> bool:
    if not scene.avoided or not reason.product_id:
        return False
    named = scene.shop.catalogue.get(reason.product_id)
    return named is not None and scene.avoided.names(named)


def _falling(shelf: Sequence[Shown]) -> Iterator[Shown]:
    """The shelf with scores that never rise along it, whatever moved its products."""
    last = 1.0
    for shown in shelf:
        if shown.score > last:
            shown = replace(shown, score=last)
        last = shown.score
        yield shown


def _recently_viewed(scene: Scene) -> list[str]:
    newest = sorted(scene.remembered.viewed.items(), key=lambda item: (-item[1], item[0]))
    return [product_id for product_id, _ in newest]


def _on_sale(scene: Scene) -> list[str]:
    saving = {
        p.product_id: 1 - p.price_now / p.was
        for p in scene.shop.catalogue
        if p.was and p.price_now is not None
    }
    return sorted(saving, key=lambda product_id: (-saving[product_id], product_id))


SHOP_PROPOSES: dict[str, Callable[[Scene], list[str]]] = {
    "recently-viewed": _recently_viewed,
    "on-sale": _on_sale,
}
SHOP_REASONS = {"recently-viewed": "viewed_before", "on-sale": "on_sale"}
