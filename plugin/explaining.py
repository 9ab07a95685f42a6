"""Why a product is on a shelf, or why it is not: the filter that left it out, or its rank, terms and gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp

from plugin.catalog import Product
from plugin.errors import NotFound
from plugin.gather import Scene
from plugin.offers.conditions.condition import unmet
from plugin.offers.sentences import Teller, condition_phrase
from plugin.placements import NEW_USES, Placement
from plugin.reasons import Told, tell
from plugin.shelf.gate import WORDS, Gate
from plugin.shelf.idle_pins import idle_pin
from plugin.shelf.picks import Pick
from plugin.shelf.said import worded
from plugin.shelves import Shelf, Shown, fill, newest_purchase, pool
from recommender.question import Term

LARGEST_GAP = 50.0  # of logarithms of odds
FARTHEST = 2_000  # how far down the ladder a product is looked for


@dataclass(frozen=True, slots=True)
class Standing:
    """How a product stands against the last one that the model put on the shelf.

    `score` is the model's (0 to 1 within this answer), `last_shown` that of the last one shown, and `gap`
    by how many times the odds of that one are ahead after all rules (below 1: behind). `certainty` is what
    a floor is held against, `moved` what rules did to the odds, as factors.
    """

    rung: str
    score: float
    last_shown: float | None
    gap: float | None
    certainty: float
    terms: tuple[Term, ...]
    moved: dict[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a product is shown or not; `why` is a sentence for the shop's own people.

    `code` is `shown`, `variant_shown`, `missing_for_use`, a filter of the gate (`hidden`, `owned` ...),
    `below_floor`, `stays_short`, `put_back`, `outranked` or `not_reached`; `rule` the merchant's own rule, in
    words, where one left it out. `rank` counts from 1 among all that may be shown. `pin` says, in words, what
    keeps a pin of this product from having its place.
    """

    product: Product
    code: str
    why: str
    kind: str
    shown: Shown | None = None
    position: int | None = None
    rule: str | None = None
    rank: int | None = None
    reason: Told | None = None
    standing: Standing | None = None
    pin: str | None = None


def explain(
    scene: Scene, placement: Placement, products: Sequence[str], limit: int, candidate: str
) -> Explanation:
    """Return why a product is shown on a shelf, or why it is not.

    Raises `NotFound` for a product that is not in the catalogue: such a one is never shown.
    """
    product = scene.shop.catalogue.get(candidate)
    if product is None:
        raise NotFound(f"There is no product {candidate!r} in the catalogue; only what is in it is shown.")
    explained = _explained(scene, placement, products, limit, product)
    if explained.shown is not None and explained.shown.rung == "merchant":
        return explained
    pin = idle_pin(placement, product.product_id, limit, scene.now)
    return explained if pin is None else replace(explained, pin=pin, why=f"{explained.why} {pin}")


def _explained(
    scene: Scene, placement: Placement, products: Sequence[str], limit: int, product: Product
) -> Explanation:
    fresh = replace(scene, taken=set(scene.taken), taken_uses=set(scene.taken_uses))
    shelf = fill(fresh, placement, products, limit)
    for position, shown in enumerate(shelf.shown, start=1):
        if shown.product.group == product.group:
            return _there(scene, placement, products, shelf, position, product)
    for use in shelf.uses:
        if any(missing.group == product.group for missing in use.missing):
            return Explanation(product, "missing_for_use", f"It is all that {use.title!r} lacks.", NEW_USES)
    refused = _refused(scene, placement, products, product)
    return refused or _ranked(scene, placement, products, limit, shelf, product)


def _there(
    scene: Scene, placement: Placement, products: Sequence[str], shelf: Shelf, position: int, product: Product
) -> Explanation:
    shown = shelf.shown[position - 1]
    told = tell(shown.reasons, scene.shop, scene.locale, trusted=True)
    if shown.product.product_id != product.product_id:
        why = f"Its variant {shown.product.product_id} stands for it, at place {position}."
        code = "variant_shown"
    else:
        why, code = f"Shown at place {position}: {told.text}.", "shown"
    running = _running(scene, placement, products, shown.kind)
    pick = _find(running, product)
    return Explanation(
        product,
        code,
        why,
        shown.kind,
        shown,
        position,
        rank=None if pick is None else _rank(running, pick),
        reason=told,
        standing=None if pick is None else _standing(pick, _last_there(running, shelf)),
    )


