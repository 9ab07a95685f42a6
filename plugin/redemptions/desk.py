"""Where offers are redeemed: each step can be sent again, can break off anywhere, and counts once.

The order of the writes is what makes it hold. A use is taken before its record says so, and a record says
that uses are given back before they are: whatever breaks off in between leaves an offer with less room than
there is, never with more. What was held then gives back by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from plugin.errors import Invalid, LimitReached, NotFound, RapportError, Refused
from plugin.gifts.gift import GIFT
from plugin.offers.budgets import budget_by
from plugin.offers.offer import Offer
from plugin.redemptions.redemption import (
    COMMITTED,
    COMMITTING,
    REFUSED,
    RELEASED,
    REOPENING,
    RESERVED,
    RESERVING,
    Given,
    Redemption,
)
from plugin.redemptions.refusals import AT_WORK, demand_pieces, no_room_for
from plugin.store.ledger import Ledger, Room, Use
from plugin.store.redemptions import KEPT_S, RedemptionRecords

BELONGS = (COMMITTED, COMMITTING, REOPENING)
MOST_CANCELS = 20


class Desk:
    """The redemptions of one shop. `offers` are its rules as they stand, for their limits."""

    def __init__(self, records: RedemptionRecords, ledger: Ledger, offers: Mapping[str, Offer]) -> None:
        self._records = records
        self._ledger = ledger
        self._offers = offers

    def find(self, redemption_id: str) -> Redemption:
        """Return a redemption. Raises `NotFound` for an id that the shop never gave, or gave long ago."""
        return self._read(redemption_id)[1]

    def known(self, redemption_id: str, asked: str) -> Redemption | None:
        """Return the redemption of an id that was asked for before and not refused; None for a new one.

        Raises `Invalid` where the id was used for another basket.
        """
        body = self._records.get(redemption_id)
        held = Redemption.from_bytes(body) if body else None
        if held is not None and held.asked != asked:
            detail = "This Idempotency-Key was used for another redemption; give each a key of its own."
            raise Invalid(detail, code="idempotency_mismatch")
        return None if held is None or held.state == REFUSED else held

    def reserve(self, new: Redemption, now: float) -> Redemption:
        """Return a redemption once all its offers hold a use for it until `new.until`; all of them or none.

        Asked again with the same id, it answers what was reserved then. Raises `LimitReached` or
        `CodeUnusable` where an offer has no room, `Invalid` where the id was used for another basket.
        """
        body = self._records.get(new.redemption_id)
        if body:
            held = self.known(new.redemption_id, new.asked) or Redemption.from_bytes(body)
            if held.state not in (RESERVING, REFUSED):
                return held
            if held.state == RESERVING and now < held.until:
                new = replace(held, taker=new_taker())
        new = replace(new, state=RESERVING)
        self._swap(body, new)
        for given in new.given:
            use, room = self._use(new, given), self._room(given, now)
            full = self._ledger.hold(use, room, new.redemption_id, new.taker, new.until, now)
            if full:
                self._back_out(new, REFUSED, now)
                raise self._no_room(given, full, now)
        return self._swap(new.to_bytes(), replace(new, state=RESERVED))

    def commit(self, redemption_id: str, order_id: str, now: float) -> Redemption:
        """Return a redemption that belongs to an order from now on.

        One that was released, or whose hold is over, takes its uses anew where there is room. Raises
        `LimitReached` where there is none, `Refused` where it belongs to another order.
        """
        body, held = self._read(redemption_id)
        if held.state in BELONGS and held.order_id != order_id:
            raise Refused(f"This redemption belongs to order {held.order_id!r} already.")
        if held.state in (COMMITTED, REOPENING):
            if held.state == COMMITTED:  # what came back before may not have got into the books
                self._settle_books(held, now)
            return held
        if held.state in (RESERVING, REFUSED):
            raise Refused("This redemption was never reserved; reserve it first.")
        taken = replace(held, state=COMMITTING, order_id=order_id, taker=new_taker())
        self._swap(body, taken)
        came_back = self._records.belongs_to(order_id, redemption_id)
        for given in taken.given:
            use, room = self._use(taken, given), self._room(given, now)
            full = self._ledger.keep(use, room, redemption_id, taken.taker, now + KEPT_S, now)
            if full:
                self._back_out(replace(taken, order_id=None), RELEASED, now, before=taken)
                raise self._no_room(given, full, now)
        kept = replace(taken, state=COMMITTED).written(now)
        for refund_id, products in came_back.items():
            kept = _told(kept, refund_id, products)
        kept = self._swap(taken.to_bytes(), kept.written(now))
        if came_back:
            self._settle_books(kept, now)
        return kept

    def release(self, redemption_id: str, now: float) -> Redemption:
        """Return a redemption that holds nothing any more. Raises `Refused` once it belongs to an order."""
        body, held = self._read(redemption_id)
        if held.state in BELONGS:
            raise Refused("This redemption belongs to an order; what comes back of it is returned.")
        if held.state not in (RELEASED, REFUSED):
            held = self._swap(body, replace(held, state=RELEASED))
        for given in held.given:
            self._ledger.undo(given.offer_id, redemption_id, held.taker, now)
        return held

    def give_back(
        self, redemption_id: str, return_id: str, lines: Mapping[int, int], now: float
    ) -> Redemption:
        """Return a redemption after pieces of some lines came back; the same `return_id` counts once.

        Raises `Refused` before it belongs to an order, `Invalid` for a line that is not there or for more
        pieces than are left of it.
        """
        body, held = self._settled(redemption_id, now)
        if return_id not in held.returns:
            demand_pieces(held, lines)
            changed = replace(held, returns={**held.returns, return_id: dict(lines)})
            held = self._swap(body, changed.written(now))
        self._settle_books(held, now)
        return held

    def reopen(self, redemption_id: str, now: float) -> Redemption:
        """Return a redemption whose cancellation is taken back, its uses taken anew where there is room.

        What had come back before the cancellation stays back; one that is not cancelled stays as it is.
        Raises `LimitReached` where an offer has no room left, `Refused` before it belongs to an order.
        """
        body, held = self._settled(redemption_id, now, finished=False)
        if not held.cancelled:
            return held
        opening = held.openings + 1
        taken = replace(held, state=REOPENING, openings=opening, taker=new_taker(opening))
        self._swap(body, taken)
        opened = replace(taken, cancelled=False, reopened=(*taken.reopened, *taken.cancels), cancels=())
        for given in taken.given:
            left, counts = opened.left_of(given)
            if not counts:
                continue
            use, room = replace(self._use(taken, given), money=left), self._room(given, now)
            full = self._ledger.keep_anew(use, room, redemption_id, taken.taker, now + KEPT_S, now)
            if full:
                self._back_out(taken, COMMITTED, now)
                raise self._no_room(given, full, now)
        return self._swap(taken.to_bytes(), replace(opened, state=COMMITTED).written(now))

    def refunded(
        self,
        redemption_id: str,
        order_id: str,
        refund_id: str,
        products: Mapping[str, int] | None,
        now: float,
    ) -> Redemption | None:
        """Return a redemption after a refund of its order (`products` None: all of it) arrived as activity.

        The same `refund_id` counts once. None where the order is not its own.
        """
        body, held = self._read(redemption_id)
        if held.state in (COMMITTING, REOPENING):
            body, held = self._settled(redemption_id, now)
        if held.state != COMMITTED or held.order_id != order_id:
            return None
        changed = _told(held, refund_id, products)
        if changed is not held:
            held = self._swap(body, changed.written(now))
        self._settle_books(held, now)
        return held

    def _settled(self, redemption_id: str, now: float, *, finished: bool = True) -> tuple[bytes, Redemption]:
        """Read a redemption that belongs to an order; a commit that broke off is carried on first.

        So is a reopening, unless that is not asked for (`finished`); one that finds no room is none.
        """
        body, held = self._read(redemption_id)
        if held.state == COMMITTING and held.order_id is not None:
            held = self.commit(redemption_id, held.order_id, now)
            return held.to_bytes(), held
        if held.state == REOPENING and finished:
            with suppress(LimitReached):
                self.reopen(redemption_id, now)
            body, held = self._read(redemption_id)
        if held.state not in (COMMITTED, REOPENING):
            raise Refused("This redemption belongs to no order yet; release it instead.")
        return body, held

    def _settle_books(self, held: Redemption, now: float) -> None:
        for given in held.given:
            left, counts = held.left_of(given)
            self._ledger.give_back(given.offer_id, held.redemption_id, left, counts, now, held.openings)

    def _back_out(
        self, held: Redemption, state: str, now: float, *, before: Redemption | None = None
    ) -> None:
        """Say that nothing is taken, and only then give back what this run took."""
        self._swap((before or held).to_bytes(), replace(held, state=state))
        for given in held.given:
            self._ledger.undo(given.offer_id, held.redemption_id, held.taker, now)

    def _read(self, redemption_id: str) -> tuple[bytes, Redemption]:
        body = self._records.get(redemption_id)
        if not body:
            raise NotFound(f"There is no redemption {redemption_id!r}.")
        return body, Redemption.from_bytes(body)

    def _swap(self, before: bytes, after: Redemption) -> Redemption:
        if not self._records.swap(after.redemption_id, before, after.to_bytes()):
            raise RapportError(AT_WORK, code="idempotency_running", retry_after=1)
        return after

    def _use(self, redemption: Redemption, given: Given) -> Use:
        shopper, period = redemption.shopper, given.period
        return Use(given.offer_id, given.money, shopper, period, given.code, given.place)

    def _room(self, given: Given, now: float) -> Room:
        """The room there is for a use by now; a paced budget has only more of it when it is looked at."""
        offer = self._offers.get(given.offer_id)
        if offer is None:
            return Room(code=given.code_uses)
        limits = offer.limits
        budget = None if limits.budget is None else budget_by(offer, now)
        if given.promised == GIFT:
            return Room(code=given.code_uses, budget=budget)
        return Room(limits.total, limits.per_shopper, limits.per_period, given.code_uses, budget)

    def _no_room(self, given: Given, full: str, now: float) -> RapportError:
        return no_room_for(given, self._offers.get(given.offer_id), full, now)


def _told(held: Redemption, refund_id: str, products: Mapping[str, int] | None) -> Redemption:
    """Return a redemption that knows of a refund (`products` None: of all); the same if it does already."""
    if products is not None:
        if refund_id in held.refunds:
            return held
        return replace(held, refunds={**held.refunds, refund_id: dict(products)})
    if held.cancelled or refund_id in held.reopened:
        return held if refund_id in (*held.cancels, *held.reopened) else _also_cancelled(held, refund_id)
    return replace(held, cancelled=True, cancels=(*held.cancels, refund_id))


def _also_cancelled(held: Redemption, refund_id: str) -> Redemption:
    return replace(held, cancels=(*held.cancels, refund_id)[-MOST_CANCELS:])


def new_taker(opening: int = 0) -> str:
    """Return what tells one run from every other, and which opening of a redemption it is about."""
    return f"{opening}.{secrets.token_hex(8)}" if opening else secrets.token_hex(8)
