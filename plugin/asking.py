"""Many questions at once: the serving path in batch, today or as of a moment in the past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from plugin.activity import Shopper
from plugin.errors import Invalid
from plugin.history import catalogue_before, profiles_before
from plugin.models.versions import newest_marked
from plugin.placements import LARGEST_LIMIT, NEW_USES, Placement, built_in, no_placement
from plugin.reasons import tell
from plugin.shop import Shop
from plugin.shopper import Profile
from plugin.storefront import Recommendation, Slot, Storefront, Visitor, recommendation
from plugin.uses.suggested import SuggestedUse
from plugin.worker import Worker
from recommender.model import Model

QUERIES_AT_ONCE = 2_000


def answer_queries(
    front: Storefront, shop_id: str, queries: Iterable[Mapping[str, Any]], as_of: float | None
) -> Iterator[dict[str, Any]]:
    """Yield one answer per query, in order: `{"products": [...], "model_version"}`; `uses` for `new-uses`.

    With `as_of` (epoch seconds) the newest model marked with that moment answers, and shoppers, stock and
    prices are what the log knew strictly before it. A query that cannot be answered gets an `error`.
    Raises `NotFound` when no model is marked with that moment.
    """
    shops = front.shops
    Worker(shops).drain(shop_id)
    shop = shops.view(shop_id, fresh=True)
    model = shops.model(shop)
    if as_of is not None:
        model = newest_marked(shops, shop_id, as_of)
        shop = _shop_before(front, shop, as_of, model.version)
    source = iter(queries)
    while batch := list(islice(source, QUERIES_AT_ONCE)):
        profiles = _profiles(front, shop_id, batch, as_of)
        for query in batch:
            yield _answer(front, shop, model, query, profiles, as_of)


def _shop_before(front: Storefront, shop: Shop, as_of: float, model_version: str | None) -> Shop:
    """A view of the shop as it was: the catalogue of then, today's settings and placements."""
    past = Shop(shop.shop_id)
    past.settings, past.placements, past.ladder = shop.settings, shop.placements, shop.ladder
    past.ideas = shop.ideas
    past.catalogue = catalogue_before(front.shops.memory(shop.shop_id).log, as_of, shop.catalogue)
    past.newest = past.catalogue.newest_first()
    past.model_version = model_version
    return past


def _profiles(
    front: Storefront, shop_id: str, queries: Iterable[Mapping[str, Any]], as_of: float | None
) -> dict[str, Profile]:
    named = [shopper for shopper in map(_shopper, queries) if shopper is not None]
    memory = front.shops.memory(shop_id)
    if as_of is not None:
        return profiles_before(memory.log, named, as_of)
    return {shopper.ref: memory.shoppers.read(shopper) for shopper in {s.ref: s for s in named}.values()}


def _answer(
    front: Storefront,
    shop: Shop,
    model: Model | None,
    query: Mapping[str, Any],
    profiles: Mapping[str, Profile],
    as_of: float | None,
) -> dict[str, Any]:
    try:
        placement, slot, basket = _read(shop, query)
    except Invalid as error:
        return {"error": {"code": error.code, "detail": error.detail}}
    shopper = _shopper(query)
    profile = profiles[shopper.ref] if shopper else Profile()
    visitor = Visitor(shopper, trusted=True, locale=query.get("locale"))
    scene = front.staged(shop, visitor, profile, basket, now=as_of, model=model)
    return _view(shop, recommendation(scene, placement, slot), scene.locale)


def _shopper(query: Any) -> Shopper | None:
    named = query.get("shopper") if isinstance(query, Mapping) else None
    return Shopper(str(named)) if named and isinstance(named, str | int) else None


def _read(shop: Shop, query: Mapping[str, Any]) -> tuple[Placement, Slot, list[str]]:
    if not isinstance(query, Mapping):
        raise Invalid("A query must be a JSON object.")
    kind = query.get("kind")
    placement = (shop.placements.get(kind) or built_in(kind)) if isinstance(kind, str) else None
    if placement is None:
        raise Invalid(no_placement(str(kind)))
    if not isinstance(query.get("locale"), str | None) or not isinstance(
        query.get("shopper"), str | int | None
    ):
        raise Invalid("shopper and locale must be texts.")
    products, basket = query.get("product") or [], query.get("basket") or []
    products = [products] if isinstance(products, str) else products
    for name, ids in (("product", products), ("basket", basket)):
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise Invalid(f"{name} must be a list of product ids.")
    limit = query.get("limit", placement.limit)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= LARGEST_LIMIT:
        raise Invalid(f"limit must be a whole number from 1 to {LARGEST_LIMIT}.")
    return placement, Slot(placement.name, tuple(products), limit), basket


def _view(shop: Shop, answered: Recommendation, locale: str | None) -> dict[str, Any]:
    products = []
    for shown in answered.shelf.shown:
        told = tell(shown.reasons, shop, locale, trusted=True)
        evidence = {"product_id": told.product_id, "count": told.count}
        products.append(
            {
                "product_id": shown.product.product_id,
                "score": round(shown.score, 6),
                "rung": shown.rung,
                "reason": {"code": told.code, "text": told.text, "evidence": evidence},
            }
        )
    body: dict[str, Any] = {"products": products, "model_version": answered.model_version}
    if answered.shelf.kind == NEW_USES or answered.shelf.uses:
        body["uses"] = list(map(_use_view, answered.shelf.uses))
    if answered.shelf.kind == NEW_USES and not products:
        del body["products"]
    return body


def _use_view(use: SuggestedUse) -> dict[str, Any]:
    reason = use.reason
    return {
        "use_id": use.use_id,
        "score": round(use.score, 6),
        "owned": [held.product_id for held in use.owned],
        "missing": [product.product_id for product in use.missing],
        "reason": {"code": reason.code, "text": reason.text, "evidence": {"product_id": reason.product_id}},
    }
