"""The background work of a shop: fold what came in, archive it, learn products from orders, take standing."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import orjson

from plugin.activity import Activity
from plugin.errors import RapportError, StoreUnavailable, place_of
from plugin.history import figures_between
from plugin.intake.learned_products import learn_products
from plugin.redemptions.heeding import heed as heed_returns
from plugin.rights.duties import Rights
from plugin.shops import Shops
from plugin.store.archive import Archive
from plugin.store.upkeep import Upkeep
from plugin.tiers.keeping import Rounds, heed
from plugin.tiers.standing import take_standing
from plugin.uses.answers import refresh_trust

log = logging.getLogger(__name__)

PART_IS_DUE_AT = 5_000  # waiting entries that make a part worth writing
PART_IS_DUE_AFTER_S = 15.0  # ... or the time the first of them has waited
STANDING_IS_DUE_AFTER_S = 600.0
VALUE_IS_DUE_AFTER_S = 6 * 3600.0
MANY_NEW_BUYERS = 1.5  # times those it was learned from, and it is learned at once
USES_ARE_DUE_AFTER_S = 3600.0
EFFECTS_ARE_LOOKED_AT_AFTER_S = 3600.0
REST_AFTER_AN_EFFECT = 10.0  # times what measuring it took: the log is read for each
TIDY_IS_DUE_AFTER_S = 60.0
FIRST_REST_S = 1.0
LONGEST_REST_S = 60.0
IDLE_S = 0.2
FULL_ROUND = (
    5_000  # entries; after less, what comes next is let gather: a shopper's news cost little together
)
GATHERING_S = 0.5
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when (by the monotonic clock) some work rests after it failed, and for how long that was."""

    until: float
    seconds: float


