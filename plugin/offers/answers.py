"""Verdicts and quotes as the documents that leave the service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from plugin.money import as_document
from plugin.offers.changes import Unlock
from plugin.offers.evaluate import ALMOST, GRANTED, Verdict
from plugin.offers.occasion import Occasion
from plugin.offers.price import CardOffer, Quote
from plugin.offers.sentences import verdict_sentence
from plugin.tiers.ladder import in_language


def verdict_document(verdict: Verdict, occasion: Occasion) -> dict[str, Any]:
    """Return one verdict as it is answered, with its sentence in the reader's language.

    The code is told only to who has entered it.
    """
    offer = verdict.offer
    document: dict[str, Any] = {
        "offer_id": offer.offer_id,
        "title": in_language(offer.title, occasion.locale),
        "sentence": verdict_sentence(verdict, occasion),
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "benefit": verdict.benefit,
        "code": offer.document.get("code") if verdict.verdict == GRANTED else None,
        "ends_at": instant(verdict.ends_at),
        "unlock": None,
    }
    if verdict.verdict == ALMOST and verdict.unlock is not None:
        document["unlock"] = _unlock_document(verdict.unlock, occasion.currency)
    if verdict.held_out:
        document["held_out"] = True
    return document


def verdict_documents(
    verdicts: Sequence[Verdict], occasion: Occasion, *, everything: bool
) -> list[dict[str, Any]]:
    """Return verdicts as they are answered: granted and nearly granted, or all of them to the shop itself."""
    return [verdict_document(held, occasion) for held in verdicts if everything or held.shown]


def quote_document(quoted: Quote, occasion: Occasion, *, everything: bool) -> dict[str, Any]:
    """Return a quote as it is answered."""
    currency = occasion.currency
    return {
        "subtotal": as_document(quoted.subtotal, currency),
        "discounts": [
            {
                "line": held.line,
                "product_id": held.product_id,
                "offer_id": held.offer_id,
                "amount": as_document(held.amount, currency),
            }
            for held in quoted.discounts
        ],
        "total": as_document(quoted.total, currency),
        "free_shipping": quoted.free_shipping,
        "verdicts": verdict_documents(quoted.verdicts, occasion, everything=everything),
    }


def card_document(card: CardOffer | None, occasion: Occasion) -> dict[str, Any] | None:
    """Return what a product's card says about its offer."""
    if card is None:
        return None
    offer = card.verdict.offer
    return {
        "offer_id": offer.offer_id,
        "title": in_language(offer.title, occasion.locale),
        "price": as_document(card.price, occasion.currency),
        "ends_at": instant(card.verdict.ends_at),
    }


def instant(at: float | None) -> str | None:
    """Return a moment (epoch seconds) as the contract writes it; None for none."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _unlock_document(unlock: Unlock, currency: str) -> dict[str, Any]:
    missing = dict(unlock.missing)
    if "amount" in missing:
        missing.update(as_document(missing["amount"], currency) or {})
    document: dict[str, Any] = {"kind": unlock.kind, "missing": missing}
    if unlock.also:
        document["also"] = [_unlock_document(step, currency) for step in unlock.also]
    return document
