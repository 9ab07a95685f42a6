"""Writing a product down together with the prices it had: every way a product comes in goes through here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import orjson

from plugin.catalog import Product
from plugin.prices.claims import Claim, claim_of
from plugin.prices.history import DAY, KEPT_DAYS, Change, History, bounded, recorded

A_MOMENT = 0.001  # seconds


def change_of(product: Product, at: float) -> Change:
    """Return what a product costs in the shop window from a moment on: nothing while it is hidden."""
    if product.hidden:
        return Change(at, None, None)
    return Change(at, product.price, product.sale_price)


def known_prices(held: Product | None, former: History = ()) -> History:
    """Return the prices known of a product so far; `former` are those from before it was deleted.

    What only orders told is no price of the shop window. A product written before prices were kept had its
    price since it was last written.
    """
    if held is None or held.source != "merchant":
        return former
    return held.prices or (change_of(held, held.updated_at),)


def with_prices(product: Product, known: History, at: float, now: float, zone: str) -> Product:
    """Return a product that holds its prices up to now, and what may be struck beside its price.

    It cost what it says since `at`. Where something later is known already, that stays, and what the product
    says holds again from `now` on: it is what stands in the shop window.
    """
    history = recorded(known, change_of(product, at))
    if history[-1].told != change_of(product, at).told:
        history = recorded(history, change_of(product, max(now, history[-1].at + A_MOMENT)))
    return judged(replace(product, prices=bounded(history, zone)), zone)


def with_late_word(held: Product, told: Product, at: float, zone: str) -> Product:
    """Return a product of which an older price is heard late: it takes its place in time, no more."""
    return with_past(held, [change_of(told, at)], zone)


def with_past(held: Product, changes: Iterable[Change], zone: str) -> Product:
    """Return a product with older prices in their places; the price it has now stays what it is.

    What is later than the product was last written is passed over, and all of it where only orders know it.
    """
    history = known_prices(held)
    for change in changes:
        if history and change.at < held.updated_at:
            history = recorded(history, change)
    now = change_of(held, held.updated_at)
    if not history or held.source != "merchant":
        return held
    if history[-1].told != now.told:  # it was confirmed without a change since
        history = recorded(history, now)
    return judged(replace(held, prices=bounded(history, zone)), zone)


def judged(product: Product, zone: str) -> Product:
    """Return the product with `was` as its prices have it."""
    return replace(product, was=claim_on(product, zone).was)


def claim_on(product: Product, zone: str) -> Claim:
    """Return what may be said of a product's price today; its times run by the shop's `zone`."""
    return claim_of(product.prices, product.first_seen, zone, product.attributes)


def after_deletion(product: Product, at: float, currency: str) -> bytes | None:
    """Return what stays of a deleted product's prices, so that writing it anew makes it no new one."""
    known = known_prices(product)
    if not known:
        return None
    gone = recorded(known, Change(max(at, known[-1].at), None, None))
    return orjson.dumps({"currency": currency, "prices": [tuple(change) for change in gone]})


def from_before(body: bytes | None, currency: str) -> History:
    """Return the prices that `after_deletion` kept; none of another currency."""
    held = orjson.loads(body) if body else {}
    return tuple(Change(*each) for each in held["prices"]) if held.get("currency") == currency else ()


def no_longer_needed(ended_at: float, now: float) -> bool:
    """Whether what stayed of a deleted product's prices can no longer matter."""
    return ended_at < now - KEPT_DAYS * DAY
