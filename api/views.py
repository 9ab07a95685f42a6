"""What the doors answer: suggestions, offers, tiers and products as documents."""

from __future__ import annotations

from typing import Any

from api.moments import moment
from api.use_views import use_view
from plugin.catalog import Product
from plugin.gather import Scene
from plugin.money import as_document
from plugin.offers.changes import Unlock
from plugin.offers.price import offer_for
from plugin.offers.sentences import Teller, in_language, verdict_sentence
from plugin.offers.verdict import GRANTED, Verdict
from plugin.placements import NEW_USES
from plugin.prices.claims import percent_saved
from plugin.reasons import tell
from plugin.shelves import Shown
from plugin.storefront import Recommendation


def recommendation_view(scene: Scene, answered: Recommendation) -> dict[str, Any]:
    """Return an answered list (contract, section 5)."""
    body: dict[str, Any] = {
        "recommendation_id": answered.recommendation_id,
        "model_version": answered.model_version,
        "kind": answered.shelf.kind,
    }
    shelf = answered.shelf
    if shelf.kind != NEW_USES or shelf.shown:
        body["products"] = [card(scene, shown, answered.offers) for shown in shelf.shown]
    if shelf.kind == NEW_USES or shelf.uses:
        body["uses"] = [
            use_view(scene, use, lambda product: card_offer(scene, product) if answered.offers else None)
            for use in shelf.uses
        ]
    if answered.name != answered.shelf.kind:
        body["placement"] = answered.name
    if answered.shelf.because is not None:
        body["because"] = answered.shelf.because
    return body


def card(scene: Scene, shown: Shown, with_offer: bool) -> dict[str, Any]:
    """Return one suggested product; score and counts only for the shop's own server."""
    product = shown.product
    currency = scene.shop.settings.currency
    told = tell(shown.reasons, scene.shop, scene.locale, trusted=scene.trusted)
    evidence: dict[str, Any] = {"product_id": told.product_id} if told.product_id else {}
    if scene.trusted and told.count is not None:
        evidence["count"] = told.count
    body: dict[str, Any] = {
        "product_id": product.product_id,
        "name": product.text("name", scene.locale),
        "url": product.text("url", scene.locale),
        "image_url": product.image_url,
        "price": as_document(product.price_now, currency),
        "was": as_document(product.was, currency),
        "availability": product.availability,
        "rung": shown.rung,
        "reason": {"code": told.code, "text": told.text, "evidence": evidence or None},
        "offer": card_offer(scene, product) if with_offer else None,
    }
    if product.was is not None and product.price_now is not None:
        body["percent_saved"] = percent_saved(product.was, product.price_now)
    if shown.due_at is not None:
        body["due_at"] = moment(shown.due_at)
        body["due_from"], body["due_until"] = map(moment, shown.due_between or (shown.due_at, shown.due_at))
    if scene.trusted:
        body["score"] = round(shown.score, 6)
    return body


def card_offer(scene: Scene, product: Product) -> dict[str, Any] | None:
    """Return the one granted offer that makes this product cheapest, with its price after it."""
    granted = [verdict for verdict in scene.verdicts if verdict.verdict == GRANTED]
    # Most shelves meet nobody with an offer; the price of one piece is only worked out for those that do.
    found = offer_for(product, granted, scene.occasion) if granted else None
    if found is None:
        return None
    return {
        "offer_id": found.verdict.offer_id,
        "title": _title(found.verdict, scene),
        "sentence": verdict_sentence(found.verdict, scene.occasion),
        "price": as_document(found.price, scene.shop.settings.currency),
    }


def offers_view(scene: Scene, verdicts: list[Verdict]) -> dict[str, Any]:
    """Return this shopper's offers; refused and held-out ones only for the shop's own server."""
    shown = [verdict for verdict in verdicts if scene.trusted or verdict.shown]
    return {"offers": [verdict_view(scene, verdict) for verdict in shown]}


def verdict_view(scene: Scene, verdict: Verdict) -> dict[str, Any]:
    """Return one verdict (contract, section 6)."""
    body: dict[str, Any] = {
        "offer_id": verdict.offer_id,
        "title": _title(verdict, scene),
        "sentence": verdict_sentence(verdict, scene.occasion),
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "benefit": verdict.benefit,
        "code": verdict.offer.document.get("code") if verdict.verdict == "granted" else None,
        "ends_at": moment(verdict.ends_at),
        "unlock": _unlock(verdict.unlock, scene) if verdict.unlock else None,
    }
    if verdict.opens_at is not None:
        body["opens_at"] = moment(verdict.opens_at)
    if scene.trusted:
        body["held_out"] = verdict.held_out
    return body


def _title(verdict: Verdict, scene: Scene) -> str | None:
    return in_language(verdict.offer.title, scene.locale or scene.shop.settings.locale)


def _unlock(unlock: Unlock, scene: Scene) -> dict[str, Any]:
    missing: dict[str, Any] = dict(unlock.missing)
    if isinstance(missing.get("amount"), int):
        missing = {**missing, **(as_document(missing["amount"], scene.shop.settings.currency) or {})}
    body: dict[str, Any] = {"kind": unlock.kind, "missing": missing}
    if unlock.also:
        body["also"] = [_unlock(further, scene) for further in unlock.also]
    return body


def product_view(product: Product, currency: str) -> dict[str, Any]:
    """Return a product as the merchant wrote it, with where it is known from."""
    body: dict[str, Any] = {
        name: getattr(product, name)
        for name in (
            "product_id name url image_url category brand availability group_id durable lifetime_days "
            "attributes sensitive hidden locales source"
        ).split()
    }
    for name in ("price", "sale_price", "cost"):
        body[name] = as_document(getattr(product, name), currency)
    body["first_seen"] = moment(product.first_seen)
    return body


def teller(scene: Scene) -> Teller:
    """Return what sentences to this reader are made of."""
    return Teller.of(scene.occasion)
