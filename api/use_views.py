"""Suggested uses as documents (contract, section 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.moments import moment
from plugin.catalog import Product
from plugin.gather import Scene
from plugin.money import as_document
from plugin.uses.suggested import Held, SuggestedUse

Offer = Callable[[Product], dict[str, Any] | None]


def use_view(scene: Scene, use: SuggestedUse, offer: Offer) -> dict[str, Any]:
    """Return one use: what it is, what of it is owned and what is missing; its score for the shop's server.

    `offer` gives the offer that a product's card shows.
    """
    reason = use.reason
    evidence = {"product_id": reason.product_id, "since": moment(reason.since)} if reason.product_id else None
    body: dict[str, Any] = {
        "use_id": use.use_id,
        "title": use.title,
        "summary": use.summary,
        "url": use.url,
        "image_url": use.image_url,
        "minutes": use.minutes,
        "level": use.level,
        "owned": [_owned(scene, held) for held in use.owned],
        "missing": [_missing(scene, product, offer) for product in use.missing],
        "reason": {"code": reason.code, "text": reason.text, "evidence": evidence},
    }
    if scene.trusted:
        body["score"] = round(use.score, 6)
    return body


def _owned(scene: Scene, held: Held) -> dict[str, Any]:
    product = held.product
    return {
        "product_id": held.product_id,
        "name": held.name(scene.locale),
        "url": product.text("url", scene.locale) if product else None,
        "image_url": product.image_url if product else None,
        "since": moment(held.since),
    }


def _missing(scene: Scene, product: Product, offer: Offer) -> dict[str, Any]:
    return {
        "product_id": product.product_id,
        "name": product.text("name", scene.locale),
        "url": product.text("url", scene.locale),
        "image_url": product.image_url,
        "price": as_document(product.price_now, scene.shop.settings.currency),
        "was": as_document(product.was, scene.shop.settings.currency),
        "availability": product.availability,
        "offer": offer(product),
    }
