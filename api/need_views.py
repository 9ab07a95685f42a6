"""Needs and signals as documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.moments import moment
from plugin.gather import Scene
from plugin.money import as_document
from plugin.needs.needed import Needed
from plugin.needs.signals import Signal
from plugin.needs.words import why

DAY = 86_400.0


def needs_view(scene: Scene, needs: Sequence[Needed], days: int) -> dict[str, Any]:
    """Return what is needed within a window that ends at `until`."""
    return {
        "needs": [_need(scene, each) for each in needs],
        "until": moment(scene.now + days * DAY),
        "model_version": scene.model.version if scene.shop.model_version else None,
    }


def _need(scene: Scene, need: Needed) -> dict[str, Any]:
    product = need.product
    return {
        "product_id": product.product_id,
        "name": product.text("name", scene.locale),
        "url": product.text("url", scene.locale),
        "image_url": product.image_url,
        "price": as_document(product.price_now, scene.shop.settings.currency),
        "availability": product.availability,
        "kind": need.kind,
        "due_at": moment(need.due_at),
        "due_from": moment(need.from_at),
        "due_until": moment(need.until_at),
        "overdue": need.due_at < scene.now,
        "chance": None if need.chance is None else round(min(max(need.chance, 0.0), 1.0), 3),
        "since": moment(need.since),
        "reason": {
            "code": need.because,
            "text": why(need, scene.locale or scene.shop.settings.locale),
            "times": need.times,
            "usual_days": None if need.usual_days is None else round(need.usual_days, 1),
        },
    }


def signal_view(signal: Signal) -> dict[str, Any]:
    """Return one signal with its evidence."""
    drift = signal.drift
    return {
        "shopper_id": signal.shopper.id,
        "category": drift.category,
        "kind": drift.kind,
        "chance": round(drift.chance, 4),
        "evidence": {
            "purchases": drift.purchases,
            "usual_days": round(drift.usual_days, 1),
            "last_bought": moment(drift.last_at),
            "was_due": moment(drift.due_at),
            "last_looked": moment(drift.looked_at),
            "products": list(signal.products),
        },
    }