def _refused(
    scene: Scene, placement: Placement, products: Sequence[str], product: Product
) -> Explanation | None:
    """The first filter that leaves it out of the placement's first kind, if every kind leaves it out."""
    words = [Gate(scene, kind, products, placement.where).refusal(product) for kind in placement.kinds]
    if None in words or words[0] is None:
        return None
    code, rule = words[0], None
    if code == "filtered":
        teller = Teller.of(scene.occasion)
        rule = f"where: {condition_phrase(unmet(placement.where, product), teller)}"
    if code == "sensitive" and not product.sensitive:
        named = [name for name in scene.shop.settings.sensitive_categories if product.in_category(name)]
        rule = f"sensitive_categories: {named[0]}"
    return Explanation(product, code, WORDS[code], placement.kinds[0], rule=rule)


def _ranked(
    scene: Scene,
    placement: Placement,
    products: Sequence[str],
    limit: int,
    shelf: Shelf,
    product: Product,
) -> Explanation:
    for kind in placement.kinds:
        running = _running(scene, placement, products, kind)
        pick = _find(running, product)
        if pick is None:
            continue
        last = _last_there(running, shelf)
        rank = _rank(running, pick)
        code, why = _behind(placement, shelf, pick, rank, limit, last)
        told = tell(worded(scene, pick.product, pick.reasons()), scene.shop, scene.locale, trusted=True)
        return Explanation(product, code, why, kind, rank=rank, reason=told, standing=_standing(pick, last))
    kind = placement.kinds[0]
    if placement.kinds == (NEW_USES,):
        return Explanation(product, "not_reached", "It is not missing for any of the uses shown here.", kind)
    why = f"Nothing that is known ties it to this question: no step of the ladder of {kind} reaches it."
    return Explanation(product, "not_reached", why, kind)


def _behind(
    placement: Placement, shelf: Shelf, pick: Pick, rank: int, limit: int, last: Pick | None
) -> tuple[str, str]:
    """What kept a product that may be shown from being shown."""
    sure, floor = pick.certainty(), placement.least_certainty
    if sure < floor and placement.when_little == "stay_short":
        what = f"its evidence reaches {sure:.2f} beyond chance, and the floor is {placement.floor:.2f}"
        return "below_floor", f"Not good enough for this placement: {what}."
    if last is None and shelf.shown and placement.when_little == "stay_short":
        return "stays_short", f"The placement stays short rather than go on to {pick.kind}."
    if last is not None and pick.strength > last.strength and sure >= floor:
        return "put_back", (
            f"Rank {rank} by its score, but put back: the shelf has enough that is like it, or of its brand "
            "or category, or a pin or something new has its place."
        )
    return "outranked", f"Rank {rank} of {pick.kind}, and the shelf has {limit} places."


def _running(scene: Scene, placement: Placement, products: Sequence[str], kind: str) -> list[Pick]:
    """Everything in the running for a kind, far beyond what is shown, whatever the floor."""
    if kind in ("merchant", NEW_USES):
        return []
    because = newest_purchase(scene) if kind == "because-you-bought" else None
    everything = replace(placement, floor=0.0, when_little="fill")
    return pool(scene, everything, kind, products, because, FARTHEST, most=FARTHEST)[0]


def _find(running: Sequence[Pick], product: Product) -> Pick | None:
    return next((pick for pick in running if pick.product.group == product.group), None)


def _rank(running: Sequence[Pick], pick: Pick) -> int:
    return 1 + sum(other.strength > pick.strength for other in running)


def _last_there(running: Sequence[Pick], shelf: Shelf) -> Pick | None:
    """The weakest of those in the running that stand on the shelf by the model's choice."""
    stands = {(shown.kind, shown.product.group) for shown in shelf.shown}
    there = [pick for pick in running if (pick.kind, pick.product.group) in stands]
    return min(there, key=lambda pick: pick.strength) if there else None


def _standing(pick: Pick, last: Pick | None) -> Standing:
    gap = exp(min(last.strength - pick.strength, LARGEST_GAP)) if last else None
    moved = {name: exp(by) for name, by in pick.moved.items()}
    score = last.score if last else None
    return Standing(pick.rung, pick.score, score, gap, pick.certainty(), pick.terms(), moved)