class Worker:
    """Does the background work of all shops, one shop at a time, each under a short lease."""

    def __init__(self, shops: Shops, now: Callable[[], float] = time.time) -> None:
        self._shops = shops
        self._now = now
        self._archives: dict[str, Archive] = {}
        self._waiting_since: dict[str, float] = {}
        self._standing_at: dict[str, float] = {}
        self._value_may_be_due: set[str] = set()
        self._uses_at: dict[str, float] = {}
        self._effects_at: dict[str, float] = {}
        self._effects_rest: dict[str, float] = {}
        self._rests: dict[str, Rest] = {}
        self._rights = Rights(shops, now)
        self._tier_rounds = Rounds(shops, now)
        self._tidied_at: dict[str, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; a store that is away is waited for."""
        while not stop.is_set():
            try:
                busy = sum(self._try_step(shop_id) for shop_id in self._shops.store.shops())
            except StoreUnavailable as error:
                log.warning("background work waits: %s", error)
                stop.wait(1.0)
                continue
            except Exception as error:  # the next round may go well, and nobody else would do the work
                log.error("a round of background work failed: %s", place_of(error))
                stop.wait(1.0)
                continue
            if busy < FULL_ROUND:
                stop.wait(GATHERING_S if busy else IDLE_S)

    def _try_step(self, shop_id: str) -> int:
        return self._try(shop_id, lambda: self.step(shop_id))

    def _try(self, name: str, work: Callable[[], int]) -> int:
        """Do some work; where it breaks, it alone rests, longer each time, and nothing else waits for it."""
        rest = self._rests.get(name)
        if rest is not None and time.monotonic() < rest.until:
            return 0
        try:
            done = work()
        except Exception as error:
            if isinstance(error, StoreUnavailable) and error.__cause__ is not None:
                raise  # the store itself is away, for every shop
            seconds = min(LONGEST_REST_S, rest.seconds * 2 if rest else FIRST_REST_S)
            self._rests[name] = Rest(time.monotonic() + seconds, seconds)
            known = isinstance(error, RapportError | OSError)
            told = error if known else place_of(error)
            log.warning("the work of shop %s failed, again in %g s: %s", name, seconds, told)
            return 0
        self._rests.pop(name, None)
        return done

    def step(self, shop_id: str, *, flush: bool = False) -> int:
        """Do what is due for one shop; return how much was done (0 also while another process works)."""
        archive = self._archives.setdefault(shop_id, self._shops.memory(shop_id).archive())
        if not archive.hold():
            return 0
        try:
            with _few_collections():
                done = archive.apply()
                if self._part_is_due(shop_id, archive, flush):
                    done += archive.write_part(lambda written: self._learn(shop_id, written))
            self._take_standing(shop_id, flush and not done)
            self._learn_of_uses(shop_id)
            if not flush:
                # An erasure that cannot go on is no reason to fold and archive nothing.
                done += self._try(f"{shop_id} (rights)", lambda: self._rights.step(shop_id, archive))
                done += self._tidy_log(shop_id, archive, busy=done > 0)
                done += self._try(f"{shop_id} (tiers)", lambda: self._tier_rounds.step(shop_id))
        finally:
            archive.let_go()
        # Learning takes its time and writes one document only: others may fold meanwhile.
        self._try(f"{shop_id} (value)", lambda: self._take_value(shop_id))
        if not flush:
            self._measure_an_offer(shop_id)
        return done

    def _learn(self, shop_id: str, written: Sequence[Activity]) -> None:
        """Take from what goes into the log what it means beyond its shopper."""
        learn_products(self._shops.memory(shop_id).documents, written)
        heed_returns(self._shops.memory(shop_id), self._shops.view(shop_id), written, self._now())
        self._rights.heed(shop_id, written)
        self._try(f"{shop_id} (tiers)", lambda: heed(self._shops, shop_id, written, self._now()))

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

    def _tidy_log(self, shop_id: str, archive: Archive, *, busy: bool) -> int:
        """Make few files of many in the shop's log: once in a while, and in quiet times until all is well."""
        if self._now() - self._tidied_at.get(shop_id, 0.0) < TIDY_IS_DUE_AFTER_S:
            return 0
        merged = 0
        try:
            merged = Upkeep(archive, self._shops.memory(shop_id).log).tidy(self._now())
        except StoreUnavailable:
            raise
        except Exception as error:  # a log of many files is no reason to fold nothing
            log.warning("the log of shop %s stays as it is: %s", shop_id, type(error).__name__)
        if busy or not merged:
            self._tidied_at[shop_id] = self._now()
        return merged

    def _take_standing(self, shop_id: str, now_please: bool) -> None:
        last = self._standing_at.get(shop_id)
        if last is not None and not now_please and self._now() - last < STANDING_IS_DUE_AFTER_S:
            return
        self._standing_at[shop_id] = self._now()
        refresh_standing(self._shops, shop_id, self._now())
        self._value_may_be_due.add(shop_id)

    def _take_value(self, shop_id: str) -> int:
        """Learn what shoppers are worth, where that is due; a shop of few buyers is not even read for it."""
        if shop_id not in self._value_may_be_due:
            return 0
        self._value_may_be_due.discard(shop_id)
        shop = self._shops.view(shop_id, fresh=True)
        buyers = shop.standing.shoppers if shop.standing is not None and shop.standing.speaks else 0
        held = shop.value
        fresh = held is not None and 0 <= self._now() - held.as_of < VALUE_IS_DUE_AFTER_S
        if not buyers or (fresh and held is not None and buyers <= MANY_NEW_BUYERS * held.buyers):
            return 0
        refresh_value(self._shops, shop_id, self._now())
        return 1

    def _measure_an_offer(self, shop_id: str) -> int:
        """Measure what one offer brings, where that is due; the next at the next step, until none is."""
        now, last = self._now(), self._effects_at.get(shop_id)
        began = time.monotonic()
        if last is not None and now - last < EFFECTS_ARE_LOOKED_AT_AFTER_S:
            return 0
        if began < self._effects_rest.get(shop_id, began):
            return 0
        held_out = [offer for offer in self._shops.view(shop_id).live_offers if offer.holdout]
        if held_out:
            from plugin.uplift.measuring import measure_if_due  # only where somebody is held out

            for offer_id in [offer.offer_id for offer in held_out]:
                name = f"{shop_id} (effect of {offer_id!r})"
                if self._try(name, partial(measure_if_due, self._shops, shop_id, offer_id, now)):
                    took = time.monotonic() - began
                    self._effects_rest[shop_id] = began + (1.0 + REST_AFTER_AN_EFFECT) * took
                    return 1
        self._effects_at[shop_id] = now
        return 0

    def _learn_of_uses(self, shop_id: str) -> None:
        if self._now() - self._uses_at.get(shop_id, 0.0) >= USES_ARE_DUE_AFTER_S:
            self._uses_at[shop_id] = self._now()
            refresh_trust(self._shops, shop_id, self._now())


@contextmanager
def _few_collections() -> Iterator[None]:
    """Have circles of objects looked for seldom for a while.

    Folding reads tens of thousands of activities that are in no circle; looking through them again and again
    took four tenths of the work.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def refresh_standing(shops: Shops, shop_id: str, now: float) -> None:
    """Measure where the shop's shoppers stand among each other, from the log, and keep it."""
    memory = shops.memory(shop_id)
    since = now - shops.view(shop_id).ladder.window_days * 86400
    standing = take_standing(figures_between(memory.log, since, now), now)
    memory.documents.put({"standing": orjson.dumps(standing.to_document())})


def refresh_value(shops: Shops, shop_id: str, now: float) -> None:
    """Learn from the log what the shop's shoppers may be expected to buy, and keep it."""
    from plugin.value.bought import margin_before, purchases_before
    from plugin.value.shop_value import take_value

    memory = shops.memory(shop_id)
    catalogue = shops.view(shop_id).catalogue
    value = take_value(purchases_before(memory.log, now), now, margin_before(memory.log, now, catalogue))
    if memory.documents.get("settings"):  # the shop may have been deleted meanwhile
        memory.documents.put({"value": orjson.dumps(value.to_document())})
