"""The background work of a shop: fold what came in, archive it, learn products from orders, take standing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

import orjson

from plugin.activity import Activity, Line
from plugin.catalog import Product
from plugin.errors import RapportError
from plugin.history import figures_between
from plugin.shops import Shops
from plugin.store.archive import Archive
from plugin.tiers.standing import take_standing

log = logging.getLogger(__name__)

PART_IS_DUE_AT = 5_000  # waiting entries that make a part worth writing
PART_IS_DUE_AFTER_S = 15.0  # ... or the time the first of them has waited
STANDING_IS_DUE_AFTER_S = 600.0
IDLE_S = 0.2
PATIENCE_S = 120.0


class Worker:
    """Does the background work of all shops, one shop at a time, each under a short lease."""

    def __init__(self, shops: Shops, now: Callable[[], float] = time.time) -> None:
        self._shops = shops
        self._now = now
        self._archives: dict[str, Archive] = {}
        self._waiting_since: dict[str, float] = {}
        self._standing_at: dict[str, float] = {}
        self._ordered: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; a store that is away is waited for."""
        while not stop.is_set():
            try:
                busy = sum(self._try_step(shop_id) for shop_id in self._shops.store.shops())
            except (RapportError, OSError) as error:
                log.warning("background work waits: %s", error)
                stop.wait(1.0)
                continue
            if not busy:
                stop.wait(IDLE_S)

    def _try_step(self, shop_id: str) -> int:
        """Do a step; what one shop's data breaks does not keep the other shops waiting."""
        try:
            return self.step(shop_id)
        except (RapportError, OSError):
            raise
        except Exception:
            log.exception("the work of shop %s failed", shop_id)
            return 0

    def step(self, shop_id: str, *, flush: bool = False) -> int:
        """Do what is due for one shop; return how much was done (0 also while another process works)."""
        archive = self._archives.setdefault(shop_id, self._shops.memory(shop_id).archive())
        if not archive.hold():
            return 0
        try:
            done = archive.apply()
            if self._part_is_due(shop_id, archive, flush):
                done += archive.write_part(lambda written: self._learn_products(shop_id, written))
            self._take_standing(shop_id, flush and not done)
            return done
        finally:
            archive.let_go()

    def drain(self, shop_id: str, progress: Callable[[int], None] | None = None) -> None:
        """Return when everything acknowledged so far is folded and in the log.

        Raises `RapportError` when another process holds the shop for longer than two minutes.
        """
        archive = self._archives.setdefault(shop_id, self._shops.memory(shop_id).archive())
        patience = time.monotonic() + PATIENCE_S  # by the real clock: "now" may be a moment that stands
        while True:
            if self.step(shop_id, flush=True):
                patience = time.monotonic() + PATIENCE_S
                if progress:
                    progress(archive.waiting())
            elif archive.waiting() == 0:
                return
            elif time.monotonic() > patience:
                raise RapportError(f"Another process holds the work of shop {shop_id}; try again later.")
            else:
                time.sleep(0.05)

    def _part_is_due(self, shop_id: str, archive: Archive, flush: bool) -> bool:
        waiting = archive.waiting()
        if not waiting:
            self._waiting_since.pop(shop_id, None)
            return False
        since = self._waiting_since.setdefault(shop_id, self._now())
        due = flush or waiting >= PART_IS_DUE_AT or self._now() - since >= PART_IS_DUE_AFTER_S
        if due:
            self._waiting_since.pop(shop_id, None)
        return due

    def _learn_products(self, shop_id: str, activities: Iterable[Activity]) -> None:
        """Put into the catalogue what only trusted orders know of; the merchant's own word stays above.

        It does so too when it is written at this very moment: what somebody else has changed since it was
        read is judged again.
        """
        documents = self._shops.memory(shop_id).documents
        told = told_by_orders(activities)
        while told:
            before = dict(zip(told, documents.get_many([f"product/{each}" for each in told]), strict=True))
            changes = {}
            for product_id, body in before.items():
                known = Product.from_bytes(body) if body else None
                if (learned := learned_product(product_id, known, told[product_id])) is not None:
                    changes[f"product/{product_id}"] = (body, learned.to_bytes())
            overtaken = documents.swap_many(changes)
            told = {each: lines for each, lines in told.items() if f"product/{each}" in overtaken}

    def _take_standing(self, shop_id: str, now_please: bool) -> None:
        last = self._standing_at.get(shop_id)
        if last is not None and not now_please and self._now() - last < STANDING_IS_DUE_AFTER_S:
            return
        self._standing_at[shop_id] = self._now()
        refresh_standing(self._shops, shop_id, self._now())


def refresh_standing(shops: Shops, shop_id: str, now: float) -> None:
    """Measure where the shop's shoppers stand among each other, from the log, and keep it."""
    memory = shops.memory(shop_id)
    since = now - shops.view(shop_id).ladder.window_days * 86400
    standing = take_standing(figures_between(memory.log, since, now), now)
    memory.documents.put({"standing": orjson.dumps(standing.to_document())})


def told_by_orders(activities: Iterable[Activity]) -> dict[str, list[tuple[Line, float]]]:
    """Return what trusted orders say of each product: their lines of it, each with its moment."""
    told: dict[str, list[tuple[Line, float]]] = {}
    for activity in activities:
        if activity.kind == "bought" and activity.trust == "shop":
            for line in activity.lines:
                told.setdefault(line.product_id, []).append((line, activity.at))
    return told


def learned_product(
    product_id: str, known: Product | None, told: Iterable[tuple[Line, float]]
) -> Product | None:
    """Return a product as orders now tell of it; None where the merchant has, or nothing is new."""
    if known is not None and known.source != "orders":
        return None
    heard = Told(known)
    for line, at in told:
        heard.hear(line, at)
    product = heard.product(product_id)
    return None if product == known else product


class Told:
    """What orders tell of one product: its newest name and price, and since when it is known."""

    __slots__ = ("first_seen", "name", "price", "updated_at")

    def __init__(self, known: Product | None) -> None:
        self.name = known.name if known else None
        self.price = known.price if known else None
        self.first_seen = known.first_seen if known else float("inf")
        self.updated_at = known.updated_at if known else 0.0

    def hear(self, line: Line, at: float) -> None:
        """Take what one order line says."""
        newer = at >= self.updated_at
        if line.name and (newer or self.name is None):
            self.name = line.name
        if line.price and (newer or self.price is None):
            self.price = line.price
        self.first_seen = min(self.first_seen, at)
        self.updated_at = max(self.updated_at, at)

    def product(self, product_id: str) -> Product:
        """Return the product as it is known now; without a name it goes by its id."""
        return Product(
            product_id,
            name=self.name or product_id,
            price=self.price,
            source="orders",
            first_seen=self.first_seen,
            updated_at=self.updated_at,
        )
